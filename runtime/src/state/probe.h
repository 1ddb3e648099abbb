/* SPDX-License-Identifier: MIT */
/* probe.h - what a probe sees: the values of its elements now, or which of them fired.
 * Shared by recordings, measures and decisions. */
#ifndef NSA_RUNTIME_PROBE_H
#define NSA_RUNTIME_PROBE_H

#include "state/sim.h"

/* The values of a probe at one time; valid until the next tick. */
typedef struct {
  const void *data;
  nsa_type type;
  bool is_uniform;       /* one value stands for all elements */
  uint64_t first, count; /* the entries looked at */
  bool is_suspect;       /* a value that its kernel computed may not be finite */
} probe_view;

/* Entries of the probe: [*first, *first + result), those of its elements that are here. */
uint64_t probe_range(const sim *s, const nsa_probe *probe, uint64_t *first);
/* The number of an entry of the probe in the whole population; of links, their own. */
uint64_t probe_number(const sim *s, const nsa_probe *probe, uint64_t entry);
bool probe_is_event(const nsa_probe *probe);
/* The population whose spikes or events the probe sees (of arrivals: the source). */
nsa_population_id probe_population(const sim *s, const nsa_probe *probe);
/* Those that fired at the end of the last tick; of arrivals: the sources. */
const sim_fired *probe_fired(const sim *s, const nsa_probe *probe);

/* How many events of the probe there were in the last tick; an arrival is one a link. */
uint64_t probe_count_fired(const sim *s, const nsa_probe *probe);
/* Is this element among them? */
bool probe_has_fired(const sim_fired *fired, uint32_t element);

/* Runs the probe's kernel, if it has one. */
probe_view probe_look(sim *s, const nsa_probe *probe);
/* False: a value is not finite, and s->failure says which; states are looked at where they are made, and not here. */
bool probe_is_finite(sim *s, const nsa_probe *probe, const probe_view *view, const char *watched_by);
/* values[k] = element first + at + k of the view, for n of them. */
void probe_copy(const probe_view *view, uint64_t at, uint64_t n, double *values);
/* Tile by tile, so that the result never depends on threads. NaN when there are none. */
double probe_reduce(const probe_view *view, nsa_reduce_kind kind);

#endif
