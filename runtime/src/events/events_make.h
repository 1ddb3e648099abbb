/* SPDX-License-Identifier: MIT */
/* events_make.h - what the files that make the tables of events task. */
#ifndef NSA_RUNTIME_EVENTS_MAKE_H
#define NSA_RUNTIME_EVENTS_MAKE_H

#include "events/events_internal.h"

typedef struct {
  sim *s;
  struct events *ev;
  char *error;
} events_maker;

/* ---- events_memory.c: zeroed, counted in s->allocated; NULL with a sentence in the maker's error ---- */

void *events_allocate(events_maker *m, uint64_t count, size_t size);
void *events_allocate_aligned(events_maker *m, uint64_t count, size_t size); /* to lines of the cache */

/* ---- events_needs.c: what is needed of links ---- */

bool arrival_adds_to(const nsa_arrival *a, uint32_t side);
delivery_needs arrival_needs(const nsa_program *p, const nsa_arrival *a);

/* The field of the delay that counts for the events of a side; NSA_NONE: no delay. */
nsa_field_id events_delay_field(const nsa_connection *c, uint32_t side);

/* ---- events_delays.c ---- */

/* The shortest and the longest delay of a delivery's links. */
void delays_find(const sim *s, delivery *d);
bool delays_are_own(const sim *s, const delivery *d);

/* Sorts the index of a delivery whose links have delays of their own: within an element by delay. */
bool delays_sort(events_maker *m, delivery *d);

/* ---- events_history.c ---- */

bool histories_make(events_maker *m);

/* ---- events_joint.c ---- */

/* Finds the deliveries that threads may do together, and those that may wait for the steps. */
bool joint_make(events_maker *m);

#endif
