/* SPDX-License-Identifier: MIT */
/* exponential_merge.c - exponentials of multiples of one quantity become powers of one exponential: with
 * e = exp(-u/360), exp((17 - u)/18) is exp(17/18) e^20. Most rates of Hodgkin-Huxley channels are of this kind. This is
 * done before anything is computed from the program, so that compiled kernels and the interpreter agree.
 *
 * A power n carries the roundings of e n times, and those of its products: less than 2e-14 in all with n <= 128.
 * exprel is taken from a series where e^x - 1 would show them; an exp from which 1 is taken is left alone. */
#include "ir/build.h"
#include "ir/exponential.h"
#include "ir/ir_internal.h"

typedef struct {
  const ir_function *from;
  ir_builder b;
  ir_value *map;                  /* per operation of `from` */
  ir_value *inverse;              /* of a call by which something is divided: 1/call */
  exponential_family **family_of; /* of a call, else NULL */
  const exponential_call **call_of;
} merging;

static ir_value binary(merging *m, ir_opcode op, ir_value x, ir_value y) { return ir_binary(&m->b, op, x, y); }
static ir_value number(merging *m, double x) { return ir_number(&m->b, x); }

static void compute_powers(merging *m, exponential_family *f) {
  ir_value argument = binary(m, IR_OP_mul, m->map[f->base], number(m, f->unit));
  f->powers[1] = ir_math(&m->b, "exp", &argument, 1);
  for (uint32_t i = 0; i < f->products.len; i++) {
    exponential_product p = f->products.data[i];
    f->powers[p.sum] = binary(m, IR_OP_mul, f->powers[p.sum - p.by], f->powers[p.by]);
  }
}

/* e^x of a call's argument where its power is positive, else e^-x. */
static ir_value power_of(merging *m, const exponential_family *f, const exponential_call *c) {
  ir_value offset = number(m, c->power > 0 ? c->offset : -c->offset);
  ir_value power = f->powers[c->power > 0 ? c->power : -c->power];
  return c->offset == 0 ? power : binary(m, IR_OP_mul, power, ir_math(&m->b, "exp", &offset, 1));
}

/* Limited so that a ratio of two such values is finite; larger values would make no difference to it. min gives its
 * second argument for NaN, so NaN stays. */
static ir_value limited(merging *m, ir_value x) { return binary(m, IR_OP_min, number(m, 1e250), x); }

/* x/(e^x - 1) = 1 - x/2 + x^2/12 - x^4/720 + x^6/30240 - ..., to 2e-16 for |x| < 1/16. */
static ir_value series(merging *m, ir_value x) {
  ir_value square = binary(m, IR_OP_mul, x, x);
  ir_value sum = ir_ternary(&m->b, IR_OP_fma, square, number(m, 1.0 / 30240), number(m, -1.0 / 720));
  sum = ir_ternary(&m->b, IR_OP_fma, sum, square, number(m, 1.0 / 12));
  ir_value line = ir_ternary(&m->b, IR_OP_fma, x, number(m, -0.5), number(m, 1));
  return ir_ternary(&m->b, IR_OP_fma, sum, square, line);
}

/* exprel(x) as a quotient of two: (e^x - 1)/x, or (1 - e^-x)/(x e^-x), or 1/series. */
static void write_exprel(merging *m, uint32_t at, ir_value e) {
  const exponential_call *c = m->call_of[at];
  ir_value x = limited(m, m->map[m->from->ops.data[at].args[0]]), one = number(m, 1), top, bottom;
  if (c->power > 0) {
    top = binary(m, IR_OP_sub, e, one);
    bottom = x;
  } else {
    e = limited(m, e);
    top = binary(m, IR_OP_sub, one, e);
    bottom = binary(m, IR_OP_mul, x, e);
  }
  ir_value is_small = binary(m, IR_OP_lt, ir_unary(&m->b, IR_OP_abs, x), number(m, 1.0 / 16));
  top = ir_select(&m->b, is_small, one, top);
  bottom = ir_select(&m->b, is_small, series(m, x), bottom);
  if (c->is_used_else)
    m->map[at] = binary(m, IR_OP_div, top, bottom);
  if (c->is_divided_by)
    m->inverse[at] = binary(m, IR_OP_div, bottom, top);
}

static void write_sigmoid(merging *m, uint32_t at, ir_value e) {
  ir_value one = number(m, 1), top = one;
  if (m->call_of[at]->power > 0)
    top = e = limited(m, e);
  m->map[at] = binary(m, IR_OP_div, top, binary(m, IR_OP_add, one, e));
}

static void write_call(merging *m, uint32_t at) {
  exponential_family *f = m->family_of[at];
  const exponential_call *c = m->call_of[at];
  if (f->powers[1] == IR_NO_VALUE)
    compute_powers(m, f);
  ir_value e = power_of(m, f, c);
  if (c->kind == EXPONENTIAL_EXPREL)
    write_exprel(m, at, e);
  else if (c->kind == EXPONENTIAL_SIGMOID)
    write_sigmoid(m, at, e);
  else
    m->map[at] = c->power > 0 ? e : binary(m, IR_OP_div, number(m, 1), e);
}

static void write_op(merging *m, uint32_t i) {
  const ir_op *op = &m->from->ops.data[i];
  m->b.at = op->at;
  if (m->family_of[i] != NULL)
    write_call(m, i);
  else if (op->op == IR_OP_div && m->family_of[op->args[1]] != NULL &&
           m->call_of[op->args[1]]->kind == EXPONENTIAL_EXPREL)
    m->map[i] = binary(m, IR_OP_mul, m->map[op->args[0]], m->inverse[op->args[1]]);
  else
    m->map[i] = ir_copy_op(&m->b, m->from, op, m->map);
}

void ir_merge_exponentials(ir_program *p, ir_function *f) {
  exponential_families families = exponential_find(p->arena, f);
  if (families.len == 0)
    return;
  ir_function *to = ir_function_anew(p->arena, f);
  merging m = {.from = f, .b = ir_builder_on(p, to)};
  m.map = ARENA_ARRAY(p->arena, ir_value, f->ops.len);
  m.inverse = ARENA_ARRAY(p->arena, ir_value, f->ops.len);
  m.family_of = ARENA_ARRAY(p->arena, exponential_family *, f->ops.len);
  m.call_of = ARENA_ARRAY(p->arena, const exponential_call *, f->ops.len);
  for (uint32_t i = 0; i < families.len; i++)
    for (uint32_t k = 0; k < families.data[i]->calls.len; k++) {
      const exponential_call *call = &families.data[i]->calls.data[k];
      m.family_of[call->at] = families.data[i];
      m.call_of[call->at] = call;
    }
  for (uint32_t i = 0; i < f->ops.len; i++)
    write_op(&m, i);
  *f = *to;
}
