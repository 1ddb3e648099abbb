/* SPDX-License-Identifier: MIT */
/* affine.h - values as scale * base + offset with numbers known to the compiler. */
#ifndef NSA_IR_AFFINE_H
#define NSA_IR_AFFINE_H

#include "ir/ir.h"

typedef struct {
  ir_value base; /* IR_NO_VALUE: a number, the offset */
  double scale, offset;
} ir_affine;

/* Every value of f in this form; a value that cannot be taken apart is 1 * itself + 0. */
ir_affine *ir_affines_of(arena *a, const ir_function *f);

/* Whether two values are the same because they are computed in the same way. Only a few operations are looked at. Two
 * loads of one field count as equal: callers must make sure that nothing is stored between them. */
bool ir_is_same(const ir_function *f, ir_value v, ir_value w);

#endif
