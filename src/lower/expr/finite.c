/* SPDX-License-Identifier: MIT */
/* finite.c - where values are looked at that may not be finite.
 *
 * States are looked at where they are stored. An input is not, where it goes into an equation that becomes infinite, or
 * no number, with it: the state tells soon enough, and the runtime finds the input behind it. */
#include "lower/expr/expr.h"
#include <math.h>

static bool is_checked(const ir_program *p, const ir_function *f, ir_value x) {
  const ir_op *op = &f->ops.data[x];
  if (op->op == IR_OP_load && p->fields.data[op->field].kind == NSA_FIELD_STATE)
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

/* Whether the expression is not finite where the input is not. */
static bool carries(const model_component *c, const model_expr *e, uint32_t input) {
  switch (e->kind) {
  case MX_REF:
    if (e->ref.side != SIDE_SELF)
      return false;
    if (e->ref.kind == REF_LET)
      return carries(c, c->lets.data[e->ref.item].value, input);
    return e->ref.kind == REF_INPUT && e->ref.item == input;
  case MX_NEG:
  case MX_DIV:
    return carries(c, e->args[0], input);
  case MX_ADD:
  case MX_SUB:
  case MX_MUL:
    return carries(c, e->args[0], input) || carries(c, e->args[1], input);
  default:
    return false;
  }
}

bool lower_shows_input(const lowering *l, uint32_t population, uint32_t input) {
  const model_component *c = component_of_population(l, population);
  if (ticks_of_population(l, population) > 1)
    return false;
  for (uint32_t k = 0; k < c->odes.len; k++)
    if (!c->odes.data[k].unless && c->odes.data[k].timescale == c->timescale && carries(c, c->odes.data[k].rate, input))
      return true;
  return false;
}
