/* SPDX-License-Identifier: MIT */
/* branches.h - several variants of one command that go on from a checkpoint of the model: the model as it stands runs
 * first, and its state at the checkpoints is kept for them in memory. What comes out is what each would give by itself.
 *
 * A variant finds no state, and runs from the start, where the model did not come so far, an environment cannot be
 * saved, or memory does not suffice for a second state. */
#ifndef NSA_RUNTIME_BRANCHES_H
#define NSA_RUNTIME_BRANCHES_H

#include "checkpoint/snapshot.h"
#include "run/options.h"

enum { BRANCH_FOLDER = 4096 };

typedef struct {
  const char *name; /* of the checkpoint */
  uint64_t tick;
  snapshot *state; /* NULL: there is none */
} branch;

typedef struct {
  branch *points; /* by tick */
  uint32_t count;
  char folder[BRANCH_FOLDER]; /* what was recorded on the way; "": nothing */
} branches;

/* The checkpoints of all variants, where all run and memory suffices; else none. False: out of memory. */
bool branches_list(branches *b, const run_options *options, const nsa_program *program);
void branches_free(branches *b);

/* The next tick behind this one at which a state is kept; UINT64_MAX: there is none. */
uint64_t branches_next(const branches *b, uint64_t tick);
/* Keeps the state at this tick. */
void branches_keep(branches *b, sim *s);
/* That a variant goes on from; NULL: there is none. */
const branch *branches_find(const branches *b, const nsa_variant *v);

#endif
