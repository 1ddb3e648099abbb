/* SPDX-License-Identifier: MIT */
/* step_internal.h - what the files of a step share: step_plan.c (who does what), step_pass.c (steps of pieces), step.c
 * (the tick). */
#ifndef NSA_RUNTIME_STEP_INTERNAL_H
#define NSA_RUNTIME_STEP_INTERNAL_H

#include "tick/fuse.h"
#include "tick/step.h"

typedef struct {                          /* consecutive elements of a population: a whole block or less */
  uint32_t population, piece, begin, end; /* piece: its number in the population */
} step_unit;

/* Several steps that each piece does at once. Afterwards they are told one by one: the states are those behind the
 * last. */
typedef struct {
  uint32_t length, told;       /* steps; told == length: none is under way */
  nsa_clock clocks[FUSE_MOST]; /* of its steps, where there are several */
} step_pass;

typedef struct { /* populations of one step length that fuse as many steps */
  uint32_t every, fused;
  step_pass pass;
  uint32_t *populations, population_count;
  step_unit *units; /* of the first thread's slice, then of the second's, ... */
  uint32_t *slices; /* slice t's units are [slices[t], slices[t + 1]) */
  double seconds;   /* of a pass by one thread: the last that a trial measured; before it a guess */
} step_group;

/* Whether threads pay is tried out by whole ticks, as what one phase gains the next may lose: data move between their
 * caches. */
typedef struct {
  uint32_t round;         /* ticks since the trial began */
  double began;           /* the present window, by the clock */
  double alone, together; /* least seconds of a window */
} step_trial;

struct step_plan {
  step_group *groups; /* fast ones first */
  uint32_t group_count;
  uint32_t *populations; /* of all groups, one after the other */
  step_unit *units;
  uint32_t *slices;
  bool is_large; /* enough for all threads, whatever a step costs: nothing is tried out */
  step_trial trial;
  bool is_alone; /* in the part of a trial that one thread does */
};

/* Begins a pass in base tick n: as many steps as may be fused now. Flags that are up are lowered where the step asks
 * for it. */
void step_pass_begin(sim *s, step_group *g, uint64_t n);

/* One thread's share of the pass: its slice of every population. */
void step_pass_share(sim *s, const step_group *g, uint32_t slice);

/* Tells the next step of the pass: the lists of what fired in it. False when a value is not finite after it. */
bool step_pass_tell(sim *s, step_group *g);

/* Empties the lists of what fired. */
void step_clear_events(sim *s, const step_group *g);

static inline bool step_pass_is_under_way(const step_group *g) { return g->pass.told < g->pass.length; }

#endif
