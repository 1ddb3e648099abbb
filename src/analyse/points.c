/* SPDX-License-Identifier: MIT */
/* points.c - fixed points at one value of p: Newton's method from many starts. */
#include "analyse/analyse_internal.h"
#include "solve/eigenvalues.h"

#include <math.h>
#include <stdlib.h>

/* ---- Newton's method ---- */

static bool is_finite(const double *x, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    if (!isfinite(x[i]))
      return false;
  return true;
}

static double norm(const analyse_cell *c, const double *d) {
  double largest = 0;
  for (uint32_t i = 0; i < c->n; i++)
    largest = fmax(largest, fabs(d[i]) / c->scale[i]);
  return largest;
}

/* d = - J^-1 F(x), with the Jacobian of this or of an earlier point. The state `held` stays where it is. */
static bool correction(const analyse_cell *c, uint32_t held, const double *jacobian, const double *rates,
                       double *matrix, double *d) {
  memcpy(matrix, jacobian, (size_t)c->n * c->n * sizeof *matrix);
  for (uint32_t i = 0; i < c->n; i++) {
    d[i] = i == held ? 0 : -rates[i];
    if (held < c->n)
      matrix[held * c->n + i] = i == held;
  }
  return linear_solve(c->n, matrix, d) && is_finite(d, c->n);
}

typedef struct {
  analyse_cell *cell;
  double p;
  uint32_t held; /* NOTHING: no state is */
  double *matrix, *jacobian, *d, *next, *rates, *bar;
} newton;
enum { NOTHING = UINT32_MAX };

static newton newton_of(analyse_cell *c, double p, uint32_t held) {
  double *m = c->room, *v = m + 2 * c->n * c->n;
  return (newton){c, p, held, m, m + c->n * c->n, v, v + c->n, v + 2 * c->n, v + 3 * c->n};
}

/* Goes as far along d as the next correction with the same Jacobian becomes shorter (Deuflhard, Newton Methods for
 * Nonlinear Problems, 3.3). False where it does not. */
static bool step_damped(const newton *w, double *x) {
  const analyse_cell *c = w->cell;
  double length = norm(c, w->d);
  for (double damping = 1; damping > 1e-4; damping /= 2) {
    for (uint32_t i = 0; i < c->n; i++)
      w->next[i] = x[i] + damping * w->d[i];
    cell_rates(w->cell, w->next, w->p, w->rates);
    bool is_valid = is_finite(w->rates, c->n) && correction(c, w->held, w->jacobian, w->rates, w->matrix, w->bar);
    if (is_valid && norm(c, w->bar) <= (1 - damping / 4) * length) {
      memcpy(x, w->next, c->n * sizeof *x);
      return true;
    }
  }
  return false;
}

static bool newton_run(const newton *w, double *x) {
  enum { ROUNDS = 60 };
  const double converged = 1e-13, as_good_as = 1e-9, runaway = 1e6;
  analyse_cell *c = w->cell;
  for (uint32_t round = 0; round < ROUNDS; round++) {
    cell_slopes s = cell_look(c, x, w->p);
    memcpy(w->jacobian, s.jacobian, (size_t)c->n * c->n * sizeof *w->jacobian);
    if (!is_finite(s.rates, c->n) || !is_finite(w->jacobian, c->n * c->n) ||
        !correction(c, w->held, w->jacobian, s.rates, w->matrix, w->d) || norm(c, w->d) > runaway)
      return false;
    double length = norm(c, w->d);
    if (length <= converged) {
      for (uint32_t i = 0; i < c->n; i++)
        x[i] += w->d[i];
      return true;
    }
    if (!step_damped(w, x))
      return length <= as_good_as; /* rounding errors are all that is left */
  }
  return false;
}

bool cell_newton(analyse_cell *c, double *x, double p) {
  newton w = newton_of(c, p, NOTHING);
  return newton_run(&w, x);
}

/* Follows the equations roughly, by implicit steps that become longer as the rates become smaller: where Newton's
 * method goes astray, this leads to a stable point (pseudo-transient continuation; Kelley and Keyes 1998, SIAM J Numer
 * Anal 35:508). In place. */
static void drift(analyse_cell *c, double *x, double p) {
  enum { STEPS = 80 };
  double *matrix = c->room, *d = matrix + 2 * c->n * c->n, step = 0, before = 0;
  for (uint32_t round = 0; round < STEPS; round++) {
    cell_slopes s = cell_look(c, x, p);
    double rate = norm(c, s.rates);
    if (!is_finite(s.rates, c->n) || !is_finite(s.jacobian, c->n * c->n) || rate == 0)
      return;
    step = round == 0 ? 0.1 / rate : step * fmin(5, fmax(0.2, 1.5 * before / rate));
    before = rate;
    for (uint32_t i = 0; i < c->n * c->n; i++)
      matrix[i] = (i % (c->n + 1) == 0 ? 1 / step : 0) - s.jacobian[i];
    memcpy(d, s.rates, c->n * sizeof *d);
    if (!linear_solve(c->n, matrix, d) || !is_finite(d, c->n))
      return;
    for (uint32_t i = 0; i < c->n; i++)
      x[i] += d[i];
  }
}

static bool cell_settle(analyse_cell *c, double *x, double p) {
  arena *scratch = arena_new();
  double *start = ARENA_ARRAY(scratch, double, c->n);
  memcpy(start, x, c->n * sizeof *x);
  bool is_found = cell_newton(c, x, p);
  if (!is_found) {
    memcpy(x, start, c->n * sizeof *x);
    drift(c, x, p);
    is_found = cell_newton(c, x, p);
  }
  arena_free(scratch);
  return is_found;
}

/* ---- eigenvalues ---- */

static void sort_by_real(uint32_t n, double *real, double *imaginary) {
  for (uint32_t i = 1; i < n; i++)
    for (uint32_t k = i; k > 0; k--) {
      bool is_behind = real[k] > real[k - 1] || (real[k] == real[k - 1] && imaginary[k] >= imaginary[k - 1]);
      if (is_behind)
        break;
      double re = real[k], im = imaginary[k];
      real[k] = real[k - 1], imaginary[k] = imaginary[k - 1];
      real[k - 1] = re, imaginary[k - 1] = im;
    }
}

/* Of a pair that is conjugate but for rounding errors: exactly so. */
static void join_pairs(uint32_t n, double *real, double *imaginary) {
  for (uint32_t i = 0; i < n; i++) {
    uint32_t partner = i;
    double nearest = INFINITY;
    for (uint32_t k = 0; k < n && imaginary[i] > 0; k++) {
      double apart = fabs(real[k] - real[i]) + fabs(imaginary[k] + imaginary[i]);
      if (imaginary[k] < 0 && apart < nearest)
        nearest = apart, partner = k;
    }
    if (partner == i)
      continue;
    real[i] = real[partner] = (real[i] + real[partner]) / 2;
    imaginary[i] = (imaginary[i] - imaginary[partner]) / 2;
    imaginary[partner] = -imaginary[i];
  }
}

bool cell_eigenvalues(analyse_cell *c, const double *x, double p, double *real, double *imaginary) {
  arena *scratch = arena_new();
  bool is_known = eigenvalues_of(scratch, c->n, cell_look(c, x, p).jacobian, real, imaginary);
  arena_free(scratch);
  join_pairs(c->n, real, imaginary);
  sort_by_real(c->n, real, imaginary);
  return is_known;
}

/* A zero with its rounding errors is none. */
uint32_t cell_unstable(uint32_t n, const double *real, const double *imaginary) {
  double largest = 0;
  uint32_t count = 0;
  for (uint32_t i = 0; i < n; i++)
    largest = fmax(largest, hypot(real[i], imaginary[i]));
  for (uint32_t i = 0; i < n; i++)
    count += real[i] > 1e-14 * largest;
  return count;
}

bool cell_point(analyse_cell *c, const double *x, double p, analyse_point *out) {
  double *numbers = ARENA_ARRAY(c->arena, double, 3 * (size_t)c->n);
  double *real = numbers + c->n, *imaginary = real + c->n;
  bool is_known = cell_eigenvalues(c, x, p, real, imaginary);
  memcpy(numbers, x, c->n * sizeof *x);
  *out = (analyse_point){p, numbers, real, imaginary, cell_unstable(c->n, real, imaginary)};
  return is_known;
}

const char *analyse_kind_of_point(const analyse_point *point, uint32_t n) {
  bool turns = false;
  for (uint32_t i = 0; i < n; i++)
    turns = turns || point->imaginary[i] != 0;
  if (point->unstable == 0)
    return turns ? "stable focus" : "stable node";
  if (point->unstable == n)
    return turns ? "unstable focus" : "unstable node";
  return turns ? "saddle focus" : "saddle";
}

/* ---- starts ---- */

/* The root above 1 of g^(n + 1) = g + 1; multiples of its powers fill n dimensions evenly (M. Roberts, The unreasonable
 * effectiveness of quasirandom sequences, 2018). */
static double ratio_of_sequence(uint32_t n) {
  double g = 1.5;
  for (uint32_t round = 0; round < 60; round++)
    g = pow(1 + g, 1.0 / (n + 1));
  return g;
}

/* The k-th start: every other one looks closely at small values, as concentrations often rest there. */
static void make_start(const analyse_cell *c, uint32_t k, double *x) {
  double g = ratio_of_sequence(c->n), weight = 1;
  for (uint32_t i = 0; i < c->n; i++) {
    weight /= g;
    double u = fmod(0.5 + (k + 1) * weight, 1), width = c->high[i] - c->low[i];
    bool is_close = k % 2 == 1 && c->low[i] == 0;
    x[i] = c->low[i] + width * (is_close ? pow(10, 4 * (u - 1)) : u);
  }
}

/* ---- which are new ---- */

static bool is_within(const analyse_cell *c, const double *x) {
  for (uint32_t i = 0; i < c->n; i++) {
    double slack = 1e-9 * (c->high[i] - c->low[i]);
    if (x[i] < c->least[i] - slack || x[i] > c->most[i] + slack)
      return false;
  }
  return true;
}

typedef VEC(analyse_point) point_list;

static int compare_points(const double *x, const double *y, uint32_t n) {
  for (uint32_t i = 0; i < n; i++)
    if (x[i] != y[i])
      return x[i] < y[i] ? -1 : 1;
  return 0;
}

/* In its place of the list, unless it is there already. */
static void add_point(analyse_cell *c, point_list *found, const double *x, double p) {
  const double same = 1e-7;
  analyse_point point;
  for (uint32_t k = 0; k < found->len; k++)
    if (cell_distance(c, found->data[k].x, x) < same)
      return;
  if (!cell_point(c, x, p, &point))
    return;
  vec_push(c->arena, found, point);
  for (uint32_t k = found->len - 1; k > 0 && compare_points(point.x, found->data[k - 1].x, c->n) < 0; k--) {
    found->data[k] = found->data[k - 1];
    found->data[k - 1] = point;
  }
}

typedef struct {
  analyse_cell *cell;
  double p;
  point_list found;
  double *x; /* where a search starts */
} search;

static void try_start(search *s) {
  if (cell_settle(s->cell, s->x, s->p) && is_within(s->cell, s->x))
    add_point(s->cell, &s->found, s->x, s->p);
}

/* Holds one state at values all over its range, while the others come to rest: between two values where its own rate
 * has changed its sign there may be a point. */
static void scan_state(search *s, uint32_t held) {
  enum { STEPS = 60 };
  analyse_cell *c = s->cell;
  double *x = ARENA_ARRAY(c->arena, double, 2 * (size_t)c->n), *rates = x + c->n, before = 0;
  memcpy(x, c->start, c->n * sizeof *x);
  for (uint32_t k = 0; k <= STEPS; k++) {
    double way = c->low[held] == 0 ? pow((double)k / STEPS, 3) : (double)k / STEPS;
    newton w = newton_of(c, s->p, held);
    x[held] = c->low[held] + way * (c->high[held] - c->low[held]);
    if (!newton_run(&w, x)) {
      memcpy(x, c->start, c->n * sizeof *x);
      before = 0;
      continue;
    }
    cell_rates(c, x, s->p, rates);
    memcpy(s->x, x, c->n * sizeof *x);
    if (before * rates[held] < 0 || rates[held] == 0)
      try_start(s);
    before = rates[held];
  }
}

const analyse_point *analyse_fixed_points(analyse_cell *c, double p, uint32_t *count) {
  const uint32_t starts = 100 + 40 * c->n;
  arena *scratch = arena_new();
  search s = {.cell = c, .p = p, .x = ARENA_ARRAY(scratch, double, c->n)};
  memcpy(s.x, c->start, c->n * sizeof *s.x);
  try_start(&s);
  for (uint32_t i = 0; i < c->n; i++)
    scan_state(&s, i);
  for (uint32_t k = 0; k < starts; k++) {
    make_start(c, k, s.x);
    try_start(&s);
  }
  arena_free(scratch);
  *count = s.found.len;
  return s.found.data;
}
