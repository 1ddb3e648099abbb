/* SPDX-License-Identifier: MIT */
/* analyse.c - time constants and fixed points, from the symbolic Jacobian. */
#include "solve/eigenvalues.h"
#include "solve/equations.h"
#include "solve/solve_internal.h"

#include <math.h>

ir_fragment *solve_rates_and_jacobian(arena *a, const solve_system *system) {
  uint32_t n = system->n;
  ir_value *outputs, *wanted = ARENA_ARRAY(a, ir_value, (size_t)n * (n + 1));
  ir_value *column = ARENA_ARRAY(a, ir_value, n);
  symbolic *s = solve_symbolic(a, system, &outputs);
  memcpy(wanted, outputs, n * sizeof *wanted);
  for (uint32_t c = 0; c < n; c++) {
    symbolic_derive(s, outputs, n, c, column);
    for (uint32_t r = 0; r < n; r++)
      wanted[n + r * n + c] = column[r];
  }
  return symbolic_fragment(s, wanted, n * (n + 1));
}

static void find_time_constants(solve_spectrum *sp) {
  double largest = 0, smallest = INFINITY;
  for (uint32_t i = 0; i < sp->n; i++)
    largest = fmax(largest, hypot(sp->real[i], sp->imaginary[i]));
  for (uint32_t i = 0; i < sp->n; i++) {
    double size = hypot(sp->real[i], sp->imaginary[i]);
    if (size > 1e-12 * largest) /* less is a zero with its rounding errors */
      smallest = fmin(smallest, size);
  }
  if (largest > 0) {
    sp->fastest = 1 / largest;
    sp->slowest = 1 / smallest;
  }
}

solve_spectrum solve_analyse(arena *a, const solve_system *system, const double *values) {
  uint32_t n = system->n;
  solve_spectrum sp = {.n = n};
  sp.real = ARENA_ARRAY(a, double, n);
  sp.imaginary = ARENA_ARRAY(a, double, n);
  double *outputs = ARENA_ARRAY(a, double, (size_t)n *(n + 1));
  sp.jacobian = outputs + n;
  solve_evaluate(solve_rates_and_jacobian(a, system), values, outputs);
  if (eigenvalues_of(a, n, sp.jacobian, sp.real, sp.imaginary))
    find_time_constants(&sp);
  else
    sp.n = 0;
  return sp;
}

double solve_fastest(arena *a, const solve_system *system, const solve_spectrum *spectrum, uint32_t state) {
  uint32_t *states = ARENA_ARRAY(a, uint32_t, system->n), *part_of = ARENA_ARRAY(a, uint32_t, system->n), count = 0,
           own = 0, n = 0;
  for (uint32_t i = 0; i < system->n; i++) {
    own = i == state ? count : own;
    if (system->solver[i] == system->solver[state])
      states[count++] = i;
  }
  solve_find_joined(a, system, states, count, part_of);
  for (uint32_t k = 0; k < count; k++)
    if (part_of[k] == part_of[own])
      states[n++] = states[k];
  solve_spectrum part = {.n = n, .real = ARENA_ARRAY(a, double, n), .imaginary = ARENA_ARRAY(a, double, n)};
  double *block = ARENA_ARRAY(a, double, (size_t)n *n);
  for (uint32_t i = 0; i < n * n; i++)
    block[i] = spectrum->jacobian[states[i / n] * system->n + states[i % n]];
  if (eigenvalues_of(a, n, block, part.real, part.imaginary))
    find_time_constants(&part);
  return part.fastest;
}

/* ---- fixed points ---- */

/* How far the rates are from zero. Each is divided by the size of its row of the Jacobian times the states, so that the
 * units of the states do not matter. */
static double distance(uint32_t n, const double *outputs, const double *scale) {
  double sum = 0;
  for (uint32_t i = 0; i < n; i++)
    sum += outputs[i] / scale[i] * (outputs[i] / scale[i]);
  return isfinite(sum) ? sqrt(sum) : INFINITY;
}

static void row_scales(uint32_t n, const double *outputs, const double *x, double *scale) {
  for (uint32_t r = 0; r < n; r++) {
    scale[r] = 0;
    for (uint32_t c = 0; c < n; c++)
      scale[r] += fabs(outputs[n + r * n + c]) * (fabs(x[c]) + 1e-9);
    if (!(scale[r] > 0))
      scale[r] = 1;
  }
}

typedef struct {
  const ir_fragment *f;
  uint32_t n;
  double *values; /* all arguments; the states are the first n */
  double *outputs, *matrix, *step, *trial, *scale;
} newton;

/* The longest part of the step that comes nearer to zero, into values; false when none does. */
static bool line_search(newton *w) {
  double before = distance(w->n, w->outputs, w->scale);
  for (double part = 1; part > 1e-6; part /= 2) {
    for (uint32_t i = 0; i < w->n; i++)
      w->trial[i] = w->values[i] - part * w->step[i];
    solve_evaluate(w->f, w->trial, w->outputs);
    if (distance(w->n, w->outputs, w->scale) < before) {
      memcpy(w->values, w->trial, w->n * sizeof *w->values);
      return true;
    }
  }
  return false;
}

static bool is_short(const newton *w) {
  for (uint32_t i = 0; i < w->n; i++)
    if (!(fabs(w->step[i]) <= 1e-12 * fabs(w->values[i]) + 1e-290))
      return false;
  return true;
}

static bool newton_run(newton *w) {
  enum { ROUNDS = 100 };
  uint32_t n = w->n;
  for (uint32_t round = 0; round < ROUNDS; round++) {
    solve_evaluate(w->f, w->values, w->outputs);
    row_scales(n, w->outputs, w->values, w->scale);
    memcpy(w->matrix, w->outputs + n, (size_t)n * n * sizeof *w->matrix);
    memcpy(w->step, w->outputs, n * sizeof *w->step);
    if (!linear_solve(n, w->matrix, w->step))
      return false;
    if (is_short(w))
      return true;
    double before = distance(n, w->outputs, w->scale);
    if (!line_search(w))
      return before < 1e-13; /* nothing but rounding errors is left */
  }
  return false;
}

bool solve_fixed_point(arena *a, const solve_system *system, double *values) {
  uint32_t n = system->n, args = system->rates->arg_count;
  newton w = {.f = solve_rates_and_jacobian(a, system), .n = n};
  w.values = ARENA_ARRAY(a, double, args);
  w.trial = ARENA_ARRAY(a, double, args);
  memcpy(w.values, values, args * sizeof *values);
  memcpy(w.trial, values, args * sizeof *values);
  w.outputs = ARENA_ARRAY(a, double, (size_t)n *(n + 1));
  w.matrix = ARENA_ARRAY(a, double, (size_t)n *n);
  w.step = ARENA_ARRAY(a, double, n);
  w.scale = ARENA_ARRAY(a, double, n);
  bool is_found = newton_run(&w);
  if (is_found)
    memcpy(values, w.values, n * sizeof *values);
  return is_found;
}
