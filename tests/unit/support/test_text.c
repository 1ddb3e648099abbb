/* SPDX-License-Identifier: MIT */
#include "support/text.h"
#include "unit/cmocka_all.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void text_grows(void **state) {
  (void)state;
  arena *a = arena_new();
  text t = text_new(a);
  assert_string_equal(text_cstr(&t), "");
  for (int i = 0; i < 1000; i++)
    text_printf(&t, "%03d,", i);
  assert_int_equal(t.len, 4000);
  assert_memory_equal(t.data + 4 * 567, "567,", 4);
  text_add(&t, "a\0b", 3);
  assert_int_equal(t.len, 4003);
  text_puts(&t, "");
  assert_int_equal(t.data[t.len], 0);
  arena_free(a);
}

static void doubles_are_short_and_read_back(void **state) {
  (void)state;
  static const struct {
    double value;
    const char *shown;
  } rows[] = {
      {0.1, "0.1"},    {1e-300, "1e-300"}, {-65, "-65"},         {0.0, "0"},
      {-0.0, "-0"},    {INFINITY, "inf"},  {-INFINITY, "-inf"},  {NAN, "nan"},
      {1e21, "1e+21"}, {5e-324, "5e-324"}, {100000000, "1e+08"},
  };
  arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    text t = text_new(a);
    text_double(&t, rows[i].value);
    assert_string_equal(text_cstr(&t), rows[i].shown);
  }
  uint64_t bits = 1;
  for (int i = 0; i < 2000; i++) {
    double value;
    bits = bits * 6364136223846793005u + 1442695040888963407u;
    memcpy(&value, &bits, sizeof value);
    if (!isfinite(value))
      continue;
    text t = text_new(a);
    text_double(&t, value);
    assert_true(strtod(text_cstr(&t), NULL) == value);
  }
  arena_free(a);
}

static void distance_counts_edits(void **state) {
  (void)state;
  static const struct {
    const char *a, *b;
    uint32_t limit, distance;
  } rows[] = {
      {"v_rest", "v_rest", 5, 0},  {"v_rst", "v_rest", 5, 1}, {"v_rets", "v_rest", 5, 1}, {"tau", "tua", 5, 1},
      {"kitten", "sitting", 9, 3}, {"", "abc", 5, 3},         {"abc", "", 5, 3},          {"τ_m", "t_m", 5, 1},
      {"abcdefgh", "x", 3, 3},     {"abcd", "wxyz", 2, 2},    {"ab", "ba", 5, 1},         {"ca", "abc", 9, 3},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    assert_int_equal(text_distance(rows[i].a, rows[i].b, rows[i].limit), rows[i].distance);

  char longer[400];
  memset(longer, 'q', sizeof longer - 1);
  longer[sizeof longer - 1] = '\0';
  assert_int_equal(text_distance(longer, longer, 4), 0);
  assert_int_equal(text_distance(longer, longer + 1, 4), 4);
}

static void only_valid_utf8_has_a_length(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    uint32_t len;
  } rows[] = {
      {"a", 1},
      {"\xC2\xB5", 2},
      {"\xCE\xBC", 2},
      {"\xE2\x88\x82", 3},
      {"\xF0\x9F\xA7\xA0", 4},
      {"\x80", 0},
      {"\xC0\xAF", 0},
      {"\xC1\xBF", 0},
      {"\xE0\x80\x80", 0},
      {"\xED\xA0\x80", 0},
      {"\xF4\x90\x80\x80", 0},
      {"\xF5\x80\x80\x80", 0},
      {"\xCE", 0},
      {"\xE2\x88", 0},
      {"\xE2\x28\xA1", 0},
      {"\xFF", 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    assert_int_equal(text_utf8_len(rows[i].bytes, strlen(rows[i].bytes)), rows[i].len);
  assert_int_equal(text_utf8_len("", 0), 0);
  assert_int_equal(text_utf8_len("\xE2\x88\x82", 2), 0);

  uint32_t len;
  assert_int_equal(text_utf8_decode("\xF0\x9F\xA7\xA0", 4, &len), 0x1F9E0);
  assert_int_equal(len, 4);
  assert_int_equal(text_utf8_decode("\xCE\xBC", 2, &len), 0x3BC);
  assert_int_equal(text_utf8_decode("\xFFz", 2, &len), TEXT_INVALID);
  assert_int_equal(len, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(text_grows),
      cmocka_unit_test(doubles_are_short_and_read_back),
      cmocka_unit_test(distance_counts_edits),
      cmocka_unit_test(only_valid_utf8_has_a_length),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
