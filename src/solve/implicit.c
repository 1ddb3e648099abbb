/* SPDX-License-Identifier: MIT */
/* implicit.c - ROS2, a Rosenbrock method of order 2, L-stable with gamma = 1 - 1/sqrt(2) (Verwer, Spee, Blom and
 * Hundsdorfer 1999, doi 10.1137/S1064827597326651):
 *
 *   (I - gamma dt J) k1 = f(t, x) + gamma dt df/dt
 *   (I - gamma dt J) k2 = f(t + dt, x + dt k1) - 2 k1 - gamma dt df/dt
 *   x(t + dt) = x + 3/2 dt k1 + 1/2 dt k2
 *
 * Its unknowns are the group's terms, of which x is a sum: with reactions k are their flows, J how they act on each other.
 * The Jacobian J is derived symbolically; the factorisation is unrolled over the entries that can be other than
 * zero. Nothing is exchanged at run time (lanes must not branch): the pivots are the diagonal's, which holds the
 * 1 of I, in an order chosen here so that few new entries arise. */
#include "solve/solve_internal.h"

#include <math.h>

#define GAMMA (1 - 0.70710678118654752440)

typedef struct {
  const solve_group *g;
  uint32_t n;          /* terms */
  ir_value *entry;     /* n x n; IR_NO_VALUE: zero. After factoring: L below, U above the pivots */
  ir_value *inverse;   /* of the pivots */
  uint32_t *order;     /* rows (and columns) in the order of elimination */
  ir_value *time_rate; /* df/dt */
} rosenbrock;

/* I - gamma dt J. */
static rosenbrock set_up(const solve_group *g) {
  ir_builder *b = g->b;
  arena *a = b->arena;
  uint32_t n = g->term_count, columns = g->count + 1;
  rosenbrock m = {.g = g, .n = n};
  m.entry = ARENA_ARRAY(a, ir_value, (size_t)n * (n + 1));
  m.time_rate = m.entry + n * n;
  m.inverse = ARENA_ARRAY(a, ir_value, n);
  m.order = ARENA_ARRAY(a, uint32_t, n);
  const ir_value *slopes = solve_slopes(g);
  double h = GAMMA * g->system->dt;
  for (uint32_t i = 0; i < n * n; i++) {
    bool is_diagonal = i % (n + 1) == 0;
    ir_value x = solve_effect(g, slopes, i / n, i % n);
    x = x == IR_NO_VALUE ? x : scaled(b, is_diagonal ? h : -h, x);
    if (is_diagonal)
      x = x == IR_NO_VALUE ? ir_number(b, 1) : minus(b, ir_number(b, 1), x);
    m.entry[i] = x;
  }
  for (uint32_t r = 0; r < n; r++)
    m.time_rate[r] = slopes[r * columns + g->count];
  return m;
}

/* ---- factorisation ---- */

/* The fewest new entries that eliminating with this pivot can make (Markowitz's count). */
static uint32_t fill_in(const rosenbrock *m, const bool *is_done, uint32_t pivot) {
  uint32_t in_row = 0, in_column = 0;
  for (uint32_t i = 0; i < m->n; i++) {
    if (is_done[i] || i == pivot)
      continue;
    in_row += m->entry[pivot * m->n + i] != IR_NO_VALUE;
    in_column += m->entry[i * m->n + pivot] != IR_NO_VALUE;
  }
  return in_row * in_column;
}

static void eliminate(rosenbrock *m, const bool *is_done, uint32_t pivot) {
  ir_builder *b = m->g->b;
  uint32_t n = m->n;
  m->inverse[pivot] = over(b, ir_number(b, 1), m->entry[pivot * n + pivot]);
  for (uint32_t r = 0; r < n; r++) {
    ir_value *factor = &m->entry[r * n + pivot];
    if (is_done[r] || *factor == IR_NO_VALUE)
      continue;
    *factor = times(b, *factor, m->inverse[pivot]);
    for (uint32_t c = 0; c < n; c++) {
      ir_value above = m->entry[pivot * n + c];
      if (is_done[c] || above == IR_NO_VALUE)
        continue;
      ir_value product = times(b, *factor, above), *target = &m->entry[r * n + c];
      *target = *target == IR_NO_VALUE ? ir_unary(b, IR_OP_neg, product) : minus(b, *target, product);
    }
  }
}

static void factor(rosenbrock *m) {
  bool *is_done = ARENA_ARRAY(m->g->b->arena, bool, m->n);
  for (uint32_t step = 0; step < m->n; step++) {
    uint32_t best = UINT32_MAX, best_fill = UINT32_MAX;
    for (uint32_t i = 0; i < m->n; i++)
      if (!is_done[i] && fill_in(m, is_done, i) < best_fill) {
        best = i;
        best_fill = fill_in(m, is_done, i);
      }
    m->order[step] = best;
    is_done[best] = true;
    eliminate(m, is_done, best);
  }
}

static void subtract_product(ir_builder *b, ir_value *x, ir_value factor_value, ir_value y) {
  if (factor_value != IR_NO_VALUE)
    *x = minus(b, *x, times(b, factor_value, y));
}

/* Solves in place. */
static void solve(const rosenbrock *m, ir_value *x) {
  ir_builder *b = m->g->b;
  for (uint32_t i = 0; i < m->n; i++)
    for (uint32_t j = 0; j < i; j++)
      subtract_product(b, &x[m->order[i]], m->entry[m->order[i] * m->n + m->order[j]], x[m->order[j]]);
  for (uint32_t i = m->n; i-- > 0;) {
    uint32_t row = m->order[i];
    for (uint32_t j = i + 1; j < m->n; j++)
      subtract_product(b, &x[row], m->entry[row * m->n + m->order[j]], x[m->order[j]]);
    x[row] = times(b, x[row], m->inverse[row]);
  }
}

/* ---- the step ---- */

/* sign gamma dt df/dt onto x. */
static void add_time_rate(const rosenbrock *m, double sign, ir_value *x) {
  ir_builder *b = m->g->b;
  for (uint32_t i = 0; i < m->n; i++)
    if (!is_number(b, m->time_rate[i], 0))
      x[i] = plus(b, x[i], scaled(b, sign * GAMMA * m->g->system->dt, m->time_rate[i]));
}

static void expand(const solve_group *g) {
  ir_builder *b = g->b;
  arena *a = b->arena;
  double dt = g->system->dt;
  ir_value *start = solve_start(g), *k1 = ARENA_ARRAY(a, ir_value, g->term_count);
  ir_value *k2 = ARENA_ARRAY(a, ir_value, g->term_count), *stage = ARENA_ARRAY(a, ir_value, g->count);
  rosenbrock m = set_up(g);
  factor(&m);
  solve_rates(g, start, solve_time(g), k1);
  add_time_rate(&m, 1, k1);
  solve(&m, k1);
  solve_move_free(g, start, solve_changes(g, 1, k1), stage);
  solve_rates(g, stage, solve_time_after(g, 1), k2);
  for (uint32_t i = 0; i < g->term_count; i++)
    k2[i] = minus(b, k2[i], scaled(b, 2, k1[i]));
  add_time_rate(&m, -1, k2);
  solve(&m, k2);
  for (uint32_t i = 0; i < g->term_count; i++)
    k1[i] = plus(b, scaled(b, 1.5 * dt, k1[i]), scaled(b, 0.5 * dt, k2[i]));
  solve_move(g, start, k1, g->next);
}

const solve_method solve_method_implicit = {expand, solve_refuses_noise};
