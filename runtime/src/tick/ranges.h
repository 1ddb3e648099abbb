/* SPDX-License-Identifier: MIT */
/* ranges.h - parameters are finite and within their declared ranges. Values may follow from others that were set, or be
 * drawn for each element or link. */
#ifndef NSA_RUNTIME_RANGES_H
#define NSA_RUNTIME_RANGES_H

#include "state/sim.h"

/* Called after the init kernels of the run and of populations, and again, of_links, after those of links. False: error
 * has a sentence that says whose value is wrong, and s->has_bad_value is set. */
bool range_check(sim *s, const nsa_settable *of, char error[SIM_ERROR_SIZE]); /* of one */
bool ranges_check(sim *s, bool of_links, char error[SIM_ERROR_SIZE]);

#endif
