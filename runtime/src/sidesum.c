/* SPDX-License-Identifier: MIT */
#include "sidesum.h"

#include "link_index.h"

#include <stdlib.h>
#include <string.h>

/* Links by the element that gives; where nothing weighs them, neighbours to the same element are one entry that counts. */
typedef struct {
  link_index links;
  uint32_t *times; /* NULL where they are weighted, or have delays of their own */
} side_index;

struct side_sums {
  side_index *index; /* per sum of the program; empty where it is none of these */
  uint32_t count;
};

static uint32_t count_different(const link_index *links, uint32_t keys) {
  uint32_t count = 0;
  for (uint32_t e = 0; e < keys; e++)
    for (uint32_t k = links->start[e]; k < links->start[e + 1]; k++) count += k == links->start[e] || links->to[k - 1] != links->to[k];
  return count;
}

/* Entries move down to where there is room; the starts follow. */
static bool merge_equal(side_index *index, uint32_t keys) {
  uint32_t kept = 0, from = index->links.start[0];
  index->times = malloc(((size_t)count_different(&index->links, keys) + 1) * sizeof *index->times);
  if (!index->times) return false;
  for (uint32_t e = 0; e < keys; e++) {
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
  if (shrunk) index->links.to = shrunk;
  return true;
}

static uint32_t giver(const nsa_link_sum *sum) { return sum->source_term == NSA_NONE ? LINK_INDEX_ALL : sum->from; }

static bool build(sim *s, const nsa_link_sum *sum, side_index *index) {
  link_index_request request = {.connection = sum->connection, .from = giver(sum), .to = sum->to, .parts = 1, .keeps_to = true};
  request.keeps_links = sum->weight != NSA_NONE || sim_has_own_delays(s->program, sum->delay);
  if (!link_index_make(s, &request, &index->links)) return false;
  return request.keeps_links ||
         merge_equal(index, link_index_keys(s, &s->program->connections[sum->connection], request.from));
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
    link_index_free(&sums->index[i].links);
    free(sums->index[i].times);
  }
  free(sums->index);
  free(sums);
}

static void add_links(const side_index *index, uint32_t element, double term, const double *weights, double *to) {
  uint32_t begin = index->links.start[element], end = index->links.start[element + 1];
  if (weights)
    for (uint32_t k = begin; k < end; k++) to[index->links.to[k]] += term * weights[index->links.link[k]];
  else
    for (uint32_t k = begin; k < end; k++) to[index->links.to[k]] += term * index->times[k];
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
  uint32_t keys = link_index_keys(s, &s->program->connections[sum->connection], sum->from);
  memset(to, 0, s->field_count[sum->sum] * sizeof *to);
  for (uint32_t e = 0; e < keys; e++)
    for (uint32_t k = index->links.start[e]; k < index->links.start[e + 1]; k++) {
      uint32_t link = index->links.link[k];
      uint64_t slot = (terms->done + terms->slots - (uint64_t)terms->delay[link]) % terms->slots;
      double term = terms->values[slot * terms->size + e];
      if (term != 0) to[index->links.to[k]] += weights ? term * weights[link] : term;
    }
}
