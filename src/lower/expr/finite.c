/* SPDX-License-Identifier: MIT */
/* finite.c - where values are looked at that may not be finite.
 *
 * States are looked at where they are stored. An input is not, where it goes into an equation that becomes infinite, or
 * no number, with it: the state tells soon enough, and the runtime finds the input behind it. */
#include "lower/expr/expr.h"
#include <math.h>

static bool is_checked(const ir_program *p, const ir_function *f, ir_value x) {
  const ir_op *op = &f->ops.data[x];
  if (op->op == IR_OP_load && p->fields.data[op->field.id].kind == NSA_FIELD_STATE)
    return true; /* when it was stored */
  if (op->op == IR_OP_select)
    return is_checked(p, f, op->args[1]) && is_checked(p, f, op->args[2]);
  if (op->op == IR_OP_const)
    return isfinite(op->number);
  for (uint32_t i = f->ops.len; i-- > x + 1;)
    if (f->ops.data[i].op == IR_OP_check && f->ops.data[i].args[0] == x)
      return true;
  return false;
}

void lower_check(ir_builder *b, ir_value x) {
  if (!is_checked(b->program, b->function, x))
    ir_unary(b, IR_OP_check, x);
}
