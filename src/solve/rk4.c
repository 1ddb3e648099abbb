/* SPDX-License-Identifier: MIT */
/* rk4.c - the classical Runge-Kutta method of order 4. */
#include "solve/solve_internal.h"

static void stage(const solve_group *g, const ir_value *start, double share, ir_value *rates) {
  ir_builder *b = g->b;
  ir_value *states = ARENA_ARRAY(b->arena, ir_value, g->count);
  for (uint32_t k = 0; k < g->count; k++)
    states[k] = plus(b, start[k], scaled(b, share * g->system->dt, rates[k]));
  solve_rates(g, states, solve_time_after(g, share), rates);
}

static void expand(const solve_group *g) {
  static const double shares[] = {0.5, 0.5, 1}, weights[] = {2, 2, 1};
  ir_builder *b = g->b;
  ir_value *start = solve_start(g), *sum = ARENA_ARRAY(b->arena, ir_value, g->count);
  ir_value *rates = ARENA_ARRAY(b->arena, ir_value, g->count);
  solve_rates(g, start, solve_time(g), rates);
  memcpy(sum, rates, g->count * sizeof *sum);
  for (uint32_t i = 0; i < 3; i++) {
    stage(g, start, shares[i], rates);
    for (uint32_t k = 0; k < g->count; k++)
      sum[k] = plus(b, sum[k], weights[i] == 1 ? rates[k] : scaled(b, weights[i], rates[k]));
  }
  for (uint32_t k = 0; k < g->count; k++)
    g->next[k] = plus(b, start[k], scaled(b, g->system->dt / 6, sum[k]));
}

const solve_method solve_method_rk4 = {expand, solve_refuses_noise};
