/* SPDX-License-Identifier: MIT */
/* inverse.h - asin, acos, atan, atan2.
 *
 * Each is a constant (0, pi/4, pi/2, ...) plus an odd polynomial in a small argument t. Both are kept as sums of two
 * numbers, so that only the last sum rounds. */
#ifndef NSA_MATH_INVERSE_H
#define NSA_MATH_INVERSE_H

#include "coefficients.h"
#include "vec.h"

/* base + t + rest */
NSA_INLINE vf64 sum_up(vdd base, vf64 t, vf64 rest) {
  vdd sum = fast_two_sum(base.hi, t);
  return sum.hi + (sum.lo + (base.lo + rest));
}

/* asin t = t + rest with t + t.lo = |x| for |x| <= 1/2, else sqrt((1 - |x|)/2). For |x| > 1: NaN. */
NSA_INLINE vdd asin_argument(vf64 ax, vi64 inner, vf64 *rest) {
  vf64 z = select_(inner, ax * ax, 0.5 * (1.0 - ax));
  vf64 root = sqrt_(z);
  vf64 root_lo = fma_(neg(root), root, z) / (root + root + 0x1p-900); /* not 0/0 */
  vdd t = {select_(inner, ax, root), select_(inner, splat(0.0), root_lo)};
  *rest = fma_(t.hi * z, POLYNOMIAL(z, ASIN_R), t.lo);
  return t;
}

/* asin |x| = pi/2 - 2 asin sqrt((1 - |x|)/2) */
vf64 NSA_NAME(asin)(vf64 x) {
  vf64 ax = abs_(x), rest;
  vi64 inner = le(ax, splat(0.5));
  vdd t = asin_argument(ax, inner, &rest);
  vdd base = {select_(inner, splat(0.0), splat(PIO2_0)), select_(inner, splat(0.0), splat(PIO2_1))};
  vf64 times = select_(inner, splat(1.0), splat(-2.0));
  vf64 y = sum_up(base, times * t.hi, times * rest);
  return flip_sign(y, sign_of(x));
}

vf64 NSA_NAME(acos)(vf64 x) {
  vf64 ax = abs_(x), rest;
  vi64 inner = le(ax, splat(0.5)), left = lt(x, splat(0.0));
  vdd t = asin_argument(ax, inner, &rest);
  vf64 outer_hi = select_(left, splat(PI_0), splat(0.0)), outer_lo = select_(left, splat(PI_1), splat(0.0));
  vdd base = {select_(inner, splat(PIO2_0), outer_hi), select_(inner, splat(PIO2_1), outer_lo)};
  vf64 times = select_(inner, splat(-1.0), splat(2.0));
  times = flip_sign(times, sign_of(x));
  return sum_up(base, times * t.hi, times * rest);
}

/* An angle as base + t + rest. */
typedef struct {
  vdd base;
  vf64 t, rest;
} nsa_angle;

/* atan(a/b) for a, b >= 0, not both infinite: as atan t, pi/4 + atan t or pi/2 + atan t with
 * t = a/b, (a - b)/(a + b) or -b/a, whichever is within tan(pi/8). 0/0 counts as 0. */
NSA_INLINE nsa_angle atan_ratio(vf64 a, vf64 b) {
  const double tan_pi_8 = 0x1.a827999fcef32p-2;
  vi64 low = le(a, b * tan_pi_8), high = gt(a * tan_pi_8, b);
  vi64 middle = ~(low | high);
  vf64 difference = a - b, sum = a + b;
  vf64 top = select_(low, a, select_(high, neg(b), difference));
  vf64 bottom = select_(low, b, select_(high, a, sum));
  bottom = select_(eq(bottom, splat(0.0)), splat(1.0), bottom);
  vf64 top_lo = select_(middle, a - (difference + b), splat(0.0));
  vf64 bottom_lo = select_(middle, select_(lt(a, b), a - (sum - b), b - (sum - a)), splat(0.0));
  vf64 inverse = 1.0 / bottom;
  vf64 t = top * inverse;
  vf64 t_lo = (fma_(neg(t), bottom, top) + fma_(neg(t), bottom_lo, top_lo)) * inverse;
  vf64 z = t * t;
  vf64 hi = select_(low, splat(0.0), select_(high, splat(PIO2_0), splat(0.5 * PIO2_0)));
  vf64 lo = select_(low, splat(0.0), select_(high, splat(PIO2_1), splat(0.5 * PIO2_1)));
  return (nsa_angle){{hi, lo}, t, fma_(t * z, POLYNOMIAL(z, ATAN_R), t_lo)};
}

vf64 NSA_NAME(atan)(vf64 x) {
  vf64 ax = clamp(abs_(x), 0.0, 1e300); /* 1/infinity would spoil the remainder */
  nsa_angle g = atan_ratio(ax, splat(1.0));
  vf64 y = sum_up(g.base, g.t, g.rest);
  return with_sign(abs_(y), sign_of(x));
}

/* The angle of (x, y) in [-pi, pi], with C's values at zeros and infinities. */
vf64 NSA_NAME(atan2)(vf64 y, vf64 x) {
  vf64 a = abs_(y), b = abs_(x);
  vi64 far_a = eq(a, INFINITY_), far_b = eq(b, INFINITY_);
  vf64 largest = select_(gt(a, b), a, b);
  /* away from overflow of the sum and from subnormal remainders */
  vf64 scale = select_(gt(largest, splat(0x1p400)), splat(0x1p-300), splat(0x1p600));
  vf64 a1 = select_(far_a, splat(1.0), select_(far_b, splat(0.0), a * scale));
  vf64 b1 = select_(far_b, splat(1.0), select_(far_a, splat(0.0), b * scale));
  nsa_angle g = atan_ratio(a1, b1);
  /* left of the y axis: pi minus the angle */
  vi64 left = has_sign(x);
  vdd turned = fast_two_sum(splat(PI_0), neg(g.base.hi));
  turned.lo = turned.lo + (PI_1 - g.base.lo);
  vdd base = {select_(left, turned.hi, g.base.hi), select_(left, turned.lo, g.base.lo)};
  vu64 turn = select_u(left, splat_u(SIGN_BIT), splat_u(0));
  vf64 angle = sum_up(base, flip_sign(g.t, turn), flip_sign(g.rest, turn));
  angle = with_sign(abs_(angle), sign_of(y));
  return select_(is_nan(x) | is_nan(y), NAN_, angle);
}

#endif
