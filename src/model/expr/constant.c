/* SPDX-License-Identifier: MIT */
/* constant.c - expressions that do not depend on the run, evaluated as kernels compute them. */
#include "model/operations.h"

#include <math.h>

/* ---- operations on numbers ---- */

static ir_value number_of(ir_builder *b, const model_expr *e, double x) {
  return e->is_bool ? ir_bool(b, x != 0) : ir_number(b, x);
}

/* An argument of the fragment that carries its value. It is no constant operation: kernels do not know the value, and
 * the same operations must come out here. */
static ir_value refer_to_number(void *context, ir_builder *b, const model_expr *e) {
  const number_leaves *leaves = context;
  ir_op argument = {.op = e->is_bool ? IR_OP_barg : IR_OP_arg, .number = leaves->refer(leaves->context, e)};
  return ir_add_op(b, argument);
}

static ir_value draw_number(void *context, ir_builder *b, const model_expr *e) {
  const number_leaves *leaves = context;
  return number_of(b, e, leaves->draw(leaves->context, e));
}

/* Of the fragment's output; each operation takes those before it. */
static double value_of(arena *a, const ir_fragment *fragment) {
  const ir_function *f = fragment->body;
  double *values = ARENA_ARRAY(a, double, f->ops.len);
  for (uint32_t i = 0; i < f->ops.len; i++) {
    const ir_op *op = &f->ops.data[i];
    double args[4] = {0};
    for (uint32_t k = 0; k < ir_op_arg_count(op); k++)
      args[k] = values[ir_op_arg(f, op, k)];
    values[i] = op->op == IR_OP_arg || op->op == IR_OP_barg ? op->number : ir_evaluate(op, args);
  }
  return values[fragment->outputs.data[0]];
}

double expr_evaluate(const number_leaves *leaves, const model_expr *e) {
  if (e->kind == MX_NUMBER || e->kind == MX_BOOL)
    return e->number;
  arena *scratch = arena_new();
  ir_fragment *f = ir_fragment_new(scratch);
  ir_builder b = ir_builder_in(scratch, f);
  number_leaves inside = *leaves; /* callbacks take what is not const */
  expr_leaves numbers = {refer_to_number, draw_number, &inside};
  vec_push(scratch, &f->outputs, expr_build(&b, &numbers, e));
  ir_contract_fragment(scratch, f);
  double value = value_of(scratch, f);
  arena_free(scratch);
  return value;
}

/* ---- constants ---- */

typedef struct {
  const model_component *params; /* NULL: none are constant */
  const double *values;          /* of those before the one that is being computed; NAN: not constant */
  bool is_constant;
} constant_scope;

static double constant_reference(void *context, const model_expr *e) {
  constant_scope *s = context;
  if (e->kind == MX_REF && s->params != NULL && e->ref.kind == REF_PARAM && e->ref.side == SIDE_SELF &&
      !isnan(s->values[e->ref.item]))
    return s->values[e->ref.item];
  s->is_constant = false;
  return 0;
}

static double constant_draw(void *context, const model_expr *e) {
  (void)e;
  ((constant_scope *)context)->is_constant = false;
  return 0;
}

static bool evaluate_constant(const model_expr *e, const model_component *params, const double *values, double *out) {
  constant_scope s = {params, values, true};
  number_leaves leaves = {constant_reference, constant_draw, &s};
  double value = expr_evaluate(&leaves, e);
  if (s.is_constant)
    *out = value;
  return s.is_constant;
}

static const model_expr *value_of_param(const model_component *c, uint32_t item, const model_override *changes,
                                        uint32_t count) {
  while (count-- > 0)
    if (changes[count].target == REF_PARAM && changes[count].item == item)
      return changes[count].value;
  return c->params.data[item].value;
}

bool constant_value_with(const model_expr *e, const model_component *params, const model_override *changes,
                         uint32_t count, double *out) {
  if (e == NULL)
    return false;
  if (params == NULL || e->kind == MX_NUMBER || e->kind == MX_BOOL)
    return evaluate_constant(e, NULL, NULL, out);
  arena *scratch = arena_new();
  double *values = ARENA_ARRAY(scratch, double, params->params.len + 1); /* each from those before it */
  for (uint32_t i = 0; i < params->params.len; i++) {
    const model_expr *value = value_of_param(params, i, changes, count); /* NULL after an error */
    if (value == NULL || !evaluate_constant(value, params, values, &values[i]))
      values[i] = NAN;
  }
  bool is_constant = evaluate_constant(e, params, values, out);
  arena_free(scratch);
  return is_constant;
}

bool constant_value(const model_expr *e, const model_component *params, double *out) {
  return constant_value_with(e, params, NULL, 0, out);
}
