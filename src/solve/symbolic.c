/* SPDX-License-Identifier: MIT */
#include "solve/symbolic_internal.h"

#include <math.h>

symbolic *symbolic_new(arena *a, uint32_t arg_count) {
  symbolic *s = ARENA_NEW(a, symbolic);
  s->fragment = ir_fragment_new(a);
  s->fragment->arg_count = arg_count;
  s->b = ir_builder_in(a, s->fragment);
  s->scratch = ARENA_NEW(a, symbolic_scratch);
  return s;
}

const ir_op *symbolic_op_of(const symbolic *s, ir_value v) { return &s->fragment->body->ops.data[v]; }

bool symbolic_is_number(const symbolic *s, ir_value v, double x) {
  const ir_op *op = symbolic_op_of(s, v);
  return (op->op == IR_OP_const || op->op == IR_OP_bool) && op->number == x;
}

/* ---- equal operations are made once ---- */

static uint64_t mix(uint64_t h, uint64_t x) {
  h = (h ^ x) * 0x9e3779b97f4a7c15ULL;
  return h ^ (h >> 29);
}

static uint64_t number_bits(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static uint64_t hash_op(const ir_op *op) {
  uint64_t h = mix(op->op, op->aux);
  h = mix(h, number_bits(op->number));
  for (uint32_t i = 0; i < ir_op_arg_count(op); i++)
    h = mix(h, op->args[i]);
  return h;
}

static bool is_same_op(const void *owner, uint32_t position, const void *key) {
  const ir_op *have = symbolic_op_of(owner, position), *want = key;
  if (have->op != want->op || have->aux != want->aux || number_bits(have->number) != number_bits(want->number))
    return false;
  for (uint32_t i = 0; i < ir_op_arg_count(want); i++)
    if (have->args[i] != want->args[i])
      return false;
  return true;
}

static ir_value add_unique(symbolic *s, const ir_op *op) {
  uint64_t hash = hash_op(op);
  uint32_t found = hash_table_find(&s->table, hash, is_same_op, s, op);
  if (found != UINT32_MAX)
    return found;
  ir_value v = ir_add_op(&s->b, *op);
  hash_table_insert(s->b.arena, &s->table, hash, v);
  return v;
}

ir_value symbolic_number(symbolic *s, double x) { return add_unique(s, &(ir_op){.op = IR_OP_const, .number = x}); }

static ir_value boolean(symbolic *s, bool x) { return add_unique(s, &(ir_op){.op = IR_OP_bool, .number = x ? 1 : 0}); }

/* ---- simplification: a rule gives the simpler value, or IR_NO_VALUE ---- */

typedef ir_value rule(symbolic *s, const ir_value *x);

static ir_value simplify_add(symbolic *s, const ir_value *x) {
  if (symbolic_is_number(s, x[0], 0))
    return x[1];
  return symbolic_is_number(s, x[1], 0) ? x[0] : IR_NO_VALUE;
}

static ir_value simplify_sub(symbolic *s, const ir_value *x) {
  if (x[0] == x[1])
    return symbolic_number(s, 0);
  if (symbolic_is_number(s, x[0], 0))
    return symbolic_unary(s, IR_OP_neg, x[1]);
  return symbolic_is_number(s, x[1], 0) ? x[0] : IR_NO_VALUE;
}

static ir_value simplify_mul(symbolic *s, const ir_value *x) {
  for (uint32_t i = 0; i < 2; i++) {
    if (symbolic_is_number(s, x[i], 0))
      return symbolic_number(s, 0);
    if (symbolic_is_number(s, x[i], 1))
      return x[1 - i];
    if (symbolic_is_number(s, x[i], -1))
      return symbolic_unary(s, IR_OP_neg, x[1 - i]);
  }
  return IR_NO_VALUE;
}

static ir_value simplify_div(symbolic *s, const ir_value *x) {
  if (symbolic_is_number(s, x[0], 0))
    return symbolic_number(s, 0);
  return symbolic_is_number(s, x[1], 1) ? x[0] : IR_NO_VALUE;
}

static ir_value simplify_neg(symbolic *s, const ir_value *x) {
  const ir_op *inner = symbolic_op_of(s, x[0]);
  return inner->op == IR_OP_neg ? inner->args[0] : IR_NO_VALUE;
}

static ir_value simplify_fma(symbolic *s, const ir_value *x) {
  ir_value product = simplify_mul(s, x);
  return product == IR_NO_VALUE ? product : symbolic_binary(s, IR_OP_add, product, x[2]);
}

static ir_value simplify_select(symbolic *s, const ir_value *x) {
  if (x[1] == x[2])
    return x[1];
  if (symbolic_is_number(s, x[0], 1))
    return x[1];
  return symbolic_is_number(s, x[0], 0) ? x[2] : IR_NO_VALUE;
}

static ir_value simplify_and(symbolic *s, const ir_value *x) {
  for (uint32_t i = 0; i < 2; i++) {
    if (symbolic_is_number(s, x[i], 1))
      return x[1 - i];
    if (symbolic_is_number(s, x[i], 0))
      return x[i];
  }
  return IR_NO_VALUE;
}

static ir_value simplify_or(symbolic *s, const ir_value *x) {
  for (uint32_t i = 0; i < 2; i++) {
    if (symbolic_is_number(s, x[i], 0))
      return x[1 - i];
    if (symbolic_is_number(s, x[i], 1))
      return x[i];
  }
  return IR_NO_VALUE;
}

static rule *const rules[IR_OP_COUNT] = {
    [IR_OP_add] = simplify_add,        [IR_OP_sub] = simplify_sub,       [IR_OP_mul] = simplify_mul,
    [IR_OP_div] = simplify_div,        [IR_OP_neg] = simplify_neg,       [IR_OP_fma] = simplify_fma,
    [IR_OP_and] = simplify_and,        [IR_OP_select] = simplify_select, [IR_OP_or] = simplify_or,
    [IR_OP_bselect] = simplify_select,
};

/* The value when all arguments are numbers and so is the result. */
static ir_value fold(symbolic *s, const ir_op *op) {
  double args[4];
  uint32_t count = ir_op_arg_count(op);
  if (count == 0 || !ir_can_evaluate(op))
    return IR_NO_VALUE;
  for (uint32_t i = 0; i < count; i++) {
    const ir_op *arg = symbolic_op_of(s, op->args[i]);
    if (arg->op != IR_OP_const && arg->op != IR_OP_bool)
      return IR_NO_VALUE;
    args[i] = arg->number;
  }
  double x = ir_evaluate(op, args);
  if (!isfinite(x))
    return IR_NO_VALUE;
  return ir_ops[op->op].type == IR_B1 ? boolean(s, x != 0) : symbolic_number(s, x);
}

static ir_value add_simplified(symbolic *s, ir_op op) {
  for (uint32_t i = ir_op_arg_count(&op); i < 4; i++)
    op.args[i] = IR_NO_VALUE;
  ir_value simpler = fold(s, &op);
  if (simpler == IR_NO_VALUE && rules[op.op] != NULL)
    simpler = rules[op.op](s, op.args);
  return simpler != IR_NO_VALUE ? simpler : add_unique(s, &op);
}

ir_value symbolic_unary(symbolic *s, ir_opcode op, ir_value x) {
  return add_simplified(s, (ir_op){.op = (uint16_t)op, .args = {x}});
}

ir_value symbolic_binary(symbolic *s, ir_opcode op, ir_value x, ir_value y) {
  return add_simplified(s, (ir_op){.op = (uint16_t)op, .args = {x, y}});
}

ir_value symbolic_select(symbolic *s, ir_value cond, ir_value x, ir_value y) {
  ir_opcode op = symbolic_op_of(s, x)->type == IR_B1 ? IR_OP_bselect : IR_OP_select;
  return add_simplified(s, (ir_op){.op = (uint16_t)op, .args = {cond, x, y}});
}

ir_value symbolic_math(symbolic *s, const char *name, const ir_value *args, uint32_t count) {
  static const uint16_t by_arity[] = {IR_OP_math1, IR_OP_math2, IR_OP_math3};
  ir_op op = {.op = by_arity[count - 1], .aux = ir_math_find(name)};
  for (uint32_t i = 0; i < count; i++)
    op.args[i] = args[i];
  return add_simplified(s, op);
}

void symbolic_copy(symbolic *s, const ir_fragment *f, const ir_value *replace, ir_value *outputs) {
  const ir_function *body = f->body;
  bool *live = ir_fragment_live(s->b.arena, f);
  ir_value *value_of = ARENA_ARRAY(s->b.arena, ir_value, body->ops.len);
  for (uint32_t i = 0; i < body->ops.len; i++) {
    ir_op op = body->ops.data[i];
    if (!live[i])
      continue;
    bool is_arg = op.op == IR_OP_arg || op.op == IR_OP_barg;
    if (is_arg && replace != NULL && replace[op.aux] != IR_NO_VALUE) {
      value_of[i] = replace[op.aux];
      continue;
    }
    for (uint32_t k = 0; k < ir_op_arg_count(&op); k++)
      op.args[k] = value_of[op.args[k]];
    s->b.at = op.at;
    value_of[i] = add_simplified(s, op);
  }
  s->b.at = SPAN_NONE;
  for (uint32_t i = 0; i < f->outputs.len; i++)
    outputs[i] = value_of[f->outputs.data[i]];
}

ir_fragment *symbolic_fragment(const symbolic *s, const ir_value *outputs, uint32_t count) {
  arena *a = s->b.arena;
  const ir_function *body = s->fragment->body;
  ir_fragment *out = ir_fragment_new(a);
  out->arg_count = s->fragment->arg_count;
  ir_builder b = ir_builder_in(a, out);
  const ir_walk *w = symbolic_walk(s, outputs, count);
  ir_value *value_of = s->scratch->value.data;
  for (uint32_t i = 0; i < w->met.len; i++)
    value_of[w->met.data[i]] = ir_copy_op(&b, body, &body->ops.data[w->met.data[i]], value_of);
  vec_reserve(a, &out->outputs, count);
  for (uint32_t i = 0; i < count; i++)
    vec_push(a, &out->outputs, value_of[outputs[i]]);
  return out;
}

/* ---- dependence ---- */

const ir_walk *symbolic_walk(const symbolic *s, const ir_value *values, uint32_t count) {
  symbolic_scratch *w = s->scratch;
  uint32_t len = s->fragment->body->ops.len;
  vec_reserve(s->b.arena, &w->value, len);
  vec_reserve(s->b.arena, &w->class, len);
  ir_walk_needed(s->b.arena, &w->walk, s->fragment->body, values, count);
  return &w->walk;
}

bool *symbolic_dependence(const symbolic *s, const bool *in_set) {
  const ir_function *body = s->fragment->body;
  bool *depends = ARENA_ARRAY(s->b.arena, bool, body->ops.len);
  for (uint32_t i = 0; i < body->ops.len; i++) {
    const ir_op *op = &body->ops.data[i];
    if (op->op == IR_OP_arg || op->op == IR_OP_barg)
      depends[i] = in_set[op->aux];
    for (uint32_t k = 0; k < ir_op_arg_count(op); k++)
      depends[i] = depends[i] || depends[op->args[k]];
  }
  return depends;
}

/* The number of the argument that the operation is; UINT32_MAX: it is none. */
static uint32_t argument_of(const symbolic *s, ir_value v) {
  const ir_op *op = symbolic_op_of(s, v);
  return op->op == IR_OP_arg || op->op == IR_OP_barg ? op->aux : UINT32_MAX;
}

bool symbolic_depends(const symbolic *s, const bool *in_set, ir_value v) {
  const ir_walk *w = symbolic_walk(s, &v, 1);
  for (uint32_t i = 0; i < w->met.len; i++) {
    uint32_t argument = argument_of(s, w->met.data[i]);
    if (argument != UINT32_MAX && in_set[argument])
      return true;
  }
  return false;
}

void symbolic_mark_read(const symbolic *s, const ir_value *values, uint32_t count, bool *is_read) {
  const ir_walk *w = symbolic_walk(s, values, count);
  for (uint32_t i = 0; i < w->met.len; i++) {
    uint32_t argument = argument_of(s, w->met.data[i]);
    if (argument != UINT32_MAX)
      is_read[argument] = true;
  }
}

static uint8_t larger(uint8_t x, uint8_t y) { return x > y ? x : y; }

/* x: the classes of the arguments (0 independent, 1 affine, 2 neither). */
static uint8_t linearity_of(const ir_op *op, const uint8_t *x) {
  switch (op->op) {
  case IR_OP_add:
  case IR_OP_sub:
    return larger(x[0], x[1]);
  case IR_OP_neg:
    return x[0];
  case IR_OP_mul:
    return x[0] != 0 && x[1] != 0 ? 2 : larger(x[0], x[1]);
  case IR_OP_div:
    return x[1] != 0 ? 2 : x[0];
  case IR_OP_fma:
    return larger(x[0] != 0 && x[1] != 0 ? 2 : larger(x[0], x[1]), x[2]);
  case IR_OP_select:
    return x[0] != 0 ? 2 : larger(x[1], x[2]);
  default:
    return x[0] != 0 || x[1] != 0 || x[2] != 0 ? 2 : 0;
  }
}

uint8_t symbolic_linearity(const symbolic *s, const bool *in_set, ir_value v) {
  const ir_walk *w = symbolic_walk(s, &v, 1);
  uint8_t *class = s->scratch->class.data;
  for (uint32_t i = 0; i < w->met.len; i++) {
    ir_value of = w->met.data[i];
    const ir_op *op = symbolic_op_of(s, of);
    uint8_t args[4] = {0};
    for (uint32_t k = 0; k < ir_op_arg_count(op); k++)
      args[k] = class[op->args[k]];
    uint32_t argument = argument_of(s, of);
    class[of] = argument != UINT32_MAX ? in_set[argument] : linearity_of(op, args);
  }
  return class[v];
}
