/* SPDX-License-Identifier: MIT */
/* linksum_add.c - a sum over links: link by link of each target (gather), or source by source (scatter). */
#include "sums/linksum_internal.h"

#include <string.h>

/* ---- gather ---- */

typedef struct {
  const uint32_t *row, *source;
  const double *terms, *weights; /* NULL: 1 */
  double *sums;
  uint32_t begin, end;
} gather_job;

static double gather_one(const gather_job *g, uint32_t from, uint32_t to, double total) {
  for (uint32_t k = from; k < to; k++)
    total += g->terms[g->source[k]];
  return total;
}

/* Four targets at once: additions of one target wait for each other, those of four do not. */
static void gather_terms(const gather_job *g) {
  uint32_t t = g->begin;
  for (; t + 4 <= g->end; t += 4) {
    const uint32_t *row = g->row + t;
    uint32_t least = row[1] - row[0];
    for (uint32_t j = 1; j < 4; j++)
      least = row[j + 1] - row[j] < least ? row[j + 1] - row[j] : least;
    const uint32_t *a = g->source + row[0], *b = g->source + row[1], *c = g->source + row[2], *d = g->source + row[3];
    double x = 0, y = 0, z = 0, w = 0;
    for (uint32_t k = 0; k < least; k++) {
      x += g->terms[a[k]];
      y += g->terms[b[k]];
      z += g->terms[c[k]];
      w += g->terms[d[k]];
    }
    g->sums[t] = gather_one(g, row[0] + least, row[1], x);
    g->sums[t + 1] = gather_one(g, row[1] + least, row[2], y);
    g->sums[t + 2] = gather_one(g, row[2] + least, row[3], z);
    g->sums[t + 3] = gather_one(g, row[3] + least, row[4], w);
  }
  for (; t < g->end; t++)
    g->sums[t] = gather_one(g, g->row[t], g->row[t + 1], 0);
}

/* A term of zero counts as nothing even where the weight is not finite: scatter never sees it. */
static void gather_weighted(const gather_job *g) {
  for (uint32_t t = g->begin; t < g->end; t++) {
    double total = 0;
    for (uint32_t k = g->row[t]; k < g->row[t + 1]; k++) {
      double term = g->terms[g->source[k]], product = term * g->weights[k];
      total += term == 0 ? 0 : product;
    }
    g->sums[t] = total;
  }
}

static void gather_weights(const gather_job *g) {
  for (uint32_t t = g->begin; t < g->end; t++) {
    double total = 0;
    for (uint32_t k = g->row[t]; k < g->row[t + 1]; k++)
      total += g->weights[k];
    g->sums[t] = total;
  }
}

/* Each link takes its source's term of its own delay ago. */
static void gather_delayed(const sim *s, const delay_line *line, const gather_job *g) {
  const double *delay = s->field_data[line->delay.id];
  uint64_t done = s->sums->done + line->slots;
  for (uint32_t t = g->begin; t < g->end; t++) {
    double total = 0;
    for (uint32_t k = g->row[t]; k < g->row[t + 1]; k++) {
      double term = line->values[(done - (uint64_t)delay[k]) % line->slots * line->size + g->source[k]];
      double product = g->weights ? term * g->weights[k] : term;
      total += term == 0 ? 0 : product;
    }
    g->sums[t] = total;
  }
}

static void gather(const gather_job *g) {
  if (g->terms && g->weights)
    gather_weighted(g);
  else if (g->terms)
    gather_terms(g);
  else if (g->weights)
    gather_weights(g);
  else
    for (uint32_t t = g->begin; t < g->end; t++)
      g->sums[t] = (double)(g->row[t + 1] - g->row[t]);
}

/* ---- scatter ---- */

static inline void prefetch(const uint32_t *from) {
#if defined(__GNUC__)
  __builtin_prefetch(from);
  __builtin_prefetch(from + 16);
  __builtin_prefetch(from + 32);
#else
  (void)from;
#endif
}

static inline void add_to_all(double *sums, const uint32_t *target, const uint32_t *end, double term) {
  for (; target + 4 <= end; target += 4) { /* one after the other: a target may come twice */
    sums[target[0]] += term;
    sums[target[1]] += term;
    sums[target[2]] += term;
    sums[target[3]] += term;
  }
  for (; target < end; target++)
    sums[*target] += term;
}

static void scatter(const link_index *index, const uint32_t *start, const active_list *list, const gather_job *g) {
  enum { AHEAD = 4 };
  memset(g->sums + g->begin, 0, (g->end - g->begin) * sizeof *g->sums);
  for (uint32_t i = 0; i < list->count; i++) {
    if (i + AHEAD < list->count)
      prefetch(index->to + start[list->elements[i + AHEAD]]);
    uint32_t source = list->elements[i], from = start[source], to = start[source + 1];
    double term = g->terms[source];
    if (!g->weights)
      add_to_all(g->sums, index->to + from, index->to + to, term);
    else
      for (uint32_t k = from; k < to; k++)
        g->sums[index->to[k]] += term * g->weights[index->link[k]];
  }
}

/* ---- a sum ---- */

static const double *field_or_null(const sim *s, nsa_field_id field) {
  return nsa_field_is_none(field) ? NULL : s->field_data[field.id];
}

void link_sums_add(sim *s, uint32_t i, uint32_t slice, uint32_t begin, uint32_t end) {
  const nsa_link_sum *sum = &s->program->sums[i];
  const sim_links *links = &s->links[sum->connection.id];
  const struct link_sums *ls = s->sums;
  gather_job g = {.row = links->row,
                  .source = links->source,
                  .terms = field_or_null(s, sum->source_term),
                  .weights = field_or_null(s, sum->weight),
                  .sums = s->field_data[sum->sum.id],
                  .begin = begin,
                  .end = end};
  if (!g.row)
    return; /* a stencil has no stored links, and no sums */
  if (!nsa_field_is_none(sum->delay) && ls->list_of[i] == NSA_NONE) {
    gather_delayed(s, delay_line_of(s->sums, sum), &g);
    return;
  }
  if (ls->list_of[i] != NSA_NONE)
    g.terms = delay_lines_terms(s, &ls->lists[ls->list_of[i]]);
  if (!ls->is_scatter[i]) {
    gather(&g);
    return;
  }
  const link_index *index = &ls->scatter[sum->connection.id];
  uint64_t sources = s->populations[s->program->connections[sum->connection.id].source.id].count;
  scatter(index, index->start + slice * sources, &ls->lists[ls->list_of[i]], &g);
}
