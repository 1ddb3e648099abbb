/* SPDX-License-Identifier: MIT */
/* The elementary functions against long double: errors in units in the last place (ulp), special values,
 * monotony. Run with -v to see the largest error of each row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "nsa_math.h"

#define POINTS 100000

/* splitmix64: the tests' own random numbers */
static uint64_t next_bits(uint64_t *state) {
  uint64_t z = *state += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static double next_unit(uint64_t *state) { return (double)(next_bits(state) >> 11) * 0x1p-53; }

/* Where arguments are drawn: evenly in [low, high], or evenly in the logarithm (low > 0), or that with
 * either sign. */
typedef enum { EVEN, LOG, BOTH_SIGNS } spread;

typedef struct {
  spread how;
  double low, high;
} domain;

static double draw(const domain *d, uint64_t *state) {
  double u = next_unit(state);
  if (d->how == EVEN)
    return d->low + (d->high - d->low) * u;
  double x = exp2(log2(d->low) + (log2(d->high) - log2(d->low)) * u);
  x *= 1.0 + 0x1p-30 * next_unit(state); /* exp2 of a double does not reach all low bits */
  return d->how == BOTH_SIGNS && (next_bits(state) & 1) != 0 ? -x : x;
}

/* |got - want| in units in the last place of want as a double */
static double ulps(double got, long double want) {
  double rounded = (double)want;
  if (isnan(got) || isnan(rounded))
    return isnan(got) && isnan(rounded) ? 0.0 : INFINITY;
  if (isinf(rounded) || isinf(got))
    return got == rounded ? 0.0 : INFINITY;
  int exponent = want == 0.0L ? -1022 : ilogbl(want);
  exponent = exponent < -1022 ? -1022 : exponent;
  return (double)fabsl(((long double)got - want) * exp2l((long double)(52 - exponent)));
}

/* ---- references ------------------------------------------------------------------------------ */

static long double exprel_reference(long double x) { return x == 0.0L ? 1.0L : expm1l(x) / x; }
static long double sigmoid_reference(long double x) { return 1.0L / (1.0L + expl(-x)); }
static long double hill_reference(long double x, long double k, long double n) {
  long double a = powl(x, n), b = powl(k, n);
  return a / (a + b);
}

typedef double (*function_1)(double);
typedef long double (*reference_1)(long double);

/* bound: what docs/numerics.md promises */
static const struct row_1 {
  const char *name;
  function_1 function;
  reference_1 reference;
  domain where;
  double bound;
} rows_1[] = {
    {"exp", nsa_exp_1, expl, {EVEN, -1.0, 1.0}, 1.0},
    {"exp", nsa_exp_1, expl, {EVEN, -745.5, 710.5}, 1.0},
    {"exp", nsa_exp_1, expl, {EVEN, -746.0, -707.0}, 1.0},
    {"exp", nsa_exp_1, expl, {BOTH_SIGNS, 1e-20, 1.0}, 1.0},
    {"expm1", nsa_expm1_1, expm1l, {EVEN, -1.0, 1.0}, 1.5},
    {"expm1", nsa_expm1_1, expm1l, {EVEN, -60.0, 711.0}, 1.5},
    {"expm1", nsa_expm1_1, expm1l, {BOTH_SIGNS, 1e-310, 1.0}, 1.5},
    {"exprel", nsa_exprel_1, exprel_reference, {EVEN, -1.0, 1.0}, 2.5},
    {"exprel", nsa_exprel_1, exprel_reference, {EVEN, -1000.0, 718.0}, 2.5},
    {"exprel", nsa_exprel_1, exprel_reference, {BOTH_SIGNS, 1e-310, 1.0}, 2.5},
    {"sigmoid", nsa_sigmoid_1, sigmoid_reference, {EVEN, -5.0, 5.0}, 1.0},
    {"sigmoid", nsa_sigmoid_1, sigmoid_reference, {EVEN, -746.0, 50.0}, 1.0},
    {"log", nsa_log_1, logl, {EVEN, 0.5, 2.0}, 1.0},
    {"log", nsa_log_1, logl, {EVEN, 0.999, 1.001}, 1.0},
    {"log", nsa_log_1, logl, {LOG, 5e-324, 1.7e308}, 1.0},
    {"log1p", nsa_log1p_1, log1pl, {EVEN, -0.9999, 1.0}, 1.0},
    {"log1p", nsa_log1p_1, log1pl, {LOG, 1e-310, 1.7e308}, 1.0},
    {"log1p", nsa_log1p_1, log1pl, {BOTH_SIGNS, 1e-310, 0.9999}, 1.0},
    {"log10", nsa_log10_1, log10l, {EVEN, 0.5, 2.0}, 1.0},
    {"log10", nsa_log10_1, log10l, {EVEN, 0.999, 1.001}, 1.0},
    {"log10", nsa_log10_1, log10l, {LOG, 5e-324, 1.7e308}, 1.0},
    {"sin", nsa_sin_1, sinl, {EVEN, -10.0, 10.0}, 1.0},
    {"sin", nsa_sin_1, sinl, {EVEN, -1e9, 1e9}, 1.0},
    {"sin", nsa_sin_1, sinl, {BOTH_SIGNS, 1e-310, 3.5e13}, 1.0},
    {"cos", nsa_cos_1, cosl, {EVEN, -10.0, 10.0}, 1.0},
    {"cos", nsa_cos_1, cosl, {EVEN, -1e9, 1e9}, 1.0},
    {"cos", nsa_cos_1, cosl, {BOTH_SIGNS, 1e-310, 3.5e13}, 1.0},
    {"tan", nsa_tan_1, tanl, {EVEN, -10.0, 10.0}, 2.5},
    {"tan", nsa_tan_1, tanl, {EVEN, -1e9, 1e9}, 2.5},
    {"tan", nsa_tan_1, tanl, {BOTH_SIGNS, 1e-310, 3.5e13}, 2.5},
    {"asin", nsa_asin_1, asinl, {EVEN, -1.0, 1.0}, 1.0},
    {"asin", nsa_asin_1, asinl, {BOTH_SIGNS, 1e-310, 1.0}, 1.0},
    {"asin", nsa_asin_1, asinl, {EVEN, 0.9999, 1.0}, 1.0},
    {"acos", nsa_acos_1, acosl, {EVEN, -1.0, 1.0}, 1.0},
    {"acos", nsa_acos_1, acosl, {EVEN, 0.9999, 1.0}, 1.0},
    {"acos", nsa_acos_1, acosl, {BOTH_SIGNS, 1e-310, 1.0}, 1.0},
    {"atan", nsa_atan_1, atanl, {EVEN, -3.0, 3.0}, 1.0},
    {"atan", nsa_atan_1, atanl, {BOTH_SIGNS, 1e-310, 1.7e308}, 1.0},
    {"sinh", nsa_sinh_1, sinhl, {EVEN, -3.0, 3.0}, 1.0},
    {"sinh", nsa_sinh_1, sinhl, {EVEN, -712.0, 712.0}, 1.0},
    {"sinh", nsa_sinh_1, sinhl, {BOTH_SIGNS, 1e-310, 1.0}, 1.0},
    {"cosh", nsa_cosh_1, coshl, {EVEN, -3.0, 3.0}, 1.0},
    {"cosh", nsa_cosh_1, coshl, {EVEN, -712.0, 712.0}, 1.0},
    {"tanh", nsa_tanh_1, tanhl, {EVEN, -3.0, 3.0}, 1.0},
    {"tanh", nsa_tanh_1, tanhl, {EVEN, -25.0, 25.0}, 1.0},
    {"tanh", nsa_tanh_1, tanhl, {BOTH_SIGNS, 1e-310, 1.0}, 1.0},
    {"erf", nsa_erf_1, erfl, {EVEN, -3.0, 3.0}, 2.0},
    {"erf", nsa_erf_1, erfl, {EVEN, -8.0, 8.0}, 2.0},
    {"erf", nsa_erf_1, erfl, {EVEN, 0.749, 0.751}, 2.0},
    {"erf", nsa_erf_1, erfl, {BOTH_SIGNS, 1e-310, 1.0}, 2.0},
    {"sqrt", nsa_sqrt_1, sqrtl, {LOG, 5e-324, 1.7e308}, 0.5002},
    {"floor", nsa_floor_1, floorl, {BOTH_SIGNS, 1e-3, 1e17}, 0.0},
    {"ceil", nsa_ceil_1, ceill, {BOTH_SIGNS, 1e-3, 1e17}, 0.0},
    {"round", nsa_round_1, roundl, {BOTH_SIGNS, 1e-3, 1e17}, 0.0},
    {"abs", nsa_abs_1, fabsl, {BOTH_SIGNS, 1e-310, 1e300}, 0.0},
};

static const struct row_2 {
  const char *name;
  double (*function)(double, double);
  long double (*reference)(long double, long double);
  domain x, y;
  double bound;
} rows_2[] = {
    {"pow", nsa_pow_1, powl, {EVEN, 0.0, 10.0}, {EVEN, -50.0, 50.0}, 1.0},
    {"pow", nsa_pow_1, powl, {EVEN, 0.999, 1.001}, {EVEN, -700000.0, 700000.0}, 1.0},
    {"pow", nsa_pow_1, powl, {LOG, 1e-320, 1e308}, {EVEN, -1.2, 1.2}, 1.0},
    {"pow", nsa_pow_1, powl, {EVEN, 0.5, 2.0}, {EVEN, -1100.0, 1100.0}, 1.0},
    {"atan2", nsa_atan2_1, atan2l, {EVEN, -2.0, 2.0}, {EVEN, -2.0, 2.0}, 1.0},
    {"atan2", nsa_atan2_1, atan2l, {BOTH_SIGNS, 1e-320, 1e308}, {BOTH_SIGNS, 1e-320, 1e308}, 1.0},
};

/* Prints a row; 1 when it breaks its promise. */
static int report(const char *name, double worst, double x, double y, double bound) {
  bool bad = !(worst <= bound);
  print_message("  %-8s %6.3f ulp at %.17g, %.17g%s\n", name, worst, x, y, bad ? " TOO MUCH" : "");
  return bad;
}

static void test_errors_one_argument(void **unused) {
  (void)unused;
  int bad = 0;
  for (size_t i = 0; i < sizeof rows_1 / sizeof rows_1[0]; i++) {
    const struct row_1 *row = &rows_1[i];
    uint64_t state = i;
    double worst = 0.0, at = 0.0;
    for (int j = 0; j < POINTS; j++) {
      double x = draw(&row->where, &state);
      double error = ulps(row->function(x), row->reference((long double)x));
      if (error > worst)
        worst = error, at = x;
    }
    bad += report(row->name, worst, at, 0.0, row->bound);
  }
  assert_int_equal(bad, 0);
}

static void test_errors_two_arguments(void **unused) {
  (void)unused;
  int bad = 0;
  for (size_t i = 0; i < sizeof rows_2 / sizeof rows_2[0]; i++) {
    const struct row_2 *row = &rows_2[i];
    uint64_t state = 1000 + i;
    double worst = 0.0, at_x = 0.0, at_y = 0.0;
    for (int j = 0; j < POINTS; j++) {
      double x = draw(&row->x, &state), y = draw(&row->y, &state);
      double error = ulps(row->function(x, y), row->reference((long double)x, (long double)y));
      if (error > worst)
        worst = error, at_x = x, at_y = y;
    }
    bad += report(row->name, worst, at_x, at_y, row->bound);
  }
  assert_int_equal(bad, 0);
}

/* is_product: n from 1 to 4, where powers are products; else other whole and broken n. */
static int errors_of_hill(const char *name, bool is_product, double bound) {
  const domain x = {LOG, 1e-6, 1e6}, k = {LOG, 1e-3, 1e3}, n = {EVEN, 0.3, 8.0};
  uint64_t state = 2000;
  double worst = 0.0, at_x = 0.0, at_n = 0.0;
  for (int j = 0; j < POINTS; j++) {
    double a = draw(&x, &state), b = draw(&k, &state), c = j % 2 == 0 ? (double)(5 + j % 4) : draw(&n, &state);
    if (is_product)
      c = (double)(1 + j % 4);
    double error = ulps(nsa_hill_1(a, b, c), hill_reference((long double)a, (long double)b, (long double)c));
    if (error > worst)
      worst = error, at_x = a, at_n = c;
  }
  return report(name, worst, at_x, at_n, bound);
}

static void test_errors_hill(void **unused) {
  (void)unused;
  assert_int_equal(errors_of_hill("hill", false, 2.0) + errors_of_hill("hill (n = 1 .. 4)", true, 4.5), 0);
}

/* ---- special values -------------------------------------------------------------------------- */

static bool same(double a, double b) { return (isnan(a) && isnan(b)) || (a == b && signbit(a) == signbit(b)); }

static const double special_values[] = {
    0.0,         -0.0,       1.0,         -1.0,         0.5,           -0.5,    2.0,      -2.0,    3.0,
    -3.0,        1.5,        -1.5,        5e-324,       -5e-324,       DBL_MIN, -DBL_MIN, DBL_MAX, -DBL_MAX,
    INFINITY,    -INFINITY,  NAN,         1e-20,        -1e-20,        0x1p52,  0x1p53,   -0x1p53, 0x1p53 + 2,
    -0x1p53 - 2, 0x1p52 + 1, -0x1p52 - 1, 0x1p51 + 0.5, -0x1p51 - 0.5, 4.5e15,  100.0,    -100.0,  709.0,
    710.0,       -745.0,     -746.0,      1e300,        -1e300,        1e-300};
#define SPECIALS (sizeof special_values / sizeof special_values[0])

/* What the reference says, to within `bound`; exactly where it is 0, 1, infinite or NaN. */
static void check_special(const char *name, double x, double y, double got, double want, double bound) {
  bool exact = want == 0.0 || isinf(want) || isnan(want) || want == 1.0 || want == -1.0;
  if (exact ? !same(got, want) : ulps(got, (long double)want) > bound + 0.5)
    fail_msg("%s(%.17g, %.17g) is %.17g, should be %.17g", name, x, y, got, want);
}

static void test_specials_one_argument(void **unused) {
  (void)unused;
  for (size_t i = 0; i < sizeof rows_1 / sizeof rows_1[0]; i++) {
    const struct row_1 *row = &rows_1[i];
    bool periodic = row->function == nsa_sin_1 || row->function == nsa_cos_1 || row->function == nsa_tan_1;
    for (size_t j = 0; j < SPECIALS; j++) {
      double x = special_values[j];
      if ((periodic && fabs(x) > 0x1p45 && !isinf(x)) || row->function == nsa_exprel_1)
        continue;
      check_special(row->name, x, 0.0, row->function(x), (double)row->reference((long double)x), row->bound);
    }
  }
}

static void test_specials_two_arguments(void **unused) {
  (void)unused;
  for (size_t i = 0; i < SPECIALS; i++)
    for (size_t j = 0; j < SPECIALS; j++) {
      double x = special_values[i], y = special_values[j];
      check_special("pow", x, y, nsa_pow_1(x, y), (double)powl((long double)x, (long double)y), 1.0);
      check_special("atan2", x, y, nsa_atan2_1(x, y), (double)atan2l((long double)x, (long double)y), 1.0);
    }
}

/* Values worth writing down: of our own functions, at limits, and where users expect exact ones. */
static void test_values(void **unused) {
  (void)unused;
  const struct {
    const char *name;
    double got, want;
  } values[] = {
      {"exprel(0)", nsa_exprel_1(0.0), 1.0},
      {"exprel(-0)", nsa_exprel_1(-0.0), 1.0},
      {"exprel(inf)", nsa_exprel_1(INFINITY), INFINITY},
      {"exprel(-inf)", nsa_exprel_1(-INFINITY), 0.0},
      {"exprel(nan)", nsa_exprel_1(NAN), NAN},
      {"exprel(5e-324)", nsa_exprel_1(5e-324), 1.0},
      {"exprel(max)", nsa_exprel_1(DBL_MAX), INFINITY},
      {"sigmoid(0)", nsa_sigmoid_1(0.0), 0.5},
      {"sigmoid(inf)", nsa_sigmoid_1(INFINITY), 1.0},
      {"sigmoid(-inf)", nsa_sigmoid_1(-INFINITY), 0.0},
      {"hill(0,1,2)", nsa_hill_1(0.0, 1.0, 2.0), 0.0},
      {"hill(inf,1,2)", nsa_hill_1(INFINITY, 1.0, 2.0), 1.0},
      {"hill(3,3,2)", nsa_hill_1(3.0, 3.0, 2.0), 0.5},
      {"hill(3,3,1.7)", nsa_hill_1(3.0, 3.0, 1.7), 0.5},
      {"hill(1,0,2)", nsa_hill_1(1.0, 0.0, 2.0), 1.0},
      {"hill(-1,1,2)", nsa_hill_1(-1.0, 1.0, 2.0), 0.5},
      {"hill(-1,1,1.5)", nsa_hill_1(-1.0, 1.0, 1.5), NAN},
      {"hill(1e-300,1,2)", nsa_hill_1(1e-300, 1.0, 2.0), 0.0},
      {"hill(1e300,1,2)", nsa_hill_1(1e300, 1.0, 2.0), 1.0},
      {"hill(2,1,nan)", nsa_hill_1(2.0, 1.0, NAN), NAN},
      {"pow(3,2)", nsa_pow_1(3.0, 2.0), 9.0},
      {"pow(10,22)", nsa_pow_1(10.0, 22.0), 1e22},
      {"pow(-2,3)", nsa_pow_1(-2.0, 3.0), -8.0},
      {"pow(2,-1074)", nsa_pow_1(2.0, -1074.0), 5e-324},
      {"pow(2,0.5)^2", nsa_pow_1(4.0, 0.5), 2.0},
      {"log10(1000)", nsa_log10_1(1000.0), 3.0},
      {"log10(1e-5)", nsa_log10_1(1e-5), -5.0},
      {"log10(1e22)", nsa_log10_1(1e22), 22.0},
      {"atan2(0,-1)", nsa_atan2_1(0.0, -1.0), 0x1.921fb54442d18p+1},
      {"sin(1e20)", nsa_sin_1(1e20), 0.0},
      {"cos(1e20)", nsa_cos_1(1e20), 1.0},
      {"tan(-1e20)", nsa_tan_1(-1e20), 0.0},
      {"round(0.49999999999999994)", nsa_round_1(0.49999999999999994), 0.0},
      {"round(-0.5)", nsa_round_1(-0.5), -1.0},
      {"round(2.5)", nsa_round_1(2.5), 3.0},
      {"sign(-0)", nsa_sign_1(-0.0), -0.0},
      {"sign(-3)", nsa_sign_1(-3.0), -1.0},
      {"sign(inf)", nsa_sign_1(INFINITY), 1.0},
      {"sign(nan)", nsa_sign_1(NAN), NAN},
      {"step(0)", nsa_step_1(0.0), 1.0},
      {"step(-0)", nsa_step_1(-0.0), 1.0},
      {"step(-1e-300)", nsa_step_1(-1e-300), 0.0},
      {"step(nan)", nsa_step_1(NAN), 0.0},
      {"min(1,2)", nsa_min_1(1.0, 2.0), 1.0},
      {"min(nan,1)", nsa_min_1(NAN, 1.0), 1.0},
      {"min(1,nan)", nsa_min_1(1.0, NAN), NAN},
      {"max(1,2)", nsa_max_1(1.0, 2.0), 2.0},
      {"max(nan,1)", nsa_max_1(NAN, 1.0), 1.0},
      {"max(1,nan)", nsa_max_1(1.0, NAN), NAN},
  };
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
    if (!same(values[i].got, values[i].want))
      fail_msg("%s is %.17g, should be %.17g", values[i].name, values[i].got, values[i].want);
  double tail = nsa_sigmoid_1(-350.0);
  assert_true(tail > 0.99e-152 && tail < 1.01e-152);
}

/* ---- monotony -------------------------------------------------------------------------------- */

static const struct {
  const char *name;
  function_1 function;
  domain where;
} rising[] = {
    {"exp", nsa_exp_1, {EVEN, -2.0, 2.0}},         {"exp", nsa_exp_1, {EVEN, -745.0, 709.0}},
    {"expm1", nsa_expm1_1, {EVEN, -2.0, 2.0}},     {"exprel", nsa_exprel_1, {EVEN, 1.0, 700.0}},
    {"sigmoid", nsa_sigmoid_1, {EVEN, -5.0, 5.0}}, {"sigmoid", nsa_sigmoid_1, {EVEN, -740.0, 40.0}},
    {"log", nsa_log_1, {EVEN, 0.3, 3.0}},          {"log", nsa_log_1, {LOG, 1e-300, 1e300}},
    {"log1p", nsa_log1p_1, {EVEN, -0.9, 2.0}},     {"log10", nsa_log10_1, {EVEN, 0.3, 3.0}},
    {"asin", nsa_asin_1, {EVEN, -1.0, 1.0}},       {"atan", nsa_atan_1, {EVEN, -4.0, 4.0}},
    {"sinh", nsa_sinh_1, {EVEN, -3.0, 3.0}},       {"tanh", nsa_tanh_1, {EVEN, -5.0, 5.0}},
    {"erf", nsa_erf_1, {EVEN, -4.0, 4.0}},
};

static void check_rising(const char *name, function_1 function, double x, int steps) {
  double y = function(x);
  for (int i = 0; i < steps; i++) {
    double next_x = nextafter(x, INFINITY), next_y = function(next_x);
    if (next_y < y)
      fail_msg("%s falls from %.17g at %.17g to %.17g", name, y, x, next_y);
    x = next_x;
    y = next_y;
  }
}

static void test_monotony(void **unused) {
  (void)unused;
  for (size_t i = 0; i < sizeof rising / sizeof rising[0]; i++) {
    uint64_t state = 3000 + i;
    for (int j = 0; j < 2000; j++)
      check_rising(rising[i].name, rising[i].function, draw(&rising[i].where, &state), 20);
  }
}

/* Where the reduction or a formula changes from one piece to the next, the pieces must meet. */
static void test_monotony_at_seams(void **unused) {
  (void)unused;
  const double half_ln2 = 0.34657359027997264;
  for (int k = -40; k <= 40; k++) {
    double seam = (double)(2 * k + 1) * half_ln2;
    check_rising("exp", nsa_exp_1, seam * (seam > 0 ? 1.0 - 2e-14 : 1.0 + 2e-14), 400);
    check_rising("expm1", nsa_expm1_1, seam * (seam > 0 ? 1.0 - 2e-14 : 1.0 + 2e-14), 400);
    check_rising("sinh", nsa_sinh_1, seam * (seam > 0 ? 1.0 - 2e-14 : 1.0 + 2e-14), 400);
    check_rising("tanh", nsa_tanh_1, seam * (seam > 0 ? 1.0 - 2e-14 : 1.0 + 2e-14), 400);
    check_rising("log", nsa_log_1, ldexp(0.70710678118654746 - 1e-14, k), 400);
    check_rising("log10", nsa_log10_1, ldexp(0.70710678118654746 - 1e-14, k), 400);
  }
  check_rising("asin", nsa_asin_1, 0.5 - 1e-14, 400);
  check_rising("asin", nsa_asin_1, -0.5 - 1e-14, 400);
  check_rising("atan", nsa_atan_1, 0.41421356237309503 - 1e-14, 400);
  check_rising("erf", nsa_erf_1, 0.75 - 2e-14, 400);
  check_rising("erf", nsa_erf_1, -0.75 - 2e-14, 400);
  check_rising("atan", nsa_atan_1, 2.4142135623730949 - 5e-14, 400);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_errors_one_argument),
      cmocka_unit_test(test_errors_two_arguments),
      cmocka_unit_test(test_errors_hill),
      cmocka_unit_test(test_specials_one_argument),
      cmocka_unit_test(test_specials_two_arguments),
      cmocka_unit_test(test_values),
      cmocka_unit_test(test_monotony),
      cmocka_unit_test(test_monotony_at_seams),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
