/* SPDX-License-Identifier: MIT */
/* poisson.h - Poisson numbers. */
#ifndef NSA_MATH_POISSON_H
#define NSA_MATH_POISSON_H

#include "rejection.h"

/* from this mean on by rejection; the loop of the inversion grows with the mean */
#define POISSON_LARGE 30.0

/* The smallest n whose cumulative probability exceeds u; mean in [0, POISSON_LARGE). */
NSA_INLINE vf64 poisson_by_inversion(vf64 mean, vf64 u, vi64 wanted) {
  vf64 p = NSA_NAME(exp)(neg(mean)), sum = p, n = splat(0.0);
  for (int i = 1; i < INVERSION_STEPS; i++) {
    vi64 more = wanted & ge(u, sum);
    if (!any(more))
      break;
    p = p * mean / splat((double)i);
    sum = select_(more, sum + p, sum);
    n = select_(more, splat((double)i), n);
  }
  return n;
}

/* Transformed rejection with squeeze: algorithm PTRS of Hoermann 1993, "The transformed rejection method
 * for generating Poisson random variables". One Philox call an attempt. */
NSA_INLINE vf64 poisson_by_rejection(uint64_t key, vf64 ia, vf64 ib, double tick, vf64 mean, vi64 wanted) {
  vf64 root = sqrt_(mean), log_mean = log_normal_range(mean);
  vf64 b = fma_k(root, 2.53, splat(0.931));
  vf64 a = fma_k(b, 0.02483, splat(-0.059));
  vf64 inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  vf64 v_r = 0.9277 - 3.6224 / (b - 2.0);
  vf64 result = mean;
  for (uint64_t attempt = 0; attempt < REJECTION_ATTEMPTS && any(wanted); attempt++) {
    nsa_words w = attempt_draw(key, attempt, ia, ib, tick);
    vf64 u = unit(w.w0, w.w1) - 0.5;
    vf64 v = 1.0 - unit(w.w2, w.w3); /* not 0 */
    vf64 us = 0.5 - abs_(u) + 0x1p-60;
    vf64 n = NSA_NAME(floor)(fma_((2.0 * a) / us + b, u, mean + 0.43));
    vi64 quick = ge(us, splat(0.07)) & le(v, v_r);
    vi64 refuse = lt(n, splat(0.0)) | (lt(us, splat(0.013)) & gt(v, us));
    vf64 m = select_(lt(n, splat(0.0)), splat(0.0), n);
    vf64 left = log_normal_range(v * inverse_alpha / (a / (us * us) + b));
    vf64 right = fma_(m, log_mean, neg(mean)) - log_factorial(m);
    vi64 accept = wanted & (quick | (~refuse & le(left, right)));
    result = select_(accept, n, result);
    wanted = wanted & ~accept;
  }
  return result;
}

/* A Poisson number with the given mean. Beyond 2^40 the normal approximation is the mean itself to 6 digits, so the
 * mean is returned. NaN for a negative mean or NaN. */
vf64 NSA_NAME(rand_poisson)(uint64_t key, vf64 a, vf64 b, double tick, vf64 mean) {
  vi64 small = lt(mean, splat(POISSON_LARGE)) & ge(mean, splat(0.0));
  vi64 large = ge(mean, splat(POISSON_LARGE)) & lt(mean, splat(0x1p40));
  vf64 result = select_(ge(mean, splat(0x1p40)), mean, NAN_);
  if (any(small)) {
    nsa_words w = draw(key, a, b, tick);
    vf64 safe = select_(small, mean, splat(0.0));
    result = select_(small, poisson_by_inversion(safe, unit(w.w0, w.w1), small), result);
  }
  if (any(large)) {
    vf64 safe = select_(large, mean, splat(POISSON_LARGE));
    result = select_(large, poisson_by_rejection(key, a, b, tick, safe, large), result);
  }
  return result;
}

#endif
