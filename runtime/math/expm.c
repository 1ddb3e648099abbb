/* SPDX-License-Identifier: MIT */
/* expm.c - matrix exponentials for exact solvers of linear equations: at set-up only, so plain C.
 *
 * Nothing is allocated: callers bring the scratch (nsa_math.h states how much). */
#include "nsa_math.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static size_t entries(int n) { return (size_t)n * (size_t)n; }

static double magnitude(double x) { return x < 0.0 ? -x : x; }

/* out = a b */
static void multiply(int n, const double *restrict a, const double *restrict b, double *restrict out) {
  size_t m = (size_t)n;
  memset(out, 0, entries(n) * sizeof *out);
  for (size_t i = 0; i < m; i++)
    for (size_t k = 0; k < m; k++)
      for (size_t j = 0; j < m; j++)
        out[i * m + j] = __builtin_fma(a[i * m + k], b[k * m + j], out[i * m + j]);
}

/* out = a b^T */
static void multiply_transposed(int n, const double *restrict a, const double *restrict b, double *restrict out) {
  size_t m = (size_t)n;
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < m; j++) {
      double sum = 0.0;
      for (size_t k = 0; k < m; k++)
        sum = __builtin_fma(a[i * m + k], b[j * m + k], sum);
      out[i * m + j] = sum;
    }
}

/* The largest sum of magnitudes in a column. NaN entries are not seen. */
static double norm1(int n, const double *a) {
  size_t m = (size_t)n;
  double largest = 0.0;
  for (size_t j = 0; j < m; j++) {
    double sum = 0.0;
    for (size_t i = 0; i < m; i++)
      sum += magnitude(a[i * m + j]);
    largest = sum > largest ? sum : largest;
  }
  return largest;
}

static bool all_finite(size_t count, const double *a) {
  for (size_t i = 0; i < count; i++)
    if (!(magnitude(a[i]) <= 0x1.fffffffffffffp1023))
      return false;
  return true;
}

static double exact_power_of_2(int k) {
  double x = 1.0;
  for (; k > 0; k--)
    x *= 2.0;
  for (; k < 0; k++)
    x *= 0.5;
  return x;
}

/* How often to halve so that a norm falls to `limit`. */
static int halvings(double norm, double limit) {
  int s = 0;
  for (; norm > limit; s++)
    norm *= 0.5;
  return s;
}

static void swap_rows(size_t m, double *a, size_t i, size_t j) {
  for (size_t k = 0; k < m; k++) {
    double t = a[i * m + k];
    a[i * m + k] = a[j * m + k];
    a[j * m + k] = t;
  }
}

/* row i -= factor * row j */
static void subtract_row(size_t m, double *a, size_t i, size_t j, double factor) {
  for (size_t k = 0; k < m; k++)
    a[i * m + k] = __builtin_fma(-factor, a[j * m + k], a[i * m + k]);
}

/* b = a^-1 b by elimination with row pivots; a is destroyed. */
static void solve(int n, double *a, double *b) {
  size_t m = (size_t)n;
  for (size_t c = 0; c < m; c++) {
    size_t pivot = c;
    for (size_t i = c + 1; i < m; i++)
      pivot = magnitude(a[i * m + c]) > magnitude(a[pivot * m + c]) ? i : pivot;
    swap_rows(m, a, c, pivot);
    swap_rows(m, b, c, pivot);
    for (size_t i = c + 1; i < m; i++) {
      double factor = a[i * m + c] / a[c * m + c];
      if (factor != 0.0) {
        subtract_row(m, a, i, c, factor);
        subtract_row(m, b, i, c, factor);
      }
    }
  }
  for (size_t c = m; c-- > 0;) {
    for (size_t k = 0; k < m; k++)
      b[c * m + k] /= a[c * m + c];
    for (size_t i = 0; i < c; i++)
      subtract_row(m, b, i, c, a[i * m + c]);
  }
}

/* sum of c[i] p[i] (p[0] = identity: left out here, added by the caller's diagonal) */
static void combine(size_t count, double *out, const double *const p[3], const double c[3]) {
  for (size_t i = 0; i < count; i++)
    out[i] = c[0] * p[0][i] + c[1] * p[1][i] + c[2] * p[2][i];
}

static void add_diagonal(int n, double *a, double x) {
  size_t m = (size_t)n;
  for (size_t i = 0; i < m; i++)
    a[i * m + i] += x;
}

/* The coefficients of the Pade approximant of degree 13, and the norm up to which it is exact to rounding. */
static const double pade[14] = {64764752532480000.0,
                                32382376266240000.0,
                                7771770303897600.0,
                                1187353796428800.0,
                                129060195264000.0,
                                10559470521600.0,
                                670442572800.0,
                                33522128640.0,
                                1323241920.0,
                                40840800.0,
                                960960.0,
                                16380.0,
                                182.0,
                                1.0};
#define PADE_NORM 5.371920351148152

/* out = e^a for a norm up to PADE_NORM; work: 5 matrices, of which the first holds a. */
static void pade_13(int n, double *out, double *work) {
  size_t count = entries(n);
  double *a = work, *a2 = work + count, *a4 = a2 + count, *a6 = a4 + count, *u = a6 + count;
  multiply(n, a, a, a2);
  multiply(n, a2, a2, a4);
  multiply(n, a4, a2, a6);
  const double *const powers[3] = {a2, a4, a6};
  /* U = A (A6 (b13 A6 + b11 A4 + b9 A2) + b7 A6 + b5 A4 + b3 A2 + b1 I) */
  combine(count, out, powers, (const double[3]){pade[9], pade[11], pade[13]});
  multiply(n, a6, out, u);
  combine(count, out, powers, (const double[3]){pade[3], pade[5], pade[7]});
  for (size_t i = 0; i < count; i++)
    out[i] += u[i];
  add_diagonal(n, out, pade[1]);
  multiply(n, a, out, u);
  /* V = A6 (b12 A6 + b10 A4 + b8 A2) + b6 A6 + b4 A4 + b2 A2 + b0 I; a is free from here on */
  combine(count, a, powers, (const double[3]){pade[8], pade[10], pade[12]});
  multiply(n, a6, a, out);
  combine(count, a, powers, (const double[3]){pade[2], pade[4], pade[6]});
  for (size_t i = 0; i < count; i++)
    out[i] += a[i];
  add_diagonal(n, out, pade[0]);
  /* (V - U) out = V + U */
  for (size_t i = 0; i < count; i++) {
    a[i] = out[i] - u[i];
    out[i] += u[i];
  }
  solve(n, a, out);
}

static bool is_triangular(int n, const double *a, bool upper) {
  size_t m = (size_t)n;
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < i; j++)
      if (a[upper ? i * m + j : j * m + i] != 0.0)
        return false;
  return true;
}

/* The diagonal of e^(a scale) of a triangular a. */
static void set_diagonal(int n, const double *a, double scale, double *out) {
  size_t m = (size_t)n;
  for (size_t i = 0; i < m; i++)
    out[i * m + i] = nsa_exp_1(a[i * m + i] * scale);
}

int nsa_expm(int n, const double *a, double *out, double *work) {
  size_t count = entries(n);
  double norm = norm1(n, a);
  if (!all_finite(count, a) || !all_finite(1, &norm))
    return -1;
  int s = halvings(norm, PADE_NORM);
  double scale = exact_power_of_2(-s);
  bool triangular = is_triangular(n, a, true) || is_triangular(n, a, false);
  for (size_t i = 0; i < count; i++)
    work[i] = a[i] * scale;
  pade_13(n, out, work);
  if (triangular)
    set_diagonal(n, a, scale, out);
  for (int i = 1; i <= s; i++) {
    memcpy(work, out, count * sizeof *out);
    multiply(n, work, work, out);
    if (triangular)
      set_diagonal(n, a, exact_power_of_2(i - s), out);
  }
  return all_finite(count, out) ? 0 : -1;
}

/* Copies the n x n block at (row, column) of a 2n x 2n matrix. */
static void take_block(int n, const double *wide, int row, int column, double *out) {
  size_t m = (size_t)n;
  for (size_t i = 0; i < m; i++)
    memcpy(out + i * m, wide + (i + (size_t)row) * 2 * m + (size_t)column, m * sizeof *out);
}

/* e^[[A dt, I], [0, 0]] = [[E, F/dt], [0, I]]; E itself is computed from A dt, which may be triangular when
 * the wide matrix is not. */
int nsa_expm_phi(int n, const double *a, double dt, double *e, double *f, double *work) {
  size_t m = (size_t)n, count = entries(n);
  double *wide = work, *wide_exp = work + 4 * count, *scratch = work + 8 * count;
  memset(wide, 0, 4 * count * sizeof *wide);
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < m; j++)
      wide[i * 2 * m + j] = a[i * m + j] * dt;
    wide[i * 2 * m + m + i] = 1.0;
  }
  if (nsa_expm(2 * n, wide, wide_exp, scratch) != 0)
    return -1;
  take_block(n, wide_exp, 0, n, f);
  take_block(n, wide, 0, 0, wide_exp);
  if (nsa_expm(n, wide_exp, e, scratch) != 0)
    return -1;
  for (size_t i = 0; i < count; i++)
    f[i] *= dt;
  return 0;
}

/* L L^T = q, where q is symmetric and not negative but for rounding.
 * A pivot that is only rounding, against the variance it is left over from, is a direction without noise. */
static void cholesky(int n, const double *q, double *l) {
  size_t m = (size_t)n;
  memset(l, 0, entries(n) * sizeof *l);
  for (size_t j = 0; j < m; j++) {
    double pivot = q[j * m + j];
    for (size_t k = 0; k < j; k++)
      pivot = __builtin_fma(-l[j * m + k], l[j * m + k], pivot);
    if (!(pivot > 64.0 * (double)n * 0x1p-53 * q[j * m + j]))
      continue;
    double root = __builtin_sqrt(pivot);
    l[j * m + j] = root;
    for (size_t i = j + 1; i < m; i++) {
      double rest = 0.5 * (q[i * m + j] + q[j * m + i]);
      for (size_t k = 0; k < j; k++)
        rest = __builtin_fma(-l[i * m + k], l[j * m + k], rest);
      l[i * m + j] = rest / root;
    }
  }
}

/* Q(h) = integral from 0 to h of e^(A s) S e^(A^T s) ds, and E(h), for |A h| <= 1, from
 * e^[[A h, S], [0, -A^T h]] = [[E, G], [0, E^-T]] with Q = h G E^T (Van Loan 1978, "Computing integrals
 * involving the matrix exponential"). */
static int covariance_of_short_time(int n, const double *a, const double *s, double h, double *e, double *q,
                                    double *work) {
  size_t m = (size_t)n, count = entries(n);
  double *wide = work, *wide_exp = work + 4 * count, *scratch = work + 8 * count;
  double size = norm1(n, s);
  double unit = size > 0.0 ? 1.0 / size : 1.0; /* S must not decide how often e^ is squared */
  memset(wide, 0, 4 * count * sizeof *wide);
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < m; j++) {
      wide[i * 2 * m + j] = a[i * m + j] * h;
      wide[i * 2 * m + m + j] = s[i * m + j] * unit;
      wide[(m + i) * 2 * m + m + j] = -a[j * m + i] * h;
    }
  if (nsa_expm(2 * n, wide, wide_exp, scratch) != 0)
    return -1;
  take_block(n, wide_exp, 0, 0, e);
  take_block(n, wide_exp, 0, n, scratch);
  multiply_transposed(n, scratch, e, q);
  for (size_t i = 0; i < count; i++)
    q[i] *= h * size;
  return 0;
}

/* E^-T grows where A decays, so a long time is reached by doubling: E(2h) = E E, Q(2h) = Q + E Q E^T. */
int nsa_ou_cov(int n, const double *a, const double *s, double dt, double *l, double *work) {
  size_t count = entries(n);
  double *e = work, *q = work + count, *scratch = work + 2 * count;
  double turns = norm1(n, a) * dt;
  if (!all_finite(count, a) || !all_finite(count, s) || !all_finite(1, &turns))
    return -1;
  int doublings = halvings(turns, 1.0);
  double h = dt * exact_power_of_2(-doublings);
  if (covariance_of_short_time(n, a, s, h, e, q, scratch) != 0)
    return -1;
  double *eq = scratch, *sum = scratch + count;
  for (int i = 0; i < doublings; i++) {
    multiply(n, e, q, eq);
    multiply_transposed(n, eq, e, sum);
    for (size_t k = 0; k < count; k++)
      q[k] += sum[k];
    multiply(n, e, e, eq);
    memcpy(e, eq, count * sizeof *e);
  }
  if (!all_finite(count, q))
    return -1;
  cholesky(n, q, l);
  return 0;
}
