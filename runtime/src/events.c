/* SPDX-License-Identifier: MIT */
/* events.c - see events.h. */
#include "events.h"

#include "step.h"
#include "threads.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Links by an element of one side, cut by who owns their targets: part p's links of element e are
 * [start[p * keys + e], start[p * keys + e + 1]). Within an element by delay where links have delays of their own, else
 * ascending. */
typedef struct {
  uint32_t *start; /* parts * keys + 1 */
  uint32_t *link;
  uint16_t *delay; /* one a link; NULL: the same for all */
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
  uint64_t link_updates;
};

/* ---- set-up ---- */

typedef struct {
  sim *s;
  struct events *ev;
  char *error;
} maker;

static void *allocate(maker *m, uint64_t count, size_t size) {
  void *p = count > SIZE_MAX / (size + 1) ? NULL : calloc(count ? (size_t)count : 1, size);
  if (!p)
    snprintf(m->error, SIM_ERROR_SIZE, "out of memory for events: %" PRIu64 " bytes (%" PRIu64 " bytes were allocated before)",
             count * size, m->s->allocated);
  m->s->allocated += count * size;
  return p;
}

static void *allocate_aligned(maker *m, uint64_t count, size_t size) {
  size_t bytes = ((size_t)count * size + 63) / 64 * 64;
  void *p = aligned_alloc(64, bytes);
  if (p) memset(p, 0, bytes);
  else snprintf(m->error, SIM_ERROR_SIZE, "out of memory for events: %zu bytes", bytes);
  m->s->allocated += bytes;
  return p;
}

static const nsa_connection *connection_of(const sim *s, const delivery *d) {
  return &s->program->connections[d->arrival->connection];
}

static uint32_t population_of_side(const nsa_connection *c, uint32_t side) {
  return side == NSA_SIDE_PRE ? c->source : side == NSA_SIDE_POST ? c->target : c->partner;
}

/* The element of the side that partners follow from, or the link itself, decides the partner. */
typedef struct {
  const uint32_t *index;
  const uint8_t *known;
  uint32_t domain_kind, of_source;
} partner_lookup;

static partner_lookup partners_of(const sim *s, const nsa_connection *c) {
  partner_lookup look = {.of_source = c->partner_of_source};
  if (c->partner == NSA_NONE || c->partner_index == NSA_NONE) return look;
  look.index = s->field_data[c->partner_index];
  look.known = c->partner_known == NSA_NONE ? NULL : s->field_data[c->partner_known];
  look.domain_kind = s->program->domains[s->program->fields[c->partner_index].domain].kind;
  return look;
}

static uint32_t partner_of_link(const partner_lookup *look, const sim_links *links, uint32_t link) {
  if (!look->index) return NSA_NONE;
  uint32_t at = look->domain_kind == NSA_DOMAIN_CONNECTION ? link
                : look->of_source                         ? links->source[link]
                                                          : links->target[link];
  return look->known && !look->known[at] ? NSA_NONE : look->index[at];
}

/* The delay field that counts for the events of a side. */
static uint32_t delay_field(const nsa_connection *c, uint32_t side) {
  return side == NSA_SIDE_SIGNAL ? NSA_NONE : side == NSA_SIDE_PRE ? c->delay : c->delay_back;
}

static bool fail_delay(maker *m, const nsa_connection *c, double delay) {
  const nsa_program *p = m->s->program;
  const char *path = c->at.file < p->files_count ? p->files[c->at.file].path : "model";
  snprintf(m->error, SIM_ERROR_SIZE,
           "%.200s:%" PRIu32 ":%" PRIu32 ": connection '%.64s': a delay of %g ms is not possible: 0 to %g ms are (%d steps)", path,
           c->at.line, c->at.column, c->name, delay * p->base_dt, EVENTS_MAX_DELAY * p->base_dt, EVENTS_MAX_DELAY);
  return false;
}

static bool find_delays(maker *m, delivery *d) {
  const nsa_connection *c = connection_of(m->s, d);
  uint32_t field = delay_field(c, d->arrival->side);
  if (field == NSA_NONE) return true;
  const double *delay = m->s->field_data[field];
  uint64_t count = m->s->program->fields[field].is_uniform ? 1 : m->s->links[d->arrival->connection].count;
  double least = INFINITY, most = 0;
  for (uint64_t k = 0; k < count; k++) {
    if (!(delay[k] >= 0 && delay[k] <= EVENTS_MAX_DELAY)) return fail_delay(m, c, delay[k]);
    least = delay[k] < least ? delay[k] : least;
    most = delay[k] > most ? delay[k] : most;
  }
  d->first_delay = count ? (uint32_t)least : 0;
  d->last_delay = (uint32_t)most;
  return true;
}

static bool has_own_delays(const sim *s, const delivery *d) {
  uint32_t field = delay_field(connection_of(s, d), d->arrival->side);
  return field != NSA_NONE && !s->program->fields[field].is_uniform;
}

/* One thread where what is added to could belong to links of several parts. */
static uint32_t parts_of(const sim *s, const nsa_arrival *a) {
  const nsa_connection *c = &s->program->connections[a->connection];
  for (uint32_t i = 0; i < a->increments_count; i++)
    if (a->increments[i].side != NSA_SIDE_POST) return 1;
  return s->populations[c->target].size < STEP_PARALLEL_FROM ? 1 : s->thread_count;
}

/* The links of a part: those of whole blocks of targets. */
static void link_range(const sim *s, const delivery *d, uint32_t part, uint32_t *first, uint32_t *last) {
  const nsa_connection *c = connection_of(s, d);
  const sim_population *p = &s->populations[c->target];
  const uint32_t *row = s->links[d->arrival->connection].row;
  uint64_t from, to;
  thread_share(p->block_count, part, d->parts, &from, &to);
  uint64_t begin = from * NSA_BLOCK < p->size ? from * NSA_BLOCK : p->size;
  uint64_t end = to * NSA_BLOCK < p->size ? to * NSA_BLOCK : p->size;
  *first = row[begin];
  *last = row[end];
}

static uint32_t key_of_link(const sim *s, const delivery *d, const partner_lookup *look, uint32_t link) {
  const sim_links *links = &s->links[d->arrival->connection];
  if (d->arrival->side == NSA_SIDE_PRE) return links->source[link];
  if (d->arrival->side == NSA_SIDE_POST) return links->target[link];
  return partner_of_link(look, links, link);
}

/* Links of one element in ascending delay; those of one delay keep their order. */
static void sort_by_delay(link_index *index, uint32_t begin, uint32_t end, uint32_t *spare, uint16_t *spare_delay) {
  for (uint32_t width = 1; width < end - begin; width *= 2) {
    for (uint32_t from = begin; from < end; from += 2 * width) {
      uint32_t middle = end - from < width ? end : from + width, to = end - from < 2 * width ? end : from + 2 * width;
      uint32_t i = from, j = middle;
      for (uint32_t k = from; k < to; k++) {
        uint32_t take = j >= to || (i < middle && index->delay[i] <= index->delay[j]) ? i++ : j++;
        spare[k - begin] = index->link[take];
        spare_delay[k - begin] = index->delay[take];
      }
    }
    memcpy(index->link + begin, spare, (end - begin) * sizeof *spare);
    memcpy(index->delay + begin, spare_delay, (end - begin) * sizeof *spare_delay);
  }
}

static bool sort_delays(maker *m, delivery *d) {
  link_index *index = &d->index;
  uint64_t count = m->s->links[d->arrival->connection].count, slots = (uint64_t)d->parts * d->keys;
  const double *delay = m->s->field_data[delay_field(connection_of(m->s, d), d->arrival->side)];
  uint32_t longest = 0;
  index->delay = allocate(m, count + 1, sizeof *index->delay);
  if (!index->delay) return false;
  for (uint64_t e = 0; e < slots; e++)
    if (index->start[e + 1] - index->start[e] > longest) longest = index->start[e + 1] - index->start[e];
  for (uint32_t k = 0; k < index->start[slots]; k++) index->delay[k] = (uint16_t)delay[index->link[k]];
  uint32_t *spare = malloc(((size_t)longest + 1) * sizeof *spare);
  uint16_t *spare_delay = malloc(((size_t)longest + 1) * sizeof *spare_delay);
  for (uint64_t e = 0; spare && spare_delay && e < slots; e++)
    sort_by_delay(index, index->start[e], index->start[e + 1], spare, spare_delay);
  bool ok = spare && spare_delay;
  free(spare);
  free(spare_delay);
  return ok;
}

/* Counting sort by element, part after part: stable, so that links stay ascending. */
static bool build_index(maker *m, delivery *d) {
  const sim *s = m->s;
  const sim_links *links = &s->links[d->arrival->connection];
  partner_lookup look = partners_of(s, connection_of(s, d));
  uint64_t slots = (uint64_t)d->parts * d->keys;
  link_index *index = &d->index;
  index->start = allocate(m, slots + 2, sizeof *index->start);
  index->link = allocate(m, links->count + 1, sizeof *index->link);
  if (!index->start || !index->link) return false;
  uint32_t *start = index->start;
  for (uint32_t part = 0; part < d->parts; part++) {
    uint32_t first, last;
    link_range(s, d, part, &first, &last);
    for (uint32_t k = first; k < last; k++) {
      uint32_t key = key_of_link(s, d, &look, k);
      if (key != NSA_NONE) start[(uint64_t)part * d->keys + key + 2]++;
    }
  }
  for (uint64_t e = 0; e < slots; e++) start[e + 2] += start[e + 1];
  for (uint32_t part = 0; part < d->parts; part++) {
    uint32_t first, last;
    link_range(s, d, part, &first, &last);
    for (uint32_t k = first; k < last; k++) { /* start[e + 1] moves from e's begin to its end */
      uint32_t key = key_of_link(s, d, &look, k);
      if (key != NSA_NONE) index->link[start[(uint64_t)part * d->keys + key + 1]++] = k;
    }
  }
  return !has_own_delays(s, d) || sort_delays(m, d);
}

static bool replace(const sim *s, void **fields, uint32_t kernel, uint32_t field, void *array) {
  const nsa_kernel *k = &s->program->kernels[kernel];
  for (uint32_t i = 0; i < k->slots_count; i++)
    if (k->slots[i] == field) fields[i] = array;
  return true;
}

/* The kernel's fields with the batch's own arrays. */
static void **fields_of_batch(maker *m, const delivery *d, const batch *b, uint32_t kernel) {
  const nsa_connection *c = connection_of(m->s, d);
  uint32_t slots = m->s->program->kernels[kernel].slots_count;
  void **fields = allocate(m, slots, sizeof *fields);
  if (!fields) return NULL;
  memcpy(fields, m->s->kernel_fields[kernel], slots * sizeof *fields);
  replace(m->s, fields, kernel, c->arrival_link, b->link);
  replace(m->s, fields, kernel, c->arrival_source, b->source);
  replace(m->s, fields, kernel, c->arrival_target, b->target);
  replace(m->s, fields, kernel, c->arrival_partner, b->partner);
  for (uint32_t i = 0; i < d->arrival->increments_count; i++)
    replace(m->s, fields, kernel, d->arrival->increments[i].value, b->values[i]);
  return fields;
}

static bool make_batch(maker *m, const delivery *d, batch *b) {
  b->link = allocate_aligned(m, NSA_BLOCK, sizeof *b->link);
  b->source = allocate_aligned(m, NSA_BLOCK, sizeof *b->source);
  b->target = allocate_aligned(m, NSA_BLOCK, sizeof *b->target);
  b->partner = allocate_aligned(m, NSA_BLOCK, sizeof *b->partner);
  b->has_partner = allocate_aligned(m, NSA_BLOCK, 1);
  b->values = allocate(m, d->arrival->increments_count, sizeof *b->values);
  if (!b->link || !b->source || !b->target || !b->partner || !b->has_partner || !b->values) return false;
  for (uint32_t i = 0; i < d->arrival->increments_count; i++) {
    b->values[i] = allocate_aligned(m, NSA_BLOCK, sizeof(double));
    if (!b->values[i]) return false;
  }
  b->fields = fields_of_batch(m, d, b, d->arrival->kernel);
  if (d->arrival->shared != NSA_NONE) b->shared_fields = fields_of_batch(m, d, b, d->arrival->shared);
  return b->fields && (d->arrival->shared == NSA_NONE || b->shared_fields);
}

static bool make_delivery(maker *m, delivery *d, const nsa_arrival *a) {
  const nsa_connection *c = &m->s->program->connections[a->connection];
  d->arrival = a;
  d->parts = parts_of(m->s, a);
  if (a->side != NSA_SIDE_SIGNAL) d->keys = m->s->populations[population_of_side(c, a->side)].size;
  d->batches = allocate(m, d->parts, sizeof *d->batches);
  if (!d->batches || !find_delays(m, d)) return false;
  bool is_in_order = a->side == NSA_SIDE_SIGNAL || (a->side == NSA_SIDE_POST && !has_own_delays(m->s, d));
  if (!is_in_order && !build_index(m, d)) return false;
  for (uint32_t i = 0; i < d->parts; i++)
    if (!make_batch(m, d, &d->batches[i])) return false;
  return true;
}

/* ---- histories ---- */

static history *history_for(struct events *ev, uint32_t population, uint32_t event) {
  for (uint32_t i = 0; i < ev->history_count; i++)
    if (ev->histories[i].population == population && ev->histories[i].event == event) return &ev->histories[i];
  history *h = &ev->histories[ev->history_count++];
  *h = (history){.population = population, .event = event};
  return h;
}

static bool make_histories(maker *m) {
  struct events *ev = m->ev;
  for (uint32_t i = 0; i < ev->delivery_count; i++) {
    delivery *d = &ev->deliveries[i];
    if (d->arrival->side == NSA_SIDE_SIGNAL || d->last_delay == 0) continue;
    history *h = history_for(ev, population_of_side(connection_of(m->s, d), d->arrival->side), d->arrival->event);
    if (d->last_delay + 1 > h->slots) h->slots = d->last_delay + 1;
    d->past = h;
  }
  for (uint32_t i = 0; i < ev->history_count; i++) {
    history *h = &ev->histories[i];
    h->words = (m->s->populations[h->population].size + 63) / 64;
    h->bits = allocate(m, (uint64_t)h->slots * h->words, sizeof *h->bits);
    h->count = allocate(m, h->slots, sizeof *h->count);
    if (!h->bits || !h->count) return false;
  }
  return true;
}

static void remember(const sim *s, history *h, uint64_t n) {
  const sim_fired *fired = &s->populations[h->population].events[h->event];
  uint32_t slot = (uint32_t)(n % h->slots);
  uint64_t *bits = h->bits + (uint64_t)slot * h->words;
  if (h->count[slot]) memset(bits, 0, h->words * sizeof *bits);
  h->count[slot] = fired->count;
  for (uint32_t i = 0; i < fired->count; i++) bits[fired->elements[i] / 64] |= UINT64_C(1) << fired->elements[i] % 64;
}

/* Those that fired in base tick n, ascending. */
static uint32_t recall(const history *h, uint64_t n, uint32_t *elements) {
  uint32_t slot = (uint32_t)(n % h->slots), count = 0;
  if (!h->count[slot]) return 0;
  const uint64_t *bits = h->bits + (uint64_t)slot * h->words;
  for (uint32_t w = 0; w < h->words; w++)
    for (uint64_t left = bits[w]; left; left &= left - 1) elements[count++] = w * 64 + (uint32_t)__builtin_ctzll(left);
  return count;
}

/* ---- making and freeing ---- */

static bool make_all(maker *m) {
  const nsa_program *p = m->s->program;
  struct events *ev = m->ev;
  uint32_t largest = 0;
  for (uint32_t i = 0; i < p->populations_count; i++)
    if (m->s->populations[i].size > largest) largest = m->s->populations[i].size;
  ev->deliveries = allocate(m, p->arrivals_count, sizeof *ev->deliveries);
  ev->histories = allocate(m, p->arrivals_count, sizeof *ev->histories);
  ev->elements = allocate(m, p->arrivals_count ? (uint64_t)largest + 64 : 0, sizeof *ev->elements);
  ev->is_sent = allocate(m, p->signals_count, 1);
  ev->has_arrived = allocate(m, p->populations_count, 1);
  if (!ev->deliveries || !ev->histories || !ev->elements || !ev->is_sent || !ev->has_arrived) return false;
  for (uint32_t i = 0; i < p->arrivals_count; i++) {
    if (!m->s->links[p->arrivals[i].connection].row) continue; /* a stencil */
    if (!make_delivery(m, &ev->deliveries[ev->delivery_count++], &p->arrivals[i])) return false;
  }
  return make_histories(m);
}

struct events *events_new(sim *s, char error[SIM_ERROR_SIZE]) {
  maker m = {.s = s, .error = error};
  snprintf(error, SIM_ERROR_SIZE, "out of memory for events");
  m.ev = calloc(1, sizeof *m.ev);
  if (m.ev && make_all(&m)) return m.ev;
  events_free(m.ev);
  return NULL;
}

static void free_delivery(delivery *d) {
  for (uint32_t i = 0; d->batches && i < d->parts; i++) {
    batch *b = &d->batches[i];
    for (uint32_t k = 0; b->values && k < d->arrival->increments_count; k++) free(b->values[k]);
    free(b->values);
    free(b->link);
    free(b->source);
    free(b->target);
    free(b->partner);
    free(b->has_partner);
    free(b->fields);
    free(b->shared_fields);
  }
  free(d->batches);
  free(d->index.start);
  free(d->index.link);
  free(d->index.delay);
}

void events_free(struct events *ev) {
  if (!ev) return;
  for (uint32_t i = 0; i < ev->delivery_count; i++) free_delivery(&ev->deliveries[i]);
  for (uint32_t i = 0; i < ev->history_count; i++) {
    free(ev->histories[i].bits);
    free(ev->histories[i].count);
  }
  free(ev->deliveries);
  free(ev->histories);
  free(ev->elements);
  free(ev->is_sent);
  free(ev->has_arrived);
  free(ev);
}

/* ---- batches ---- */

typedef struct {
  const sim *s;
  const delivery *d;
  const sim_links *links;
  partner_lookup look;
  const uint32_t *elements; /* whose events are due; NULL: all links */
  uint32_t count, delay;
} due_job;

/* Padding stands at the entry behind the last link, which every array of links has. */
static void pad(const due_job *job, batch *b) {
  for (uint32_t i = b->count; i < sim_padded(b->count); i++) {
    b->link[i] = (uint32_t)job->links->count;
    b->source[i] = b->target[i] = b->partner[i] = 0;
  }
}

static void add_increments(const due_job *job, const batch *b) {
  const nsa_arrival *a = job->d->arrival;
  for (uint32_t i = 0; i < a->increments_count; i++) {
    double *sum = job->s->field_data[a->increments[i].sum];
    const double *value = b->values[i];
    switch (a->increments[i].side) {
    case NSA_SIDE_PRE:
      for (uint32_t k = 0; k < b->count; k++) sum[b->source[k]] += value[k];
      break;
    case NSA_SIDE_POST:
      for (uint32_t k = 0; k < b->count; k++) sum[b->target[k]] += value[k];
      break;
    default:
      for (uint32_t k = 0; k < b->count; k++)
        if (b->has_partner[k]) sum[b->partner[k]] += value[k];
      break;
    }
  }
}

/* Kernels report padding as well: only a link is a failure. */
static void check_links(const due_job *job, batch *b) {
  const nsa_arrival *a = job->d->arrival;
  for (uint32_t f = 0; f < a->states_count && !b->is_nonfinite; f++) {
    const double *x = job->s->field_data[a->states[f]];
    for (uint32_t k = 0; k < b->count && !b->is_nonfinite; k++)
      if (!isfinite(x[b->link[k]])) {
        b->is_nonfinite = true;
        b->bad_link = b->link[k];
      }
  }
}

static void flush(const due_job *job, batch *b) {
  if (!b->count) return;
  const nsa_kernel_entry *entry = &job->s->kernels[job->d->arrival->kernel];
  nsa_range_out out = {0};
  pad(job, b);
  entry->fn(entry->self, b->fields, &job->s->clock, 0, sim_padded(b->count), &out);
  if (out.nonfinite) check_links(job, b);
  add_increments(job, b);
  b->updates += b->count;
  b->count = 0;
}

static inline void add_link(const due_job *job, batch *b, uint32_t link) {
  uint32_t k = b->count++;
  b->link[k] = link;
  b->source[k] = job->links->source[link];
  b->target[k] = job->links->target[link];
  if (job->look.index) {
    uint32_t partner = partner_of_link(&job->look, job->links, link);
    b->has_partner[k] = partner != NSA_NONE;
    b->partner[k] = partner == NSA_NONE ? 0 : partner;
  }
  if (b->count == NSA_BLOCK) flush(job, b);
}

static uint32_t first_of_delay(const uint16_t *delay, uint32_t begin, uint32_t end, uint32_t wanted) {
  while (begin < end) {
    uint32_t middle = begin + (end - begin) / 2;
    if (delay[middle] < wanted) begin = middle + 1;
    else end = middle;
  }
  return begin;
}

static void add_indexed(const due_job *job, batch *b, uint32_t part, uint32_t element) {
  const link_index *index = &job->d->index;
  uint64_t slot = (uint64_t)part * job->d->keys + element;
  uint32_t begin = index->start[slot], end = index->start[slot + 1];
  if (index->delay) {
    begin = first_of_delay(index->delay, begin, end, job->delay);
    end = first_of_delay(index->delay, begin, end, job->delay + 1);
  }
  for (uint32_t k = begin; k < end; k++) add_link(job, b, index->link[k]);
}

static void add_rows(const due_job *job, batch *b, uint32_t part) {
  uint32_t first, last;
  link_range(job->s, job->d, part, &first, &last);
  for (uint32_t i = 0; i < job->count; i++) {
    uint32_t begin = job->links->row[job->elements[i]], end = job->links->row[job->elements[i] + 1];
    if (begin < first || begin >= last) continue;
    for (uint32_t k = begin; k < end; k++) add_link(job, b, k);
  }
}

static void deliver_part(const due_job *job, uint32_t part) {
  batch *b = &job->d->batches[part];
  if (!job->elements) {
    uint32_t first, last;
    link_range(job->s, job->d, part, &first, &last);
    for (uint32_t k = first; k < last; k++) add_link(job, b, k);
  } else if (!job->d->index.start) {
    add_rows(job, b, part);
  } else {
    for (uint32_t i = 0; i < job->count; i++) add_indexed(job, b, part, job->elements[i]);
  }
  flush(job, b);
}

static void deliver_share(void *context, uint32_t share, uint32_t shares) {
  const due_job *job = context;
  for (uint32_t part = share; part < job->d->parts; part += shares) deliver_part(job, part);
}

/* The states that all links of an element share, behind the links. */
static void run_shared(const due_job *job) {
  const nsa_arrival *a = job->d->arrival;
  batch *b = &job->d->batches[0];
  if (a->shared == NSA_NONE) return;
  uint32_t *elements = a->side == NSA_SIDE_PRE ? b->source : a->side == NSA_SIDE_POST ? b->target : b->partner;
  const nsa_kernel_entry *entry = &job->s->kernels[a->shared];
  for (uint32_t from = 0; from < job->count; from += NSA_BLOCK) {
    uint32_t count = job->count - from < NSA_BLOCK ? job->count - from : NSA_BLOCK;
    nsa_range_out ignored = {0};
    for (uint32_t i = 0; i < NSA_BLOCK; i++) {
      b->link[i] = (uint32_t)job->links->count;
      b->source[i] = b->target[i] = b->partner[i] = 0;
    }
    for (uint32_t i = 0; i < sim_padded(count); i++) /* padding stands behind the last element */
      elements[i] = i < count ? job->elements[from + i] : job->d->keys;
    entry->fn(entry->self, b->shared_fields, &job->s->clock, 0, sim_padded(count), &ignored);
  }
}

static bool report_failure(sim *s, const delivery *d) {
  for (uint32_t part = 0; part < d->parts; part++) {
    const batch *b = &d->batches[part];
    if (!b->is_nonfinite) continue;
    s->failed = true;
    s->failure = (sim_failure){.is_connection = true, .population = d->arrival->connection, .element = b->bad_link};
    for (uint32_t f = 0; f < d->arrival->states_count; f++) {
      double x = ((const double *)s->field_data[d->arrival->states[f]])[b->bad_link];
      if (isfinite(x)) continue;
      s->failure.field = d->arrival->states[f];
      s->failure.value = x;
      return false;
    }
  }
  return true;
}

enum { PARALLEL_FROM_LINKS = 8192 };

static uint64_t links_due(const due_job *job) {
  const sim_links *links = job->links;
  uint64_t all = 0;
  if (!job->elements) return links->count;
  const uint32_t *fan = job->d->arrival->side == NSA_SIDE_PRE ? links->fan_out : links->fan_in;
  if (job->d->arrival->side == NSA_SIDE_ASTRO) return 0;
  for (uint32_t i = 0; i < job->count; i++) all += fan[job->elements[i]];
  return all;
}

static bool deliver_due(sim *s, const delivery *d, const uint32_t *elements, uint32_t count, uint32_t delay) {
  due_job job = {.s = s, .d = d, .links = &s->links[d->arrival->connection], .elements = elements, .count = count, .delay = delay};
  if (elements && !count) return true;
  job.look = partners_of(s, connection_of(s, d));
  if (d->parts > 1 && links_due(&job) >= PARALLEL_FROM_LINKS) thread_pool_run(s->pool, deliver_share, &job);
  else deliver_share(&job, 0, 1);
  if (elements) run_shared(&job);
  for (uint32_t i = 0; i < d->arrival->increments_count; i++)
    s->events->has_arrived[population_of_side(connection_of(s, d), d->arrival->increments[i].side)] = 1;
  return report_failure(s, d);
}

static bool deliver(sim *s, const delivery *d, uint64_t n) {
  const nsa_arrival *a = d->arrival;
  if (a->side == NSA_SIDE_SIGNAL) {
    const uint8_t *is_sent = s->field_data[s->program->signals[a->event].flag];
    return !*is_sent || deliver_due(s, d, NULL, 0, 0);
  }
  const sim_fired *fired = &s->populations[population_of_side(connection_of(s, d), a->side)].events[a->event];
  if (!d->past) return deliver_due(s, d, fired->elements, fired->count, 0);
  for (uint32_t k = d->first_delay; k <= d->last_delay && (uint64_t)k + 1 <= n; k++) {
    uint32_t count = recall(d->past, n - 1 - k, s->events->elements);
    if (!deliver_due(s, d, s->events->elements, count, k)) return false;
  }
  return true;
}

/* ---- the tick ---- */

static bool has_fired(const sim *s, uint32_t p) {
  for (uint32_t e = 0; e < s->program->populations[p].events_count; e++)
    if (s->populations[p].events[e].count) return true;
  return false;
}

static void settle(const sim *s) {
  for (uint32_t p = 0; p < s->program->populations_count; p++)
    if (s->program->populations[p].settle != NSA_NONE && has_fired(s, p))
      step_run_kernel(s, s->program->populations[p].settle, &s->clock);
}

static bool is_scheduled(const nsa_signal_times *t, uint64_t n) {
  if (n < t->start || n >= t->stop) return false;
  return t->every == 0 ? n == t->start : (n - t->start) % t->every == 0;
}

static void send_signals(const sim *s, uint64_t n) {
  for (uint32_t i = 0; i < s->program->signals_count; i++) {
    const nsa_signal *signal = &s->program->signals[i];
    uint8_t *flag = s->field_data[signal->flag];
    *flag = s->events->is_sent[i];
    s->events->is_sent[i] = 0;
    for (uint32_t k = 0; k < signal->schedule_count; k++) {
      if (!is_scheduled(&signal->schedule[k], n)) continue;
      *flag = 1;
      step_run_kernel(s, signal->schedule[k].kernel, &s->clock);
    }
  }
}

static void absorb(const sim *s) {
  for (uint32_t p = 0; p < s->program->populations_count; p++) {
    if (s->events->has_arrived[p] && s->program->populations[p].absorb != NSA_NONE)
      step_run_kernel(s, s->program->populations[p].absorb, &s->clock);
    s->events->has_arrived[p] = 0;
  }
}

static bool find_bad_link(sim *s, const nsa_link_step *step) {
  for (uint32_t f = 0; f < step->states_count; f++) {
    const double *x = s->field_data[step->states[f]];
    for (uint64_t k = 0; k < s->links[step->connection].count; k++) {
      if (isfinite(x[k])) continue;
      s->failed = true;
      s->failure = (sim_failure){.is_connection = true, .population = step->connection, .field = step->states[f],
                                 .element = (uint32_t)k, .value = x[k]};
      return true;
    }
  }
  return false;
}

static bool step_links(sim *s, uint64_t n) {
  for (uint32_t i = 0; i < s->program->link_steps_count; i++) {
    const nsa_link_step *step = &s->program->link_steps[i];
    if ((n + 1) % step->every != 0 || !s->links[step->connection].row) continue;
    bool is_finite = step_run_checked(s, step->kernel, &s->clock);
    s->events->link_updates += s->links[step->connection].count;
    if (!is_finite && find_bad_link(s, step)) return false;
  }
  return true;
}

bool events_begin_tick(sim *s, uint64_t n) {
  settle(s);
  send_signals(s, n);
  for (uint32_t i = 0; i < s->events->delivery_count; i++)
    if (!deliver(s, &s->events->deliveries[i], n)) return false;
  absorb(s);
  return step_links(s, n);
}

void events_end_tick(sim *s, uint64_t n) {
  struct events *ev = s->events;
  for (uint32_t i = 0; i < ev->history_count; i++) remember(s, &ev->histories[i], n);
  if (!s->program->signals_count) return;
  for (uint32_t p = 0; p < s->program->populations_count; p++)
    for (uint32_t e = 0; e < s->program->populations[p].events_count; e++) {
      uint32_t signal = s->program->populations[p].events[e].signal;
      if (signal != NSA_NONE && s->populations[p].events[e].count) ev->is_sent[signal] = 1;
    }
}

events_count events_updates(const sim *s) {
  events_count count = {.by_clock = s->events ? s->events->link_updates : 0};
  for (uint32_t i = 0; s->events && i < s->events->delivery_count; i++)
    for (uint32_t part = 0; part < s->events->deliveries[i].parts; part++)
      count.at_events += s->events->deliveries[i].batches[part].updates;
  return count;
}
