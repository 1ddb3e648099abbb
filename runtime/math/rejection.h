/* SPDX-License-Identifier: MIT */
/* rejection.h - what numbers drawn by rejection share. Such functions have loops: all lanes go round until the last one
 * is done, and a lane that is done keeps its value. So the bits do not depend on the neighbours. */
#ifndef NSA_MATH_REJECTION_H
#define NSA_MATH_REJECTION_H

#include "random.h"

/* Each attempt succeeds in at least 6 of 10 cases: more are never needed. */
#define REJECTION_ATTEMPTS 100
/* The key of attempt n is key + n * this (2^64 divided by the golden ratio); attempt 0 uses the key. */
#define REJECTION_KEY_STEP 0x9E3779B97F4A7C15u
/* Sums of probabilities. Far beyond what is ever reached: a sum that stalls a little under 1 must not loop for ever. */
#define INVERSION_STEPS 400

NSA_INLINE nsa_words attempt_draw(uint64_t key, uint64_t attempt, vf64 a, vf64 b, double tick) {
  return draw(key + attempt * REJECTION_KEY_STEP, a, b, tick);
}

/* log n! for an integer n >= 0: Stirling's series at n + 8, less log((n + 1) ... (n + 8)). */
NSA_INLINE vf64 log_factorial(vf64 n) {
  vf64 product = (n + 1.0) * (n + 2.0) * (n + 3.0) * (n + 4.0) * (n + 5.0) * (n + 6.0) * (n + 7.0) * (n + 8.0);
  vf64 x = n + 9.0; /* n! = Gamma(x) / product */
  vf64 y = 1.0 / x, y2 = y * y;
  vf64 series =
      y * fma_(y2, fma_(y2, fma_k(y2, -1.0 / 1680.0, splat(1.0 / 1260.0)), splat(-1.0 / 360.0)), splat(1.0 / 12.0));
  const double half_log_2pi = 0x1.d67f1c864beb5p-1;
  vf64 stirling = fma_(x - 0.5, log_normal_range(x), series - x) + half_log_2pi;
  return stirling - log_normal_range(product);
}

#endif
