/* SPDX-License-Identifier: MIT */
/* link_index.c - see link_index.h. */
#include "links/link_index.h"

#include "base/memory.h"
#include "base/search.h"
#include "base/threads.h"

#include <stdlib.h>
#include <string.h>

partner_lookup partner_lookup_of(const sim *s, const nsa_connection *c) {
  partner_lookup look = {.of_source = c->partner_of_source};
  if (nsa_population_is_none(c->partner) || nsa_field_is_none(c->partner_index))
    return look;
  look.index = s->field_data[c->partner_index.id];
  look.known = nsa_field_is_none(c->partner_known) ? NULL : s->field_data[c->partner_known.id];
  look.domain_kind = s->program->domains[s->program->fields[c->partner_index.id].domain].kind;
  return look;
}

uint32_t partner_of_link(const partner_lookup *look, uint32_t link, uint32_t source, uint32_t target) {
  if (!look->index)
    return NSA_NONE;
  uint32_t at = look->domain_kind == NSA_DOMAIN_CONNECTION ? link : look->of_source ? source : target;
  return look->known && !look->known[at] ? NSA_NONE : look->index[at];
}

uint32_t link_index_keys(const sim *s, const nsa_connection *c, uint32_t side) {
  if (side == LINK_INDEX_ALL)
    return 1;
  return s->populations[link_end_population(c, side).id].count;
}

uint32_t link_index_target_from(const sim_links *links, uint32_t targets, uint64_t link) {
  return search_below(links->row, targets, link);
}

link_ends link_ends_of(const sim *s, nsa_connection_id connection, uint64_t link) {
  const nsa_connection *c = &s->program->connections[connection.id];
  const sim_links *links = &s->links[connection.id];
  const sim_population *sources = &s->populations[c->source.id], *targets = &s->populations[c->target.id];
  return (link_ends){population_global(sources, links->source[link]),
                     population_global(targets, link_index_target_from(links, targets->count, link + 1) - 1)};
}

/* ---- which elements links have ---- */

enum { LINKS_AT_ONCE = 256 };

/* A task sorts the links of consecutive targets of one slice, and has counters of its own. */
typedef struct {
  const sim_links *links;
  partner_lookup look;
  const link_index_request *request;
  link_index *index;
  uint32_t keys, ends, tasks; /* keys, ends: elements of the sides from and to */
  uint32_t *bounds;           /* tasks + 1 targets */
  uint32_t *next;             /* tasks * keys: how many, then where the next one goes */
} sorter;

static void fill(uint32_t *to, uint32_t x, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    to[i] = x;
}

static void partners_of_links(const sorter *sort, uint32_t first, uint32_t count, uint32_t *elements) {
  for (uint32_t i = 0; i < count; i++)
    elements[i] = sort->look.index[first + i] | ((uint32_t)sort->look.known[first + i] - 1); /* without a branch */
}

/* The elements of one side of consecutive links to one target; NSA_NONE where there is none. */
static void find_elements(const sorter *sort, uint32_t side, uint32_t target, uint32_t first, uint32_t count,
                          uint32_t *elements) {
  const uint32_t *source = sort->links->source + first;
  const partner_lookup *look = &sort->look;
  if (side == LINK_INDEX_ALL)
    fill(elements, 0, count);
  else if (side == NSA_SIDE_PRE)
    memcpy(elements, source, count * sizeof *elements);
  else if (side == NSA_SIDE_POST)
    fill(elements, target, count);
  else if (look->index && look->known && look->domain_kind == NSA_DOMAIN_CONNECTION)
    partners_of_links(sort, first, count, elements);
  else
    for (uint32_t i = 0; i < count; i++)
      elements[i] = partner_of_link(look, first + i, source[i], target);
}

/* ---- counting and placing ---- */

static void count_some(const sorter *sort, uint32_t *next, uint32_t target, uint32_t first, uint32_t count) {
  uint32_t from[LINKS_AT_ONCE], to[LINKS_AT_ONCE];
  bool is_partner = sort->request->to == NSA_SIDE_ASTRO; /* only partners may be missing */
  find_elements(sort, sort->request->from, target, first, count, from);
  if (is_partner)
    find_elements(sort, sort->request->to, target, first, count, to);
  for (uint32_t i = 0; i < count; i++)
    if (from[i] != NSA_NONE && (!is_partner || to[i] != NSA_NONE))
      next[from[i]]++;
}

static void place_some(const sorter *sort, uint32_t *next, uint32_t target, uint32_t first, uint32_t count) {
  uint32_t from[LINKS_AT_ONCE], to[LINKS_AT_ONCE], *link = sort->index->link, *ends = sort->index->to;
  find_elements(sort, sort->request->from, target, first, count, from);
  find_elements(sort, sort->request->to, target, first, count, to);
  uint32_t base = sort->request->strips ? link_strip_of(*sort->request->strips, target) * sort->ends : 0;
  for (uint32_t i = 0; i < count; i++) {
    if (from[i] == NSA_NONE || to[i] == NSA_NONE)
      continue;
    uint32_t at = next[from[i]]++;
    if (link)
      link[at] = first + i;
    if (ends)
      ends[at] = base + to[i];
  }
}

typedef void (*task_work)(const sorter *sort, uint32_t *next, uint32_t target, uint32_t first, uint32_t count);

static void work_on_tasks(const sorter *sort, uint32_t thread, uint32_t threads, task_work work) {
  const uint32_t *row = sort->links->row;
  for (uint32_t p = thread; p < sort->tasks; p += threads)
    for (uint32_t t = sort->bounds[p]; t < sort->bounds[p + 1]; t++)
      for (uint32_t k = row[t]; k < row[t + 1];) {
        uint32_t count = row[t + 1] - k < LINKS_AT_ONCE ? row[t + 1] - k : LINKS_AT_ONCE;
        work(sort, sort->next + (uint64_t)p * sort->keys, t, k, count);
        k += count;
      }
}

static void count_task(void *context, uint32_t thread, uint32_t threads) {
  work_on_tasks(context, thread, threads, count_some);
}
static void place_task(void *context, uint32_t thread, uint32_t threads) {
  work_on_tasks(context, thread, threads, place_some);
}

/* Numbers of links become the places of the first ones: slice by slice, element by element, task by task. */
static void add_up(sorter *sort) {
  uint32_t each = sort->tasks / sort->request->slices, at = 0, *start = sort->index->start;
  for (uint32_t slice = 0; slice < sort->request->slices; slice++)
    for (uint32_t e = 0; e < sort->keys; e++) {
      *start++ = at;
      for (uint32_t p = slice * each; p < (slice + 1) * each; p++) {
        uint32_t *next = sort->next + (uint64_t)p * sort->keys + e, count = *next;
        *next = at;
        at += count;
      }
    }
  *start = at;
}

/* The tasks of a slice have as many links each, but for those of one target. */
static void cut_tasks(sorter *sort, uint32_t targets) {
  const link_index_request *r = sort->request;
  uint32_t each = sort->tasks / r->slices;
  for (uint32_t slice = 0; slice < r->slices; slice++) {
    uint32_t begin = r->bounds ? r->bounds[slice] : 0, end = r->bounds ? r->bounds[slice + 1] : targets;
    uint64_t first = sort->links->row[begin], links = sort->links->row[end] - first;
    for (uint32_t p = 0; p < each; p++) {
      uint32_t cut = link_index_target_from(sort->links, targets, first + links * p / each);
      sort->bounds[slice * each + p] = p == 0 || cut < begin ? begin : cut < end ? cut : end;
    }
    sort->bounds[(slice + 1) * each] = end;
  }
}

static void *allocate(sim *s, uint64_t count, size_t size) {
  s->allocated += count * size;
  return memory_large(count * size);
}

bool link_index_make(sim *s, const link_index_request *request, link_index *index) {
  const nsa_connection *c = &s->program->connections[request->connection.id];
  uint32_t threads = thread_pool_count(s->pool);
  sorter sort = {
      .links = &s->links[request->connection.id], .look = partner_lookup_of(s, c), .request = request, .index = index};
  sort.keys = link_index_keys(s, c, request->from);
  sort.ends = link_index_keys(s, c, request->to);
  sort.tasks = request->slices * (request->slices < threads ? threads / request->slices : 1);
  uint64_t links = sort.links->count;
  sort.bounds = malloc(((size_t)sort.tasks + 1) * sizeof *sort.bounds);
  sort.next = calloc((size_t)sort.tasks * sort.keys + 1, sizeof *sort.next);
  index->start = allocate(s, (uint64_t)request->slices * sort.keys + 1, sizeof *index->start);
  if (request->keeps_links)
    index->link = allocate(s, links + 1, sizeof *index->link);
  if (request->keeps_to)
    index->to = allocate(s, links + 1, sizeof *index->to);
  bool ok = sort.bounds && sort.next && index->start && (index->link || !request->keeps_links) &&
            (index->to || !request->keeps_to);
  if (ok) {
    cut_tasks(&sort, s->populations[c->target.id].count);
    thread_pool_run(s->pool, count_task, &sort);
    add_up(&sort);
    thread_pool_run(s->pool, place_task, &sort);
  }
  free(sort.bounds);
  free(sort.next);
  return ok;
}

void link_index_free(link_index *index) {
  free(index->start);
  free(index->link);
  free(index->to);
  *index = (link_index){0};
}
