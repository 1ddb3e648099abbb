/* SPDX-License-Identifier: MIT */
/* sidesum.c - see sidesum.h. */
#include "sums/sidesum.h"

#include "base/costs.h"
#include "base/threads.h"
#include "links/link_index.h"
#include "links/link_slices.h"

#include <stdlib.h>
#include <string.h>

/* The elements that links of a strip go to lie in [first, end). */
typedef struct {
  uint32_t first, end;
} reach;

/* Links by the element that gives, cut into slices of whole strips; where nothing weighs them, neighbours to the same
 * element in the same strip are one entry that counts. Sums of targets, which are in one strip each, need none. */
typedef struct {
  link_index links;
  uint32_t *times;             /* NULL where they are weighted, or have delays of their own */
  uint32_t slices, keys, size; /* elements that give, and that get */
  uint32_t *bounds;            /* slices + 1 targets */
  bool is_stripped;
  link_strips strips;
  reach *reaches; /* per strip */
} side_index;

struct side_sums {
  side_index *index; /* per sum of the program; empty where it is none of these */
  uint32_t count;
  double *partial; /* [strip][element] of the sum that is made: 0 between two */
};

/* ---- set-up ---- */

static uint32_t count_different(const link_index *links, uint64_t keys) {
  uint32_t count = 0;
  for (uint64_t e = 0; e < keys; e++)
    for (uint32_t k = links->start[e]; k < links->start[e + 1]; k++)
      count += k == links->start[e] || links->to[k - 1] != links->to[k];
  return count;
}

/* Entries move down to where there is room; the starts follow. */
static bool merge_equal(side_index *index, uint64_t keys) {
  uint32_t kept = 0, from = index->links.start[0];
  index->times = malloc(((size_t)count_different(&index->links, keys) + 1) * sizeof *index->times);
  if (!index->times)
    return false;
  for (uint64_t e = 0; e < keys; e++) {
    uint32_t first = kept, to = index->links.start[e + 1];
    for (uint32_t k = from; k < to; k++) {
      if (kept > first && index->links.to[kept - 1] == index->links.to[k]) {
        index->times[kept - 1]++;
        continue;
      }
      index->links.to[kept] = index->links.to[k];
      index->times[kept++] = 1;
    }
    index->links.start[e] = first;
    from = to;
  }
  index->links.start[keys] = kept;
  uint32_t *shrunk = realloc(index->links.to, ((size_t)kept + 1) * sizeof *shrunk);
  if (shrunk)
    index->links.to = shrunk;
  return true;
}

static uint32_t giver(const nsa_link_sum *sum) {
  return nsa_field_is_none(sum->source_term) ? LINK_INDEX_ALL : sum->from;
}

static bool cut_slices(const sim *s, const nsa_link_sum *sum, side_index *index) {
  index->slices = link_slices_count(s, sum->connection);
  index->bounds = calloc((size_t)index->slices + 1, sizeof *index->bounds);
  if (index->bounds)
    link_slices_cut(s, sum->connection, SLICES_OF_STRIPS, index->slices, index->bounds);
  return index->bounds != NULL;
}

static bool find_reaches(side_index *index) {
  index->reaches = calloc(index->strips.count, sizeof *index->reaches);
  if (!index->reaches)
    return false;
  for (uint32_t strip = 0; strip < index->strips.count; strip++)
    index->reaches[strip].first = index->size;
  for (uint32_t k = 0; k < index->links.start[(uint64_t)index->slices * index->keys]; k++) {
    reach *r = &index->reaches[index->links.to[k] / index->size];
    uint32_t element = index->links.to[k] % index->size;
    if (element < r->first)
      r->first = element;
    if (element >= r->end)
      r->end = element + 1;
  }
  return true;
}

static bool build(sim *s, const nsa_link_sum *sum, side_index *index) {
  const nsa_connection *c = &s->program->connections[sum->connection.id];
  index->is_stripped = sum->to != NSA_SIDE_POST;
  index->strips = link_strips_of(&s->populations[c->target.id]);
  index->keys = link_index_keys(s, c, giver(sum));
  index->size = link_index_keys(s, c, sum->to);
  if ((uint64_t)index->size * index->strips.count > UINT32_MAX || !cut_slices(s, sum, index))
    return false;
  link_index_request request = {.connection = sum->connection,
                                .from = giver(sum),
                                .to = sum->to,
                                .slices = index->slices,
                                .bounds = index->bounds,
                                .keeps_to = true,
                                .strips = index->is_stripped ? &index->strips : NULL};
  request.keeps_links = !nsa_field_is_none(sum->weight) || sim_has_own_delays(s->program, sum->delay);
  if (!link_index_make(s, &request, &index->links) || (index->is_stripped && !find_reaches(index)))
    return false;
  return request.keeps_links || merge_equal(index, (uint64_t)index->slices * index->keys);
}

static bool make_partial(sim *s, struct side_sums *sums) {
  uint64_t most = 0;
  for (uint32_t i = 0; i < sums->count; i++) {
    uint64_t slots = sums->index[i].is_stripped ? (uint64_t)sums->index[i].size * sums->index[i].strips.count : 0;
    if (slots > most)
      most = slots;
  }
  sums->partial = calloc((size_t)most + 1, sizeof *sums->partial); /* pages that no link reaches stay unused */
  s->allocated += most * sizeof *sums->partial;
  return sums->partial != NULL;
}

struct side_sums *side_sums_new(sim *s) {
  struct side_sums *sums = calloc(1, sizeof *sums);
  if (!sums)
    return NULL;
  sums->count = s->program->sums_count;
  sums->index = calloc((size_t)sums->count + 1, sizeof *sums->index);
  bool ok = sums->index != NULL;
  for (uint32_t i = 0; ok && i < sums->count; i++)
    if (sidesum_is(&s->program->sums[i]))
      ok = build(s, &s->program->sums[i], &sums->index[i]);
  if (ok && make_partial(s, sums))
    return sums;
  side_sums_free(sums);
  return NULL;
}

void side_sums_free(struct side_sums *sums) {
  if (!sums)
    return;
  for (uint32_t i = 0; sums->index && i < sums->count; i++) {
    link_index_free(&sums->index[i].links);
    free(sums->index[i].times);
    free(sums->index[i].bounds);
    free(sums->index[i].reaches);
  }
  free(sums->index);
  free(sums->partial);
  free(sums);
}

/* ---- a sum ---- */

typedef struct {
  const side_index *index;
  const double *terms, *weights; /* terms NULL: 1 of each link; weights NULL: 1 */
  const uint32_t *elements;      /* that give; NULL: all */
  uint32_t count;
  const delayed_terms *delayed; /* NULL: the terms of now */
  double *to, *partial;
} side_job;

static void add_links(const side_job *job, const uint32_t *start, uint32_t element, double term, double *to) {
  const side_index *index = job->index;
  uint32_t begin = start[element], end = start[element + 1];
  if (job->weights)
    for (uint32_t k = begin; k < end; k++)
      to[index->links.to[k]] += term * job->weights[index->links.link[k]];
  else
    for (uint32_t k = begin; k < end; k++)
      to[index->links.to[k]] += term * index->times[k];
}

static void add_delayed(const side_job *job, const uint32_t *start, uint32_t element, double *to) {
  const side_index *index = job->index;
  const delayed_terms *terms = job->delayed;
  for (uint32_t k = start[element]; k < start[element + 1]; k++) {
    uint32_t link = index->links.link[k];
    uint64_t slot = (terms->done + terms->slots - (uint64_t)terms->delay[link]) % terms->slots;
    double term = terms->values[slot * terms->size + element];
    if (term != 0)
      to[index->links.to[k]] += job->weights ? term * job->weights[link] : term;
  }
}

static void add_slice(const side_job *job, uint32_t slice) {
  const side_index *index = job->index;
  const uint32_t *start = index->links.start + (uint64_t)slice * index->keys;
  double *to = index->is_stripped ? job->partial : job->to;
  if (!index->is_stripped)
    memset(to + index->bounds[slice], 0, (index->bounds[slice + 1] - index->bounds[slice]) * sizeof *to);
  if (job->delayed)
    for (uint32_t e = 0; e < index->keys; e++)
      add_delayed(job, start, e, to);
  else if (!job->terms)
    add_links(job, start, 0, 1, to);
  else
    for (uint32_t k = 0; k < job->count; k++)
      add_links(job, start, job->elements[k], job->terms[job->elements[k]], to);
}

static void add_task(void *context, uint32_t task, uint32_t tasks) {
  const side_job *job = context;
  for (uint32_t slice = task; slice < job->index->slices; slice += tasks)
    add_slice(job, slice);
}

/* Elements [first, last): their strips, one after the other. */
static void join_strips(const side_job *job, uint64_t first, uint64_t last) {
  const side_index *index = job->index;
  memset(job->to + first, 0, (size_t)(last - first) * sizeof *job->to);
  for (uint32_t strip = 0; strip < index->strips.count; strip++) {
    double *partial = job->partial + (uint64_t)strip * index->size;
    uint64_t begin = index->reaches[strip].first > first ? index->reaches[strip].first : first;
    uint64_t end = index->reaches[strip].end < last ? index->reaches[strip].end : last;
    for (uint64_t e = begin; e < end; e++) {
      job->to[e] += partial[e];
      partial[e] = 0;
    }
  }
}

static void join_task(void *context, uint32_t task, uint32_t tasks) {
  const side_job *job = context;
  uint64_t first, last;
  thread_slice(job->index->size, task, tasks, &first, &last);
  join_strips(job, first, last);
}

static void run(sim *s, const struct side_sums *sums, uint32_t i, side_job *job) {
  const nsa_link_sum *sum = &s->program->sums[i];
  job->index = &sums->index[i];
  job->weights = nsa_field_is_none(sum->weight) ? NULL : s->field_data[sum->weight.id];
  job->to = s->field_data[sum->sum.id];
  job->partial = sums->partial;
  double fraction = job->terms ? (double)job->count / job->index->keys : 1;
  double links = job->index->slices > 1 ? fraction * (double)s->links[sum->connection.id].count : 0;
  thread_pool_run_if_worth(s->pool, COST_OF_SIDE_LINK * links, add_task, job);
  if (!job->index->is_stripped)
    return;
  double entries = (double)job->index->size * job->index->strips.count;
  thread_pool_run_if_worth(s->pool, COST_OF_STRIP_ENTRY * entries, join_task, job);
}

void side_sum_run(sim *s, const struct side_sums *sums, uint32_t i, const double *terms, const uint32_t *elements,
                  uint32_t count) {
  side_job job = {.terms = terms, .elements = elements, .count = count};
  run(s, sums, i, &job);
}

void side_sum_run_delayed(sim *s, const struct side_sums *sums, uint32_t i, const delayed_terms *terms) {
  side_job job = {.delayed = terms};
  run(s, sums, i, &job);
}
