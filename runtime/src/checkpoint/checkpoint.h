/* SPDX-License-Identifier: MIT */
/* checkpoint.h - the state of a run in one file, from which a run goes on with the same bits.
 *
 * The file is HDF5 behind a head (head.h): a data set for each piece that the rooms hand over (keep.h), in chunks with
 * Fletcher32, and `about/run`, which says in JSON what was run. A file is written beside its place and moved there when
 * it is whole and on the disk. It is read by a process of its own, after its head was checked.
 *
 * What makes a run again from a file is the caller's: a sim of the same program, at t = 0, with its observers. */
#ifndef NSA_RUNTIME_CHECKPOINT_H
#define NSA_RUNTIME_CHECKPOINT_H

#include "state/keep.h"

#include <stdio.h>

/* What was run, as far as it decides about the state. */
typedef struct {
  char program[256]; /* its name */
  char variant[256]; /* or "" */
  uint64_t program_hash, seed, tick;
  double base_dt; /* ms */
} checkpoint_about;

typedef struct checkpoint checkpoint;

/* ---- writing ---- */

/* variant may be NULL. Takes the name of the file that it becomes. False with a sentence in error, and no file. */
bool checkpoint_write(sim *s, const char *variant, const char *path, char error[SIM_ERROR_SIZE]);

/* ---- reading ---- */

/* Before there are threads. NULL with a sentence in error. */
checkpoint *checkpoint_read(const char *path, char error[SIM_ERROR_SIZE]);
void checkpoint_free(checkpoint *c);
const checkpoint_about *checkpoint_tells(const checkpoint *c);

/* False with a sentence in error: it is of another run; or it does not fit, and the sim is then good for nothing. */
bool checkpoint_restore(const checkpoint *c, const char *variant, sim *s, char error[SIM_ERROR_SIZE]);

/* Behind that: a line for each param of one value that --set has made another one than it was. */
void checkpoint_tell_changes(const checkpoint *c, const sim *s, FILE *to);

/* ---- all of the state ---- */

/* Hands over what all rooms and observers have. */
void checkpoint_keep(sim *s, keeper *k);

#endif
