/* SPDX-License-Identifier: MIT */
#include "driver/statistics.h"
#include "nsa_math.h"

#include <math.h>
#include <stdlib.h>

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void sort(double *values, uint32_t n) { qsort(values, n, sizeof *values, by_size); }

double statistics_quantile(const double *sorted, uint32_t n, double share) {
  if (n == 0)
    return NAN;
  double at = share * (n - 1);
  uint32_t below = (uint32_t)at;
  double rest = at - below;
  return rest > 0 ? sorted[below] + rest * (sorted[below + 1] - sorted[below]) : sorted[below];
}

uint32_t statistics_drawn(uint32_t n, uint32_t resample, uint32_t draw) {
  double x = nsa_rand_uniform_1(0, resample, draw, 0, 0, n);
  return x < n ? (uint32_t)x : n - 1;
}

double statistics_median(double *values, uint32_t n) {
  sort(values, n);
  return statistics_quantile(values, n, 0.5);
}

double statistics_mean(double *values, uint32_t n) {
  double sum = 0;
  for (uint32_t k = 0; k < n; k++)
    sum += values[k];
  return n > 0 ? sum / n : NAN;
}

double statistics_sd(const double *values, uint32_t n) {
  double sum = 0, squares = 0;
  for (uint32_t k = 0; k < n; k++)
    sum += values[k];
  for (uint32_t k = 0; k < n; k++)
    squares += (values[k] - sum / n) * (values[k] - sum / n);
  return n > 1 ? sqrt(squares / (n - 1)) : NAN;
}

interval statistics_middle(double *values, uint32_t n) {
  sort(values, n);
  return (interval){statistics_quantile(values, n, 0.025), statistics_quantile(values, n, 0.975)};
}

interval statistics_interval(statistic *of, const double *values, uint32_t n, double *room) {
  double *found = room, *sample = room + STATISTICS_RESAMPLES;
  if (n < 2)
    return (interval){NAN, NAN};
  for (uint32_t b = 0; b < STATISTICS_RESAMPLES; b++) {
    for (uint32_t k = 0; k < n; k++)
      sample[k] = values[statistics_drawn(n, b, k)];
    found[b] = of(sample, n);
  }
  return statistics_middle(found, STATISTICS_RESAMPLES);
}
