/* SPDX-License-Identifier: MIT */
/* curve.c - curves of fixed points along p, by steps of pseudo-arclength (Keller 1977; Govaerts, Numerical Methods for
 * Bifurcations of Dynamical Equilibria, 2000): the next place is looked for on the plane across the tangent, so that a
 * curve may turn. Places are in scales, so that all directions count alike. */
#include "analyse/analyse_internal.h"
#include "solve/eigenvalues.h"

#include <math.h>

static const double first_step = 2e-3, longest_step = 1e-2, shortest_step = 1e-9;

/* ---- linear algebra of one place ---- */

static double scale_of(const curve_walk *w, uint32_t i) {
  return i < w->cell->n ? w->cell->scale[i] : w->high - w->low;
}

static double p_of(const curve_walk *w, const double *z) { return z[w->cell->n] * scale_of(w, w->cell->n); }

static const double *states_of(const curve_walk *w, const double *z) {
  for (uint32_t i = 0; i < w->cell->n; i++)
    w->x[i] = z[i] * w->cell->scale[i];
  return w->x;
}

/* Rows: F by states and p, in scales, each divided by its largest entry, as is the right side; the last row is `last`.
 * False where something is not finite. */
static bool fill(const curve_walk *w, const double *z, const double *last) {
  uint32_t n = w->cell->n, m = n + 1;
  cell_slopes s = cell_look(w->cell, states_of(w, z), p_of(w, z));
  for (uint32_t r = 0; r < n; r++) {
    double largest = 0, *row = &w->matrix[r * m];
    for (uint32_t k = 0; k < m; k++) {
      row[k] = (k < n ? s.jacobian[r * n + k] : s.by_p[r]) * scale_of(w, k);
      largest = fmax(largest, fabs(row[k]));
      if (!isfinite(row[k]))
        return false;
    }
    for (uint32_t k = 0; k < m && largest > 0; k++)
      row[k] /= largest;
    w->side[r] = largest > 0 ? s.rates[r] / largest : s.rates[r];
    if (!isfinite(w->side[r]))
      return false;
  }
  memcpy(&w->matrix[n * m], last, m * sizeof *last);
  w->side[n] = 0;
  return true;
}

static double dot(const double *x, const double *y, uint32_t count) {
  double sum = 0;
  for (uint32_t i = 0; i < count; i++)
    sum += x[i] * y[i];
  return sum;
}

/* Of the curve through z, in the direction of `about`. */
static bool find_tangent(const curve_walk *w, const double *z, const double *about, double *tangent) {
  uint32_t m = w->cell->n + 1;
  if (!fill(w, z, about))
    return false;
  for (uint32_t i = 0; i < m; i++)
    tangent[i] = i + 1 == m;
  if (!linear_solve(m, w->matrix, tangent))
    return false;
  double length = sqrt(dot(tangent, tangent, m));
  for (uint32_t i = 0; i < m; i++)
    tangent[i] /= length;
  return isfinite(length) && length > 0;
}

static bool count_unstable(const curve_walk *w, const double *z, uint32_t *unstable) {
  uint32_t n = w->cell->n;
  bool is_known = cell_eigenvalues(w->cell, states_of(w, z), p_of(w, z), w->eigenvalues, w->eigenvalues + n);
  *unstable = cell_unstable(n, w->eigenvalues, w->eigenvalues + n);
  return is_known;
}

/* ---- steps ---- */

curve_place curve_new_place(const curve_walk *w) {
  uint32_t m = w->cell->n + 1;
  double *numbers = ARENA_ARRAY(w->scratch, double, 2 * (size_t)m);
  return (curve_place){numbers, numbers + m, 0};
}

static void copy_place(const curve_walk *w, const curve_place *from, curve_place *to) {
  memcpy(to->z, from->z, 2 * ((size_t)w->cell->n + 1) * sizeof *to->z); /* the tangent lies behind */
  to->unstable = from->unstable;
}

/* Onto the curve, within the plane through z across `normal`. */
static bool correct(curve_walk *w, double *z, const double *normal) {
  enum { ROUNDS = 8 };
  const double near = 1e-13, far = 0.1;
  uint32_t m = w->cell->n + 1;
  double before = INFINITY;
  for (uint32_t round = 0; round < ROUNDS; round++) {
    if (!fill(w, z, normal) || !linear_solve(m, w->matrix, w->side))
      return false;
    double length = sqrt(dot(w->side, w->side, m));
    if (!(length < far))
      return false;
    if (length > before / 2 && length < 1e-10) /* rounding errors are all that is left */
      return true;
    for (uint32_t i = 0; i < m; i++)
      z[i] -= w->side[i];
    if (length < near)
      return true;
    before = length;
  }
  return before < 1e-10;
}

bool curve_reach(curve_walk *w, const curve_place *from, double length, curve_place *to) {
  for (uint32_t i = 0; i <= w->cell->n; i++)
    to->z[i] = from->z[i] + length * from->tangent[i];
  return correct(w, to->z, from->tangent) && find_tangent(w, to->z, from->tangent, to->tangent) &&
         count_unstable(w, to->z, &to->unstable);
}

/* ---- a curve ---- */

bool curve_point(const curve_walk *w, const double *z, analyse_point *out) {
  return cell_point(w->cell, states_of(w, z), p_of(w, z), out);
}

static void add_point(const curve_walk *w, analyse_branch *branch, const curve_place *at) {
  analyse_point point;
  if (curve_point(w, at->z, &point))
    vec_push(w->cell->arena, &branch->points, point);
}

static bool is_inside(const curve_walk *w, const double *z) {
  const double *x = states_of(w, z);
  for (uint32_t i = 0; i < w->cell->n; i++) {
    double slack = w->cell->scale[i];
    if (x[i] < w->cell->least[i] - slack || x[i] > w->cell->most[i] + slack)
      return false;
  }
  return true;
}

/* Onto the end of the range of p, where the curve has just left it. */
static bool stop_at_end(curve_walk *w, const curve_place *last, curve_place *next) {
  uint32_t n = w->cell->n;
  double p = p_of(w, next->z) < w->low ? w->low : w->high, wanted = p / scale_of(w, n);
  double way = (wanted - last->z[n]) / (next->z[n] - last->z[n]);
  double *normal = ARENA_ARRAY(w->scratch, double, n + 1);
  normal[n] = 1;
  for (uint32_t i = 0; i < n; i++)
    next->z[i] = last->z[i] + way * (next->z[i] - last->z[i]);
  next->z[n] = wanted;
  return correct(w, next->z, normal) && count_unstable(w, next->z, &next->unstable);
}

static double apart(const curve_walk *w, const double *y, const double *z) {
  double sum = 0;
  for (uint32_t i = 0; i <= w->cell->n; i++)
    sum += (y[i] - z[i]) * (y[i] - z[i]);
  return sqrt(sum);
}

/* A step along the curve that is short enough for its bends; false where none is. */
static bool step(curve_walk *w, const curve_place *at, double *length, double *done, curve_place *next) {
  const double straight = 0.995;
  for (; *length > shortest_step; *length /= 2) {
    bool is_there = curve_reach(w, at, *length, next);
    if (!is_there || dot(at->tangent, next->tangent, w->cell->n + 1) < straight)
      continue;
    *done = *length;
    *length = fmin(longest_step, *length * 1.4);
    return true;
  }
  return false;
}

/* Adds what lies in the direction of the tangent of `start`. True where the curve came back to its start. */
static bool follow(curve_walk *w, const curve_place *start, analyse_branch *branch) {
  enum { MOST_STEPS = 20000 };
  curve_place at = curve_new_place(w), next = curve_new_place(w);
  double length = first_step, done = 0;
  copy_place(w, start, &at);
  for (uint32_t k = 0; k < MOST_STEPS && step(w, &at, &length, &done, &next); k++) {
    double p = p_of(w, next.z);
    bool is_out = p < w->low || p > w->high;
    if (is_out && !stop_at_end(w, &at, &next))
      return false;
    if (!is_inside(w, next.z))
      return false;
    if (is_out)
      done = apart(w, at.z, next.z);
    curve_find_special(w, &at, done, &next, branch);
    add_point(w, branch, &next);
    if (k > 10 && apart(w, start->z, next.z) < done && dot(start->tangent, next.tangent, w->cell->n + 1) > 0.9)
      return true;
    if (is_out)
      return false;
    copy_place(w, &next, &at);
  }
  return false;
}

/* ---- all curves ---- */

static void reverse(analyse_branch *b) {
  for (uint32_t i = 0, k = b->points.len; i + 1 < k; i++) {
    analyse_point old = b->points.data[i];
    b->points.data[i] = b->points.data[--k];
    b->points.data[k] = old;
  }
  for (uint32_t i = 0, k = b->specials.len; i + 1 < k; i++) {
    analyse_special old = b->specials.data[i];
    b->specials.data[i] = b->specials.data[--k];
    b->specials.data[k] = old;
  }
}

static bool start_at(curve_walk *w, const analyse_point *point, curve_place *start) {
  uint32_t n = w->cell->n;
  double *about = ARENA_ARRAY(w->scratch, double, n + 1);
  about[n] = 1;
  for (uint32_t i = 0; i < n; i++)
    start->z[i] = point->x[i] / w->cell->scale[i];
  start->z[n] = point->p / scale_of(w, n);
  start->unstable = point->unstable;
  return find_tangent(w, start->z, about, start->tangent);
}

/* In both directions from the point; false where there is no way. */
static bool follow_both(curve_walk *w, const analyse_point *point, analyse_branch *branch) {
  curve_place start = curve_new_place(w);
  *branch = (analyse_branch){0};
  if (!start_at(w, point, &start))
    return false;
  for (uint32_t i = 0; i <= w->cell->n; i++)
    start.tangent[i] = -start.tangent[i];
  bool is_closed = follow(w, &start, branch);
  reverse(branch);
  add_point(w, branch, &start);
  for (uint32_t i = 0; i <= w->cell->n; i++)
    start.tangent[i] = -start.tangent[i];
  if (!is_closed)
    follow(w, &start, branch);
  return branch->points.len > 1;
}

/* Whether the branch passes through the point: from where it crosses its p, Newton's method comes to it. */
static bool passes(const curve_walk *w, const analyse_branch *b, const analyse_point *point) {
  const double same = 1e-6;
  for (uint32_t k = 0; k + 1 < b->points.len; k++) {
    const analyse_point *from = &b->points.data[k], *to = &b->points.data[k + 1];
    if ((from->p - point->p) * (to->p - point->p) > 0)
      continue;
    double way = to->p != from->p ? (point->p - from->p) / (to->p - from->p) : 0;
    for (uint32_t i = 0; i < w->cell->n; i++)
      w->x[i] = from->x[i] + way * (to->x[i] - from->x[i]);
    if (cell_distance(w->cell, w->x, point->x) < 0.1 && cell_newton(w->cell, w->x, point->p) &&
        cell_distance(w->cell, w->x, point->x) < same)
      return true;
  }
  return false;
}

static curve_walk new_walk(analyse_cell *c, double low, double high) {
  arena *scratch = arena_new();
  uint32_t m = c->n + 1;
  return (curve_walk){.cell = c,
                      .low = low,
                      .high = high,
                      .scratch = scratch,
                      .x = ARENA_ARRAY(scratch, double, c->n),
                      .eigenvalues = ARENA_ARRAY(scratch, double, 2 * (size_t)c->n),
                      .matrix = ARENA_ARRAY(scratch, double, (size_t)m *m),
                      .side = ARENA_ARRAY(scratch, double, m)};
}

const analyse_branch *analyse_branches(analyse_cell *c, double low, double high, uint32_t *count) {
  enum { LOOKS = 7 }; /* values of p at which fixed points are looked for */
  curve_walk w = new_walk(c, low, high);
  VEC(analyse_branch) all = {0};
  for (uint32_t k = 0; k < LOOKS; k++) {
    uint32_t points;
    double way = (double)k / (LOOKS - 1), p = k + 1 < LOOKS ? low + way * (high - low) : high;
    const analyse_point *found = analyse_fixed_points(c, p, &points);
    for (uint32_t i = 0; i < points; i++) {
      bool is_known = false;
      for (uint32_t b = 0; b < all.len && !is_known; b++)
        is_known = passes(&w, &all.data[b], &found[i]);
      analyse_branch branch;
      if (!is_known && follow_both(&w, &found[i], &branch))
        vec_push(c->arena, &all, branch);
    }
  }
  arena_free(w.scratch);
  *count = all.len;
  return all.data;
}
