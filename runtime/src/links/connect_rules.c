/* SPDX-License-Identifier: MIT */
/* connect_rules.c - the rules that are geometry, and graphs that grow. */
#include "links/connect_build.h"

#include "links/connect_place.h"
#include "nsa_math.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool rule_one_to_one(link_builder *b) {
  uint32_t n = place_size(b->target);
  if (place_size(b->source) != n)
    return build_fail(b, "one_to_one needs populations of one size; '%s' has %" PRIu32 ", '%s' has %" PRIu32,
                      b->source->name, place_size(b->source), b->target->name, n);
  if (!build_begin(b, true, build_expected(b)))
    return false;
  for (uint32_t row = 0; row < b->row_count; row++) {
    uint32_t t = build_element(b, row);
    if (!is_unwanted_self(b, t, t) && !build_add(b, t))
      return false;
    build_end_row(b, row);
  }
  return true;
}

bool rule_all_to_all(link_builder *b) {
  uint64_t sources = place_size(b->source), all = sources * place_size(b->target);
  if (all > LINKS_MAX)
    return build_fail(b, "all_to_all makes %" PRIu64 " links; %" PRIu32 " are possible", all, LINKS_MAX);
  if (!build_begin(b, true, build_expected(b)))
    return false;
  for (uint32_t row = 0; row < b->row_count; row++) {
    for (uint32_t i = 0; i < sources; i++)
      if (!is_unwanted_self(b, i, build_element(b, row)) && !build_add(b, i))
        return false;
    build_end_row(b, row);
  }
  return true;
}

/* ---- growing graphs ---- */

typedef struct {
  link_builder *b;
  uint32_t m;
  uint32_t *ends; /* both ends of each edge: an element stands there as often as it has edges */
  uint64_t count;
} growth;

static bool is_picked(const uint32_t *picked, uint32_t count, uint32_t element) {
  for (uint32_t i = 0; i < count; i++)
    if (picked[i] == element)
      return true;
  return false;
}

/* Element i takes m different earlier ones, each with probability proportional to its edges so far. */
static void attach(growth *g, uint32_t i) {
  uint32_t *picked = g->ends + g->count + g->m, taken = 0; /* behind the m ends that are i's own */
  for (double draw = 0; taken < g->m; draw++) {
    double at = nsa_rand_uniform_1(g->b->key, i, draw, 0, 0, (double)g->count);
    uint32_t other = g->ends[(uint64_t)at < g->count ? (uint64_t)at : g->count - 1];
    if (!is_picked(picked, taken, other))
      picked[taken++] = other;
  }
  for (uint32_t k = 0; k < g->m; k++)
    g->ends[g->count + k] = i;
  g->count += 2 * (uint64_t)g->m;
}

static void grow(growth *g, uint32_t size) {
  for (uint32_t i = 0; i <= g->m; i++)
    for (uint32_t j = 0; j < i; j++) {
      g->ends[g->count++] = i;
      g->ends[g->count++] = j;
    }
  for (uint32_t i = g->m + 1; i < size; i++)
    attach(g, i);
}

/* An edge of the growing graph: the start's stand in pairs, those of a later element m by m. */
static void edge_at(const growth *g, uint64_t edge, uint32_t *a, uint32_t *b) {
  uint64_t start = (uint64_t)g->m * (g->m + 1) / 2;
  uint64_t at = edge < start ? 2 * edge : 2 * start + (edge - start) / g->m * 2 * g->m + (edge - start) % g->m;
  *a = g->ends[at];
  *b = g->ends[at + (edge < start ? 1 : g->m)];
}

/* Both directions of each edge become links of their targets, as far as these are here. */
static bool add_edges(link_builder *b, const growth *g) {
  uint32_t n = b->row_count;
  for (uint64_t e = 0; e < g->count; e++)
    if (population_has(b->targets, g->ends[e]))
      b->row[population_local(b->targets, g->ends[e]) + 1]++;
  for (uint32_t t = 0; t < n; t++)
    b->row[t + 1] += b->row[t];
  uint32_t *next = malloc(((size_t)n + 1) * sizeof *next);
  if (!next)
    return build_out_of_memory(b, ((uint64_t)n + 1) * sizeof *next);
  memcpy(next, b->row, n * sizeof *next);
  for (uint64_t e = 0; e < g->count / 2; e++) {
    uint32_t ends[2];
    edge_at(g, e, &ends[0], &ends[1]);
    for (int k = 0; k < 2; k++)
      if (population_has(b->targets, ends[k]))
        b->others[next[population_local(b->targets, ends[k])]++] = ends[1 - k];
  }
  b->count = b->row[n];
  free(next);
  return true;
}

static int ascending(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* Barabasi and Albert, Science 286:509 (1999), from a complete graph of m + 1 elements. */
bool rule_scale_free(link_builder *b) {
  uint32_t n = place_size(b->target), m = b->connection->rule.degree;
  if (b->connection->source != b->connection->target || m == 0 || n <= m)
    return build_fail(b, "scale_free(%" PRIu32 ") needs one population of more elements", m);
  uint64_t ends = build_expected(b); /* each end of an edge is the target of one link */
  if (ends > LINKS_MAX)
    return build_fail(b, "it makes %" PRIu64 " links; %" PRIu32 " are possible", ends, LINKS_MAX);
  if (!build_begin(b, true, ends))
    return false;
  growth g = {.b = b, .m = m, .ends = malloc((ends + 1) * sizeof *g.ends)};
  if (!g.ends)
    return build_out_of_memory(b, ends * sizeof *g.ends);
  grow(&g, n);
  bool ok = add_edges(b, &g);
  free(g.ends);
  for (uint32_t t = 0; ok && t < b->row_count; t++)
    qsort(b->others + b->row[t], b->row[t + 1] - b->row[t], sizeof *b->others, ascending);
  return ok;
}

/* ---- geometry ---- */

bool rule_neighbours(link_builder *b) {
  uint32_t degree = b->connection->rule.degree;
  if (b->source->rows != b->target->rows || b->source->cols != b->target->cols)
    return build_fail(
        b, "neighbours needs grids of one size; '%s' has %" PRIu32 " x %" PRIu32 ", '%s' has %" PRIu32 " x %" PRIu32,
        b->source->name, b->source->rows, b->source->cols, b->target->name, b->target->rows, b->target->cols);
  if (!build_begin(b, true, build_expected(b)))
    return false;
  for (uint32_t row = 0; row < b->row_count; row++) {
    for (int dr = -1; dr <= 1; dr++)
      for (int dc = -1; dc <= 1; dc++) {
        if ((dr == 0 && dc == 0) || (degree == 4 && dr != 0 && dc != 0))
          continue;
        uint32_t other = place_shift(b->source, build_element(b, row), dr, dc);
        if (other != NSA_NONE && !build_add(b, other))
          return false;
      }
    build_end_row(b, row);
  }
  return true;
}

/* Tile number `tile` of the coarse grid takes these rows and columns of the fine one. */
static bool add_tile(link_builder *b, const nsa_population *coarse, const nsa_population *fine, uint32_t tile) {
  const nsa_rule *rule = &b->connection->rule;
  uint64_t top = (uint64_t)(tile / coarse->cols) * rule->stride, left = (uint64_t)(tile % coarse->cols) * rule->stride;
  for (uint64_t row = top; row < top + rule->tile_rows && row < fine->rows; row++)
    for (uint64_t col = left; col < left + rule->tile_cols && col < fine->cols; col++) {
      uint32_t other = (uint32_t)(row * fine->cols + col);
      if (!is_unwanted_self(b, other, tile) && !build_add(b, other))
        return false;
    }
  return true;
}

/* The smaller population has the tiles: each of its elements is linked with those of one tile of the
 * larger one, in the direction of the connection. */
bool rule_tiles(link_builder *b) {
  bool by_target = place_size(b->target) <= place_size(b->source);
  const nsa_population *coarse = by_target ? b->target : b->source, *fine = by_target ? b->source : b->target;
  if (!build_begin(b, by_target, build_expected(b)))
    return false;
  for (uint32_t row = 0; row < b->row_count; row++) {
    if (!add_tile(b, coarse, fine, build_element(b, row)))
      return false;
    build_end_row(b, row);
  }
  return true;
}

/* Each element of the larger population is linked with the nearest of the smaller one. */
bool rule_nearest(link_builder *b) {
  bool by_target = place_size(b->target) > place_size(b->source);
  const nsa_population *side = by_target ? b->target : b->source, *other = by_target ? b->source : b->target;
  bool is_other = b->connection->source == b->connection->target && !b->connection->allow_self;
  if (!build_begin(b, by_target, build_expected(b)))
    return false;
  for (uint32_t row = 0; row < b->row_count; row++) {
    uint32_t i = build_element(b, row);
    uint32_t nearest = is_other ? place_nearest_other(side, i) : place_nearest(side, i, other);
    if (nearest != NSA_NONE && !build_add(b, nearest))
      return false;
    build_end_row(b, row);
  }
  return true;
}
