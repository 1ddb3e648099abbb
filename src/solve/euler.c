/* SPDX-License-Identifier: MIT */
/* euler.c - x(t + dt) = x + dt f(t, x). */
#include "solve/solve_internal.h"

static void expand(const solve_group *g) {
  ir_builder *b = g->b;
  ir_value *start = solve_start(g);
  solve_rates(g, start, solve_time(g), g->next);
  for (uint32_t k = 0; k < g->count; k++)
    g->next[k] = plus(b, start[k], scaled(b, g->system->dt, g->next[k]));
}

const solve_method solve_method_euler = {expand, solve_refuses_noise};
