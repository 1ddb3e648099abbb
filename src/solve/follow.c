/* SPDX-License-Identifier: MIT */
/* follow.c - the Jacobians that equations will meet. A rough implicit solution (ROS2 as in implicit.c, steps with an
 * error of 5%) follows the equations from their initial values, so that equations which become stiff later are known
 * before. */
#include "solve/eigenvalues.h"
#include "solve/equations.h"
#include "solve/solve_internal.h"

#include <math.h>

enum { MOST_TRIES = 120 };
static const double gamma_of_ros2 = 1 - 0.70710678118654752440, allowed_error = 0.05, horizon_in_steps = 1e6;

typedef struct {
  solve_evaluator f; /* rates, then the Jacobian in rows */
  uint32_t all, n;   /* states of the system; of the group */
  const uint32_t *states;
  double *values, *outputs;
  double *x, *rates, *jacobian; /* of the group */
  double *matrix, *k1, *k2, *next;
} follower;

static void look(follower *w, const double *x) {
  for (uint32_t i = 0; i < w->n; i++)
    w->values[w->states[i]] = x[i];
  solve_evaluator_run(&w->f, w->values, w->outputs);
}

static void take_jacobian(follower *w) {
  for (uint32_t r = 0; r < w->n; r++) {
    w->rates[r] = w->outputs[w->states[r]];
    for (uint32_t c = 0; c < w->n; c++)
      w->jacobian[r * w->n + c] = w->outputs[w->all * (1 + w->states[r]) + w->states[c]];
  }
}

/* (1 - gamma h J) k = k, in place. */
static bool solve_stage(follower *w, double h, double *k) {
  for (uint32_t i = 0; i < w->n * w->n; i++)
    w->matrix[i] = (i % (w->n + 1) == 0) - gamma_of_ros2 * h * w->jacobian[i];
  return linear_solve(w->n, w->matrix, k);
}

/* Puts the new states into next. Gives their largest error, divided by what is allowed; infinite where the step failed.
 */
static double try_step(follower *w, double h) {
  double worst = 0;
  memcpy(w->k1, w->rates, w->n * sizeof *w->k1);
  if (!solve_stage(w, h, w->k1))
    return INFINITY;
  for (uint32_t i = 0; i < w->n; i++)
    w->next[i] = w->x[i] + h * w->k1[i];
  look(w, w->next);
  for (uint32_t i = 0; i < w->n; i++)
    w->k2[i] = w->outputs[w->states[i]] - 2 * w->k1[i];
  if (!solve_stage(w, h, w->k2))
    return INFINITY;
  for (uint32_t i = 0; i < w->n; i++) {
    double error = fabs(h / 2 * (w->k1[i] + w->k2[i]));
    w->next[i] = w->x[i] + h * (1.5 * w->k1[i] + 0.5 * w->k2[i]);
    if (!isfinite(w->next[i]) || !isfinite(error))
      return INFINITY;
    worst = fmax(worst, error / (allowed_error * fmax(fabs(w->x[i]), fabs(w->next[i])) + 1e-12));
  }
  return worst;
}

static follower start(arena *a, const solve_system *system, const double *values, const uint32_t *states, uint32_t n) {
  uint32_t all = system->n, args = system->rates->arg_count;
  follower w = {.all = all, .n = n, .states = states};
  w.f = solve_evaluator_new(a, solve_rates_and_jacobian(a, system));
  w.values = ARENA_ARRAY(a, double, args);
  memcpy(w.values, values, args * sizeof *values);
  w.outputs = ARENA_ARRAY(a, double, (size_t)all *(all + 1));
  double *room = ARENA_ARRAY(a, double, 5 * (size_t)n + 2 * (size_t)n * n);
  w.x = room, w.rates = room + n, w.k1 = room + 2 * n, w.k2 = room + 3 * n, w.next = room + 4 * n;
  w.jacobian = room + 5 * n;
  w.matrix = w.jacobian + n * n;
  for (uint32_t i = 0; i < n; i++)
    w.x[i] = values[states[i]];
  return w;
}

static bool is_finite(const double *x, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    if (!isfinite(x[i]))
      return false;
  return true;
}

uint32_t solve_follow(arena *a, const solve_system *system, const double *values, const uint32_t *states, uint32_t n,
                      double **jacobians) {
  follower w = start(a, system, values, states, n);
  double h = system->dt, done = 0;
  uint32_t count = 0;
  *jacobians = ARENA_ARRAY(a, double, (MOST_TRIES + 1) * (size_t)n * n);
  for (uint32_t try = 0; try < MOST_TRIES && done < horizon_in_steps * system->dt; try++) {
    look(&w, w.x);
    take_jacobian(&w);
    if (!is_finite(w.jacobian, n * n) || !is_finite(w.rates, n))
      break;
    memcpy(*jacobians + (size_t)count * n * n, w.jacobian, (size_t)n * n * sizeof *w.jacobian);
    double error = try_step(&w, h);
    if (error <= 1) {
      memcpy(w.x, w.next, n * sizeof *w.x);
      w.values[w.all] += h;
      done += h;
      count++;
    }
    h *= fmin(5, fmax(0.2, 0.9 / sqrt(error)));
  }
  return count;
}
