/* SPDX-License-Identifier: MIT */
/* basic.h - rounding and comparing. The emitter uses LLVM's intrinsics for most of these; the bits agree. */
#ifndef NSA_MATH_BASIC_H
#define NSA_MATH_BASIC_H

#include "vec.h"

/* Rounds |x| < 2^52 to an integer by adding 2^52 to it; larger numbers are integers already. */
NSA_INLINE vf64 floor_of_abs(vf64 ax) {
  vf64 t = (ax + 0x1p52) - 0x1p52;
  t = t - select_(gt(t, ax), splat(1.0), splat(0.0));
  return select_(lt(ax, splat(0x1p52)), t, ax);
}

vf64 NSA_NAME(sqrt)(vf64 x) { return sqrt_(x); }

vf64 NSA_NAME(abs)(vf64 x) { return abs_(x); }

/* The smaller one; when either is NaN, the second: min(NaN, 1) = 1, min(1, NaN) = NaN. */
vf64 NSA_NAME(min)(vf64 a, vf64 b) { return select_(lt(a, b), a, b); }

vf64 NSA_NAME(max)(vf64 a, vf64 b) { return select_(gt(a, b), a, b); }

vf64 NSA_NAME(floor)(vf64 x) {
  vf64 ax = abs_(x);
  vf64 t = floor_of_abs(ax);
  vf64 up = t + select_(lt(t, ax), splat(1.0), splat(0.0));
  return with_sign(select_(has_sign(x), up, t), sign_of(x));
}

vf64 NSA_NAME(ceil)(vf64 x) { return neg(NSA_NAME(floor)(neg(x))); }

/* To the nearest integer, halves away from zero. */
vf64 NSA_NAME(round)(vf64 x) {
  vf64 ax = abs_(x);
  vf64 t = floor_of_abs(ax);
  t = t + select_(ge(ax - t, splat(0.5)), splat(1.0), splat(0.0));
  return with_sign(t, sign_of(x));
}

/* -1, 0 or 1; of a zero that zero, of NaN NaN. */
vf64 NSA_NAME(sign)(vf64 x) {
  vf64 one = with_sign(splat(1.0), sign_of(x));
  return select_(gt(abs_(x), splat(0.0)), one, x);
}

/* 1 where x >= 0, else 0 (also for NaN). */
vf64 NSA_NAME(step)(vf64 x) { return select_(ge(x, splat(0.0)), splat(1.0), splat(0.0)); }

#endif
