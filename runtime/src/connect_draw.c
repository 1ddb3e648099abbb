/* SPDX-License-Identifier: MIT */
/* connect_draw.c - see connect_draw.h.
 *
 * runtime/math is compiled into this file as static functions that vanish into the loops, and the
 * loops are compiled twice where a processor may or may not have fused multiply-add. */
#include "connect_draw.h"

#define NSA_WIDTH 1
#define NSA_NAME(name) drawn_##name
#include "math/vec.h"

/* A function declared static before remains so. */
#define NSA_ARGS_1 double
#define NSA_ARGS_2 double, double
#define NSA_ARGS_3 double, double, double
#define NSA_MATH(name, arity) NSA_INLINE double NSA_NAME(name)(NSA_ARGS_##arity);
NSA_MATH(exp, 1)
NSA_MATH(expm1, 1) NSA_MATH(exprel, 1) NSA_MATH(sigmoid, 1) NSA_MATH(log, 1) NSA_MATH(log1p, 1)
    NSA_MATH(log10, 1) NSA_MATH(pow, 2) NSA_MATH(hill, 3) NSA_MATH(sin, 1) NSA_MATH(cos, 1)
        NSA_MATH(tan, 1) NSA_MATH(sqrt, 1) NSA_MATH(abs, 1) NSA_MATH(min, 2) NSA_MATH(max, 2)
            NSA_MATH(floor, 1) NSA_MATH(ceil, 1) NSA_MATH(round, 1) NSA_MATH(sign, 1)
                NSA_MATH(step, 1)
#define NSA_RAND(name, nargs)                                                                      \
  NSA_INLINE double NSA_NAME(rand_##name)(uint64_t, double, double, double, NSA_ARGS_##nargs);
                    NSA_RAND(uniform, 2) NSA_RAND(normal, 2) NSA_RAND(exponential, 1)
                        NSA_RAND(bernoulli, 1)

#include "math/random.h"
#include "math/trig.h"

#include <math.h>

    /* ---- the loops ---- */

    NSA_INLINE void uniforms_loop(uint64_t key, double element, double first, uint32_t count,
                                  double *numbers) {
  for (uint32_t i = 0; i < count; i++)
    numbers[i] = drawn_rand_uniform(key, element, first + i, 0, 0, 1);
}

NSA_INLINE double distance_of(uint64_t key, double element, double draw_number,
                              const draw_kernel *kernel) {
  if (kernel->is_exponential)
    return drawn_rand_exponential(key, element, draw_number, 0, kernel->length);
  return fabs(drawn_rand_normal(key, element, draw_number, 0, 0, kernel->length));
}

NSA_INLINE void steps_loop(uint64_t key, double element, double first, const draw_kernel *kernel,
                           uint32_t count, double *rows, double *cols) {
  static const double two_pi = 6.283185307179586;
  for (uint32_t i = 0; i < count; i++) {
    double at = first + 2.0 * i;
    double distance = distance_of(key, element, at, kernel);
    double angle = drawn_rand_uniform(key, element, at + 1, 0, 0, two_pi);
    rows[i] = kernel->is_line ? 0 : trunc(distance * drawn_sin(angle));
    cols[i] = trunc(kernel->is_line ? (angle < two_pi / 2 ? distance : -distance)
                                    : distance * drawn_cos(angle));
  }
}

enum { LANES = 64 };

/* philox of math/random.h over counters (first + i, target, 0): the same words, round by round for all lanes, so that
 * compilers make vectors of them. w0 and w1 get the words of the first number. */
NSA_INLINE void philox_lanes(uint64_t key, uint64_t first, uint64_t target, uint64_t *w0, uint64_t *w1) {
  uint64_t w2[LANES], w3[LANES], k0 = key & LOW_32, k1 = key >> 32;
  for (uint32_t i = 0; i < LANES; i++) {
    w0[i] = first + i;
    w1[i] = target;
    w2[i] = 0;
    w3[i] = (target >> 11) & 0xffe00000u;
  }
  for (int round = 0; round < 10; round++) {
    for (uint32_t i = 0; i < LANES; i++) {
      uint64_t p0 = (w0[i] & LOW_32) * 0xD2511F53u, p1 = (w2[i] & LOW_32) * 0xCD9E8D57u;
      w0[i] = (p1 >> 32) ^ w1[i] ^ k0;
      w1[i] = p1;
      w2[i] = (p0 >> 32) ^ w3[i] ^ k1;
      w3[i] = p0;
    }
    k0 = (k0 + 0x9E3779B9u) & LOW_32;
    k1 = (k1 + 0xBB67AE85u) & LOW_32;
  }
}

/* Numbers are below 1: a candidate is always taken at p >= 1 and never at p <= 0. */
NSA_INLINE void decisions_loop(uint64_t key, double first, double target, const double *p,
                               uint32_t count, uint8_t *taken) {
  uint64_t w0[LANES], w1[LANES];
  for (uint32_t from = 0; from < count; from += LANES) {
    uint32_t lanes = count - from < LANES ? count - from : LANES;
    philox_lanes(key, (uint64_t)first + from, (uint64_t)target, w0, w1);
    for (uint32_t i = 0; i < lanes; i++)
      taken[from + i] = unit(w0[i] & LOW_32, w1[i] & LOW_32) < p[from + i];
  }
}

NSA_INLINE void gaps_loop(uint64_t key, double element, double first, double mean, uint32_t count, double *gaps) {
  for (uint32_t i = 0; i < count; i++)
    gaps[i] = floor(drawn_rand_exponential(key, element, first + i, 0, mean));
}

/* ---- both compilations ---- */

#define UNIFORMS (uint64_t key, double element, double first, uint32_t count, double *numbers)
#define STEPS                                                                                      \
  (uint64_t key, double element, double first, const draw_kernel *kernel, uint32_t count,          \
   double *rows, double *cols)
#define DECISIONS                                                                                  \
  (uint64_t key, double first, double target, const double *p, uint32_t count, uint8_t *taken)

#define GAPS (uint64_t key, double element, double first, double mean, uint32_t count, double *gaps)

#define LOOPS(suffix, attribute)                                                                   \
  attribute static void uniforms_##suffix UNIFORMS {                                               \
    uniforms_loop(key, element, first, count, numbers);                                            \
  }                                                                                                \
  attribute static void steps_##suffix STEPS {                                                     \
    steps_loop(key, element, first, kernel, count, rows, cols);                                    \
  }                                                                                                \
  attribute static void decisions_##suffix DECISIONS {                                             \
    decisions_loop(key, first, target, p, count, taken);                                           \
  }                                                                                                \
  attribute static void gaps_##suffix GAPS { gaps_loop(key, element, first, mean, count, gaps); }

LOOPS(any, )

#if defined(__x86_64__) && !defined(__FMA__)
LOOPS(fused, __attribute__((target("avx2,fma"))))
#define CHOOSE(name)                                                                               \
  (__builtin_cpu_supports("fma") && __builtin_cpu_supports("avx2") ? name##_fused : name##_any)
#else
#define CHOOSE(name) name##_any
#endif

void draw_uniforms UNIFORMS { CHOOSE(uniforms)(key, element, first, count, numbers); }
void draw_steps STEPS { CHOOSE(steps)(key, element, first, kernel, count, rows, cols); }
void draw_decisions DECISIONS { CHOOSE(decisions)(key, first, target, p, count, taken); }
void draw_gaps GAPS { CHOOSE(gaps)(key, element, first, mean, count, gaps); }
