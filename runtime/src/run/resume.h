/* SPDX-License-Identifier: MIT */
/* resume.h - a run that goes on from a checkpoint: which one, and where its results go. */
#ifndef NSA_RUNTIME_RESUME_H
#define NSA_RUNTIME_RESUME_H

#include "run/one_run.h"

/* Finds and reads the checkpoint, and takes the folder `out` for the results (NULL: there are none). Before there are
 * threads. False with a sentence in error. */
bool resume_open(one_run *c, const char *out, char error[SIM_ERROR_SIZE]);

/* Where the run is of a variant from a checkpoint of the model, and another run has been there: goes on from its state.
 * Before its network is made. */
void resume_find_branch(one_run *c);

/* The folder that recordings are made in, until they have what was recorded before. */
const char *resume_folder(one_run *c);

/* When the network stands and observers are there: the sim, its measures and recordings are then those of the
 * checkpoint. */
bool resume_restore(one_run *c, char error[SIM_ERROR_SIZE]);

#endif
