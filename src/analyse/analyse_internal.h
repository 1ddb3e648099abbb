/* SPDX-License-Identifier: MIT */
/* analyse_internal.h - what the files of src/analyse share. */
#ifndef NSA_ANALYSE_INTERNAL_H
#define NSA_ANALYSE_INTERNAL_H

#include "analyse/analyse.h"
#include "solve/solve.h"
#include "solve/symbolic.h"

struct analyse_cell {
  arena *arena;
  uint32_t n;
  const uint32_t *state_of; /* per equation: the state of the component */
  symbolic *symbols;        /* of the n states and p, in this order */
  ir_value *rates;          /* n of them, values of symbols */
  solve_evaluator fast;     /* the rates */
  solve_evaluator full;     /* the rates, then the Jacobian in rows, then the derivatives by p */
  double *args;             /* the states and p */
  double *out;              /* of `full` */
  double *start;            /* initial values */
  double *low, *high;       /* ranges */
  double *scale;            /* what counts as a large change of a state */
  double *room;             /* for Newton's method */
};

/* F(x, p) into rates. */
void cell_rates(analyse_cell *c, const double *x, double p, double *rates);
/* The same with derivatives, in place until the next call: rates n, Jacobian n x n, derivatives by p n. */
typedef struct {
  const double *rates, *jacobian, *by_p;
} cell_slopes;
cell_slopes cell_look(analyse_cell *c, const double *x, double p);

/* The largest difference of two states, in scales. */
double cell_distance(const analyse_cell *c, const double *x, const double *y);

#endif
