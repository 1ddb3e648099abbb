/* SPDX-License-Identifier: MIT */
/* random.h - random numbers that depend on nothing but (key, a, b, tick).
 *
 * Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"). The key's low and
 * high 32 bits are Philox's two key words. a, b and tick are integers in [0, 2^53), exact in double;
 * the counter is
 *     w0 = a's low 32 bits          w2 = tick's low 32 bits
 *     w1 = b's low 32 bits          w3 = tick's high 21 bits | b's bits 32..42 << 21
 * so draws are distinct for a < 2^32, b < 2^43 and any tick.
 * The result r0..r3 gives two uniform numbers: the top 53 bits of r0:r1 and of r2:r3. */
#ifndef NSA_MATH_RANDOM_H
#define NSA_MATH_RANDOM_H

#include "log.h"

#define LOW_32 0xffffffffu

/* Words of 32 bits, each in its own 64-bit lane. */
typedef struct {
  vu64 w0, w1, w2, w3;
} nsa_words;

/* The upper halves of words are ignored, and zero in the result. Masking the factors rather than the
 * products costs nothing where an instruction multiplies the lower halves. */
NSA_INLINE nsa_words philox(nsa_words c, uint64_t key) {
  uint64_t k0 = key & LOW_32, k1 = key >> 32;
  NSA_UNROLL
  for (int round = 0; round < 10; round++) {
    vu64 p0 = (c.w0 & LOW_32) * 0xD2511F53u, p1 = (c.w2 & LOW_32) * 0xCD9E8D57u;
    c = (nsa_words){(p1 >> 32) ^ c.w1 ^ k0, p1, (p0 >> 32) ^ c.w3 ^ k1, p0};
    k0 = (k0 + 0x9E3779B9u) & LOW_32;
    k1 = (k1 + 0xBB67AE85u) & LOW_32;
  }
  return (nsa_words){c.w0 & LOW_32, c.w1 & LOW_32, c.w2 & LOW_32, c.w3 & LOW_32};
}

/* an integer in [0, 2^53) as an integer: 2^52 is added unless it is that large already */
NSA_INLINE vu64 integer_of(vf64 x) {
  vi64 small = lt(x, splat(0x1p52));
  vu64 u = bits_of(select_(small, x + 0x1p52, x)) & MANTISSA;
  return u | select_u(small, splat_u(0), splat_u((uint64_t)1 << 52));
}

NSA_INLINE nsa_words draw(uint64_t key, vf64 a, vf64 b, double tick) {
  vu64 ia = integer_of(a), ib = integer_of(b), it = integer_of(splat(tick));
  nsa_words counter = {ia, ib, it, (it >> 32) | ((ib >> 11) & 0xffe00000u)};
  return philox(counter, key);
}

/* The top 53 bits of high:low as a multiple of 2^-53 in [0, 1). The bits are put into the fractions of
 * 2^31 and 1/2, where the last one counts 2^-21 and 2^-53; every operation is exact. */
NSA_INLINE vf64 unit(vu64 high, vu64 low) {
  vf64 upper = from_bits((high >> 11) | 0x41e0000000000000u);
  vf64 lower = from_bits(((high << 21) & LOW_32) | (low >> 11) | 0x3fe0000000000000u);
  return (upper - (0x1p31 + 0.5)) + lower;
}

/* lo + (hi - lo) u */
vf64 NSA_NAME(rand_uniform)(uint64_t key, vf64 a, vf64 b, double tick, vf64 lo, vf64 hi) {
  nsa_words w = draw(key, a, b, tick);
  return fma_(hi - lo, unit(w.w0, w.w1), lo);
}

/* Box and Muller: -sqrt(-2 log u1) cos(pi u2), u1 in (0, 1], u2 in [0, 1). The cosine over half a turn is distributed
 * as over a whole one, and is the sine of an angle within +-pi/2. */
NSA_INLINE vf64 standard_normal(nsa_words w) {
  vf64 radius = sqrt_(-2.0 * log_normal_range(1.0 - unit(w.w0, w.w1)));
  vf64 turn = unit(w.w2, w.w3) - 0.5;
  vf64 sine = turn * POLYNOMIAL(turn * turn, SINPI);
  return radius * sine;
}

vf64 NSA_NAME(rand_normal)(uint64_t key, vf64 a, vf64 b, double tick, vf64 mean, vf64 sd) {
  return fma_(sd, standard_normal(draw(key, a, b, tick)), mean);
}

/* -mean log(1 - u) */
vf64 NSA_NAME(rand_exponential)(uint64_t key, vf64 a, vf64 b, double tick, vf64 mean) {
  nsa_words w = draw(key, a, b, tick);
  return mean * neg(log_normal_range(1.0 - unit(w.w0, w.w1)));
}

/* 1 with probability p, else 0 */
vf64 NSA_NAME(rand_bernoulli)(uint64_t key, vf64 a, vf64 b, double tick, vf64 p) {
  nsa_words w = draw(key, a, b, tick);
  return select_(lt(unit(w.w0, w.w1), p), splat(1.0), splat(0.0));
}

#endif
