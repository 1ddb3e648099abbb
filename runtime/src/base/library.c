/* SPDX-License-Identifier: MIT */
/* library.c - see library.h. */
#define _XOPEN_SOURCE 700 /* sigaltstack */
#include "base/library.h"

#ifdef __SANITIZE_ADDRESS__ /* which has better reports of its own */

void library_begin(const char *library, const char *what) { (void)library, (void)what; }
void library_end(void) {}
void library_silence(bool is_silent) { (void)is_silent; }

#else

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_ENVIRONMENT = 2, STACK_BYTES = 1 << 14 };

static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
enum { NUMBERS = sizeof numbers / sizeof numbers[0] };

/* What a handler can reach is global. */
static char sentence[400];
static int depth, messages = -1; /* where stderr went while the library is silenced */
static struct sigaction before[NUMBERS];
static stack_t stack_before;

static void say_and_end(void) {
  int to = messages >= 0 ? messages : STDERR_FILENO;
  if (write(to, sentence, strlen(sentence)) < 0)
    _exit(EXIT_ENVIRONMENT); /* nobody reads it */
  _exit(EXIT_ENVIRONMENT);
}

static void on_crash(int number) {
  (void)number;
  say_and_end();
}

static void on_exit_of_library(void) {
  if (depth > 0)
    say_and_end();
}

static void catch_crashes(void) {
  static char stack[STACK_BYTES]; /* the fault may be that the other one is used up */
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  struct sigaction crash = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK};
  sigaltstack(&alternate, &stack_before);
  sigemptyset(&crash.sa_mask);
  for (int i = 0; i < NUMBERS; i++)
    sigaction(numbers[i], &crash, &before[i]);
}

void library_begin(const char *library, const char *what) {
  static bool is_registered;
  if (depth++ > 0)
    return;
  snprintf(
      sentence, sizeof sentence,
      "nsa: out of memory, or a bug of %s: it crashed while %.250s was written; free some memory, or record less\n",
      library, what);
  if (!is_registered)
    is_registered = atexit(on_exit_of_library) == 0;
  catch_crashes();
}

void library_end(void) {
  if (--depth > 0)
    return;
  for (int i = 0; i < NUMBERS; i++)
    sigaction(numbers[i], &before[i], NULL);
  sigaltstack(&stack_before, NULL);
}

void library_silence(bool is_silent) {
  if (is_silent && messages < 0) {
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    messages = nowhere < 0 ? -1 : fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (messages >= 0)
      dup2(nowhere, STDERR_FILENO);
    close(nowhere);
  } else if (!is_silent && messages >= 0) {
    dup2(messages, STDERR_FILENO);
    close(messages);
    messages = -1;
  }
}

#endif
