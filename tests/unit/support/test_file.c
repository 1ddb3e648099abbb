/* SPDX-License-Identifier: MIT */
#include "support/file.h"
#include "unit/cmocka_all.h"

#include <string.h>

static void files_come_back_whole(void **state) {
  arena *a = *state;
  const char *error = NULL;
  const char bytes[] = "first\0second\n";
  assert_true(file_write_atomic(a, "whole", bytes, sizeof bytes, &error));
  size_t len = 0;
  char *back = file_read(a, "whole", 1000, &len, &error);
  assert_non_null(back);
  assert_int_equal(len, sizeof bytes);
  assert_memory_equal(back, bytes, sizeof bytes);
  assert_int_equal(back[len], 0);

  assert_true(file_write_atomic(a, "whole", "", 0, &error)); /* replaces */
  back = file_read(a, "whole", 0, &len, &error);
  assert_non_null(back);
  assert_int_equal(len, 0);
}

static void a_large_file_and_its_limit(void **state) {
  arena *a = *state;
  const char *error = NULL;
  const size_t size = 300000;
  char *bytes = arena_alloc(a, size);
  for (size_t i = 0; i < size; i++)
    bytes[i] = (char)(i % 251);
  assert_true(file_write_atomic(a, "large", bytes, size, &error));
  size_t len = 0;
  char *back = file_read(a, "large", size, &len, &error);
  assert_non_null(back);
  assert_int_equal(len, size);
  assert_memory_equal(back, bytes, size);
  assert_null(file_read(a, "large", size - 1, &len, &error));
  assert_non_null(strstr(error, "larger than 299999"));
}

static void failures_say_why(void **state) {
  arena *a = *state;
  const char *error = NULL;
  size_t len;
  assert_null(file_read(a, "nowhere", 10, &len, &error));
  assert_string_equal(error, "there is no such file");
  assert_null(file_read(a, ".", 10, &len, &error));
  assert_string_equal(error, "it is a folder, not a file");
  assert_false(file_write_atomic(a, "no/such/folder/x", "x", 1, &error));
  assert_string_equal(error, "its folder does not exist");
  assert_true(file_make_folder("taken"));
  assert_false(file_write_atomic(a, "taken", "x", 1, &error));
  assert_non_null(error);
}

static void folders_are_made_with_their_parents(void **state) {
  (void)state;
  assert_true(file_make_folder("one/two//three/"));
  assert_true(file_exists("one/two/three"));
  assert_true(file_make_folder("one/two"));
  arena *a = *state;
  const char *error;
  assert_true(file_write_atomic(a, "one/file", "x", 1, &error));
  assert_false(file_make_folder("one/file"));
  assert_false(file_make_folder("one/file/below"));
  assert_false(file_make_folder(""));
  assert_false(file_exists("one/none"));
}

static void paths_are_taken_apart_and_joined(void **state) {
  arena *a = *state;
  assert_string_equal(file_folder(a, "a/b/c.nsa"), "a/b");
  assert_string_equal(file_folder(a, "c.nsa"), ".");
  assert_string_equal(file_folder(a, "/c.nsa"), "/");
  assert_string_equal(file_join(a, "a", "b"), "a/b");
  assert_string_equal(file_join(a, "a/", "b"), "a/b");
  assert_string_equal(file_join(a, "a", "/b"), "/b");
  assert_string_equal(file_join(a, "", "b"), "b");
  char *folder = file_executable_folder(a);
  assert_non_null(folder);
  assert_true(file_exists(file_join(a, folder, "test_file")));
}

static void hashes_depend_on_bytes_and_order(void **state) {
  (void)state;
  hash128 start = hash_start();
  hash128 ab = hash_bytes(hash_bytes(start, "a", 1), "b", 1);
  hash128 ba = hash_bytes(hash_bytes(start, "b", 1), "a", 1);
  assert_true(ab.lo != ba.lo && ab.hi != ba.hi);
  /* No two of these short texts share either half, nor do texts that differ in one bit. */
  enum { COUNT = 600 };
  static uint64_t lows[COUNT], highs[COUNT];
  unsigned char text[40] = {0};
  uint32_t count = 0;
  for (uint32_t bit = 0; bit < 320; bit++, count++) {
    text[bit / 8] ^= (unsigned char)(1u << bit % 8);
    hash128 h = hash_bytes(start, text, sizeof text);
    text[bit / 8] ^= (unsigned char)(1u << bit % 8);
    lows[count] = h.lo;
    highs[count] = h.hi;
  }
  for (uint32_t len = 0; len < 40; len++, count++) {
    hash128 h = hash_bytes(start, text, len);
    lows[count] = h.lo;
    highs[count] = h.hi;
  }
  for (uint32_t i = 0; i < count; i++)
    for (uint32_t k = 0; k < i; k++)
      assert_true(lows[i] != lows[k] && highs[i] != highs[k]);
}

/* These numbers key the random streams of models: they must never change. */
static void name_hashes_are_fnv_1a(void **state) {
  (void)state;
  assert_true(hash_name64("") == 0xcbf29ce484222325u);
  assert_true(hash_name64("a") == 0xaf63dc4c8601ec8cu);
  assert_true(hash_name64("foobar") == 0x85944171f73967e8u);
}

static int make_arena(void **state) {
  *state = arena_new();
  return 0;
}

static int drop_arena(void **state) {
  arena_free(*state);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(files_come_back_whole),
      cmocka_unit_test(a_large_file_and_its_limit),
      cmocka_unit_test(failures_say_why),
      cmocka_unit_test(folders_are_made_with_their_parents),
      cmocka_unit_test(paths_are_taken_apart_and_joined),
      cmocka_unit_test(hashes_depend_on_bytes_and_order),
      cmocka_unit_test(name_hashes_are_fnv_1a),
  };
  return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
