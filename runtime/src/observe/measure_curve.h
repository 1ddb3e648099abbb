/* SPDX-License-Identifier: MIT */
/* measure_curve.h - oscillations and correlation times of series of samples that were kept.
 *
 * Definitions and sources are in docs/language.md ("Measures"). Times are in base ticks. */
#ifndef NSA_RUNTIME_MEASURE_CURVE_H
#define NSA_RUNTIME_MEASURE_CURVE_H

#include "observe/measure_series.h"

/* Samples `every` ticks apart, but for gaps between pieces. */
typedef struct {
  world_series of;
  const double *pieces; /* two numbers each: which sample is its first, its tick */
  uint64_t piece_count;
  double every;
} curve;

/* The mean distance of upward crossings of the level in the middle; NaN with fewer than two in one piece. */
double curve_period(const curve *c);
/* Half of what lies between the largest and the smallest value of a cycle, as a mean over whole cycles; 0 without one.
 */
double curve_amplitude(const curve *c);

/* The integrated autocorrelation time, with Sokal's automatic window; NaN where the series is constant, or too short
 * for its window. False: out of memory. */
bool curve_timescale(const curve *c, double *ticks);
/* What that needs besides the samples, for so many of them. */
double curve_timescale_bytes(double count);

#endif
