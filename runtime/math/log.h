/* SPDX-License-Identifier: MIT */
/* log.h - log, log1p, log10, pow, hill.
 *
 * x = 2^k m with m in [sqrt(1/2), sqrt(2)); f = m - 1, s = f/(2 + f),
 * log m = log((1 + s)/(1 - s)) = 2s + s^3 R(s^2) = f - f^2/2 + s (f^2/2 + s^2 R(s^2)) (as fdlibm does). */
#ifndef NSA_MATH_LOG_H
#define NSA_MATH_LOG_H

#include "basic.h"
#include "exp.h"

#define SQRT_HALF_BITS 0x3fe6a09e667f3bcdu
#define ONE_BITS 0x3ff0000000000000u

/* k and m of a positive, normal, finite x */
NSA_INLINE vf64 split_normal(vf64 x, vf64 *m) {
  vu64 u = bits_of(x) + (ONE_BITS - SQRT_HALF_BITS);
  *m = from_bits((u & MANTISSA) + SQRT_HALF_BITS);
  return from_bits((u >> 52) | 0x4330000000000000u) - (0x1p52 + 1023.0);
}

/* also of subnormal x */
NSA_INLINE vf64 split_positive(vf64 x, vf64 *m) {
  vi64 tiny = lt(x, splat(0x1p-1022));
  vf64 k = split_normal(select_(tiny, x * 0x1p54, x), m);
  return k - select_(tiny, splat(54.0), splat(0.0));
}

/* log(2^k (1 + f)) + c for a small correction c */
NSA_INLINE vf64 log_of_parts(vf64 k, vf64 f, vf64 c) {
  vf64 s = f / (f + 2.0);
  vf64 z = s * s;
  vf64 half = 0.5 * f * f;
  vf64 t = fma_(s, fma_(z, POLYNOMIAL(z, LOG_R), half), fma_k(k, LN2_1, c));
  vdd sum = fast_two_sum(k * LN2_0, f); /* the product is exact */
  return sum.hi + (sum.lo - (half - t));
}

/* log of a positive normal number, for the random numbers */
NSA_INLINE vf64 log_normal_range(vf64 x) {
  vf64 m;
  vf64 k = split_normal(x, &m);
  return log_of_parts(k, m - 1.0, splat(0.0));
}

/* What every logarithm is at zero, below, at infinity and for NaN; `y` elsewhere. */
NSA_INLINE vf64 log_specials(vf64 x, vf64 y) {
  y = select_(lt(x, INFINITY_), y, x);
  y = select_(eq(x, splat(0.0)), neg(INFINITY_), y);
  return select_(lt(x, splat(0.0)), NAN_, y);
}

vf64 NSA_NAME(log)(vf64 x) {
  vf64 m;
  vf64 k = split_positive(x, &m);
  return log_specials(x, log_of_parts(k, m - 1.0, splat(0.0)));
}

/* log(1 + x). What 1 + x loses by rounding comes back as a correction. */
vf64 NSA_NAME(log1p)(vf64 x) {
  vf64 u = x + 1.0, m;
  vf64 k = split_normal(u, &m);
  vf64 lost = select_(lt(u, splat(2.0)), x - (u - 1.0), 1.0 - (u - x)) / u;
  vi64 near = eq(k, splat(0.0));
  vf64 y = log_of_parts(k, select_(near, x, m - 1.0), select_(near, splat(0.0), lost));
  y = log_specials(u, y);
  return select_(eq(x, splat(0.0)), x, y);
}

/* log x as a sum of two, to some 2^-66, for positive finite x. */
NSA_INLINE vdd log_parts(vf64 x) {
  vf64 m;
  vf64 k = split_positive(x, &m);
  vf64 f = m - 1.0;
  /* s = f/(2 + f) */
  vdd d = fast_two_sum(splat(2.0), f);
  vf64 inverse = 1.0 / d.hi;
  vf64 s = f * inverse;
  vf64 s_lo = (fma_(neg(s), d.hi, f) - s * d.lo) * inverse;
  /* s^2, s^3, and c = 2/3 + s^2 P(s^2) */
  vdd z = two_product(s, s);
  z.lo = fma_(s + s, s_lo, z.lo);
  vdd cube = two_product(z.hi, s);
  cube.lo = cube.lo + fma_(z.lo, s, z.hi * s_lo);
  vdd c = fast_two_sum(splat(TWO_THIRDS_0), z.hi * POLYNOMIAL(z.hi, LOG_P));
  c.lo = c.lo + TWO_THIRDS_1;
  /* log m = 2s + s^3 c */
  vdd p = two_product(cube.hi, c.hi);
  p.lo = p.lo + fma_(cube.hi, c.lo, cube.lo * c.hi);
  vdd log_m = fast_two_sum(s + s, p.hi);
  log_m.lo = log_m.lo + fma_k(s_lo, 2.0, p.lo);
  vdd sum = fast_two_sum(k * LN2_0, log_m.hi);
  return fast_two_sum(sum.hi, sum.lo + fma_k(k, LN2_1, log_m.lo));
}

vf64 NSA_NAME(log10)(vf64 x) {
  vdd a = log_parts(x);
  vdd p = two_product(a.hi, splat(INV_LN10_0));
  p.lo = p.lo + fma_k(a.hi, INV_LN10_1, a.lo * INV_LN10_0);
  return log_specials(x, p.hi + p.lo);
}

/* e^(y l), limited so that it over- and underflows as it should */
NSA_INLINE vf64 exp_of_product(vf64 y, vdd l) {
  vdd p = two_product(y, l.hi);
  p.lo = fma_(y, l.lo, p.lo);
  vf64 limited = clamp(p.hi, EXP_LOW, EXP_HIGH);
  vf64 k;
  vdd e = exp_parts(limited, select_(eq(limited, p.hi), p.lo, splat(0.0)), &k);
  return scale_by_pow2(e.hi + e.lo, k);
}

/* log|x| with infinities at 0 and infinity */
NSA_INLINE vdd log_abs(vf64 ax) {
  vdd l = log_parts(ax);
  l.hi = select_(eq(ax, splat(0.0)), neg(INFINITY_), l.hi);
  l.hi = select_(eq(ax, INFINITY_), INFINITY_, l.hi);
  return l;
}

typedef struct {
  vi64 integer, odd;
} nsa_parity;

/* Adding 2^52 to |y| < 2^52 rounds it to an integer whose lowest bit is the parity. */
NSA_INLINE nsa_parity parity_of(vf64 y) {
  vf64 ay = abs_(y);
  vi64 small = lt(ay, splat(0x1p52));
  vf64 shifted = select_(small, ay + 0x1p52, ay);
  vf64 rounded = select_(small, shifted - 0x1p52, ay);
  vi64 integer = eq(rounded, ay);
  vi64 odd = has_bits(bits_of(shifted) & 1) & integer & lt(ay, splat(0x1p53));
  return (nsa_parity){integer, odd};
}

/* size = |x|^y; gives x^y its sign and the special values of C's Annex F. */
NSA_INLINE vf64 pow_specials(vf64 x, vf64 y, vf64 size) {
  nsa_parity parity = parity_of(y);
  vf64 r = select_(eq(abs_(x), splat(1.0)), splat(1.0), size); /* also 1^inf */
  r = flip_sign(r, select_u(parity.odd, sign_of(x), splat_u(0)));
  vi64 undefined = lt(x, splat(0.0)) & gt(x, neg(INFINITY_)) & ~parity.integer;
  r = select_(undefined | is_nan(x) | is_nan(y), NAN_, r);
  return select_(eq(y, splat(0.0)) | eq(x, splat(1.0)), splat(1.0), r);
}

vf64 NSA_NAME(pow)(vf64 x, vf64 y) { return pow_specials(x, y, exp_of_product(y, log_abs(abs_(x)))); }

/* Where n is 1, 2, 3 or 4, this does what the compiler makes of these powers when they are written as numbers
 * (build_hill of src/model/expr/operations.c, products rounded with their sum), so that the value does not depend on
 * whether the compiler knew n. Where these powers overflow or vanish it gives `otherwise`. */
static vf64 hill_of_products(vf64 x, vf64 k, vf64 n, vf64 otherwise) {
  vi64 is_1 = eq(n, splat(1.0)), is_2 = eq(n, splat(2.0)), is_3 = eq(n, splat(3.0)), is_4 = eq(n, splat(4.0));
  vf64 xx = x * x, kk = k * k;
  vf64 above = select_(is_1, x, select_(is_2, xx, xx * select_(is_3, x, xx)));
  vf64 sum = select_(is_1, x + k, fma_(select_(is_2, k, kk), select_(is_4, kk, k), above));
  vi64 is_plain = gt(abs_(sum), splat(1e-290)) & lt(abs_(sum), INFINITY_);
  return select_((is_1 | is_2 | is_3 | is_4) & is_plain, above / sum, otherwise);
}

/* x^n/(x^n + k^n) as 1/(1 + (k/x)^n): one power, and no overflow of x^n. The rounding of k/x is made
 * good in its logarithm. */
vf64 NSA_NAME(hill)(vf64 x, vf64 k, vf64 n) {
  vf64 q = k / x;
  vf64 lost = fma_(neg(q), x, k) / k;
  vdd l = log_abs(abs_(q));
  /* not where k/x is 0, infinite or subnormal */
  l.lo = l.lo + select_(lt(abs_(lost), splat(0x1p-50)), lost, splat(0.0));
  vf64 power = pow_specials(q, n, exp_of_product(n, l));
  vdd sum = two_sum(power, splat(1.0));
  vf64 inverse = 1.0 / sum.hi;
  vf64 sum_lo = select_(lt(abs_(power), splat(0x1p60)), sum.lo, splat(0.0)); /* not inf - inf */
  return hill_of_products(x, k, n, fma_(inverse * inverse, neg(sum_lo), inverse));
}

#endif
