/* SPDX-License-Identifier: MIT */
/* erf.h - the error function.
 *
 * Up to |x| = 3/4 a polynomial in x^2 that is added to x. Beyond, 1 - e^(-x^2) R(u), where R is a polynomial of
 * u = (x - a)/(x + a), which makes erfc x e^(x^2) nearly straight. From 6 on the result rounds to 1. Both keep what
 * the square of x loses: where the function is flat, its rounding would make the result wobble. */
#ifndef NSA_MATH_ERF_H
#define NSA_MATH_ERF_H

#include "exp.h"

vf64 NSA_NAME(erf)(vf64 x) {
  vf64 ax = clamp(abs_(x), 0.0, 6.0);
  vdd z = two_product(ax, ax);
  vf64 near = fma_(ax, fma_(z.lo, splat(ERF_A[1]), POLYNOMIAL(z.hi, ERF_A)), ax);
  vf64 k, u = (ax - ERF_BEND) / (ax + ERF_BEND);
  vdd e = exp_parts(neg(z.hi), neg(z.lo), &k);
  vf64 r = POLYNOMIAL(u, ERF_B) * pow2(k);
  vf64 far = 1.0 - fma_(e.hi, r, e.lo * r);
  return flip_sign(select_(ge(ax, splat(0.75)), far, near), sign_of(x));
}

#endif
