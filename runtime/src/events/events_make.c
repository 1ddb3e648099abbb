/* SPDX-License-Identifier: MIT */
/* events_make.c - before the first tick: which links an event reaches, in which order, after which delay. */
#include "events/events_internal.h"
#include "state/slices.h"

#include "base/threads.h"
#include "links/connect.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const nsa_connection *delivery_connection(const sim *s, const delivery *d) {
  return &s->program->connections[d->arrival->connection];
}

uint32_t delivery_population(const nsa_connection *c, uint32_t side) {
  return side == NSA_SIDE_PRE ? c->source : side == NSA_SIDE_POST ? c->target : c->partner;
}

/* ---- what is needed of links ---- */

static bool adds_to(const nsa_arrival *a, uint32_t side) {
  for (uint32_t i = 0; i < a->increments_count; i++)
    if (a->increments[i].side == side)
      return true;
  return false;
}

static delivery_needs find_needs(const nsa_program *p, const nsa_arrival *a) {
  const nsa_connection *c = &p->connections[a->connection];
  bool partner = adds_to(a, NSA_SIDE_ASTRO) || sim_kernel_uses(p, a->kernel, c->arrival_partner);
  delivery_needs needs = {.partner = partner};
  needs.source = partner || adds_to(a, NSA_SIDE_PRE) || sim_kernel_uses(p, a->kernel, c->arrival_source);
  needs.target = partner || adds_to(a, NSA_SIDE_POST) || adds_to(a, NSA_SIDE_PRE) || /* whose strip it is in */
                 sim_kernel_uses(p, a->kernel, c->arrival_target);
  needs.link = partner || a->states_count || sim_kernel_uses(p, a->kernel, c->arrival_link) ||
               (needs.source && a->side != NSA_SIDE_PRE); /* the link's source is looked up */
  return needs;
}

/* The delay field that counts for the events of a side. */
static uint32_t delay_field(const nsa_connection *c, uint32_t side) {
  return side == NSA_SIDE_SIGNAL ? NSA_NONE : side == NSA_SIDE_PRE ? c->delay : c->delay_back;
}

bool events_keep_targets(const nsa_program *p, const nsa_arrival *a) {
  const nsa_connection *c = &p->connections[a->connection];
  return find_needs(p, a).target && !connect_keeps_targets(p, c) && !sim_has_own_delays(p, delay_field(c, a->side));
}

bool events_keep_links(const nsa_program *p, const nsa_arrival *a) {
  delivery_needs needs = find_needs(p, a);
  return needs.link || (needs.target && !events_keep_targets(p, a)) ||
         sim_has_own_delays(p, delay_field(&p->connections[a->connection], a->side));
}

/* ---- set-up ---- */

static void free_strips(strip_sums *strips, uint32_t count) {
  for (uint32_t i = 0; strips && i < count; i++)
    strip_sums_free(&strips[i]);
  free(strips);
}

typedef struct {
  sim *s;
  struct events *ev;
  char *error;
} maker;

static void *allocate(maker *m, uint64_t count, size_t size) {
  void *p = count > SIZE_MAX / (size + 1) ? NULL : calloc(count ? (size_t)count : 1, size);
  if (!p)
    snprintf(m->error, SIM_ERROR_SIZE,
             "out of memory for events: %" PRIu64 " bytes (%" PRIu64 " bytes were allocated before)", count * size,
             m->s->allocated);
  m->s->allocated += count * size;
  return p;
}

static void *allocate_aligned(maker *m, uint64_t count, size_t size) {
  size_t bytes = ((size_t)count * size + 63) / 64 * 64;
  void *p = aligned_alloc(64, bytes);
  if (p)
    memset(p, 0, bytes);
  else
    snprintf(m->error, SIM_ERROR_SIZE, "out of memory for events: %zu bytes", bytes);
  m->s->allocated += bytes;
  return p;
}

static bool fail_delay(sim *s, const nsa_connection *c, uint32_t field, uint64_t link, char error[SIM_ERROR_SIZE]) {
  const nsa_program *p = s->program;
  const char *path = c->at.file < p->files_count ? p->files[c->at.file].path : "model";
  char which[64] = "";
  if (!p->fields[field].is_uniform) {
    link_ends ends = link_ends_of(s, (uint32_t)(c - p->connections), link);
    snprintf(which, sizeof which, " (source %" PRIu32 ", target %" PRIu32 ")", ends.source, ends.target);
  }
  snprintf(error, SIM_ERROR_SIZE,
           "%.200s:%" PRIu32 ":%" PRIu32
           ": connection '%.64s': a delay of %.9g ms%s is not possible: %g to %g ms are (1 to %d steps) (E0504)",
           path, c->at.line, c->at.column, c->name, ((const double *)s->field_data[field])[link] * p->base_dt, which,
           p->base_dt, EVENTS_MAX_DELAY * p->base_dt, EVENTS_MAX_DELAY);
  s->has_bad_value = true;
  return false;
}

static uint64_t delay_count(const sim *s, const nsa_connection *c, uint32_t field) {
  return s->program->fields[field].is_uniform ? 1 : s->links[c - s->program->connections].count;
}

static bool check_delays(sim *s, const nsa_connection *c, uint32_t field, char error[SIM_ERROR_SIZE]) {
  if (field == NSA_NONE || !s->field_data[field])
    return true;
  const double *delay = s->field_data[field];
  for (uint64_t k = 0; k < delay_count(s, c, field); k++)
    if (!(delay[k] >= 1 && delay[k] <= EVENTS_MAX_DELAY))
      return fail_delay(s, c, field, k, error);
  return true;
}

bool events_check_delays(sim *s, char error[SIM_ERROR_SIZE]) {
  for (uint32_t i = 0; i < s->program->connections_count; i++) {
    const nsa_connection *c = &s->program->connections[i];
    if (!check_delays(s, c, c->delay, error) || !check_delays(s, c, c->delay_back, error))
      return false;
  }
  return true;
}

static void find_delays(const sim *s, delivery *d) {
  const nsa_connection *c = delivery_connection(s, d);
  uint32_t field = delay_field(c, d->arrival->side);
  if (field == NSA_NONE)
    return;
  const double *delay = s->field_data[field];
  double least = INFINITY, most = 0;
  uint64_t count = delay_count(s, c, field);
  for (uint64_t k = 0; k < count; k++) {
    least = delay[k] < least ? delay[k] : least;
    most = delay[k] > most ? delay[k] : most;
  }
  d->first_delay = count ? (uint32_t)least : 0;
  d->last_delay = (uint32_t)most;
}

static bool has_own_delays(const sim *s, const delivery *d) {
  return sim_has_own_delays(s->program, delay_field(delivery_connection(s, d), d->arrival->side));
}

static bool adds_in_strips(const nsa_arrival *a) { return adds_to(a, NSA_SIDE_PRE) || adds_to(a, NSA_SIDE_ASTRO); }

static uint32_t parts_of(const sim *s, const nsa_arrival *a) {
  return s->links[a->connection].count < EVENTS_PARALLEL_FROM_LINKS ? 1 : s->thread_count;
}

/* Whether parts of as many targets each are nearly as large as those of as many links each. */
static bool are_even(const sim_links *links, uint32_t targets, const delivery *d) {
  uint64_t most = links->count / d->parts * 5 / 4;
  for (uint32_t part = 0; part < d->parts; part++) {
    uint32_t begin = slice_begin(targets, part, d->parts), end = slice_begin(targets, part + 1, d->parts);
    if (links->row[end] - links->row[begin] > most)
      return false;
  }
  return true;
}

/* The targets of a part: those that the same thread steps, whose states are in its cache; where these have more links
 * than others, as many links as any other part. */
static bool cut_parts(maker *m, delivery *d) {
  const sim_links *links = &m->s->links[d->arrival->connection];
  uint32_t targets = m->s->populations[delivery_connection(m->s, d)->target].count;
  d->bounds = allocate(m, (uint64_t)d->parts + 1, sizeof *d->bounds);
  if (!d->bounds)
    return false;
  bool is_whole_strips = adds_in_strips(d->arrival);
  link_strips strips = link_strips_of(&m->s->populations[delivery_connection(m->s, d)->target]);
  d->is_sliced = !is_whole_strips && are_even(links, targets, d);
  for (uint32_t part = 1; part < d->parts; part++) {
    d->bounds[part] = d->is_sliced ? slice_begin(targets, part, d->parts)
                                   : link_index_target_from(links, targets, links->count * part / d->parts);
    if (is_whole_strips)
      d->bounds[part] = link_strip_begin(strips, link_strip_of(strips, d->bounds[part]));
  }
  d->bounds[d->parts] = targets;
  return true;
}

void delivery_links(const sim *s, const delivery *d, uint32_t part, uint32_t *first, uint32_t *last) {
  const uint32_t *row = s->links[d->arrival->connection].row;
  *first = row[d->bounds[part]];
  *last = row[d->bounds[part + 1]];
}

/* Links of one element in ascending delay; those of one delay keep their order. */
static void sort_by_delay(uint32_t *link, uint16_t *delay, uint32_t begin, uint32_t end, uint32_t *spare,
                          uint16_t *spare_delay) {
  for (uint32_t width = 1; width < end - begin; width *= 2) {
    for (uint32_t from = begin; from < end; from += 2 * width) {
      uint32_t middle = end - from < width ? end : from + width, to = end - from < 2 * width ? end : from + 2 * width;
      uint32_t i = from, j = middle;
      for (uint32_t k = from; k < to; k++) {
        uint32_t take = j >= to || (i < middle && delay[i] <= delay[j]) ? i++ : j++;
        spare[k - begin] = link[take];
        spare_delay[k - begin] = delay[take];
      }
    }
    memcpy(link + begin, spare, (end - begin) * sizeof *spare);
    memcpy(delay + begin, spare_delay, (end - begin) * sizeof *spare_delay);
  }
}

static bool sort_delays(maker *m, delivery *d) {
  const link_index *index = &d->index;
  uint64_t count = m->s->links[d->arrival->connection].count, slots = (uint64_t)d->parts * d->keys;
  const double *delay = m->s->field_data[delay_field(delivery_connection(m->s, d), d->arrival->side)];
  uint32_t longest = 0;
  d->delay = allocate(m, count + 1, sizeof *d->delay);
  if (!d->delay)
    return false;
  for (uint64_t e = 0; e < slots; e++)
    if (index->start[e + 1] - index->start[e] > longest)
      longest = index->start[e + 1] - index->start[e];
  for (uint32_t k = 0; k < index->start[slots]; k++)
    d->delay[k] = (uint16_t)delay[index->link[k]];
  uint32_t *spare = malloc(((size_t)longest + 1) * sizeof *spare);
  uint16_t *spare_delay = malloc(((size_t)longest + 1) * sizeof *spare_delay);
  for (uint64_t e = 0; spare && spare_delay && e < slots; e++)
    sort_by_delay(index->link, d->delay, index->start[e], index->start[e + 1], spare, spare_delay);
  bool ok = spare && spare_delay;
  free(spare);
  free(spare_delay);
  return ok;
}

/* Links of one part and element are ascending, or in ascending delay. */
static bool build_index(maker *m, delivery *d) {
  const nsa_arrival *a = d->arrival;
  link_index_request request = {.connection = a->connection,
                                .from = a->side,
                                .to = NSA_SIDE_POST,
                                .parts = d->parts,
                                .bounds = d->bounds,
                                .keeps_links = events_keep_links(m->s->program, a),
                                .keeps_to = events_keep_targets(m->s->program, a)};
  if (!link_index_make(m->s, &request, &d->index)) {
    snprintf(m->error, SIM_ERROR_SIZE, "out of memory for events (%" PRIu64 " bytes were allocated)", m->s->allocated);
    return false;
  }
  return !has_own_delays(m->s, d) || sort_delays(m, d);
}

/* The kernel's fields with the batch's own arrays. */
static void **fields_of_batch(maker *m, const delivery *d, const batch *b, uint32_t kernel) {
  const nsa_connection *c = delivery_connection(m->s, d);
  const nsa_kernel *k = &m->s->program->kernels[kernel];
  void **fields = allocate(m, k->slots_count, sizeof *fields);
  if (!fields)
    return NULL;
  memcpy(fields, m->s->kernel_fields[kernel], k->slots_count * sizeof *fields);
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

static bool make_batch(maker *m, const delivery *d, batch *b) {
  b->link = allocate_aligned(m, NSA_BLOCK, sizeof *b->link);
  b->source = allocate_aligned(m, NSA_BLOCK, sizeof *b->source);
  b->target = allocate_aligned(m, NSA_BLOCK, sizeof *b->target);
  b->partner = allocate_aligned(m, NSA_BLOCK, sizeof *b->partner);
  b->has_partner = allocate_aligned(m, NSA_BLOCK, 1);
  b->values = allocate(m, d->arrival->increments_count, sizeof *b->values);
  b->sent = allocate(m, d->arrival->emissions_count, sizeof *b->sent);
  b->has_sent = allocate(m, d->arrival->emissions_count, sizeof *b->has_sent);
  if (!b->link || !b->source || !b->target || !b->partner || !b->has_partner || !b->values || !b->sent || !b->has_sent)
    return false;
  for (uint32_t i = 0; i < d->arrival->emissions_count; i++) {
    b->sent[i] = allocate_aligned(m, NSA_BLOCK, 1);
    if (!b->sent[i])
      return false;
  }
  for (uint32_t i = 0; i < d->arrival->increments_count; i++) {
    b->values[i] = allocate_aligned(m, NSA_BLOCK, sizeof(double));
    if (!b->values[i])
      return false;
  }
  b->fields = fields_of_batch(m, d, b, d->arrival->kernel);
  if (d->arrival->shared != NSA_NONE)
    b->shared_fields = fields_of_batch(m, d, b, d->arrival->shared);
  return b->fields && (d->arrival->shared == NSA_NONE || b->shared_fields);
}

/* NULL when out of memory. */
static strip_sums *make_strips(maker *m, const nsa_connection *c, const nsa_increment *increments, uint32_t count) {
  strip_sums *strips = allocate(m, count, sizeof *strips);
  for (uint32_t i = 0; strips && i < count; i++) {
    if (increments[i].side == NSA_SIDE_POST)
      continue;
    uint32_t size = m->s->populations[delivery_population(c, increments[i].side)].count;
    if (strip_sums_make(m->s, &strips[i], &m->s->populations[c->target], size))
      continue;
    snprintf(m->error, SIM_ERROR_SIZE, "out of memory for sums over links (%" PRIu64 " bytes were allocated)",
             m->s->allocated);
    free_strips(strips, count);
    return NULL;
  }
  return strips;
}

static bool make_delivery(maker *m, delivery *d, const nsa_arrival *a) {
  const nsa_connection *c = &m->s->program->connections[a->connection];
  d->arrival = a;
  d->parts = parts_of(m->s, a);
  if (a->side != NSA_SIDE_SIGNAL)
    d->keys = m->s->populations[delivery_population(c, a->side)].count;
  d->batches = allocate_aligned(m, d->parts, sizeof *d->batches);
  if (!d->batches)
    return false;
  if (!cut_parts(m, d))
    return false;
  find_delays(m->s, d);
  d->needs = find_needs(m->s->program, a);
  bool is_in_order = a->side == NSA_SIDE_SIGNAL || (a->side == NSA_SIDE_POST && !has_own_delays(m->s, d));
  if (!is_in_order && !build_index(m, d))
    return false;
  d->strips = make_strips(m, c, a->increments, a->increments_count);
  for (uint32_t i = 0; d->strips && i < d->parts; i++)
    if (!make_batch(m, d, &d->batches[i]))
      return false;
  return d->strips != NULL;
}

static bool make_clocked(maker *m) {
  const nsa_program *p = m->s->program;
  m->ev->clocked = allocate(m, p->link_steps_count, sizeof *m->ev->clocked);
  bool ok = m->ev->clocked != NULL;
  for (uint32_t i = 0; ok && i < p->link_steps_count; i++) {
    const nsa_link_step *step = &p->link_steps[i];
    clocked_sums *sums = &m->ev->clocked[m->ev->clocked_count++];
    *sums = (clocked_sums){make_strips(m, &p->connections[step->connection], step->increments, step->increments_count),
                           step->increments_count};
    ok = sums->strips != NULL;
  }
  return ok;
}

/* ---- what is done together ---- */

static bool uses(const sim *s, const delivery *d, uint32_t field) {
  return sim_kernel_uses(s->program, d->arrival->kernel, field);
}

/* Whether the parts of both are the same targets. */
static bool are_cut_alike(const delivery *d, const delivery *other) {
  return d->parts == other->parts && memcmp(d->bounds, other->bounds, ((size_t)d->parts + 1) * sizeof *d->bounds) == 0;
}

static bool has_sum(const nsa_arrival *a, uint32_t sum, bool at_once) {
  for (uint32_t i = 0; i < a->increments_count; i++)
    if (a->increments[i].sum == sum && (a->increments[i].side == NSA_SIDE_POST) == at_once)
      return true;
  return false;
}

/* Whether threads that work on other targets could see, at the links of d or in sums, what `before` has done at its
 * own. Links' own states can be seen where the two cut the links of one connection in different parts, by strips and by
 * what threads step. */
static bool sees(const sim *s, const delivery *d, const delivery *before) {
  bool is_alike = are_cut_alike(d, before);
  if (!is_alike && d->arrival->connection == before->arrival->connection)
    return true;
  for (uint32_t i = 0; i < before->arrival->increments_count; i++) {
    uint32_t sum = before->arrival->increments[i].sum;
    bool is_later = before->arrival->increments[i].side != NSA_SIDE_POST; /* strips are added when all links are done */
    if (uses(s, d, sum) || ((is_later || !is_alike) && has_sum(d->arrival, sum, true)))
      return true;
  }
  return false;
}

/* A delivery joins those before it when each part of it needs nothing but what stands before the tick and what the same
 * part of the others did. */
static void find_joint(const sim *s, struct events *ev) {
  for (uint32_t i = 0; i < ev->delivery_count; i++) {
    delivery *d = &ev->deliveries[i];
    const nsa_arrival *a = d->arrival;
    d->joins = d->parts > 1 && a->shared == NSA_NONE && a->emissions_count == 0 && d->first_delay == d->last_delay;
    for (uint32_t k = 0; k <= i && d->joins; k++)
      d->joins = !sees(s, d, &ev->deliveries[k]);
  }
}

/* Whether the arrival's kernel knows nothing of populations: other threads may be stepping them. */
static bool needs_links_only(const sim *s, const nsa_arrival *a) {
  const nsa_kernel *k = &s->program->kernels[a->kernel];
  for (uint32_t i = 0; i < k->slots_count; i++) {
    const nsa_field *f = &s->program->fields[k->slots[i]];
    if (s->program->domains[f->domain].kind == NSA_DOMAIN_POPULATION && !f->is_uniform)
      return false;
  }
  return a->states_count == 0;
}

/* Whether only the steps of its own elements use what is added to. */
static bool is_for_own_steps(const sim *s, uint32_t sum) {
  const nsa_program *p = s->program;
  for (uint32_t k = 0; k < p->kernels_count; k++) {
    uint32_t role = p->kernels[k].role;
    bool is_own = p->kernels[k].domain == p->fields[sum].domain && (role == NSA_ROLE_STEP || role == NSA_ROLE_SETTLE);
    if (!is_own && role != NSA_ROLE_INIT && role != NSA_ROLE_SETUP && role != NSA_ROLE_PROBE &&
        sim_kernel_uses(p, k, sum))
      return false;
  }
  return true;
}

static bool may_wait(const sim *s, const delivery *d) {
  const nsa_arrival *a = d->arrival;
  if (!d->joins || !d->is_sliced || s->program->link_steps_count || s->program->phase_blocks_count ||
      s->program->stage_sets_count || !needs_links_only(s, a))
    return false;
  for (uint32_t i = 0; i < a->increments_count; i++) {
    const nsa_population *to =
        &s->program->populations[delivery_population(delivery_connection(s, d), a->increments[i].side)];
    if (to->absorb != NSA_NONE || !is_for_own_steps(s, a->increments[i].sum))
      return false;
  }
  return true;
}

static bool make_joint(maker *m) {
  struct events *ev = m->ev;
  find_joint(m->s, ev);
  ev->joint = allocate(m, ev->delivery_count, sizeof *ev->joint);
  for (uint32_t i = 0; i < ev->delivery_count; i++) {
    delivery *d = &ev->deliveries[i];
    d->may_wait = may_wait(m->s, d);
    if (!d->joins)
      continue;
    d->elements = allocate(m, (uint64_t)d->keys + 64, sizeof *d->elements);
    if (!d->elements)
      return false;
  }
  return ev->joint != NULL;
}

/* ---- histories ---- */

static history *history_for(struct events *ev, uint32_t population, uint32_t event) {
  for (uint32_t i = 0; i < ev->history_count; i++)
    if (ev->histories[i].population == population && ev->histories[i].event == event)
      return &ev->histories[i];
  history *h = &ev->histories[ev->history_count++];
  *h = (history){.population = population, .event = event};
  return h;
}

static bool make_histories(maker *m) {
  struct events *ev = m->ev;
  for (uint32_t i = 0; i < ev->delivery_count; i++) {
    delivery *d = &ev->deliveries[i];
    if (d->arrival->side == NSA_SIDE_SIGNAL || d->last_delay == 0)
      continue;
    history *h =
        history_for(ev, delivery_population(delivery_connection(m->s, d), d->arrival->side), d->arrival->event);
    if (d->last_delay + 1 > h->slots)
      h->slots = d->last_delay + 1;
    d->past = h;
  }
  for (uint32_t i = 0; i < ev->history_count; i++) {
    history *h = &ev->histories[i];
    h->words = (m->s->populations[h->population].count + 63) / 64;
    h->bits = allocate(m, (uint64_t)h->slots * h->words, sizeof *h->bits);
    h->count = allocate(m, h->slots, sizeof *h->count);
    if (!h->bits || !h->count)
      return false;
  }
  return true;
}

/* ---- making and freeing ---- */

static bool make_all(maker *m) {
  const nsa_program *p = m->s->program;
  struct events *ev = m->ev;
  uint32_t largest = 0;
  for (uint32_t i = 0; i < p->populations_count; i++)
    if (m->s->populations[i].count > largest)
      largest = m->s->populations[i].count;
  ev->deliveries = allocate(m, p->arrivals_count, sizeof *ev->deliveries);
  ev->histories = allocate(m, p->arrivals_count, sizeof *ev->histories);
  ev->elements = allocate(m, p->arrivals_count ? (uint64_t)largest + 64 : 0, sizeof *ev->elements);
  ev->is_sent = allocate(m, p->signals_count, 1);
  ev->has_arrived = allocate(m, p->populations_count, 1);
  ev->link_updates = allocate(m, p->connections_count, sizeof *ev->link_updates);
  if (!ev->deliveries || !ev->histories || !ev->elements || !ev->is_sent || !ev->has_arrived || !ev->link_updates)
    return false;
  for (uint32_t i = 0; i < p->arrivals_count; i++) {
    if (!m->s->links[p->arrivals[i].connection].row)
      continue; /* a stencil */
    if (!make_delivery(m, &ev->deliveries[ev->delivery_count++], &p->arrivals[i]))
      return false;
  }
  return make_histories(m) && make_joint(m) && make_clocked(m);
}

struct events *events_new(sim *s, char error[SIM_ERROR_SIZE]) {
  maker m = {.s = s, .error = error};
  snprintf(error, SIM_ERROR_SIZE, "out of memory for events");
  m.ev = calloc(1, sizeof *m.ev);
  if (m.ev && make_all(&m))
    return m.ev;
  events_free(m.ev);
  return NULL;
}

static void free_delivery(delivery *d) {
  for (uint32_t i = 0; d->batches && i < d->parts; i++) {
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
  free(ev->has_arrived);
  free(ev->link_updates);
  free(ev);
}
