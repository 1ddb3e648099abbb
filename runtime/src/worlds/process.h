/* SPDX-License-Identifier: MIT */
/* process.h - an environment in another process, which answers lines of JSON with lines of JSON (docs/environments.md
 * has the protocol). Each world has a process of its own. */
#ifndef NSA_RUNTIME_PROCESS_H
#define NSA_RUNTIME_PROCESS_H

#include "nsa_environment.h"

/* The values of this kind. */
enum {
  PROCESS_HELLO,   /* text: process_hello */
  PROCESS_COMMAND, /* text: what /bin/sh is to execute */
  PROCESS_STARTER, /* the starter's socket */
  PROCESS_TIMEOUT, /* s, for each answer; the first one may take ten times as long */
  PROCESS_VALUES
};

/* Its shape is declared in the model: it has neither `describe` nor tables. Channels and action are those of its
 * `hello`. */
extern const nsa_environment_kind process_kind;

typedef struct {
  const char *name, *unit; /* in which the process gives the numbers; "" or "1": plain */
  uint64_t count;
} process_channel;

/* What the process is told first, but for the seed: of the environment, its channels and its action. To be freed; NULL
 * when out of memory. action->unit: in which the process gets the numbers. */
char *process_hello(const char *name, const process_channel *channels, uint32_t count,
                    const nsa_environment_action *action);

#endif
