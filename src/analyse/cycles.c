/* SPDX-License-Identifier: MIT */
/* cycles.c - stable oscillations, by simulation: from near unstable fixed points, and from oscillations at neighbouring
 * values of p, so that those beside stable fixed points are found, too. */
#include "analyse/integrate.h"

#include <math.h>

/* ---- watching a simulation ---- */

/* What has been seen since the last crossing of a level of one state, upwards. */
typedef struct {
  uint32_t state;
  double level, since; /* the time of the last crossing; NAN: none yet */
  double *low, *high;  /* per state, since then */
  double period;       /* of the last turn; NAN: there is none */
  double *before;      /* lowest and highest values of the last turn, 2 n */
  bool has_turned;     /* since `watch` began */
  bool is_settled;     /* the last turn was like the one before */
} watcher;

static watcher new_watcher(arena *a, uint32_t n) {
  double *v = ARENA_ARRAY(a, double, 4 * (size_t)n);
  return (watcher){.low = v, .high = v + n, .before = v + 2 * n};
}

static void forget_extremes(watcher *v, uint32_t n) {
  for (uint32_t i = 0; i < n; i++)
    v->low[i] = INFINITY, v->high[i] = -INFINITY;
}

static void see(watcher *v, uint32_t i, double x) {
  v->low[i] = fmin(v->low[i], x);
  v->high[i] = fmax(v->high[i], x);
}

static void see_step(watcher *v, const integration *w) {
  double way;
  for (uint32_t i = 0; i < w->cell->n; i++) {
    see(v, i, w->x[i]);
    if (w->rates_before[i] * w->rates[i] < 0)
      see(v, i, integrate_turn(w, i, &way));
  }
}

static double crossing_of(const watcher *v, const integration *w) {
  double from = 0, to = 1;
  for (uint32_t round = 0; round < 60; round++) {
    double half = (from + to) / 2;
    if (integrate_between(w, v->state, half) < v->level)
      from = half;
    else
      to = half;
  }
  return w->t_before + to * (w->t - w->t_before);
}

/* Whether the turn that ends now is like the one before. */
static bool agrees(const analyse_cell *c, const watcher *v, double period) {
  const double same_period = 1e-6, same_size = 1e-6, nothing = 1e-8;
  uint32_t n = c->n;
  if (!(fabs(period - v->period) <= same_period * period))
    return false;
  for (uint32_t i = 0; i < n; i++) {
    double slack = same_size * (v->high[i] - v->low[i]) + nothing * c->scale[i];
    if (fabs(v->low[i] - v->before[i]) > slack || fabs(v->high[i] - v->before[n + i]) > slack)
      return false;
  }
  return true;
}

/* The last step crossed the level: a turn ends. */
static void end_turn(watcher *v, const integration *w) {
  uint32_t n = w->cell->n;
  double at = crossing_of(v, w), period = at - v->since;
  if (!isnan(v->since)) {
    v->is_settled = !isnan(v->period) && agrees(w->cell, v, period);
    v->has_turned = true;
    v->period = period;
    memcpy(v->before, v->low, n * sizeof *v->low);
    memcpy(v->before + n, v->high, n * sizeof *v->high);
  }
  v->since = at;
  forget_extremes(v, n);
}

/* ---- one simulation ---- */

static bool has_left(const integration *w) {
  const analyse_cell *c = w->cell;
  for (uint32_t i = 0; i < c->n; i++)
    if (w->x[i] < c->low[i] - 100 * c->scale[i] || w->x[i] > c->high[i] + 100 * c->scale[i])
      return true;
  return false;
}

/* The state that moved most, in scales, and the middle of its way. False where none moved. */
static bool choose_level(const analyse_cell *c, watcher *v) {
  double largest = 0;
  for (uint32_t i = 0; i < c->n; i++) {
    double moved = (v->high[i] - v->low[i]) / c->scale[i];
    if (moved > largest)
      largest = moved, v->state = i;
  }
  v->level = (v->low[v->state] + v->high[v->state]) / 2;
  v->since = v->period = NAN;
  v->is_settled = false;
  forget_extremes(v, c->n);
  return largest > 1e-6;
}

/* Some steps; true where the turns agree. */
static bool watch(integration *w, watcher *v, uint32_t steps, bool has_level) {
  v->has_turned = false;
  for (uint32_t k = 0; k < steps; k++) {
    if (!integrate_step(w) || has_left(w))
      return false;
    see_step(v, w);
    if (has_level && w->x_before[v->state] < v->level && w->x[v->state] >= v->level)
      end_turn(v, w);
    if (v->is_settled)
      return true;
  }
  return false;
}

/* From x, in place: to where a cycle is. False where it comes to rest, runs away, or does not repeat itself. */
static bool settle_on_cycle(analyse_cell *c, double *x, double p, analyse_cycle *out) {
  enum { FIRST = 300, LONGEST = 9600, ROUNDS = 9 };
  const double tolerance = 1e-8;
  arena *scratch = arena_new();
  integration w = integrate_from(scratch, c, x, p, tolerance);
  watcher v = new_watcher(scratch, c->n);
  bool is_found = false;
  forget_extremes(&v, c->n);
  watch(&w, &v, FIRST, false);
  for (uint32_t round = 0, steps = FIRST; round < ROUNDS && !is_found && !has_left(&w); round++) {
    if (!v.has_turned && !choose_level(c, &v))
      break;
    is_found = watch(&w, &v, steps, true);
    steps = steps < LONGEST ? 2 * steps : LONGEST;
  }
  memcpy(x, w.x, c->n * sizeof *x);
  if (is_found) {
    double *ends = ARENA_ARRAY(c->arena, double, 2 * (size_t)c->n);
    memcpy(ends, v.before, 2 * (size_t)c->n * sizeof *ends);
    *out = (analyse_cycle){p, v.period, ends, ends + c->n};
  }
  arena_free(scratch);
  return is_found;
}

/* ---- all values of p ---- */

typedef struct {
  double p;
  bool is_found;
  double *x; /* on the cycle */
  analyse_cycle cycle;
} cycle_slot;
typedef VEC(cycle_slot) cycle_slots;

static void add_slot(analyse_cell *c, cycle_slots *slots, double p) {
  cycle_slot slot = {.p = p, .x = ARENA_ARRAY(c->arena, double, c->n)};
  vec_push(c->arena, slots, slot);
  for (uint32_t k = slots->len - 1; k > 0 && slots->data[k - 1].p > p; k--) {
    slots->data[k] = slots->data[k - 1];
    slots->data[k - 1] = slot;
  }
}

/* Equidistant values, and some about each Hopf point, where amplitudes change fastest. */
static cycle_slots make_slots(analyse_cell *c, const analyse_branch *branches, uint32_t count, double low,
                              double high) {
  enum { VALUES = 60 };
  static const double near[] = {1e-4, 1e-3, 4e-3, 8e-3};
  cycle_slots slots = {0};
  for (uint32_t k = 0; k <= VALUES; k++)
    add_slot(c, &slots, low + (high - low) * k / VALUES);
  for (uint32_t b = 0; b < count; b++)
    for (uint32_t s = 0; s < branches[b].specials.len; s++)
      for (uint32_t k = 0; k < sizeof near / sizeof *near && branches[b].specials.data[s].kind == SPECIAL_HOPF; k++)
        for (int side = -1; side <= 1; side += 2) {
          double p = branches[b].specials.data[s].point.p + side * near[k] * (high - low);
          if (p > low && p < high)
            add_slot(c, &slots, p);
        }
  return slots;
}

/* From a little beside x: on an unstable fixed point or cycle a simulation might stay. */
static void try_from(analyse_cell *c, cycle_slot *slot, const double *x) {
  if (slot->is_found)
    return;
  for (uint32_t i = 0; i < c->n; i++)
    slot->x[i] = x[i] + (i % 2 ? -0.01 : 0.01) * c->scale[i];
  slot->is_found = settle_on_cycle(c, slot->x, slot->p, &slot->cycle);
}

/* From beside the unstable fixed points at this p. */
static void try_from_points(analyse_cell *c, cycle_slot *slot, const analyse_branch *branch, double *x) {
  for (uint32_t k = 0; k + 1 < branch->points.len && !slot->is_found; k++) {
    const analyse_point *from = &branch->points.data[k], *to = &branch->points.data[k + 1];
    bool is_here = (from->p - slot->p) * (to->p - slot->p) <= 0 && from->p != to->p;
    if (!is_here || from->unstable == 0 || to->unstable == 0)
      continue;
    double way = (slot->p - from->p) / (to->p - from->p);
    for (uint32_t i = 0; i < c->n; i++)
      x[i] = from->x[i] + way * (to->x[i] - from->x[i]);
    try_from(c, slot, x);
  }
}

const analyse_cycle *analyse_cycles(analyse_cell *c, const analyse_branch *branches, uint32_t branch_count, double low,
                                    double high, uint32_t *count) {
  cycle_slots slots = make_slots(c, branches, branch_count, low, high);
  double *x = ARENA_ARRAY(c->arena, double, c->n);
  for (uint32_t k = 0; k < slots.len; k++) {
    if (k > 0 && slots.data[k - 1].is_found)
      try_from(c, &slots.data[k], slots.data[k - 1].x);
    for (uint32_t b = 0; b < branch_count; b++)
      try_from_points(c, &slots.data[k], &branches[b], x);
  }
  for (uint32_t k = slots.len; k-- > 1;)
    if (slots.data[k].is_found)
      try_from(c, &slots.data[k - 1], slots.data[k].x);
  VEC(analyse_cycle) all = {0};
  for (uint32_t k = 0; k < slots.len; k++)
    if (slots.data[k].is_found)
      vec_push(c->arena, &all, slots.data[k].cycle);
  *count = all.len;
  return all.data;
}
