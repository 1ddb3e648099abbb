/* SPDX-License-Identifier: MIT */
/* connect_build.c - see connect_build.h. */
#include "links/connect_build.h"

#include "base/memory.h"
#include "links/connect.h"
#include "links/connect_place.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static bool fail(const link_builder *b, const char *format, va_list args) {
  const nsa_place *at = &b->connection->at;
  const nsa_program *p = b->s->program;
  const char *path = at->file < p->files_count && p->files[at->file].path ? p->files[at->file].path : "model";
  int n = snprintf(b->error, SIM_ERROR_SIZE, "%.200s:%" PRIu32 ":%" PRIu32 ": connection '%.64s': ", path, at->line,
                   at->column, b->connection->name ? b->connection->name : "?");
  if (n > 0 && n < SIM_ERROR_SIZE)
    vsnprintf(b->error + n, SIM_ERROR_SIZE - (size_t)n, format, args);
  return false;
}

bool build_fail(const link_builder *b, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fail(b, format, args);
  va_end(args);
  return false;
}

bool build_fail_value(const link_builder *b, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fail(b, format, args);
  va_end(args);
  b->s->has_bad_value = true;
  b->s->failure.at = b->connection->at;
  return false;
}

bool build_fail_probability(const link_builder *b, double p, uint32_t source, uint32_t target) {
  return build_fail_value(
      b, "the probability of source %" PRIu32 ", target %" PRIu32 " is %.9g; it must lie between 0 and 1", source,
      target, p);
}

bool build_may_have(const link_builder *b, uint64_t links) {
  return !b->s->most_memory || (links + NSA_PAD) * sizeof *b->others + b->s->allocated <= b->s->most_memory;
}

bool build_out_of_memory(const link_builder *b, uint64_t bytes) {
  const sim *s = b->s;
  if (s->most_memory && bytes + s->allocated > s->most_memory)
    return build_fail(b,
                      "room for %" PRIu64 " links x %zu bytes, with %.3g GB that are taken already, is above the limit "
                      "of %.3g GB (--max-memory)",
                      bytes / sizeof *b->others, sizeof *b->others, 1e-9 * (double)s->allocated,
                      1e-9 * (double)s->most_memory);
  return build_fail(b, "out of memory: its links need %" PRIu64 " bytes (%" PRIu64 " bytes were allocated before)",
                    bytes, s->allocated);
}

/* Kernels will read the array in aligned vectors: not by realloc. */
bool build_reserve(link_builder *b, uint64_t capacity) {
  if (capacity > LINKS_MAX)
    capacity = LINKS_MAX;
  if (!build_may_have(b, capacity))
    return build_out_of_memory(b, (capacity + NSA_PAD) * sizeof *b->others);
  uint32_t *others = memory_large((capacity + NSA_PAD) * sizeof *others);
  if (!others)
    return build_out_of_memory(b, capacity * sizeof *others);
  if (b->count)
    memcpy(others, b->others, b->count * sizeof *others);
  free(b->others);
  b->others = others;
  b->capacity = capacity;
  return true;
}

uint64_t build_expected(const link_builder *b) {
  return (uint64_t)connect_expected_links(b->s->program, b->connection);
}

bool build_begin(link_builder *b, bool by_target, uint64_t expected) {
  b->by_target = by_target;
  b->row_count = by_target ? b->targets->count : place_size(b->source);
  b->other_count = place_size(by_target ? b->source : b->target);
  b->row = calloc((size_t)b->row_count + 1, sizeof *b->row);
  if (!b->row)
    return build_out_of_memory(b, ((uint64_t)b->row_count + 1) * sizeof *b->row);
  if (b->is_counting) {
    b->count_of_other = calloc((size_t)b->sources->count + 1, sizeof *b->count_of_other);
    return b->count_of_other || build_out_of_memory(b, b->other_count * sizeof *b->count_of_other);
  }
  return build_reserve(b, expected);
}

bool build_add(link_builder *b, uint32_t other) {
  if (b->count == LINKS_MAX)
    return build_fail(b, "it has more than %" PRIu32 " links", LINKS_MAX);
  if (b->is_counting) {
    b->count_of_other[population_local(b->sources, other)]++;
  } else {
    if (b->count == b->capacity && !build_reserve(b, b->capacity + b->capacity / 2 + 1024))
      return false;
    b->others[b->count] = other;
  }
  b->count++;
  return true;
}

void build_end_row(link_builder *b, uint32_t row) { b->row[row + 1] = (uint32_t)b->count; }

bool build_by_target(link_builder *b) {
  if (b->by_target || b->is_counting)
    return true;
  uint32_t targets = b->targets->count;
  uint64_t bytes = (b->count + NSA_PAD) * sizeof(uint32_t);
  uint32_t *row = calloc((size_t)targets + 2, sizeof *row);
  uint32_t *sources = memory_large(bytes);
  if (!row || !sources) {
    free(row);
    free(sources);
    return build_out_of_memory(b, bytes);
  }
  for (uint64_t k = 0; k < b->count; k++)
    if (population_has(b->targets, b->others[k]))
      row[population_local(b->targets, b->others[k]) + 2]++;
  for (uint32_t t = 0; t < targets; t++)
    row[t + 2] += row[t + 1];
  for (uint32_t source = 0; source < b->row_count; source++) /* row[t + 1] moves from t's begin to its end */
    for (uint32_t k = b->row[source]; k < b->row[source + 1]; k++)
      if (population_has(b->targets, b->others[k]))
        sources[row[population_local(b->targets, b->others[k]) + 1]++] = source;
  free(b->row);
  free(b->others);
  b->row = row;
  b->others = sources;
  b->by_target = true;
  b->capacity = b->count;
  b->count = row[targets];
  b->other_count = b->row_count;
  b->row_count = targets;
  return true;
}

void build_free(link_builder *b) {
  free(b->row);
  free(b->others);
  free(b->count_of_other);
}

static uint64_t hash_on(uint64_t hash, const char *text) { /* FNV-1a */
  for (; text && *text; text++)
    hash = (hash ^ (uint8_t)*text) * UINT64_C(1099511628211);
  return hash;
}

uint64_t build_key(const link_builder *b, const char *part) {
  return b->s->seed ^ hash_on(hash_on(UINT64_C(14695981039346656037), b->connection->name), part);
}
