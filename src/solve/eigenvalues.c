/* SPDX-License-Identifier: MIT */
#include "solve/eigenvalues.h"

#include <complex.h>
#include <math.h>

typedef double complex number;

/* Scales rows and columns by powers of two so that both have about the same norm. Otherwise units of different size
 * would cost digits. */
static void balance(uint32_t n, double *m) {
  for (bool has_changed = true; has_changed;) {
    has_changed = false;
    for (uint32_t i = 0; i < n; i++) {
      double row = 0, column = 0;
      for (uint32_t j = 0; j < n; j++)
        if (j != i) {
          row += fabs(m[i * n + j]);
          column += fabs(m[j * n + i]);
        }
      if (row == 0 || column == 0 || !isfinite(row) || !isfinite(column))
        continue;
      double factor = exp2(round(0.5 * log2(row / column)));
      if (column * factor + row / factor > 0.95 * (column + row))
        continue;
      has_changed = true;
      for (uint32_t j = 0; j < n; j++)
        m[i * n + j] /= factor;
      for (uint32_t j = 0; j < n; j++)
        m[j * n + i] *= factor;
    }
  }
}

/* To upper Hessenberg form by elimination with pivots, a similarity. */
static void reduce(uint32_t n, double *m) {
  for (uint32_t k = 1; k + 1 < n; k++) {
    uint32_t pivot = k;
    for (uint32_t i = k + 1; i < n; i++)
      if (fabs(m[i * n + k - 1]) > fabs(m[pivot * n + k - 1]))
        pivot = i;
    if (m[pivot * n + k - 1] == 0)
      continue;
    for (uint32_t j = 0; j < n && pivot != k; j++) {
      double x = m[pivot * n + j];
      m[pivot * n + j] = m[k * n + j];
      m[k * n + j] = x;
    }
    for (uint32_t j = 0; j < n && pivot != k; j++) {
      double x = m[j * n + pivot];
      m[j * n + pivot] = m[j * n + k];
      m[j * n + k] = x;
    }
    for (uint32_t i = k + 1; i < n; i++) {
      double factor = m[i * n + k - 1] / m[k * n + k - 1];
      for (uint32_t j = 0; j < n; j++)
        m[i * n + j] -= factor * m[k * n + j];
      for (uint32_t j = 0; j < n; j++)
        m[j * n + k] += factor * m[j * n + i];
      m[i * n + k - 1] = 0;
    }
  }
}

/* The eigenvalue of the last 2 x 2 block of rows .. last that is nearer to its last entry. */
static number wilkinson_shift(uint32_t n, const number *h, uint32_t last) {
  number a = h[(last - 1) * n + last - 1], b = h[(last - 1) * n + last];
  number c = h[last * n + last - 1], d = h[last * n + last];
  number middle = (a + d) / 2, root = csqrt((a - d) * (a - d) / 4 + b * c);
  number x = middle + root, y = middle - root;
  return cabs(x - d) < cabs(y - d) ? x : y;
}

/* H - shift = Q R; H becomes R Q + shift, rows and columns first .. last. */
static void qr_step(uint32_t n, number *h, uint32_t first, uint32_t last, number shift, number *cosines,
                    number *sines) {
  for (uint32_t i = first; i <= last; i++)
    h[i * n + i] -= shift;
  for (uint32_t k = first; k < last; k++) {
    number x = h[k * n + k], y = h[(k + 1) * n + k];
    double norm = hypot(cabs(x), cabs(y));
    cosines[k] = norm == 0 ? 1 : x / norm;
    sines[k] = norm == 0 ? 0 : y / norm;
    for (uint32_t j = k; j <= last; j++) {
      number p = h[k * n + j], q = h[(k + 1) * n + j];
      h[k * n + j] = conj(cosines[k]) * p + conj(sines[k]) * q;
      h[(k + 1) * n + j] = cosines[k] * q - sines[k] * p;
    }
  }
  for (uint32_t k = first; k < last; k++)
    for (uint32_t i = first; i <= last && i <= k + 1; i++) {
      number p = h[i * n + k], q = h[i * n + k + 1];
      h[i * n + k] = p * cosines[k] + q * sines[k];
      h[i * n + k + 1] = q * conj(cosines[k]) - p * conj(sines[k]);
    }
  for (uint32_t i = first; i <= last; i++)
    h[i * n + i] += shift;
}

/* The first row of the block that ends at `last` and is coupled all through. */
static uint32_t block_start(uint32_t n, const number *h, uint32_t last) {
  uint32_t first = last;
  while (first > 0) {
    double scale = cabs(h[first * n + first]) + cabs(h[(first - 1) * n + first - 1]);
    if (cabs(h[first * n + first - 1]) <= 2.3e-16 * scale || cabs(h[first * n + first - 1]) < 1e-300)
      break;
    first--;
  }
  return first;
}

static bool qr_iterate(arena *a, uint32_t n, number *h) {
  enum { ROUNDS = 60 };
  number *cosines = ARENA_ARRAY(a, number, n), *sines = ARENA_ARRAY(a, number, n);
  uint32_t last = n - 1, round = 0;
  while (last > 0) {
    uint32_t first = block_start(n, h, last);
    if (first == last) {
      last--;
      round = 0;
      continue;
    }
    if (round++ > ROUNDS)
      return false;
    /* Now and then another shift, because the usual one might go in circles. */
    number shift = round % 11 == 10 ? h[last * n + last] + cabs(h[last * n + last - 1]) : wilkinson_shift(n, h, last);
    qr_step(n, h, first, last, shift, cosines, sines);
  }
  return true;
}

bool eigenvalues_of(arena *a, uint32_t n, const double *matrix, double *real, double *imaginary) {
  double *m = ARENA_ARRAY(a, double, (size_t)n *n), scale = 0;
  number *h = ARENA_ARRAY(a, number, (size_t)n * n);
  for (uint32_t i = 0; i < n * n; i++) {
    m[i] = matrix[i];
    if (!isfinite(m[i]))
      return false;
  }
  if (n == 0)
    return true;
  balance(n, m);
  reduce(n, m);
  for (uint32_t i = 0; i < n * n; i++) {
    h[i] = m[i];
    scale = fmax(scale, fabs(m[i]));
  }
  if (!qr_iterate(a, n, h))
    return false;
  for (uint32_t i = 0; i < n; i++) {
    number x = h[i * n + i];
    real[i] = creal(x);
    imaginary[i] = fabs(cimag(x)) <= 1e-13 * scale ? 0 : cimag(x);
  }
  return true;
}

bool linear_solve(uint32_t n, double *m, double *b) {
  for (uint32_t k = 0; k < n; k++) {
    uint32_t pivot = k;
    for (uint32_t i = k + 1; i < n; i++)
      if (fabs(m[i * n + k]) > fabs(m[pivot * n + k]))
        pivot = i;
    if (m[pivot * n + k] == 0 || !isfinite(m[pivot * n + k]))
      return false;
    for (uint32_t j = 0; j <= n; j++) {
      double *x = j < n ? &m[k * n + j] : &b[k], *y = j < n ? &m[pivot * n + j] : &b[pivot], old = *x;
      *x = *y;
      *y = old;
    }
    for (uint32_t i = k + 1; i < n; i++) {
      double factor = m[i * n + k] / m[k * n + k];
      for (uint32_t j = k; j < n; j++)
        m[i * n + j] -= factor * m[k * n + j];
      b[i] -= factor * b[k];
    }
  }
  for (uint32_t i = n; i-- > 0;) {
    for (uint32_t j = i + 1; j < n; j++)
      b[i] -= m[i * n + j] * b[j];
    b[i] /= m[i * n + i];
  }
  return true;
}
