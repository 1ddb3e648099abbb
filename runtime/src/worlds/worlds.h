/* SPDX-License-Identifier: MIT */
/* worlds.h - the environments of a run: decisions for them, their moves, their trials.
 *
 * A decision has windows as those of its phase. It falls at the end of the last tick of a window. All that are due
 * decide first; then their worlds move, in the order of declaration; a trial that is over is followed by the next one
 * at once. Channels then show the new observation. An event counts in the window in which its time lies: that of the
 * end of its tick. What a moment sends arrives in the next tick.
 *
 * A tick in which nothing is due costs one comparison. A trial's end may allocate. */
#ifndef NSA_RUNTIME_WORLDS_H
#define NSA_RUNTIME_WORLDS_H

#include "nsa_environment.h"
#include "state/keep.h"

/* Environments of the program and decisions of the sim. NULL with a sentence in error: usage or environment. */
struct worlds *worlds_new(sim *s, char error[SIM_ERROR_SIZE]);
void worlds_free(struct worlds *worlds);

/* The first trial of each, before tick 0. False with a sentence in error. */
bool worlds_begin(sim *s, char error[SIM_ERROR_SIZE]);

/* When s->tick is n + 1 and the state is that of n + 1. False: s->failure says why. */
bool worlds_after_tick(sim *s);

/* How many steps of `every` base ticks, from base tick n on, end before the next decision falls, or with it. */
uint64_t worlds_quiet_steps(const sim *s, uint32_t every, uint64_t n);

/* The last move of an environment. */
typedef struct {
  uint64_t tick;        /* when; UINT64_MAX: there is none yet */
  uint64_t trial;       /* number of its trial, from 0 */
  uint64_t trial_start; /* tick */
  uint64_t steps;       /* of the trial, with this one */
  const double *action; /* the choice's number, or the vector */
  nsa_environment_outcome outcome;
} world_move;
const world_move *worlds_last_move(const sim *s, uint32_t environment);

/* Whether it moved at the end of the last tick; and whether a trial ended by that. */
bool worlds_has_moved(const sim *s, uint32_t environment);
bool worlds_has_ended_trial(const sim *s, uint32_t environment);

/* Moves so far, and trials that have ended. */
uint64_t worlds_moves(const sim *s, uint32_t environment);
uint64_t worlds_trials(const sim *s, uint32_t environment);
/* A figure of each of them; valid until the next one ends. */
typedef struct {
  const double *values; /* number k is values[k * stride] */
  uint64_t count, stride;
} world_series;
world_series worlds_figure(const sim *s, uint32_t environment, uint32_t figure);

/* Whether all of them can be saved; false with a sentence in error. And what is state. */
bool worlds_can_be_kept(const sim *s, char error[SIM_ERROR_SIZE]);
void worlds_keep(sim *s, keeper *k);

/* What a setting is when it is not given, and its unit, are the kind's. */
const nsa_environment_kind *worlds_kind(const sim *s, uint32_t environment);

#endif
