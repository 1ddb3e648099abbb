/* SPDX-License-Identifier: MIT */
/* spike_hdf5.h - times and elements of events from a SONATA file: /spikes/POPULATION/timestamps, in the unit of its
 * attribute `units` (ms without one), and node_ids. Recordings of events are such files.
 *
 * Files are of strangers. Links are hard ones; data sets are lists of numbers that the file holds itself, plain or
 * through deflate, shuffle and fletcher32, and not longer than what is stored of them can hold. The HDF5 library may
 * crash on a damaged file for all that: spike_hdf5_load reads in a process of its own (base/confined.h). */
#ifndef NSA_RUNTIME_SPIKE_HDF5_H
#define NSA_RUNTIME_SPIKE_HDF5_H

#include "state/sim.h"

typedef struct {
  double time_ms; /* finite */
  uint64_t element;
} spike;

typedef struct {
  const char *path;
  const char *name; /* of the population in a SONATA file; where it is the only one, any is right */
  bool is_named;    /* but not if the author has named it */
} spike_source;

/* Gets the events in the order of the file. */
typedef void spike_block_taker(void *context, const spike *spikes, size_t count);

/* `file` is a descriptor of the file, which stays the caller's. False: error says what is wrong with it, without the
 * path. */
bool spike_hdf5_read(int file, const spike_source *source, spike_block_taker *take, void *context,
                     char error[SIM_ERROR_SIZE]);

/* All of them, *count, to be freed; NULL with an error as above. To be called before there are threads. */
spike *spike_hdf5_load(int file, const spike_source *source, size_t *count, char error[SIM_ERROR_SIZE]);

#endif
