/* SPDX-License-Identifier: MIT */
/* events_make.c - before the first tick: which links an event reaches, and the memory of its deliveries. */
#include "events/events_make.h"

#include "links/link_slices.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- slices ---- */

static bool adds_in_strips(const nsa_arrival *a) {
  return arrival_adds_to(a, NSA_SIDE_PRE) || arrival_adds_to(a, NSA_SIDE_ASTRO);
}

/* Parts as stepped, but where some of these would have more links than others. */
static bool cut_slices(events_maker *m, delivery *d) {
  nsa_connection_id connection = d->arrival->connection;
  d->bounds = events_allocate(m, (uint64_t)d->slices + 1, sizeof *d->bounds);
  if (!d->bounds)
    return false;
  bool has_strips = adds_in_strips(d->arrival);
  d->is_as_stepped = !has_strips && link_slices_are_even(m->s, connection, d->slices);
  link_slices how = d->is_as_stepped ? SLICES_AS_STEPPED : has_strips ? SLICES_OF_STRIPS : SLICES_OF_LINKS;
  link_slices_cut(m->s, connection, how, d->slices, d->bounds);
  return true;
}

/* ---- a delivery ---- */

/* Links of one slice and element are ascending, or in ascending delay. */
static bool build_index(events_maker *m, delivery *d) {
  const nsa_arrival *a = d->arrival;
  link_index_request request = {.connection = a->connection,
                                .from = a->side,
                                .to = NSA_SIDE_POST,
                                .slices = d->slices,
                                .bounds = d->bounds,
                                .keeps_links = events_keep_links(m->s->program, a),
                                .keeps_to = events_keep_targets(m->s->program, a)};
  if (!link_index_make(m->s, &request, &d->index)) {
    snprintf(m->error, SIM_ERROR_SIZE, "out of memory for events (%" PRIu64 " bytes were allocated)", m->s->allocated);
    return false;
  }
  return !delays_are_own(m->s, d) || delays_sort(m, d);
}

/* The kernel's fields with the batch's own arrays. */
static void **fields_of_batch(events_maker *m, const delivery *d, const batch *b, nsa_kernel_id kernel) {
  const nsa_connection *c = delivery_connection(m->s, d);
  const nsa_kernel *k = &m->s->program->kernels[kernel.id];
  void **fields = events_allocate(m, k->slots_count, sizeof *fields);
  if (!fields)
    return NULL;
  memcpy(fields, m->s->kernel_fields[kernel.id], k->slots_count * sizeof *fields);
  sim_replace_field(k, fields, c->arrival_link, b->link);
  sim_replace_field(k, fields, c->arrival_source, b->source);
  sim_replace_field(k, fields, c->arrival_target, b->target);
  sim_replace_field(k, fields, c->arrival_partner, b->partner);
  for (uint32_t i = 0; i < d->arrival->increments_count; i++)
    sim_replace_field(k, fields, d->arrival->increments[i].value, b->values[i]);
  for (uint32_t i = 0; i < d->arrival->emissions_count; i++)
    sim_replace_field(k, fields, d->arrival->emissions[i].flag, b->sent[i]);
  return fields;
}

static bool make_batch(events_maker *m, const delivery *d, batch *b) {
  b->link = events_allocate_aligned(m, NSA_TILE, sizeof *b->link);
  b->source = events_allocate_aligned(m, NSA_TILE, sizeof *b->source);
  b->target = events_allocate_aligned(m, NSA_TILE, sizeof *b->target);
  b->partner = events_allocate_aligned(m, NSA_TILE, sizeof *b->partner);
  b->has_partner = events_allocate_aligned(m, NSA_TILE, 1);
  b->values = events_allocate(m, d->arrival->increments_count, sizeof *b->values);
  b->sent = events_allocate(m, d->arrival->emissions_count, sizeof *b->sent);
  b->has_sent = events_allocate(m, d->arrival->emissions_count, sizeof *b->has_sent);
  if (!b->link || !b->source || !b->target || !b->partner || !b->has_partner || !b->values || !b->sent || !b->has_sent)
    return false;
  for (uint32_t i = 0; i < d->arrival->emissions_count; i++) {
    b->sent[i] = events_allocate_aligned(m, NSA_TILE, 1);
    if (!b->sent[i])
      return false;
  }
  for (uint32_t i = 0; i < d->arrival->increments_count; i++) {
    b->values[i] = events_allocate_aligned(m, NSA_TILE, sizeof(double));
    if (!b->values[i])
      return false;
  }
  b->fields = fields_of_batch(m, d, b, d->arrival->kernel);
  if (!nsa_kernel_is_none(d->arrival->shared))
    b->shared_fields = fields_of_batch(m, d, b, d->arrival->shared);
  return b->fields && (nsa_kernel_is_none(d->arrival->shared) || b->shared_fields);
}

static void free_strips(strip_sums *strips, uint32_t count) {
  for (uint32_t i = 0; strips && i < count; i++)
    strip_sums_free(&strips[i]);
  free(strips);
}

/* NULL when out of memory. */
static strip_sums *make_strips(events_maker *m, const nsa_connection *c, const nsa_increment *increments,
                               uint32_t count) {
  strip_sums *strips = events_allocate(m, count, sizeof *strips);
  for (uint32_t i = 0; strips && i < count; i++) {
    if (increments[i].side == NSA_SIDE_POST)
      continue;
    uint32_t size = m->s->populations[link_end_population(c, increments[i].side).id].count;
    if (strip_sums_make(m->s, &strips[i], &m->s->populations[c->target.id], size))
      continue;
    snprintf(m->error, SIM_ERROR_SIZE, "out of memory for sums over links (%" PRIu64 " bytes were allocated)",
             m->s->allocated);
    free_strips(strips, count);
    return NULL;
  }
  return strips;
}

static bool make_delivery(events_maker *m, delivery *d, const nsa_arrival *a) {
  const nsa_connection *c = &m->s->program->connections[a->connection.id];
  d->arrival = a;
  d->slices = link_slices_count(m->s, a->connection);
  if (a->side != NSA_SIDE_SIGNAL)
    d->keys = m->s->populations[link_end_population(c, a->side).id].count;
  d->batches = events_allocate_aligned(m, d->slices, sizeof *d->batches);
  if (!d->batches)
    return false;
  if (!cut_slices(m, d))
    return false;
  delays_find(m->s, d);
  d->needs = arrival_needs(m->s->program, a);
  bool is_in_order = a->side == NSA_SIDE_SIGNAL || (a->side == NSA_SIDE_POST && !delays_are_own(m->s, d));
  if (!is_in_order && !build_index(m, d))
    return false;
  d->strips = make_strips(m, c, a->increments, a->increments_count);
  for (uint32_t i = 0; d->strips && i < d->slices; i++)
    if (!make_batch(m, d, &d->batches[i]))
      return false;
  return d->strips != NULL;
}

static bool make_clocked(events_maker *m) {
  const nsa_program *p = m->s->program;
  m->ev->clocked = events_allocate(m, p->link_steps_count, sizeof *m->ev->clocked);
  bool ok = m->ev->clocked != NULL;
  for (uint32_t i = 0; ok && i < p->link_steps_count; i++) {
    const nsa_link_step *step = &p->link_steps[i];
    clocked_sums *sums = &m->ev->clocked[m->ev->clocked_count++];
    *sums =
        (clocked_sums){make_strips(m, &p->connections[step->connection.id], step->increments, step->increments_count),
                       step->increments_count};
    ok = sums->strips != NULL;
  }
  return ok;
}

/* ---- all ---- */

static bool make_all(events_maker *m) {
  const nsa_program *p = m->s->program;
  struct events *ev = m->ev;
  uint32_t largest = 0;
  for (uint32_t i = 0; i < p->populations_count; i++)
    if (m->s->populations[i].count > largest)
      largest = m->s->populations[i].count;
  ev->deliveries = events_allocate(m, p->arrivals_count, sizeof *ev->deliveries);
  ev->histories = events_allocate(m, p->arrivals_count, sizeof *ev->histories);
  ev->elements = events_allocate(m, p->arrivals_count ? (uint64_t)largest + 64 : 0, sizeof *ev->elements);
  ev->is_sent = events_allocate(m, p->signals_count, 1);
  ev->sent = events_allocate(m, p->signals_count, sizeof *ev->sent);
  ev->has_arrived = events_allocate(m, p->populations_count, 1);
  ev->link_updates = events_allocate(m, p->connections_count, sizeof *ev->link_updates);
  if (!ev->deliveries || !ev->histories || !ev->elements || !ev->is_sent || !ev->sent || !ev->has_arrived ||
      !ev->link_updates)
    return false;
  for (uint32_t i = 0; i < p->signals_count; i++)
    ev->sent[i] = 1;
  for (uint32_t i = 0; i < p->arrivals_count; i++) {
    if (!m->s->links[p->arrivals[i].connection.id].row)
      continue; /* a stencil */
    if (!make_delivery(m, &ev->deliveries[ev->delivery_count++], &p->arrivals[i]))
      return false;
  }
  return histories_make(m) && joint_make(m) && make_clocked(m);
}

struct events *events_new(sim *s, char error[SIM_ERROR_SIZE]) {
  events_maker m = {.s = s, .error = error};
  snprintf(error, SIM_ERROR_SIZE, "out of memory for events");
  m.ev = calloc(1, sizeof *m.ev);
  if (m.ev && make_all(&m))
    return m.ev;
  events_free(m.ev);
  return NULL;
}

static void free_delivery(delivery *d) {
  for (uint32_t i = 0; d->batches && i < d->slices; i++) {
    batch *b = &d->batches[i];
    for (uint32_t k = 0; b->values && k < d->arrival->increments_count; k++)
      free(b->values[k]);
    for (uint32_t k = 0; b->sent && k < d->arrival->emissions_count; k++)
      free(b->sent[k]);
    free(b->values);
    free(b->sent);
    free(b->has_sent);
    free(b->link);
    free(b->source);
    free(b->target);
    free(b->partner);
    free(b->has_partner);
    free(b->fields);
    free(b->shared_fields);
  }
  free(d->batches);
  free_strips(d->strips, d->arrival->increments_count);
  free(d->bounds);
  free(d->delay);
  free(d->elements);
  link_index_free(&d->index);
}

void events_free(struct events *ev) {
  if (!ev)
    return;
  for (uint32_t i = 0; i < ev->delivery_count; i++)
    free_delivery(&ev->deliveries[i]);
  for (uint32_t i = 0; i < ev->history_count; i++) {
    free(ev->histories[i].bits);
    free(ev->histories[i].count);
  }
  for (uint32_t i = 0; i < ev->clocked_count; i++)
    free_strips(ev->clocked[i].strips, ev->clocked[i].count);
  free(ev->clocked);
  free(ev->deliveries);
  free(ev->histories);
  free(ev->elements);
  free(ev->joint);
  free(ev->is_sent);
  free(ev->sent);
  free(ev->has_arrived);
  free(ev->link_updates);
  free(ev);
}
