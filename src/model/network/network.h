/* SPDX-License-Identifier: MIT */
/* network.h - checks the network: timescales, populations, connections. In this order; signals are declared before
 * populations. */
#ifndef NSA_MODEL_NETWORK_NETWORK_H
#define NSA_MODEL_NETWORK_NETWORK_H

#include "model/names/checker.h"

void timescales_check(checker *ck);
void populations_check(checker *ck);
void connections_check(checker *ck);
/* The sets of populations that `coupling stages` joins, and what `coupling implicit` diffuses; when all connections are
 * known. */
void coupling_sets_check(checker *ck);

#endif
