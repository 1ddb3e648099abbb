/* SPDX-License-Identifier: MIT */
/* stages.h - phase 4 of populations whose contributions are evaluated at each stage of their solver. */
#ifndef NSA_RUNTIME_STAGES_H
#define NSA_RUNTIME_STAGES_H

#include "state/sim.h"

/* Advances the sets whose step of `every` base ticks ends with the present tick, before the step kernels of their
 * populations: phases 1 and 2 are done, stimuli applied. */
void stages_run(sim *s, uint32_t every);

#endif
