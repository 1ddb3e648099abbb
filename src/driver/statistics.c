/* SPDX-License-Identifier: MIT */
#include "driver/statistics.h"
#include "nsa_math.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

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

static uint32_t count_below(const double *sorted, uint32_t n, double x, bool with_equal) {
  uint32_t low = 0, high = n;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    bool is_below = with_equal ? sorted[middle] <= x : sorted[middle] < x;
    low = is_below ? middle + 1 : low;
    high = is_below ? high : middle;
  }
  return low;
}

/* Twice the rank, less n + 1: a whole number, and 0 on the mean. */
static double rank_of(const double *sorted, uint32_t n, double x) {
  return (double)count_below(sorted, n, x, false) + count_below(sorted, n, x, true) - n;
}

double statistics_spearman(const double *x, const double *y, uint32_t n, double *room) {
  double *xs = room, *ys = room + n, xy = 0, xx = 0, yy = 0;
  memcpy(xs, x, n * sizeof *x);
  memcpy(ys, y, n * sizeof *y);
  sort(xs, n);
  sort(ys, n);
  for (uint32_t k = 0; k < n; k++) {
    double p = rank_of(xs, n, x[k]), q = rank_of(ys, n, y[k]);
    xy += p * q;
    xx += p * p;
    yy += q * q;
  }
  return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : NAN;
}
