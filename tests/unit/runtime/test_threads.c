/* SPDX-License-Identifier: MIT */
/* The pool: everyone works once a round, tasks cover everything, results are visible. */
#include "unit/cmocka_all.h"

#include "base/threads.h"

#include <string.h>
#include <time.h>

enum { THINGS = 1000 };

typedef struct {
  int visits[THREADS_MAX];
  long things[THINGS];
  long add;
} board;

static void work(void *context, uint32_t thread, uint32_t threads) {
  board *b = context;
  uint64_t first, last;
  b->visits[thread]++;
  thread_slice(THINGS, thread, threads, &first, &last);
  for (uint64_t i = first; i < last; i++)
    b->things[i] += b->add;
}

static void everyone_works_in_every_round(void **state) {
  (void)state;
  static const uint32_t counts[] = {1, 2, 3, 7};
  for (int c = 0; c < 4; c++) {
    thread_pool *pool = thread_pool_new(counts[c]);
    assert_non_null(pool);
    assert_int_equal(thread_pool_count(pool), counts[c]);
    static board b;
    memset(&b, 0, sizeof b);
    long wanted = 0;
    for (int round = 1; round <= 3000; round++) {
      b.add = round;
      wanted += round;
      thread_pool_run(pool, work, &b);
      assert_true(b.things[0] == wanted && b.things[THINGS / 2] == wanted && b.things[THINGS - 1] == wanted);
    }
    for (uint32_t i = 0; i < counts[c]; i++)
      assert_int_equal(b.visits[i], 3000);
    for (int i = 0; i < THINGS; i++)
      assert_true(b.things[i] == wanted);
    thread_pool_free(pool);
  }
}

static void sleepers_wake_up(void **state) {
  (void)state;
  thread_pool *pool = thread_pool_new(3);
  static board b;
  memset(&b, 0, sizeof b);
  b.add = 1;
  for (int round = 1; round <= 5; round++) {
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    thread_pool_run(pool, work, &b);
    assert_true(b.things[THINGS - 1] == round);
  }
  nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
  thread_pool_free(pool);
}

static void slices_cover_everything_once(void **state) {
  (void)state;
  for (uint64_t count = 0; count < 20; count++)
    for (uint32_t threads = 1; threads < 8; threads++) {
      uint64_t next = 0;
      for (uint32_t t = 0; t < threads; t++) {
        uint64_t first, last;
        thread_slice(count, t, threads, &first, &last);
        assert_true(first == next && last >= first && last - first <= count / threads + 1);
        next = last;
      }
      assert_true(next == count);
    }
}

static void counts_out_of_range_are_refused(void **state) {
  (void)state;
  assert_null(thread_pool_new(0));
  assert_null(thread_pool_new(THREADS_MAX + 1));
  assert_in_range(thread_processors(), 1, THREADS_MAX);
  thread_pool_free(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(everyone_works_in_every_round),
      cmocka_unit_test(sleepers_wake_up),
      cmocka_unit_test(slices_cover_everything_once),
      cmocka_unit_test(counts_out_of_range_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
