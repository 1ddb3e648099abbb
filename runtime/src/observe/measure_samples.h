/* SPDX-License-Identifier: MIT */
/* measure_samples.h - what a measure makes of values over time: one series, or one for each element of a probe.
 *
 * A sample is the value at a tick of its owner. Numbers are added up as samples come; where a measure needs all of
 * them (median, percentile, period, amplitude, timescale), they are kept, 8 bytes each. Definitions and sources are in
 * docs/language.md. Times are in base ticks until the value is asked for. */
#ifndef NSA_RUNTIME_MEASURE_SAMPLES_H
#define NSA_RUNTIME_MEASURE_SAMPLES_H

#include "observe/measure_series.h"
#include "state/keep.h"
#include "state/probe.h"

typedef struct samples samples;

/* Whether nodes of this kind are made of samples; whether of two series; whether all elements are looked at. */
bool samples_are_taken(uint32_t kind);
bool samples_have_two(uint32_t kind);
bool samples_are_of_elements(const nsa_measure_node *node);

/* What a node keeps of a run of `ticks` base ticks whose probe has so many entries, and needs at its end; bytes. */
double samples_kept_bytes(const nsa_measure_node *node, double ticks, double entries);

/* NULL when out of memory. */
samples *samples_new(const sim *s, const nsa_measure_node *node);
void samples_free(samples *t);
/* What is state of it, within a piece; NULL: nothing. */
void samples_keep(samples *t, keeper *k);

/* PERSISTENCE, at each tick, before its sample: whether the phase lies that it waits for the end of. */
void samples_at_tick(samples *t, uint64_t tick, bool is_after_active);
/* The next sample; other: of the second series. False: out of memory. */
bool samples_take(samples *t, uint64_t tick, double value, double other);
/* Likewise of all elements. */
bool samples_take_all(samples *t, uint64_t tick, const probe_view *view);
/* As at the start. */
void samples_reset(samples *t);

/* One number for the entry (0 where there is one series), in internal units, for what has run; NaN where there are no
 * data. False: out of memory. */
bool samples_value(const samples *t, const sim *s, uint64_t entry, double *value);
uint64_t samples_entries(const samples *t);

#endif
