/* SPDX-License-Identifier: MIT */
/* connect_draw.h - the random numbers of rules, many at a time.
 *
 * The same bits as nsa_rand_*_1 and nsa_sin_1 one by one: the same functions are compiled into
 * loops here, and fused multiply-add is exact whether the processor has it or the library computes
 * it. */
#ifndef NSA_RUNTIME_CONNECT_DRAW_H
#define NSA_RUNTIME_CONNECT_DRAW_H

#include <stdbool.h>
#include <stdint.h>

/* Draws first, first + 1, ... of an element: numbers in [0, 1). */
void draw_uniforms(uint64_t key, double element, double first, uint32_t count, double *numbers);

typedef struct {
  bool is_exponential; /* else half a normal distribution */
  bool is_line;        /* the direction is one of two along the row */
  double length;       /* of the distances, in columns */
  double row_ratio;    /* rows in the length of a column */
} draw_kernel;

/* Steps at a drawn distance and direction, truncated toward zero to the grid. Each takes two draws
 * of the element, from `first` on. */
void draw_steps(uint64_t key, double element, double first, const draw_kernel *kernel, uint32_t count, double *rows,
                double *cols);

/* Which of the candidates one target takes with their probabilities p. */
void draw_decisions(uint64_t key, const uint32_t *candidates, uint32_t target, const double *p, uint32_t count,
                    uint8_t *taken);

/* Draws of an element, from an exponential distribution with that mean. Their whole parts say how many candidates are
 * passed over before one is taken, each with probability p, where mean = -1/log(1 - p). */
void draw_gaps(uint64_t key, double element, double first, double mean, uint32_t count, double *gaps);

/* One number in [0, 1) a pair of elements a and b; c tells several of one pair from each other. */
void draw_pairs(uint64_t key, const uint32_t *a, const uint32_t *b, const uint32_t *c, uint32_t count, double *numbers);

#endif
