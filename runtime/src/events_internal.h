/* SPDX-License-Identifier: MIT */
/* events_internal.h - what making the tables of events and working through them share. */
#ifndef NSA_RUNTIME_EVENTS_INTERNAL_H
#define NSA_RUNTIME_EVENTS_INTERNAL_H

#include "events.h"

/* Links by an element of one side, cut by who owns their targets: part p's links of element e are
 * [start[p * keys + e], start[p * keys + e + 1]). Within an element by delay where links have delays of their own, else
 * ascending. */
typedef struct {
  uint32_t *start; /* parts * keys + 1 */
  uint32_t *link;
  uint32_t *target; /* of each of them; NULL where nobody asks, or the links have it */
  uint16_t *delay;  /* one a link; NULL: the same for all */
} link_index;

/* What fired in each of the last ticks: bit e of slot (tick % slots). */
typedef struct {
  uint32_t population, event;
  uint32_t slots, words; /* words of 64 bits a slot */
  uint64_t *bits;
  uint32_t *count; /* per slot */
} history;

/* Where a batch of links stands while a kernel works on it. One a part. */
typedef struct {
  uint32_t *link, *source, *target, *partner; /* NSA_BLOCK each; what kernels read */
  uint8_t *has_partner;
  double **values;  /* per increment */
  uint8_t **sent;   /* per emission */
  bool *has_sent;   /* per emission: in this tick */
  void **fields, **shared_fields;
  uint32_t count;
  bool is_nonfinite;
  uint32_t bad_link;
  uint64_t updates;
} batch;

typedef struct {
  const nsa_arrival *arrival;
  link_index index; /* start NULL: links are in its order already (post, signals) */
  const history *past;
  uint32_t keys;    /* elements of the side */
  uint32_t first_delay, last_delay;
  uint32_t parts;
  bool needs_source, needs_target, needs_partner; /* by a kernel, or by whom increments go to */
  batch *batches;
} delivery;

struct events {
  delivery *deliveries;
  uint32_t delivery_count;
  history *histories;
  uint32_t history_count;
  uint32_t *elements; /* scratch: those of one slot */
  uint8_t *is_sent;   /* per signal: by an event at the end of the last tick */
  uint8_t *has_arrived; /* per population: something was added to it in this tick */
  bool any_has_arrived;
  uint64_t *link_updates; /* per connection: by the clock */
};

/* The element of the side that partners follow from, or the link itself, decides the partner. */
typedef struct {
  const uint32_t *index;
  const uint8_t *known;
  uint32_t domain_kind, of_source;
} partner_lookup;

const nsa_connection *delivery_connection(const sim *s, const delivery *d);
uint32_t delivery_population(const nsa_connection *c, uint32_t side);
partner_lookup delivery_partners(const sim *s, const nsa_connection *c);
/* NSA_NONE: the link has none. */
uint32_t partner_of_link(const partner_lookup *look, uint32_t link, uint32_t source, uint32_t target);
/* The links of a part: those of whole blocks of targets. */
void delivery_links(const sim *s, const delivery *d, uint32_t part, uint32_t *first, uint32_t *last);

#endif
