/* SPDX-License-Identifier: MIT */
/* world.h - one environment: its trials and moves, and the signals of both. */
#ifndef NSA_RUNTIME_WORLDS_WORLD_H
#define NSA_RUNTIME_WORLDS_WORLD_H

#include "worlds/origin.h"
#include "worlds/worlds.h"

typedef struct {
  const nsa_environment *environment;
  uint32_t number; /* in the program */
  world_origin origin;
  void *self;
  double **channels; /* arrays of the sim's fields */
  world_move last;
  double *action; /* of the last move */
  uint64_t moves;
  uint64_t trial, trial_start, steps;   /* of the trial that runs */
  double reward;                        /* summed over it */
  double *figures;                      /* of trials that have ended, one behind the other */
  uint64_t trial_count, trial_capacity; /* of them */
} world;

/* False with a sentence in error; world_free after that as well. */
bool world_make(sim *s, uint32_t number, world *w, char error[SIM_ERROR_SIZE]);
void world_free(world *w);

/* The next trial begins. False with a sentence in error. */
bool world_reset(sim *s, world *w, char error[SIM_ERROR_SIZE]);

/* One move, and the next trial if this one is over. False: s->failure says why. */
bool world_move_by(sim *s, world *w, const double *action);

/* What is state of it. */
bool world_can_be_kept(const world *w);
void world_keep(world *w, keeper *k);

/* Sends what the environment has for this moment. */
void world_send(sim *s, const world *w, nsa_moment moment, double value);

#endif
