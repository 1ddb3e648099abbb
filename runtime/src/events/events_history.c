/* SPDX-License-Identifier: MIT */
/* events_history.c - what fired in the last ticks. */
#include "events/events_make.h"

#include <string.h>

static history *history_for(struct events *ev, nsa_population_id population, nsa_event_id event) {
  for (uint32_t i = 0; i < ev->history_count; i++)
    if (nsa_population_is(ev->histories[i].population, population) && nsa_event_is(ev->histories[i].event, event))
      return &ev->histories[i];
  history *h = &ev->histories[ev->history_count++];
  *h = (history){.population = population, .event = event};
  return h;
}

bool histories_make(events_maker *m) {
  struct events *ev = m->ev;
  for (uint32_t i = 0; i < ev->delivery_count; i++) {
    delivery *d = &ev->deliveries[i];
    if (d->arrival->side == NSA_SIDE_SIGNAL || d->last_delay == 0)
      continue;
    history *h =
        history_for(ev, link_end_population(delivery_connection(m->s, d), d->arrival->side), d->arrival->event);
    if (d->last_delay + 1 > h->slots)
      h->slots = d->last_delay + 1;
    d->past = h;
  }
  for (uint32_t i = 0; i < ev->history_count; i++) {
    history *h = &ev->histories[i];
    h->words = (m->s->populations[h->population.id].count + 63) / 64;
    h->bits = events_allocate(m, (uint64_t)h->slots * h->words, sizeof *h->bits);
    h->count = events_allocate(m, h->slots, sizeof *h->count);
    if (!h->bits || !h->count)
      return false;
  }
  return true;
}

void history_remember(const sim *s, history *h, uint64_t n) {
  const sim_fired *fired = &s->populations[h->population.id].events[h->event.id];
  uint32_t slot = (uint32_t)(n % h->slots);
  uint64_t *bits = h->bits + (uint64_t)slot * h->words;
  if (h->count[slot])
    memset(bits, 0, h->words * sizeof *bits);
  h->count[slot] = fired->count;
  for (uint32_t i = 0; i < fired->count; i++)
    bits[fired->elements[i] / 64] |= UINT64_C(1) << fired->elements[i] % 64;
}

/* Those that fired in base tick n, ascending. */
uint32_t history_recall(const history *h, uint64_t n, uint32_t *elements) {
  uint32_t slot = (uint32_t)(n % h->slots), count = 0;
  if (!h->count[slot])
    return 0;
  const uint64_t *bits = h->bits + (uint64_t)slot * h->words;
  for (uint32_t w = 0; w < h->words; w++)
    for (uint64_t left = bits[w]; left; left &= left - 1)
      elements[count++] = w * 64 + (uint32_t)__builtin_ctzll(left);
  return count;
}
