/* SPDX-License-Identifier: MIT */
/* step.h - one tick of a sim.
 *
 * Takes a sim that run/make.h has brought to t = 0. A step allocates nothing, takes no lock and calls no system. */
#ifndef NSA_RUNTIME_STEP_H
#define NSA_RUNTIME_STEP_H

#include "state/sim.h"

struct step_plan;

/* Cuts the populations into tiles for the threads (tile_count). */
struct step_plan *step_plan_new(sim *s);
void step_plan_free(struct step_plan *plan);

/* Lets populations that stand alone for a while do several steps at once (fuse.h); before the first step. Between
 * fused steps their states are those behind the last of them: for runs whose observers are the program's alone. */
bool step_fuse(sim *s, char error[SIM_ERROR_SIZE]);

/* The first base tick, from s->tick on, at which no fused steps are under way if none begins that runs across it. */
uint64_t step_quiet_tick(const sim *s);

/* One base tick, and what observers look at in it. False when a value is not finite: s->failure says which, and no
 * observer has seen the tick. */
bool sim_step(sim *s);

#endif
