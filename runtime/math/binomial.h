/* SPDX-License-Identifier: MIT */
/* binomial.h - binomial numbers. */
#ifndef NSA_MATH_BINOMIAL_H
#define NSA_MATH_BINOMIAL_H

#include "exp.h"
#include "rejection.h"

/* from this mean on by rejection; the loop of the inversion grows with the mean */
#define BINOMIAL_LARGE 10.0
/* from this n on differences of log n! have too few digits */
#define BINOMIAL_MOST 0x1p31

/* The smallest k whose cumulative probability exceeds u; n p < BINOMIAL_LARGE, p <= 1/2. */
NSA_INLINE vf64 binomial_by_inversion(vf64 n, vf64 p, vf64 u, vi64 wanted) {
  vf64 odds = p / (1.0 - p), mass = NSA_NAME(exp)(n * NSA_NAME(log1p)(neg(p))), sum = mass, k = splat(0.0);
  for (int i = 1; i < INVERSION_STEPS; i++) {
    vi64 more = wanted & ge(u, sum);
    if (!any(more))
      break;
    mass = mass * odds * (n - (double)(i - 1)) / splat((double)i);
    sum = select_(more, sum + mass, sum);
    k = select_(more, splat((double)i), k);
  }
  return select_(gt(k, n), n, k);
}

/* Transformed rejection with squeeze: algorithm BTRS of Hoermann 1993, "The generation of binomial random variates".
 * n p >= BINOMIAL_LARGE, p <= 1/2. One call of Philox an attempt. */
NSA_INLINE vf64 binomial_by_rejection(uint64_t key, vf64 ia, vf64 ib, double tick, vf64 n, vf64 p, vi64 wanted) {
  vf64 mean = n * p, deviation = sqrt_(mean * (1.0 - p));
  vf64 b = fma_k(deviation, 2.53, splat(1.15));
  vf64 a = fma_k(b, 0.0248, fma_k(p, 0.01, splat(-0.0873)));
  vf64 v_r = 0.92 - 4.2 / b, alpha = (2.83 + 5.1 / b) * deviation;
  vf64 log_odds = log_normal_range(p / (1.0 - p));
  vf64 mode = NSA_NAME(floor)((n + 1.0) * p);
  vf64 at_mode = log_factorial(mode) + log_factorial(n - mode);
  vf64 result = mean;
  for (uint64_t attempt = 0; attempt < REJECTION_ATTEMPTS && any(wanted); attempt++) {
    nsa_words w = attempt_draw(key, attempt, ia, ib, tick);
    vf64 u = unit(w.w0, w.w1) - 0.5;
    vf64 v = 1.0 - unit(w.w2, w.w3); /* not 0 */
    vf64 us = 0.5 - abs_(u) + 0x1p-60;
    vf64 k = NSA_NAME(floor)(fma_((2.0 * a) / us + b, u, mean + 0.5));
    vi64 inside = ge(k, splat(0.0)) & le(k, n);
    vi64 quick = ge(us, splat(0.07)) & le(v, v_r);
    vf64 safe = select_(inside, k, mode);
    vf64 left = log_normal_range(v * alpha / (a / (us * us) + b));
    vf64 right = at_mode - log_factorial(safe) - log_factorial(n - safe) + (safe - mode) * log_odds;
    vi64 accept = wanted & inside & (quick | le(left, right));
    result = select_(accept, k, result);
    wanted = wanted & ~accept;
  }
  return result;
}

/* How many of n trials succeed, each with probability p. NaN where n is no whole number from 0 to 2^31, or p none from
 * 0 to 1. */
vf64 NSA_NAME(rand_binomial)(uint64_t key, vf64 a, vf64 b, double tick, vf64 n, vf64 p) {
  vi64 good = ge(n, splat(0.0)) & le(n, splat(BINOMIAL_MOST)) & ge(p, splat(0.0)) & le(p, splat(1.0));
  good = good & ~(lt(NSA_NAME(floor)(n), n));
  vf64 count = select_(good, n, splat(0.0)), chance = select_(good, p, splat(0.0));
  vi64 is_likely = gt(chance, splat(0.5)); /* then failures are counted */
  chance = select_(is_likely, 1.0 - chance, chance);
  vi64 large = good & ge(count * chance, splat(BINOMIAL_LARGE)), small = good & ~large;
  vf64 result = NAN_;
  if (any(small)) {
    nsa_words w = draw(key, a, b, tick);
    vf64 safe = select_(small, chance, splat(0.0));
    result =
        select_(small, binomial_by_inversion(select_(small, count, splat(0.0)), safe, unit(w.w0, w.w1), small), result);
  }
  if (any(large)) {
    vf64 safe_n = select_(large, count, splat(100.0)), safe_p = select_(large, chance, splat(0.5));
    result = select_(large, binomial_by_rejection(key, a, b, tick, safe_n, safe_p, large), result);
  }
  return select_(is_likely, n - result, result);
}

#endif
