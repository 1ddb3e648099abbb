/* SPDX-License-Identifier: MIT */
/* connect_draw.c - see connect_draw.h.
 *
 * runtime/math is compiled into this file as static functions that vanish into the loops, and the
 * loops are compiled twice where a processor may or may not have fused multiply-add. */
#include "links/connect_draw.h"

#define NSA_WIDTH 1
#define NSA_NAME(name) drawn_##name
#include "math/vec.h"

/* polynomial of math/vec.h without a loop: within a loop over lanes it would keep compilers from making vectors. */
NSA_INLINE double polynomial_of_lane(double x, const double *c, int top) {
  double x2 = x * x, first = c[top], second = c[top - 1];
#define TWO_TERMS(k)                                                                                                   \
  if (top - k >= 1)                                                                                                    \
    first = fma_(first, x2, c[top - k]), second = fma_(second, x2, c[top - k - 1]);
  TWO_TERMS(2)
  TWO_TERMS(4)
  TWO_TERMS(6)
  TWO_TERMS(8)
  TWO_TERMS(10)
  TWO_TERMS(12)
  TWO_TERMS(14)
#undef TWO_TERMS
  return top % 2 == 0 ? fma_(second, x, fma_(first, x2, c[0])) : fma_(first, x, second);
}
#undef POLYNOMIAL
#define POLYNOMIAL(x, table) polynomial_of_lane(x, table, (int)(sizeof(table) / sizeof(table)[0]) - 1)

/* A function declared static before remains so. */
#define NSA_ARGS_1 double
#define NSA_ARGS_2 double, double
#define NSA_ARGS_3 double, double, double
#define NSA_MATH(name, arity) NSA_INLINE double NSA_NAME(name)(NSA_ARGS_##arity);
NSA_MATH(exp, 1)
NSA_MATH(expm1, 1)
NSA_MATH(exprel, 1)
NSA_MATH(sigmoid, 1)
NSA_MATH(log, 1)
NSA_MATH(log1p, 1)
NSA_MATH(log10, 1)
NSA_MATH(pow, 2)
NSA_MATH(hill, 3)
NSA_MATH(sin, 1)
NSA_MATH(cos, 1)
NSA_MATH(tan, 1)
NSA_MATH(sqrt, 1)
NSA_MATH(abs, 1)
NSA_MATH(min, 2)
NSA_MATH(max, 2)
NSA_MATH(floor, 1)
NSA_MATH(ceil, 1)
NSA_MATH(round, 1)
NSA_MATH(sign, 1)
NSA_MATH(step, 1)
#define NSA_RAND(name, nargs)                                                                                          \
  NSA_INLINE double NSA_NAME(rand_##name)(uint64_t, double, double, double, NSA_ARGS_##nargs);
NSA_RAND(uniform, 2)
NSA_RAND(normal, 2)
NSA_RAND(exponential, 1)
NSA_RAND(bernoulli, 1)

#include "math/random.h"
#include "math/trig.h"

#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* ---- the loops ---- */

/* Numbers are drawn LANES at a time: loops of that length, without a branch, become vectors. */
enum { LANES = 16 };

typedef struct {
  uint64_t w0[LANES], w1[LANES], w2[LANES], w3[LANES];
} lanes;

#define PHILOX_ROUND                                                                                                   \
  p0 = (w0 & LOW_32) * 0xD2511F53u, p1 = (w2 & LOW_32) * 0xCD9E8D57u;                                                  \
  w0 = (p1 >> 32) ^ w1 ^ k0, w1 = p1, w2 = (p0 >> 32) ^ w3 ^ k1, w3 = p0;                                              \
  k0 = (k0 + 0x9E3779B9u) & LOW_32, k1 = (k1 + 0xBB67AE85u) & LOW_32;

/* philox of math/random.h with the rounds written out, so that a lane's words stay in registers. */
static void numbers_any(uint64_t key, const lanes *at, double *numbers) {
  for (uint32_t i = 0; i < LANES; i++) {
    uint64_t w0 = at->w0[i], w1 = at->w1[i], w2 = at->w2[i], w3 = at->w3[i];
    uint64_t k0 = key & LOW_32, k1 = key >> 32, p0, p1;
    PHILOX_ROUND PHILOX_ROUND PHILOX_ROUND PHILOX_ROUND PHILOX_ROUND PHILOX_ROUND PHILOX_ROUND PHILOX_ROUND PHILOX_ROUND
        PHILOX_ROUND numbers[i] = unit(w0 & LOW_32, w1 & LOW_32);
  }
}

#if defined(__x86_64__)
#define FUSED __attribute__((target("avx2,fma")))

/* The same. Compilers do not see that one instruction multiplies the lower halves, and take three. */
FUSED static inline void philox_round_fused(__m256i w[4], __m256i k0, __m256i k1) {
  __m256i p0 = _mm256_mul_epu32(w[0], _mm256_set1_epi64x(0xD2511F53)),
          p1 = _mm256_mul_epu32(w[2], _mm256_set1_epi64x(0xCD9E8D57));
  w[0] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p1, 32), w[1]), k0);
  w[1] = p1;
  w[2] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p0, 32), w[3]), k1);
  w[3] = p0;
}

FUSED static void numbers_fused(uint64_t key, const lanes *at, double *numbers) {
  uint64_t w0[LANES], w1[LANES];
  for (uint32_t i = 0; i < LANES; i += 8) { /* two vectors at once: a round waits for the one before */
    __m256i a[4], b[4];
    const uint64_t *words[4] = {at->w0 + i, at->w1 + i, at->w2 + i, at->w3 + i};
    for (int k = 0; k < 4; k++) {
      a[k] = _mm256_loadu_si256((const __m256i *)words[k]);
      b[k] = _mm256_loadu_si256((const __m256i *)(words[k] + 4));
    }
    uint64_t k0 = key & LOW_32, k1 = key >> 32;
    for (int round = 0; round < 10; round++) {
      __m256i keys0 = _mm256_set1_epi64x((int64_t)k0), keys1 = _mm256_set1_epi64x((int64_t)k1);
      philox_round_fused(a, keys0, keys1);
      philox_round_fused(b, keys0, keys1);
      k0 = (k0 + 0x9E3779B9u) & LOW_32;
      k1 = (k1 + 0xBB67AE85u) & LOW_32;
    }
    _mm256_storeu_si256((__m256i *)(w0 + i), a[0]);
    _mm256_storeu_si256((__m256i *)(w0 + i + 4), b[0]);
    _mm256_storeu_si256((__m256i *)(w1 + i), a[1]);
    _mm256_storeu_si256((__m256i *)(w1 + i + 4), b[1]);
  }
  for (uint32_t i = 0; i < LANES; i++)
    numbers[i] = unit(w0[i] & LOW_32, w1[i] & LOW_32);
}
#endif

/* What makes the numbers of LANES counters. */
typedef void (*number_maker)(uint64_t key, const lanes *at, double *numbers);

/* Draws first, first + 1, ... of an element. */
NSA_INLINE void numbers_of_element(number_maker make, uint64_t key, uint64_t element, uint64_t first, double *numbers) {
  lanes at;
  for (uint32_t i = 0; i < LANES; i++) {
    at.w0[i] = element;
    at.w1[i] = first + i;
    at.w2[i] = 0;
    at.w3[i] = ((first + i) >> 11) & 0xffe00000u;
  }
  make(key, &at, numbers);
}

NSA_INLINE void uniforms_loop(number_maker make, uint64_t key, double element, double first, uint32_t count,
                              double *numbers) {
  double drawn[LANES];
  for (uint32_t from = 0; from < count; from += LANES) {
    uint32_t some = count - from < LANES ? count - from : LANES;
    numbers_of_element(make, key, (uint64_t)element, (uint64_t)first + from, drawn);
    memcpy(numbers + from, drawn, some * sizeof *drawn);
  }
}

NSA_INLINE double distance_of(uint64_t key, double element, double draw_number, const draw_kernel *kernel) {
  if (kernel->is_exponential)
    return drawn_rand_exponential(key, element, draw_number, 0, kernel->length);
  return fabs(drawn_rand_normal(key, element, draw_number, 0, 0, kernel->length));
}

NSA_INLINE void steps_loop(uint64_t key, double element, double first, const draw_kernel *kernel, uint32_t count,
                           double *rows, double *cols) {
  static const double two_pi = 6.283185307179586;
  for (uint32_t i = 0; i < count; i++) {
    double at = first + 2.0 * i;
    double distance = distance_of(key, element, at, kernel);
    double angle = drawn_rand_uniform(key, element, at + 1, 0, 0, two_pi);
    rows[i] = kernel->is_line ? 0 : trunc(distance * kernel->row_ratio * drawn_sin(angle));
    cols[i] = trunc(kernel->is_line ? (angle < two_pi / 2 ? distance : -distance) : distance * drawn_cos(angle));
  }
}

/* Vectors are loaded from what is stored here, which waits where single words are stored. */
NSA_INLINE void put_words(uint64_t *words, const uint32_t *from, uint32_t count) {
  if (count == LANES)
    for (uint32_t i = 0; i < LANES; i++)
      words[i] = from[i];
  else
    for (uint32_t i = 0; i < count; i++)
      words[i] = from[i];
}

/* Numbers are below 1: a candidate is always taken at p >= 1 and never at p <= 0. */
NSA_INLINE void decisions_loop(number_maker make, uint64_t key, const uint32_t *candidates, uint32_t target,
                               const double *p, uint32_t count, uint8_t *taken) {
  double drawn[LANES];
  lanes at = {{0}, {0}, {0}, {0}};
  for (uint32_t i = 0; i < LANES; i++)
    at.w1[i] = target;
  for (uint32_t from = 0; from < count; from += LANES) {
    uint32_t some = count - from < LANES ? count - from : LANES;
    put_words(at.w0, candidates + from, some);
    make(key, &at, drawn);
    for (uint32_t i = 0; i < some; i++)
      taken[from + i] = drawn[i] < p[from + i];
  }
}

NSA_INLINE void gaps_loop(number_maker make, uint64_t key, double element, double first, double mean, uint32_t count,
                          double *gaps) {
  double drawn[LANES];
  for (uint32_t from = 0; from < count; from += LANES) {
    uint32_t some = count - from < LANES ? count - from : LANES;
    numbers_of_element(make, key, (uint64_t)element, (uint64_t)first + from, drawn);
    for (uint32_t i = 0; i < LANES; i++)
      drawn[i] = mean * neg(log_normal_range(1.0 - drawn[i]));
    memcpy(gaps + from, drawn, some * sizeof *drawn);
  }
}

NSA_INLINE void pairs_loop(number_maker make, uint64_t key, const uint32_t *a, const uint32_t *b, const uint32_t *c,
                           uint32_t count, double *numbers) {
  double drawn[LANES];
  lanes at = {{0}, {0}, {0}, {0}}; /* b has 32 bits: w3 stays 0 */
  for (uint32_t from = 0; from < count; from += LANES) {
    uint32_t some = count - from < LANES ? count - from : LANES;
    put_words(at.w0, a + from, some);
    put_words(at.w1, b + from, some);
    put_words(at.w2, c + from, some);
    make(key, &at, drawn);
    memcpy(numbers + from, drawn, some * sizeof *drawn);
  }
}

/* ---- both compilations ---- */

#define UNIFORMS (uint64_t key, double element, double first, uint32_t count, double *numbers)
#define STEPS                                                                                                          \
  (uint64_t key, double element, double first, const draw_kernel *kernel, uint32_t count, double *rows, double *cols)
#define DECISIONS                                                                                                      \
  (uint64_t key, const uint32_t *candidates, uint32_t target, const double *p, uint32_t count, uint8_t *taken)

#define GAPS (uint64_t key, double element, double first, double mean, uint32_t count, double *gaps)
#define PAIRS (uint64_t key, const uint32_t *a, const uint32_t *b, const uint32_t *c, uint32_t count, double *numbers)

#define LOOPS(suffix, attribute)                                                                                       \
  attribute static void uniforms_##suffix UNIFORMS {                                                                   \
    uniforms_loop(numbers_##suffix, key, element, first, count, numbers);                                              \
  }                                                                                                                    \
  attribute static void steps_##suffix STEPS { steps_loop(key, element, first, kernel, count, rows, cols); }           \
  attribute static void decisions_##suffix DECISIONS {                                                                 \
    decisions_loop(numbers_##suffix, key, candidates, target, p, count, taken);                                        \
  }                                                                                                                    \
  attribute static void gaps_##suffix GAPS { gaps_loop(numbers_##suffix, key, element, first, mean, count, gaps); }    \
  attribute static void pairs_##suffix PAIRS { pairs_loop(numbers_##suffix, key, a, b, c, count, numbers); }

LOOPS(any, )

#if defined(__x86_64__)
LOOPS(fused, FUSED)
#define CHOOSE(name) (__builtin_cpu_supports("fma") && __builtin_cpu_supports("avx2") ? name##_fused : name##_any)
#else
#define CHOOSE(name) name##_any
#endif

void draw_uniforms UNIFORMS { CHOOSE(uniforms)(key, element, first, count, numbers); }
void draw_steps STEPS { CHOOSE(steps)(key, element, first, kernel, count, rows, cols); }
void draw_decisions DECISIONS { CHOOSE(decisions)(key, candidates, target, p, count, taken); }
void draw_gaps GAPS { CHOOSE(gaps)(key, element, first, mean, count, gaps); }
void draw_pairs PAIRS { CHOOSE(pairs)(key, a, b, c, count, numbers); }
