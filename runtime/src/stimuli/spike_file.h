/* SPDX-License-Identifier: MIT */
/* spike_file.h - times and elements of events from a file.
 *
 * A table has one "time,element" a line: the time in ms, the element counted from 0, in any order. A first
 * line without digits is a header; empty lines and lines that begin with # are skipped. A name that ends
 * in .h5 is a SONATA file: /spikes/POPULATION/timestamps, in the unit of its attribute `units` (ms without
 * one), and node_ids. Recordings of events are such files. */
#ifndef NSA_RUNTIME_SPIKE_FILE_H
#define NSA_RUNTIME_SPIKE_FILE_H

#include "state/sim.h"

/* Gets each event, with its line (its number in an HDF5 file), and may refuse it with an error. */
typedef bool spike_taker(void *context, uint64_t line, double time_ms, uint64_t element);

/* False with a sentence in error; what the taker wrote there stays. */
typedef struct {
  const char *path;
  const char *name; /* of the population in a SONATA file; where it is the only one, any is right */
  bool is_named;    /* but not if the author has named it */
} spike_source;
bool spike_file_read(const nsa_program *program, const spike_source *source, spike_taker *take, void *context,
                     char error[SIM_ERROR_SIZE]);

#endif
