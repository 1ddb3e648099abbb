/* SPDX-License-Identifier: MIT */
/* The choice of methods, refusals, eigenvalues, fixed points. */
#include "solve/eigenvalues.h"
#include "solve/solve.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* Two states x, y; t; an invariant p; an input q; noises per the test. */
typedef struct {
  arena *a;
  ir_fragment *f;
  ir_builder b;
  ir_value x, y, t, p, q;
  solve_system system;
  solver_kind solver[2];
  bool is_invariant[2];
} fixture;

static void start(fixture *m) {
  *m = (fixture){.a = arena_new()};
  m->f = ir_fragment_new(m->a);
  m->f->arg_count = 5;
  m->b = ir_builder_in(m->a, m->f);
  ir_value *args[] = {&m->x, &m->y, &m->t, &m->p, &m->q};
  for (uint32_t i = 0; i < 5; i++)
    *args[i] = ir_nullary(&m->b, IR_OP_arg, i);
  m->is_invariant[0] = true;
  m->system = (solve_system){.n = 2, .rates = m->f, .is_invariant = m->is_invariant, .solver = m->solver, .dt = 0.1};
}

static void output(fixture *m, ir_value v) { vec_push(m->a, &m->f->outputs, v); }
static ir_value mul(fixture *m, ir_value x, ir_value y) { return ir_binary(&m->b, IR_OP_mul, x, y); }
static ir_value add(fixture *m, ir_value x, ir_value y) { return ir_binary(&m->b, IR_OP_add, x, y); }
static ir_value number(fixture *m, double x) { return ir_number(&m->b, x); }

static solve_choice choose(fixture *m, uint32_t state, const double *values, const bool *is_reset) {
  return solve_choose(m->a, &m->system, values, is_reset, NULL)[state];
}

/* Of both states, when nothing is known of values. */
static void assert_choices(fixture *m, solver_kind first, solver_kind second) {
  const solve_choice *choices = solve_choose(m->a, &m->system, NULL, NULL, NULL);
  solver_kind want[2] = {first, second};
  for (uint32_t i = 0; i < 2; i++)
    if (choices[i].solver != want[i])
      fail_msg("state %u: method %d (%s), not %d", i, choices[i].solver, choices[i].reason, want[i]);
  for (uint32_t i = 0; i < 2; i++)
    m->solver[i] = want[i];
  for (uint32_t i = 0; i < 2; i++) {
    assert_non_null(choices[i].reason);
    assert_null(solve_refuses(m->a, &m->system, i, want[i]));
  }
}

static void test_linear_is_exact(void **state) {
  (void)state;
  fixture m;
  start(&m); /* x' = p y + q, y' = -x */
  output(&m, add(&m, mul(&m, m.p, m.y), m.q));
  output(&m, ir_unary(&m.b, IR_OP_neg, m.x));
  assert_choices(&m, SOLVER_exact, SOLVER_exact);
  arena_free(m.a);
}

static void test_conditionally_linear(void **state) {
  (void)state;
  fixture m;
  start(&m); /* x' = y (1 - x): bilinear; y' = -p y */
  output(&m, mul(&m, m.y, ir_binary(&m.b, IR_OP_sub, number(&m, 1), m.x)));
  output(&m, mul(&m, ir_unary(&m.b, IR_OP_neg, m.p), m.y));
  assert_choices(&m, SOLVER_exponential_midpoint, SOLVER_exponential_midpoint);
  arena_free(m.a);
}

static void test_varying_coefficient(void **state) {
  (void)state;
  fixture m;
  start(&m); /* x' = -q x, y' = y^2 */
  output(&m, mul(&m, ir_unary(&m.b, IR_OP_neg, m.q), m.x));
  output(&m, mul(&m, m.y, m.y));
  assert_choices(&m, SOLVER_exponential_euler, SOLVER_rk4);
  arena_free(m.a);
}

static void test_kinks_are_not_linear(void **state) {
  (void)state;
  fixture m;
  start(&m); /* x' = -x + step(x): the derivative hides the jump; y' = y where t < 1 */
  output(&m, ir_binary(&m.b, IR_OP_sub, ir_unary(&m.b, IR_OP_step, m.x), m.x));
  ir_value early = ir_binary(&m.b, IR_OP_lt, m.t, number(&m, 1));
  output(&m, ir_select(&m.b, early, m.y, number(&m, 0)));
  assert_choices(&m, SOLVER_rk4, SOLVER_exponential_midpoint);
  arena_free(m.a);
}

static void test_later_choices_do_not_spoil_exact(void **state) {
  (void)state;
  fixture m;
  start(&m); /* the author wants x' = y - x y exact, with y held: y must then not join it */
  output(&m, ir_binary(&m.b, IR_OP_sub, m.y, mul(&m, m.x, m.y)));
  output(&m, ir_unary(&m.b, IR_OP_neg, m.y));
  m.solver[0] = SOLVER_exact;
  assert_null(solve_refuses(m.a, &m.system, 0, SOLVER_exact));
  assert_int_equal(choose(&m, 1, NULL, NULL).solver, SOLVER_exponential_euler);
  arena_free(m.a);
}

static void test_noise(void **state) {
  (void)state;
  fixture m;
  start(&m); /* dx = -x dt + p dW, dy = (x - y) dt */
  output(&m, ir_unary(&m.b, IR_OP_neg, m.x));
  output(&m, ir_binary(&m.b, IR_OP_sub, m.x, m.y));
  output(&m, m.p);
  output(&m, number(&m, 0));
  m.system.noise_count = 1;
  assert_choices(&m, SOLVER_euler_maruyama,
                 SOLVER_exponential_euler); /* one draw a step is not enough for both exact */
  assert_non_null(solve_refuses(m.a, &m.system, 0, SOLVER_rk4));
  assert_non_null(solve_refuses(m.a, &m.system, 0, SOLVER_implicit));
  assert_null(solve_refuses(m.a, &m.system, 1, SOLVER_rk4));
  assert_null(solve_refuses(m.a, &m.system, 0, SOLVER_milstein));
  m.solver[0] = SOLVER_exact;
  /* One noise spreads over two states: exact needs two draws. */
  assert_non_null(solve_refuses(m.a, &m.system, 1, SOLVER_exact));
  m.system.gauss_count = 3;
  assert_null(solve_refuses(m.a, &m.system, 1, SOLVER_exact));
  m.solver[0] = m.solver[1] = SOLVER_automatic;
  assert_choices(&m, SOLVER_exact, SOLVER_exact);
  arena_free(m.a);
}

static void test_multiplicative_noise(void **state) {
  (void)state;
  fixture m;
  start(&m); /* dx = -x dt + x dW1, dy = x dW2: the second does not commute with the first */
  output(&m, ir_unary(&m.b, IR_OP_neg, m.x));
  output(&m, number(&m, 0));
  output(&m, m.x);
  output(&m, number(&m, 0));
  output(&m, number(&m, 0));
  output(&m, m.x);
  m.system.noise_count = 2;
  assert_choices(&m, SOLVER_euler_maruyama, SOLVER_euler_maruyama);
  m.solver[0] = SOLVER_milstein;
  assert_null(solve_refuses(m.a, &m.system, 0, SOLVER_milstein));
  assert_non_null(solve_refuses(m.a, &m.system, 1, SOLVER_milstein));
  assert_non_null(solve_refuses(m.a, &m.system, 0, SOLVER_exact));
  arena_free(m.a);
}

/* What is joined has one method, of the order of the slowest to see: one linear equation beside one that is not. */
static void test_groups(void **state) {
  (void)state;
  fixture m;
  start(&m); /* x' = -x^2, y' = x - y */
  output(&m, ir_unary(&m.b, IR_OP_neg, mul(&m, m.x, m.x)));
  output(&m, ir_binary(&m.b, IR_OP_sub, m.x, m.y));
  assert_choices(&m, SOLVER_rk4, SOLVER_rk4);
  m.solver[0] = m.solver[1] = SOLVER_automatic;
  const double slow[5] = {1, 1, 0, 1, 1},
               fast[5] = {100, 1, 0, 1, 1}; /* dx'/dx = -2x: 0.2 and 20 time constants in a step */
  const bool is_reset[2] = {true, false};
  assert_int_equal(choose(&m, 1, slow, NULL).solver, SOLVER_rk4);
  assert_int_equal(choose(&m, 1, fast, NULL).solver, SOLVER_implicit);
  assert_true(choose(&m, 1, fast, NULL).depends_on_values);
  assert_int_equal(choose(&m, 1, slow, is_reset).solver, SOLVER_adaptive);
  assert_int_equal(choose(&m, 1, fast, is_reset).solver, SOLVER_implicit);
  assert_int_equal(choose(&m, 1, NULL, NULL).group, 0);
  m.solver[0] = SOLVER_heun; /* y joins the one that is named, where that is of second order */
  assert_int_equal(choose(&m, 1, slow, NULL).solver, SOLVER_heun);
  m.solver[0] = SOLVER_euler;
  assert_int_equal(choose(&m, 1, slow, NULL).solver, SOLVER_exact);
  arena_free(m.a);
}

/* What is mild at the start and stiff later is known before: x' = y - 1000 x y^2, y' = 1 - x^2, from y = 0. */
static void test_stiff_later(void **state) {
  (void)state;
  fixture m;
  start(&m);
  ir_value square = mul(&m, m.y, m.y);
  output(&m, ir_binary(&m.b, IR_OP_sub, m.y, mul(&m, number(&m, 1000), mul(&m, m.x, square))));
  output(&m, ir_binary(&m.b, IR_OP_sub, number(&m, 1), mul(&m, m.x, m.x)));
  const double values[5] = {0, 0, 0, 1, 1};
  const solve_spectrum at_start = solve_analyse(m.a, &m.system, values);
  assert_true(at_start.fastest == 0 || at_start.fastest > 1);
  m.system.dt = 0.1;
  assert_int_equal(choose(&m, 0, values, NULL).solver, SOLVER_exponential_midpoint);
  m.f->outputs.data[1] =
      ir_binary(&m.b, IR_OP_sub, m.f->outputs.data[1], mul(&m, square, square)); /* not linear in itself */
  assert_int_equal(choose(&m, 0, values, NULL).solver, SOLVER_implicit);
  arena_free(m.a);
}

/* Each linear in itself, but they act on each other more than the midpoint rule bears: x' = k (y - x), y' = k (x - y).
 */
static void test_unstable_midpoint(void **state) {
  (void)state;
  fixture m;
  start(&m);
  ir_value coefficient = mul(&m, m.q, m.q); /* not invariant, so that exact is no choice */
  output(&m, mul(&m, coefficient, ir_binary(&m.b, IR_OP_sub, mul(&m, number(&m, 3), m.y), m.x)));
  output(&m, mul(&m, coefficient, ir_binary(&m.b, IR_OP_sub, mul(&m, number(&m, -3), m.x), m.y)));
  const double slow[5] = {1, 1, 0, 1, 1}, fast[5] = {1, 1, 0, 1, 20};
  assert_int_equal(choose(&m, 0, slow, NULL).solver, SOLVER_exponential_midpoint);
  assert_int_equal(choose(&m, 0, fast, NULL).solver, SOLVER_implicit);
  arena_free(m.a);
}

/* A transmitter q that binds: x' = y - q x, y' = q x - y is stiff when q is large, and x' = y^2 - q x is not known to
 * be. */
static void test_stiff_from_outside(void **state) {
  (void)state;
  fixture m;
  start(&m);
  ir_value bound = ir_binary(&m.b, IR_OP_sub, mul(&m, m.q, m.x), m.y);
  output(&m, ir_unary(&m.b, IR_OP_neg, bound));
  output(&m, bound);
  const double values[5] = {1, 0, 0, 1, 0};
  assert_int_equal(choose(&m, 0, values, NULL).solver, SOLVER_implicit);
  const bool outside[2] = {true, true}; /* q follows from parameters; then nothing comes from outside */
  m.system.is_invariant = outside;
  m.f->outputs.data[0] = ir_binary(&m.b, IR_OP_sub, mul(&m, m.y, m.y), mul(&m, m.q, m.x));
  assert_int_equal(choose(&m, 0, values, NULL).solver, SOLVER_exponential_midpoint);
  const bool is_set[2] = {false, true}; /* but y, which acts on x with a strength of 2 y, may be anything */
  assert_int_equal(solve_choose(m.a, &m.system, values, NULL, is_set)[0].solver, SOLVER_implicit);
  const bool own[2] = {true, false}; /* what x is changes nothing in how x and y act on each other */
  assert_int_equal(solve_choose(m.a, &m.system, values, NULL, own)[0].solver, SOLVER_exponential_midpoint);
  arena_free(m.a);
}

static void test_refusals(void **state) {
  (void)state;
  fixture m;
  start(&m);
  output(&m, mul(&m, m.x, m.x));
  output(&m, m.x);
  assert_non_null(solve_refuses(m.a, &m.system, 0, SOLVER_exact));
  assert_null(solve_refuses(m.a, &m.system, 0, SOLVER_adaptive));
  assert_non_null(solve_refuses(m.a, &m.system, 0, SOLVER_automatic));
  arena_free(m.a);
}

/* ---- numbers ---- */

static void test_eigenvalues(void **state) {
  (void)state;
  arena *a = arena_new();
  double real[40], imaginary[40];
  const double rotation[] = {0, 1, -4, 0};
  assert_true(eigenvalues_of(a, 2, rotation, real, imaginary));
  assert_true(fabs(fabs(imaginary[0]) - 2) < 1e-14 && fabs(real[0]) < 1e-14);
  /* A companion matrix of (x-1)(x-2)...(x-6), badly scaled by units. */
  double companion[36] = {21, -175, 735, -1624, 1764, -720}, sum = 0, product = 1;
  for (uint32_t i = 0; i < 5; i++)
    companion[(i + 1) * 6 + i] = 1;
  for (uint32_t i = 0; i < 6; i++)
    for (uint32_t j = 0; j < 6; j++)
      companion[i * 6 + j] *= pow(1e3, (double)i - (double)j);
  assert_true(eigenvalues_of(a, 6, companion, real, imaginary));
  for (uint32_t i = 0; i < 6; i++) {
    assert_true(fabs(real[i] - round(real[i])) < 1e-8 && imaginary[i] == 0);
    sum += real[i];
    product *= real[i];
  }
  assert_true(fabs(sum - 21) < 1e-9 && fabs(product - 720) < 1e-6);
  /* A cyclic shift: the roots of unity, on which unshifted QR goes in circles. */
  double cycle[40 * 40] = {0};
  for (uint32_t i = 0; i < 40; i++)
    cycle[i * 40 + (i + 1) % 40] = 1;
  assert_true(eigenvalues_of(a, 40, cycle, real, imaginary));
  for (uint32_t i = 0; i < 40; i++)
    assert_true(fabs(hypot(real[i], imaginary[i]) - 1) < 1e-12);
  const double bad[] = {NAN};
  assert_false(eigenvalues_of(a, 1, bad, real, imaginary));
  arena_free(a);
}

static void test_spectrum_and_fixed_point(void **state) {
  (void)state;
  fixture m;
  start(&m); /* x' = p - x^3 y, y' = 10 (x - y): fixed at x = y = p^(1/4) */
  ir_value cube = mul(&m, mul(&m, m.x, m.x), m.x);
  output(&m, ir_binary(&m.b, IR_OP_sub, m.p, mul(&m, cube, m.y)));
  output(&m, mul(&m, number(&m, 10), ir_binary(&m.b, IR_OP_sub, m.x, m.y)));
  double values[] = {3, 1, 0, 16, 0};
  assert_true(solve_fixed_point(m.a, &m.system, values));
  assert_true(fabs(values[0] - 2) < 1e-12 && fabs(values[1] - 2) < 1e-12);
  solve_spectrum sp = solve_analyse(m.a, &m.system, values);
  /* Jacobian ((-24, -8), (10, -10)): -17 +- i sqrt(31) */
  assert_int_equal(sp.n, 2);
  assert_true(fabs(sp.real[0] + 17) < 1e-10 && fabs(fabs(sp.imaginary[0]) - sqrt(31)) < 1e-10);
  assert_true(fabs(sp.fastest - 1 / sqrt(320)) < 1e-12);
  assert_true(sp.fastest_of[0] == sp.fastest && sp.fastest_of[1] == sp.fastest);
  arena_free(m.a);
}

static void test_no_fixed_point(void **state) {
  (void)state;
  fixture m;
  start(&m); /* x' = 1 + x^2 */
  output(&m, add(&m, number(&m, 1), mul(&m, m.x, m.x)));
  output(&m, ir_unary(&m.b, IR_OP_neg, m.y));
  double values[] = {0.5, 1, 0, 0, 0};
  assert_false(solve_fixed_point(m.a, &m.system, values));
  assert_true(values[0] == 0.5);
  arena_free(m.a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_linear_is_exact),
      cmocka_unit_test(test_conditionally_linear),
      cmocka_unit_test(test_varying_coefficient),
      cmocka_unit_test(test_kinks_are_not_linear),
      cmocka_unit_test(test_later_choices_do_not_spoil_exact),
      cmocka_unit_test(test_noise),
      cmocka_unit_test(test_multiplicative_noise),
      cmocka_unit_test(test_groups),
      cmocka_unit_test(test_stiff_later),
      cmocka_unit_test(test_unstable_midpoint),
      cmocka_unit_test(test_stiff_from_outside),
      cmocka_unit_test(test_refusals),
      cmocka_unit_test(test_eigenvalues),
      cmocka_unit_test(test_spectrum_and_fixed_point),
      cmocka_unit_test(test_no_fixed_point),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
