/* SPDX-License-Identifier: MIT */
/* scripted.h - a world that does what it is told, and cells that fire and have values as a table says. In the tests of
 * this folder it is the only built-in kind. */
#ifndef NSA_TESTS_SCRIPTED_H
#define NSA_TESTS_SCRIPTED_H

#include "handmade.h"
#include "state/sim.h"
#include "worlds/worlds.h"

/* A trial has 3 moves (its setting `limit`); the reward is the action. Channels of 3 numbers: HERE shows trial, steps
 * and the last action (-1: none), FREE what free_now says. A choice of 3, or a vector of 2 within [-1, 1]. Its own
 * figure is 10 * steps. */
enum { HERE, FREE, CHANNELS };
extern double fault, free_now[3]; /* fault: what goes wrong, of the reward, the channels, a move, the making; 0: nothing
                                   */
extern bool truncates;            /* a trial ends by a limit, and not by what happened */
extern uint64_t last_key;         /* of the world that was made last */
extern uint32_t resets;

/* By the time at which a tick ends. */
enum { TICKS = 64, CELLS = 3 };
extern bool fires[TICKS + 1][CELLS];
extern double value[TICKS + 1][CELLS];

typedef struct {
  handmade *m;
  nsa_field_id v, flag;
  uint32_t domain, events, values;   /* the last two: probes */
  nsa_field_id at[nsa_moment_count]; /* values of signals */
  nsa_given_setting given[2][2];
  uint32_t channels[2][CHANNELS];
  nsa_unit_name figures[4];
  nsa_decoder decoders[2][2];
  sim *sim;
} loop;

/* Population 0 is the cells, on this timescale; decisions [0, 6), [10, 16), ... by argmax of their values. */
loop *loop_new(uint32_t timescale, uint32_t environments);
void loop_start(loop *l);
void loop_free(loop *l);

/* The value that a moment's signal arrived with in the tick that ended last; NAN: it was not sent. */
double heard(const loop *l, nsa_moment moment);
const double *here(const loop *l, uint32_t environment);

/* Runs to this time; the last action at it, or -1 where the first world has not moved then. */
double run_to(loop *l, uint64_t time);

#endif
