/* SPDX-License-Identifier: MIT */
/* solve.h - from a system of equations to the operations of one step.
 *
 * Takes a system. Its right-hand sides are a fragment of the states, t and other values. Appends to a step function the
 * operations that advance the states by dt, each equation by its method. Derivatives are symbolic: the Jacobian, its
 * time constants and what is linear come from the equations themselves. All memory is the arena's that is given, or the
 * builder's. Times are in ms. */
#ifndef NSA_SOLVE_SOLVE_H
#define NSA_SOLVE_SOLVE_H

#include "ir/build.h"
#include "model/model.h"

/* A system of n states that are advanced together.
 *
 * Arguments of `rates`: 0 .. n-1 are the states, n is the time t (ms), n+1 ... are the other values: parameters,
 * inputs, and whatever stands still over the step. Outputs: the n rates dx/dt; then the noise coefficients, n rows of
 * noise_count (row i, column k: the factor of white noise k in the equation of state i). With reactions there follow
 * the n rates without the reactions, and the flow_count flows. */
typedef struct {
  uint32_t n, noise_count;
  uint32_t flow_count;
  const int32_t *gain;  /* n x flow_count: how often the flow adds to the state's rate */
  const ir_value *held; /* per state: a truth value of the function, whether the state stands still in this step;
                           IR_NO_VALUE: it never does. NULL: no state does. Equal conditions are the same value */
  const span *at;       /* per state: its equation, which all operations of its step carry; NULL: the builder's span */
  const ir_fragment *rates;
  const ir_fragment *stop; /* of the same arguments, with one truth value as output: where it is true behind a sub-step,
                              the element's step ends there. NULL: no step ends early */
  const bool *is_upstroke; /* per state: it may run away before the block of that spike sets it; NULL: none does */
  /* Per argument from n+1 on: the same at every step (parameters and what follows from them). */
  const bool *is_invariant;
  const solver_kind *solver;     /* per state, never automatic: see solve_choose */
  const solver_options *options; /* per state; NULL: the usual ones */
  double dt;                     /* ms */
  /* Only with `exact`: the step is a value of the function (ms, at least 0), which may differ between elements. */
  bool has_step;
  ir_value step;
  /* How many standard normal draws the caller offers; 0 means noise_count. With noise_count + n draws `exact` also
   * takes coupled systems with fewer noises than states. Draws that are not used can be removed. */
  uint32_t gauss_count;
} solve_system;

/* Appends one step.
 * values: per argument the value at the start of the step. gauss: per noise a standard normal draw of this step (the
 * noise is gauss/sqrt(dt)). next: receives the n new states.
 * Equations with the same method are one group and are advanced together. Groups are taken in the order of their first
 * equations; each sees all other states as at the start of the step. (Within `euler in order` an equation sees the new
 * values of those before it.) */
void solve_expand(ir_builder *b, const solve_system *system, const ir_value *values, const ir_value *gauss,
                  ir_value *next);

/* The method of a state for which the author named none, and why. */
typedef struct {
  uint32_t group; /* the first state of those that are joined with it by any dependence */
  solver_kind solver;
  const char *reason;     /* NULL: the author named it */
  bool depends_on_values; /* of parameters and initial values, which may be set */
} solve_choice;

/* A choice for each state. system->solver is automatic where a choice is asked for.
 * values: all arguments as numbers, at which the Jacobian is looked at; NULL: it is not looked at. is_reset: per state,
 * whether a block of an event sets it. is_set: per state, whether anything but its equation sets it. NULL: no state. */
solve_choice *solve_choose(arena *a, const solve_system *system, const double *values, const bool *is_reset,
                           const bool *is_set);

/* Whether a method can take this equation; NULL if so, else why not, in the author's terms. */
const char *solve_refuses(arena *a, const solve_system *system, uint32_t state, solver_kind method);

/* The same of all equations and their methods; the first state that is refused. */
const char *solve_first_refusal(arena *a, const solve_system *system, uint32_t *state);

/* Whether an equation is not affine in its own state. */
bool solve_is_curved(arena *a, const solve_system *system, uint32_t state);

/* ---- stages ---- */

/* An explicit Runge-Kutta method. The states of stage s are start + h * sum over k of weights[s][k] * rates of stage k,
 * at the time start + shares[s] h. The row behind the last stage gives the new states. An embedded method has the new
 * states at its last stage, which is also the first stage of the next step. It estimates the error as
 * h * sum over k of errors[k] * rates of stage k. */
enum { SOLVE_MOST_STAGES = 7 };
typedef struct {
  uint32_t stages;
  bool is_embedded;
  double shares[SOLVE_MOST_STAGES], weights[SOLVE_MOST_STAGES + 1][SOLVE_MOST_STAGES], errors[SOLVE_MOST_STAGES];
} solve_tableau;
extern const solve_tableau solve_dormand_prince;           /* 1980, doi 10.1016/0771-050X(80)90013-3: orders 5 and 4 */
const solve_tableau *solve_tableau_of(solver_kind solver); /* NULL: it has no stages of this kind */

/* A tolerance is relative to the state. A state smaller than this, in internal units, counts as this large. */
#define SOLVE_SMALLEST_SCALE 1e-3

/* ---- symbolic work ---- */

/* d output / d argument, as a fragment of the same arguments with one output. */
ir_fragment *solve_derivative(arena *a, const ir_fragment *f, uint32_t output, uint32_t argument);
/* Whether the output depends on the argument (after folding). */
bool solve_depends(arena *a, const ir_fragment *f, uint32_t output, uint32_t argument);

/* Whether the equation of states[r] (its rate or a noise) reads states[c]: entry r * count + c. */
bool *solve_dependences(arena *a, const solve_system *system, const uint32_t *states, uint32_t count);

/* Evaluates all outputs for numbers (booleans as 0/1), again and again. */
typedef struct {
  const ir_fragment *f;
  const bool *is_live; /* per operation */
  double *values;      /* likewise, of the last run */
} solve_evaluator;
solve_evaluator solve_evaluator_new(arena *a, const ir_fragment *f);
void solve_evaluator_run(const solve_evaluator *e, const double *args, double *outputs);
/* The same once. */
void solve_evaluate(const ir_fragment *f, const double *args, double *outputs);

/* ---- timescale analysis ---- */

/* Equations that any dependence joins are looked at together, up to so many: eigenvalues cost their cube. */
enum { SOLVE_LARGEST_ANALYSED = 200 };

typedef struct {
  uint32_t n;
  double *real, *imaginary; /* eigenvalues of the Jacobian at `values`, 1/ms; those of equations that are joined lie
                               behind one another */
  double fastest, slowest;  /* time constants 1/|lambda|, ms; 0 when there is none */
  double *fastest_of;       /* per state, among those that are joined with it and have its solver */
} solve_spectrum;

/* values: all arguments as numbers. n is 0 when the Jacobian there is not finite; equations of larger sets are left
 * out. */
solve_spectrum solve_analyse(arena *a, const solve_system *system, const double *values);

/* A fixed point near `values` (states are changed in place) by Newton's method; false when none is found. */
bool solve_fixed_point(arena *a, const solve_system *system, double *values);

#endif
