/* SPDX-License-Identifier: MIT */
/* contract.c - a product that is used once, in a sum, is rounded with the sum: a*b + c becomes fma. This is done before
 * anything is computed from the program, so that compiled kernels and the interpreter agree. A product of constants is
 * a constant, and the same number everywhere: it is rounded by itself where the other term is not constant. */
#include "ir/build.h"
#include "ir/ir_internal.h"

typedef struct {
  const ir_function *from;
  uint32_t *uses;    /* per operation */
  bool *is_constant; /* likewise: made of numbers alone */
  ir_value *map;
} contraction;

static void count_uses(contraction *c) {
  for (uint32_t i = 0; i < c->from->ops.len; i++)
    for (uint32_t k = 0; k < ir_op_arg_count(&c->from->ops.data[i]); k++)
      c->uses[ir_op_arg(c->from, &c->from->ops.data[i], k)]++;
}

static bool is_made_of_numbers(const contraction *c, const ir_op *op) {
  uint32_t count = ir_op_arg_count(op);
  bool is_pure = ir_ops[op->op].carries == IR_CARRIES_NONE || op->op == IR_OP_math1 || op->op == IR_OP_math2 ||
                 op->op == IR_OP_math3;
  for (uint32_t k = 0; k < count && is_pure; k++)
    is_pure = c->is_constant[ir_op_arg(c->from, op, k)];
  return op->op == IR_OP_const || (is_pure && count > 0);
}

/* The operation of v where it is a product that can be rounded with its sum v + other; else NULL. */
static const ir_op *product_at(const contraction *c, ir_value v, ir_value other) {
  const ir_op *op = &c->from->ops.data[v];
  bool is_number = c->is_constant[v] && !c->is_constant[other];
  return op->op == IR_OP_mul && c->uses[v] == 1 && !is_number ? op : NULL;
}

/* x + y, x - y with a product among them; IR_NO_VALUE where there is none. */
static ir_value contracted(contraction *c, ir_builder *b, const ir_op *op) {
  bool is_difference = op->op == IR_OP_sub;
  const ir_op *first = product_at(c, op->args[0], op->args[1]), *second = product_at(c, op->args[1], op->args[0]);
  if (second != NULL) {
    ir_value factor = c->map[second->args[0]];
    if (is_difference)
      factor = ir_unary(b, IR_OP_neg, factor);
    return ir_ternary(b, IR_OP_fma, factor, c->map[second->args[1]], c->map[op->args[0]]);
  }
  if (first == NULL)
    return IR_NO_VALUE;
  ir_value other = c->map[op->args[1]];
  if (is_difference)
    other = ir_unary(b, IR_OP_neg, other);
  return ir_ternary(b, IR_OP_fma, c->map[first->args[0]], c->map[first->args[1]], other);
}

/* p: NULL for fragments. Gives the new value of each old one. */
static ir_value *contract_function(arena *a, ir_program *p, ir_function *f) {
  ir_function *to = ir_function_anew(a, f);
  contraction c = {.from = f};
  c.uses = ARENA_ARRAY(a, uint32_t, f->ops.len);
  c.map = ARENA_ARRAY(a, ir_value, f->ops.len);
  c.is_constant = ARENA_ARRAY(a, bool, f->ops.len);
  count_uses(&c);
  for (uint32_t i = 0; i < f->ops.len; i++)
    c.is_constant[i] = is_made_of_numbers(&c, &f->ops.data[i]);
  ir_builder b = {.program = p, .arena = a, .function = to, .at = SPAN_NONE};
  for (uint32_t i = 0; i < f->ops.len; i++) {
    const ir_op *op = &f->ops.data[i];
    ir_value x = IR_NO_VALUE;
    b.at = op->at;
    if (op->op == IR_OP_add || op->op == IR_OP_sub)
      x = contracted(&c, &b, op);
    c.map[i] = x != IR_NO_VALUE ? x : ir_copy_op(&b, f, op, c.map);
  }
  *f = *to;
  return c.map;
}

void ir_contract(ir_program *p) {
  for (uint32_t i = 0; i < p->functions.len; i++)
    contract_function(p->arena, p, p->functions.data[i]);
}

void ir_contract_fragment(arena *a, ir_fragment *f) {
  const ir_value *map = contract_function(a, NULL, f->body);
  for (uint32_t i = 0; i < f->outputs.len; i++)
    f->outputs.data[i] = map[f->outputs.data[i]];
}
