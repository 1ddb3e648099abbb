/* SPDX-License-Identifier: MIT */
/* rk4.c - the classical Runge-Kutta method of order 4. */
#include "solve/solve_internal.h"

static void stage(const solve_group *g, const ir_value *start, double share, ir_value *rates) {
  ir_value *states = ARENA_ARRAY(g->b->arena, ir_value, g->count);
  solve_move_free(g, start, solve_changes(g, share, rates), states);
  solve_rates(g, states, solve_time_after(g, share), rates);
}

static void expand(const solve_group *g) {
  static const double shares[] = {0.5, 0.5, 1}, weights[] = {2, 2, 1};
  ir_builder *b = g->b;
  ir_value *start = solve_start(g), *sum = ARENA_ARRAY(b->arena, ir_value, g->term_count);
  ir_value *rates = ARENA_ARRAY(b->arena, ir_value, g->term_count);
  solve_rates(g, start, solve_time(g), rates);
  memcpy(sum, rates, g->term_count * sizeof *sum);
  for (uint32_t i = 0; i < 3; i++) {
    stage(g, start, shares[i], rates);
    for (uint32_t k = 0; k < g->term_count; k++)
      sum[k] = plus(b, sum[k], weights[i] == 1 ? rates[k] : scaled(b, weights[i], rates[k]));
  }
  solve_move(g, start, solve_changes(g, 1.0 / 6, sum), g->next);
}

const solve_method solve_method_rk4 = {expand, solve_refuses_noise};
