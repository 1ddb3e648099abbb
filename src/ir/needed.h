/* SPDX-License-Identifier: MIT */
/* needed.h - the operations that some values of a function need. */
#ifndef NSA_IR_NEEDED_H
#define NSA_IR_NEEDED_H

#include "ir/ir.h"

/* A walk over the operations that some values need. It costs what it meets, not what the function holds: what is
 * written down per operation is kept from one walk to the next. */
typedef struct {
  VEC(ir_value) met;       /* the operations of this walk, in their order */
  VEC(uint32_t) last_walk; /* per operation: the last walk that met it */
  uint32_t walk;
  const bool *is_end; /* per operation: what it needs is not looked at; NULL: all is */
} ir_walk;
void ir_walk_needed(arena *a, ir_walk *w, const ir_function *f, const ir_value *values, uint32_t count);

#endif
