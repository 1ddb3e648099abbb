/* SPDX-License-Identifier: MIT */
/* edges.h - the links of all connections as tables: edges.h5 in SONATA's layout of edges, and NAME.csv of each. */
#ifndef NSA_RUNTIME_EDGES_H
#define NSA_RUNTIME_EDGES_H

#include "state/sim.h"

/* When links have their values. Into a folder that is there; files of these names are replaced, whole. False with a
 * sentence in error. */
bool edges_write(const sim *s, const char *folder, char error[SIM_ERROR_SIZE]);

#endif
