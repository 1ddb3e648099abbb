/* SPDX-License-Identifier: MIT */
/* rk2.c - the explicit midpoint rule: x + dt f(t + dt/2, x + dt/2 f(t, x)), of order 2 (Runge 1895). */
#include "solve/equations.h"
#include "solve/solve_internal.h"

static void expand(const solve_group *g) {
  const solve_tableau *t = solve_tableau_of(SOLVER_rk2);
  ir_value *start = solve_start(g), *middle = ARENA_ARRAY(g->b->arena, ir_value, g->count);
  ir_value *rates = ARENA_ARRAY(g->b->arena, ir_value, g->term_count);
  solve_rates(g, start, solve_time(g), rates);
  solve_move_free(g, start, solve_changes(g, t->weights[1][0], rates), middle);
  solve_rates(g, middle, solve_time_after(g, t->shares[1]), rates);
  solve_move(g, start, solve_changes(g, 1, rates), g->next);
}

const solve_method solve_method_rk2 = {expand, solve_refuses_noise};
