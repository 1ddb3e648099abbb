/* SPDX-License-Identifier: MIT */
/* snapshot.h - the state of a run in memory, from which others of the same program, links and seed go on: they differ
 * from it behind that tick alone, and have observers of the same names. */
#ifndef NSA_RUNTIME_SNAPSHOT_H
#define NSA_RUNTIME_SNAPSHOT_H

#include "state/sim.h"

typedef struct snapshot snapshot;

/* At a tick at which no fused step is under way (sim.pause). NULL: there is not enough memory. */
snapshot *snapshot_take(sim *s);
/* Into a sim at t = 0. False with a sentence in error: it does not fit, and the sim is good for nothing. */
bool snapshot_restore(const snapshot *from, sim *s, char error[SIM_ERROR_SIZE]);
void snapshot_free(snapshot *x); /* NULL is allowed */

#endif
