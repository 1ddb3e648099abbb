/* SPDX-License-Identifier: MIT */
/* changes.c - see changes.h. */
#include "stimuli/changes.h"

#include <stdlib.h>

static int compare_changes(const change *x, const change *y) {
  if (x->tick != y->tick)
    return x->tick < y->tick ? -1 : 1;
  if (x->kind != y->kind)
    return x->kind < y->kind ? -1 : 1;
  return (x->item > y->item) - (x->item < y->item);
}

static void swap_changes(change *x, change *y) {
  change z = *x;
  *x = *y;
  *y = z;
}

static void push_change(change_queue *q, change c) {
  uint32_t i = q->count++;
  q->items[i] = c;
  for (; i > 0 && compare_changes(&q->items[i], &q->items[(i - 1) / 2]) < 0; i = (i - 1) / 2)
    swap_changes(&q->items[i], &q->items[(i - 1) / 2]);
}

/* Moves a new top to its place. */
static void sink_top(change_queue *q) {
  for (uint32_t i = 0;;) {
    uint32_t least = i, left = 2 * i + 1;
    for (uint32_t k = left; k < left + 2 && k < q->count; k++)
      if (compare_changes(&q->items[k], &q->items[least]) < 0)
        least = k;
    if (least == i)
      return;
    swap_changes(&q->items[i], &q->items[least]);
    i = least;
  }
}

/* Sets the tick of a change: that of window number `round`, or of the next one that is not empty. False when the run
 * ends before. */
static bool find_window(const sim *s, change *c) {
  const windows *of = &c->of;
  for (;; c->round++) {
    if (c->round && (!of->every || c->round > s->program->ticks / of->every))
      return false;
    uint64_t shift = c->round * of->every;
    if (c->round && of->start + shift >= s->program->ticks)
      return false;
    uint64_t start = of->start + shift; /* what is open when the run ends, ends there */
    uint64_t stop =
        of->stop == UINT64_MAX || of->stop + shift > s->program->ticks ? s->program->ticks : of->stop + shift;
    if (c->kind != CHANGE_PHASE_BLOCK && start >= stop)
      continue;
    c->tick = c->kind == CHANGE_STOP ? stop : start;
    return true;
  }
}

bool changes_next(const sim *s, change_queue *q, uint64_t tick, change *out) {
  if (q->count == 0 || q->items[0].tick > tick)
    return false;
  *out = q->items[0];
  q->items[0].round++;
  if (!find_window(s, &q->items[0]))
    q->items[0] = q->items[--q->count];
  sink_top(q);
  return true;
}

void changes_add(const sim *s, change_queue *q, bool is_counting, change_kind kind, uint32_t item, windows of) {
  change c = {.kind = kind, .item = item, .of = of};
  if (is_counting)
    q->count++;
  else if (find_window(s, &c))
    push_change(q, c);
}

bool changes_make_room(change_queue *q) {
  q->items = calloc((size_t)q->count + 1, sizeof *q->items);
  q->count = 0;
  q->last.tick = UINT64_MAX;
  return q->items != NULL;
}
