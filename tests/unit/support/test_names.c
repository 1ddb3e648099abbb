/* SPDX-License-Identifier: MIT */
#include "support/intern.h"
#include "support/map.h"
#include "unit/cmocka_all.h"

#include <string.h>

static void equal_names_are_one_pointer(void **state) {
  (void)state;
  arena *a = arena_new();
  interner *in = intern_new(a);
  const char *first = intern(in, "tau_m extra", 5);
  char copy[] = "tau_m";
  assert_string_equal(first, "tau_m");
  assert_ptr_equal(first, intern_cstr(in, copy));
  assert_ptr_not_equal(first, intern_cstr(in, "tau_"));
  assert_ptr_equal(intern(in, NULL, 0), intern_cstr(in, ""));
  /* Bytes, not C strings: a NUL inside is part of the name. */
  assert_ptr_not_equal(intern(in, "a\0b", 3), intern(in, "a\0c", 3));
  arena_free(a);
}

static void many_names_stay_apart(void **state) {
  (void)state;
  enum { COUNT = 3000 };
  arena *a = arena_new();
  interner *in = intern_new(a);
  const char *names[COUNT];
  for (int i = 0; i < COUNT; i++)
    names[i] = intern_cstr(in, arena_printf(a, "x%d", i));
  for (int i = 0; i < COUNT; i++) {
    char *again = arena_printf(a, "x%d", i);
    assert_ptr_equal(intern_cstr(in, again), names[i]);
    assert_string_equal(names[i], again);
  }
  arena_free(a);
}

static void maps_find_what_was_inserted(void **state) {
  (void)state;
  arena *a = arena_new();
  map *m = map_new(a);
  uint32_t value = 77;
  assert_false(map_find(m, "v", &value));
  assert_int_equal(value, 77);
  assert_true(map_insert(m, "v", 1));
  assert_false(map_insert(m, "v", 2));
  assert_true(map_find(m, "v", &value));
  assert_int_equal(value, 1);
  map_replace(m, "v", 3);
  map_replace(m, "w", 4);
  assert_true(map_find(m, "v", &value));
  assert_int_equal(value, 3);
  assert_true(map_find(m, "w", NULL));
  assert_int_equal(map_count(m), 2);
  arena_free(a);
}

static void maps_keep_the_order_of_insertion(void **state) {
  (void)state;
  enum { COUNT = 2000 };
  arena *a = arena_new();
  map *m = map_new(a);
  for (uint32_t i = 0; i < COUNT; i++)
    assert_true(map_insert(m, arena_printf(a, "key %u", i * 7919 % COUNT), i));
  assert_int_equal(map_count(m), COUNT);
  for (uint32_t i = 0; i < COUNT; i++) {
    assert_string_equal(map_key_at(m, i), arena_printf(a, "key %u", i * 7919 % COUNT));
    assert_int_equal(map_value_at(m, i), i);
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equal_names_are_one_pointer),
      cmocka_unit_test(many_names_stay_apart),
      cmocka_unit_test(maps_find_what_was_inserted),
      cmocka_unit_test(maps_keep_the_order_of_insertion),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
