/* SPDX-License-Identifier: MIT */
/* events_batch.c - the links of a delivery, gathered batch by batch for its kernel. */
#include "events/events_internal.h"

#include "state/kernels.h"

#include <string.h>

/* ---- a full batch ---- */

/* Padding stands at the entry behind the last link, which every array of links has. */
static void pad_from(const due_job *job, batch *b, uint32_t first, uint32_t count) {
  for (uint32_t i = first; i < sim_whole_vectors(count); i++) {
    b->link[i] = (uint32_t)job->links->count;
    b->source[i] = b->target[i] = b->partner[i] = 0;
  }
}

static void pad(const due_job *job, batch *b) { pad_from(job, b, b->count, b->count); }

static void add_increments(const due_job *job, const batch *b) {
  const nsa_arrival *a = job->d->arrival;
  for (uint32_t i = 0; i < a->increments_count; i++) {
    double *sum = job->s->field_data[a->increments[i].sum.id];
    const strip_sums *strips = &job->d->strips[i];
    const double *value = b->values[i];
    switch (a->increments[i].side) {
    case NSA_SIDE_PRE:
      for (uint32_t k = 0; k < b->count; k++)
        strip_sums_add(strips, b->target[k], b->source[k], value[k]);
      break;
    case NSA_SIDE_POST:
      for (uint32_t k = 0; k < b->count; k++)
        sum[b->target[k]] += value[k];
      break;
    default:
      for (uint32_t k = 0; k < b->count; k++)
        if (b->has_partner[k])
          strip_sums_add(strips, b->target[k], b->partner[k], value[k]);
      break;
    }
  }
}

static void note_signals(const due_job *job, batch *b) {
  for (uint32_t i = 0; i < job->d->arrival->emissions_count; i++)
    b->has_sent[i] = b->has_sent[i] || memchr(b->sent[i], 1, b->count) != NULL;
}

static void flush(const due_job *job, batch *b) {
  if (!b->count)
    return;
  nsa_range_out out = {0};
  pad(job, b);
  kernel_call(job->s, job->d->arrival->kernel, b->fields, &job->s->clock, 0, sim_whole_vectors(b->count), &out);
  if (out.nonfinite)
    bad_link_find(job, b);
  add_increments(job, b);
  note_signals(job, b);
  b->updates += b->count;
  b->count = 0;
}

/* ---- gathering ---- */

/* Runs are short, often of one link: no call for these. */
static void copy(uint32_t *to, const uint32_t *from, uint32_t count) {
  if (count > 16)
    memcpy(to, from, count * sizeof *to);
  else
    for (uint32_t i = 0; i < count; i++)
      to[i] = from[i];
}

static void fill(uint32_t *to, uint32_t x, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    to[i] = x;
}

/* What kernels will load from all over memory is on its way by then. */
static void prefetch_states(const due_job *job, const uint32_t *link, uint32_t count) {
  const nsa_arrival *a = job->d->arrival;
  for (uint32_t f = 0; f < a->states_count; f++) {
    const double *x = job->s->field_data[a->states[f].id];
    for (uint32_t i = 0; i < count; i++)
      __builtin_prefetch(x + link[i], 1);
  }
}

static void find_partners(const due_job *job, batch *b, uint32_t from, uint32_t count) {
  for (uint32_t k = from; k < from + count; k++) {
    uint32_t partner = partner_of_link(&job->look, b->link[k], b->source[k], b->target[k]);
    b->has_partner[k] = partner != NSA_NONE;
    b->partner[k] = partner == NSA_NONE ? 0 : partner;
  }
}

/* Links that one element's event reaches: numbers in `link`, or the consecutive ones from `first`. What is known of
 * them is given: source or target NSA_NONE and targets NULL where it must be looked up. */
typedef struct {
  const uint32_t *link, *targets;
  uint32_t first, count, source, target;
} link_run;

static void add_some(const due_job *job, batch *b, const link_run *run, uint32_t from, uint32_t count) {
  const sim_links *links = job->links;
  uint32_t *link = b->link + b->count, *source = b->source + b->count, *target = b->target + b->count;
  if (run->link)
    copy(link, run->link + from, count);
  else if (job->d->needs.link)
    for (uint32_t i = 0; i < count; i++)
      link[i] = run->first + from + i;
  if (run->link)
    prefetch_states(job, link, count);
  if (job->d->needs.source) {
    if (run->source != NSA_NONE)
      fill(source, run->source, count);
    else
      for (uint32_t i = 0; i < count; i++)
        source[i] = links->source[link[i]];
  }
  if (job->d->needs.target) {
    if (run->target != NSA_NONE)
      fill(target, run->target, count);
    else if (run->targets)
      copy(target, run->targets + from, count);
    else
      for (uint32_t i = 0; i < count; i++)
        target[i] = links->target[link[i]];
  }
  if (job->d->needs.partner)
    find_partners(job, b, b->count, count);
  b->count += count;
}

static void add_run(const due_job *job, batch *b, const link_run *run) {
  for (uint32_t from = 0; from < run->count;) {
    uint32_t room = NSA_TILE - b->count, count = run->count - from < room ? run->count - from : room;
    add_some(job, b, run, from, count);
    from += count;
    if (b->count == NSA_TILE)
      flush(job, b);
  }
}

/* ---- links that are due ---- */

static void add_indexed(const due_job *job, batch *b, uint32_t slice, uint32_t element) {
  const link_index *index = &job->d->index;
  uint64_t slot = (uint64_t)slice * job->d->keys + element;
  uint32_t begin = index->start[slot], end = index->start[slot + 1];
  if (job->d->delay)
    delays_narrow(job, &begin, &end);
  link_run run = {.count = end - begin, .source = NSA_NONE, .target = NSA_NONE};
  if (index->link)
    run.link = index->link + begin;
  if (index->to)
    run.targets = index->to + begin;
  if (job->d->arrival->side == NSA_SIDE_PRE)
    run.source = element;
  if (job->d->arrival->side == NSA_SIDE_POST)
    run.target = element;
  add_run(job, b, &run);
}

static void add_rows(const due_job *job, batch *b, uint32_t slice) {
  uint32_t first, last;
  delivery_links(job->s, job->d, slice, &first, &last);
  for (uint32_t i = 0; i < job->count; i++) {
    uint32_t begin = job->links->row[job->elements[i]], end = job->links->row[job->elements[i] + 1];
    if (begin < first || begin >= last)
      continue;
    link_run run = {.first = begin, .count = end - begin, .source = NSA_NONE, .target = job->elements[i]};
    add_run(job, b, &run);
  }
}

/* All links of a slice, target by target. */
static void add_all(const due_job *job, batch *b, uint32_t slice) {
  const uint32_t *row = job->links->row;
  uint32_t first, last, targets = job->s->populations[delivery_connection(job->s, job->d)->target.id].count;
  delivery_links(job->s, job->d, slice, &first, &last);
  for (uint32_t t = 0; t < targets; t++) {
    if (row[t] < first || row[t] >= last)
      continue;
    link_run run = {.first = row[t], .count = row[t + 1] - row[t], .source = NSA_NONE, .target = t};
    add_run(job, b, &run);
  }
}

void batch_deliver(const due_job *job, uint32_t slice) {
  batch *b = &job->d->batches[slice];
  b->updates_before = b->updates;
  if (!job->elements) {
    add_all(job, b, slice);
  } else if (!job->d->index.start) {
    add_rows(job, b, slice);
  } else {
    for (uint32_t i = 0; i < job->count; i++)
      add_indexed(job, b, slice, job->elements[i]);
  }
  flush(job, b);
}

/* The states that all links of an element task, behind the links. */
void batch_run_shared(sim *s, const due_job *job) {
  const nsa_arrival *a = job->d->arrival;
  batch *b = &job->d->batches[0];
  if (nsa_kernel_is_none(a->shared))
    return;
  uint32_t *elements = a->side == NSA_SIDE_PRE ? b->source : a->side == NSA_SIDE_POST ? b->target : b->partner;
  for (uint32_t from = 0; from < job->count; from += NSA_TILE) {
    uint32_t count = job->count - from < NSA_TILE ? job->count - from : NSA_TILE;
    nsa_range_out out = {0};
    pad_from(job, b, 0, count);
    for (uint32_t i = 0; i < sim_whole_vectors(count); i++) /* padding stands behind the last element */
      elements[i] = i < count ? job->elements[from + i] : job->d->keys;
    kernel_call(s, a->shared, b->shared_fields, &s->clock, 0, sim_whole_vectors(count), &out);
    if (out.nonfinite)
      bad_element_tell(s, job);
  }
}
