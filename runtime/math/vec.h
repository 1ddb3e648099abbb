/* SPDX-License-Identifier: MIT */
/* vec.h - one spelling for scalars and vectors.
 *
 * NSA_WIDTH lanes of double (vf64) or 64-bit integers (vi64, vu64), of float (vf32) or 32-bit integers. With NSA_WIDTH
 * 1 these are plain C types and any C11 compiler with GNU builtins will do; otherwise they are clang's vectors.
 * Everything below is an IEEE operation, an integer operation or a select, lane by lane, so that a lane's bits depend
 * on nothing but its own arguments.
 *
 * A mask is a vi64 whose lanes are 0 or -1. */
#ifndef NSA_MATH_VEC_H
#define NSA_MATH_VEC_H

#include <stdint.h>
#include <string.h>

#ifndef NSA_WIDTH
#define NSA_WIDTH 1
#endif

#define NSA_PASTE_(name, width) nsa_##name##_##width
#define NSA_PASTE(name, width) NSA_PASTE_(name, width)
/* The public name of a function at this width: NSA_NAME(exp) is nsa_exp_4. Who defines it before may
 * include the functions as its own. */
#ifndef NSA_NAME
#define NSA_NAME(name) NSA_PASTE(name, NSA_WIDTH)
#endif
/* Helpers vanish into their callers. */
#define NSA_INLINE static inline __attribute__((always_inline, unused))

#if NSA_WIDTH == 1
typedef double vf64;
typedef int64_t vi64;
typedef uint64_t vu64;
typedef float vf32;
typedef int32_t vi32;
typedef uint32_t vu32;
#define NSA_CONVERT(x, type) ((type)(x))
#define NSA_MASK_SINGLE(comparison) (-(int32_t)(comparison))
#define NSA_FMA_SINGLE __builtin_fmaf
#define NSA_MASK(comparison) (-(int64_t)(comparison))
#define NSA_FMA __builtin_fma
#ifdef __clang__
#define NSA_SQRT __builtin_elementwise_sqrt /* never the library's, which would set errno */
#else
#define NSA_SQRT __builtin_sqrt
#endif
#define NSA_ANY(mask) ((mask) != 0)
#else
typedef double vf64 __attribute__((ext_vector_type(NSA_WIDTH)));
typedef int64_t vi64 __attribute__((ext_vector_type(NSA_WIDTH)));
typedef uint64_t vu64 __attribute__((ext_vector_type(NSA_WIDTH)));
typedef float vf32 __attribute__((ext_vector_type(NSA_WIDTH)));
typedef int32_t vi32 __attribute__((ext_vector_type(NSA_WIDTH)));
typedef uint32_t vu32 __attribute__((ext_vector_type(NSA_WIDTH)));
#define NSA_CONVERT(x, type) __builtin_convertvector(x, type)
#define NSA_MASK_SINGLE(comparison) ((vi32)(comparison))
#define NSA_FMA_SINGLE __builtin_elementwise_fma
#define NSA_MASK(comparison) ((vi64)(comparison))
#define NSA_FMA __builtin_elementwise_fma
#define NSA_SQRT __builtin_elementwise_sqrt
#define NSA_ANY(mask) (__builtin_reduce_or(mask) != 0)
/* clang mistakes the condition of a lane-wise ?: for a conversion to bool. */
#pragma clang diagnostic ignored "-Wconversion"
#endif

/* Short loops of fixed length are written out: LLVM would not do it for Philox at -O2. */
#ifdef __clang__
#define NSA_UNROLL _Pragma("clang loop unroll(full)")
#else
#define NSA_UNROLL _Pragma("GCC unroll 16")
#endif

NSA_INLINE vf64 splat(double x) { return (vf64)(x); }
NSA_INLINE vu64 splat_u(uint64_t x) { return (vu64)(x); }

NSA_INLINE vu64 bits_of(vf64 x) {
  vu64 u;
  memcpy(&u, &x, sizeof u);
  return u;
}

NSA_INLINE vf64 from_bits(vu64 u) {
  vf64 x;
  memcpy(&x, &u, sizeof x);
  return x;
}

/* a * b + c, rounded once */
NSA_INLINE vf64 fma_(vf64 a, vf64 b, vf64 c) { return NSA_FMA(a, b, c); }
NSA_INLINE vf64 fma_k(vf64 a, double b, vf64 c) { return NSA_FMA(a, splat(b), c); }
/* sqrt is correctly rounded in IEEE 754; of a negative number it is NaN. */
NSA_INLINE vf64 sqrt_(vf64 x) { return NSA_SQRT(x); }

NSA_INLINE vi64 lt(vf64 a, vf64 b) { return NSA_MASK(a < b); }
NSA_INLINE vi64 le(vf64 a, vf64 b) { return NSA_MASK(a <= b); }
NSA_INLINE vi64 eq(vf64 a, vf64 b) { return NSA_MASK(a == b); }
NSA_INLINE vi64 ge(vf64 a, vf64 b) { return NSA_MASK(a >= b); }
NSA_INLINE vi64 gt(vf64 a, vf64 b) { return NSA_MASK(a > b); }
NSA_INLINE vi64 is_nan(vf64 a) { return NSA_MASK(a != a); }
NSA_INLINE vi64 has_bits(vu64 u) { return NSA_MASK(u != splat_u(0)); }
NSA_INLINE vi64 has_sign(vf64 a) { return NSA_MASK((bits_of(a) >> 63) != splat_u(0)); }

NSA_INLINE vf64 select_(vi64 mask, vf64 yes, vf64 no) { return mask ? yes : no; }
NSA_INLINE vu64 select_u(vi64 mask, vu64 yes, vu64 no) { return mask ? yes : no; }
NSA_INLINE int any(vi64 mask) { return NSA_ANY(mask); }

#define SIGN_BIT 0x8000000000000000u
#define MANTISSA 0x000fffffffffffffu
#define INFINITY_ splat(__builtin_inf())
#define NAN_ splat(__builtin_nan(""))

NSA_INLINE vu64 sign_of(vf64 x) { return bits_of(x) & SIGN_BIT; }
NSA_INLINE vf64 abs_(vf64 x) { return from_bits(bits_of(x) & ~SIGN_BIT); }
NSA_INLINE vf64 neg(vf64 x) { return from_bits(bits_of(x) ^ SIGN_BIT); }
/* x (not negative) with the sign `sign`, as of sign_of */
NSA_INLINE vf64 with_sign(vf64 x, vu64 sign) { return from_bits(bits_of(x) | sign); }
/* x, with its sign turned where `sign` is set */
NSA_INLINE vf64 flip_sign(vf64 x, vu64 sign) { return from_bits(bits_of(x) ^ sign); }

/* x limited to [low, high]; NaN stays NaN. */
NSA_INLINE vf64 clamp(vf64 x, double low, double high) {
  x = select_(lt(x, splat(low)), splat(low), x);
  return select_(gt(x, splat(high)), splat(high), x);
}

/* Adding 1.5 * 2^52 to |x| < 2^51 rounds it to the nearest integer, which stands in the low bits of
 * the sum as a two's complement number. */
#define ROUNDER 0x1.8p52

/* 2^k for an integer k with |k| <= 1022 */
NSA_INLINE vf64 pow2(vf64 k) { return from_bits((bits_of(k + ROUNDER) + 1023) << 52); }

/* A sum of two parts, the second far smaller than the first. */
typedef struct {
  vf64 hi, lo;
} vdd;

/* a + b without error, for |a| >= |b| or a = 0 (Dekker 1971). */
NSA_INLINE vdd fast_two_sum(vf64 a, vf64 b) {
  vf64 s = a + b;
  return (vdd){s, (a - s) + b};
}

/* a + b without error (Knuth). */
NSA_INLINE vdd two_sum(vf64 a, vf64 b) {
  vf64 s = a + b;
  vf64 v = s - a;
  return (vdd){s, (a - (s - v)) + (b - v)};
}

/* a * b without error */
NSA_INLINE vdd two_product(vf64 a, vf64 b) {
  vf64 p = a * b;
  return (vdd){p, fma_(a, b, neg(p))};
}

/* c[0] + c[1] x + ... + c[n-1] x^(n-1): even and odd powers are two independent chains. */
NSA_INLINE vf64 polynomial(vf64 x, const double *c, int n) {
  vf64 x2 = x * x;
  int top = n - 1;
  vf64 first = splat(c[top]), second = splat(c[top - 1]);
  NSA_UNROLL
  for (int i = top - 2; i >= 1; i -= 2) {
    first = fma_(first, x2, splat(c[i]));
    second = fma_(second, x2, splat(c[i - 1]));
  }
  if (top % 2 == 0)
    return fma_(second, x, fma_(first, x2, splat(c[0])));
  return fma_(first, x, second);
}
#define POLYNOMIAL(x, table) polynomial(x, table, (int)(sizeof(table) / sizeof(table)[0]))

#endif
