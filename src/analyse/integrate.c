/* SPDX-License-Identifier: MIT */
/* integrate.c - RODAS, a Rosenbrock method of order 4(3) with six stages (Hairer and Wanner, Solving Ordinary
 * Differential Equations II, 2nd ed., IV.7 and its code RODAS). */
#include "analyse/integrate.h"
#include "solve/eigenvalues.h"

#include <math.h>

enum { STAGES = 6 };
static const double gamma_of_rodas = 0.25;

/* Where stage s is evaluated: x + sum of states[s][k] k_k. The last row's sum and k_6 is the new state. */
static const double states[STAGES][STAGES - 1] = {
    {0},
    {1.544},
    {0.9466785280815826, 0.2557011698983284},
    {3.314825187068521, 2.896124015972201, 0.9986419139977817},
    {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950},
    {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 1},
};

/* What stage s takes of the stages before, divided by the step. */
static const double stages[STAGES][STAGES - 1] = {
    {0},
    {-5.6688},
    {-2.430093356833875, -0.2063599157091915},
    {-0.1073529058151375, -9.594562251023355, -20.47028614809616},
    {7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160},
    {8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054},
};

integration integrate_from(arena *a, analyse_cell *c, const double *x, double p, double tolerance) {
  uint32_t n = c->n;
  double *v = ARENA_ARRAY(a, double, (size_t)n *(STAGES + 5) + 2 * (size_t)n * n);
  integration w = {.cell = c, .p = p, .tolerance = tolerance};
  w.x = v, w.rates = v + n, w.x_before = v + 2 * n, w.rates_before = v + 3 * n, w.at = v + 4 * n, w.k = v + 5 * n;
  w.matrix = w.k + STAGES * n, w.jacobian = w.matrix + (size_t)n * n;
  memcpy(w.x, x, n * sizeof *x);
  cell_rates(c, x, p, w.rates);
  double fastest = 0;
  for (uint32_t i = 0; i < n; i++)
    fastest = fmax(fastest, fabs(w.rates[i]) / c->scale[i]);
  w.step = fastest > 0 ? 1e-3 / fastest : 1;
  return w;
}

/* k of stage s; false where the system is singular. */
static bool solve_stage(integration *w, uint32_t s) {
  uint32_t n = w->cell->n;
  double h = w->step, *k = w->k + s * n;
  memcpy(w->at, w->x, n * sizeof *w->at);
  for (uint32_t j = 0; j < s; j++)
    for (uint32_t i = 0; i < n; i++)
      w->at[i] += states[s][j] * w->k[j * n + i];
  if (s > 0)
    cell_rates(w->cell, w->at, w->p, k);
  else
    memcpy(k, w->rates, n * sizeof *k);
  for (uint32_t j = 0; j < s; j++)
    for (uint32_t i = 0; i < n; i++)
      k[i] += stages[s][j] / h * w->k[j * n + i];
  for (uint32_t i = 0; i < n * n; i++)
    w->matrix[i] = (i % (n + 1) == 0 ? 1 / (h * gamma_of_rodas) : 0) - w->jacobian[i];
  return linear_solve(n, w->matrix, k);
}

/* The error of the step that is tried, divided by what is allowed; its end is left in `at`. */
static double try_step(integration *w) {
  uint32_t n = w->cell->n;
  for (uint32_t s = 0; s < STAGES; s++)
    if (!solve_stage(w, s))
      return INFINITY;
  const double *last = w->k + (STAGES - 1) * n;
  double worst = 0;
  for (uint32_t i = 0; i < n; i++) {
    w->at[i] += last[i];
    double size = fmax(fabs(w->x[i]), fabs(w->at[i])) + 1e-3 * w->cell->scale[i];
    double error = fabs(last[i]) / (w->tolerance * size);
    if (!isfinite(error) || !isfinite(w->at[i]))
      return INFINITY;
    worst = fmax(worst, error);
  }
  return worst;
}

bool integrate_step(integration *w) {
  enum { MOST_TRIES = 60 };
  uint32_t n = w->cell->n;
  memcpy(w->jacobian, cell_look(w->cell, w->x, w->p).jacobian, (size_t)n * n * sizeof *w->jacobian);
  bool is_done = false;
  for (uint32_t round = 0; round < MOST_TRIES && !is_done; round++) {
    double h = w->step, error = try_step(w);
    w->step = h * fmin(5, fmax(0.1, 0.9 * pow(error, -0.25)));
    is_done = error <= 1;
    if (!is_done)
      continue;
    w->t_before = w->t;
    w->t += h;
    memcpy(w->x_before, w->x, n * sizeof *w->x);
    memcpy(w->rates_before, w->rates, n * sizeof *w->rates);
    memcpy(w->x, w->at, n * sizeof *w->x);
    cell_rates(w->cell, w->x, w->p, w->rates);
  }
  return is_done;
}

double integrate_between(const integration *w, uint32_t i, double way) {
  double h = w->t - w->t_before, s = way, r = 1 - way;
  return (1 + 2 * s) * r * r * w->x_before[i] + s * r * r * h * w->rates_before[i] + s * s * (3 - 2 * s) * w->x[i] -
         s * s * r * h * w->rates[i];
}

double integrate_turn(const integration *w, uint32_t i, double *way) {
  double from = 0, to = 1, rises = w->rates_before[i] > 0 ? 1 : -1;
  for (uint32_t round = 0; round < 40; round++) { /* golden section */
    double a = to - 0.6180339887498949 * (to - from), b = from + 0.6180339887498949 * (to - from);
    if (rises * integrate_between(w, i, a) > rises * integrate_between(w, i, b))
      to = b;
    else
      from = a;
  }
  *way = (from + to) / 2;
  return integrate_between(w, i, *way);
}

void integrate_not_beyond(integration *w, double t) {
  if (w->t + w->step > t)
    w->step = t - w->t;
}
