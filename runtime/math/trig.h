/* SPDX-License-Identifier: MIT */
/* trig.h - sin, cos, tan.
 *
 * x = k pi/2 + r with pi/2 in three parts of 53 bits: full accuracy to |x| = 2^45 = 3.5e13. Beyond that
 * neighbouring numbers are more than 1/256 apart and a phase has no meaning: the result is
 * that of x = 0. Infinity gives NaN. */
#ifndef NSA_MATH_TRIG_H
#define NSA_MATH_TRIG_H

#include "coefficients.h"
#include "vec.h"

#define TRIG_LIMIT 0x1p45

typedef struct {
  vf64 sine, cosine;
  vu64 quadrant; /* k; its two low bits count */
} nsa_wave;

/* sin and cos of the rest r, as fdlibm's kernels do */
NSA_INLINE nsa_wave wave_of(vf64 x) {
  x = select_(ge(abs_(x), splat(TRIG_LIMIT)), splat(0.0), x);
  vf64 shifted = fma_k(x, TWO_OVER_PI_0, splat(ROUNDER));
  vf64 k = shifted - ROUNDER;
  vf64 exact = fma_k(k, -PIO2_0, x); /* both are multiples of 2^-52, or of x's last bit: fits */
  vdd step = two_product(k, splat(PIO2_1));
  vdd r = two_sum(exact, neg(step.hi));
  r = fast_two_sum(r.hi, fma_k(k, -PIO2_2, r.lo - step.lo));
  vf64 z = r.hi * r.hi;
  vf64 half = 0.5 * z;
  vf64 near_one = 1.0 - half;
  vf64 sine_rest = fma_(r.hi * z, POLYNOMIAL(z, SIN_S), r.lo * near_one);
  vf64 cosine_rest = fma_(z * z, POLYNOMIAL(z, COS_C), neg(r.hi * r.lo));
  return (nsa_wave){r.hi + sine_rest, near_one + (((1.0 - near_one) - half) + cosine_rest), bits_of(shifted)};
}

NSA_INLINE vf64 nan_unless_finite(vf64 x, vf64 y) { return select_(lt(abs_(x), INFINITY_), y, NAN_); }

vf64 NSA_NAME(sin)(vf64 x) {
  nsa_wave w = wave_of(x);
  vf64 y = select_(has_bits(w.quadrant & 1), w.cosine, w.sine);
  y = flip_sign(y, (w.quadrant & 2) << 62);
  return nan_unless_finite(x, select_(eq(x, splat(0.0)), x, y));
}

vf64 NSA_NAME(cos)(vf64 x) {
  nsa_wave w = wave_of(x);
  vf64 y = select_(has_bits(w.quadrant & 1), w.sine, w.cosine);
  return nan_unless_finite(x, flip_sign(y, ((w.quadrant + 1) & 2) << 62));
}

vf64 NSA_NAME(tan)(vf64 x) {
  nsa_wave w = wave_of(x);
  vi64 odd = has_bits(w.quadrant & 1);
  vf64 y = select_(odd, w.cosine, w.sine) / select_(odd, neg(w.sine), w.cosine);
  return nan_unless_finite(x, select_(eq(x, splat(0.0)), x, y));
}

#endif
