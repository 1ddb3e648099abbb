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
  double *low, *high;       /* ranges: where starts are */
  double *least, *most;     /* what is taken, however it was found */
  double *scale;            /* what counts as a large change of a state */
  double usual;             /* what p is where nothing varies it */
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

/* Newton's method with damping from x, in place; false where it does not converge. */
bool cell_newton(analyse_cell *c, double *x, double p);
/* Those of the Jacobian, n each, ascending by real part; pairs are conjugate exactly. False where they are not finite.
 */
bool cell_eigenvalues(analyse_cell *c, const double *x, double p, double *real, double *imaginary);
/* How many eigenvalues have a real part above 0. */
uint32_t cell_unstable(uint32_t n, const double *real, const double *imaginary);
/* A copy of x with its eigenvalues; false where these are not finite. */
bool cell_point(analyse_cell *c, const double *x, double p, analyse_point *out);

/* ---- curves (curve.c) ---- */

/* A place on a curve: states and p, each divided by its scale; z[n] is p. The tangent has the length 1. */
typedef struct {
  double *z, *tangent;
  uint32_t unstable;
} curve_place;

typedef struct {
  analyse_cell *cell;
  double low, high; /* of p */
  arena *scratch;
  double *x;             /* states, n */
  double *eigenvalues;   /* their real parts, then the others, 2 n */
  double *matrix, *side; /* n + 1 */
} curve_walk;

/* Zeros, in the memory of the walk. */
curve_place curve_new_place(const curve_walk *w);
/* The fixed point at z with its eigenvalues; false where these are not finite. */
bool curve_point(const curve_walk *w, const double *z, analyse_point *out);
/* From the place `from` along its tangent by `length`; false where there is no place of the curve near. */
bool curve_reach(curve_walk *w, const curve_place *from, double length, curve_place *to);

/* ---- special points (special.c) ---- */

/* Where stability changes between `from` and the place `length` away from it, in the order of the curve. */
void curve_find_special(curve_walk *w, const curve_place *from, double length, const curve_place *to,
                        analyse_branch *branch);

/* The first Lyapunov coefficient at x, p, where a pair of eigenvalues is at +- i omega (Kuznetsov, Elements of Applied
 * Bifurcation Theory, 3rd ed., 5.4), for the time in 1/omega and an eigenvector of length 1 in scales; NaN where it
 * cannot be computed. */
double cell_lyapunov(analyse_cell *c, const double *x, double p, double omega);

#endif
