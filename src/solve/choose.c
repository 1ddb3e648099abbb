/* SPDX-License-Identifier: MIT */
/* choose.c - the method of an equation whose author named none. */
#include "solve/solve_internal.h"

/* What the choice looks at. */
typedef struct {
  arena *arena;
  const solve_system *system;
  symbolic *s;
  ir_value *outputs;
  uint32_t state;
} question;

static bool *arg_set(const question *q) {
  return ARENA_ARRAY(q->arena, bool, q->system->rates->arg_count);
}

static bool depends_on(const question *q, ir_value v, const bool *set) {
  return symbolic_dependence(q->s, set)[v];
}

/* The states that could share a matrix exponential with this one: those its rate depends on, those these
 * depend on, and so on, as far as they are to be solved exactly or still have no method. */
static bool *closure(const question *q) {
  const solve_system *system = q->system;
  bool *in_closure = ARENA_ARRAY(q->arena, bool, system->n);
  in_closure[q->state] = true;
  for (bool has_grown = true; has_grown;) {
    has_grown = false;
    for (uint32_t j = 0; j < system->n; j++) {
      bool is_open = system->solver[j] == SOLVER_exact || system->solver[j] == SOLVER_automatic;
      if (in_closure[j] || !is_open)
        continue;
      bool *set = arg_set(q);
      set[j] = true;
      const bool *depends = symbolic_dependence(q->s, set);
      for (uint32_t i = 0; i < system->n && !in_closure[j]; i++)
        in_closure[j] = in_closure[i] && depends[q->outputs[i]];
      has_grown = has_grown || in_closure[j];
    }
  }
  return in_closure;
}

/* Whether the matrix is the same at every step. */
static bool has_invariant_matrix(const question *q, const bool *states) {
  uint32_t n = q->system->n;
  bool *varying = arg_set(q);
  for (uint32_t i = 0; i < q->system->rates->arg_count; i++)
    varying[i] = i <= n || q->system->is_invariant == NULL || !q->system->is_invariant[i - n - 1];
  for (uint32_t c = 0; c < n; c++) {
    if (!states[c])
      continue;
    ir_value *column = ARENA_ARRAY(q->arena, ir_value, n);
    symbolic_derive(q->s, q->outputs, n, c, column);
    const bool *varies = symbolic_dependence(q->s, varying);
    for (uint32_t r = 0; r < n; r++)
      if (states[r] && varies[column[r]])
        return false;
  }
  return true;
}

static bool depends_on_time(const question *q, const bool *states) {
  bool *set = arg_set(q);
  set[q->system->n] = true;
  const bool *depends = symbolic_dependence(q->s, set);
  for (uint32_t i = 0; i < q->system->n; i++)
    if (states[i] && depends[q->outputs[i]])
      return true;
  return false;
}

/* Exact for this equation and for all that are to be exact already. */
static bool can_be_exact(const question *q, const bool *own) {
  if (!has_invariant_matrix(q, own))
    return false;
  bool *all = ARENA_ARRAY(q->arena, bool, q->system->n);
  for (uint32_t i = 0; i < q->system->n; i++)
    all[i] = own[i] || q->system->solver[i] == SOLVER_exact;
  return solve_refuses_exact(q->arena, q->system, own) == NULL &&
         solve_refuses_exact(q->arena, q->system, all) == NULL;
}

static bool is_conditionally_linear(const question *q) {
  bool *own = arg_set(q);
  own[q->state] = true;
  return symbolic_linearity(q->s, own)[q->outputs[q->state]] == 1 &&
         depends_on(q, q->outputs[q->state], own);
}

static solver_kind choice(const char **reason, solver_kind kind, const char *why) {
  *reason = why;
  return kind;
}

solver_kind solve_choose(arena *a, const solve_system *system, uint32_t state, const char **reason) {
  question q = {.arena = a, .system = system, .state = state};
  q.s = solve_symbolic(a, system, &q.outputs);
  bool is_noisy = solve_is_noisy(a, system, state);
  const bool *own = closure(&q);
  bool is_linear = can_be_exact(&q, own), has_time = depends_on_time(&q, own);
  if (is_linear && is_noisy)
    return choice(reason, SOLVER_exact, "linear with constant coefficients and additive noise");
  if (is_linear && !has_time)
    return choice(reason, SOLVER_exact, "linear with constant coefficients");
  if (is_noisy)
    return choice(reason, SOLVER_euler_maruyama, "it has noise and is not linear with constant coefficients");
  if (is_linear)
    return choice(reason, SOLVER_rk4, "linear, but with a term in t, which exact would hold over the step");
  if (is_conditionally_linear(&q))
    return choice(reason, SOLVER_exponential_euler, "linear in itself while all else stands still");
  return choice(reason, SOLVER_rk4, "not linear in itself");
}
