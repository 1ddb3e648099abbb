/* SPDX-License-Identifier: MIT */
#include "sidesum.h"

#include "events_internal.h"

#include <stdlib.h>
#include <string.h>

/* Links by the element that gives, in their own order: those of element e are [start[e], start[e + 1]). Where nothing
 * weighs them, neighbours to the same element are one entry that counts. */
typedef struct {
  uint32_t *start, *to;
  uint32_t *link;  /* where they are weighted, or have delays of their own */
  uint32_t *times; /* else */
} side_index;

struct side_sums {
  side_index *index; /* per sum of the program; empty where it is none of these */
  uint32_t count;
};

static uint32_t element_of(const sim *s, const nsa_link_sum *sum, const partner_lookup *look, uint32_t side, uint32_t link,
                           uint32_t target) {
  uint32_t source = s->links[sum->connection].source[link];
  return side == NSA_SIDE_PRE ? source : side == NSA_SIDE_POST ? target : partner_of_link(look, link, source, target);
}

/* Visits the links in order, first to count those of each element, then to place them. */
static void go_over(const sim *s, const nsa_link_sum *sum, side_index *index, bool is_placing) {
  const nsa_connection *c = &s->program->connections[sum->connection];
  const uint32_t *row = s->links[sum->connection].row;
  partner_lookup look = delivery_partners(s, c);
  for (uint32_t t = 0; t < s->populations[c->target].size; t++)
    for (uint32_t k = row[t]; k < row[t + 1]; k++) {
      uint32_t from = sum->source_term == NSA_NONE ? 0 : element_of(s, sum, &look, sum->from, k, t);
      uint32_t to = element_of(s, sum, &look, sum->to, k, t);
      if (from == NSA_NONE || to == NSA_NONE) continue;
      if (!is_placing) {
        index->start[from + 2]++;
        continue;
      }
      uint32_t at = index->start[from + 1]++;
      if (index->link) index->link[at] = k;
      index->to[at] = to;
    }
}

/* Entries move down to where there is room; the starts follow. */
static bool merge_equal(side_index *index, uint32_t keys) {
  uint32_t kept = 0, from = index->start[0];
  index->times = malloc(((size_t)index->start[keys] + 1) * sizeof *index->times);
  if (!index->times) return false;
  for (uint32_t e = 0; e < keys; e++) {
    uint32_t first = kept, to = index->start[e + 1];
    for (uint32_t k = from; k < to; k++) {
      if (kept > first && index->to[kept - 1] == index->to[k]) {
        index->times[kept - 1]++;
        continue;
      }
      index->to[kept] = index->to[k];
      index->times[kept++] = 1;
    }
    index->start[e] = first;
    from = to;
  }
  index->start[keys] = kept;
  return true;
}

static bool build(sim *s, const nsa_link_sum *sum, side_index *index) {
  const nsa_connection *c = &s->program->connections[sum->connection];
  uint32_t keys = sum->source_term == NSA_NONE ? 1 : s->populations[delivery_population(c, sum->from)].size;
  uint64_t links = s->links[sum->connection].count;
  index->start = calloc((size_t)keys + 3, sizeof *index->start);
  bool keeps_links = sum->weight != NSA_NONE || sim_has_own_delays(s->program, sum->delay);
  index->link = keeps_links ? malloc((links + 1) * sizeof *index->link) : NULL;
  index->to = malloc((links + 1) * sizeof *index->to);
  s->allocated += (keys + 2 * links) * sizeof(uint32_t);
  if (!index->start || (keeps_links && !index->link) || !index->to) return false;
  go_over(s, sum, index, false);
  for (uint32_t e = 0; e < keys; e++) index->start[e + 2] += index->start[e + 1];
  go_over(s, sum, index, true);
  return keeps_links || merge_equal(index, keys);
}

struct side_sums *side_sums_new(sim *s) {
  struct side_sums *sums = calloc(1, sizeof *sums);
  if (!sums) return NULL;
  sums->count = s->program->sums_count;
  sums->index = calloc((size_t)sums->count + 1, sizeof *sums->index);
  bool ok = sums->index != NULL;
  for (uint32_t i = 0; ok && i < sums->count; i++)
    if (sidesum_is(&s->program->sums[i])) ok = build(s, &s->program->sums[i], &sums->index[i]);
  if (ok) return sums;
  side_sums_free(sums);
  return NULL;
}

void side_sums_free(struct side_sums *sums) {
  if (!sums) return;
  for (uint32_t i = 0; sums->index && i < sums->count; i++) {
    free(sums->index[i].start);
    free(sums->index[i].link);
    free(sums->index[i].times);
    free(sums->index[i].to);
  }
  free(sums->index);
  free(sums);
}

static void add_links(const side_index *index, uint32_t element, double term, const double *weights, double *to) {
  uint32_t begin = index->start[element], end = index->start[element + 1];
  if (weights)
    for (uint32_t k = begin; k < end; k++) to[index->to[k]] += term * weights[index->link[k]];
  else
    for (uint32_t k = begin; k < end; k++) to[index->to[k]] += term * index->times[k];
}

void side_sum_run(const sim *s, const struct side_sums *sums, uint32_t i, const double *terms, const uint32_t *elements,
                  uint32_t count) {
  const nsa_link_sum *sum = &s->program->sums[i];
  const side_index *index = &sums->index[i];
  double *to = s->field_data[sum->sum];
  const double *weights = sum->weight == NSA_NONE ? NULL : s->field_data[sum->weight];
  memset(to, 0, s->field_count[sum->sum] * sizeof *to);
  if (!terms) add_links(index, 0, 1, weights, to);
  for (uint32_t k = 0; terms && k < count; k++) add_links(index, elements[k], terms[elements[k]], weights, to);
}

void side_sum_run_delayed(const sim *s, const struct side_sums *sums, uint32_t i, const delayed_terms *terms) {
  const nsa_link_sum *sum = &s->program->sums[i];
  const side_index *index = &sums->index[i];
  double *to = s->field_data[sum->sum];
  const double *weights = sum->weight == NSA_NONE ? NULL : s->field_data[sum->weight];
  uint32_t keys = s->populations[delivery_population(&s->program->connections[sum->connection], sum->from)].size;
  memset(to, 0, s->field_count[sum->sum] * sizeof *to);
  for (uint32_t e = 0; e < keys; e++)
    for (uint32_t k = index->start[e]; k < index->start[e + 1]; k++) {
      uint32_t link = index->link[k];
      uint64_t slot = (terms->done + terms->slots - (uint64_t)terms->delay[link]) % terms->slots;
      double term = terms->values[slot * terms->size + e];
      if (term != 0) to[index->to[k]] += weights ? term * weights[link] : term;
    }
}
