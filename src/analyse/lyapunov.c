/* SPDX-License-Identifier: MIT */
/* lyapunov.c - the first Lyapunov coefficient of a Hopf point, by symbolic derivatives along directions. */
#include "analyse/analyse_internal.h"

#include <complex.h>
#include <math.h>

typedef double complex number;

/* F(x + a u + b v + c w, p), and its mixed derivatives by a, b and c at 0. Arguments: x, p, u, v, w, a, b, c. */
typedef struct {
  arena *arena;
  uint32_t n;
  solve_evaluator second, third; /* by a and b; by a, b and c */
  double *args, *out;
} form;

static form new_form(arena *a, const analyse_cell *c, const double *x, double p) {
  uint32_t n = c->n, direction = n + 1, step = direction + 3 * n, count = step + 3;
  form f = {.arena = a, .n = n, .args = ARENA_ARRAY(a, double, count), .out = ARENA_ARRAY(a, double, n)};
  symbolic *s = symbolic_new(a, count);
  ir_fragment *arguments = ir_fragment_new(a), *rates = symbolic_fragment(c->symbols, c->rates, n);
  ir_builder b = ir_builder_in(a, arguments);
  ir_value *values = ARENA_ARRAY(a, ir_value, count), *replace = ARENA_ARRAY(a, ir_value, n + 1);
  ir_value *by_a = ARENA_ARRAY(a, ir_value, 3 * (size_t)n), *by_b = by_a + n, *by_c = by_b + n;
  arguments->arg_count = count;
  for (uint32_t i = 0; i < count; i++)
    vec_push(a, &arguments->outputs, ir_nullary(&b, IR_OP_arg, i));
  symbolic_copy(s, arguments, NULL, values);
  replace[n] = values[n];
  for (uint32_t i = 0; i < n; i++) {
    replace[i] = values[i];
    for (uint32_t k = 0; k < 3; k++)
      replace[i] = symbolic_binary(s, IR_OP_add, replace[i],
                                   symbolic_binary(s, IR_OP_mul, values[step + k], values[direction + k * n + i]));
  }
  symbolic_copy(s, rates, replace, by_c);
  symbolic_derive(s, by_c, n, step, by_a);
  symbolic_derive(s, by_a, n, step + 1, by_b);
  symbolic_derive(s, by_b, n, step + 2, by_c);
  f.second = solve_evaluator_new(a, symbolic_fragment(s, by_b, n));
  f.third = solve_evaluator_new(a, symbolic_fragment(s, by_c, n));
  memcpy(f.args, x, n * sizeof *x);
  f.args[n] = p;
  return f;
}

/* sum += factor * B(u, v), or C(u, v, w). */
static void add_form(form *f, number factor, const double *u, const double *v, const double *w, number *sum) {
  memcpy(f->args + f->n + 1, u, f->n * sizeof *u);
  memcpy(f->args + 2 * f->n + 1, v, f->n * sizeof *v);
  if (w != NULL)
    memcpy(f->args + 3 * f->n + 1, w, f->n * sizeof *w);
  solve_evaluator_run(w != NULL ? &f->third : &f->second, f->args, f->out);
  for (uint32_t i = 0; i < f->n; i++)
    sum[i] += factor * f->out[i];
}

static void split(uint32_t n, const number *x, double *real, double *imaginary) {
  for (uint32_t i = 0; i < n; i++)
    real[i] = creal(x[i]), imaginary[i] = cimag(x[i]);
}

/* B(x, y) */
static number *bilinear(form *f, const number *x, const number *y) {
  number *sum = ARENA_ARRAY(f->arena, number, f->n);
  double *parts = ARENA_ARRAY(f->arena, double, 4 * (size_t)f->n), *xi = parts + f->n, *yr = xi + f->n, *yi = yr + f->n;
  split(f->n, x, parts, xi);
  split(f->n, y, yr, yi);
  add_form(f, 1, parts, yr, NULL, sum);
  add_form(f, -1, xi, yi, NULL, sum);
  add_form(f, I, parts, yi, NULL, sum);
  add_form(f, I, xi, yr, NULL, sum);
  return sum;
}

/* C(q, q, conj q) */
static number *trilinear(form *f, const number *q) {
  number *sum = ARENA_ARRAY(f->arena, number, f->n);
  double *r = ARENA_ARRAY(f->arena, double, 2 * (size_t)f->n), *s = r + f->n;
  split(f->n, q, r, s);
  add_form(f, 1, r, r, r, sum);
  add_form(f, 1, r, s, s, sum);
  add_form(f, I, r, r, s, sum);
  add_form(f, I, s, s, s, sum);
  return sum;
}

/* ---- complex linear algebra ---- */

/* (shift - A) x = b in place of b; transposed: with A transposed. Elimination with row pivots; a pivot that is 0 is
 * taken as a very small one, as inverse iteration wants it. */
static void solve_shifted(arena *a, uint32_t n, const double *jacobian, bool is_transposed, number shift, number *b) {
  number *m = ARENA_ARRAY(a, number, (size_t)n * n);
  double size = 0;
  for (uint32_t i = 0; i < n * n; i++) {
    uint32_t r = i / n, k = i % n;
    m[i] = (r == k ? shift : 0) - jacobian[is_transposed ? k * n + r : i];
    size = fmax(size, cabs(m[i]));
  }
  for (uint32_t k = 0; k < n; k++) {
    uint32_t pivot = k;
    for (uint32_t i = k + 1; i < n; i++)
      if (cabs(m[i * n + k]) > cabs(m[pivot * n + k]))
        pivot = i;
    for (uint32_t j = 0; j <= n; j++) {
      number *x = j < n ? &m[k * n + j] : &b[k], *y = j < n ? &m[pivot * n + j] : &b[pivot], old = *x;
      *x = *y, *y = old;
    }
    if (cabs(m[k * n + k]) < 1e-18 * size)
      m[k * n + k] = 1e-18 * size;
    for (uint32_t i = k + 1; i < n; i++) {
      number factor = m[i * n + k] / m[k * n + k];
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
}

/* conj(x) . y */
static number inner(uint32_t n, const number *x, const number *y) {
  number sum = 0;
  for (uint32_t i = 0; i < n; i++)
    sum += conj(x[i]) * y[i];
  return sum;
}

/* The eigenvector of the eigenvalue next to `value`, of length 1, by inverse iteration. */
static number *eigenvector(arena *a, uint32_t n, const double *jacobian, bool is_transposed, number value) {
  number *x = ARENA_ARRAY(a, number, n);
  for (uint32_t i = 0; i < n; i++)
    x[i] = 1 + 0.3 * i + 0.1 * I * (i + 1.0);
  for (uint32_t round = 0; round < 5; round++) {
    solve_shifted(a, n, jacobian, is_transposed, value * (1 + 1e-10), x);
    double length = sqrt(creal(inner(n, x, x)));
    for (uint32_t i = 0; i < n; i++)
      x[i] /= length;
  }
  return x;
}

/* How large the vector is in scales. */
static double size_in_scales(const analyse_cell *c, const number *q) {
  double largest = 0;
  for (uint32_t i = 0; i < c->n; i++)
    largest = fmax(largest, cabs(q[i]) / c->scale[i]);
  return largest;
}

double cell_lyapunov(analyse_cell *c, const double *x, double p, double omega) {
  uint32_t n = c->n;
  arena *a = arena_new();
  form f = new_form(a, c, x, p);
  double *jacobian = ARENA_ARRAY(a, double, (size_t)n *n);
  memcpy(jacobian, cell_look(c, x, p).jacobian, (size_t)n * n * sizeof *jacobian);
  number *q = eigenvector(a, n, jacobian, false, I * omega), *left = eigenvector(a, n, jacobian, true, -I * omega);
  number *conjugate = ARENA_ARRAY(a, number, n), scale = inner(n, left, q);
  for (uint32_t i = 0; i < n; i++) {
    left[i] /= conj(scale);
    conjugate[i] = conj(q[i]);
  }
  number *mean = bilinear(&f, q, conjugate), *twice = bilinear(&f, q, q), *third = trilinear(&f, q);
  solve_shifted(a, n, jacobian, false, 0, mean);              /* - A^-1 B(q, conj q) */
  solve_shifted(a, n, jacobian, false, 2 * I * omega, twice); /* (2 i omega - A)^-1 B(q, q) */
  number *first = bilinear(&f, q, mean), *second = bilinear(&f, conjugate, twice);
  number sum = inner(n, left, third) + 2 * inner(n, left, first) + inner(n, left, second);
  double size = size_in_scales(c, q), l1 = creal(sum) / (2 * omega * size * size);
  arena_free(a);
  return isfinite(l1) ? l1 : NAN;
}
