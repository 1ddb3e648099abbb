/* SPDX-License-Identifier: MIT */
/* Symbolic derivatives against differences, and what depends on what. */
#include "solve/solve.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARGS = 3 };

static uint64_t random_state = 42;

static uint32_t random_below(uint32_t n) {
  random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
  return (uint32_t)(random_state >> 33) % n;
}

static double random_unit(void) { return random_below(1u << 30) * 0x1p-30; }

static ir_value random_expr(ir_builder *b, uint32_t depth);

static ir_value random_function(ir_builder *b, uint32_t depth) {
  /* Those that are defined, and do not overflow, wherever small expressions end up. */
  static const char *const smooth[] = {"sin", "cos", "tanh", "atan", "sigmoid", "exprel", "expm1", "exp"};
  static const char *const positive[] = {"log", "log1p", "log10"};
  ir_value x = random_expr(b, depth - 1), one = ir_number(b, 1);
  ir_value square = ir_binary(b, IR_OP_mul, x, x);
  switch (random_below(5)) {
  case 0: {
    ir_value y = ir_binary(b, IR_OP_add, one, square);
    return ir_math(b, positive[random_below(3)], &y, 1);
  }
  case 1: {
    ir_value args[2] = {ir_binary(b, IR_OP_add, one, square), random_expr(b, depth - 1)};
    args[1] = ir_math(b, "sin", &args[1], 1);
    return ir_math(b, random_below(2) ? "pow" : "atan2", args, 2);
  }
  case 2: {
    ir_value args[3] = {ir_binary(b, IR_OP_add, one, square), ir_number(b, 0.5 + random_unit()),
                        ir_number(b, 1 + random_below(3))};
    return ir_math(b, "hill", args, 3);
  }
  default: {
    ir_value y = ir_math(b, "sin", &x, 1);
    return ir_math(b, smooth[random_below(8)], &y, 1);
  }
  }
}

static ir_value random_expr(ir_builder *b, uint32_t depth) {
  if (depth == 0)
    return random_below(3) ? ir_nullary(b, IR_OP_arg, random_below(ARGS)) : ir_number(b, 4 * random_unit() - 2);
  static const ir_opcode binary[] = {IR_OP_add, IR_OP_sub, IR_OP_mul, IR_OP_min, IR_OP_max};
  uint32_t kind = random_below(10);
  if (kind < 4) {
    ir_value x = random_expr(b, depth - 1);
    return ir_binary(b, binary[random_below(5)], x, random_expr(b, depth - 1));
  }
  if (kind < 7)
    return random_function(b, depth);
  ir_value x = random_expr(b, depth - 1), y = random_expr(b, depth - 1);
  if (kind == 7) {
    ir_value below = ir_binary(b, IR_OP_add, ir_number(b, 1), ir_binary(b, IR_OP_mul, y, y));
    return ir_binary(b, IR_OP_div, x, below);
  }
  if (kind == 8)
    return ir_select(b, ir_binary(b, IR_OP_lt, x, y), random_expr(b, depth - 1), y);
  return ir_ternary(b, IR_OP_fma, x, y, ir_unary(b, IR_OP_abs, random_expr(b, depth - 1)));
}

static double value_at(const ir_fragment *f, const double *args, uint32_t k, double shift) {
  double moved[ARGS], out;
  memcpy(moved, args, sizeof moved);
  moved[k] += shift;
  solve_evaluate(f, moved, &out);
  return out;
}

/* Fourth-order central differences at two widths: where these disagree there is a kink or a pole nearby. */
static bool difference(const ir_fragment *f, const double *args, uint32_t k, double *result) {
  double d[2];
  for (uint32_t i = 0; i < 2; i++) {
    double h = 1e-3 / (i + 1);
    d[i] = (8 * (value_at(f, args, k, h) - value_at(f, args, k, -h)) -
            (value_at(f, args, k, 2 * h) - value_at(f, args, k, -2 * h))) /
           (12 * h);
  }
  *result = d[1];
  return isfinite(d[0]) && fabs(d[0] - d[1]) <= 1e-8 * (1 + fabs(d[1]));
}

static void test_against_differences(void **state) {
  (void)state;
  uint32_t compared = 0;
  for (uint32_t round = 0; round < 1000; round++) {
    arena *a = arena_new();
    ir_fragment *f = ir_fragment_new(a);
    f->arg_count = ARGS;
    ir_builder b = ir_builder_in(a, f);
    vec_push(a, &f->outputs, random_expr(&b, 1 + round % 5));
    double args[ARGS];
    for (uint32_t i = 0; i < ARGS; i++)
      args[i] = 3 * random_unit() - 1.5;
    for (uint32_t k = 0; k < ARGS; k++) {
      double want, have;
      if (!difference(f, args, k, &want))
        continue;
      solve_evaluate(solve_derivative(a, f, 0, k), args, &have);
      if (!(fabs(have - want) <= 1e-6 * (1 + fabs(want))))
        fail_msg("round %u, argument %u: %.17g, differences say %.17g", round, k, have, want);
      compared++;
    }
    arena_free(a);
  }
  assert_true(compared > 2400);
}

/* The value of name(args) and its derivatives, at one point. */
static void check_function(const char *name, uint32_t arity, const double *at) {
  arena *a = arena_new();
  ir_fragment *f = ir_fragment_new(a);
  f->arg_count = ARGS;
  ir_builder b = ir_builder_in(a, f);
  ir_value args[ARGS];
  for (uint32_t i = 0; i < arity; i++)
    args[i] = ir_nullary(&b, IR_OP_arg, i);
  vec_push(a, &f->outputs, ir_math(&b, name, args, arity));
  for (uint32_t k = 0; k < arity; k++) {
    double want, have;
    assert_true(difference(f, at, k, &want));
    solve_evaluate(solve_derivative(a, f, 0, k), at, &have);
    if (!(fabs(have - want) <= 1e-7 * (1 + fabs(want))))
      fail_msg("%s, argument %u: %.17g, differences say %.17g", name, k, have, want);
  }
  arena_free(a);
}

static void test_every_function(void **state) {
  (void)state;
  for (uint32_t i = 0; i < ir_math_count; i++)
    check_function(ir_maths[i].name, ir_maths[i].arity, (const double[]){0.3, 0.7, 1.6});
  /* The series of exprel's derivative, and hill at 0. */
  for (int i = -3; i <= 3; i++)
    check_function("exprel", 1, (const double[]){0.06 * i, 0, 0});
}

/* ---- at the edges of what functions are defined for ---- */

static ir_value number(ir_builder *b, double x) { return ir_number(b, x); }

/* max(x, 0) */
static ir_value held_at_zero(ir_builder *b, ir_value x) { return ir_binary(b, IR_OP_max, x, number(b, 0)); }

static ir_value math(ir_builder *b, const char *name, ir_value x, ir_value y) {
  return ir_math(b, name, (ir_value[]){x, y}, y == IR_NO_VALUE ? 1 : 2);
}

typedef ir_value function_at_edge(ir_builder *b, ir_value x);

#define EDGE(name, formula)                                                                                            \
  static ir_value edge_##name(ir_builder *b, ir_value x) { return formula; }
EDGE(sqrt, ir_unary(b, IR_OP_sqrt, held_at_zero(b, x)))
EDGE(sqrt_of_abs, ir_unary(b, IR_OP_sqrt, ir_unary(b, IR_OP_abs, x)))
EDGE(pow, math(b, "pow", held_at_zero(b, x), number(b, 0.3)))
EDGE(hill, ir_math(b, "hill", (ir_value[]){held_at_zero(b, x), number(b, 1), number(b, 0.5)}, 3))
EDGE(asin, math(b, "asin", ir_binary(b, IR_OP_max, x, number(b, -1)), IR_NO_VALUE))
EDGE(acos, math(b, "acos", ir_binary(b, IR_OP_min, ir_unary(b, IR_OP_neg, x), number(b, 1)), IR_NO_VALUE))
EDGE(atan2, math(b, "atan2", held_at_zero(b, x), held_at_zero(b, x)))
EDGE(abs, ir_unary(b, IR_OP_abs, held_at_zero(b, x)))
EDGE(log, ir_select(b, ir_binary(b, IR_OP_gt, x, number(b, 0)), math(b, "log", x, IR_NO_VALUE), number(b, 1)))
EDGE(quotient, ir_select(b, ir_binary(b, IR_OP_eq, x, number(b, 0)), number(b, 1),
                         ir_binary(b, IR_OP_div, math(b, "expm1", x, IR_NO_VALUE), x)))
EDGE(min, ir_binary(b, IR_OP_min, ir_binary(b, IR_OP_add, x, number(b, 7)),
                    ir_binary(b, IR_OP_div, number(b, 1), ir_unary(b, IR_OP_abs, x))))
EDGE(max_math, math(b, "max", x, ir_unary(b, IR_OP_neg, ir_unary(b, IR_OP_abs, math(b, "log", x, IR_NO_VALUE)))))
EDGE(min_math, math(b, "min", ir_unary(b, IR_OP_sqrt, x), x))
EDGE(product, ir_binary(b, IR_OP_mul, x, ir_unary(b, IR_OP_sqrt, held_at_zero(b, x))))
#undef EDGE

/* The slopes, by hand: what is held stands still, of a branch that is not taken nothing is seen. */
static void test_at_edges(void **state) {
  (void)state;
  static const struct {
    const char *name;
    function_at_edge *f;
    double x, slope;
  } cases[] = {
      {"sqrt", edge_sqrt, 0, 0},
      {"sqrt", edge_sqrt, -1, 0},
      {"sqrt", edge_sqrt, 4, 0.25},
      {"pow", edge_pow, 0, 0},
      {"pow", edge_pow, -1, 0},
      {"pow", edge_pow, 1, 0.3},
      {"hill", edge_hill, 0, 0},
      {"hill", edge_hill, -1, 0},
      {"hill", edge_hill, 1, 0.125},
      {"asin", edge_asin, -1, 0},
      {"asin", edge_asin, -2, 0},
      {"asin", edge_asin, 0, 1},
      {"acos", edge_acos, -1, 0},
      {"acos", edge_acos, -2, 0},
      {"acos", edge_acos, 0, 1},
      {"atan2", edge_atan2, 0, 0},
      {"atan2", edge_atan2, -1, 0},
      {"atan2", edge_atan2, 2, 0},
      {"abs", edge_abs, 0, 0},
      {"abs", edge_abs, -1, 0},
      {"abs", edge_abs, 2, 1},
      {"log", edge_log, 0, 0},
      {"log", edge_log, -1, 0},
      {"log", edge_log, 4, 0.25},
      {"quotient", edge_quotient, 0, 0},
      {"min", edge_min, 0, 1},
      {"max", edge_max_math, 0.5, 1},
      {"min", edge_min_math, 0.25, 1},
      {"sqrt of abs", edge_sqrt_of_abs, 0, 0},
      {"sqrt of abs", edge_sqrt_of_abs, -4, -0.25},
      {"product", edge_product, 0, 0},
  };
  for (uint32_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    arena *a = arena_new();
    ir_fragment *f = ir_fragment_new(a);
    f->arg_count = 1;
    ir_builder b = ir_builder_in(a, f);
    vec_push(a, &f->outputs, cases[i].f(&b, ir_nullary(&b, IR_OP_arg, 0)));
    double have;
    solve_evaluate(solve_derivative(a, f, 0, 0), &cases[i].x, &have);
    if (!(fabs(have - cases[i].slope) <= 1e-12))
      fail_msg("%s at %g: slope %.17g, should be %g", cases[i].name, cases[i].x, have, cases[i].slope);
    arena_free(a);
  }
}

static void test_dependence(void **state) {
  (void)state;
  arena *a = arena_new();
  ir_fragment *f = ir_fragment_new(a);
  f->arg_count = 2;
  ir_builder b = ir_builder_in(a, f);
  ir_value x = ir_nullary(&b, IR_OP_arg, 0), y = ir_nullary(&b, IR_OP_arg, 1);
  ir_value zero = ir_binary(&b, IR_OP_mul, x, ir_number(&b, 0));
  vec_push(a, &f->outputs, ir_binary(&b, IR_OP_add, zero, y));
  ir_value cond = ir_binary(&b, IR_OP_lt, x, ir_number(&b, 1));
  vec_push(a, &f->outputs, ir_select(&b, cond, y, ir_number(&b, 2)));
  assert_false(solve_depends(a, f, 0, 0));
  assert_true(solve_depends(a, f, 0, 1));
  assert_true(solve_depends(a, f, 1, 0));
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_against_differences),
      cmocka_unit_test(test_every_function),
      cmocka_unit_test(test_at_edges),
      cmocka_unit_test(test_dependence),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
