/* SPDX-License-Identifier: MIT */
/* events_internal.h - what making the tables of events and working through them share. */
#ifndef NSA_RUNTIME_EVENTS_INTERNAL_H
#define NSA_RUNTIME_EVENTS_INTERNAL_H

#include "events/events.h"
#include "links/link_index.h"
#include "links/strips.h"

/* What fired in each of the last ticks: bit e of slot (tick % slots). */
typedef struct {
  uint32_t population, event;
  uint32_t slots, words; /* words of 64 bits a slot */
  uint64_t *bits;
  uint32_t *count; /* per slot */
} history;

/* Where a batch of links stands while a kernel works on it. One a part: threads write into no line of another's. */
typedef struct {
  _Alignas(64) uint32_t *link;
  uint32_t *source, *target, *partner; /* NSA_BLOCK each, as link; what kernels read */
  uint8_t *has_partner;
  double **values; /* per increment */
  uint8_t **sent;  /* per emission */
  bool *has_sent;  /* per emission: in this tick */
  void **fields, **shared_fields;
  uint32_t count;
  bool is_nonfinite;
  uint32_t bad_link, bad_field; /* the least link whose state is not finite; the first such state, and its value then */
  double bad_value;
  uint64_t updates, updates_before; /* links so far; before this delivery */
} batch;

/* Of each link, by a kernel or by whom increments go to. */
typedef struct {
  bool link, source, target, partner;
} delivery_needs;

typedef struct {
  const nsa_arrival *arrival;
  link_index index; /* start NULL: links are in its order already (post, signals) */
  uint16_t *delay;  /* one an entry of the index, ascending within an element; NULL: the same for all */
  const history *past;
  uint32_t keys; /* elements of the side */
  uint32_t first_delay, last_delay;
  uint32_t parts;
  uint32_t *bounds; /* parts + 1 targets */
  delivery_needs needs;
  batch *batches;
  strip_sums *strips; /* per increment; empty where it goes to the target */
  bool joins;         /* parts know nothing of one another: may be one piece of work with the delivery before it */
  bool is_sliced;     /* parts are the slices in which threads step the targets */
  bool may_wait;      /* joins, and may be done by who steps the targets, before that */
  uint32_t *elements; /* scratch of one that joins: whose events are due */
} delivery;

/* Connections of fewer links are one thread's. */
#define EVENTS_PARALLEL_FROM_LINKS 8192

/* Links that are due: of one element's event after another, or (elements NULL) all of them. */
typedef struct {
  const sim *s;
  const delivery *d;
  const sim_links *links;
  partner_lookup look;
  const uint32_t *elements;
  uint32_t count, delay;
} due_job;

/* Of the increments of a link step, as those of a delivery. */
typedef struct {
  strip_sums *strips;
  uint32_t count;
} clocked_sums;

struct events {
  delivery *deliveries;
  uint32_t delivery_count;
  history *histories;
  uint32_t history_count;
  uint32_t *elements; /* scratch: those of one slot */
  due_job *joint;     /* scratch: what is done together */
  uint32_t joint_count;
  bool is_left;         /* the joint ones wait for those who step their targets */
  uint8_t *is_sent;     /* per signal: by an event at the end of the last tick */
  uint8_t *has_arrived; /* per population: something was added to it in this tick */
  bool any_has_arrived;
  uint64_t *link_updates; /* per connection: by the clock */
  clocked_sums *clocked;  /* per link step */
  uint32_t clocked_count;
};

const nsa_connection *delivery_connection(const sim *s, const delivery *d);
uint32_t delivery_population(const nsa_connection *c, uint32_t side);
void events_note_arrival(const sim *s, uint32_t population);
/* Of link step number i: what its blocks add to partners, and the signals that they send (events_clocked.c). */
void events_take_outcome(const sim *s, uint32_t i);
/* The links of a part: those of its targets. */
void delivery_links(const sim *s, const delivery *d, uint32_t part, uint32_t *first, uint32_t *last);

#endif
