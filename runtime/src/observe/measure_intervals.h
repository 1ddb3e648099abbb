/* SPDX-License-Identifier: MIT */
/* measure_intervals.h - how irregularly each element of a population has events: `cv_isi`.
 *
 * Takes the events of a probe, tick by tick. Of each element it keeps the number of intervals, their mean and the sum
 * of their squared deviations (Welford 1962), in base ticks: what is regular has a variation of exactly 0. */
#ifndef NSA_RUNTIME_MEASURE_INTERVALS_H
#define NSA_RUNTIME_MEASURE_INTERVALS_H

#include "state/sim.h"

typedef struct intervals intervals;

/* NULL when out of memory. The probe is of events of a population. */
intervals *intervals_new(const sim *s, const nsa_probe *probe);
void intervals_free(intervals *t);

/* After a tick: what fired in it counts where `is_active`. No interval reaches over a tick in which it is not. */
void intervals_after_tick(intervals *t, const sim *s, bool is_active);

/* Standard deviation over mean of each element's intervals, as a mean over those with two intervals or more; NaN where
 * there is none. */
double intervals_variation(const intervals *t);

#endif
