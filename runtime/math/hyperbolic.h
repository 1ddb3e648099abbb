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
  vf64 factor; /* both are to be multiplied by this power of two */
} nsa_hyperbola;

/* for 0 <= x <= 720 */
NSA_INLINE nsa_hyperbola hyperbola_of(vf64 x) {
  nsa_reduced a = reduce_by_ln2(x);
  vf64 k = clamp(a.k, 0.0, 1000.0);
  vf64 up = pow2(k - 1.0);
  vf64 down = from_bits(((uint64_t)2044 << 52) - bits_of(up)); /* the exponents -k-1 and k-1 add up to -2 */
  vf64 u = up + down, v = up - down;
  vf64 z = a.r * a.r;
  vf64 s = fma_(a.r * z, POLYNOMIAL(z, SINH_A), a.tail);                /* sinh r - r */
  vf64 c = fma_(z * z, POLYNOMIAL(z, COSH_B), fma_(a.r, a.tail, 0.5 * z)); /* cosh r - 1 */
  nsa_hyperbola h;
  h.sine.hi = fma_(u, a.r, v);
  h.sine.lo = fma_(u, a.r, v - h.sine.hi) + fma_(u, s, v * c);
  h.cosine.hi = fma_(v, a.r, u);
  h.cosine.lo = fma_(v, a.r, u - h.cosine.hi) + fma_(v, s, u * c);
  h.factor = pow2(a.k - k);
  return h;
}

vf64 NSA_NAME(sinh)(vf64 x) {
  nsa_hyperbola h = hyperbola_of(clamp(abs_(x), 0.0, 720.0));
  return flip_sign((h.sine.hi + h.sine.lo) * h.factor, sign_of(x));
}

vf64 NSA_NAME(cosh)(vf64 x) {
  nsa_hyperbola h = hyperbola_of(clamp(abs_(x), 0.0, 720.0));
  return (h.cosine.hi + h.cosine.lo) * h.factor;
}

/* sinh/cosh, the quotient corrected by its remainder; 1 from 20 on. */
vf64 NSA_NAME(tanh)(vf64 x) {
  nsa_hyperbola h = hyperbola_of(clamp(abs_(x), 0.0, 20.0));
  vf64 inverse = 1.0 / h.cosine.hi;
  vf64 q = h.sine.hi * inverse;
  vf64 rest = fma_(neg(q), h.cosine.hi, h.sine.hi) + fma_(neg(q), h.cosine.lo, h.sine.lo);
  return flip_sign(fma_(rest, inverse, q), sign_of(x));
}

#endif
