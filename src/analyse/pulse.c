/* SPDX-License-Identifier: MIT */
/* pulse.c - what a pulse does to an element at rest. */
#include "analyse/integrate.h"

#include <math.h>

/* The stable fixed point that is nearest to the initial values; NULL: there is none. */
static const double *find_rest(analyse_cell *c, double p) {
  uint32_t count;
  const analyse_point *points = analyse_fixed_points(c, p, &count);
  const double *nearest = NULL;
  for (uint32_t k = 0; k < count; k++) {
    bool is_nearer = nearest == NULL || cell_distance(c, points[k].x, c->start) < cell_distance(c, nearest, c->start);
    if (points[k].unstable == 0 && is_nearer)
      nearest = points[k].x;
  }
  return nearest;
}

typedef struct {
  double *low, *high, *when;
} extremes;

static void see(extremes *e, uint32_t i, double x, double t) {
  e->low[i] = fmin(e->low[i], x);
  if (x > e->high[i])
    e->high[i] = x, e->when[i] = t;
}

static void see_step(extremes *e, const integration *w, double since) {
  for (uint32_t i = 0; i < w->cell->n; i++) {
    double way;
    see(e, i, w->x[i], since + w->t);
    if (w->rates_before[i] * w->rates[i] >= 0)
      continue;
    double turn = integrate_turn(w, i, &way);
    see(e, i, turn, since + w->t_before + way * (w->t - w->t_before));
  }
}

/* Whether every state stands within a thousandth of its scale of the rest. */
static bool is_back(const integration *w, const double *rest) { return cell_distance(w->cell, w->x, rest) < 1e-3; }

/* Some steps, until t, or until it is back at rest. */
static void watch(integration *w, extremes *e, double since, double until, const double *rest) {
  enum { MOST_STEPS = 20000 };
  for (uint32_t k = 0; k < MOST_STEPS && w->t < until; k++) {
    integrate_not_beyond(w, until);
    if (!integrate_step(w))
      return;
    see_step(e, w, since);
    if (rest != NULL && k > 20 && is_back(w, rest))
      return;
  }
}

static analyse_response respond(analyse_cell *c, const double *rest, double p, double pulse, double duration) {
  const double tolerance = 1e-9, long_after = 1e7; /* ms */
  uint32_t n = c->n;
  double *v = ARENA_ARRAY(c->arena, double, 3 * (size_t)n);
  extremes e = {v, v + n, v + 2 * n};
  arena *scratch = arena_new();
  memcpy(e.low, rest, n * sizeof *rest);
  memcpy(e.high, rest, n * sizeof *rest);
  integration on = integrate_from(scratch, c, rest, pulse, tolerance);
  watch(&on, &e, 0, duration, NULL);
  integration off = integrate_from(scratch, c, on.x, p, tolerance);
  watch(&off, &e, duration, long_after, rest);
  analyse_response out = {pulse, e.low, e.high, e.when, is_back(&off, rest)};
  arena_free(scratch);
  return out;
}

const analyse_response *analyse_responses(analyse_cell *c, double rest, double low, double high, uint32_t count,
                                          double duration) {
  const double *at_rest = find_rest(c, rest);
  if (at_rest == NULL)
    return NULL;
  analyse_response *all = ARENA_ARRAY(c->arena, analyse_response, count);
  for (uint32_t k = 0; k < count; k++) {
    double way = count > 1 ? (double)k / (count - 1) : 0;
    all[k] = respond(c, at_rest, rest, low + way * (high - low), duration);
  }
  return all;
}
