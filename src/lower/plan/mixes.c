/* SPDX-License-Identifier: MIT */
/* mixes.c - what is lost where equations that act on each other have different solvers: each sees the others as they
 * were when the step began, which is of first order, and reactions move their states by different extents. */
#include "lower/plan/builders.h"

static const char *name_of(const model_component *c, const model_ode *ode) { return c->states.data[ode->state].name; }

/* n x n: whether the row's equation reads the column's state and another solver advances that, which then stands still
 * over the step. NULL: all have one solver. */
static const bool *find_held(const lower_context *ctx, const solve_system *sys) {
  uint32_t *all = ARENA_ARRAY(ctx->arena, uint32_t, sys->n);
  bool is_mixed = false;
  for (uint32_t i = 0; i < sys->n; i++) {
    all[i] = i;
    is_mixed = is_mixed || sys->solver[i] != sys->solver[0];
  }
  if (!is_mixed)
    return NULL;
  bool *held = solve_dependences(ctx->arena, sys, all, sys->n);
  for (size_t k = 0; k < (size_t)sys->n * sys->n; k++)
    held[k] = held[k] && sys->solver[k / sys->n] != sys->solver[k % sys->n];
  return held;
}

const uint32_t *plan_first_held(const lower_context *ctx, const solve_system *sys, const solve_choice *choices) {
  const bool *held = find_held(ctx, sys);
  uint32_t *first = ARENA_ARRAY(ctx->arena, uint32_t, sys->n);
  for (uint32_t i = 0; i < sys->n; i++)
    first[i] = NSA_NONE;
  for (size_t k = 0; held && k < (size_t)sys->n * sys->n; k++)
    if (held[k] && first[choices[k / sys->n].group] == NSA_NONE)
      first[choices[k / sys->n].group] = (uint32_t)(k % sys->n);
  return first;
}

/* The first equation of a group that loses its order; one warning a group. */
static void warn_of_order(const lower_context *ctx, const model_component *c, const solve_system *sys,
                          const model_ode *const *odes, const solve_choice *choices) {
  const bool *held = find_held(ctx, sys);
  bool *is_told = ARENA_ARRAY(ctx->arena, bool, sys->n);
  for (uint32_t i = 0; held && i < sys->n; i++)
    for (uint32_t j = 0; j < sys->n; j++) {
      bool is_named = choices[i].reason == NULL || choices[j].reason == NULL;
      if (!is_named || is_told[choices[i].group] || !solver_is_of_second_order(sys->solver[i]) ||
          !solver_is_of_second_order(sys->solver[j]) || !held[(size_t)i * sys->n + j])
        continue;
      is_told[choices[i].group] = true;
      diag *d = diag_report(
          ctx->sink, DIAG_W0406, odes[i]->at,
          "the equation of `%s` (%s) reads `%s`, which has another solver (%s): it sees it as it was when the step began, and is of order 1 by that",
          name_of(c, odes[i]), solver_rows[sys->solver[i]].words, name_of(c, odes[j]),
          solver_rows[sys->solver[j]].words);
      diag_hint(d, "give both one solver, or leave `using` away for both");
    }
}

static bool changes_each_by_itself(solver_kind solver) {
  return solver == SOLVER_exponential_euler || solver == SOLVER_exponential_midpoint || solver == SOLVER_euler_in_order;
}

static void warn_of_reaction(const lower_context *ctx, const model_component *c, const solve_system *sys,
                             const model_ode *const *odes, const model_reaction *r) {
  const model_ode *first = NULL;
  uint32_t first_index = 0;
  for (uint32_t i = 0; i < sys->n; i++) {
    bool takes_part = false;
    for (uint32_t k = 0; k < r->gains.len; k++)
      takes_part = takes_part || r->gains.data[k].state == odes[i]->state;
    if (!takes_part)
      continue;
    if (!first) {
      first = odes[i];
      first_index = i;
      continue;
    }
    if (sys->solver[i] != sys->solver[first_index])
      diag_hint(diag_report(ctx->sink, DIAG_W0407, r->at,
                            "this reaction changes `%s` by %s and `%s` by %s: what it should keep in all is not kept",
                            name_of(c, first), solver_rows[sys->solver[first_index]].words, name_of(c, odes[i]),
                            solver_rows[sys->solver[i]].words),
                "give all states of the reaction one solver, or leave `using` away");
    else if (changes_each_by_itself(sys->solver[i]))
      diag_hint(
          diag_report(ctx->sink, DIAG_W0407, r->at,
                      "`%s` changes `%s` and `%s` each by itself: what this reaction should keep in all is not kept",
                      solver_rows[sys->solver[i]].words, name_of(c, first), name_of(c, odes[i])),
          "leave `using` away, or use another solver: all others change them by one extent");
    else
      continue;
    return;
  }
}

void plan_warn_of_mixes(const lower_context *ctx, const model_component *c, const solve_system *sys,
                        const model_ode *const *odes, const solve_choice *choices) {
  warn_of_order(ctx, c, sys, odes, choices);
  for (uint32_t j = 0; j < c->reactions.len; j++)
    warn_of_reaction(ctx, c, sys, odes, &c->reactions.data[j]);
}
