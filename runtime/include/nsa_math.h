/* SPDX-License-Identifier: MIT */
/* nsa_math.h - elementary functions, random numbers and matrix exponentials, for the runtime and the
 * interpreter. Kernels hold the same functions as vectors, with the same bits (runtime/math).
 *
 * Errors and special values: docs/numerics.md. */
#ifndef NSA_MATH_H
#define NSA_MATH_H

#include <stdint.h>

#define NSA_MATH_ARGS_1 double
#define NSA_MATH_ARGS_2 double, double
#define NSA_MATH_ARGS_3 double, double, double
/* double nsa_exp_1(double), ... */
#define NSA_MATH(name, arity)                                                                                          \
  double nsa_##name##_1(NSA_MATH_ARGS_##arity);                                                                        \
  float nsa_##name##_single_1(NSA_MATH_SINGLE_ARGS_##arity);
/* float nsa_exp_single_1(float), ... */
#define NSA_MATH_SINGLE_ARGS_1 float
#define NSA_MATH_SINGLE_ARGS_2 float, float
#define NSA_MATH_SINGLE_ARGS_3 float, float, float
/* double nsa_rand_uniform_1(uint64_t key, double a, double b, double tick, double lo, double hi), ...
 * a, b, tick: integers in [0, 2^53); draws are distinct for a < 2^32, b < 2^43. */
#define NSA_RAND(name, nargs) double nsa_rand_##name##_1(uint64_t, double, double, double, NSA_MATH_ARGS_##nargs);
#include "nsa_math.def"

/* Philox4x32-10; the key's low 32 bits are its first key word. */
void nsa_philox(const uint32_t counter[4], uint64_t key, uint32_t out[4]);

/* Matrices are n x n, row by row. `work` is scratch of the stated number of doubles; outputs must not
 * overlap inputs or work. All return 0, or -1 when an entry is not finite or e^A overflows. */

/* e^A. Scaling and squaring with the Pade approximant of degree 13 (Higham 2005, "The scaling and squaring
 * method for the matrix exponential revisited"); diagonals of triangular matrices are set exactly. */
#define NSA_EXPM_WORK(n) (5 * (n) * (n))
int nsa_expm(int n, const double *a, double *out, double *work);

/* E = e^(A dt), F = integral over s from 0 to dt of e^(A s): x' = A x + b gives x(dt) = E x(0) + F b. */
#define NSA_EXPM_PHI_WORK(n) (28 * (n) * (n))
int nsa_expm_phi(int n, const double *a, double dt, double *e, double *f, double *work);

/* The noise that x' = A x + noise gathers over dt; S is the covariance of the noise a unit of time:
 * L L^T = integral over s from 0 to dt of e^(A s) S e^(A^T s), L lower triangular (Van Loan 1978). S may be singular: a
 * direction without noise gets a column of zeros. */
#define NSA_OU_COV_WORK(n) (30 * (n) * (n))
int nsa_ou_cov(int n, const double *a, const double *s, double dt, double *l, double *work);

#endif
