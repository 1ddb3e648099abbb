/* SPDX-License-Identifier: MIT */
/* kernel_math.c - nsa's own elementary functions and random numbers, at one width.
 *
 * Compiled once as plain C (NSA_WIDTH 1) for the runtime and the interpreter, and with clang to LLVM
 * bitcode for 1, 2, 4 and 8 lanes, from which kernels inline what they use. All give the same bits:
 * compile with -ffp-contract=off and without any -ffast-math. No libm is called (but for fma, which is
 * exact, where the target has no such instruction). A NaN is a NaN: its sign and payload are not fixed.
 *
 * runtime/include/nsa_math.def lists the functions, docs/numerics.md their errors and special values. */
#include "vec.h"

/* Prototypes for all widths, from the same table as everybody's. */
#define NSA_ARGS_1 vf64
#define NSA_ARGS_2 vf64, vf64
#define NSA_ARGS_3 vf64, vf64, vf64
#define NSA_MATH(name, arity) vf64 NSA_NAME(name)(NSA_ARGS_##arity);
#define NSA_RAND(name, nargs) vf64 NSA_NAME(rand_##name)(uint64_t, vf64, vf64, double, NSA_ARGS_##nargs);
#include "../include/nsa_math.def"
#define NSA_ARGS_SINGLE_1 vf32
#define NSA_ARGS_SINGLE_2 vf32, vf32
#define NSA_ARGS_SINGLE_3 vf32, vf32, vf32
#define NSA_MATH(name, arity) vf32 NSA_NAME(name##_single)(NSA_ARGS_SINGLE_##arity);
#include "../include/nsa_math.def"

#include "basic.h"
#include "binomial.h"
#include "erf.h"
#include "exp.h"
#include "gamma.h"
#include "hyperbolic.h"
#include "inverse.h"
#include "log.h"
#include "poisson.h"
#include "random.h"
#include "trig.h"

#include "single.h" /* last: it rounds what the others give */

#if NSA_WIDTH == 1
void nsa_philox(const uint32_t counter[4], uint64_t key, uint32_t out[4]);

void nsa_philox(const uint32_t counter[4], uint64_t key, uint32_t out[4]) {
  nsa_words w = philox((nsa_words){counter[0], counter[1], counter[2], counter[3]}, key);
  out[0] = (uint32_t)w.w0;
  out[1] = (uint32_t)w.w1;
  out[2] = (uint32_t)w.w2;
  out[3] = (uint32_t)w.w3;
}
#endif
