/* SPDX-License-Identifier: MIT */
/* euler_maruyama.c - x(t + dt) = x + dt f + g dW (Maruyama 1955, doi 10.1007/BF02846028). */
#include "solve/stochastic.h"

static void expand(const solve_group *g) {
  ir_builder *b = g->b;
  arena *a = b->arena;
  uint32_t m = g->system->noise_count;
  ir_value *start = solve_start(g), *rates = ARENA_ARRAY(a, ir_value, g->term_count);
  ir_value *factors = ARENA_ARRAY(a, ir_value, (size_t)g->count * m);
  ir_value *increments = ARENA_ARRAY(a, ir_value, g->count);
  solve_rates(g, start, solve_time(g), rates);
  stochastic st = stochastic_of(a, g->system, g->states, g->count);
  solve_inline(g, symbolic_fragment(st.s, st.g, g->count * m), start, solve_time(g), factors);
  stochastic_increments(g, factors, increments);
  solve_move(g, start, solve_changes(g, 1, rates), g->next);
  for (uint32_t k = 0; k < g->count; k++)
    if (increments[k] != IR_NO_VALUE) {
      solve_at_state(g, k);
      g->next[k] = plus(b, g->next[k], increments[k]);
    }
}

const solve_method solve_method_euler_maruyama = {expand, solve_refuses_nothing};
