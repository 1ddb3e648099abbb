/* SPDX-License-Identifier: MIT */
/* hyperbolic.h - sinh, cosh, tanh.
 *
 * |x| = k ln2 + r; with u = 2^(k-1) + 2^(-k-1) and v = 2^(k-1) - 2^(-k-1)
 * sinh |x| = v cosh r + u sinh r, cosh |x| = u cosh r + v sinh r: no division, no cancellation. */
#ifndef NSA_MATH_HYPERBOLIC_H
#define NSA_MATH_HYPERBOLIC_H

#include "exp.h"

typedef struct {
  vdd sine, cosine;
  vf64 inverse_exp; /* e^-x to an ulp or two, for x <= 700 */
  vf64 factor;      /* sine and cosine are to be multiplied by this power of two */
} nsa_hyperbola;

/* for 0 <= x <= 720 */
NSA_INLINE nsa_hyperbola hyperbola_of(vf64 x) {
  nsa_reduced a = reduce_by_ln2(x, splat(0.0));
  vf64 k = clamp(a.k, 0.0, 1000.0);
  vf64 up = pow2(k - 1.0);
  vf64 down = from_bits(((uint64_t)2044 << 52) - bits_of(up)); /* the exponents -k-1 and k-1 add up to -2 */
  vdd u = fast_two_sum(up, down), v = fast_two_sum(up, neg(down));
  vf64 z = a.r * a.r;
  vf64 s = fma_(a.r * z, POLYNOMIAL(z, SINH_A), a.tail);                   /* sinh r - r */
  vf64 c = fma_(z * z, POLYNOMIAL(z, COSH_B), fma_(a.r, a.tail, 0.5 * z)); /* cosh r - 1 */
  nsa_hyperbola h;
  vf64 sine = fma_(u.hi, a.r, v.hi), cosine = fma_(v.hi, a.r, u.hi);
  vf64 sine_lo = fma_(u.hi, a.r, v.hi - sine) + fma_(u.lo, a.r, v.lo);
  vf64 cosine_lo = fma_(v.hi, a.r, u.hi - cosine) + fma_(v.lo, a.r, u.lo);
  h.sine = fast_two_sum(sine, sine_lo + fma_(u.hi, s, v.hi * c));
  h.cosine = fast_two_sum(cosine, cosine_lo + fma_(v.hi, s, u.hi * c));
  h.inverse_exp = (down + down) * ((1.0 - a.r) + (c - s));
  h.factor = pow2(a.k - k);
  return h;
}

vf64 NSA_NAME(sinh)(vf64 x) {
  nsa_hyperbola h = hyperbola_of(clamp(abs_(x), 0.0, 720.0));
  return flip_sign(h.sine.hi * h.factor, sign_of(x));
}

vf64 NSA_NAME(cosh)(vf64 x) {
  nsa_hyperbola h = hyperbola_of(clamp(abs_(x), 0.0, 720.0));
  return h.cosine.hi * h.factor;
}

/* sinh/cosh, the quotient corrected by its remainder; from 1.5 on 1 - e^-|x| / cosh x, because where the
 * function is flat the rounding of a quotient near 1 would make it wobble. 1 from 20 on. */
vf64 NSA_NAME(tanh)(vf64 x) {
  vf64 ax = clamp(abs_(x), 0.0, 20.0);
  nsa_hyperbola h = hyperbola_of(ax);
  vi64 flat = ge(ax, splat(1.5));
  vf64 base = select_(flat, splat(1.0), splat(0.0));
  vf64 top = select_(flat, neg(h.inverse_exp), h.sine.hi);
  vf64 top_lo = select_(flat, splat(0.0), h.sine.lo);
  vf64 inverse = 1.0 / h.cosine.hi;
  vf64 q = top * inverse;
  vf64 rest = fma_(neg(q), h.cosine.hi, top) + fma_(neg(q), h.cosine.lo, top_lo);
  return flip_sign(base + fma_(rest, inverse, q), sign_of(x));
}

#endif
