/* SPDX-License-Identifier: MIT */
/* A kernel that breaks off the process: what it is told as. */
#define _XOPEN_SOURCE 700
#include "nsa_interrupts.h"
#include "run/make.h"
#include "tick/step.h"
#include "unit/cmocka_all.h"

#include "handmade.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void writes_astray(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin, uint64_t end,
                          nsa_range_out *out) {
  (void)self, (void)fields, (void)clock, (void)begin, (void)end, (void)out;
  raise(SIGSEGV);
}

static void uses_up_its_stack(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin,
                              uint64_t end, nsa_range_out *out) {
  volatile char room[1 << 16];
  room[0] = (char)begin;
  if (clock)
    uses_up_its_stack(self, fields, clock, begin + 1, end, out);
  room[1] = room[0];
}

/* What the process says that steps once; its exit code. */
static int said_by(nsa_kernel_fn step, uint32_t threads, char *text, size_t size) {
  int pipes[2];
  assert_int_equal(pipe(pipes), 0);
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    dup2(pipes[1], STDERR_FILENO);
    close(pipes[0]);
    char error[SIM_ERROR_SIZE];
    handmade *m = handmade_new(5);
    m->files[0] = (nsa_source_file){"bad\n.nsa", "neuron c {}\n"};
    m->program.files_count = 1;
    uint32_t p = handmade_population(m, "cells", 100, 1000, 0);
    nsa_field_id v = handmade_field(m, "cells.v", m->populations[p].domain, NSA_F64, NSA_FIELD_STATE, 0);
    m->fields[v.id].at = (nsa_place){0, 17, 204};
    handmade_state(m, p, v);
    m->populations[p].step =
        handmade_kernel(m, "cells.step", NSA_ROLE_STEP, m->populations[p].domain, 0, step, v.id, NSA_NONE);
    nsa_interrupts_catch();
    sim *s = sim_new(&m->program, m->entries, 1, threads, error);
    if (s && sim_connect(s, error) && sim_init(s, error))
      sim_step(s);
    _exit(1);
  }
  close(pipes[1]);
  size_t len = 0;
  for (ssize_t n; len + 1 < size && (n = read(pipes[0], text + len, size - 1 - len)) > 0;)
    len += (size_t)n;
  text[len] = 0;
  close(pipes[0]);
  int status;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void names_its_kernel(nsa_kernel_fn step, uint32_t threads) {
#ifndef __SANITIZE_ADDRESS__ /* which has better reports of its own */
  char text[1000];
  int code = said_by(step, threads, text, sizeof text);
  if (!strstr(text, "internal error: stopped by SIGSEGV in the kernel cells.step (bad\\x0A.nsa:17:204); this is a bug"))
    fail_msg("it says: %s", text);
  assert_int_equal(code, 70);
#else
  (void)said_by, (void)step, (void)threads;
#endif
}

static void a_fault_names_the_kernel_and_its_place(void **state) {
  (void)state;
  names_its_kernel(writes_astray, 1);
  names_its_kernel(writes_astray, 2);
}

static void also_where_the_stack_is_used_up(void **state) {
  (void)state;
  names_its_kernel(uses_up_its_stack, 1);
  names_its_kernel(uses_up_its_stack, 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_fault_names_the_kernel_and_its_place),
                                     cmocka_unit_test(also_where_the_stack_is_used_up)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
