/* SPDX-License-Identifier: MIT */
/* system.h - equations of an owner that are advanced together, as a system for src/solve.
 *
 * The right-hand sides become a fragment of (states, t, others). What does not change with the states or with t within
 * a step is computed once, in the function that has the step, and handed in as an argument; truth values that do not
 * depend on the states are among these, so that conditions on t are decided at the start of the step. */
#ifndef NSA_LOWER_SYSTEM_H
#define NSA_LOWER_SYSTEM_H

#include "lower/pure/pure.h"
#include "solve/solve.h"

/* An argument behind the states and t. */
typedef struct {
  const model_expr *value;
  bool is_at_end; /* its value at the end of the step; else at its start */
} system_argument;

typedef struct {
  const lower_context *ctx;
  bool is_connection, is_at_events;
  uint32_t owner;
  const char *name; /* of the owner */
  const model_component *component;
  const model_ode **odes;
  uint32_t n;
  ir_fragment *rates;      /* outputs as solve.h asks for them */
  const ir_fragment *stop; /* the spike that ends an element's step; NULL: none does */
  VEC(system_argument) others;
  uint32_t others_of_rates; /* those behind them are of `stop` alone */
  VEC(bool) is_invariant;   /* per other argument */
  uint32_t flow_count;
  int32_t *gain; /* n x flow_count */
} equation_system;

/* odes: in the order of their declaration. is_at_events: partners stand still between two events. */
equation_system *lower_system(const lower_context *ctx, bool is_connection, uint32_t owner, const model_ode **odes,
                              uint32_t n, bool is_at_events);
/* Adds `stop`: whether an event of the component would happen if the step ended with the states given. */
void lower_system_stops_at(equation_system *s, uint32_t event);
/* The values of all arguments at the start of a run, as far as the model says them. */
const double *lower_numbers_at_start(const equation_system *s);
/* What src/solve gets of it, but for solvers, lengths of steps and values. */
solve_system lower_solve_system(const equation_system *s);
/* Whether the equation of a state is linear with constant coefficients; if not, why. */
bool lower_is_exact(const equation_system *s, uint32_t state, const char **why);
/* Per equation, the first one of the same condition `unless`, itself included; NSA_NONE: it has none. */
const uint32_t *lower_equal_conditions(const lower_context *ctx, const model_ode *const *odes, uint32_t n);

#endif
