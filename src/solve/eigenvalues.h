/* SPDX-License-Identifier: MIT */
/* eigenvalues.h - small dense linear algebra on numbers. Matrices are n x n, row by row. */
#ifndef NSA_SOLVE_EIGENVALUES_H
#define NSA_SOLVE_EIGENVALUES_H

#include "support/arena.h"
#include <stdbool.h>
#include <stdint.h>

/* All n eigenvalues of a real matrix; false when the iteration does not end (entries are not finite). Balanced,
 * reduced to Hessenberg form, then the QR iteration with Wilkinson's shift in complex numbers
 * (Golub and Van Loan, Matrix Computations, 4th ed., 7.4 and 7.5). */
bool eigenvalues_of(arena *a, uint32_t n, const double *matrix, double *real, double *imaginary);

/* Solves m x = b in place of b by elimination with row pivots, destroying m; false when m is singular. */
bool linear_solve(uint32_t n, double *m, double *b);

#endif
