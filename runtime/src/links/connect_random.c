/* SPDX-License-Identifier: MIT */
/* connect_random.c - a given number of partners for each element, drawn.
 *
 * The draws of an element are numbered from 0, so that they depend on the seed, the connection's
 * name and the element alone: threads draw for ranges of elements, and draws are made ahead of
 * need. */
#include "links/connect_build.h"

#include "base/threads.h"
#include "links/connect_draw.h"
#include "links/connect_place.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWS_AHEAD = 32 };

/* What one thread draws with. */
typedef struct {
  link_builder *b;
  const nsa_rule *rule;
  const nsa_population *own, *other; /* who draws, and whom */
  draw_kernel kernel;
  uint32_t row, element;                          /* that draws now */
  uint32_t *taken_by;                             /* per element of other: 1 + the last element that took it */
  uint32_t *picked, picked_count;                 /* of this element */
  uint32_t *spare;                                /* for sorting: as many */
  double draws;                                   /* that it has used */
  uint32_t ahead, used;                           /* made ahead, and of those used */
  double numbers[DRAWS_AHEAD], cols[DRAWS_AHEAD]; /* numbers, or steps in rows and columns */
} drawing;

static bool may_take(const drawing *d, uint32_t other) {
  return d->taken_by[other] != d->element + 1 && !is_unwanted_self(d->b, other, d->element);
}

static void take(drawing *d, uint32_t other) {
  d->taken_by[other] = d->element + 1;
  d->picked[d->picked_count++] = other;
}

/* How many draws to make ahead: not many more than are needed. */
static uint32_t draws_wanted(const drawing *d) {
  uint32_t left = d->rule->degree - d->picked_count;
  return left < DRAWS_AHEAD ? left : DRAWS_AHEAD;
}

/* ---- uniform ---- */

static double next_uniform(drawing *d, double hi) {
  if (d->used == d->ahead) {
    d->ahead = draws_wanted(d);
    d->used = 0;
    draw_uniforms(d->b->key, d->element, d->draws, d->ahead, d->numbers);
  }
  d->draws++;
  return hi * d->numbers[d->used++];
}

/* Draws until k are found: good while k is small against their number. */
static void draw_by_rejection(drawing *d, uint32_t k, uint32_t size) {
  while (d->picked_count < k) {
    uint32_t other = (uint32_t)next_uniform(d, size);
    if (other < size && may_take(d, other))
      take(d, other);
  }
}

/* Knuth's selection sampling: each in turn is taken with probability wanted / left. */
static void draw_by_selection(drawing *d, uint32_t k, uint32_t size, uint32_t available) {
  uint32_t left = available;
  for (uint32_t other = 0; other < size && d->picked_count < k; other++) {
    if (!may_take(d, other))
      continue;
    if (next_uniform(d, left) < k - d->picked_count)
      take(d, other);
    left--;
  }
}

/* ---- by distance ---- */

/* A length in columns of the other grid, whose rows may be of another length. */
static void set_lengths(draw_kernel *kernel, const nsa_rule *rule, const nsa_population *own,
                        const nsa_population *other) {
  place_frame f = place_frame_of(other, own);
  kernel->length = rule->length / f.dx;
  kernel->row_ratio = f.dx / f.dy;
}

/* The element at the next drawn distance and direction. */
static uint32_t next_place(drawing *d, double row, double col) {
  if (d->used == d->ahead) {
    d->ahead = draws_wanted(d);
    d->used = 0;
    draw_steps(d->b->key, d->element, d->draws, &d->kernel, d->ahead, d->numbers, d->cols);
  }
  d->draws += 2;
  uint32_t at = d->used++;
  return place_at(d->other, row + d->numbers[at], col + d->cols[at]);
}

static double most_draws(const nsa_rule *rule) { return 1e5 + 1e4 * rule->degree; }

/* False when partners are too hard to find. */
static bool draw_by_distance(drawing *d) {
  double most = most_draws(d->rule), row, col;
  place_cell(d->own, d->element, d->other, &row, &col);
  while (d->picked_count < d->rule->degree) {
    if (d->draws > most)
      return false;
    uint32_t other = next_place(d, row, col);
    if (other != NSA_NONE && may_take(d, other))
      take(d, other);
  }
  return true;
}

/* ---- ascending order ---- */

static void sort_few(uint32_t *numbers, uint32_t count) {
  for (uint32_t i = 1; i < count; i++) {
    uint32_t number = numbers[i], k = i;
    for (; k > 0 && numbers[k - 1] > number; k--)
      numbers[k] = numbers[k - 1];
    numbers[k] = number;
  }
}

/* Counting sort by one byte. */
static void sort_by_byte(const uint32_t *from, uint32_t *to, uint32_t count, uint32_t shift) {
  uint32_t start[257] = {0};
  for (uint32_t i = 0; i < count; i++)
    start[((from[i] >> shift) & 255) + 1]++;
  for (uint32_t byte = 0; byte < 255; byte++)
    start[byte + 1] += start[byte];
  for (uint32_t i = 0; i < count; i++)
    to[start[(from[i] >> shift) & 255]++] = from[i];
}

/* Numbers below `limit`; spare has as many. */
static void sort_numbers(uint32_t *numbers, uint32_t *spare, uint32_t count, uint32_t limit) {
  if (count <= 64) {
    sort_few(numbers, count);
    return;
  }
  for (uint32_t shift = 0; shift < 32 && (limit - 1) >> shift; shift += 8) {
    sort_by_byte(numbers, spare, count, shift);
    memcpy(numbers, spare, count * sizeof *numbers);
  }
}

/* ---- all of them ---- */

static bool draw_element(drawing *d) {
  uint32_t size = place_size(d->other), degree = d->rule->degree;
  uint32_t available = size - is_unwanted_self(d->b, d->element, d->element);
  d->picked_count = d->ahead = d->used = 0;
  d->draws = 0;
  d->picked = d->b->others + (uint64_t)d->row * degree;
  if (d->rule->profile == NSA_PROFILE_NONE && degree > available / 4) {
    draw_by_selection(d, degree, size, available);
    return true;
  }
  if (d->rule->profile == NSA_PROFILE_NONE)
    draw_by_rejection(d, degree, size);
  else if (!draw_by_distance(d))
    return false;
  /* The rows of sources are turned round, for which their order does not matter. */
  if (d->b->by_target)
    sort_numbers(d->picked, d->spare, degree, size);
  return true;
}

static bool check_degree(const link_builder *b, const nsa_population *own, const nsa_population *other) {
  const nsa_rule *rule = &b->connection->rule;
  uint32_t size = place_size(other), available = size ? size - is_unwanted_self(b, 0, 0) : 0;
  uint64_t all = build_expected(b);
  if (rule->degree > available)
    return build_fail(b, "each element of '%s' is to have %" PRIu32 " partners, but '%s' has only %" PRIu32, own->name,
                      rule->degree, other->name, available);
  if (rule->profile != NSA_PROFILE_NONE && !(rule->length >= 0 && isfinite(rule->length)))
    return build_fail(b, "the length of its distances is %g", rule->length);
  if (all > LINKS_MAX)
    return build_fail(b, "it makes %" PRIu64 " links; %" PRIu32 " are possible", all, LINKS_MAX);
  return true;
}

/* One thread's part; the first element of its range that found too few partners. */
typedef struct {
  drawing d;
  bool failed;
} drawing_slice;

static void draw_task(void *context, uint32_t task, uint32_t tasks) {
  drawing_slice *mine = (drawing_slice *)context + task;
  drawing *d = &mine->d;
  uint64_t first, last;
  thread_slice(d->b->row_count, task, tasks, &first, &last);
  for (d->row = (uint32_t)first; d->row < last; d->row++) {
    d->element = build_element(d->b, d->row);
    mine->failed = !draw_element(d);
    if (mine->failed)
      return;
    d->b->row[d->row + 1] = (d->row + 1) * d->rule->degree; /* no more than LINKS_MAX */
  }
}

static bool fail_to_reach(const drawing *d) {
  return build_fail(d->b,
                    "element %" PRIu32 " of '%s' reaches %" PRIu32 " of %" PRIu32
                    " partners after %.0f draws; use fewer or a larger distance",
                    d->element, d->own->name, d->picked_count, d->rule->degree, d->draws / 2);
}

/* Shares are in the order of elements: the first that failed has the first element that did. */
static bool draw_slices(link_builder *b, drawing_slice *slices, uint32_t count) {
  thread_pool_run(b->s->pool, draw_task, slices);
  for (uint32_t i = 0; i < count; i++)
    if (slices[i].failed)
      return fail_to_reach(&slices[i].d);
  return true;
}

static bool begin_slice(drawing_slice *slice, const drawing *start) {
  slice->d = *start;
  slice->d.taken_by = calloc((size_t)start->b->other_count + 1, sizeof *slice->d.taken_by);
  slice->d.spare = malloc(((size_t)start->rule->degree + 1) * sizeof *slice->d.spare);
  return slice->d.taken_by && slice->d.spare;
}

static bool draw_all(link_builder *b, bool by_target) {
  const nsa_rule *rule = &b->connection->rule;
  drawing start = {
      .b = b, .rule = rule, .own = by_target ? b->target : b->source, .other = by_target ? b->source : b->target};
  if (!check_degree(b, start.own, start.other))
    return false;
  start.kernel = (draw_kernel){.is_exponential = rule->profile == NSA_PROFILE_EXPONENTIAL,
                               .is_line = start.other->rows == 1 && start.own->rows == 1};
  set_lengths(&start.kernel, rule, start.own, start.other);
  if (!build_begin(b, by_target, build_expected(b)))
    return false;
  b->count = (uint64_t)b->row_count * rule->degree;
  uint32_t threads = thread_pool_count(b->s->pool);
  drawing_slice *slices = calloc(threads, sizeof *slices);
  bool ok = slices != NULL;
  for (uint32_t i = 0; ok && i < threads; i++)
    ok = begin_slice(&slices[i], &start);
  ok = ok ? draw_slices(b, slices, threads) : build_fail(b, "out of memory while partners were drawn");
  for (uint32_t i = 0; slices && i < threads; i++) {
    free(slices[i].d.taken_by);
    free(slices[i].d.spare);
  }
  free(slices);
  return ok;
}

bool rule_indegree(link_builder *b) { return draw_all(b, true); }
bool rule_outdegree(link_builder *b) { return draw_all(b, false); }
