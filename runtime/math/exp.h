/* SPDX-License-Identifier: MIT */
/* exp.h - exp and what is made of it: expm1, exprel, sigmoid.
 *
 * x = k ln2 + r with |r| <= ln2/2 (Cody and Waite, by fma), e^r = 1 + r + r^2 Q(r), times 2^k. */
#ifndef NSA_MATH_EXP_H
#define NSA_MATH_EXP_H

#include "coefficients.h"
#include "vec.h"

typedef struct {
  vf64 k;    /* an integer */
  vf64 r;    /* the rest */
  vf64 tail; /* what r lacks by rounding */
} nsa_reduced;

/* x + more = k ln2 + r + tail, for |x| < 2^10 and a far smaller `more`. The first fma is exact: LN2_0 has
 * 42 bits, so k * LN2_0 and the difference fit. */
NSA_INLINE nsa_reduced reduce_by_ln2(vf64 x, vf64 more) {
  vf64 k = fma_k(x, INV_LN2_0, splat(ROUNDER)) - ROUNDER;
  vf64 exact = fma_k(k, -LN2_0, x);
  vdd r = two_sum(exact, fma_k(k, -LN2_1, more));
  return (nsa_reduced){k, r.hi, r.lo};
}

/* m * 2^k for an integer |k| < 2000, in two steps so that subnormal results are rounded once. */
NSA_INLINE vf64 scale_by_pow2(vf64 m, vf64 k) {
  vu64 whole = bits_of(k + (ROUNDER + 4096.0));
  vu64 half = (whole & 0xffff) >> 1;   /* (k + 4096) / 2 */
  vu64 rest = (whole & 0xffff) - half; /* what is missing to k + 4096 */
  vf64 first = from_bits((half - 1025) << 52);
  vf64 second = from_bits((rest - 1025) << 52);
  return m * first * second;
}

/* Beyond these e^x is infinite, or rounds to 0. */
#define EXP_HIGH 710.0
#define EXP_LOW (-746.0)

vf64 NSA_NAME(exp)(vf64 x) {
  x = clamp(x, EXP_LOW, EXP_HIGH);
  vf64 k = fma_k(x, INV_LN2_0, splat(ROUNDER)) - ROUNDER;
  vf64 r = fma_k(k, -LN2_1, fma_k(k, -LN2_0, x)); /* as reduce_by_ln2, without a tail */
  vdd sum = fast_two_sum(splat(1.0), r);
  return scale_by_pow2(sum.hi + fma_(r * r, POLYNOMIAL(r, EXP_Q), sum.lo), k);
}

/* e^(x + more) = (hi + lo) 2^k with an error of some 2^-57; x within [EXP_LOW, EXP_HIGH]. */
NSA_INLINE vdd exp_parts(vf64 x, vf64 more, vf64 *k) {
  nsa_reduced a = reduce_by_ln2(x, more);
  vf64 small = fma_(a.r * a.r, POLYNOMIAL(a.r, EXP_Q), fma_(a.tail, a.r, a.tail));
  vdd sum = fast_two_sum(splat(1.0), a.r);
  *k = a.k;
  return fast_two_sum(sum.hi, sum.lo + small);
}

/* e^x - 1 = m * factor, where factor is 1 unless e^x nears the largest number. For x < 720.
 * With s = 2^k: s e^r - 1 = (s - 1) + s r + s r^2 Q(r), the first sum kept exact, as it may cancel. */
NSA_INLINE vf64 expm1_parts(vf64 x, vf64 *factor) {
  nsa_reduced a = reduce_by_ln2(clamp(x, -50.0, 720.0), splat(0.0));
  vf64 k = clamp(a.k, -100.0, 1000.0);
  vf64 s = pow2(k);
  vdd sum = fast_two_sum(s - 1.0, s * a.r);
  vf64 small = fma_(a.r * a.r, POLYNOMIAL(a.r, EXP_Q), a.tail);
  *factor = pow2(a.k - k);
  return sum.hi + fma_(s, small, sum.lo);
}

vf64 NSA_NAME(expm1)(vf64 x) {
  vf64 factor;
  vf64 m = expm1_parts(x, &factor);
  return with_sign(m * factor, sign_of(x)); /* keeps the sign of -0 */
}

/* (e^x - 1)/x, and 1 at 0. Numerators are 2^-16 of themselves, so that they stay finite as long as the ratio does. With
 * s = 2^k: s e^r - 1 = (s - 1) + s (e^r - 1); the first is exact, and where it cancels k is -1, 0 or 1. */
vf64 NSA_NAME(exprel)(vf64 x) {
  vf64 y = clamp(x, -50.0, 720.0);
  vf64 k = fma_k(y, INV_LN2_0, splat(ROUNDER)) - ROUNDER;
  vf64 r = fma_k(k, -LN2_1, fma_k(k, -LN2_0, y));
  vf64 s = pow2(k - 16.0);
  vf64 m = fma_(s, fma_(r * r, POLYNOMIAL(r, EXP_Q), r), s - 0x1p-16);
  vf64 ratio = m / x * 0x1p16;
  ratio = select_(lt(abs_(x), splat(1e-200)), splat(1.0), ratio);
  return select_(gt(x, splat(720.0)), INFINITY_, ratio);
}

/* 1/(1 + e^-x). With e = e^-|x|: 1/(1 + e) on the right, e/(1 + e) on the left; the quotient is
 * corrected by its remainder. */
vf64 NSA_NAME(sigmoid)(vf64 x) {
  vf64 k;
  vdd e = exp_parts(clamp(neg(abs_(x)), EXP_LOW, 0.0), splat(0.0), &k);
  vf64 size = pow2(clamp(k, -1000.0, 0.0));
  vdd sum = fast_two_sum(splat(1.0), e.hi * size);
  vf64 sum_lo = fma_(e.lo, size, sum.lo);
  vf64 inverse = 1.0 / sum.hi;
  vi64 left = lt(x, splat(0.0));
  vf64 top = select_(left, e.hi, splat(1.0));
  vf64 top_lo = select_(left, e.lo, splat(0.0));
  vf64 q = top * inverse;
  vf64 rest = fma_(neg(q), sum.hi, top) + fma_(neg(q), sum_lo, top_lo);
  return scale_by_pow2(fma_(rest, inverse, q), select_(left, k, splat(0.0)));
}

#endif
