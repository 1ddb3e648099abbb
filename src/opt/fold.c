/* SPDX-License-Identifier: MIT */
/* fold.c - operations on numbers, by the functions that kernels call, and identities that hold for every input:
 * x*1 is x, but x*0 is not 0 (for NaN and infinities) and x+0 is not x (for -0). */
#include "opt/opt_internal.h"

#include <math.h>

/* An identity: the value that equals the operation with (already mapped) arguments x, or IR_NO_VALUE. */
typedef ir_value identity(ir_builder *b, const ir_value *x);

static const ir_op *op_of(const ir_builder *b, ir_value v) { return &b->function->ops.data[v]; }

/* The same bits: 0 and -0 differ. */
static bool is_number(const ir_builder *b, ir_value v, double x) {
  const ir_op *op = op_of(b, v);
  return op->op == IR_OP_const && op->number == x && signbit(op->number) == signbit(x);
}

static bool is_bool(const ir_builder *b, ir_value v, bool x) {
  const ir_op *op = op_of(b, v);
  return op->op == IR_OP_bool && (op->number != 0) == x;
}

static ir_value identity_add(ir_builder *b, const ir_value *x) {
  if (is_number(b, x[1], -0.0))
    return x[0];
  return is_number(b, x[0], -0.0) ? x[1] : IR_NO_VALUE;
}

static ir_value identity_sub(ir_builder *b, const ir_value *x) {
  if (is_number(b, x[1], 0.0))
    return x[0];
  return is_number(b, x[0], -0.0) ? ir_unary(b, IR_OP_neg, x[1]) : IR_NO_VALUE;
}

static ir_value identity_mul(ir_builder *b, const ir_value *x) {
  for (uint32_t i = 0; i < 2; i++) {
    if (is_number(b, x[i], 1))
      return x[1 - i];
    if (is_number(b, x[i], -1))
      return ir_unary(b, IR_OP_neg, x[1 - i]);
  }
  return IR_NO_VALUE;
}

/* Dividing by a power of two is multiplying by its reciprocal: both round the same exact result. */
static ir_value identity_div(ir_builder *b, const ir_value *x) {
  const ir_op *divisor = op_of(b, x[1]);
  if (is_number(b, x[1], 1))
    return x[0];
  if (divisor->op != IR_OP_const)
    return IR_NO_VALUE;
  int exponent, largest = b->is_single ? 120 : 1000;
  double fraction = frexp(divisor->number, &exponent);
  if (fabs(fraction) != 0.5 || exponent < -largest || exponent > largest)
    return IR_NO_VALUE;
  return ir_binary(b, IR_OP_mul, x[0], ir_number(b, 1 / divisor->number));
}

static ir_value identity_neg(ir_builder *b, const ir_value *x) {
  return op_of(b, x[0])->op == IR_OP_neg ? op_of(b, x[0])->args[0] : IR_NO_VALUE;
}

static ir_value identity_same(ir_builder *b, const ir_value *x) {
  (void)b;
  return x[0] == x[1] ? x[0] : IR_NO_VALUE;
}

static ir_value identity_abs(ir_builder *b, const ir_value *x) {
  uint16_t inner = op_of(b, x[0])->op;
  if (inner == IR_OP_neg)
    return ir_unary(b, IR_OP_abs, op_of(b, x[0])->args[0]);
  return inner == IR_OP_abs ? x[0] : IR_NO_VALUE;
}

static ir_value identity_whole(ir_builder *b, const ir_value *x) {
  uint16_t inner = op_of(b, x[0])->op;
  bool is_whole = inner == IR_OP_floor || inner == IR_OP_ceil || inner == IR_OP_round;
  return is_whole ? x[0] : IR_NO_VALUE;
}

static ir_value identity_and(ir_builder *b, const ir_value *x) {
  for (uint32_t i = 0; i < 2; i++) {
    if (is_bool(b, x[i], true) || x[0] == x[1])
      return x[1 - i];
    if (is_bool(b, x[i], false))
      return x[i];
  }
  return IR_NO_VALUE;
}

static ir_value identity_or(ir_builder *b, const ir_value *x) {
  for (uint32_t i = 0; i < 2; i++) {
    if (is_bool(b, x[i], false) || x[0] == x[1])
      return x[1 - i];
    if (is_bool(b, x[i], true))
      return x[i];
  }
  return IR_NO_VALUE;
}

static ir_value identity_not(ir_builder *b, const ir_value *x) {
  return op_of(b, x[0])->op == IR_OP_not ? op_of(b, x[0])->args[0] : IR_NO_VALUE;
}

static ir_value identity_select(ir_builder *b, const ir_value *x) {
  if (x[1] == x[2] || is_bool(b, x[0], true))
    return x[1];
  return is_bool(b, x[0], false) ? x[2] : IR_NO_VALUE;
}

static ir_value identity_bselect(ir_builder *b, const ir_value *x) {
  if (is_bool(b, x[1], true) && is_bool(b, x[2], false))
    return x[0];
  if (is_bool(b, x[1], false) && is_bool(b, x[2], true))
    return ir_unary(b, IR_OP_not, x[0]);
  return identity_select(b, x);
}

static identity *const identities[IR_OP_COUNT] = {
    [IR_OP_add] = identity_add,         [IR_OP_sub] = identity_sub,     [IR_OP_mul] = identity_mul,
    [IR_OP_div] = identity_div,         [IR_OP_neg] = identity_neg,     [IR_OP_min] = identity_same,
    [IR_OP_max] = identity_same,        [IR_OP_abs] = identity_abs,     [IR_OP_floor] = identity_whole,
    [IR_OP_ceil] = identity_whole,      [IR_OP_round] = identity_whole, [IR_OP_and] = identity_and,
    [IR_OP_or] = identity_or,           [IR_OP_not] = identity_not,     [IR_OP_select] = identity_select,
    [IR_OP_bselect] = identity_bselect,
};

/* The number that the operation gives, when all its arguments are numbers. */
static ir_value fold_numbers(ir_builder *b, const ir_op *op, const ir_value *x, uint32_t count) {
  double args[4] = {0};
  if (count == 0 || !ir_can_evaluate(op))
    return IR_NO_VALUE;
  for (uint32_t i = 0; i < count; i++) {
    const ir_op *arg = op_of(b, x[i]);
    if (arg->op != IR_OP_const && arg->op != IR_OP_bool)
      return IR_NO_VALUE;
    args[i] = arg->number;
  }
  double result = ir_evaluate(op, args);
  if (isnan(result))
    return IR_NO_VALUE;
  return op->type == IR_B1 ? ir_bool(b, result != 0) : ir_number(b, result);
}

static ir_value simpler(opt_rewrite *rw, const ir_op *op) {
  uint32_t count = ir_ops[op->op].arg_count;
  ir_value x[4] = {0};
  for (uint32_t i = 0; i < count; i++)
    x[i] = rw->map[op->args[i]];
  rw->b.at = op->at;
  rw->b.is_single = op->is_single;
  ir_value v = fold_numbers(&rw->b, op, x, count);
  if (v == IR_NO_VALUE && identities[op->op] != NULL)
    v = identities[op->op](&rw->b, x);
  rw->b.at = SPAN_NONE;
  rw->b.is_single = false;
  if (v != IR_NO_VALUE && op->is_single && op->type == IR_F64 && !ir_is_float(rw->b.program, op_of(&rw->b, v)))
    return IR_NO_VALUE; /* the operation rounds its double */
  return v;
}

/* A skip region dissolves when its condition has become a number: its values may then be used anywhere.
 * is_dropped: per operation, for their markers. */
static void drop_constant_regions(const opt_rewrite *rw, uint32_t begin, bool *is_dropped) {
  uint32_t depth = 0;
  is_dropped[begin] = true;
  for (uint32_t i = begin; i < rw->from->ops.len; i++) {
    uint16_t op = rw->from->ops.data[i].op;
    depth += op == IR_OP_skip_begin;
    depth -= op == IR_OP_skip_end;
    if (op == IR_OP_skip_end && depth == 0) {
      is_dropped[i] = true;
      return;
    }
  }
}

static void fold_function(ir_program *p, ir_function *f) {
  opt_rewrite rw = opt_rewrite_begin(p, f);
  bool *is_dropped = ARENA_ARRAY(p->arena, bool, f->ops.len);
  for (uint32_t i = 0; i < f->ops.len; i++) {
    const ir_op *op = &f->ops.data[i];
    if (op->op == IR_OP_skip_begin && op_of(&rw.b, rw.map[op->args[0]])->op == IR_OP_bool)
      drop_constant_regions(&rw, i, is_dropped);
    if (is_dropped[i])
      continue;
    rw.map[i] = simpler(&rw, op);
    if (rw.map[i] == IR_NO_VALUE)
      opt_rewrite_copy(&rw, i);
  }
  opt_rewrite_end(&rw);
}

void opt_fold(ir_program *p) {
  for (uint32_t i = 0; i < p->functions.len; i++)
    fold_function(p, p->functions.data[i]);
}
