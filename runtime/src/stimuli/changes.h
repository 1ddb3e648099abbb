/* SPDX-License-Identifier: MIT */
/* changes.h - when windows open and close: the next change of each window's owner, the earliest on top.
 *
 * A heap, so that a stimulus may come again and again without a list of all its times. Changes of one tick come in the
 * order of their kinds, then of their items. */
#ifndef NSA_RUNTIME_CHANGES_H
#define NSA_RUNTIME_CHANGES_H

#include "state/sim.h"

/* What happens at the begin of a tick of a population, in this order. */
typedef enum { CHANGE_STOP, CHANGE_START, CHANGE_PHASE_BLOCK } change_kind;

/* Ticks, as those of a stimulus: [start, stop), and again after `every`, if that is not 0. */
typedef struct {
  uint64_t start, stop, every;
} windows;

typedef struct {
  uint64_t tick;
  uint32_t kind;
  uint32_t item; /* a stimulus, a phase block or a phase */
  windows of;
  uint64_t round; /* number of the window */
} change;

typedef struct change_queue {
  change *items;
  uint32_t count;
  change last; /* phase block that ran last */
} change_queue;

/* Adds the first change of this kind that windows make. is_counting: before there is room, counts only. */
void changes_add(const sim *s, change_queue *q, bool is_counting, change_kind kind, uint32_t item, windows of);

/* Room for as many as were counted. False when out of memory; the caller frees q->items. */
bool changes_make_room(change_queue *q);

/* Takes the top when it is due at `tick`, and puts what comes after it in its stead. False when none is due. */
bool changes_next(const sim *s, change_queue *q, uint64_t tick, change *out);

#endif
