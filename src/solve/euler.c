/* SPDX-License-Identifier: MIT */
/* euler.c - x(t + dt) = x + dt f(t, x). */
#include "solve/equations.h"
#include "solve/solve_internal.h"

static void expand(const solve_group *g) {
  ir_builder *b = g->b;
  ir_value *start = solve_start(g), *rates = ARENA_ARRAY(b->arena, ir_value, g->term_count);
  solve_rates(g, start, solve_time(g), rates);
  solve_move(g, start, solve_changes(g, 1, rates), g->next);
}

const solve_method solve_method_euler = {expand, solve_refuses_noise};
