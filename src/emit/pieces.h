/* SPDX-License-Identifier: MIT */
/* pieces.h - the operations of a kernel, one by one, and those of a long one. */
#ifndef NSA_EMIT_PIECES_H
#define NSA_EMIT_PIECES_H

#include "emit/emit_internal.h"

/* Writes an operation at the body builder; its arguments are in k->values. */
void emit_operation(kernel *k, uint32_t number);
/* Writes all operations of a long kernel (pieces.c). */
void emit_pieces(kernel *k);

#endif
