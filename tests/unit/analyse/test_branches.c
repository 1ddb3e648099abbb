/* SPDX-License-Identifier: MIT */
/* test_branches.c - folds, Hopf and branch points in closed form, and those of the library's models, which were
 * computed by an independent program with error control. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "unit/analyse/cells.h"
#include <math.h>

static void assert_near(double x, double y, double tolerance) {
  if (!(fabs(x - y) <= tolerance))
    fail_msg("%.17g, expected %.17g +- %g", x, y, tolerance);
}

/* All special points of one kind, ascending by p; *count of them. */
static const analyse_special *specials_of(arena *a, analyse_cell *c, double low, double high, analyse_special_kind kind,
                                          uint32_t *count) {
  uint32_t branches;
  VEC(analyse_special) found = {0};
  assert_non_null(c);
  const analyse_branch *all = analyse_branches(c, low, high, &branches);
  for (uint32_t b = 0; b < branches; b++)
    for (uint32_t k = 0; k < all[b].specials.len; k++) {
      if (all[b].specials.data[k].kind != kind)
        continue;
      vec_push(a, &found, all[b].specials.data[k]);
      for (uint32_t i = found.len - 1; i > 0 && found.data[i].point.p < found.data[i - 1].point.p; i--) {
        analyse_special old = found.data[i];
        found.data[i] = found.data[i - 1];
        found.data[i - 1] = old;
      }
    }
  *count = found.len;
  return found.data;
}

/* ---- closed forms ---- */

/* x' = p + x - x^3: folds at p = -+ 2/(3 sqrt 3), x = +- 1/sqrt 3. */
static void folds(void **state) {
  arena *a = arena_new();
  (void)state;
  analyse_cell *c = cell_of_text(a,
                                 "neuron n {\n param p = 0, tau = 1 ms\n state x = 0.3\n dx/dt = (p + x - x^3)/tau\n}\n"
                                 "population q : n[1]\n",
                                 "p");
  uint32_t count;
  const analyse_special *s = specials_of(a, c, -1, 1, SPECIAL_FOLD, &count);
  assert_int_equal(count, 2);
  assert_near(s[0].point.p, -2 / (3 * sqrt(3)), 1e-12);
  assert_near(s[1].point.p, 2 / (3 * sqrt(3)), 1e-12);
  assert_near(s[0].point.x[0], 1 / sqrt(3), 1e-7);
  arena_free(a);
}

/* x' = p x - x^3: a branch point at 0; x = 0 is stable below it, +- sqrt p above. */
static void pitchfork(void **state) {
  arena *a = arena_new();
  (void)state;
  analyse_cell *c = cell_of_text(a,
                                 "neuron n {\n param p = 0, tau = 1 ms\n state x = 0.3\n dx/dt = (p*x - x^3)/tau\n}\n"
                                 "population q : n[1]\n",
                                 "p");
  uint32_t count;
  const analyse_special *s = specials_of(a, c, -1, 1.1, SPECIAL_BRANCH, &count);
  assert_true(count >= 1);
  assert_near(s[0].point.p, 0, 1e-9);
  assert_near(s[0].point.x[0], 0, 1e-9);
  arena_free(a);
}

/* z' = (p + 2 i) z + s z |z|^2 in real coordinates that are sheared and stretched: a Hopf point at 0, omega 2, and
 * cycles with the sign of s. */
static void hopf_of(double s, double expected_sign) {
  arena *a = arena_new();
  analyse_cell *c = cell_of_text(
      a,
      arena_printf(a,
                   "neuron n {\n param p = 0, s = %g, tau = 1 ms\n state x = 0.3, y = 0\n let u = x - 0.5*y\n"
                   " let w = 3*y\n let r = u^2 + w^2\n let du = (p*u - 2*w + s*r*u)/tau\n"
                   " let dw = (p*w + 2*u + s*r*w)/tau\n dx/dt = du + dw/6\n dy/dt = dw/3\n}\npopulation q : n[1]\n",
                   s),
      "p");
  uint32_t count;
  const analyse_special *h = specials_of(a, c, -1.03, 1, SPECIAL_HOPF, &count);
  assert_int_equal(count, 1);
  assert_near(h[0].point.p, 0, 1e-10);
  assert_near(h[0].omega, 2, 1e-9);
  assert_true(h[0].lyapunov * expected_sign > 0);
  arena_free(a);
}

static void hopf_supercritical(void **state) {
  (void)state;
  hopf_of(-1, -1);
}

static void hopf_subcritical(void **state) {
  (void)state;
  hopf_of(1, 1);
}

/* The coefficient of the normal form as it stands: 2 s/omega for an eigenvector of length 1 by the sum of squares; by
 * the largest entry in scales (ranges of -9.7..20.3 and -10..20, a twentieth of each) it is divided by (1/sqrt
 * 2/1.5)^2. */
static void lyapunov_value(void **state) {
  arena *a = arena_new();
  (void)state;
  analyse_cell *c = cell_of_text(a,
                                 "neuron n {\n param p = 0, tau = 1 ms\n state x = 0.3, y = 0\n let r = x^2 + y^2\n"
                                 " dx/dt = (p*x - 2*y - r*x)/tau\n dy/dt = (p*y + 2*x - r*y)/tau\n}\n"
                                 "population q : n[1]\n",
                                 "p");
  uint32_t count;
  const analyse_special *h = specials_of(a, c, -1.03, 1, SPECIAL_HOPF, &count);
  assert_int_equal(count, 1);
  assert_near(h[0].lyapunov, -4.5, 1e-6);
  arena_free(a);
}

/* A quadratic system whose coefficient comes from second derivatives alone: Bautin's formula for x' = p x - y + x y,
 * y' = x + p y + b x^2 gives (f_xy (f_xx + f_yy) - g_xy (g_xx + g_yy) - f_xx g_xx + f_yy g_yy)/16 = 0 for f_xx = f_yy =
 * g_xy = 0; with f_xx = 2 c it is (2 c - 2 c 2 b)/16 (Guckenheimer and Holmes, Nonlinear Oscillations, 3.4.11). */
static double quadratic(double b, double c2) {
  arena *a = arena_new();
  analyse_cell *c = cell_of_text(
      a,
      arena_printf(a,
                   "neuron n {\n param p = 0, tau = 1 ms\n state x = 0.3, y = 0\n"
                   " dx/dt = (p*x - y + x*y + %g*x^2)/tau\n dy/dt = (x + p*y + %g*x^2)/tau\n}\npopulation q : n[1]\n",
                   c2, b),
      "p");
  uint32_t count;
  double at_zero = NAN;
  const analyse_special *h = specials_of(a, c, -1.03, 1, SPECIAL_HOPF, &count);
  for (uint32_t k = 0; k < count; k++)
    if (fabs(h[k].point.p) < 1e-9 && fabs(h[k].point.x[0]) < 1e-9)
      at_zero = h[k].lyapunov;
  arena_free(a);
  return at_zero;
}

static void lyapunov_of_second_derivatives(void **state) {
  (void)state;
  /* In units of 1/16: f_xy f_xx - f_xx g_xx = 2 c (1 - 2 b). The factor to ours is one for all. */
  double unit = quadratic(0.25, 1) / (2 * (1 - 0.5));
  assert_true(unit > 0);
  assert_near(quadratic(1, 1), unit * 2 * (1 - 2), 1e-6 * unit);
  assert_near(quadratic(0.25, -0.5), unit * -1 * (1 - 0.5), 1e-6 * unit);
}

/* ---- the library ---- */

static void expect_hopf(const char *name, const char *param, double low, double high, double first, double second) {
  arena *a = arena_new();
  uint32_t count;
  const analyse_special *s = specials_of(a, cell_of_library(a, name, param), low, high, SPECIAL_HOPF, &count);
  assert_int_equal(count, isnan(second) ? 1 : 2);
  assert_near(s[0].point.p, first, 2e-7 * fabs(first));
  if (!isnan(second))
    assert_near(s[1].point.p, second, 2e-7 * fabs(second));
  arena_free(a);
}

static void library(void **state) {
  (void)state;
  expect_hopf("li_rinzel", "IP3", 0, 1, 0.35453382, 0.63688182);
  expect_hopf("ullah", "v4", 0, 1e-3, 0.51089824e-3, NAN); /* uM/ms */
  expect_hopf("postnov", "r", 0.1, 1, 0.31093574, 0.6652155);
  expect_hopf("lavrentovich_hemkin", "v_in", 0, 1e-4, 0.02383787e-3, 0.05943006e-3);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(folds),
                                     cmocka_unit_test(pitchfork),
                                     cmocka_unit_test(hopf_supercritical),
                                     cmocka_unit_test(hopf_subcritical),
                                     cmocka_unit_test(lyapunov_value),
                                     cmocka_unit_test(lyapunov_of_second_derivatives),
                                     cmocka_unit_test(library)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
