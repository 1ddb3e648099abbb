/* SPDX-License-Identifier: MIT */
/* build.c - appending operations. Nothing is folded here except what ir.h says of ir_power. */
#include "ir/build.h"
#include "ir/ir_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

ir_builder ir_builder_on(ir_program *p, ir_function *f) {
  return (ir_builder){.program = p, .arena = p->arena, .function = f, .at = SPAN_NONE};
}

static uint32_t arg_count(const ir_op *op) { return ir_ops[op->op].arg_count; }

ir_value ir_add_op(ir_builder *b, ir_op op) {
  for (uint32_t i = op.op < IR_OP_COUNT ? arg_count(&op) : 0; i < 4; i++)
    op.args[i] = IR_NO_VALUE;
  op.at = b->at;
  op.is_single = op.is_single || (b->is_single && ir_can_be_single(&op));
  const char *wrong = ir_check_op(b->arena, b->program, b->function, &op, b->function->ops.len);
  if (wrong != NULL) {
    fprintf(stderr, "ir: %s: %s\n", b->function->name == NULL ? "fragment" : b->function->name, wrong);
    abort();
  }
  op.type = (uint8_t)ir_result_type(b->program, &op);
  vec_push(b->arena, &b->function->ops, op);
  return b->function->ops.len - 1;
}

ir_value ir_number(ir_builder *b, double x) { return ir_add_op(b, (ir_op){.op = IR_OP_const, .number = x}); }

ir_value ir_bool(ir_builder *b, bool x) { return ir_add_op(b, (ir_op){.op = IR_OP_bool, .number = x ? 1 : 0}); }

ir_value ir_nullary(ir_builder *b, ir_opcode op, uint32_t aux) {
  return ir_add_op(b, (ir_op){.op = (uint16_t)op, .aux = aux});
}

ir_value ir_unary(ir_builder *b, ir_opcode op, ir_value x) {
  return ir_add_op(b, (ir_op){.op = (uint16_t)op, .args = {x}});
}

ir_value ir_index_number(ir_builder *b, ir_value index, uint32_t domain) {
  return ir_add_op(b, (ir_op){.op = IR_OP_index_number, .aux = domain, .args = {index}});
}

ir_value ir_binary(ir_builder *b, ir_opcode op, ir_value x, ir_value y) {
  return ir_add_op(b, (ir_op){.op = (uint16_t)op, .args = {x, y}});
}

ir_value ir_entry(ir_builder *b, ir_value x, uint32_t count) {
  return ir_add_op(b, (ir_op){.op = IR_OP_entry, .aux = count, .args = {x}});
}

ir_value ir_ternary(ir_builder *b, ir_opcode op, ir_value x, ir_value y, ir_value z) {
  return ir_add_op(b, (ir_op){.op = (uint16_t)op, .args = {x, y, z}});
}

ir_value ir_select(ir_builder *b, ir_value cond, ir_value x, ir_value y) {
  bool is_bool = x < b->function->ops.len && b->function->ops.data[x].type == IR_B1;
  return ir_ternary(b, is_bool ? IR_OP_bselect : IR_OP_select, cond, x, y);
}

ir_value ir_load(ir_builder *b, nsa_field_id field) { return ir_add_op(b, (ir_op){.op = IR_OP_load, .field = field}); }

ir_value ir_load_at(ir_builder *b, nsa_field_id field, ir_value index) {
  return ir_add_op(b, (ir_op){.op = IR_OP_load_at, .field = field, .args = {index}});
}

void ir_store(ir_builder *b, nsa_field_id field, ir_value x) {
  ir_add_op(b, (ir_op){.op = IR_OP_store, .field = field, .args = {x}});
}

void ir_store_at(ir_builder *b, nsa_field_id field, ir_value index, ir_value x) {
  ir_add_op(b, (ir_op){.op = IR_OP_store_at, .field = field, .args = {index, x}});
}

ir_value ir_get(ir_builder *b, ir_value tuple, uint32_t entry) {
  return ir_add_op(b, (ir_op){.op = IR_OP_get, .aux = entry, .args = {tuple}});
}

ir_value ir_math(ir_builder *b, const char *name, const ir_value *args, uint32_t count) {
  static const ir_opcode by_arity[] = {IR_OP_math1, IR_OP_math2, IR_OP_math3};
  uint32_t row = ir_math_find(name);
  if (row == UINT32_MAX || ir_maths[row].arity != count) {
    fprintf(stderr, "ir: no function %s of %u arguments\n", name, count);
    abort();
  }
  ir_op op = {.op = (uint16_t)by_arity[count - 1], .aux = row};
  for (uint32_t i = 0; i < count; i++)
    op.args[i] = args[i];
  return ir_add_op(b, op);
}

/* Beyond this a chain of products costs more than pow and is no more accurate. */
static const double largest_whole_power = 64;

/* x^n, n >= 1, from the highest bit of n down. */
static ir_value whole_power(ir_builder *b, ir_value x, uint32_t n) {
  uint32_t bit = 1;
  while (bit <= n / 2)
    bit *= 2;
  ir_value result = x;
  for (bit /= 2; bit != 0; bit /= 2) {
    result = ir_binary(b, IR_OP_mul, result, result);
    if (n & bit)
      result = ir_binary(b, IR_OP_mul, result, x);
  }
  return result;
}

ir_value ir_power(ir_builder *b, ir_value x, ir_value y) {
  const ir_op *exponent = &b->function->ops.data[y];
  double n = exponent->op == IR_OP_const ? exponent->number : NAN;
  if (n == 0)
    return ir_number(b, 1);
  if (n == 0.5)
    return ir_unary(b, IR_OP_sqrt, x);
  if (n == floor(n) && fabs(n) <= largest_whole_power) {
    ir_value power = whole_power(b, x, (uint32_t)fabs(n));
    return n > 0 ? power : ir_binary(b, IR_OP_div, ir_number(b, 1), power);
  }
  return ir_math(b, "pow", (ir_value[]){x, y}, 2);
}

ir_value ir_random(ir_builder *b, ir_opcode op, uint64_t key, uint32_t timescale, ir_value who_a, ir_value who_b,
                   ir_value x, ir_value y) {
  return ir_add_op(b, (ir_op){.op = (uint16_t)op, .key = key, .aux = timescale, .args = {who_a, who_b, x, y}});
}

ir_value ir_tuple_op(ir_builder *b, ir_opcode op, uint32_t n, const ir_value *args, uint32_t count) {
  ir_op o = {.op = (uint16_t)op, .aux = n, .extra = b->function->extra.len, .extra_count = count};
  for (uint32_t i = 0; i < count; i++)
    vec_push(b->arena, &b->function->extra, args[i]);
  return ir_add_op(b, o);
}

ir_value ir_loop_begin(ir_builder *b, const ir_value *variables, uint32_t count) {
  return ir_tuple_op(b, IR_OP_loop_begin, count, variables, count);
}

ir_value ir_loop_end(ir_builder *b, ir_value begin, ir_value again, const ir_value *next, uint32_t count) {
  ir_op o = {.op = IR_OP_loop_end, .aux = count, .extra = b->function->extra.len, .extra_count = count};
  o.args[0] = begin;
  o.args[1] = again;
  for (uint32_t i = 0; i < count; i++)
    vec_push(b->arena, &b->function->extra, next[i]);
  return ir_add_op(b, o);
}
