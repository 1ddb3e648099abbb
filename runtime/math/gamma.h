/* SPDX-License-Identifier: MIT */
/* gamma.h - gamma and lognormal numbers. */
#ifndef NSA_MATH_GAMMA_H
#define NSA_MATH_GAMMA_H

#include "exp.h"
#include "rejection.h"

/* median e^(sigma z), z normal: the logarithm has the standard deviation sigma, and the mean is median e^(sigma^2/2).
 */
vf64 NSA_NAME(rand_lognormal)(uint64_t key, vf64 a, vf64 b, double tick, vf64 median, vf64 sigma) {
  return median * NSA_NAME(exp)(sigma * standard_normal(draw(key, a, b, tick)));
}

/* For a shape from 1 to 2^40: Marsaglia and Tsang 2000, "A simple method for generating gamma variables". Two calls of
 * Philox an attempt. */
NSA_INLINE vf64 gamma_by_rejection(uint64_t key, vf64 ia, vf64 ib, double tick, vf64 shape, vi64 wanted) {
  vf64 d = shape - 1.0 / 3.0, c = 1.0 / (3.0 * sqrt_(d));
  vf64 result = shape;
  for (uint64_t attempt = 0; attempt < REJECTION_ATTEMPTS && any(wanted); attempt++) {
    vf64 z = standard_normal(attempt_draw(key, 2 * attempt, ia, ib, tick));
    nsa_words w = attempt_draw(key, 2 * attempt + 1, ia, ib, tick);
    vf64 root = fma_(c, z, splat(1.0));
    vi64 positive = gt(root, splat(0.0));
    vf64 v = root * root * root;
    vf64 safe = select_(positive, v, splat(1.0));
    vf64 left = log_normal_range(1.0 - unit(w.w0, w.w1));
    vf64 right = fma_(0.5 * z, z, d - d * v + d * log_normal_range(safe));
    vi64 accept = wanted & positive & lt(left, right);
    result = select_(accept, d * v, result);
    wanted = wanted & ~accept;
  }
  return result;
}

/* A gamma number with mean shape scale. A shape below 1 is raised by 1, and the result multiplied by u^(1/shape).
 * Beyond 2^40 the mean is the number to 6 digits, and is returned. NaN for a shape of 0 or less, or NaN. */
vf64 NSA_NAME(rand_gamma)(uint64_t key, vf64 a, vf64 b, double tick, vf64 shape, vf64 scale) {
  vi64 small = gt(shape, splat(0.0)) & lt(shape, splat(1.0)), large = ge(shape, splat(0x1p40));
  vi64 wanted = small | (ge(shape, splat(1.0)) & lt(shape, splat(0x1p40)));
  vf64 result = select_(large, shape, NAN_);
  if (any(wanted)) {
    vf64 raised = select_(wanted, select_(small, shape + 1.0, shape), splat(1.0));
    result = select_(wanted, gamma_by_rejection(key, a, b, tick, raised, wanted), result);
  }
  if (any(small)) {
    nsa_words w = attempt_draw(key, 2 * REJECTION_ATTEMPTS, a, b, tick);
    vf64 power = log_normal_range(1.0 - unit(w.w0, w.w1)) / select_(small, shape, splat(1.0));
    result = select_(small, result * NSA_NAME(exp)(power), result);
  }
  return result * scale;
}

#endif
