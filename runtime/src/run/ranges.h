/* SPDX-License-Identifier: MIT */
/* ranges.h - parameters are finite and within the ranges that they are declared with, also where their values follow
 * from others that were set, or are drawn for each element or link. */
#ifndef NSA_RUNTIME_RANGES_H
#define NSA_RUNTIME_RANGES_H

#include "state/sim.h"

/* After the init kernels of the run and of populations, and again, of_links, after those of links. False with a
 * sentence in error that says whose value it is, and s->has_bad_value. */
bool ranges_check(sim *s, bool of_links, char error[SIM_ERROR_SIZE]);

#endif
