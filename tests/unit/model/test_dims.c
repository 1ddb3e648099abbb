/* SPDX-License-Identifier: MIT */
/* Units: conversion to internal numbers, arithmetic of dimensions, and their names. */
#include "unit/model/checked.h"

#include <stdio.h>

static double value_of(const char *quantity, dim *unit) {
  char source[256];
  snprintf(source, sizeof source, "neuron n { param p = %s\n state s = 0 }\npopulation q : n[1]\n", quantity);
  checked c = check_text(source);
  assert_no_errors(&c);
  const model_param *p = param_named(component_named(&c, "n"), "p");
  double value = p->value->number;
  *unit = p->unit;
  checked_free(&c);
  return value;
}

static void same_number(const char *left, const char *right) {
  dim a, b;
  double x = value_of(left, &a), y = value_of(right, &b);
  if (x != y || !dim_equal(a, b))
    fail_msg("%s is %.17g, %s is %.17g", left, x, right, y);
}

static void internal(const char *quantity, double value, const char *unit) {
  dim d;
  double x = value_of(quantity, &d);
  arena *a = arena_new();
  if (x != value || strcmp(dim_name(a, d), unit) != 0)
    fail_msg("%s is %.17g %s, not %.17g %s", quantity, x, dim_name(a, d), value, unit);
  arena_free(a);
}

/* The decimal exponent is shifted before strtod: no rounding of a product. */
static void prefixes_never_round(void **state) {
  (void)state;
  same_number("0.1 ms", "1e-4 s");
  same_number("0.1 ms", "100 us");
  same_number("0.3 uM/s", "0.3e-3 mM/s");
  same_number("0.7 nS", "0.0007 uS");
  same_number("1.1 MOhm", "0.0011 GOhm");
  same_number("3 \xC2\xB5M", "3 \xCE\xBCM");
  same_number("2.3 s", "2300 ms");
  same_number("1 uF/cm^2", "10 fF/um^2");
}

static void units_become_internal(void **state) {
  (void)state;
  internal("-65 mV", -65, "mV");
  internal("100 pA", 100, "pA");
  internal("1 nA", 1000, "pA");
  internal("1 S", 1e9, "nS");
  internal("1 pF", 1, "pF");
  internal("1 MOhm", 1e-3, "GOhm");
  internal("1 M", 1e6, "uM");
  internal("5 Hz", 5e-3, "1/ms");
  internal("1 min", 60000, "ms");
  internal("2 h", 7200000, "ms");
  internal("5%", 0.05, "1");
  internal("37 K", 37, "K");
  internal("1 pJ", 1e6, "aJ");
  internal("1 J", 1e18, "aJ");
  internal("1 fC", 1, "fC");
  internal("1 cm", 1e4, "um");
  internal("10 mV/ms", 10, "mV/ms");
  internal("0.04 /ms/mV", 0.04, "1/ms/mV");
  internal("faraday", 96485.33212e-6, "fC/uM/um^3");
}

static void named(const char *expression, const char *unit) {
  dim d;
  value_of(expression, &d);
  arena *a = arena_new();
  assert_string_equal(dim_name(a, d), unit);
  arena_free(a);
}

static void names_are_the_authors(void **state) {
  (void)state;
  named("1 mol", "uM*um^3");
  named("1 nS/um^2", "nS/um^2");
  named("1 um * 1 um", "um^2");
  named("sqrt(4 ms)", "ms^0.5");
  named("1 /sqrt(4 ms)", "1/ms^0.5");
  named("1 nS * 1 mV", "pA");
  named("1 pA / 1 nS", "mV");
  named("1 pF / 1 nS", "ms");
  named("1 N * 1 m", "aJ");
  named("gas_constant * 310 K / faraday", "mV");
}

static void dimensions_multiply(void **state) {
  (void)state;
  dim ms = {.q = {4}}, none = dim_none();
  assert_true(dim_equal(dim_div(ms, ms), none));
  assert_true(dim_equal(dim_mul(dim_pow(ms, 1, 2), dim_pow(ms, 1, 2)), ms));
  assert_true(dim_equal(dim_pow(ms, -1, 4), (dim){.q = {-1}}));
  assert_false(dim_equal(ms, none));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(prefixes_never_round),
      cmocka_unit_test(units_become_internal),
      cmocka_unit_test(names_are_the_authors),
      cmocka_unit_test(dimensions_multiply),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
