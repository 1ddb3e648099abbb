/* SPDX-License-Identifier: MIT */
/* derivative.c - derivatives, operation by operation: one table of partial derivatives for operations, one for
 * the functions of nsa_math.def. */
#include "solve/solve.h"
#include "solve/symbolic_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The derivative of an operation with arguments x and result r by its argument k; IR_NO_VALUE: zero. */
typedef ir_value partial(symbolic *s, const ir_value *x, ir_value r, uint32_t k);

/* ---- operations ---- */

static ir_value partial_zero(symbolic *s, const ir_value *x, ir_value r, uint32_t k) {
  (void)s, (void)x, (void)r, (void)k;
  return IR_NO_VALUE;
}

static ir_value partial_add(symbolic *s, const ir_value *x, ir_value r, uint32_t k) {
  (void)x, (void)r, (void)k;
  return sym_num(s, 1);
}

static ir_value partial_sub(symbolic *s, const ir_value *x, ir_value r, uint32_t k) {
  (void)x, (void)r;
  return sym_num(s, k == 0 ? 1 : -1);
}

static ir_value partial_neg(symbolic *s, const ir_value *x, ir_value r, uint32_t k) {
  (void)x, (void)r, (void)k;
  return sym_num(s, -1);
}

static ir_value partial_mul(symbolic *s, const ir_value *x, ir_value r, uint32_t k) {
  (void)s, (void)r;
  return x[1 - k];
}

static ir_value partial_div(symbolic *s, const ir_value *x, ir_value r, uint32_t k) {
  return k == 0 ? sym_div(s, sym_num(s, 1), x[1]) : sym_neg(s, sym_div(s, r, x[1]));
}

static ir_value partial_fma(symbolic *s, const ir_value *x, ir_value r, uint32_t k) {
  (void)r;
  return k == 2 ? sym_num(s, 1) : x[1 - k];
}

/* Where x is above 0 this, else 0. At the edge of their domain the derivatives of these functions have no bound. A
 * value that reaches the edge is most often held there (`sqrt(max(x, 0))`), and then the result stands still, too. */
static ir_value above_zero(symbolic *s, ir_value x, ir_value slope) {
  ir_value zero = sym_num(s, 0);
  return symbolic_select(s, symbolic_binary(s, IR_OP_gt, x, zero), slope, zero);
}

static ir_value partial_sqrt(symbolic *s, const ir_value *x, ir_value r, uint32_t k) {
  (void)k;
  return above_zero(s, x[0], sym_div(s, sym_num(s, 0.5), r));
}

static partial *const op_partials[IR_OP_COUNT] = {
    [IR_OP_add] = partial_add,    [IR_OP_sub] = partial_sub,    [IR_OP_mul] = partial_mul,
    [IR_OP_div] = partial_div,    [IR_OP_neg] = partial_neg,    [IR_OP_fma] = partial_fma,
    [IR_OP_sqrt] = partial_sqrt,  [IR_OP_floor] = partial_zero, [IR_OP_ceil] = partial_zero,
    [IR_OP_round] = partial_zero, [IR_OP_sign] = partial_zero,  [IR_OP_step] = partial_zero,
};

/* ---- operations that take one of their branches: a select of the branches' slopes, never a product, which would make
 * NaN of what the other branch is not defined for ---- */

typedef ir_value branches(symbolic *s, const ir_value *x, const ir_value *slope);

static ir_value slope_of_select(symbolic *s, const ir_value *x, const ir_value *slope) {
  return symbolic_select(s, x[0], slope[1], slope[2]);
}

static ir_value slope_of_min(symbolic *s, const ir_value *x, const ir_value *slope) {
  return symbolic_select(s, symbolic_binary(s, IR_OP_lt, x[0], x[1]), slope[0], slope[1]);
}

static ir_value slope_of_max(symbolic *s, const ir_value *x, const ir_value *slope) {
  return symbolic_select(s, symbolic_binary(s, IR_OP_gt, x[0], x[1]), slope[0], slope[1]);
}

static ir_value slope_of_abs(symbolic *s, const ir_value *x, const ir_value *slope) {
  ir_value zero = sym_num(s, 0);
  ir_value below = symbolic_select(s, symbolic_binary(s, IR_OP_lt, x[0], zero), sym_neg(s, slope[0]), zero);
  return symbolic_select(s, symbolic_binary(s, IR_OP_gt, x[0], zero), slope[0], below);
}

static branches *const op_branches[IR_OP_COUNT] = {
    [IR_OP_select] = slope_of_select,
    [IR_OP_min] = slope_of_min,
    [IR_OP_max] = slope_of_max,
    [IR_OP_abs] = slope_of_abs,
};

/* ---- functions ---- */

static ir_value call(symbolic *s, const char *name, ir_value x) { return symbolic_math(s, name, &x, 1); }

static ir_value square(symbolic *s, ir_value x) { return sym_mul(s, x, x); }

static ir_value reciprocal(symbolic *s, ir_value x) { return sym_div(s, sym_num(s, 1), x); }

static ir_value slope_of_asin(symbolic *s, ir_value square_of_cosine) {
  return above_zero(s, square_of_cosine, reciprocal(s, symbolic_unary(s, IR_OP_sqrt, square_of_cosine)));
}

#define MATH_PARTIAL(name, formula)                                                                                    \
  static ir_value partial_math_##name(symbolic *s, const ir_value *x, ir_value r, uint32_t k) {                        \
    (void)s, (void)x, (void)r, (void)k;                                                                                \
    return formula;                                                                                                    \
  }
MATH_PARTIAL(exp, r)
MATH_PARTIAL(expm1, sym_add(s, r, sym_num(s, 1)))
MATH_PARTIAL(sigmoid, sym_mul(s, r, sym_sub(s, sym_num(s, 1), r)))
MATH_PARTIAL(log, reciprocal(s, x[0]))
MATH_PARTIAL(log1p, reciprocal(s, sym_add(s, sym_num(s, 1), x[0])))
MATH_PARTIAL(log10, sym_div(s, sym_num(s, 0.43429448190325182765), x[0]))
MATH_PARTIAL(sin, call(s, "cos", x[0]))
MATH_PARTIAL(cos, sym_neg(s, call(s, "sin", x[0])))
MATH_PARTIAL(tan, sym_add(s, sym_num(s, 1), square(s, r)))
MATH_PARTIAL(asin, slope_of_asin(s, sym_sub(s, sym_num(s, 1), square(s, x[0]))))
MATH_PARTIAL(acos, sym_neg(s, partial_math_asin(s, x, r, k)))
MATH_PARTIAL(atan, reciprocal(s, sym_add(s, sym_num(s, 1), square(s, x[0]))))
MATH_PARTIAL(sinh, call(s, "cosh", x[0]))
MATH_PARTIAL(cosh, call(s, "sinh", x[0]))
MATH_PARTIAL(tanh, sym_sub(s, sym_num(s, 1), square(s, r)))
/* 2/sqrt(pi) e^(-x^2) */
MATH_PARTIAL(erf, sym_mul(s, sym_num(s, 1.12837916709551257390), call(s, "exp", sym_neg(s, square(s, x[0])))))
#undef MATH_PARTIAL

/* exprel(x) = (e^x - 1)/x. (e^x - exprel(x))/x cancels near 0; there its series is used, whose next term is
 * under 1e-12 of the value. */
static ir_value partial_math_exprel(symbolic *s, const ir_value *x, ir_value r, uint32_t k) {
  (void)k;
  static const double series[] = {1.0 / 45360, 1.0 / 5760, 1.0 / 840, 1.0 / 144, 1.0 / 30, 1.0 / 8, 1.0 / 3, 0.5};
  ir_value sum = sym_num(s, series[0]);
  for (uint32_t i = 1; i < sizeof series / sizeof series[0]; i++)
    sum = sym_add(s, sym_mul(s, sum, x[0]), sym_num(s, series[i]));
  ir_value is_small = symbolic_binary(s, IR_OP_lt, symbolic_unary(s, IR_OP_abs, x[0]), sym_num(s, 0.1));
  return symbolic_select(s, is_small, sum, sym_div(s, sym_sub(s, call(s, "exp", x[0]), r), x[0]));
}

/* The logarithm where it exists, else 0: x^n log x goes to 0 with x. */
static ir_value safe_log(symbolic *s, ir_value x) {
  ir_value is_positive = symbolic_binary(s, IR_OP_gt, x, sym_num(s, 0));
  return symbolic_select(s, is_positive, call(s, "log", x), sym_num(s, 0));
}

static ir_value partial_math_pow(symbolic *s, const ir_value *x, ir_value r, uint32_t k) {
  if (k == 1)
    return sym_mul(s, r, safe_log(s, x[0]));
  ir_value zero = sym_num(s, 0), one = sym_num(s, 1), args[2] = {x[0], sym_sub(s, x[1], one)};
  ir_value slope = sym_mul(s, x[1], symbolic_math(s, "pow", args, 2));
  ir_value has_bound =
      symbolic_binary(s, IR_OP_or, symbolic_binary(s, IR_OP_ge, x[1], one), symbolic_binary(s, IR_OP_ne, x[0], zero));
  return symbolic_select(s, has_bound, slope, zero);
}

/* atan2(y, x) */
static ir_value partial_math_atan2(symbolic *s, const ir_value *x, ir_value r, uint32_t k) {
  (void)r;
  ir_value norm = sym_add(s, square(s, x[0]), square(s, x[1]));
  return above_zero(s, norm, k == 0 ? sym_div(s, x[1], norm) : sym_neg(s, sym_div(s, x[0], norm)));
}

/* hill(x, K, n) = x^n / (x^n + K^n): with r its value, dr/dlog x = n r (1 - r). */
static ir_value partial_math_hill(symbolic *s, const ir_value *x, ir_value r, uint32_t k) {
  ir_value slope = sym_mul(s, r, sym_sub(s, sym_num(s, 1), r));
  if (k == 2)
    return sym_mul(s, slope, safe_log(s, sym_div(s, x[0], x[1])));
  slope = sym_mul(s, x[2], slope);
  if (k == 1)
    return sym_neg(s, sym_div(s, slope, x[1]));
  ir_value is_one = symbolic_binary(s, IR_OP_eq, x[2], sym_num(s, 1));
  ir_value at_zero = symbolic_select(s, is_one, reciprocal(s, x[1]), sym_num(s, 0));
  ir_value is_zero = symbolic_binary(s, IR_OP_eq, x[0], sym_num(s, 0));
  return symbolic_select(s, is_zero, at_zero, sym_div(s, slope, x[0]));
}

/* nsa_math.def also names what has an operation of its own. */
#define partial_math_sqrt partial_sqrt
#define partial_math_abs NULL
#define partial_math_min NULL
#define partial_math_max NULL
#define partial_math_floor partial_zero
#define partial_math_ceil partial_zero
#define partial_math_round partial_zero
#define partial_math_sign partial_zero
#define partial_math_step partial_zero

/* A function without a derivative does not compile. */
static partial *const math_partials[] = {
#define NSA_MATH(name, arity) partial_math_##name,
#include "nsa_math.def"
};

/* ---- the chain rule, forwards ---- */

static partial *partial_of(const ir_op *op) {
  bool is_math = op->op >= IR_OP_math1 && op->op <= IR_OP_math3;
  partial *p = is_math ? math_partials[op->aux] : op_partials[op->op];
  if (p == NULL) {
    fprintf(stderr, "solve: no derivative of %s\n", ir_ops[op->op].word);
    abort();
  }
  return p;
}

static ir_value nonzero(const symbolic *s, ir_value v) { return symbolic_is_number(s, v, 0) ? IR_NO_VALUE : v; }

/* The operation's branches where it takes one of them, else NULL. */
static branches *branches_of(const ir_op *op) {
  bool is_math = op->op == IR_OP_math1 || op->op == IR_OP_math2;
  if (!is_math)
    return op_branches[op->op];
  for (uint32_t k = 0; k < IR_OP_COUNT; k++)
    if (op_branches[k] && strcmp(ir_ops[k].word, ir_maths[op->aux].name) == 0)
      return op_branches[k];
  return NULL;
}

static ir_value slope_of_branch(symbolic *s, const ir_op *op, const ir_value *slope) {
  ir_value own[3];
  for (uint32_t k = 0; k < ir_op_arg_count(op); k++)
    own[k] = slope[op->args[k]] == IR_NO_VALUE ? sym_num(s, 0) : slope[op->args[k]];
  return branches_of(op)(s, op->args, own);
}

/* slope[v]: the derivative of value v, IR_NO_VALUE where it is zero. */
static ir_value slope_of(symbolic *s, ir_value v, const ir_value *slope) {
  ir_op op = *symbolic_op_of(s, v);
  if (op.type != IR_F64)
    return IR_NO_VALUE;
  if (branches_of(&op))
    return nonzero(s, slope_of_branch(s, &op, slope));
  ir_value sum = IR_NO_VALUE;
  for (uint32_t k = 0; k < ir_op_arg_count(&op); k++) {
    if (slope[op.args[k]] == IR_NO_VALUE)
      continue;
    ir_value outer = partial_of(&op)(s, op.args, v, k);
    if (outer == IR_NO_VALUE)
      continue;
    ir_value term = sym_mul(s, outer, slope[op.args[k]]);
    sum = sum == IR_NO_VALUE ? term : sym_add(s, sum, term);
  }
  return sum == IR_NO_VALUE ? sum : nonzero(s, sum);
}

void symbolic_derive(symbolic *s, const ir_value *values, uint32_t count, uint32_t argument, ir_value *derivatives) {
  const ir_walk *w = symbolic_walk(s, values, count);
  const ir_value *met = w->met.data;
  ir_value *slope = s->scratch->value.data; /* of what is there now; operations are added below */
  for (uint32_t i = 0; i < w->met.len; i++) {
    const ir_op *op = symbolic_op_of(s, met[i]);
    s->b.at = op->at;
    if (op->op == IR_OP_arg)
      slope[met[i]] = op->aux == argument ? sym_num(s, 1) : IR_NO_VALUE;
    else
      slope[met[i]] = slope_of(s, met[i], slope);
  }
  s->b.at = SPAN_NONE;
  for (uint32_t i = 0; i < count; i++) {
    ir_value d = slope[values[i]];
    derivatives[i] = d == IR_NO_VALUE ? sym_num(s, 0) : d;
  }
}

/* ---- solve.h ---- */

static symbolic *symbolic_of(arena *a, const ir_fragment *f, ir_value **outputs) {
  symbolic *s = symbolic_new(a, f->arg_count);
  *outputs = ARENA_ARRAY(a, ir_value, f->outputs.len);
  symbolic_copy(s, f, NULL, *outputs);
  return s;
}

ir_fragment *solve_derivative(arena *a, const ir_fragment *f, uint32_t output, uint32_t argument) {
  ir_value *outputs, derivative;
  symbolic *s = symbolic_of(a, f, &outputs);
  symbolic_derive(s, &outputs[output], 1, argument, &derivative);
  return symbolic_fragment(s, &derivative, 1);
}

bool solve_depends(arena *a, const ir_fragment *f, uint32_t output, uint32_t argument) {
  ir_value *outputs;
  symbolic *s = symbolic_of(a, f, &outputs);
  bool *in_set = ARENA_ARRAY(a, bool, f->arg_count);
  in_set[argument] = true;
  return symbolic_depends(s, in_set, outputs[output]);
}

solve_evaluator solve_evaluator_new(arena *a, const ir_fragment *f) {
  return (solve_evaluator){f, ir_fragment_live(a, f), ARENA_ARRAY(a, double, f->body->ops.len)};
}

void solve_evaluator_run(const solve_evaluator *e, const double *args, double *outputs) {
  const ir_function *body = e->f->body;
  double *x = e->values;
  for (uint32_t i = 0; i < body->ops.len; i++) {
    const ir_op *op = &body->ops.data[i];
    double in[4] = {0};
    if (!e->is_live[i])
      continue;
    for (uint32_t k = 0; k < ir_op_arg_count(op); k++)
      in[k] = x[op->args[k]];
    if (op->op == IR_OP_arg || op->op == IR_OP_barg)
      in[0] = args[op->aux];
    x[i] = ir_evaluate(op, in);
  }
  for (uint32_t i = 0; i < e->f->outputs.len; i++)
    outputs[i] = x[e->f->outputs.data[i]];
}

void solve_evaluate(const ir_fragment *f, const double *args, double *outputs) {
  arena *scratch = arena_new();
  solve_evaluator e = solve_evaluator_new(scratch, f);
  solve_evaluator_run(&e, args, outputs);
  arena_free(scratch);
}
