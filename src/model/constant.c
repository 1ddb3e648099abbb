/* SPDX-License-Identifier: MIT */
/* constant.c - the value of an expression that does not depend on the run. */
#include "model/check.h"

#include <math.h>

static double exprel(double x) { return fabs(x) < 1e-5 ? 1 + x / 2 : expm1(x) / x; }

static double hill(double x, double k, double n) {
  double xn = pow(x, n);
  return xn / (xn + pow(k, n));
}

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double clip(double x, double lo, double hi) { return x < lo ? lo : x > hi ? hi : x; }
static double sign(double x) { return (x > 0) - (x < 0); }
static double step(double x) { return x >= 0 ? 1 : 0; }
static double least(double a, double b) { return b < a ? b : a; }
static double greatest(double a, double b) { return b > a ? b : a; }


typedef double fn1(double);
typedef double fn2(double, double);
typedef double fn3(double, double, double);

typedef struct {
  fn1 *one;
  fn2 *two;
  fn3 *three;
} math_row;

static const math_row maths[BUILTIN_COUNT] = {
    [BUILTIN_exp] = {.one = exp},
    [BUILTIN_expm1] = {.one = expm1},
    [BUILTIN_log] = {.one = log},
    [BUILTIN_log1p] = {.one = log1p},
    [BUILTIN_log10] = {.one = log10},
    [BUILTIN_sqrt] = {.one = sqrt},
    [BUILTIN_abs] = {.one = fabs},
    [BUILTIN_min] = {.two = least},
    [BUILTIN_max] = {.two = greatest},
    [BUILTIN_clip] = {.three = clip},
    [BUILTIN_floor] = {.one = floor},
    [BUILTIN_ceil] = {.one = ceil},
    [BUILTIN_round] = {.one = round},
    [BUILTIN_sign] = {.one = sign},
    [BUILTIN_step] = {.one = step},
    [BUILTIN_sin] = {.one = sin},
    [BUILTIN_cos] = {.one = cos},
    [BUILTIN_tan] = {.one = tan},
    [BUILTIN_asin] = {.one = asin},
    [BUILTIN_acos] = {.one = acos},
    [BUILTIN_atan] = {.one = atan},
    [BUILTIN_atan2] = {.two = atan2},
    [BUILTIN_sinh] = {.one = sinh},
    [BUILTIN_cosh] = {.one = cosh},
    [BUILTIN_tanh] = {.one = tanh},
    [BUILTIN_exprel] = {.one = exprel},
    [BUILTIN_hill] = {.three = hill},
    [BUILTIN_sigmoid] = {.one = sigmoid},
};

static bool call(uint32_t fn, const double *v, double *out) {
  const math_row *row = &maths[fn];
  if (row->one != NULL)
    *out = row->one(v[0]);
  else if (row->two != NULL)
    *out = row->two(v[0], v[1]);
  else if (row->three != NULL)
    *out = row->three(v[0], v[1], v[2]);
  return row->one != NULL || row->two != NULL || row->three != NULL;
}

static bool operate(model_expr_kind kind, const double *v, double *out) {
  bool is_true = false;
  switch (kind) {
  case MX_NEG:
    *out = -v[0];
    return true;
  case MX_ADD:
    *out = v[0] + v[1];
    return true;
  case MX_SUB:
    *out = v[0] - v[1];
    return true;
  case MX_MUL:
    *out = v[0] * v[1];
    return true;
  case MX_DIV:
    *out = v[0] / v[1];
    return true;
  case MX_POW:
    *out = pow(v[0], v[1]);
    return true;
  case MX_NOT:
    is_true = v[0] == 0;
    break;
  case MX_LT:
    is_true = v[0] < v[1];
    break;
  case MX_LE:
    is_true = v[0] <= v[1];
    break;
  case MX_GT:
    is_true = v[0] > v[1];
    break;
  case MX_GE:
    is_true = v[0] >= v[1];
    break;
  case MX_EQ:
    is_true = v[0] == v[1];
    break;
  case MX_NE:
    is_true = v[0] != v[1];
    break;
  case MX_AND:
    is_true = v[0] != 0 && v[1] != 0;
    break;
  case MX_OR:
    is_true = v[0] != 0 || v[1] != 0;
    break;
  default:
    return false;
  }
  *out = is_true ? 1 : 0;
  return true;
}

bool constant_value(const model_expr *e, const model_component *params, double *out) {
  if (e == NULL)
    return false;
  if (e->kind == MX_NUMBER || e->kind == MX_BOOL) {
    *out = e->number;
    return true;
  }
  if (e->kind == MX_REF)
    return params != NULL && e->ref.kind == REF_PARAM && e->ref.side == SIDE_SELF &&
           constant_value(params->params.data[e->ref.item].value, params, out);
  if (e->kind == MX_RANDOM)
    return false;
  double v[3] = {0};
  for (int i = 0; i < 3 && e->args[i] != NULL; i++)
    if (!constant_value(e->args[i], params, &v[i]))
      return false;
  if (e->kind == MX_SELECT) {
    *out = v[0] != 0 ? v[1] : v[2];
    return true;
  }
  return e->kind == MX_CALL ? call(e->fn, v, out) : operate(e->kind, v, out);
}
