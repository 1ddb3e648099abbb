/* SPDX-License-Identifier: MIT */
/* connect_place.h - where the elements of populations lie, and who is near whom.
 *
 * Element (row, col) lies at (at_x + (col + 0.5) * spacing, at_y + (row + 0.5) * spacing). Of two populations of which
 * not both are spaced, both cover the same patch, and lengths count the steps of the grid that has more of them, along
 * each axis. */
#ifndef NSA_RUNTIME_CONNECT_PLACE_H
#define NSA_RUNTIME_CONNECT_PLACE_H

#include "nsa_program.h"

#include <stdbool.h>

static inline uint32_t place_size(const nsa_population *p) { return p->rows * p->cols; }

/* Where the grid of a population lies beside another one. */
typedef struct {
  double x, y;   /* its corner */
  double dx, dy; /* its steps */
} place_frame;
place_frame place_frame_of(const nsa_population *p, const nsa_population *beside);

/* Distance of two elements, in um, or in grid steps where not both populations are spaced. */
double place_distance(const nsa_population *a, uint32_t i, const nsa_population *b, uint32_t j);

/* The same of `count` pairs; quick where numbers follow one another. */
void place_distances(const nsa_population *a, const uint32_t *i, const nsa_population *b, const uint32_t *j,
                     uint32_t count, double *distances);

/* The element of `to` that is nearest to element i of `from`; of equally near ones the first. */
uint32_t place_nearest(const nsa_population *from, uint32_t i, const nsa_population *to);

/* The nearest other element of the same population; NSA_NONE where it is alone. */
uint32_t place_nearest_other(const nsa_population *p, uint32_t i);

/* The row and column of `to` in whose cell element i of `from` lies, also outside of its grid; on an edge the lower
 * one. */
void place_cell(const nsa_population *from, uint32_t i, const nsa_population *to, double *row, double *col);

/* The element of a row and column; NSA_NONE outside. */
uint32_t place_at(const nsa_population *p, double row, double col);

/* The element at an offset from element i, in grid steps; NSA_NONE outside. */
uint32_t place_shift(const nsa_population *p, uint32_t i, double rows, double cols);

/* Goes over the elements of a population within reach of a place, in ascending order. */
typedef struct {
  const nsa_population *of;
  uint32_t end_row, first_col, end_col; /* of the rectangle that holds them */
  uint32_t row, col;                    /* the next one */
} place_walk;

/* Those of `of` within `reach` of element i of `from`, and perhaps some a little further; 0: all of them. */
place_walk place_walk_begin(const nsa_population *from, uint32_t i, const nsa_population *of, double reach);

/* Writes the next ones, `most` at most. How many these are: 0 at the end. */
uint32_t place_walk_next(place_walk *walk, uint32_t most, uint32_t *numbers);

#endif
