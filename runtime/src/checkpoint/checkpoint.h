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

/* What may be another one than it was where somebody says so (--resume-allow): bits. */
typedef enum {
  ALLOW_MODEL = 1 << 0,   /* the name of the model, or the variant */
  ALLOW_SEED = 1 << 1,    /* the seed */
  ALLOW_STEP = 1 << 2,    /* the base step */
  ALLOW_LINKS = 1 << 3,   /* which elements are linked */
  ALLOW_MISSING = 1 << 4, /* states that the model has no more are left out */
  ALLOW_SIZE = 1 << 5,    /* states of another size, or kind of number, begin anew */
  ALLOW_ALL = (1 << 6) - 1
} checkpoint_allowed;
extern const char *const checkpoint_allowed_words[]; /* by bit; NULL ends them */

/* How it is gone on with. */
typedef struct {
  const char *variant; /* of the run that goes on, or NULL */
  uint32_t allowed;
  FILE *report;     /* a line for each thing that is another one; NULL: nowhere */
  bool is_edited;   /* told: it is not the same program, so pieces were found by name */
  uint32_t changes; /* told: lines of the report */
  uint32_t needed;  /* told: what had to be allowed */
} checkpoint_way;

/* Where the program is the one that it was, the run goes on with the same bits. Into an edited one by name: params are
 * those of the model, new states begin with their initial values, all else is as it was. False with a sentence in
 * error: it is of another run; or it does not fit, and the sim is then good for nothing. */
bool checkpoint_restore(const checkpoint *c, checkpoint_way *way, sim *s, char error[SIM_ERROR_SIZE]);

/* ---- all of the state ---- */

/* Hands over what all rooms and observers have. */
void checkpoint_keep(sim *s, keeper *k);

#endif
