/* SPDX-License-Identifier: MIT */
/* memo.h - what was asked about an owner before. */
#ifndef NSA_LOWER_MEMO_H
#define NSA_LOWER_MEMO_H

#include "lower/pure/pure.h"

lower_memo *lower_memo_of(const lower_context *ctx, bool is_connection, uint32_t owner);

#endif
