/* SPDX-License-Identifier: MIT */
/* implicit.c - ROS2, a Rosenbrock method of order 2, L-stable with gamma = 1 - 1/sqrt(2) (Verwer, Spee, Blom and
 * Hundsdorfer 1999, doi 10.1137/S1064827597326651):
 *
 *   (I - gamma dt J) k1 = f(t, x) + gamma dt df/dt
 *   (I - gamma dt J) k2 = f(t + dt, x + dt k1) - 2 k1 - gamma dt df/dt
 *   x(t + dt) = x + 3/2 dt k1 + 1/2 dt k2
 *
 * The unknowns are the group's terms; their sum is x. With reactions k are the flows, and J says how these act on each
 * other. The Jacobian J is derived symbolically. The factorisation is unrolled over the entries that can be other than
 * zero. Rows are not exchanged at run time, because lanes must not branch: the pivots are those of the diagonal, which
 * holds the 1 of I, in an order chosen here so that few new entries arise. A step whose error or pivots are bad is
 * taken in sub-steps. */
#include "solve/equations.h"
#include "solve/solve_internal.h"
#include "solve/substeps.h"

#include <math.h>

#define GAMMA (1 - 0.70710678118654752440)

typedef struct {
  const solve_group *g;
  uint32_t n;          /* terms */
  ir_value *entry;     /* n x n; IR_NO_VALUE: zero. After factoring: L below, U above the pivots */
  ir_value *inverse;   /* of the pivots */
  uint32_t *order;     /* rows (and columns) in the order of elimination */
  ir_value *time_rate; /* df/dt */
  ir_value step;       /* gamma h */
} rosenbrock;

/* I - gamma h J, at a position. */
static rosenbrock set_up(const solve_group *g, const ir_fragment *slopes_of, const solve_position *from, ir_value h) {
  ir_builder *b = g->b;
  arena *a = b->arena;
  uint32_t n = g->term_count, columns = g->count + 1;
  rosenbrock m = {.g = g, .n = n};
  m.entry = ARENA_ARRAY(a, ir_value, (size_t)n * (n + 1));
  m.time_rate = m.entry + n * n;
  m.inverse = ARENA_ARRAY(a, ir_value, n);
  m.order = ARENA_ARRAY(a, uint32_t, n);
  ir_value *slopes = ARENA_ARRAY(a, ir_value, (size_t)n * columns);
  solve_inline(g, slopes_of, from->states, plus(b, solve_time(g), from->done), slopes);
  m.step = scaled(b, GAMMA, h);
  ir_value minus_step = scaled(b, -GAMMA, h);
  for (uint32_t i = 0; i < n * n; i++) {
    bool is_diagonal = i % (n + 1) == 0;
    solve_at_term(g, i / n);
    ir_value x = solve_effect(g, slopes, i / n, i % n);
    x = x == IR_NO_VALUE ? x : times(b, is_diagonal ? m.step : minus_step, x);
    if (is_diagonal)
      x = x == IR_NO_VALUE ? ir_number(b, 1) : minus(b, ir_number(b, 1), x);
    m.entry[i] = x;
  }
  for (uint32_t r = 0; r < n; r++)
    m.time_rate[r] = slopes[r * columns + g->count];
  return m;
}

/* ---- factorisation ---- */

/* What is left of the matrix: entries of each row and column that are not eliminated, without the diagonal's. */
typedef struct {
  bool *is_done;
  uint32_t *in_row, *in_column;
} what_is_left;

static what_is_left count_entries(const rosenbrock *m) {
  arena *a = m->g->b->arena;
  what_is_left left = {ARENA_ARRAY(a, bool, m->n), ARENA_ARRAY(a, uint32_t, m->n), ARENA_ARRAY(a, uint32_t, m->n)};
  for (uint32_t r = 0; r < m->n; r++)
    for (uint32_t c = 0; c < m->n; c++)
      if (r != c && m->entry[(size_t)r * m->n + c] != IR_NO_VALUE) {
        left.in_row[r]++;
        left.in_column[c]++;
      }
  return left;
}

/* The first that can make the fewest new entries (Markowitz's count). */
static uint32_t choose_pivot(const rosenbrock *m, const what_is_left *left) {
  uint32_t best = UINT32_MAX, best_fill = UINT32_MAX;
  for (uint32_t i = 0; i < m->n; i++)
    if (!left->is_done[i] && left->in_row[i] * left->in_column[i] < best_fill) {
      best = i;
      best_fill = left->in_row[i] * left->in_column[i];
    }
  return best;
}

/* The columns of a row that are left, in `columns`; gives how many. */
static uint32_t entries_of(const rosenbrock *m, const what_is_left *left, uint32_t row, uint32_t *columns) {
  uint32_t count = 0;
  for (uint32_t c = 0; c < m->n; c++)
    if (!left->is_done[c] && m->entry[(size_t)row * m->n + c] != IR_NO_VALUE)
      columns[count++] = c;
  return count;
}

/* The pivot's row and column leave what is left. */
static uint32_t leave(const rosenbrock *m, what_is_left *left, uint32_t pivot, uint32_t *columns) {
  left->is_done[pivot] = true;
  uint32_t count = entries_of(m, left, pivot, columns);
  for (uint32_t k = 0; k < count; k++)
    left->in_column[columns[k]]--;
  return count;
}

static void eliminate(rosenbrock *m, what_is_left *left, uint32_t pivot, uint32_t *columns) {
  ir_builder *b = m->g->b;
  uint32_t n = m->n, count = leave(m, left, pivot, columns);
  const ir_value *above = &m->entry[(size_t)pivot * n];
  solve_at_term(m->g, pivot);
  m->inverse[pivot] = over(b, ir_number(b, 1), above[pivot]);
  for (uint32_t r = 0; r < n; r++) {
    ir_value *row = &m->entry[(size_t)r * n];
    if (left->is_done[r] || row[pivot] == IR_NO_VALUE)
      continue;
    left->in_row[r]--;
    solve_at_term(m->g, r);
    row[pivot] = times(b, row[pivot], m->inverse[pivot]);
    for (uint32_t k = 0; k < count; k++) {
      ir_value product = times(b, row[pivot], above[columns[k]]), *target = &row[columns[k]];
      left->in_row[r] += *target == IR_NO_VALUE;
      left->in_column[columns[k]] += *target == IR_NO_VALUE;
      *target = *target == IR_NO_VALUE ? ir_unary(b, IR_OP_neg, product) : minus(b, *target, product);
    }
  }
}

static void factor(rosenbrock *m) {
  what_is_left left = count_entries(m);
  uint32_t *columns = ARENA_ARRAY(m->g->b->arena, uint32_t, m->n);
  for (uint32_t step = 0; step < m->n; step++) {
    m->order[step] = choose_pivot(m, &left);
    eliminate(m, &left, m->order[step], columns);
  }
}

static void subtract_product(ir_builder *b, ir_value *x, ir_value factor_value, ir_value y) {
  if (factor_value != IR_NO_VALUE)
    *x = minus(b, *x, times(b, factor_value, y));
}

/* Solves in place. */
static void solve(const rosenbrock *m, ir_value *x) {
  ir_builder *b = m->g->b;
  for (uint32_t i = 0; i < m->n; i++) {
    solve_at_term(m->g, m->order[i]);
    for (uint32_t j = 0; j < i; j++)
      subtract_product(b, &x[m->order[i]], m->entry[m->order[i] * m->n + m->order[j]], x[m->order[j]]);
  }
  for (uint32_t i = m->n; i-- > 0;) {
    uint32_t row = m->order[i];
    solve_at_term(m->g, row);
    for (uint32_t j = i + 1; j < m->n; j++)
      subtract_product(b, &x[row], m->entry[row * m->n + m->order[j]], x[m->order[j]]);
    x[row] = times(b, x[row], m->inverse[row]);
  }
}

/* ---- a sub-step ---- */

/* Growth, or a term that acts on itself through others, may bring a pivot near 0 or below it. Then the matrix says
 * nothing about the step. */
static const double smallest_pivot = 0.25;
/* Errors of the embedded method of order 1, x + h k1, relative to the state. A whole step is taken up to the first; the
 * second is for sub-steps, because there are many of them. */
static const double whole_tolerance = 0.02, tolerance = 0.005;

typedef struct {
  const ir_fragment *slopes;
  double tolerance;
} rosenbrock_options;

/* sign gamma h df/dt onto x. */
static void add_time_rate(const rosenbrock *m, bool is_added, ir_value *x) {
  ir_builder *b = m->g->b;
  for (uint32_t i = 0; i < m->n; i++)
    if (!is_number(b, m->time_rate[i], 0)) {
      solve_at_term(m->g, i);
      ir_value change = times(b, m->step, m->time_rate[i]);
      x[i] = is_added ? plus(b, x[i], change) : minus(b, x[i], change);
    }
}

static ir_value has_good_pivots(const rosenbrock *m) {
  ir_builder *b = m->g->b;
  ir_value is_good = ir_bool(b, true);
  for (uint32_t i = 0; i < m->n; i++)
    is_good = ir_binary(b, IR_OP_and, is_good,
                        ir_binary(b, IR_OP_ge, m->entry[i * (m->n + 1)], ir_number(b, smallest_pivot)));
  return is_good;
}

/* The two orders differ by h/2 (k1 + k2). For stiff components at rest one could solve with the matrix once more to
 * make this smaller. That is not done: it would hide the error of a fast change far from rest. */
static ir_value error_of(const rosenbrock *m, double allowed, const solve_position *from, const ir_value *next,
                         ir_value h, const ir_value *k1, const ir_value *k2) {
  ir_builder *b = m->g->b;
  ir_value *errors = ARENA_ARRAY(b->arena, ir_value, m->n), half = scaled(b, 0.5, h);
  for (uint32_t i = 0; i < m->n; i++) {
    solve_at_term(m->g, i);
    errors[i] = times(b, half, plus(b, k1[i], k2[i]));
  }
  return solve_error(m->g, allowed, from->states, next, errors);
}

static solve_attempt attempt(const solve_substeps *s, const solve_position *from, ir_value h) {
  const rosenbrock_options *options = s->method;
  const solve_group *g = s->g;
  ir_builder *b = g->b;
  arena *a = b->arena;
  uint32_t n = g->term_count;
  ir_value *k1 = ARENA_ARRAY(a, ir_value, n), *k2 = ARENA_ARRAY(a, ir_value, n), *changes = ARENA_ARRAY(a, ir_value, n);
  ir_value *stage = ARENA_ARRAY(a, ir_value, g->count), start = plus(b, solve_time(g), from->done);
  solve_attempt tried = {.next = ARENA_ARRAY(a, ir_value, g->count)};
  rosenbrock m = set_up(g, options->slopes, from, h);
  factor(&m);
  solve_rates(g, from->states, start, k1);
  add_time_rate(&m, true, k1);
  solve(&m, k1);
  for (uint32_t i = 0; i < n; i++) {
    solve_at_term(g, i);
    changes[i] = times(b, h, k1[i]);
  }
  solve_move_free(g, from->states, changes, stage);
  solve_rates(g, stage, plus(b, start, h), k2);
  for (uint32_t i = 0; i < n; i++) {
    solve_at_term(g, i);
    k2[i] = minus(b, k2[i], scaled(b, 2, k1[i]));
  }
  add_time_rate(&m, false, k2);
  solve(&m, k2);
  for (uint32_t i = 0; i < n; i++) {
    solve_at_term(g, i);
    changes[i] = plus(b, times(b, scaled(b, 1.5, h), k1[i]), times(b, scaled(b, 0.5, h), k2[i]));
  }
  solve_move(g, from->states, changes, tried.next);
  solve_stand(g, from->states, tried.next);
  ir_value error = error_of(&m, options->tolerance, from, tried.next, h, k1, k2), is_regular = has_good_pivots(&m);
  tried.is_good = ir_binary(b, IR_OP_and, is_regular, ir_binary(b, IR_OP_le, error, ir_number(b, 1)));
  ir_value longer = over(b, ir_number(b, 1), ir_unary(b, IR_OP_sqrt, error));
  tried.growth = ir_select(b, is_regular, solve_growth(b, longer), ir_number(b, 0.2));
  return tried;
}

/* The whole step is tried first, outside of the loop. That is good nearly everywhere, and then nothing else is done. */
static void expand(const solve_group *g) {
  ir_builder *b = g->b;
  rosenbrock_options options = {solve_slope_fragment(g), whole_tolerance};
  solve_substeps s = {.g = g, .most = SOLVE_USUAL_SUBSTEPS, .attempt = attempt, .method = &options};
  ir_value dt = ir_number(b, g->system->dt), *shorter = ARENA_ARRAY(b->arena, ir_value, g->count);
  solve_position first = {.done = ir_number(b, 0), .states = solve_start(g)};
  solve_attempt whole = attempt(&s, &first, dt);
  ir_value is_refused = ir_unary(b, IR_OP_not, whole.is_good);
  ir_unary(b, IR_OP_skip_begin, is_refused);
  options.tolerance = tolerance;
  first.length = times(b, dt, whole.growth);
  first.count = ir_number(b, 1);
  solve_run_substeps(&s, &first, shorter);
  ir_nullary(b, IR_OP_skip_end, 0);
  for (uint32_t i = 0; i < g->count; i++) {
    solve_at_state(g, i);
    g->next[i] = ir_select(b, is_refused, shorter[i], whole.next[i]);
  }
}

const solve_method solve_method_implicit = {expand, solve_refuses_noise};
