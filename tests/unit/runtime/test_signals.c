/* SPDX-License-Identifier: MIT */
#include "nsa_interrupts.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* Exit code of a child, or 1000 + the signal that ended it. */
static int run_child(int (*body)(void)) {
  int status = 0;
  pid_t child = fork();
  if (child == 0)
    _exit(body());
  assert_int_equal(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static int one_signal(void) {
  nsa_interrupts_catch();
  if (nsa_interrupts_caught() != 0)
    return 1;
  raise(SIGTERM);
  return nsa_interrupts_caught() == SIGTERM ? 0 : 2;
}

static int two_signals(void) {
  nsa_interrupts_catch();
  raise(SIGINT);
  raise(SIGINT);
  return 1; /* not reached */
}

static int two_signals_far_apart(void) {
  nsa_interrupts_catch();
  raise(SIGINT);
  nanosleep(&(struct timespec){2, 100000000}, NULL);
  raise(SIGINT);
  return nsa_interrupts_caught() == SIGINT ? 0 : 2;
}

static int closed_pipe(void) {
  int ends[2];
  nsa_interrupts_catch();
  if (pipe(ends) != 0)
    return 1;
  close(ends[0]);
  return write(ends[1], "x", 1) == -1 ? 0 : 2;
}

static int fault(void) {
  nsa_interrupts_catch();
  raise(SIGFPE);
  return 1;
}

static void the_first_asks(void **state) {
  (void)state;
  assert_int_equal(run_child(one_signal), 0);
}

static void the_second_ends_at_once(void **state) {
  (void)state;
  assert_int_equal(run_child(two_signals), 130);
  assert_int_equal(run_child(two_signals_far_apart), 0);
}

static void a_closed_pipe_is_no_signal(void **state) {
  (void)state;
  assert_int_equal(run_child(closed_pipe), 0);
}

static void a_fault_is_a_bug(void **state) {
  (void)state;
#ifndef __SANITIZE_ADDRESS__
  assert_int_equal(run_child(fault), 70);
#else
  (void)fault;
#endif
}

static void names(void **state) {
  (void)state;
  assert_string_equal(nsa_interrupts_name(SIGINT), "SIGINT");
  assert_string_equal(nsa_interrupts_name(SIGTERM), "SIGTERM");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_first_asks),
      cmocka_unit_test(the_second_ends_at_once),
      cmocka_unit_test(a_closed_pipe_is_no_signal),
      cmocka_unit_test(a_fault_is_a_bug),
      cmocka_unit_test(names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
