/* SPDX-License-Identifier: MIT */
/* solvers.c - the table of methods, and one step of a system by the methods of its equations. */
#include "solve/equations.h"
#include "solve/solve_internal.h"

const solve_method *const solve_methods[SOLVER_COUNT] = {
#define SOLVER(name, text, order, limit, first, sharing) [SOLVER_##name] = &solve_method_##name,
#include "model/solver_names.def"
#undef SOLVER
};

const char *solve_refuses(arena *a, const solve_system *system, uint32_t state, solver_kind method) {
  return solve_methods[method]->refuses(a, system, state);
}

const char *solve_first_refusal(arena *a, const solve_system *system, uint32_t *state) {
  uint32_t count;
  const char *first = NULL;
  const solve_part *parts = solve_split(a, system, &count);
  *state = system->n;
  for (uint32_t k = 0; k < count; k++)
    for (uint32_t i = 0; i < parts[k].system.n && parts[k].states[i] < *state; i++) {
      const char *why = solve_refuses(a, &parts[k].system, i, parts[k].system.solver[i]);
      if (why == NULL)
        continue;
      *state = parts[k].states[i];
      first = why;
    }
  return first;
}

void solve_expand(ir_builder *b, const solve_system *system, const ir_value *values, const ir_value *gauss,
                  ir_value *next) {
  arena *a = b->arena;
  bool *is_done = ARENA_ARRAY(a, bool, system->n);
  uint32_t *states = ARENA_ARRAY(a, uint32_t, system->n);
  ir_value *group_next = ARENA_ARRAY(a, ir_value, system->n);
  for (uint32_t first = 0; first < system->n; first++) {
    if (is_done[first])
      continue;
    solve_group g = {.b = b, .system = system, .values = values, .gauss = gauss};
    g.states = states;
    g.next = group_next;
    for (uint32_t i = first; i < system->n; i++)
      if (system->solver[i] == system->solver[first]) {
        is_done[i] = true;
        states[g.count++] = i;
      }
    solve_at_state(&g, 0);
    solve_find_terms(&g);
    solve_methods[system->solver[first]]->expand(&g);
    solve_end_upstroke(&g, system->solver[first]);
    for (uint32_t k = 0; k < g.count; k++) {
      solve_at_state(&g, k);
      bool can_be_held = system->held != NULL && system->held[states[k]] != IR_NO_VALUE;
      next[states[k]] =
          can_be_held ? ir_select(b, system->held[states[k]], values[states[k]], group_next[k]) : group_next[k];
    }
  }
}
