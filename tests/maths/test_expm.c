/* SPDX-License-Identifier: MIT */
/* Matrix exponentials against a plain series in long double, and against closed forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "nsa_math.h"

#define MAX_N 32
#define MAX_ENTRIES (MAX_N * MAX_N)

static double work[NSA_OU_COV_WORK(MAX_N)];

static uint64_t next_bits(uint64_t *state) {
  uint64_t z = *state += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static double next_unit(uint64_t *state) { return (double)(next_bits(state) >> 11) * 0x1p-53; }

/* ---- the reference --------------------------------------------------------------------------- */

static void multiply(int n, const long double *a, const long double *b, long double *out) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      long double sum = 0.0L;
      for (int k = 0; k < n; k++)
        sum += a[i * n + k] * b[k * n + j];
      out[i * n + j] = sum;
    }
}

static long double largest_row(int n, const long double *a) {
  long double largest = 0.0L;
  for (int i = 0; i < n; i++) {
    long double sum = 0.0L;
    for (int j = 0; j < n; j++)
      sum += fabsl(a[i * n + j]);
    largest = fmaxl(largest, sum);
  }
  return largest;
}

/* e^A = (sum of (A/2^s)^i/i!)^(2^s) */
static void reference_expm(int n, const long double *a, long double *out) {
  static long double scaled[4 * MAX_ENTRIES], term[4 * MAX_ENTRIES], next[4 * MAX_ENTRIES];
  int s = 0;
  for (long double norm = largest_row(n, a); norm > 0.5L; s++)
    norm *= 0.5L;
  for (int i = 0; i < n * n; i++) {
    scaled[i] = ldexpl(a[i], -s);
    term[i] = out[i] = i % (n + 1) == 0 ? 1.0L : 0.0L;
  }
  for (int order = 1; order < 24; order++) {
    multiply(n, term, scaled, next);
    for (int i = 0; i < n * n; i++) {
      term[i] = next[i] / order;
      out[i] += term[i];
    }
  }
  for (; s > 0; s--) {
    multiply(n, out, out, next);
    memcpy(out, next, sizeof *out * (size_t)(n * n));
  }
}

/* The norm of the difference over the norm of `want`. */
static double relative_error(int n, const double *got, const long double *want) {
  static long double difference[MAX_ENTRIES];
  for (int i = 0; i < n * n; i++)
    difference[i] = (long double)got[i] - want[i];
  return (double)(largest_row(n, difference) / largest_row(n, want));
}

static void widen(int count, const double *a, double scale, long double *out) {
  for (int i = 0; i < count; i++)
    out[i] = (long double)a[i] * (long double)scale;
}

/* Random; negative on the diagonal like a stable model, entries about `size`. */
static void random_matrix(int n, double size, uint64_t *state, double *a) {
  for (int i = 0; i < n * n; i++)
    a[i] = size * (2.0 * next_unit(state) - 1.0) / n - (i % (n + 1) == 0 ? size : 0.0);
}

/* ---- e^A ------------------------------------------------------------------------------------- */

static void test_expm_random(void **unused) {
  (void)unused;
  static double a[MAX_ENTRIES], got[MAX_ENTRIES];
  static long double wide[MAX_ENTRIES], want[MAX_ENTRIES];
  const int sizes[] = {1, 2, 3, 4, 7, 16, 32};
  const double scales[] = {1e-8, 1e-2, 0.3, 1.0, 3.0, 8.0};
  uint64_t state = 1;
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
    for (size_t j = 0; j < sizeof scales / sizeof scales[0]; j++) {
      int n = sizes[i];
      random_matrix(n, scales[j], &state, a);
      widen(n * n, a, 1.0, wide);
      reference_expm(n, wide, want);
      assert_int_equal(nsa_expm(n, a, got, work), 0);
      double error = relative_error(n, got, want);
      if (!(error < 1e-14))
        fail_msg("n = %d, size %g: relative error %g", n, scales[j], error);
    }
}

static void test_expm_closed_forms(void **unused) {
  (void)unused;
  double out[9];
  const double rotation[4] = {0.0, -1.25, 1.25, 0.0};
  assert_int_equal(nsa_expm(2, rotation, out, work), 0);
  assert_true(fabs(out[0] - cos(1.25)) < 3e-16 && fabs(out[2] - sin(1.25)) < 3e-16);
  const double nilpotent[9] = {0.0, 1.0, 2.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0},
               nilpotent_exp[9] = {1.0, 1.0, 3.5, 0.0, 1.0, 3.0, 0.0, 0.0, 1.0};
  assert_int_equal(nsa_expm(3, nilpotent, out, work), 0);
  for (int i = 0; i < 9; i++)
    assert_true(fabs(out[i] - nilpotent_exp[i]) < 1e-15);
  const double zero[4] = {0.0, 0.0, 0.0, 0.0};
  assert_int_equal(nsa_expm(2, zero, out, work), 0);
  assert_true(out[0] == 1.0 && out[1] == 0.0 && out[2] == 0.0 && out[3] == 1.0);
}

/* Widely different decays, as of a cascade of synapses: the diagonal is that of exp itself. */
static void test_expm_triangular(void **unused) {
  (void)unused;
  const double cascade[9] = {-500.0, 0.0, 0.0, 500.0, -2.0, 0.0, 0.0, 2.0, -0.001};
  double out[9];
  assert_int_equal(nsa_expm(3, cascade, out, work), 0);
  for (int i = 0; i < 3; i++)
    assert_true(out[4 * i] == nsa_exp_1(cascade[4 * i]));
  double want = 500.0 / 498.0 * (exp(-2.0) - exp(-500.0));
  assert_true(fabs(out[3] - want) < 1e-14 * want);
  const double single[1] = {-0.7};
  assert_int_equal(nsa_expm(1, single, out, work), 0);
  assert_true(out[0] == nsa_exp_1(-0.7));
}

static void test_expm_failures(void **unused) {
  (void)unused;
  double out[4];
  const double with_nan[4] = {1.0, NAN, 0.0, 1.0}, with_inf[4] = {1.0, INFINITY, 0.0, 1.0},
               large[4] = {1e4, 1.0, 1.0, 1e4}, overflowing[4] = {1e308, 1e308, 1e308, 1e308};
  assert_int_equal(nsa_expm(2, with_nan, out, work), -1);
  assert_int_equal(nsa_expm(2, with_inf, out, work), -1);
  assert_int_equal(nsa_expm(2, large, out, work), -1);
  assert_int_equal(nsa_expm(2, overflowing, out, work), -1);
  double l[4];
  assert_int_equal(nsa_expm_phi(2, with_nan, 0.1, out, l, work), -1);
  assert_int_equal(nsa_ou_cov(2, with_nan, out, 0.1, l, work), -1);
}

/* ---- E and F --------------------------------------------------------------------------------- */

static void test_phi(void **unused) {
  (void)unused;
  static double a[MAX_ENTRIES], e[MAX_ENTRIES], f[MAX_ENTRIES];
  static long double wide[4 * MAX_ENTRIES], want[4 * MAX_ENTRIES], want_f[MAX_ENTRIES];
  const double steps[] = {1e-3, 0.1, 1.0, 10.0};
  uint64_t state = 2;
  for (int n = 1; n <= 9; n += 2)
    for (size_t k = 0; k < 4; k++) {
      double dt = steps[k];
      random_matrix(n, 0.7, &state, a);
      memset(wide, 0, sizeof wide);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++)
          wide[i * 2 * n + j] = (long double)a[i * n + j] * (long double)dt;
        wide[i * 2 * n + n + i] = (long double)dt;
      }
      reference_expm(2 * n, wide, want);
      for (int i = 0; i < n * n; i++)
        want_f[i] = want[i / n * 2 * n + n + i % n];
      assert_int_equal(nsa_expm_phi(n, a, dt, e, f, work), 0);
      assert_true(relative_error(n, f, want_f) < 1e-14);
      for (int i = 0; i < n * n; i++)
        want_f[i] = want[i / n * 2 * n + i % n];
      assert_true(relative_error(n, e, want_f) < 1e-14);
    }
}

/* A singular A (a perfect integrator) has an F all the same. */
static void test_phi_singular(void **unused) {
  (void)unused;
  const double a[4] = {0.0, 1.0, 0.0, 0.0};
  double e[4], f[4];
  assert_int_equal(nsa_expm_phi(2, a, 0.5, e, f, work), 0);
  assert_true(e[0] == 1.0 && fabs(e[1] - 0.5) < 1e-16 && f[0] == 0.5 && fabs(f[1] - 0.125) < 1e-16);
}

/* ---- noise ----------------------------------------------------------------------------------- */

/* The stationary covariance P of a long step solves A P + P A^T + S = 0. */
static void test_ou_stationary(void **unused) {
  (void)unused;
  static double a[MAX_ENTRIES], s[MAX_ENTRIES], l[MAX_ENTRIES], p[MAX_ENTRIES];
  uint64_t state = 3;
  for (int n = 1; n <= 8; n++) {
    random_matrix(n, 1.0, &state, a);
    for (int i = 0; i < n * n; i++)
      s[i] = i % (n + 1) == 0 ? 1.0 + next_unit(&state) : 0.0;
    assert_int_equal(nsa_ou_cov(n, a, s, 1000.0, l, work), 0);
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n; j++) {
        p[i * n + j] = 0.0;
        for (int k = 0; k < n; k++)
          p[i * n + j] += l[i * n + k] * l[j * n + k];
      }
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n; j++) {
        double rest = s[i * n + j];
        for (int k = 0; k < n; k++)
          rest += a[i * n + k] * p[k * n + j] + p[i * n + k] * a[j * n + k];
        assert_true(fabs(rest) < 1e-13);
      }
  }
}

static void test_ou_closed_forms(void **unused) {
  (void)unused;
  double l[4];
  const double times[] = {1e-6, 0.01, 1.0, 30.0};
  for (size_t i = 0; i < 4; i++) { /* one variable: S (1 - e^(-2 dt/tau)) tau/2 */
    const double a[1] = {-1.0 / 5.0}, s[1] = {3.0};
    assert_int_equal(nsa_ou_cov(1, a, s, times[i], l, work), 0);
    double want = sqrt(3.0 * 2.5 * -expm1(-2.0 * times[i] / 5.0));
    assert_true(fabs(l[0] - want) < 4e-15 * want);
  }
  /* Noise of the velocity alone, which the position integrates. */
  const double a[4] = {0.0, 1.0, 0.0, 0.0}, s[4] = {0.0, 0.0, 0.0, 2.0};
  const double dt = 0.1;
  assert_int_equal(nsa_ou_cov(2, a, s, dt, l, work), 0);
  double xx = l[0] * l[0], xv = l[0] * l[2], vv = l[2] * l[2] + l[3] * l[3];
  assert_true(l[1] == 0.0);
  assert_true(fabs(xx - 2.0 * dt * dt * dt / 3.0) < 1e-15 * xx);
  assert_true(fabs(xv - dt * dt) < 4e-15 * dt * dt && fabs(vv - 2.0 * dt) < 4e-15);
}

/* No noise, noise of one of two, and two variables that share one source. */
static void test_ou_singular(void **unused) {
  (void)unused;
  double l[4];
  const double a[4] = {-1.0, 0.0, 0.0, -1.0};
  const double none[4] = {0.0, 0.0, 0.0, 0.0}, second[4] = {0.0, 0.0, 0.0, 1.0}, shared[4] = {1.0, 2.0, 2.0, 4.0};
  assert_int_equal(nsa_ou_cov(2, a, none, 0.5, l, work), 0);
  for (int i = 0; i < 4; i++)
    assert_true(l[i] == 0.0);
  double want = sqrt(-0.5 * expm1(-1.0));
  assert_int_equal(nsa_ou_cov(2, a, second, 0.5, l, work), 0);
  assert_true(l[0] == 0.0 && l[1] == 0.0 && l[2] == 0.0 && fabs(l[3] - want) < 1e-15);
  assert_int_equal(nsa_ou_cov(2, a, shared, 0.5, l, work), 0);
  assert_true(fabs(l[0] - want) < 1e-15 && fabs(l[2] - 2.0 * want) < 1e-15 && l[3] == 0.0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_expm_random),
      cmocka_unit_test(test_expm_closed_forms),
      cmocka_unit_test(test_expm_triangular),
      cmocka_unit_test(test_expm_failures),
      cmocka_unit_test(test_phi),
      cmocka_unit_test(test_phi_singular),
      cmocka_unit_test(test_ou_stationary),
      cmocka_unit_test(test_ou_closed_forms),
      cmocka_unit_test(test_ou_singular),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
