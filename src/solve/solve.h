/* SPDX-License-Identifier: MIT */
/* solve.h - from a system of equations to the operations of one step.
 *
 * Takes a system whose right-hand sides are a fragment of (states, t, other values); appends to a step
 * function the operations that advance the states by dt, by each equation's method. Symbolic derivatives are
 * made on fragments, so that what is linear, the Jacobian and its time constants come from the equations
 * themselves. */
#ifndef NSA_SOLVE_SOLVE_H
#define NSA_SOLVE_SOLVE_H

#include "ir/build.h"
#include "model/model.h"

/* A system of n states that are advanced together.
 * Arguments of `rates`: 0 .. n-1 the states, n the time t (ms), n+1 ... the other values (parameters, inputs,
 * what is frozen over the step). Outputs: 0 .. n-1 the rates dx/dt; then n * noise_count noise coefficients, row
 * a state: the factor of white noise k in the equation of state i; with reactions then n times what a rate is without
 * them, and their flows. */
typedef struct {
  uint32_t n, noise_count;
  uint32_t flow_count;
  const int32_t *gain;  /* n x flow_count: how often the flow adds to the state's rate */
  const ir_value *held; /* per state: truth value of the function, the state stands still in this step; IR_NO_VALUE:
                           it never does. NULL: none. Equal conditions are one value */
  const span *at;       /* per state: its equation, which all operations of its step carry; NULL: the builder's span */
  const ir_fragment *rates;
  const ir_fragment *stop; /* of the same arguments, one truth value: where it is true behind a sub-step the element's
                              step ends there; NULL: none does */
  const bool *is_upstroke; /* per state: it may run away before the block of that spike sets it; NULL: none does */
  const bool
      *is_invariant; /* per argument from n+1 on: the same at every step (parameters and what follows from them) */
  const solver_kind *solver;     /* per state, never automatic: see solve_choose */
  const solver_options *options; /* per state; NULL: the usual ones */
  double dt;                     /* ms */
  /* `exact` alone: the step is a value of the function instead (ms, at least 0; differs from element to element). */
  bool has_step;
  ir_value step;
  /* Standard normal draws that the caller offers; 0: noise_count. With noise_count + n of them `exact` also
   * takes coupled systems that fewer noises than states drive (what is not used can be removed). */
  uint32_t gauss_count;
} solve_system;

/* Appends one step. values: per argument the value at the start of the step (states, t, others); gauss: per
 * noise a standard normal draw of this step (noise is gauss/sqrt(dt)); next: the n new states. Equations with the
 * same method are advanced together; groups are taken in order of their first equation with all other states
 * held at the start of the step (euler in order: with the new values of those before it). */
void solve_expand(ir_builder *b, const solve_system *system, const ir_value *values, const ir_value *gauss,
                  ir_value *next);

/* What a state gets where the author named no method, and why. */
typedef struct {
  uint32_t group; /* the first state of those that are joined with it by any dependence */
  solver_kind solver;
  const char *reason;     /* NULL: the author named it */
  bool depends_on_values; /* of parameters and initial values, which may be set */
} solve_choice;

/* A choice for each state; system->solver: automatic where one is asked for. values: all arguments as numbers, at which
 * the Jacobian is looked at; NULL: it is not. Per state, is_reset: whether a block of an event sets it, is_set: whether
 * anything but its equation does; NULL: none. */
solve_choice *solve_choose(arena *a, const solve_system *system, const double *values, const bool *is_reset,
                           const bool *is_set);

/* Whether a method can take this equation; NULL if so, else why not, in the author's terms. */
const char *solve_refuses(arena *a, const solve_system *system, uint32_t state, solver_kind method);

/* Whether an equation is not affine in its own state. */
bool solve_is_curved(arena *a, const solve_system *system, uint32_t state);

/* ---- stages ---- */

/* An explicit Runge-Kutta method: the states of stage s are start + h sum of weights[s][k] times the rates of stage k,
 * at the time start + shares[s] h; behind the last stage is the row of the new states. An embedded one has these at its
 * last stage, which is the first of the next step, and an estimate of the error, h sum of errors[k] times the rates of
 * stage k. */
enum { SOLVE_MOST_STAGES = 7 };
typedef struct {
  uint32_t stages;
  bool is_embedded;
  double shares[SOLVE_MOST_STAGES], weights[SOLVE_MOST_STAGES + 1][SOLVE_MOST_STAGES], errors[SOLVE_MOST_STAGES];
} solve_tableau;
extern const solve_tableau solve_dormand_prince;           /* 1980, doi 10.1016/0771-050X(80)90013-3: orders 5 and 4 */
const solve_tableau *solve_tableau_of(solver_kind solver); /* NULL: it has no stages of this kind */

/* A state smaller than this, in internal units, is not asked for more digits than one of this size. */
#define SOLVE_SMALLEST_SCALE 1e-3

/* ---- symbolic work ---- */

/* d output / d argument, as a fragment of the same arguments with one output. */
ir_fragment *solve_derivative(arena *a, const ir_fragment *f, uint32_t output, uint32_t argument);
/* Whether the output depends on the argument (after folding). */
bool solve_depends(arena *a, const ir_fragment *f, uint32_t output, uint32_t argument);

/* Evaluates all outputs for numbers (booleans as 0/1). */
void solve_evaluate(const ir_fragment *f, const double *args, double *outputs);

/* ---- timescale analysis ---- */

typedef struct {
  uint32_t n;
  double *real, *imaginary; /* eigenvalues of the Jacobian at `values`, 1/ms */
  double *jacobian;         /* n x n, row an equation */
  double fastest, slowest;  /* time constants 1/|lambda|, ms; 0 when there is none */
} solve_spectrum;

/* values: all arguments as numbers. n is 0 when the Jacobian there is not finite. */
solve_spectrum solve_analyse(arena *a, const solve_system *system, const double *values);

/* The fastest time constant of the states that are joined with this one and have its solver, as above. */
double solve_fastest(arena *a, const solve_system *system, const solve_spectrum *spectrum, uint32_t state);

/* A fixed point near `values` (states are changed in place) by Newton's method; false when none is found. */
bool solve_fixed_point(arena *a, const solve_system *system, double *values);

#endif
