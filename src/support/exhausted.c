/* SPDX-License-Identifier: MIT */
#include "support/exhausted.h"

#include "nsa_interrupts.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { EXIT_ENVIRONMENT = 2 };

static const char *_Atomic the_stage, *_Atomic the_path;
static atomic_int code_of_end = -1; /* of exhausted_at_end */
static atomic_flag is_ending = ATOMIC_FLAG_INIT;

void exhausted_while(const char *stage, const char *path) {
  atomic_store(&the_stage, stage);
  atomic_store(&the_path, path);
}

void exhausted_at_end(int code) { atomic_store(&code_of_end, code); }

static void say(void) {
  const char *stage = atomic_load(&the_stage), *path = atomic_load(&the_path);
  static const char remedy[] = "raise its limit (ulimit -v), free some, or make the model smaller";
  if (stage != NULL && path != NULL)
    fprintf(stderr, "nsa: out of memory while compiling %s (%s): %s\n", path, stage, remedy);
  else
    fprintf(stderr, "nsa: out of memory: %s\n", remedy);
}

/* Another thread may still compile, or wait for this one: no handlers of exit, which would take away what it uses. */
_Noreturn void exhausted(void) {
  while (atomic_flag_test_and_set(&is_ending))
    pause(); /* another thread ends the process */
  int code = atomic_load(&code_of_end);
  if (code < 0)
    say();
  else
    fflush(stdout);
  nsa_leftovers_remove();
  _exit(code < 0 ? EXIT_ENVIRONMENT : code);
}

void *exhausted_unless(void *p) {
  if (p == NULL)
    exhausted();
  return p;
}

void *exhausted_malloc(size_t size) { return exhausted_unless(malloc(size)); }
