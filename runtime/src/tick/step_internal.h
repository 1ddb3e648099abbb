/* SPDX-License-Identifier: MIT */
/* step_internal.h - what the files of a step have in common: step_plan.c (who does what), step_tiles.c (steps of
 * tiles), step.c (the tick). */
#ifndef NSA_RUNTIME_STEP_INTERNAL_H
#define NSA_RUNTIME_STEP_INTERNAL_H

#include "tick/fuse.h"
#include "tick/step.h"

typedef struct { /* consecutive elements of a population: NSA_TILE of them, or the rest of a slice */
  nsa_population_id population;
  uint32_t number, begin, end; /* number: its own in the population */
} step_tile;

/* Several steps that each tile does at once. Afterwards they are told one by one: the states are those behind the
 * last. */
typedef struct {
  uint32_t length, told;       /* steps; told == length: none is under way */
  nsa_clock clocks[FUSE_MOST]; /* of its steps, where there are several */
} fused_steps;

typedef struct { /* populations of one step length that fuse as many steps */
  uint32_t every, fused;
  fused_steps fused_now;
  nsa_population_id *populations;
  uint32_t population_count;
  step_tile *tiles; /* of the first thread's slice, then of the second's, ... */
  uint32_t *slices; /* slice t's tiles are [slices[t], slices[t + 1]) */
  double seconds;   /* of its fused steps by one thread: the last that a trial measured; before it a guess */
} step_cohort;

/* Whether threads pay is tried out by whole ticks, as what one phase gains the next may lose: data move between their
 * caches. */
typedef struct {
  uint32_t round;         /* ticks since the trial began */
  double began;           /* the present window, by the clock */
  double alone, together; /* least seconds of a window */
} step_trial;

struct step_plan {
  step_cohort *cohorts; /* fast ones first */
  uint32_t cohort_count;
  nsa_population_id *populations; /* of all cohorts, one after the other */
  step_tile *tiles;
  uint32_t *slices;
  bool is_large; /* enough for all threads, whatever a step costs: nothing is tried out */
  step_trial trial;
  bool is_alone; /* in the part of a trial that one thread does */
};

/* Begins as many fused steps in base tick n as are possible now. Flags that are up are lowered where the step asks
 * for it. */
void fused_begin(sim *s, step_cohort *c, uint64_t n);

/* One thread's slice of every population. */
void fused_run_slice(sim *s, const step_cohort *c, uint32_t slice);

/* Tells the next of the fused steps: the lists of what fired in it. False when a value is not finite after it. */
bool fused_tell(sim *s, step_cohort *c);

/* Empties the lists of what fired. */
void step_clear_events(sim *s, const step_cohort *c);

static inline bool fused_is_under_way(const step_cohort *c) { return c->fused_now.told < c->fused_now.length; }

#endif
