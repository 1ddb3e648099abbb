/* SPDX-License-Identifier: MIT */
/* pieces.h - the pieces of a checkpoint that was read, in the order of their names. */
#ifndef NSA_RUNTIME_CHECKPOINT_PIECES_H
#define NSA_RUNTIME_CHECKPOINT_PIECES_H

#include "checkpoint/checkpoint.h"

uint32_t checkpoint_piece_count(const checkpoint *c);
const keep_piece *checkpoint_piece(const checkpoint *c, uint32_t i);
/* NULL: there is none. */
const keep_piece *checkpoint_piece_named(const checkpoint *c, const char *name);

#endif
