/* SPDX-License-Identifier: MIT */
/* failure.h - a run that cannot go on for a reason that is no value of a field (those: finite.h). */
#ifndef NSA_RUNTIME_FAILURE_H
#define NSA_RUNTIME_FAILURE_H

#include "state/sim.h"

/* s->failure becomes this sentence about what stands at a place. is_of_world: an environment failed; else a number of
 * the model is at fault. Gives false. */
bool failure_tell(sim *s, nsa_place at, bool is_of_world, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
