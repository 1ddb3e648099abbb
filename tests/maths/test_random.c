/* SPDX-License-Identifier: MIT */
/* The random numbers: Philox against its authors' code and published vectors, the mapping of arguments to
 * its counter, and the distributions. All seeds are fixed: a test that passes once passes always. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <Random123/philox.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "nsa_math.h"

/* ---- Philox ---------------------------------------------------------------------------------- */

/* kat_vectors of Random123: philox4x32 10 */
static void test_published_vectors(void **unused) {
  (void)unused;
  static const struct {
    uint32_t counter[4];
    uint64_t key;
    uint32_t want[4];
  } vectors[] = {
      {{0, 0, 0, 0}, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       0xffffffffffffffff,
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       0x299f31d0a4093822,
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
    uint32_t got[4];
    nsa_philox(vectors[i].counter, vectors[i].key, got);
    assert_memory_equal(got, vectors[i].want, sizeof got);
  }
}

static uint64_t next_bits(uint64_t *state) {
  uint64_t z = *state += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static philox4x32_ctr_t oracle(const uint32_t counter[4], uint64_t key) {
  philox4x32_ctr_t c = {{counter[0], counter[1], counter[2], counter[3]}};
  philox4x32_key_t k = {{(uint32_t)key, (uint32_t)(key >> 32)}};
  return philox4x32(c, k);
}

static void test_against_random123(void **unused) {
  (void)unused;
  uint64_t state = 1;
  for (int i = 0; i < 20000; i++) {
    uint64_t a = next_bits(&state), b = next_bits(&state), key = next_bits(&state);
    const uint32_t counter[4] = {(uint32_t)a, (uint32_t)(a >> 32), (uint32_t)b, (uint32_t)(b >> 32)};
    uint32_t got[4];
    nsa_philox(counter, key, got);
    philox4x32_ctr_t want = oracle(counter, key);
    assert_memory_equal(got, want.v, sizeof got);
  }
}

/* What a, b and tick become, and what the words become, as random.h says. */
static void test_counter_and_uniform(void **unused) {
  (void)unused;
  uint64_t state = 2;
  for (int i = 0; i < 20000; i++) {
    uint64_t key = next_bits(&state);
    uint64_t a = next_bits(&state) >> (11 + i % 50), b = next_bits(&state) >> (11 + i % 43),
             t = next_bits(&state) >> (11 + i % 37);
    const uint32_t counter[4] = {(uint32_t)a, (uint32_t)b, (uint32_t)t,
                                 (uint32_t)(t >> 32) | (uint32_t)((b >> 32) << 21)};
    philox4x32_ctr_t w = oracle(counter, key);
    double u = (double)(((uint64_t)w.v[0] << 32 | w.v[1]) >> 11) * 0x1p-53;
    assert_true(nsa_rand_uniform_1(key, (double)a, (double)b, (double)t, 0.0, 1.0) == u);
    assert_true(nsa_rand_uniform_1(key, (double)a, (double)b, (double)t, -2.0, 6.0) == fma(8.0, u, -2.0));
    assert_true(nsa_rand_bernoulli_1(key, (double)a, (double)b, (double)t, 0.3) == (u < 0.3 ? 1.0 : 0.0));
  }
}

/* ---- distributions --------------------------------------------------------------------------- */

#define DRAWS 100000
#define KEY 0x5eed5eed5eed5eedu

static double draws[DRAWS];

typedef struct {
  double mean, variance;
} moments;

static moments moments_of(void) {
  moments m = {0.0, 0.0};
  for (int i = 0; i < DRAWS; i++)
    m.mean += draws[i] / DRAWS;
  for (int i = 0; i < DRAWS; i++)
    m.variance += (draws[i] - m.mean) * (draws[i] - m.mean) / (DRAWS - 1);
  return m;
}

/* Mean and variance within 4 standard errors; kurtosis: the fourth central moment over variance^2. */
static void check_moments(double mean, double variance, double kurtosis) {
  moments m = moments_of();
  double mean_error = sqrt(variance / DRAWS), variance_error = variance * sqrt((kurtosis - 1.0) / DRAWS);
  if (!(fabs(m.mean - mean) <= 4.0 * mean_error && fabs(m.variance - variance) <= 4.0 * variance_error))
    fail_msg("mean %g (should be %g), variance %g (should be %g)", m.mean, mean, m.variance, variance);
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Kolmogorov and Smirnov: the probability of a larger distance. */
static double ks_probability(double (*cumulative)(double)) {
  qsort(draws, DRAWS, sizeof draws[0], by_size);
  double distance = 0.0;
  for (int i = 0; i < DRAWS; i++) {
    double c = cumulative(draws[i]);
    distance = fmax(distance, fmax(c - (double)i / DRAWS, (double)(i + 1) / DRAWS - c));
  }
  double lambda = distance * (sqrt((double)DRAWS) + 0.12 + 0.11 / sqrt((double)DRAWS)), sum = 0.0;
  for (int j = 1; j <= 100; j++)
    sum += (j % 2 == 1 ? 2.0 : -2.0) * exp(-2.0 * j * j * lambda * lambda);
  return lambda < 0.2 ? 1.0 : sum;
}

static double uniform_cumulative(double x) { return (x + 1.0) / 4.0; }
static double normal_cumulative(double x) { return 0.5 * erfc(-(x - 1.0) / 2.0 / sqrt(2.0)); }
static double exponential_cumulative(double x) { return -expm1(-x / 3.0); }

/* Elements and ticks alike vary: 1000 elements, 100 ticks. */
#define FILL(call)                                                                                                     \
  for (int i = 0; i < DRAWS; i++) {                                                                                    \
    double a = i % 1000, tick = i / 1000;                                                                              \
    draws[i] = call;                                                                                                   \
  }

static void test_uniform(void **unused) {
  (void)unused;
  FILL(nsa_rand_uniform_1(KEY, a, 0.0, tick, -1.0, 3.0));
  check_moments(1.0, 16.0 / 12.0, 1.8);
  assert_true(ks_probability(uniform_cumulative) > 1e-3);
  assert_true(draws[0] >= -1.0 && draws[DRAWS - 1] < 3.0);
}

static void test_normal(void **unused) {
  (void)unused;
  FILL(nsa_rand_normal_1(KEY, a, 0.0, tick, 1.0, 2.0));
  check_moments(1.0, 4.0, 3.0);
  assert_true(ks_probability(normal_cumulative) > 1e-3);
}

static void test_normal_formula(void **unused) {
  (void)unused;
  for (uint32_t i = 0; i < 20000; i++) {
    const uint32_t counter[4] = {i, 7, 9, 0};
    philox4x32_ctr_t w = oracle(counter, KEY);
    long double u1 = 1.0L - (long double)(((uint64_t)w.v[0] << 32 | w.v[1]) >> 11) * 0x1p-53L;
    long double u2 = (long double)(((uint64_t)w.v[2] << 32 | w.v[3]) >> 11) * 0x1p-53L;
    long double want = sqrtl(-2.0L * logl(u1)) * sinl(3.14159265358979323846264338L * (u2 - 0.5L));
    double got = nsa_rand_normal_1(KEY, (double)i, 7.0, 9.0, 0.0, 1.0);
    assert_true(fabsl((long double)got - want) <= 4.0L * 0x1p-52L * fabsl(want));
  }
}

static void test_exponential(void **unused) {
  (void)unused;
  FILL(nsa_rand_exponential_1(KEY, a, 0.0, tick, 3.0));
  check_moments(3.0, 9.0, 9.0);
  assert_true(ks_probability(exponential_cumulative) > 1e-3);
  assert_true(draws[0] >= 0.0);
}

static void test_bernoulli(void **unused) {
  (void)unused;
  FILL(nsa_rand_bernoulli_1(KEY, a, 0.0, tick, 0.2));
  check_moments(0.2, 0.16, (1.0 - 3.0 * 0.16) / 0.16);
  assert_true(nsa_rand_bernoulli_1(KEY, 1.0, 2.0, 3.0, 0.0) == 0.0);
  assert_true(nsa_rand_bernoulli_1(KEY, 1.0, 2.0, 3.0, 1.0) == 1.0);
}

/* Chi squared against the probabilities, in cells of at least 20 expected draws. Bound: 4 standard
 * deviations of Wilson and Hilferty's approximation, that is p > 3e-5. */
static void check_counts(double (*log_probability)(double n)) {
  qsort(draws, DRAWS, sizeof draws[0], by_size);
  double chi2 = 0.0, expected = 0.0, observed = 0.0, seen = 0.0;
  int cells = 0, at = 0;
  for (int n = 0; at < DRAWS || seen < DRAWS - 20; n++) {
    expected += DRAWS * exp(log_probability(n));
    for (; at < DRAWS && draws[at] == n; at++)
      observed += 1.0;
    assert_true(at == DRAWS || draws[at] > n);
    if (expected >= 20.0 && DRAWS - seen - expected >= 20.0) {
      chi2 += (observed - expected) * (observed - expected) / expected;
      seen += expected;
      expected = observed = 0.0;
      cells++;
    } else if (at == DRAWS)
      break;
  }
  expected = DRAWS - seen;
  chi2 += (observed - expected) * (observed - expected) / expected; /* the last cell takes the rest */
  double freedom = cells,
         deviation = (cbrt(chi2 / freedom) - (1.0 - 2.0 / (9.0 * freedom))) / sqrt(2.0 / (9.0 * freedom));
  if (fabs(deviation) > 4.0)
    fail_msg("chi squared %g of %g degrees of freedom, n = 0: %g", chi2, freedom, exp(log_probability(0)));
}

static double parameters[2]; /* of the distribution that is looked at */

static double log_poisson(double n) { return n * log(parameters[0]) - parameters[0] - lgamma(n + 1.0); }

static double log_binomial(double k) {
  double n = parameters[0], p = parameters[1];
  if (k > n)
    return -INFINITY;
  return lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0) + k * log(p) + (n - k) * log1p(-p);
}

static void check_poisson(double mean) {
  parameters[0] = mean;
  FILL(nsa_rand_poisson_1(KEY, a, 0.0, tick, mean));
  check_moments(mean, mean, 3.0 + 1.0 / mean);
  check_counts(log_poisson);
}

static void test_poisson(void **unused) {
  (void)unused;
  const double means[] = {0.01, 0.5, 3.0, 12.0, 29.9, 30.0, 55.5, 200.0, 1000.0};
  for (size_t i = 0; i < sizeof means / sizeof means[0]; i++)
    check_poisson(means[i]);
}

static void test_poisson_extremes(void **unused) {
  (void)unused;
  FILL(nsa_rand_poisson_1(KEY, a, 0.0, tick, 1e9));
  check_moments(1e9, 1e9, 3.0);
  assert_true(nsa_rand_poisson_1(KEY, 1.0, 2.0, 3.0, 0.0) == 0.0);
  assert_true(nsa_rand_poisson_1(KEY, 1.0, 2.0, 3.0, 1e15) == 1e15);
  assert_true(isnan(nsa_rand_poisson_1(KEY, 1.0, 2.0, 3.0, -1.0)));
  assert_true(isnan(nsa_rand_poisson_1(KEY, 1.0, 2.0, 3.0, (double)NAN)));
}

static void check_binomial(double n, double p) {
  double variance = n * p * (1.0 - p);
  parameters[0] = n;
  parameters[1] = p;
  FILL(nsa_rand_binomial_1(KEY, a, 0.0, tick, n, p));
  check_moments(n * p, variance, 3.0 + (1.0 - 6.0 * p * (1.0 - p)) / variance);
  check_counts(log_binomial);
}

/* Both methods, on both sides of where one takes over from the other, and of p = 1/2. */
static void test_binomial(void **unused) {
  (void)unused;
  check_binomial(1.0, 0.3);
  check_binomial(5.0, 0.5);
  check_binomial(19.0, 0.5);
  check_binomial(20.0, 0.5);
  check_binomial(40.0, 0.8);
  check_binomial(100.0, 0.09);
  check_binomial(100.0, 0.11);
  check_binomial(1000.0, 0.97);
  check_binomial(100000.0, 0.01);
  check_binomial(2000.0, 0.4);
}

static void test_binomial_extremes(void **unused) {
  (void)unused;
  FILL(nsa_rand_binomial_1(KEY, a, 0.0, tick, 0x1p31, 0.3));
  check_moments(0x1p31 * 0.3, 0x1p31 * 0.21, 3.0);
  const double none[][2] = {{-1.0, 0.5}, {2.5, 0.5}, {0x1p32, 0.5}, {3.0, -0.1}, {3.0, 1.1}, {NAN, 0.5}, {3.0, NAN}};
  for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
    assert_true(isnan(nsa_rand_binomial_1(KEY, 1.0, 2.0, 3.0, none[i][0], none[i][1])));
  for (int i = 0; i < 1000; i++) {
    assert_true(nsa_rand_binomial_1(KEY, i, 0.0, 0.0, 0.0, 0.4) == 0.0);
    assert_true(nsa_rand_binomial_1(KEY, i, 0.0, 0.0, 77.0, 0.0) == 0.0);
    assert_true(nsa_rand_binomial_1(KEY, i, 0.0, 0.0, 77.0, 1.0) == 77.0);
  }
}

/* The regularised incomplete gamma function for a shape that is a multiple of 1/2, by the recurrence of its shape. */
static double gamma_cumulative(double x) {
  double shape = parameters[0], y = x / parameters[1];
  bool is_half = shape != floor(shape);
  double at = is_half ? 0.5 : 1.0, sum = is_half ? erf(sqrt(y)) : -expm1(-y);
  for (; at < shape; at += 1.0)
    sum -= exp(at * log(y) - y - lgamma(at + 1.0));
  return sum;
}

static void test_gamma(void **unused) {
  (void)unused;
  const double shapes[] = {0.5, 1.0, 1.5, 4.0, 30.5, 400.0};
  for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
    parameters[0] = shapes[k];
    parameters[1] = 3.0;
    FILL(nsa_rand_gamma_1(KEY, a, 0.0, tick, shapes[k], 3.0));
    check_moments(3.0 * shapes[k], 9.0 * shapes[k], 3.0 + 6.0 / shapes[k]);
    assert_true(ks_probability(gamma_cumulative) > 1e-3);
  }
  FILL(nsa_rand_gamma_1(KEY, a, 0.0, tick, 0.05, 2.0)); /* most are close to 0 */
  check_moments(0.1, 0.2, 3.0 + 6.0 / 0.05);
  assert_true(nsa_rand_gamma_1(KEY, 1.0, 2.0, 3.0, 0x1p41, 2.0) == 0x1p42);
  assert_true(isnan(nsa_rand_gamma_1(KEY, 1.0, 2.0, 3.0, 0.0, 1.0)));
  assert_true(isnan(nsa_rand_gamma_1(KEY, 1.0, 2.0, 3.0, -1.0, 1.0)));
  assert_true(isnan(nsa_rand_gamma_1(KEY, 1.0, 2.0, 3.0, (double)NAN, 1.0)));
}

static double lognormal_cumulative(double x) { return 0.5 * erfc(-log(x / 2.0) / 0.4 / sqrt(2.0)); }

static void test_lognormal(void **unused) {
  (void)unused;
  FILL(nsa_rand_lognormal_1(KEY, a, 0.0, tick, 2.0, 0.4));
  double w = exp(0.16);
  check_moments(2.0 * sqrt(w), 4.0 * w * (w - 1.0), w * w * w * w + 2.0 * w * w * w + 3.0 * w * w - 3.0);
  assert_true(ks_probability(lognormal_cumulative) > 1e-3);
}

/* Neighbouring elements, ticks and keys are not correlated. */
static void test_neighbours(void **unused) {
  (void)unused;
  double products[3] = {0.0, 0.0, 0.0};
  for (int i = 0; i < DRAWS; i++) {
    double a = i % 1000, tick = i / 1000;
    double x = nsa_rand_normal_1(KEY, a, 0.0, tick, 0.0, 1.0);
    products[0] += x * nsa_rand_normal_1(KEY, a + 1.0, 0.0, tick, 0.0, 1.0);
    products[1] += x * nsa_rand_normal_1(KEY, a, 0.0, tick + 1.0, 0.0, 1.0);
    products[2] += x * nsa_rand_normal_1(KEY + 1, a, 0.0, tick, 0.0, 1.0);
  }
  for (int i = 0; i < 3; i++)
    assert_true(fabs(products[i]) < 4.0 * sqrt((double)DRAWS));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_published_vectors),
      cmocka_unit_test(test_against_random123),
      cmocka_unit_test(test_counter_and_uniform),
      cmocka_unit_test(test_uniform),
      cmocka_unit_test(test_normal),
      cmocka_unit_test(test_normal_formula),
      cmocka_unit_test(test_exponential),
      cmocka_unit_test(test_bernoulli),
      cmocka_unit_test(test_poisson),
      cmocka_unit_test(test_poisson_extremes),
      cmocka_unit_test(test_binomial),
      cmocka_unit_test(test_binomial_extremes),
      cmocka_unit_test(test_gamma),
      cmocka_unit_test(test_lognormal),
      cmocka_unit_test(test_neighbours),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
