/* SPDX-License-Identifier: MIT */
/* network.h - checks the network: timescales, populations, connections. In this order; signals are declared before
 * populations. */
#ifndef NSA_MODEL_NETWORK_NETWORK_H
#define NSA_MODEL_NETWORK_NETWORK_H

#include "model/names/checker.h"

/* Params of the top level, before all that may use them. */
void globals_check(checker *ck);
/* What a setting of --set or of a variant makes of one; false after an error. */
bool global_value(checker *ck, const ast_setting *s, const model_global *g, double *value);
void timescales_check(checker *ck);
void populations_check(checker *ck);
void connections_check(checker *ck);
/* The sets of populations that `coupling stages` joins, and what `coupling implicit` diffuses; when all connections are
 * known. */
void coupling_sets_check(checker *ck);

#endif
