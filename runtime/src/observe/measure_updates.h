/* SPDX-License-Identifier: MIT */
/* measure_updates.h - how many steps were computed. */
#ifndef NSA_RUNTIME_MEASURE_UPDATES_H
#define NSA_RUNTIME_MEASURE_UPDATES_H

#include "state/sim.h"

/* All that there were so far: of the elements of a probe, or of links of its connection. */
uint64_t measure_updates(const sim *s, const nsa_probe *probe);

#endif
