/* SPDX-License-Identifier: MIT */
/* sweep_warm.h - points of variants from a checkpoint of the model: what comes before it is the same for all with the
 * same values and seed. One of them runs until there and leaves its state to the others. */
#ifndef NSA_DRIVER_SWEEP_WARM_H
#define NSA_DRIVER_SWEEP_WARM_H

#include "driver/sweep.h"

typedef struct sweep_warm sweep_warm;

/* NULL: no variant begins at a checkpoint, or values are drawn for each point. In the arena, but for what
 * sweep_warm_free gives back. */
sweep_warm *sweep_warm_new(arena *a, const sweep_table *t);
void sweep_warm_free(sweep_warm *w); /* NULL is allowed */

/* The order in which points are run: those that share a state follow one another. w may be NULL. */
uint64_t sweep_warm_point(const sweep_warm *w, uint64_t place);

/* Runs the session of a point to its end, from the state of another one where there is one, and leaves its own.
 * program: the session's. False with a sentence in error: it could not be gone on with. */
bool sweep_warm_run(arena *a, sweep_warm *w, const nsa_program *program, uint64_t number, nsa_session *session,
                    nsa_session_end *end, char error[SWEEP_ERROR]);

#endif
