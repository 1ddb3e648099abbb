/* SPDX-License-Identifier: MIT */
#include "support/arena.h"
#include "support/vec.h"
#include "unit/cmocka_all.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void memory_is_zeroed_and_aligned(void **state) {
  (void)state;
  arena *a = arena_new();
  const size_t sizes[] = {0, 1, 15, 16, 17, 1000, 16384, 16385, 65536, 1000000};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    unsigned char *p = arena_alloc(a, sizes[i]);
    assert_non_null(p);
    assert_int_equal((uintptr_t)p % 16, 0);
    for (size_t k = 0; k < sizes[i]; k++)
      assert_int_equal(p[k], 0);
    memset(p, 0xAB, sizes[i]); /* a neighbour that overlaps would see it */
  }
  arena_free(a);
}

static void pieces_do_not_overlap(void **state) {
  (void)state;
  enum { COUNT = 5000 };
  arena *a = arena_new();
  uint32_t *pieces[COUNT];
  for (uint32_t i = 0; i < COUNT; i++) {
    pieces[i] = ARENA_ARRAY(a, uint32_t, 1 + i % 40);
    for (uint32_t k = 0; k <= i % 40; k++)
      pieces[i][k] = i;
  }
  for (uint32_t i = 0; i < COUNT; i++)
    for (uint32_t k = 0; k <= i % 40; k++)
      assert_int_equal(pieces[i][k], i);
  arena_free(a);
}

static void text_is_copied_and_formatted(void **state) {
  (void)state;
  arena *a = arena_new();
  assert_string_equal(arena_strdup(a, "abcdef", 3), "abc");
  assert_string_equal(arena_strdup(a, NULL, 0), "");
  assert_string_equal(arena_printf(a, "%s=%d", "x", 42), "x=42");
  assert_string_equal(arena_printf(a, "%s", ""), "");
  arena_free(a);
  arena_free(NULL);
}

/* "Out of memory" ends the process with code 2, also for sizes that overflow. */
static void overflow_is_out_of_memory(void **state) {
  (void)state;
  /* Reachable at the end: a leak would change the exit code under the sanitizer. */
  static arena *volatile a;
  pid_t child = fork();
  if (child == 0) {
    if (freopen("/dev/null", "w", stderr) == NULL)
      _exit(1);
    a = arena_new();
    arena_alloc_array(a, SIZE_MAX / 2, 3);
    _exit(0);
  }
  int status = 0;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 2);
}

typedef struct {
  int id;
  double weight;
} item;

static void vectors_grow_and_keep(void **state) {
  (void)state;
  arena *a = arena_new();
  VEC(int) numbers = {0};
  for (int i = 0; i < 1000; i++)
    vec_push(a, &numbers, i * 3);
  assert_int_equal(numbers.len, 1000);
  for (int i = 0; i < 1000; i++)
    assert_int_equal(numbers.data[i], i * 3);

  VEC(item) items = {0};
  for (int i = 0; i < 100; i++) {
    item *fresh = vec_add(a, &items);
    assert_int_equal(fresh->id, 0);
    fresh->id = i;
  }
  assert_int_equal(items.data[99].id, 99);
  uint32_t cap = items.cap;
  vec_reserve(a, &items, 10);
  assert_int_equal(items.cap, cap);
  vec_reserve(a, &items, 1000);
  assert_true(items.cap >= 1000);
  assert_int_equal(items.data[42].id, 42);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(memory_is_zeroed_and_aligned), cmocka_unit_test(pieces_do_not_overlap),
      cmocka_unit_test(text_is_copied_and_formatted), cmocka_unit_test(overflow_is_out_of_memory),
      cmocka_unit_test(vectors_grow_and_keep),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
