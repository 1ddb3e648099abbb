/* SPDX-License-Identifier: MIT */
/* evaluate.c - numbers of expressions before anything runs: constants, and the point at which the
 * timescale analysis looks. Only analysis reads them, so the C library's functions are good enough;
 * what the run computes comes from kernels. */
#include "lower/lower_internal.h"
#include <math.h>

typedef struct {
  lowering *l;
  bool is_connection;
  uint32_t owner;
  const model_component *component;
  bool is_constant;
  uint32_t depth;
} evaluation;

static double evaluate(evaluation *ev, const model_expr *e);

/* A parameter or state by its override, else by its declaration. */
static double evaluate_named(evaluation *ev, model_ref_kind kind, uint32_t item) {
  ev->is_constant = false;
  const model_expr *value = lower_initial_value(ev->l, ev->is_connection, ev->owner, kind, item);
  if (!value || ++ev->depth > 64)
    return 0;
  double x = evaluate(ev, value);
  ev->depth--;
  return x;
}

static double evaluate_ref(evaluation *ev, const model_expr *e) {
  if (e->ref.side != SIDE_SELF && e->ref.kind != REF_TIME && e->ref.kind != REF_DT) {
    ev->is_constant = false;
    return 0;
  }
  switch (e->ref.kind) {
  case REF_PARAM:
  case REF_STATE:
    return evaluate_named(ev, e->ref.kind, e->ref.item);
  case REF_LET:
    return evaluate(ev, ev->component->lets.data[e->ref.item].value);
  case REF_DT:
    return ev->l->m->timescales.data[ev->component->timescale].dt;
  default:
    ev->is_constant = false;
    return 0;
  }
}

static double evaluate_random(evaluation *ev, const model_expr *e) {
  ev->is_constant = false;
  double a = evaluate(ev, e->args[0]);
  return e->fn == BUILTIN_uniform ? (a + evaluate(ev, e->args[1])) / 2 : a;
}

static double clamp(double x, double lo, double hi) { return x < lo ? lo : x > hi ? hi : x; }

static double evaluate_call(evaluation *ev, const model_expr *e) {
  double a = evaluate(ev, e->args[0]);
  double b = e->args[1] ? evaluate(ev, e->args[1]) : 0;
  double c = e->args[2] ? evaluate(ev, e->args[2]) : 0;
  switch ((model_builtin)e->fn) {
  case BUILTIN_exp:
    return exp(a);
  case BUILTIN_expm1:
    return expm1(a);
  case BUILTIN_log:
    return log(a);
  case BUILTIN_log1p:
    return log1p(a);
  case BUILTIN_log10:
    return log10(a);
  case BUILTIN_sqrt:
    return sqrt(a);
  case BUILTIN_abs:
    return fabs(a);
  case BUILTIN_min:
    return a < b ? a : b;
  case BUILTIN_max:
    return a > b ? a : b;
  case BUILTIN_clip:
    return clamp(a, b, c);
  case BUILTIN_floor:
    return floor(a);
  case BUILTIN_ceil:
    return ceil(a);
  case BUILTIN_round:
    return round(a);
  case BUILTIN_sign:
    return (a > 0) - (a < 0);
  case BUILTIN_step:
    return a >= 0;
  case BUILTIN_sin:
    return sin(a);
  case BUILTIN_cos:
    return cos(a);
  case BUILTIN_tan:
    return tan(a);
  case BUILTIN_asin:
    return asin(a);
  case BUILTIN_acos:
    return acos(a);
  case BUILTIN_atan:
    return atan(a);
  case BUILTIN_atan2:
    return atan2(a, b);
  case BUILTIN_sinh:
    return sinh(a);
  case BUILTIN_cosh:
    return cosh(a);
  case BUILTIN_tanh:
    return tanh(a);
  case BUILTIN_exprel:
    return fabs(a) < 1e-12 ? 1 : expm1(a) / a;
  case BUILTIN_hill:
    return pow(a, c) / (pow(a, c) + pow(b, c));
  case BUILTIN_sigmoid:
    return 1 / (1 + exp(-a));
  default:
    return 0;
  }
}

static double evaluate_operator(evaluation *ev, const model_expr *e) {
  double a = evaluate(ev, e->args[0]);
  double b = e->args[1] ? evaluate(ev, e->args[1]) : 0;
  switch (e->kind) {
  case MX_NEG:
    return -a;
  case MX_NOT:
    return a == 0;
  case MX_ADD:
    return a + b;
  case MX_SUB:
    return a - b;
  case MX_MUL:
    return a * b;
  case MX_DIV:
    return a / b;
  case MX_POW:
    return pow(a, b);
  case MX_LT:
    return a < b;
  case MX_LE:
    return a <= b;
  case MX_GT:
    return a > b;
  case MX_GE:
    return a >= b;
  case MX_EQ:
    return a == b;
  case MX_NE:
    return a != b;
  case MX_AND:
    return a != 0 && b != 0;
  case MX_OR:
    return a != 0 || b != 0;
  default:
    return 0;
  }
}

static double evaluate(evaluation *ev, const model_expr *e) {
  switch (e->kind) {
  case MX_NUMBER:
  case MX_BOOL:
    return e->number;
  case MX_REF:
    return evaluate_ref(ev, e);
  case MX_SELECT:
    return evaluate(ev, e->args[0]) != 0 ? evaluate(ev, e->args[1]) : evaluate(ev, e->args[2]);
  case MX_CALL:
    return evaluate_call(ev, e);
  case MX_RANDOM:
    return evaluate_random(ev, e);
  default:
    return evaluate_operator(ev, e);
  }
}

evaluated lower_evaluate(lowering *l, bool is_connection, uint32_t owner, const model_expr *e) {
  evaluation ev = {.l = l, .is_connection = is_connection, .owner = owner, .is_constant = true};
  ev.component =
      is_connection ? component_of_connection(l, owner) : component_of_population(l, owner);
  double value = evaluate(&ev, e);
  return (evaluated){value, ev.is_constant};
}
