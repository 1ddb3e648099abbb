/* SPDX-License-Identifier: MIT */
/* phased.h - what follows from params that phases set, and so changes at the edges of their windows. */
#ifndef NSA_LOWER_PHASED_H
#define NSA_LOWER_PHASED_H

#include "lower/pure/pure.h"

/* The first set of a parameter; NULL: there is none. */
const model_phase_set *lower_phase_set_of(const lower_context *ctx, bool is_connection, uint32_t owner, uint32_t param);
/* Whether a phase sets a parameter, or another one that its value follows from. */
bool lower_is_phased(const lower_context *ctx, bool is_connection, uint32_t owner, uint32_t param);
/* The same of any parameter that an expression reads; its lets are looked through. NULL reads none. */
bool lower_reads_phased(const lower_context *ctx, bool is_connection, uint32_t owner, const model_expr *e);

#endif
