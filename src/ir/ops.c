/* SPDX-License-Identifier: MIT */
/* ops.c - the tables of words: operations, maths, types, kinds and roles. */
#include "ir/ir_internal.h"

const ir_op_info ir_ops[IR_OP_COUNT] = {
#define OP(id, word, type, args, carries, cost)                                                                        \
  [IR_OP_##id] = {#id, word, args, sizeof args - 1, IR_##type, IR_CARRIES_##carries, cost},
#include "ir/ir_ops.def"
#undef OP
};

bool ir_can_be_single(const ir_op *op) {
  return (op->op >= IR_OP_add && op->op <= IR_OP_ne) || op->op == IR_OP_select || op->op == IR_OP_check;
}

bool ir_is_float(const ir_program *p, const ir_op *op) {
  if (op->op == IR_OP_load || op->op == IR_OP_load_at)
    return p->fields.data[op->field.id].type == NSA_F32;
  return op->is_single || (op->op == IR_OP_const && (double)(float)op->number == op->number);
}

const ir_math_info ir_maths[] = {
#define NSA_MATH(name, arity) {#name, arity},
#include "nsa_math.def"
};
const uint32_t ir_math_count = sizeof ir_maths / sizeof ir_maths[0];

uint32_t ir_math_find(const char *name) {
  for (uint32_t i = 0; i < ir_math_count; i++)
    if (strcmp(ir_maths[i].name, name) == 0)
      return i;
  return UINT32_MAX;
}

const char *ir_type_word(ir_type type) {
  static const char *const words[] = {"none", "f64", "b1", "index", "tuple", "any"};
  return words[type];
}
