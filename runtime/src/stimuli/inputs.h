/* SPDX-License-Identifier: MIT */
/* inputs.h - what a program reads before threads start (nsa_session.h): its files of spikes in HDF5. */
#ifndef NSA_RUNTIME_INPUTS_H
#define NSA_RUNTIME_INPUTS_H

#include "nsa_session.h"
#include "stimuli/spike_hdf5.h"

/* Where the events of a drive come from. */
spike_source inputs_source(const nsa_program *program, const nsa_event_drive *drive);
bool inputs_is_hdf5(const char *path);
/* NULL: it was not read. */
const spike *inputs_find(const nsa_inputs *inputs, const spike_source *source, size_t *count);

#endif
