/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* sigaltstack */
#include "base/interrupts.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* What a handler can reach is global; nothing else in the runtime is. */
static volatile sig_atomic_t caught;
static struct timespec caught_at;

enum { EXIT_BUG = 70 };
static const double at_once_seconds = 2;

static double seconds_between(struct timespec a, struct timespec b) {
  return (double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec);
}

static void on_request(int number) {
  struct timespec now = {0};
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (caught && seconds_between(caught_at, now) < at_once_seconds)
    _exit(128 + number);
  caught = number;
  caught_at = now;
}

int interrupts_caught(void) { return caught; }

static const struct {
  int number;
  const char *name;
} names[] = {{SIGINT, "SIGINT"}, {SIGTERM, "SIGTERM"}, {SIGSEGV, "SIGSEGV"},
             {SIGBUS, "SIGBUS"}, {SIGFPE, "SIGFPE"},   {SIGILL, "SIGILL"}};

const char *interrupts_name(int number) {
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (names[i].number == number)
      return names[i].name;
  }
  return "a signal";
}

#ifndef __SANITIZE_ADDRESS__ /* which has better reports of its own */
static void say(const char *text) {
  if (write(STDERR_FILENO, text, strlen(text)) < 0)
    _exit(EXIT_BUG);
}

static void on_fault(int number) {
  say("\nnsa: internal error: the run was stopped by ");
  say(interrupts_name(number));
  say("; this is a bug in nsa, please report it with the model\n");
  _exit(EXIT_BUG);
}

/* On a stack of its own: the fault may be that the stack is used up. */
static void catch_faults(void) {
  static char stack[1 << 14];
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternate, NULL);
  struct sigaction fault = {.sa_handler = on_fault, .sa_flags = SA_ONSTACK};
  sigemptyset(&fault.sa_mask);
  static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
    sigaction(faults[i], &fault, NULL);
}
#else
static void catch_faults(void) {}
#endif

void interrupts_install(void) {
  caught = 0;
  struct sigaction request = {.sa_handler = on_request, .sa_flags = SA_RESTART};
  sigemptyset(&request.sa_mask);
  sigaction(SIGINT, &request, NULL);
  sigaction(SIGTERM, &request, NULL);
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  sigemptyset(&ignore.sa_mask);
  sigaction(SIGPIPE, &ignore, NULL);
  catch_faults();
}
