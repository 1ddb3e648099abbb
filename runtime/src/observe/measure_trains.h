/* SPDX-License-Identifier: MIT */
/* measure_trains.h - measures of when the elements of a population have events, each by itself: `isi_cv`, `isi_mean`,
 * `fano`, `latency`, and `count` and `rate` of each element.
 *
 * Takes the events of a probe, tick by tick. Of each element it keeps a few numbers, in base ticks: what is regular has
 * a variation of exactly 0. Definitions are in docs/language.md. */
#ifndef NSA_RUNTIME_MEASURE_TRAINS_H
#define NSA_RUNTIME_MEASURE_TRAINS_H

#include "state/keep.h"

typedef struct trains trains;

/* Whether a node looks at the events of each element. */
bool trains_are_taken(const nsa_measure_node *node);

/* NULL when out of memory. The probe is of events of a population. */
trains *trains_new(const sim *s, const nsa_measure_node *node);
void trains_free(trains *t);
/* What is state of it, within a piece; NULL: nothing. */
void trains_keep(trains *t, keeper *k);

/* After a tick: what fired in it counts where `is_active`. No interval reaches over a tick in which it is not. */
void trains_after_tick(trains *t, const sim *s, bool is_active);

/* One number an element; NaN where it had too few events. duration: of the phase, ms. */
uint64_t trains_entries(const trains *t);
double trains_value(const trains *t, const sim *s, uint64_t entry, double duration);
/* The mean over the elements that have one. */
double trains_mean(const trains *t, const sim *s, double duration);

#endif
