/* SPDX-License-Identifier: MIT */
/* events_internal.h - what making the tables of events and working through them task. */
#ifndef NSA_RUNTIME_EVENTS_INTERNAL_H
#define NSA_RUNTIME_EVENTS_INTERNAL_H

#include "events/events.h"
#include "links/link_index.h"
#include "links/strips.h"

/* What fired in each of the last ticks: bit e of slot (tick % slots). */
typedef struct {
  nsa_population_id population;
  nsa_event_id event;
  uint32_t slots, words; /* words of 64 bits a slot */
  uint64_t *bits;
  uint32_t *count; /* per slot */
} history;

/* Where a batch of links stands while a kernel works on it. One a slice: threads write into no line of another's. */
typedef struct {
  _Alignas(64) uint32_t *link;
  uint32_t *source, *target, *partner; /* NSA_TILE each, as link; what kernels read */
  uint8_t *has_partner;
  double **values; /* per increment */
  uint8_t **sent;  /* per emission */
  bool *has_sent;  /* per emission: in this tick */
  void **fields, **shared_fields;
  uint32_t count;
  bool is_nonfinite;
  uint32_t bad_link;
  nsa_field_id bad_field; /* the least link whose state is not finite; the first such state, and its value then */
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
  uint32_t slices;
  uint32_t *bounds; /* slices + 1 targets */
  delivery_needs needs;
  batch *batches;
  strip_sums *strips; /* per increment; empty where it goes to the target */
  bool joins; /* slices know nothing of one another: a thread may do its slice of it and of the delivery before in one
                 task */
  bool is_as_stepped; /* its slices are those in which threads step the targets */
  bool may_wait;      /* joins, and may be done by who steps the targets, before that */
  uint32_t *elements; /* scratch of one that joins: whose events are due */
} delivery;

/* Links that are due: of one element's event after another, or (elements NULL) all of them. */
typedef struct {
  sim *s;
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
  uint8_t *is_sent;     /* per signal: since the last tick began */
  double *sent;         /* per signal: the value that it then has */
  uint8_t *has_arrived; /* per population: something was added to it in this tick */
  bool any_has_arrived;
  uint64_t *link_updates; /* per connection: by the clock */
  clocked_sums *clocked;  /* per link step */
  uint32_t clocked_count;
};

static inline const nsa_connection *delivery_connection(const sim *s, const delivery *d) {
  return &s->program->connections[d->arrival->connection.id];
}

/* The links of a slice: those of its targets. */
static inline void delivery_links(const sim *s, const delivery *d, uint32_t slice, uint32_t *first, uint32_t *last) {
  const uint32_t *row = s->links[d->arrival->connection.id].row;
  *first = row[d->bounds[slice]];
  *last = row[d->bounds[slice + 1]];
}

/* Something was added to elements of the population in this tick. */
static inline void events_note_arrival(sim *s, nsa_population_id population) {
  s->events->has_arrived[population.id] = 1;
  s->events->any_has_arrived = true;
}

/* ---- events_history.c ---- */

void history_remember(const sim *s, history *h, uint64_t n);

/* Those that fired in base tick n, ascending; how many. */
uint32_t history_recall(const history *h, uint64_t n, uint32_t *elements);

/* ---- events_delays.c ---- */

/* Of an index's links from *begin to *end, those whose delay is due. */
void delays_narrow(const due_job *job, uint32_t *begin, uint32_t *end);

/* ---- events_batch.c: the links of a delivery, a batch at a time ---- */

/* Those of one slice. */
void batch_deliver(const due_job *job, uint32_t slice);

/* The kernel over states that all links of an element task, behind the links. */
void batch_run_shared(sim *s, const due_job *job);

/* ---- events_bad_link.c: which value is not finite ---- */

/* Of the links of a batch, whose kernel has said that one is bad: kernels report padding as well. */
void bad_link_find(const due_job *job, batch *b);

/* The least bad link of all slices, so that it is the same however many there are, becomes s->failure. False where
 * there is one. */
bool bad_link_tell(sim *s, const delivery *d);

/* Of the elements whose shared states a kernel has said are bad; as above. */
void bad_element_tell(sim *s, const due_job *job);

/* ---- events_clocked.c ---- */

/* The links' own clocked work of base tick n. False when a value is not finite: s->failure says which. */
bool events_step_links(sim *s, uint64_t n);

#endif
