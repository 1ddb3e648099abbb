/* SPDX-License-Identifier: MIT */
/* interrupts.c - see nsa_interrupts.h. Who catches interrupts ignores SIGPIPE; faults are reported as a bug. */
#define _XOPEN_SOURCE 700 /* sigaltstack */
#include "nsa_interrupts.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* What a handler can reach is global; nothing else in the runtime is. */
static volatile sig_atomic_t caught, is_catching, is_save_asked;
static struct timespec caught_at;
static pid_t owner; /* processes that are forked off leave behind nothing of their own */

enum { EXIT_BUG = 70 };
static const double at_once_seconds = 2;

static double seconds_between(struct timespec a, struct timespec b) {
  return (double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec);
}

int nsa_interrupts_caught(void) { return caught; }

static const struct {
  int number;
  const char *name;
} names[] = {{SIGINT, "SIGINT"}, {SIGTERM, "SIGTERM"}, {SIGSEGV, "SIGSEGV"},
             {SIGBUS, "SIGBUS"}, {SIGFPE, "SIGFPE"},   {SIGILL, "SIGILL"}};

const char *nsa_interrupts_name(int number) {
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (names[i].number == number)
      return names[i].name;
  }
  return "a signal";
}

static void say(const char *text) {
  size_t len = strlen(text);
  if (write(STDERR_FILENO, text, len) != (ssize_t)len)
    return; /* nobody reads it */
}

static void end_at_once(int number) {
  if (getpid() == owner) {
    say("stopped by ");
    say(nsa_interrupts_name(number));
    say("\n");
    nsa_leftovers_remove();
  }
  _exit(128 + number);
}

static void on_request(int number) {
  int error = errno;
  struct timespec now = {0};
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (!is_catching || (caught && seconds_between(caught_at, now) < at_once_seconds))
    end_at_once(number);
  caught = number;
  caught_at = now;
  errno = error;
}

static void (*_Atomic explain_fault)(void (*put)(const char *text));

void nsa_faults_explain(void (*explain)(void (*put)(const char *text))) { explain_fault = explain; }

enum { FAULT_STACK = 1 << 14 };

static void lend_stack(char stack[FAULT_STACK]) {
  stack_t alternate = {.ss_sp = stack, .ss_size = FAULT_STACK};
  sigaltstack(&alternate, NULL);
}

#ifndef __SANITIZE_ADDRESS__ /* which has better reports of its own */
static void on_fault(int number) {
  say("\nnsa: internal error: stopped by ");
  say(nsa_interrupts_name(number));
  void (*explain)(void (*put)(const char *text)) = explain_fault;
  if (explain)
    explain(say);
  say("; this is a bug in nsa, please report it with the model\n");
  _exit(EXIT_BUG);
}

/* On a stack of its own: the fault may be that the stack is used up. */
static void catch_faults(void) {
  static char stack[FAULT_STACK];
  lend_stack(stack);
  struct sigaction fault = {.sa_handler = on_fault, .sa_flags = SA_ONSTACK};
  sigemptyset(&fault.sa_mask);
  static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
    sigaction(faults[i], &fault, NULL);
}
#else
static void catch_faults(void) {}
#endif

void nsa_faults_of_thread(void) {
#ifndef __SANITIZE_ADDRESS__
  static _Thread_local char stack[FAULT_STACK];
  lend_stack(stack);
#endif
}

static void install(int catches) {
  struct sigaction request = {.sa_handler = on_request, .sa_flags = SA_RESTART};
  sigemptyset(&request.sa_mask);
  sigaddset(&request.sa_mask, SIGINT); /* one handler at a time, in this thread */
  sigaddset(&request.sa_mask, SIGTERM);
  owner = getpid();
  is_catching = catches;
  sigaction(SIGINT, &request, NULL);
  sigaction(SIGTERM, &request, NULL);
  catch_faults();
}

static void on_save(int number) {
  (void)number;
  is_save_asked = 1;
}

void nsa_saves_catch(void) {
  struct sigaction save = {.sa_handler = on_save, .sa_flags = SA_RESTART};
  sigemptyset(&save.sa_mask);
  sigaction(SIGUSR1, &save, NULL);
}

int nsa_saves_asked(void) {
  if (!is_save_asked)
    return 0;
  is_save_asked = 0;
  return 1;
}

void nsa_interrupts_end(void) {
  install(0);
  if (caught)
    end_at_once(caught);
}

void nsa_interrupts_catch(void) {
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  sigemptyset(&ignore.sa_mask);
  sigaction(SIGPIPE, &ignore, NULL);
  install(1);
}
