/* SPDX-License-Identifier: MIT */
/* Work in a process of its own: what comes of it, and what is said where it crashes, never ends, wants too much. */
#include "base/confined.h"
#include "unit/cmocka_all.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const confined_limits limits = {.memory = (size_t)64 << 20, .seconds = 1, .most = (size_t)1 << 20};

static bool count_up(void *context, confined *to, char error[CONFINED_ERROR]) {
  (void)error;
  uint32_t many = *(const uint32_t *)context, block[1000]; /* one by one they would take the second that it has */
  for (uint32_t k = 0; k < many; k++) {
    block[k % 1000] = k;
    if (k % 1000 == 999 || k + 1 == many)
      confined_put(to, block, (k % 1000 + 1) * sizeof *block);
  }
  return true;
}

static void gives_what_was_put(void **state) {
  (void)state;
  for (uint32_t many = 0; many <= 100000; many += 50000) {
    char error[CONFINED_ERROR] = "";
    size_t count;
    uint32_t *numbers = confined_run(count_up, &many, &limits, &count, error);
    assert_non_null(numbers);
    assert_int_equal(count, many * sizeof *numbers);
    for (uint32_t k = 0; k < many; k++)
      assert_int_equal(numbers[k], k);
    free(numbers);
  }
}

static void says_nothing_good(confined_work *work, const char *words) {
  char error[CONFINED_ERROR] = "";
  uint32_t many = 1u << 30;
  size_t count;
  assert_null(confined_run(work, &many, &limits, &count, error));
  if (!strstr(error, words))
    fail_msg("says: %s", error);
}

static bool refuse(void *context, confined *to, char error[CONFINED_ERROR]) {
  (void)context;
  confined_put(to, "half", 4);
  strcpy(error, "it is not to my taste");
  return false;
}

static bool crash(void *context, confined *to, char error[CONFINED_ERROR]) {
  (void)context, (void)to, (void)error;
  return raise(SIGSEGV) == 0;
}

static bool abandon(void *context, confined *to, char error[CONFINED_ERROR]) {
  (void)context, (void)to, (void)error;
  _exit(99);
}

static bool spin(void *context, confined *to, char error[CONFINED_ERROR]) {
  volatile uint64_t turns = 0;
  (void)context, (void)to, (void)error;
  while (turns < UINT64_MAX)
    turns++;
  return true;
}

static bool grow(void *context, confined *to, char error[CONFINED_ERROR]) {
  (void)context, (void)to;
  void *volatile much = malloc((size_t)1 << 30); /* else the compiler may take it for granted */
  strcpy(error, much ? "there was room" : "there was no room");
  free(much);
  return false;
}

static bool write_file(void *context, confined *to, char error[CONFINED_ERROR]) {
  (void)context, (void)to, (void)error;
  int file = open("confined.txt", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  return write(file, "x", 1) == 1;
}

static void its_failures_are_sentences(void **state) {
  (void)state;
  says_nothing_good(refuse, "it is not to my taste");
  says_nothing_good(crash, "crashed (SIGSEGV)");
  says_nothing_good(abandon, "gave up");
  says_nothing_good(spin, "more than 1 s of the processor");
  says_nothing_good(grow, "there was no room");
  says_nothing_good(write_file, "crashed");
  says_nothing_good(count_up, "more comes of it than it can hold");
  unlink("confined.txt");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(gives_what_was_put),
                                     cmocka_unit_test(its_failures_are_sentences)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
