/* SPDX-License-Identifier: MIT */
/* solve_internal.h - what a solver is, and what solvers share. See docs/adding-a-solver.md. */
#ifndef NSA_SOLVE_INTERNAL_H
#define NSA_SOLVE_INTERNAL_H

#include "solve/solve.h"
#include "solve/symbolic_internal.h"

/* A term moves states. It is the rate of one state, or the flow of a reaction, which moves several states by the same
 * extent. Methods work on terms, so that the totals that reactions keep are kept to rounding. Without reactions the
 * terms are the rates of the states. */
typedef struct {
  uint32_t output;     /* of system->rates */
  const int32_t *gain; /* per state of the group: how often it adds to its rate */
  uint32_t first, end; /* it moves none before the first, and from the end on */
  span at;             /* of the equation or the reaction */
} solve_term;

/* Equations of a system that are advanced together by one method, all other states being held. */
typedef struct {
  ir_builder *b;
  const solve_system *system;
  const ir_value *values; /* per argument of the rates, at the start of the step */
  const ir_value *gauss;
  const uint32_t *states; /* which of the system's */
  uint32_t count;
  const solve_term *terms;
  uint32_t term_count;
  const uint32_t *own_term; /* per state: the number of its own term; UINT32_MAX: only reactions move it */
  const ir_value *held;     /* per state: whether it stands still; IR_NO_VALUE where no other of the group reads it */
  ir_value *next;           /* per state of the group, to be filled in */
} solve_group;

/* Fills in the terms and the held states. The group's states must be given. */
void solve_find_terms(solve_group *g);

typedef struct {
  void (*expand)(const solve_group *g);
  /* Why this equation cannot be solved so, in the author's terms; NULL when it can. */
  const char *(*refuses)(arena *a, const solve_system *system, uint32_t state);
} solve_method;

/* One a row of solver_names.def; each in the file of its name. */
#define SOLVER(name, text, order, limit, first, sharing) extern const solve_method solve_method_##name;
#include "model/solver_names.def"
#undef SOLVER
extern const solve_method *const solve_methods[SOLVER_COUNT];

/* A system larger than this is not solved by its matrix exponential (28 n^2 numbers of work space in a kernel). */
enum { SOLVE_LARGEST_EXACT = 8 };
/* `exact` has a matrix for each combination of the conditions behind `unless`. There may be so many conditions. */
enum { SOLVE_MOST_HELD = 3 };

/* ---- building ---- */

/* What is built from here on carries the span of the equation of the group's state k, or of term t. */
void solve_at_state(const solve_group *g, uint32_t k);
void solve_at_term(const solve_group *g, uint32_t t);

/* The values of the group's terms where its states have the given values at time t; other states are as at the start of
 * the step. */
void solve_rates(const solve_group *g, const ir_value *states, ir_value t, ir_value *rates);
/* The states from `start`, moved by the changes of the terms (term_count values, dt times a rate). The totals that
 * reactions keep are kept to the last bit. */
void solve_move(const solve_group *g, const ir_value *start, const ir_value *changes, ir_value *states);
/* The same for rates at a stage: held states stand, and totals are not kept to the last bit. */
void solve_move_free(const solve_group *g, const ir_value *start, const ir_value *changes, ir_value *states);
/* Puts held states that others of the group read back to their values at the start. */
void solve_stand(const solve_group *g, const ir_value *start, ir_value *states);
/* The changes of the terms in a part of the step: share * dt * rate. */
ir_value *solve_changes(const solve_group *g, double share, const ir_value *rates);
/* The derivatives of the terms by the group's states, and by t: term_count rows of count + 1, as a fragment of the
 * system's arguments. */
ir_fragment *solve_slope_fragment(const solve_group *g);
/* At the start of the step. */
ir_value *solve_slopes(const solve_group *g);
/* How term c acts on term r through the states that c moves: the derivative of r by the extent of c. IR_NO_VALUE: not
 * at all. */
ir_value solve_effect(const solve_group *g, const ir_value *slopes, uint32_t r, uint32_t c);
/* All outputs of a fragment of the system's arguments, for the group's states at time t. */
void solve_inline(const solve_group *g, const ir_fragment *f, const ir_value *states, ir_value t, ir_value *outputs);
/* The group's states at the start of the step. */
ir_value *solve_start(const solve_group *g);
ir_value solve_time(const solve_group *g);
/* t + dt * share. */
ir_value solve_time_after(const solve_group *g, double share);

/* ---- upstrokes (upstroke.c) ---- */

/* For methods that take the step whole: where a state ran away and a spike resets it, the spike happens (upstroke.c).
 */
void solve_end_upstroke(const solve_group *g, solver_kind solver);

static inline ir_value plus(ir_builder *b, ir_value x, ir_value y) { return ir_binary(b, IR_OP_add, x, y); }
static inline ir_value minus(ir_builder *b, ir_value x, ir_value y) { return ir_binary(b, IR_OP_sub, x, y); }
static inline ir_value times(ir_builder *b, ir_value x, ir_value y) { return ir_binary(b, IR_OP_mul, x, y); }
static inline ir_value over(ir_builder *b, ir_value x, ir_value y) { return ir_binary(b, IR_OP_div, x, y); }
static inline ir_value scaled(ir_builder *b, double factor, ir_value x) { return times(b, ir_number(b, factor), x); }

/* A sum that grows by terms; IR_NO_VALUE is an empty one. */
static inline void accumulate(ir_builder *b, ir_value *sum, ir_value term) {
  *sum = *sum == IR_NO_VALUE ? term : plus(b, *sum, term);
}

static inline bool is_number(const ir_builder *b, ir_value v, double x) {
  const ir_op *op = &b->function->ops.data[v];
  return op->op == IR_OP_const && op->number == x;
}

#endif
