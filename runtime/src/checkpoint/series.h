/* SPDX-License-Identifier: MIT */
/* series.h - the checkpoints that a run leaves: when they are due, where they lie, how many stay.
 *
 * They lie in FOLDER/checkpoints, named by their tick, so that the newest comes last. The one before is removed when
 * the next is whole. The last tick of a run has none: windows end with the run, so that a longer one is another there.
 */
#ifndef NSA_RUNTIME_CHECKPOINT_SERIES_H
#define NSA_RUNTIME_CHECKPOINT_SERIES_H

#include "checkpoint/checkpoint.h"
#include "observe/record.h"

enum { SERIES_PATH = 4096 + 64 };

/* Both 0: none but those that are asked for. */
typedef struct {
  uint64_t every;  /* ticks */
  double interval; /* seconds by the clock */
  uint32_t keep;   /* how many stay; 0: there are no checkpoints at all */
} checkpoint_plan;

typedef struct {
  checkpoint_plan plan;
  const char *results; /* the folder that they lie below */
  const char *variant; /* or NULL */
  double due;          /* by the clock */
  uint64_t next;       /* tick at which one is due; UINT64_MAX: none is */
  uint64_t other;      /* tick at which somebody else looks at the state */
} checkpoint_series;

/* From the tick of the sim on. Makes the folder in `results`, a name that stays the caller's. False with a sentence in
 * error. */
bool series_begin(checkpoint_series *c, const checkpoint_plan *plan, const char *results, const char *variant, sim *s,
                  double now, char error[SIM_ERROR_SIZE]);

/* Somebody else looks at all of the state at a tick; UINT64_MAX: nobody does. */
void series_look_at(checkpoint_series *c, sim *s, uint64_t tick);

/* As soon as no fused steps are under way. */
void series_ask(checkpoint_series *c, sim *s);
/* The same, where it is time for it by the clock, or somebody has asked by SIGUSR1. */
void series_look(checkpoint_series *c, sim *s, double now);

/* Whether one is due, at the end of a tick. */
static inline bool series_is_due(const checkpoint_series *c, const sim *s) { return s->tick >= c->next; }
/* What is recorded goes to the disk first; recorder may be NULL. False with a sentence in error: there is none, and the
 * run can go on. */
bool series_save(checkpoint_series *c, sim *s, recorder *r, double now, char error[SIM_ERROR_SIZE]);

/* The path of checkpoint number i of FOLDER, the newest being 0. False: there are no more. */
bool series_path(const char *results, uint32_t i, char path[SERIES_PATH]);
#endif
