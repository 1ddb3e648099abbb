/* SPDX-License-Identifier: MIT */
/* statistics.h - of the numbers that runs give. NAN where there is nothing.
 *
 * Quantiles are those of numpy and of type 7 of R: linear between neighbours. Intervals are percentile bootstraps with
 * STATISTICS_RESAMPLES resamples, which are the same ones each time. */
#ifndef NSA_DRIVER_STATISTICS_H
#define NSA_DRIVER_STATISTICS_H

#include <stdint.h>

enum { STATISTICS_RESAMPLES = 2000 };

double statistics_quantile(const double *sorted, uint32_t n, double share);
/* Which of n values is number `draw` of a resample. */
uint32_t statistics_drawn(uint32_t n, uint32_t resample, uint32_t draw);

typedef double statistic(double *values, uint32_t n); /* may sort them */
double statistics_median(double *values, uint32_t n);
double statistics_mean(double *values, uint32_t n);
double statistics_sd(const double *values, uint32_t n); /* with n - 1 */

/* Spearman's: of x and y by their ranks, those of equal ones at their mean. room: 2 n numbers. */
double statistics_spearman(const double *x, const double *y, uint32_t n, double *room);

typedef struct {
  double low, high;
} interval;

/* Between which 95 % of the numbers lie; sorts them. */
interval statistics_middle(double *values, uint32_t n);
/* 95 % of a statistic. room: STATISTICS_RESAMPLES + n numbers. */
interval statistics_interval(statistic *of, const double *values, uint32_t n, double *room);

#endif
