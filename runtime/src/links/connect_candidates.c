/* SPDX-License-Identifier: MIT */
/* connect_candidates.c - rules that ask a condition of all pairs: probability and where.
 *
 * What a pair is depends on the seed, the connection's name and the two elements alone, so that
 * threads test ranges of targets. */
#include "links/connect_build.h"

#include "base/memory.h"
#include "base/threads.h"
#include "links/connect_draw.h"
#include "links/connect_place.h"
#include "nsa_math.h"
#include "state/kernels.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- a tile of pairs ---- */

bool candidates_new(candidates *c, const link_builder *b, const nsa_rule *rule, const nsa_population *source,
                    const nsa_population *target) {
  const nsa_kernel *kernel = &b->s->program->kernels[rule->condition.id];
  size_t index_bytes = NSA_TILE * sizeof(uint32_t), value_bytes = NSA_TILE * sizeof(double);
  size_t bytes = 4 * index_bytes + 3 * value_bytes;
  *c = (candidates){.s = b->s, .rule = rule, .source = source, .target = target};
  c->source_here = &b->s->populations[source - b->s->program->populations];
  c->target_here = &b->s->populations[target - b->s->program->populations];
  c->memory = aligned_alloc(64, bytes);
  c->fields = malloc((kernel->slots_count + 1) * sizeof *c->fields);
  if (!c->memory || !c->fields) {
    candidates_free(c);
    return build_out_of_memory(b, bytes);
  }
  memset(c->memory, 0, bytes);
  c->sources = c->memory;
  c->targets = c->sources + NSA_TILE;
  c->source_entries = c->targets + NSA_TILE;
  c->target_entries = c->source_entries + NSA_TILE;
  c->result = (char *)c->memory + 4 * index_bytes;
  if (!nsa_field_is_none(rule->candidate_distance))
    c->distance = (double *)c->result + NSA_TILE;
  if (!nsa_field_is_none(rule->candidate_copy))
    c->copy = (double *)c->result + 2 * NSA_TILE;
  if (kernel->slots_count)
    memcpy(c->fields, b->s->kernel_fields[rule->condition.id], kernel->slots_count * sizeof *c->fields);
  sim_replace_field(kernel, c->fields, rule->candidate_source, c->source_entries);
  sim_replace_field(kernel, c->fields, rule->candidate_target, c->target_entries);
  sim_replace_field(kernel, c->fields, rule->candidate_distance, c->distance);
  sim_replace_field(kernel, c->fields, rule->candidate_copy, c->copy);
  sim_replace_field(kernel, c->fields, rule->result, c->result);
  return true;
}

void candidates_free(candidates *c) {
  free(c->memory);
  free(c->fields);
  c->memory = NULL;
  c->fields = NULL;
}

const void *candidates_evaluate(candidates *c, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    c->source_entries[i] = population_local(c->source_here, c->sources[i]);
    c->target_entries[i] = population_local(c->target_here, c->targets[i]);
  }
  for (uint64_t i = count; i < sim_padded(count); i++)
    c->source_entries[i] = c->target_entries[i] = 0; /* padding: valid ones */
  if (c->distance)
    place_distances(c->source, c->sources, c->target, c->targets, count, c->distance);
  nsa_range_out ignored = {0};
  kernel_call(c->s, c->rule->condition, c->fields, &c->s->state_clock, 0, sim_padded(count), &ignored);
  return c->result;
}

/* ---- all pairs ---- */

/* Which of the candidates, all of one target, are taken: a byte each. */
typedef const uint8_t *(*candidate_test)(const link_builder *b, const candidates *pairs, uint32_t count,
                                         uint8_t *taken);

static const uint8_t *drawn_ones(const link_builder *b, const candidates *pairs, uint32_t count, uint8_t *taken) {
  draw_decisions(b->key, pairs->sources, pairs->targets[0], pairs->result, count, taken);
  return taken;
}

static const uint8_t *true_ones(const link_builder *b, const candidates *pairs, uint32_t count, uint8_t *taken) {
  (void)b, (void)count, (void)taken;
  return pairs->result;
}

/* One thread's targets, and their links. */
typedef struct {
  link_builder *b;
  candidate_test test;
  candidates pairs;
  uint32_t *others;
  uint64_t count, capacity;
  bool is_full;       /* no memory left */
  bool is_improbable; /* a pair's probability is none: */
  uint32_t bad_source, bad_target;
  double bad_probability;
} pair_slice;

static bool make_room(pair_slice *slice, uint32_t count) {
  if (slice->count + count + NSA_PAD <= slice->capacity)
    return true;
  uint64_t capacity = slice->capacity + slice->capacity / 2 + 2 * NSA_TILE;
  if (!build_may_have(slice->b, capacity))
    return false;
  uint32_t *others = realloc(slice->others, (size_t)capacity * sizeof *others);
  if (!others)
    return false;
  slice->others = others;
  slice->capacity = capacity;
  return true;
}

/* Pairs that are no candidates may have any. */
static bool are_probabilities(pair_slice *slice, uint32_t target, uint32_t count) {
  const double *p = slice->pairs.result;
  bool good = true;
  for (uint32_t i = 0; i < count; i++)
    good &= is_probability(p[i]);
  for (uint32_t i = 0; i < count && !good && !slice->is_improbable; i++) {
    uint32_t source = slice->pairs.sources[i];
    if (is_probability(p[i]) || is_unwanted_self(slice->b, source, target))
      continue;
    slice->is_improbable = true;
    slice->bad_source = source;
    slice->bad_target = target;
    slice->bad_probability = p[i];
  }
  return !slice->is_improbable;
}

static bool test_tile(pair_slice *slice, uint32_t target, uint32_t count) {
  uint8_t taken[NSA_TILE];
  candidates *pairs = &slice->pairs;
  for (uint32_t i = 0; i < count; i++)
    pairs->targets[i] = target;
  candidates_evaluate(pairs, count);
  if (slice->test == drawn_ones && !are_probabilities(slice, target, count))
    return false;
  const uint8_t *is_taken = slice->test(slice->b, pairs, count, taken);
  slice->is_full = !make_room(slice, count);
  if (slice->is_full)
    return false;
  uint32_t self = is_unwanted_self(slice->b, target, target) ? target : NSA_NONE;
  uint64_t links = slice->count;
  for (uint32_t i = 0; i < count; i++) { /* without a branch */
    slice->others[links] = pairs->sources[i];
    links += is_taken[i] & (pairs->sources[i] != self);
  }
  slice->count = links;
  return true;
}

static void test_task(void *context, uint32_t number, uint32_t slices) {
  pair_slice *slice = (pair_slice *)context + number;
  const link_builder *b = slice->b;
  uint64_t first, last;
  thread_slice(b->row_count, number, slices, &first, &last);
  for (uint32_t row = (uint32_t)first; row < last && slice->count <= LINKS_MAX; row++) {
    uint32_t t = build_element(b, row);
    uint64_t before = slice->count;
    place_walk walk = place_walk_begin(b->target, t, b->source, b->connection->rule.reach);
    for (uint32_t count; (count = place_walk_next(&walk, NSA_TILE, slice->pairs.sources)) > 0;)
      if (!test_tile(slice, t, count))
        return;
    b->row[row + 1] = (uint32_t)(slice->count - before);
  }
}

/* Of the links from `from` on, to one target, those that fulfil the condition stay. */
static void keep_fulfilling(pair_slice *slice, uint32_t target, uint64_t from) {
  candidates *pairs = &slice->pairs;
  uint64_t kept = from;
  for (uint64_t at = from; at < slice->count; at += NSA_TILE) {
    uint32_t count = slice->count - at < NSA_TILE ? (uint32_t)(slice->count - at) : NSA_TILE;
    for (uint32_t i = 0; i < count; i++) {
      pairs->sources[i] = slice->others[at + i];
      pairs->targets[i] = target;
    }
    const uint8_t *holds = candidates_evaluate(pairs, count);
    for (uint32_t i = 0; i < count; i++)
      if (holds[i])
        slice->others[kept++] = pairs->sources[i];
  }
  slice->count = kept;
}

/* One probability for all pairs: draws say how many are passed over, so that each link costs one. */
static bool skip_row(pair_slice *slice, uint32_t target, double mean) {
  enum { MOST_AHEAD = 128 };
  const link_builder *b = slice->b;
  uint32_t self = is_unwanted_self(b, target, target) ? target : NSA_NONE;
  uint32_t ahead = b->other_count > 64 * mean ? MOST_AHEAD : 16; /* of many links few draws are too many */
  double gaps[MOST_AHEAD], size = b->other_count;
  int64_t at = -1, end = b->other_count;
  for (double draws = 0;; draws += ahead) {
    draw_gaps(b->key, target, draws, mean, ahead, gaps);
    if (!make_room(slice, ahead))
      return false;
    uint32_t *others = slice->others + slice->count, count = 0;
    for (uint32_t i = 0; i < ahead && at < end; i++) {
      at += 1 + (int64_t)(gaps[i] < size ? gaps[i] : size);
      others[count] = (uint32_t)at;
      count += at < end && (uint32_t)at != self;
    }
    slice->count += count;
    if (at >= end)
      return true;
  }
}

static void skip_share(void *context, uint32_t number, uint32_t slices) {
  pair_slice *slice = (pair_slice *)context + number;
  const link_builder *b = slice->b;
  double p = b->connection->rule.probability, mean = p < 1 ? -1 / nsa_log1p_1(-p) : 0;
  uint64_t first, last;
  thread_slice(b->row_count, number, slices, &first, &last);
  for (uint32_t row = (uint32_t)first; p > 0 && row < last && slice->count <= LINKS_MAX; row++) {
    uint32_t t = build_element(b, row);
    uint64_t before = slice->count;
    slice->is_full = !skip_row(slice, t, mean);
    if (slice->is_full)
      return;
    if (!nsa_kernel_is_none(b->connection->rule.condition))
      keep_fulfilling(slice, t, before);
    b->row[row + 1] = (uint32_t)(slice->count - before);
  }
}

/* The slices' links, one after the other, become the builder's. */
static bool join_shares(link_builder *b, pair_slice *slices, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (slices[i].is_full)
      return build_out_of_memory(b, (slices[i].capacity + slices[i].capacity / 2 + 3 * NSA_TILE) * sizeof *b->others);
    if (slices[i].is_improbable)
      return build_fail_probability(b, slices[i].bad_probability, slices[i].bad_source, slices[i].bad_target);
    b->count += slices[i].count;
  }
  if (b->count > LINKS_MAX)
    return build_fail(b, "it has more than %" PRIu32 " links", LINKS_MAX);
  if (!build_may_have(b, b->count))
    return build_out_of_memory(b, (b->count + NSA_PAD) * sizeof *b->others);
  uint32_t *others = memory_large((b->count + NSA_PAD) * sizeof *others);
  if (!others)
    return build_out_of_memory(b, b->count * sizeof *others);
  for (uint64_t i = 0, at = 0; i < count; i++) {
    if (slices[i].count)
      memcpy(others + at, slices[i].others, slices[i].count * sizeof *others);
    at += slices[i].count;
    free(slices[i].others);
    slices[i].others = NULL;
  }
  free(b->others);
  b->others = others;
  b->capacity = b->count;
  for (uint32_t t = 0; t < b->row_count; t++)
    b->row[t + 1] += b->row[t];
  return true;
}

/* test NULL: by the rule's one probability, and its condition where there is one. */
static bool test_all(link_builder *b, candidate_test test) {
  const nsa_rule *rule = &b->connection->rule;
  if (test && nsa_kernel_is_none(rule->condition))
    return build_fail(b, "its rule has no condition");
  if (!build_begin(b, true, 0))
    return false;
  uint32_t threads = thread_pool_count(b->s->pool);
  pair_slice *slices = calloc(threads, sizeof *slices);
  bool ok = slices || build_out_of_memory(b, threads * sizeof *slices);
  for (uint32_t i = 0; ok && i < threads; i++) {
    slices[i].b = b;
    slices[i].test = test;
    ok = nsa_kernel_is_none(rule->condition) || candidates_new(&slices[i].pairs, b, rule, b->source, b->target);
  }
  if (ok) {
    thread_pool_run(b->s->pool, test ? test_task : skip_share, slices);
    ok = join_shares(b, slices, threads);
  }
  for (uint32_t i = 0; slices && i < threads; i++) {
    candidates_free(&slices[i].pairs);
    free(slices[i].others);
  }
  free(slices);
  return ok;
}

bool rule_probability(link_builder *b) {
  const nsa_rule *rule = &b->connection->rule;
  if (rule->probability > 1)
    return build_fail_value(b, "its probability is %.9g; it must lie between 0 and 1", rule->probability);
  return test_all(b, rule->probability >= 0 ? NULL : drawn_ones);
}
bool rule_where(link_builder *b) { return test_all(b, true_ones); }
