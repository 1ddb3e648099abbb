/* SPDX-License-Identifier: MIT */
/* events_keep.c - what events have as state: who fired in the last ticks, signals under way, and counts. */
#include "events/events_internal.h"

static void keep_history(const sim *s, history *h, keeper *k) {
  const nsa_population *population = &s->program->populations[h->population.id];
  char name[KEEP_NAME];
  snprintf(name, sizeof name, "%s.%s", population->name, population->events[h->event.id].name);
  keep_array(k, "history", name, KEEP_U64, (uint64_t)h->slots * h->words, h->bits);
  keep_array(k, "history_counts", name, KEEP_U32, h->slots, h->count);
}

/* Slices depend on threads: who restores puts all of them into the first. */
static void keep_updates(delivery *d, keeper *k) {
  uint64_t all = 0;
  for (uint32_t slice = 0; slice < d->slices; slice++)
    all += d->batches[slice].updates;
  KEEP_VALUE(k, all);
  if (keep_restores(k) && !k->is_left && d->slices > 0)
    d->batches[0].updates = all;
}

void events_keep(sim *s, keeper *k) {
  struct events *ev = s->events;
  for (uint32_t i = 0; i < ev->history_count; i++)
    keep_history(s, &ev->histories[i], k);
  for (uint32_t i = 0; i < s->program->signals_count; i++) {
    keep_begin(k, "signals", s->program->signals[i].name);
    KEEP_VALUE(k, ev->is_sent[i]);
    KEEP_VALUE(k, ev->sent[i]);
    keep_end(k);
  }
  keep_begin(k, "updates", "links");
  keep_shape(k, (uint64_t)ev->delivery_count << 32 | s->program->connections_count);
  keep_bytes(k, ev->link_updates, s->program->connections_count * sizeof *ev->link_updates);
  for (uint32_t i = 0; i < ev->delivery_count; i++)
    keep_updates(&ev->deliveries[i], k);
  keep_end(k);
}
