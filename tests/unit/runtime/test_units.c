/* SPDX-License-Identifier: MIT */
#include "base/units.h"
#include "nsa_units.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static double value_of(const char *text, uint64_t *dimension) {
  double value;
  uint64_t ignored;
  char error[128];
  assert_true(nsa_quantity_parse(text, &value, dimension ? dimension : &ignored, error, sizeof error));
  return value;
}

static void same_number(const char *a, const char *b) {
  uint64_t da, db;
  double va = value_of(a, &da), vb = value_of(b, &db);
  assert_memory_equal(&va, &vb, sizeof va);
  assert_int_equal(da, db);
}

static void prefixes_shift_the_exponent(void **state) {
  (void)state;
  same_number("0.1 ms", "1e-4 s");
  same_number("0.3ms", "300 us");
  same_number("0.7 uM", "700 nM");
  same_number("2 min", "120 s");
  same_number("1 h", "60 min");
  same_number("5%", "0.05");
  same_number("1 \xC2\xB5M", "1 uM");
  same_number("1 \xCE\xBCM", "1 uM");
  same_number("1e-3 /ms", "1 Hz");
  same_number("100 nS/cm^2", "1e-7 S/cm^2");
  same_number("80 mV/ms", "80 V/s");
  same_number("4 um^(2)", "4 um^2");
  same_number("3 um^(-2)", "3 /um^2");
  same_number("0.5 /s^(1/2)", "0.5 /s^0.5");
  same_number("2 mV^(-3/4)", "2 /mV^0.75");
  same_number("7 mV/ms^0.50", "7 mV/ms^(2/4)");
}

static void values_are_internal(void **state) {
  (void)state;
  assert_true(value_of("20 ms", NULL) == 20);
  assert_true(value_of("-65 mV", NULL) == -65);
  assert_true(value_of("1 V", NULL) == 1000);
  assert_true(value_of("100 MOhm", NULL) == 0.1); /* GOhm */
  assert_true(value_of("0.5 nS", NULL) == 0.5);
  assert_true(value_of("0.5 uM/s", NULL) == 0.0005);
  assert_true(value_of("0.4 nJ", NULL) == 4e8); /* aJ */
  assert_true(value_of("1 pF", NULL) == 1);
  assert_true(value_of("-3", NULL) == -3);
  assert_true(fabs(value_of("0.5 /s^0.5", NULL) / (0.5 * sqrt(0.001)) - 1) < 4e-16);
  assert_true(value_of("3 ks^0.5", NULL) == 3000); /* 10^6 ms, its root */
  assert_true(fabs(value_of("2 min^0.5", NULL) / (2 * sqrt(60000)) - 1) < 4e-16);
  assert_true(value_of("2 %^2", NULL) == 2e-4);
  assert_true(value_of("  +.5 ", NULL) == .5);
}

static void dimensions(void **state) {
  (void)state;
  uint64_t d;
  char name[64];
  static const char *const rows[][2] = {
      {"1 s", "ms"}, {"1 V/s", "mV/ms"}, {"1 S", "nS"},          {"1 mM/h", "uM/ms"},
      {"3", "1"},    {"1 J", "aJ"},      {"1 A/V^2", "pA/mV^2"}, {"1 Hz", "1/ms"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    value_of(rows[i][0], &d);
    units_dimension_name(d, name, sizeof name);
    assert_string_equal(name, rows[i][1]);
  }
  value_of("1 ms", &d);
  assert_int_equal(d, UNITS_TIME);
}

static void what_is_no_quantity(void **state) {
  (void)state;
  static const char *const wrong[] = {"",
                                      "ms",
                                      "1 tau",
                                      "1 m s",
                                      "nan",
                                      "inf",
                                      "0x10",
                                      "1e999",
                                      "1 ^2",
                                      "1 s^0",
                                      "1 s^",
                                      "1 /",
                                      "1 ms//ms",
                                      ".",
                                      "- 1",
                                      "1 s^99",
                                      "1 s^0.3",
                                      "1 s^(1/3)",
                                      "1 s^(1/0)",
                                      "1 s^(2",
                                      "1 s^()",
                                      "1 s^n",
                                      "1 min^-9/min^9/min^9/min^9",
                                      "1 kmin",
                                      "1 mV*s"};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    double value;
    uint64_t dimension;
    char error[128] = "";
    assert_false(nsa_quantity_parse(wrong[i], &value, &dimension, error, sizeof error));
    assert_true(strlen(error) > 0);
  }
  char digits[2000];
  memset(digits, '9', sizeof digits);
  digits[sizeof digits - 1] = 0;
  double value;
  uint64_t dimension;
  char error[128];
  assert_false(nsa_quantity_parse(digits, &value, &dimension, error, sizeof error));
}

static void shown(double value, const char *unit, double expected, const char *expected_unit) {
  char out[32];
  double got = units_pleasant(value, unit, out, sizeof out);
  assert_string_equal(out, expected_unit);
  assert_true(got > expected * (1 - 1e-12) - 1e-300 && got < expected * (1 + 1e-12) + 1e-300);
}

static void results_are_pleasant(void **state) {
  (void)state;
  shown(2300, "ms", 2.3, "s");
  shown(230, "ms", 230, "ms");
  shown(5.4e9, "aJ", 5.4, "nJ");
  shown(0.02, "1/ms", 20, "Hz");
  shown(0, "1/ms", 0, "Hz");
  shown(0, "uM", 0, "uM");
  shown(0.9, "1", 0.9, "");
  shown(0.3, "uM", 300, "nM");
  shown(12, "mV/ms", 12, "mV/ms");
  shown(12, "strange", 12, "strange");
}

static void shows(const char *unit, double internal, double expected) {
  nsa_unit_shift shift = nsa_unit_shift_of(unit);
  assert_true(nsa_show(shift, internal) == expected);
  assert_true(nsa_show_back(shift, expected) == internal);
}

static void values_are_shown_in_their_unit(void **state) {
  (void)state;
  shows("uM", 0.3, 0.3);
  shows("", 0.3, 0.3);
  shows("1", 0.3, 0.3);
  shows("no unit", 0.3, 0.3);
  shows("nM", 0.25, 250);
  shows("V", -70, -0.07);
  shows("1/s", 0.0005, 0.5);
  shows("/s", 0.0005, 0.5);
  shows("min", 90000, 1.5);
  shows("1/min", 1, 60000);
  shows("%", 0.25, 25);
  shows("um^2", 4, 4);
  shows("cm^2", 1e8, 1);
  shows("mol", 1e21, 1);
  shows("aJ", 2, 2);
}

/* As `x = number unit` in a model, back in that unit. */
static void written_numbers_come_back(void **state) {
  (void)state;
  static const char *const units[] = {"nM", "V", "1/s", "min", "nS/cm^2", "fmol", "%", "uM/h", "1/s^0.5"};
  for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
    nsa_unit unit;
    assert_true(nsa_unit_of_text(units[i], &unit));
    for (int k = 1; k < 1000; k++) {
      char text[16];
      snprintf(text, sizeof text, "%d.%d", k / 100, k % 100);
      double shown = nsa_show_written(nsa_unit_scale(text, &unit), units[i]), want = strtod(text, NULL);
      bool is_decimal = unit.multiplier == 1 && unit.exponent == (int)unit.exponent;
      assert_true(is_decimal ? shown == want : shown > want * (1 - 1e-15) && shown < want * (1 + 1e-15));
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(prefixes_shift_the_exponent),
      cmocka_unit_test(values_are_internal),
      cmocka_unit_test(dimensions),
      cmocka_unit_test(what_is_no_quantity),
      cmocka_unit_test(results_are_pleasant),
      cmocka_unit_test(values_are_shown_in_their_unit),
      cmocka_unit_test(written_numbers_come_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
