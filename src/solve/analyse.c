/* SPDX-License-Identifier: MIT */
/* analyse.c - time constants and fixed points, from the symbolic Jacobian. */
#include "solve/eigenvalues.h"
#include "solve/equations.h"
#include "solve/solve_internal.h"

#include <math.h>

ir_fragment *solve_rates_and_jacobian(arena *a, const solve_system *system) {
  uint32_t n = system->n;
  ir_value *outputs, *wanted = ARENA_ARRAY(a, ir_value, (size_t)n * (n + 1));
  symbolic *s = solve_symbolic(a, system, &outputs);
  bool *is_read = ARENA_ARRAY(a, bool, system->rates->arg_count);
  memcpy(wanted, outputs, n * sizeof *wanted);
  for (uint32_t r = 0; r < n; r++) {
    memset(is_read, 0, system->rates->arg_count * sizeof *is_read);
    symbolic_mark_read(s, &outputs[r], 1, is_read);
    for (uint32_t c = 0; c < n; c++)
      if (is_read[c])
        symbolic_derive(s, &outputs[r], 1, c, &wanted[n + r * n + c]);
      else
        wanted[n + r * n + c] = symbolic_number(s, 0);
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

/* ---- the spectrum ---- */

/* Of one part. Jacobians are n x n, n being that of the part. */
typedef struct {
  arena *arena;
  const solve_part *part;
  double *jacobian;
} part_analysis;

/* The fastest time constant among states of the part that are joined with one another and have one solver. */
static double fastest_of_block(const part_analysis *p, const uint32_t *states, uint32_t n) {
  uint32_t all = p->part->system.n;
  solve_spectrum block = {
      .n = n, .real = ARENA_ARRAY(p->arena, double, n), .imaginary = ARENA_ARRAY(p->arena, double, n)};
  double *matrix = ARENA_ARRAY(p->arena, double, (size_t)n *n);
  for (uint32_t i = 0; i < n * n; i++)
    matrix[i] = p->jacobian[states[i / n] * all + states[i % n]];
  if (eigenvalues_of(p->arena, n, matrix, block.real, block.imaginary))
    find_time_constants(&block);
  return block.fastest;
}

/* Of all states of the part that have this one's solver and are joined by it, per state of the whole. */
static void find_fastest(const part_analysis *p, uint32_t state, double *fastest_of) {
  const solve_system *system = &p->part->system;
  uint32_t *states = ARENA_ARRAY(p->arena, uint32_t, system->n), *part_of = ARENA_ARRAY(p->arena, uint32_t, system->n),
           *block = ARENA_ARRAY(p->arena, uint32_t, system->n), count = 0;
  for (uint32_t i = 0; i < system->n; i++)
    if (system->solver == NULL || system->solver[i] == system->solver[state])
      states[count++] = i;
  solve_find_joined(p->arena, system, states, count, part_of);
  for (uint32_t id = 0; id < count; id++) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < count; k++)
      if (part_of[k] == id)
        block[n++] = states[k];
    double fastest = n != 0 ? fastest_of_block(p, block, n) : 0;
    for (uint32_t k = 0; k < n; k++)
      fastest_of[p->part->states[block[k]]] = fastest;
  }
}

static void find_all_fastest(const part_analysis *p, double *fastest_of) {
  const solve_system *system = &p->part->system;
  bool *is_known = ARENA_ARRAY(p->arena, bool, SOLVER_COUNT);
  for (uint32_t i = 0; i < system->n; i++) {
    solver_kind solver = system->solver == NULL ? SOLVER_automatic : system->solver[i];
    if (!is_known[solver])
      find_fastest(p, i, fastest_of);
    is_known[solver] = true;
  }
}

/* False where the Jacobian is not finite. */
static bool analyse_part(const solve_part *part, const double *values, solve_spectrum *sp) {
  arena *scratch = arena_new();
  uint32_t n = part->system.n;
  double *outputs = ARENA_ARRAY(scratch, double, (size_t)n *(n + 1));
  solve_evaluate(solve_rates_and_jacobian(scratch, &part->system), solve_part_values(scratch, part, values), outputs);
  part_analysis p = {scratch, part, outputs + n};
  bool ok = eigenvalues_of(scratch, n, p.jacobian, sp->real + sp->n, sp->imaginary + sp->n);
  if (ok)
    find_all_fastest(&p, sp->fastest_of);
  sp->n += n;
  arena_free(scratch);
  return ok;
}

solve_spectrum solve_analyse(arena *a, const solve_system *system, const double *values) {
  solve_spectrum sp = {.n = 0};
  sp.real = ARENA_ARRAY(a, double, system->n);
  sp.imaginary = ARENA_ARRAY(a, double, system->n);
  sp.fastest_of = ARENA_ARRAY(a, double, system->n);
  uint32_t count;
  const solve_part *parts = solve_split(a, system, &count);
  bool ok = true;
  for (uint32_t i = 0; i < count && ok; i++)
    if (parts[i].system.n <= SOLVE_LARGEST_ANALYSED)
      ok = analyse_part(&parts[i], values, &sp);
  if (ok)
    find_time_constants(&sp);
  else
    sp.n = 0;
  return sp;
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
  solve_evaluator f;
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
    solve_evaluator_run(&w->f, w->trial, w->outputs);
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
    solve_evaluator_run(&w->f, w->values, w->outputs);
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
  newton w = {.f = solve_evaluator_new(a, solve_rates_and_jacobian(a, system)), .n = n};
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
