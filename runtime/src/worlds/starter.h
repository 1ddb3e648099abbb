/* SPDX-License-Identifier: MIT */
/* starter.h - a small process beside ours that starts others. It is forked before this process locks itself and has
 * threads (nsa_sandbox.h), so that what it starts keeps its rights, and holds none of our files.
 *
 * Each process that it starts has a *keeper*, its parent, which ends it with all that it started: its process group and
 * those who left that. The keeper also does so when we are gone, however we ended. */
#ifndef NSA_RUNTIME_STARTER_H
#define NSA_RUNTIME_STARTER_H

#include <stdbool.h>

typedef struct {
  int code, status; /* as si_code and si_status of waitid */
} starter_end;

/* Asks the starter at `socket` (nsa_starter_socket) for `/bin/sh -c command`, in a process group of its own, with these
 * descriptors for its standard input and output; they stay ours. Gives the keeper's socket, or -1 with errno. May be
 * called by several threads. */
int starter_start(int socket, const char *command, int in, int out);

/* Waits until the process has ended. False: not within `seconds`. */
bool starter_has_ended(int keeper, double seconds, starter_end *how);

/* Ends the process and all that it started, and closes the keeper's socket. */
void starter_finish(int keeper);

#endif
