/* SPDX-License-Identifier: MIT */
/* connect_graph.c - rules that make graphs within one population. Both directions of each edge become links. */
#include "links/connect_build.h"

#include "links/connect_place.h"
#include "nsa_math.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- edges ---- */

typedef struct {
  link_builder *b;
  uint32_t m;
  uint32_t *ends;  /* both ends of each edge: an element stands there as often as it has edges */
  uint64_t count;  /* of ends */
  uint64_t paired; /* edges whose ends stand side by side; later ones m by m: the ends of one side, then the others */
} graph;

static void edge_at(const graph *g, uint64_t edge, uint32_t *a, uint32_t *b) {
  bool is_paired = edge < g->paired;
  uint64_t later = is_paired ? 0 : edge - g->paired;
  uint64_t at = is_paired ? 2 * edge : 2 * g->paired + later / g->m * 2 * g->m + later % g->m;
  *a = g->ends[at];
  *b = g->ends[at + (is_paired ? 1 : g->m)];
}

/* The links of the targets that are here. */
static bool add_edges(link_builder *b, const graph *g) {
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

/* Room for a graph of so many ends; each end of an edge is the target of one link. */
static bool begin_graph(graph *g, link_builder *b, uint64_t ends) {
  if (ends > LINKS_MAX)
    return build_fail(b, "it makes %" PRIu64 " links; %" PRIu32 " are possible", ends, LINKS_MAX);
  if (!build_begin(b, true, ends))
    return false;
  *g = (graph){.b = b, .m = b->connection->rule.degree, .ends = malloc((ends + 1) * sizeof *g->ends)};
  return g->ends || build_out_of_memory(b, ends * sizeof *g->ends);
}

static bool end_graph(graph *g) {
  link_builder *b = g->b;
  bool ok = add_edges(b, g);
  for (uint32_t t = 0; ok && t < b->row_count; t++)
    qsort(b->others + b->row[t], b->row[t + 1] - b->row[t], sizeof *b->others, ascending);
  return ok;
}

/* ---- graphs that grow ---- */

static bool is_picked(const uint32_t *picked, uint32_t count, uint32_t element) {
  for (uint32_t i = 0; i < count; i++)
    if (picked[i] == element)
      return true;
  return false;
}

/* Element i takes m different earlier ones, each with probability proportional to its edges so far. */
static void attach(graph *g, uint32_t i) {
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

static void grow(graph *g, uint32_t size) {
  for (uint32_t i = 0; i <= g->m; i++)
    for (uint32_t j = 0; j < i; j++) {
      g->ends[g->count++] = i;
      g->ends[g->count++] = j;
    }
  g->paired = g->count / 2;
  for (uint32_t i = g->m + 1; i < size; i++)
    attach(g, i);
}

/* Barabasi and Albert, Science 286:509 (1999), from a complete graph of m + 1 elements. */
bool rule_scale_free(link_builder *b) {
  uint32_t n = place_size(b->target), m = b->connection->rule.degree;
  if (!nsa_population_is(b->connection->source, b->connection->target) || m == 0 || n <= m)
    return build_fail(b, "scale_free(%" PRIu32 ") needs one population of more elements", m);
  graph g = {0};
  bool ok = begin_graph(&g, b, build_expected(b));
  if (ok) {
    grow(&g, n);
    ok = end_graph(&g);
  }
  free(g.ends);
  return ok;
}

/* ---- small worlds ---- */

typedef struct {
  uint32_t size, laps; /* elements; half of k: edges that begin at each */
  uint32_t *far;       /* of edge `lap` of element i, which begins at i: far[i * laps + lap] */
  uint32_t *degree;
} ring;

static bool has_edge(const ring *r, uint32_t a, uint32_t b) {
  for (uint32_t lap = 0; lap < r->laps; lap++)
    if (r->far[(uint64_t)a * r->laps + lap] == b || r->far[(uint64_t)b * r->laps + lap] == a)
      return true;
  return false;
}

/* The edge ends at another element instead, each as likely; one that is linked with all others keeps it. */
static void rewire(ring *r, uint64_t key, uint32_t i, uint32_t lap) {
  uint32_t *far = &r->far[(uint64_t)i * r->laps + lap];
  if (r->degree[i] == r->size - 1)
    return;
  for (double draw = 2 * lap + 1;; draw += 2.0 * r->laps) {
    double at = nsa_rand_uniform_1(key, i, draw, 0, 0, (double)r->size);
    uint32_t other = (uint64_t)at < r->size ? (uint32_t)at : r->size - 1;
    if (other == i || has_edge(r, i, other))
      continue;
    r->degree[*far]--;
    r->degree[other]++;
    *far = other;
    return;
  }
}

/* One lap after the other: the edges to the next elements, then those to the ones behind, ... */
static void rewire_all(ring *r, uint64_t key, double probability) {
  for (uint32_t lap = 0; lap < r->laps; lap++)
    for (uint32_t i = 0; i < r->size; i++)
      if (nsa_rand_uniform_1(key, i, 2.0 * lap, 0, 0, 1) < probability)
        rewire(r, key, i, lap);
}

static bool make_ring(ring *r, const link_builder *b) {
  uint64_t edges = (uint64_t)r->size * r->laps;
  r->far = malloc((edges + 1) * sizeof *r->far);
  r->degree = malloc(((size_t)r->size + 1) * sizeof *r->degree);
  if (!r->far || !r->degree)
    return build_out_of_memory(b, (edges + r->size) * sizeof *r->far);
  for (uint32_t i = 0; i < r->size; i++) {
    r->degree[i] = 2 * r->laps;
    for (uint32_t lap = 0; lap < r->laps; lap++)
      r->far[(uint64_t)i * r->laps + lap] = (uint32_t)(((uint64_t)i + lap + 1) % r->size);
  }
  return true;
}

/* Watts and Strogatz, Nature 393:440 (1998). */
bool rule_small_world(link_builder *b) {
  const nsa_rule *rule = &b->connection->rule;
  ring r = {.size = place_size(b->target), .laps = rule->degree / 2};
  if (!nsa_population_is(b->connection->source, b->connection->target) || r.laps == 0 || r.size <= rule->degree)
    return build_fail(b, "small_world(%" PRIu32 ") needs one population of more elements", rule->degree);
  graph g = {0};
  bool ok = begin_graph(&g, b, build_expected(b)) && make_ring(&r, b);
  if (ok) {
    rewire_all(&r, b->key, rule->rewiring);
    for (uint64_t e = 0; e < (uint64_t)r.size * r.laps; e++) {
      g.ends[g.count++] = (uint32_t)(e / r.laps);
      g.ends[g.count++] = r.far[e];
    }
    g.paired = g.count / 2;
    ok = end_graph(&g);
  }
  free(g.ends);
  free(r.far);
  free(r.degree);
  return ok;
}
