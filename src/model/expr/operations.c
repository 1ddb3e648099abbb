/* SPDX-License-Identifier: MIT */
/* operations.c - expressions as operations. */
#include "model/operations.h"

#include <math.h>

static const ir_opcode operator_op[] = {
    [MX_ADD] = IR_OP_add, [MX_SUB] = IR_OP_sub, [MX_MUL] = IR_OP_mul, [MX_DIV] = IR_OP_div,
    [MX_LT] = IR_OP_lt,   [MX_LE] = IR_OP_le,   [MX_GT] = IR_OP_gt,   [MX_GE] = IR_OP_ge,
    [MX_EQ] = IR_OP_eq,   [MX_NE] = IR_OP_ne,   [MX_AND] = IR_OP_and, [MX_OR] = IR_OP_or,
};

/* Powers up to here are cheaper as products; nsa_hill computes them in the same way. */
static const double largest_hill_product = 4;

static ir_value build_hill(ir_builder *b, const ir_value *x, const model_expr *e) {
  double n = e->args[2]->kind == MX_NUMBER ? e->args[2]->number : 0;
  if (n != floor(n) || n < 1 || n > largest_hill_product)
    return ir_math(b, "hill", x, 3);
  ir_value above = ir_power(b, x[0], x[2]), half = ir_power(b, x[1], x[2]);
  return ir_binary(b, IR_OP_div, above, ir_binary(b, IR_OP_add, above, half));
}

/* Functions that are operations of their own; all others are rows of nsa_math.def by their name. */
static const ir_opcode function_op[BUILTIN_COUNT] = {
    [BUILTIN_min] = IR_OP_min,     [BUILTIN_max] = IR_OP_max,     [BUILTIN_abs] = IR_OP_abs,
    [BUILTIN_sqrt] = IR_OP_sqrt,   [BUILTIN_floor] = IR_OP_floor, [BUILTIN_ceil] = IR_OP_ceil,
    [BUILTIN_round] = IR_OP_round, [BUILTIN_sign] = IR_OP_sign,   [BUILTIN_step] = IR_OP_step,
};

static const char *const function_name[BUILTIN_COUNT] = {
#define BUILTIN(name, arity, kind, rule) [BUILTIN_##name] = #name,
#include "model/builtin.def"
#undef BUILTIN
};

static ir_value build_call(ir_builder *b, const ir_value *x, uint32_t count, const model_expr *e) {
  if (e->fn == BUILTIN_hill)
    return build_hill(b, x, e);
  if (e->fn == BUILTIN_clip)
    return ir_binary(b, IR_OP_min, ir_binary(b, IR_OP_max, x[0], x[1]), x[2]);
  ir_opcode op = function_op[e->fn];
  if (op == IR_OP_const)
    return ir_math(b, function_name[e->fn], x, count);
  return count == 1 ? ir_unary(b, op, x[0]) : ir_binary(b, op, x[0], x[1]);
}

static ir_value build_operator(ir_builder *b, const ir_value *x, uint32_t count, const model_expr *e) {
  switch (e->kind) {
  case MX_CALL:
    return build_call(b, x, count, e);
  case MX_SELECT:
    return ir_select(b, x[0], x[1], x[2]);
  case MX_NEG:
    return ir_unary(b, IR_OP_neg, x[0]);
  case MX_NOT:
    return ir_unary(b, IR_OP_not, x[0]);
  case MX_POW:
    return ir_power(b, x[0], x[1]);
  default:
    return ir_binary(b, operator_op[e->kind], x[0], x[1]);
  }
}

/* A branch that is not taken is computed, too. */
static ir_value build_branch(ir_builder *b, const expr_leaves *leaves, const model_expr *e, ir_value condition,
                             bool is_negated) {
  ir_taken taken = {condition, is_negated, b->taken};
  b->taken = &taken;
  ir_value x = expr_build(b, leaves, e);
  b->taken = taken.outer;
  return x;
}

static ir_value build(ir_builder *b, const expr_leaves *leaves, const model_expr *e) {
  switch (e->kind) {
  case MX_NUMBER:
    return ir_number(b, e->number);
  case MX_BOOL:
    return ir_bool(b, e->number != 0);
  case MX_REF:
  case MX_CHANNEL:
    return leaves->refer(leaves->context, b, e);
  case MX_RANDOM:
    return leaves->draw(leaves->context, b, e);
  default:
    break;
  }
  ir_value x[3] = {IR_NO_VALUE, IR_NO_VALUE, IR_NO_VALUE};
  uint32_t count = 0;
  for (; count < 3 && e->args[count] != NULL; count++)
    x[count] = e->kind == MX_SELECT && count > 0 ? build_branch(b, leaves, e->args[count], x[0], count == 2)
                                                 : expr_build(b, leaves, e->args[count]);
  return build_operator(b, x, count, e);
}

ir_value expr_build(ir_builder *b, const expr_leaves *leaves, const model_expr *e) {
  span before = b->at;
  if (e->at.file != SPAN_NONE.file)
    b->at = e->at;
  ir_value x = build(b, leaves, e);
  b->at = before;
  return x;
}
