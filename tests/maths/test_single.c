/* SPDX-License-Identifier: MIT */
/* The elementary functions of floats against those of doubles, which test_maths.c holds against long double: errors in
 * units in the last place of a float, and what they are at the ends. Run with -v to see the largest error of each row.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "nsa_math.h"

typedef float function_single(float);
typedef double function_double(double);

/* Every so many floats of the whole range are tried. */
enum { STRIDE = 997 };

static const struct row {
  const char *name;
  function_single *single;
  function_double *reference;
  double bound; /* of docs/numerics.md */
} rows[] = {
    {"exp", nsa_exp_single_1, nsa_exp_1, 1.0},
    {"exprel", nsa_exprel_single_1, nsa_exprel_1, 2.5},
    {"sigmoid", nsa_sigmoid_single_1, nsa_sigmoid_1, 2.5},
    {"log", nsa_log_single_1, nsa_log_1, 1.0},
    /* rounded from doubles */
    {"log10", nsa_log10_single_1, nsa_log10_1, 0.5001},
    {"sin", nsa_sin_single_1, nsa_sin_1, 0.5001},
    {"cos", nsa_cos_single_1, nsa_cos_1, 0.5001},
    {"tan", nsa_tan_single_1, nsa_tan_1, 0.5001},
    {"atan", nsa_atan_single_1, nsa_atan_1, 0.5001},
    {"tanh", nsa_tanh_single_1, nsa_tanh_1, 0.5001},
    {"sinh", nsa_sinh_single_1, nsa_sinh_1, 0.5001},
    {"cosh", nsa_cosh_single_1, nsa_cosh_1, 0.5001},
    {"erf", nsa_erf_single_1, nsa_erf_1, 0.5001},
    {"sqrt", nsa_sqrt_single_1, nsa_sqrt_1, 0.5001},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static float from_bits(uint32_t bits) {
  union {
    uint32_t u;
    float f;
  } pun = {.u = bits};
  return pun.f;
}

static double ulps(float got, double want) {
  float rounded = (float)want;
  if (isnan(got) || isnan(rounded))
    return isnan(got) && isnan(rounded) ? 0 : INFINITY;
  if (isinf(got) || isinf(rounded))
    return got == rounded || fabs(want) > 0x1.fffffcp127 ? 0 : INFINITY; /* next to the largest float either will do */
  int exponent = want == 0 || ilogb(want) < -126 ? -126 : ilogb(want);
  return fabs(((double)got - want) * exp2(23 - exponent));
}

static void all_floats(void **state) {
  (void)state;
  int bad = 0;
  for (int r = 0; r < ROWS; r++) {
    double worst = 0, at = 0;
    for (uint64_t bits = 0; bits < 0x100000000u; bits += STRIDE) {
      float x = from_bits((uint32_t)bits);
      if (rows[r].single == nsa_exprel_single_1 && fabsf(x) > 1e30f)
        continue; /* the quotient has left the normal floats by then */
      double error = ulps(rows[r].single(x), rows[r].reference((double)x));
      if (error > worst) {
        worst = error;
        at = (double)x;
      }
    }
    print_message("  %-8s %6.3f ulp at %.9g\n", rows[r].name, worst, at);
    bad += !(worst <= rows[r].bound);
  }
  assert_int_equal(bad, 0);
}

/* Where functions do most, every float of a range. */
static void near_the_middle(void **state) {
  (void)state;
  static const float places[] = {1.0f, -1.0f, 0.6931472f, 0.35f, -0.35f, 88.0f, -87.0f, 0.7071f, 0x1p-126f};
  for (int r = 0; r < ROWS; r++)
    for (size_t p = 0; p < sizeof places / sizeof places[0]; p++) {
      float x = places[p];
      for (int i = 0; i < 20000; i++, x = nextafterf(x, INFINITY))
        if (!(ulps(rows[r].single(x), rows[r].reference((double)x)) <= rows[r].bound))
          fail_msg("%s(%.9g) is %.9g, should be %.9g", rows[r].name, (double)x, (double)rows[r].single(x),
                   rows[r].reference((double)x));
    }
}

static void two_and_three_arguments(void **state) {
  (void)state;
  for (int i = 1; i < 2000; i++) {
    float x = 0.01f * (float)i, y = 3.0f - 0.003f * (float)i;
    assert_true(nsa_pow_single_1(x, y) == (float)nsa_pow_1((double)x, (double)y));
    assert_true(nsa_hill_single_1(x, 2.0f, 1.5f) == (float)nsa_hill_1((double)x, 2.0, 1.5));
    assert_true(nsa_atan2_single_1(y, x) == (float)nsa_atan2_1((double)y, (double)x));
  }
}

static void the_ends(void **state) {
  (void)state;
  assert_true(nsa_exp_single_1(0.0f) == 1.0f && nsa_exp_single_1(-INFINITY) == 0.0f);
  assert_true(isinf(nsa_exp_single_1(89.0f)) && nsa_exp_single_1(-104.0f) == 0.0f);
  assert_true(nsa_exprel_single_1(0.0f) == 1.0f && nsa_exprel_single_1(-INFINITY) == 0.0f);
  assert_true(isinf(nsa_exprel_single_1(INFINITY)) && isnan(nsa_exprel_single_1(NAN)));
  assert_true(nsa_sigmoid_single_1(0.0f) == 0.5f && nsa_sigmoid_single_1(INFINITY) == 1.0f);
  assert_true(nsa_sigmoid_single_1(-INFINITY) == 0.0f && isnan(nsa_sigmoid_single_1(NAN)));
  assert_true(nsa_log_single_1(1.0f) == 0.0f && isinf(nsa_log_single_1(0.0f)) && isnan(nsa_log_single_1(-1.0f)));
  assert_true(isinf(nsa_log_single_1(INFINITY)) && isnan(nsa_log_single_1(NAN)));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(all_floats), cmocka_unit_test(near_the_middle),
                                     cmocka_unit_test(two_and_three_arguments), cmocka_unit_test(the_ends)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
