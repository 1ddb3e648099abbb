/* SPDX-License-Identifier: MIT */
/* evaluate.c - what the pure operations do to numbers: the meaning of ir_ops.def in C. */
#include "ir/ir_internal.h"
#include "nsa_math.h"

#include <tgmath.h> /* fma of floats is one of floats */

typedef double pure_fn(const double *x);

/* Written out: fmin, fmax and the like treat NaN and -0 differently. Once with doubles, once with floats. */
#define PURE(name, expression)                                                                                         \
  static double pure_##name(const double *x) { return (double)(expression); }                                          \
  static double single_##name(const double *arguments) {                                                               \
    const float x[] = {(float)arguments[0], (float)arguments[1], (float)arguments[2]};                                 \
    return (double)(expression);                                                                                       \
  }
PURE(add, x[0] + x[1])
PURE(sub, x[0] - x[1])
PURE(mul, x[0] * x[1])
PURE(div, x[0] / x[1])
PURE(neg, -x[0])
PURE(fma, fma(x[0], x[1], x[2]))
PURE(min, x[0] < x[1] ? x[0] : x[1])
PURE(max, x[0] > x[1] ? x[0] : x[1])
PURE(abs, fabs(x[0]))
PURE(sqrt, sqrt(x[0]))
PURE(floor, floor(x[0]))
PURE(ceil, ceil(x[0]))
PURE(round, round(x[0]))
PURE(sign, x[0] > 0 ? 1.0 : x[0] < 0 ? -1.0 : 0.0)
PURE(step, x[0] >= 0 ? 1.0 : 0.0)
PURE(lt, x[0] < x[1])
PURE(le, x[0] <= x[1])
PURE(gt, x[0] > x[1])
PURE(ge, x[0] >= x[1])
PURE(eq, x[0] == x[1])
PURE(ne, x[0] != x[1])
PURE(select, x[0] != 0 ? x[1] : x[2])
#undef PURE
#define PURE(name, expression)                                                                                         \
  static double pure_##name(const double *x) { return expression; }
PURE(and, x[0] != 0 && x[1] != 0)
PURE(or, x[0] != 0 || x[1] != 0)
PURE(not, x[0] == 0)
#undef PURE

static pure_fn *const pure_fns[2][IR_OP_COUNT] = {
    {
        [IR_OP_add] = pure_add,       [IR_OP_sub] = pure_sub,        [IR_OP_mul] = pure_mul,
        [IR_OP_div] = pure_div,       [IR_OP_neg] = pure_neg,        [IR_OP_fma] = pure_fma,
        [IR_OP_min] = pure_min,       [IR_OP_max] = pure_max,        [IR_OP_abs] = pure_abs,
        [IR_OP_sqrt] = pure_sqrt,     [IR_OP_floor] = pure_floor,    [IR_OP_ceil] = pure_ceil,
        [IR_OP_round] = pure_round,   [IR_OP_sign] = pure_sign,      [IR_OP_step] = pure_step,
        [IR_OP_lt] = pure_lt,         [IR_OP_le] = pure_le,          [IR_OP_gt] = pure_gt,
        [IR_OP_ge] = pure_ge,         [IR_OP_eq] = pure_eq,          [IR_OP_ne] = pure_ne,
        [IR_OP_and] = pure_and,       [IR_OP_or] = pure_or,          [IR_OP_not] = pure_not,
        [IR_OP_select] = pure_select, [IR_OP_bselect] = pure_select,
    },
    {
        [IR_OP_add] = single_add,       [IR_OP_sub] = single_sub,     [IR_OP_mul] = single_mul,
        [IR_OP_div] = single_div,       [IR_OP_neg] = single_neg,     [IR_OP_fma] = single_fma,
        [IR_OP_min] = single_min,       [IR_OP_max] = single_max,     [IR_OP_abs] = single_abs,
        [IR_OP_sqrt] = single_sqrt,     [IR_OP_floor] = single_floor, [IR_OP_ceil] = single_ceil,
        [IR_OP_round] = single_round,   [IR_OP_sign] = single_sign,   [IR_OP_step] = single_step,
        [IR_OP_lt] = single_lt,         [IR_OP_le] = single_le,       [IR_OP_gt] = single_gt,
        [IR_OP_ge] = single_ge,         [IR_OP_eq] = single_eq,       [IR_OP_ne] = single_ne,
        [IR_OP_select] = single_select,
    }};

#define CALL_1(name) nsa_##name##_1(x[0])
#define CALL_2(name) nsa_##name##_1(x[0], x[1])
#define CALL_3(name) nsa_##name##_1(x[0], x[1], x[2])
#define CALL_SINGLE_1(name) nsa_##name##_single_1((float)x[0])
#define CALL_SINGLE_2(name) nsa_##name##_single_1((float)x[0], (float)x[1])
#define CALL_SINGLE_3(name) nsa_##name##_single_1((float)x[0], (float)x[1], (float)x[2])
#define NSA_MATH(name, arity)                                                                                          \
  static double math_##name(const double *x) { return CALL_##arity(name); }                                            \
  static double math_single_##name(const double *x) { return (double)CALL_SINGLE_##arity(name); }
#include "nsa_math.def"

enum {
#define NSA_MATH(name, arity) MATH_##name,
#include "nsa_math.def"
  MATH_COUNT
};

static pure_fn *const math_fns[2][MATH_COUNT] = {{
#define NSA_MATH(name, arity) math_##name,
#include "nsa_math.def"
                                                 },
                                                 {
#define NSA_MATH(name, arity) math_single_##name,
#include "nsa_math.def"
                                                 }};

static bool is_math(const ir_op *op) { return op->op >= IR_OP_math1 && op->op <= IR_OP_math3; }

bool ir_can_evaluate(const ir_op *op) {
  return pure_fns[0][op->op] != NULL || is_math(op) || op->op == IR_OP_const || op->op == IR_OP_bool ||
         op->op == IR_OP_arg || op->op == IR_OP_barg;
}

double ir_evaluate(const ir_op *op, const double *args) {
  if (op->op == IR_OP_const || op->op == IR_OP_bool)
    return op->number;
  if (op->op == IR_OP_arg || op->op == IR_OP_barg)
    return args[0];
  return is_math(op) ? math_fns[op->is_single][op->aux](args) : pure_fns[op->is_single][op->op](args);
}
