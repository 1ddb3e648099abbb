/* SPDX-License-Identifier: MIT */
#include "ir/affine.h"

static ir_affine scaled(ir_affine x, double by) {
  x.scale *= by;
  x.offset *= by;
  return x;
}

/* x + y where one of them is a number. */
static ir_affine sum_of(ir_affine x, ir_affine y) {
  ir_affine sum = x.base == IR_NO_VALUE ? y : x;
  sum.offset = x.offset + y.offset;
  return sum;
}

/* x (op) y where that is affine, else `itself`. */
static ir_affine combined(uint16_t op, ir_affine x, ir_affine y, ir_affine itself) {
  bool x_fixed = x.base == IR_NO_VALUE, y_fixed = y.base == IR_NO_VALUE;
  switch (op) {
  case IR_OP_add:
    return x_fixed || y_fixed ? sum_of(x, y) : itself;
  case IR_OP_sub:
    return x_fixed || y_fixed ? sum_of(x, scaled(y, -1)) : itself;
  case IR_OP_mul:
    return x_fixed ? scaled(y, x.offset) : y_fixed ? scaled(x, y.offset) : itself;
  case IR_OP_div:
    return y_fixed && y.offset != 0 ? scaled(x, 1 / y.offset) : itself;
  default:
    return itself;
  }
}

ir_affine *ir_affines_of(arena *a, const ir_function *f) {
  ir_affine *of = ARENA_ARRAY(a, ir_affine, f->ops.len);
  for (uint32_t v = 0; v < f->ops.len; v++) {
    const ir_op *op = &f->ops.data[v];
    ir_affine itself = {v, 1, 0};
    if (op->op == IR_OP_const)
      of[v] = (ir_affine){IR_NO_VALUE, 0, op->number};
    else if (op->op == IR_OP_neg)
      of[v] = scaled(of[op->args[0]], -1);
    else if (op->op == IR_OP_add || op->op == IR_OP_sub || op->op == IR_OP_mul || op->op == IR_OP_div)
      of[v] = combined(op->op, of[op->args[0]], of[op->args[1]], itself);
    else
      of[v] = itself;
  }
  return of;
}

static bool does_alike(const ir_op *x, const ir_op *y) {
  return x->op == y->op && x->aux == y->aux && x->number == y->number && x->extra_count == 0 && y->extra_count == 0 &&
         ir_ops[x->op].carries != IR_CARRIES_KEY && x->op != IR_OP_get &&
         (!ir_op_has_field(x) || nsa_field_is(x->field, y->field));
}

static bool is_same(const ir_function *f, ir_value v, ir_value w, int depth) {
  const ir_op *x = &f->ops.data[v], *y = &f->ops.data[w];
  if (v == w)
    return true;
  if (depth == 0 || !does_alike(x, y))
    return false;
  for (uint32_t k = 0; k < ir_op_arg_count(x); k++)
    if (!is_same(f, x->args[k], y->args[k], depth - 1))
      return false;
  return true;
}

bool ir_is_same(const ir_function *f, ir_value v, ir_value w) {
  enum { DEPTH = 6 };
  return is_same(f, v, w, DEPTH);
}
