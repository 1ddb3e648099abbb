/* SPDX-License-Identifier: MIT */
/* rk4.c - the classical Runge-Kutta method of order 4. */
#include "solve/equations.h"
#include "solve/solve_internal.h"

static void stage(const solve_group *g, const ir_value *start, double share, ir_value *rates) {
  ir_value *states = ARENA_ARRAY(g->b->arena, ir_value, g->count);
  solve_move_free(g, start, solve_changes(g, share, rates), states);
  solve_rates(g, states, solve_time_after(g, share), rates);
}

/* Each stage follows from the one before it alone. Rates are summed in units of the first weight, which multiplies the
 * sum at the end. */
static void expand(const solve_group *g) {
  const solve_tableau *t = solve_tableau_of(SOLVER_rk4);
  const double *weights = t->weights[t->stages];
  ir_builder *b = g->b;
  ir_value *start = solve_start(g), *sum = ARENA_ARRAY(b->arena, ir_value, g->term_count);
  ir_value *rates = ARENA_ARRAY(b->arena, ir_value, g->term_count);
  solve_rates(g, start, solve_time(g), rates);
  memcpy(sum, rates, g->term_count * sizeof *sum);
  for (uint32_t i = 1; i < t->stages; i++) {
    double weight = weights[i] / weights[0];
    stage(g, start, t->shares[i], rates);
    for (uint32_t k = 0; k < g->term_count; k++) {
      solve_at_term(g, k);
      sum[k] = plus(b, sum[k], weight == 1 ? rates[k] : scaled(b, weight, rates[k]));
    }
  }
  solve_move(g, start, solve_changes(g, weights[0], sum), g->next);
}

const solve_method solve_method_rk4 = {expand, solve_refuses_noise};
