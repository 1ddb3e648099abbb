/* SPDX-License-Identifier: MIT */
/* single.h - the elementary functions of floats: nsa_<name>_single_<W>.
 *
 * exp, exprel, sigmoid and log are float arithmetic from end to end, in the ways of exp.h and log.h with shorter
 * polynomials; all others are those of doubles, rounded. As there, a lane's bits depend on its arguments alone. */
#ifndef NSA_MATH_SINGLE_H
#define NSA_MATH_SINGLE_H

#include "coefficients.h"
#include "vec.h"

NSA_INLINE vf32 narrowed(vf64 x) { return NSA_CONVERT(x, vf32); }
NSA_INLINE vf64 widened(vf32 x) { return NSA_CONVERT(x, vf64); }

NSA_INLINE vf32 splat_s(float x) { return (vf32)(x); }

NSA_INLINE vu32 bits_s(vf32 x) {
  vu32 u;
  memcpy(&u, &x, sizeof u);
  return u;
}

NSA_INLINE vf32 from_bits_s(vu32 u) {
  vf32 x;
  memcpy(&x, &u, sizeof x);
  return x;
}

NSA_INLINE vf32 fma_s(vf32 a, vf32 b, vf32 c) { return NSA_FMA_SINGLE(a, b, c); }
NSA_INLINE vf32 fma_ks(vf32 a, float b, vf32 c) { return NSA_FMA_SINGLE(a, splat_s(b), c); }
NSA_INLINE vi32 lt_s(vf32 a, float b) { return NSA_MASK_SINGLE(a < splat_s(b)); }
NSA_INLINE vi32 gt_s(vf32 a, float b) { return NSA_MASK_SINGLE(a > splat_s(b)); }
NSA_INLINE vi32 eq_s(vf32 a, float b) { return NSA_MASK_SINGLE(a == splat_s(b)); }
NSA_INLINE vf32 select_s(vi32 mask, vf32 yes, vf32 no) { return mask ? yes : no; }
NSA_INLINE vf32 abs_s(vf32 x) { return from_bits_s(bits_s(x) & 0x7fffffffu); }

/* x limited to [low, high]; NaN stays NaN. */
NSA_INLINE vf32 clamp_s(vf32 x, float low, float high) {
  x = select_s(lt_s(x, low), splat_s(low), x);
  return select_s(gt_s(x, high), splat_s(high), x);
}

/* c[0] + c[1] x + ... + c[n-1] x^(n-1) */
NSA_INLINE vf32 polynomial_s(vf32 x, const float *c, int n) {
  vf32 sum = splat_s(c[n - 1]);
  NSA_UNROLL
  for (int i = n - 2; i >= 0; i--)
    sum = fma_s(sum, x, splat_s(c[i]));
  return sum;
}
#define POLYNOMIAL_S(x, table) polynomial_s(x, table, (int)(sizeof(table) / sizeof(table)[0]))

/* Adding it to |x| < 2^22 rounds to the nearest integer, which stands in the low bits of the sum. */
#define ROUNDER_S 0x1.8p23f

/* ---- exp and what is made of it ---- */

/* 2^k for an integer k with |k| <= 126 */
NSA_INLINE vf32 pow2_s(vf32 k) { return from_bits_s((bits_s(k + ROUNDER_S) + 127) << 23); }

/* m 2^k for an integer |k| < 250, in two steps: subnormal results are rounded once. */
NSA_INLINE vf32 scale_by_pow2_s(vf32 m, vf32 k) {
  vu32 whole = bits_s(k + (ROUNDER_S + 512.0f)) & 0x7ff; /* k + 512 */
  vu32 half = whole >> 1, rest = whole - half;
  return m * from_bits_s((half - 129) << 23) * from_bits_s((rest - 129) << 23);
}

/* e^x = (1 + small) 2^k */
NSA_INLINE vf32 exp_parts_s(vf32 x, vf32 *k) {
  *k = fma_ks(x, LN2_INVERSE_SINGLE, splat_s(ROUNDER_S)) - ROUNDER_S;
  vf32 r = fma_ks(*k, -LN2_SINGLE_1, fma_ks(*k, -LN2_SINGLE_0, x));
  return fma_s(r * r, POLYNOMIAL_S(r, EXP_Q_SINGLE), r);
}

/* Beyond these e^x is infinite, or rounds to 0. */
#define EXP_HIGH_S 89.0f
#define EXP_LOW_S (-105.0f)

NSA_INLINE vf32 exp_s(vf32 x) {
  vf32 k, small = exp_parts_s(clamp_s(x, EXP_LOW_S, EXP_HIGH_S), &k);
  return scale_by_pow2_s(1.0f + small, k);
}

vf32 NSA_NAME(exp_single)(vf32 x) { return exp_s(x); }

/* As exprel of doubles: numerators are 2^-16 of themselves, so that they stay finite as long as the ratio does. */
vf32 NSA_NAME(exprel_single)(vf32 x) {
  vf32 k, small = exp_parts_s(clamp_s(x, -30.0f, 95.0f), &k);
  vf32 s = pow2_s(k - 16.0f);
  vf32 ratio = fma_s(s, small, s - 0x1p-16f) / x * 0x1p16f;
  ratio = select_s(lt_s(abs_s(x), 1e-20f), splat_s(1.0f), ratio);
  return select_s(gt_s(x, 95.0f), splat_s(__builtin_inff()), ratio);
}

vf32 NSA_NAME(sigmoid_single)(vf32 x) {
  vf32 e = exp_s(from_bits_s(bits_s(x) | 0x80000000u)); /* e^-|x| */
  return select_s(lt_s(x, 0.0f), e, splat_s(1.0f)) / (1.0f + e);
}

/* ---- log ---- */

#define SQRT_HALF_BITS_S 0x3f3504f3u
#define ONE_BITS_S 0x3f800000u

/* As log of doubles: x = 2^k (1 + f), s = f/(2 + f), log(1 + f) = f - f^2/2 + s (f^2/2 + s^2 R(s^2)). */
vf32 NSA_NAME(log_single)(vf32 x) {
  vi32 tiny = lt_s(x, 0x1p-126f);
  vu32 u = bits_s(select_s(tiny, x * 0x1p30f, x)) + (ONE_BITS_S - SQRT_HALF_BITS_S);
  vf32 m = from_bits_s((u & 0x007fffffu) + SQRT_HALF_BITS_S);
  vf32 k = from_bits_s((u >> 23) | 0x4b000000u) - (0x1p23f + 127.0f) - select_s(tiny, splat_s(30.0f), splat_s(0.0f));
  vf32 f = m - 1.0f;
  vf32 s = f / (f + 2.0f), z = s * s, half = 0.5f * f * f;
  vf32 t = fma_s(s, fma_s(z, POLYNOMIAL_S(z, LOG_R_SINGLE), half), k * LN2_SINGLE_1);
  vf32 whole = k * LN2_SINGLE_0, sum = whole + f; /* |whole| >= |f| or 0, and exact */
  vf32 y = sum + ((whole - sum) + f - (half - t));
  y = select_s(lt_s(x, __builtin_inff()), y, x);
  y = select_s(eq_s(x, 0.0f), splat_s(-__builtin_inff()), y);
  return select_s(lt_s(x, 0.0f), splat_s(__builtin_nanf("")), y);
}

/* ---- the others ---- */

#define ROUNDED_1(name)                                                                                                \
  vf32 NSA_NAME(name##_single)(vf32 x) { return narrowed(NSA_NAME(name)(widened(x))); }
#define ROUNDED_2(name)                                                                                                \
  vf32 NSA_NAME(name##_single)(vf32 x, vf32 y) { return narrowed(NSA_NAME(name)(widened(x), widened(y))); }
#define ROUNDED_3(name)                                                                                                \
  vf32 NSA_NAME(name##_single)(vf32 x, vf32 y, vf32 z) {                                                               \
    return narrowed(NSA_NAME(name)(widened(x), widened(y), widened(z)));                                               \
  }
ROUNDED_1(expm1)
ROUNDED_1(log1p)
ROUNDED_1(log10)
ROUNDED_2(pow)
ROUNDED_3(hill)
ROUNDED_1(sin)
ROUNDED_1(cos)
ROUNDED_1(tan)
ROUNDED_1(asin)
ROUNDED_1(acos)
ROUNDED_1(atan)
ROUNDED_2(atan2)
ROUNDED_1(sinh)
ROUNDED_1(cosh)
ROUNDED_1(tanh)
ROUNDED_1(erf)
ROUNDED_1(sqrt)
ROUNDED_1(abs)
ROUNDED_2(min)
ROUNDED_2(max)
ROUNDED_1(floor)
ROUNDED_1(ceil)
ROUNDED_1(round)
ROUNDED_1(sign)
ROUNDED_1(step)

#endif
