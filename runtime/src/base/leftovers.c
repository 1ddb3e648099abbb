/* SPDX-License-Identifier: MIT */
/* leftovers.c - see nsa_interrupts.h. What a handler can reach is global. */
#include "nsa_interrupts.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PLACES = 64, TURN_MS = 2, POLITE_TURNS = 50, TURNS = 100 };

static _Atomic(const char *) files[PLACES];
static atomic_long groups[PLACES];

/* Where all places are taken it is not noted: then it stays behind, if that ever comes to pass. */
void nsa_leftover_file(const char *path) {
  for (int i = 0; i < PLACES; i++) {
    const char *none = NULL;
    if (atomic_compare_exchange_strong(&files[i], &none, path))
      return;
  }
}

void nsa_leftover_forget_file(const char *path) {
  for (int i = 0; i < PLACES; i++) {
    const char *expected = path;
    if (path && atomic_compare_exchange_strong(&files[i], &expected, NULL))
      return;
  }
}

void nsa_leftover_group(long group) {
  for (int i = 0; i < PLACES; i++) {
    long none = 0;
    if (atomic_compare_exchange_strong(&groups[i], &none, group))
      return;
  }
}

void nsa_leftover_forget_group(long group) {
  for (int i = 0; i < PLACES; i++) {
    long expected = group;
    if (group > 0 && atomic_compare_exchange_strong(&groups[i], &expected, 0))
      return;
  }
}

static void signal_groups(int number) {
  for (int i = 0; i < PLACES; i++) {
    long group = atomic_load(&groups[i]);
    if (group > 0)
      kill((pid_t)-group, number);
  }
}

/* Whether some of them are still there. What has ended is reaped. */
static int is_any_there(void) {
  int any = 0;
  for (int i = 0; i < PLACES; i++) {
    long group = atomic_load(&groups[i]);
    if (group <= 0)
      continue;
    waitpid((pid_t)group, NULL, WNOHANG);
    any = any || kill((pid_t)-group, 0) == 0;
  }
  return any;
}

/* Their files are complete or gone only when they have ended. */
static void end_groups(void) {
  signal_groups(SIGTERM);
  for (int turn = 0; turn < TURNS && is_any_there(); turn++) {
    if (turn == POLITE_TURNS)
      signal_groups(SIGKILL);
    poll(NULL, 0, TURN_MS);
  }
}

void nsa_leftovers_remove(void) {
  end_groups();
  for (int i = 0; i < PLACES; i++) {
    const char *path = atomic_load(&files[i]);
    if (path)
      unlink(path);
  }
  for (int i = 0; i < PLACES; i++) { /* folders, when they are empty */
    const char *path = atomic_load(&files[i]);
    if (path)
      rmdir(path);
  }
}
