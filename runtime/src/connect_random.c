/* SPDX-License-Identifier: MIT */
/* connect_random.c - a given number of partners for each element, drawn.
 *
 * The draws of an element are numbered from 0, so that they depend on the seed, the connection's name and
 * the element alone. */
#include "connect_build.h"

#include "connect_place.h"
#include "nsa_math.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

typedef struct {
  link_builder *b;
  const nsa_population *own, *other; /* who draws, and whom */
  uint32_t element;                  /* that draws now */
  double draws;                      /* that it has made */
  uint32_t *taken_by;                /* per element of other: 1 + the last element that took it */
  uint32_t *picked, picked_count;    /* of this element */
} drawing;

static double next_uniform(drawing *d, double hi) {
  return nsa_rand_uniform_1(d->b->key, d->element, d->draws++, 0, 0, hi);
}

static bool may_take(const drawing *d, uint32_t other) {
  return d->taken_by[other] != d->element + 1 && !is_unwanted_self(d->b, other, d->element);
}

static void take(drawing *d, uint32_t other) {
  d->taken_by[other] = d->element + 1;
  d->picked[d->picked_count++] = other;
}

/* ---- uniform ---- */

/* Draws until k are found: good while k is small against their number. */
static void draw_by_rejection(drawing *d, uint32_t k, uint32_t size) {
  while (d->picked_count < k) {
    uint32_t other = (uint32_t)next_uniform(d, size);
    if (other < size && may_take(d, other)) take(d, other);
  }
}

/* Knuth's selection sampling: each in turn is taken with probability wanted / left. */
static void draw_by_selection(drawing *d, uint32_t k, uint32_t size, uint32_t available) {
  uint32_t left = available;
  for (uint32_t other = 0; other < size && d->picked_count < k; other++) {
    if (!may_take(d, other)) continue;
    if (next_uniform(d, left) < k - d->picked_count) take(d, other);
    left--;
  }
}

/* ---- by distance ---- */

static double draw_distance(drawing *d, const nsa_rule *rule, double mean) {
  if (rule->kernel == NSA_KERNEL_EXPONENTIAL)
    return nsa_rand_exponential_1(d->b->key, d->element, d->draws++, 0, mean);
  return fabs(nsa_rand_normal_1(d->b->key, d->element, d->draws++, 0, 0, mean));
}

/* The place at a drawn distance and direction, truncated toward zero to the grid. On a line the direction
 * is one of two. */
static uint32_t draw_place(drawing *d, const nsa_rule *rule, uint32_t centre) {
  static const double two_pi = 6.283185307179586;
  double length = d->other->spacing > 0 ? rule->length / d->other->spacing : rule->length;
  double distance = draw_distance(d, rule, length), angle = next_uniform(d, two_pi);
  if (d->other->rows == 1 && d->own->rows == 1)
    return place_shift(d->other, centre, 0, trunc(angle < two_pi / 2 ? distance : -distance));
  return place_shift(d->other, centre, trunc(distance * nsa_sin_1(angle)), trunc(distance * nsa_cos_1(angle)));
}

static bool draw_by_distance(drawing *d, const nsa_rule *rule) {
  bool is_same = d->b->connection->source == d->b->connection->target;
  uint32_t centre = is_same ? d->element : place_nearest(d->own, d->element, d->other);
  double most = 1e5 + 1e4 * rule->degree;
  while (d->picked_count < rule->degree) {
    if (d->draws > most)
      return build_fail(d->b, "element %" PRIu32 " of '%s' reaches %" PRIu32 " of %" PRIu32 " partners after %.0f draws; use fewer or a larger distance",
                        d->element, d->own->name, d->picked_count, rule->degree, d->draws / 2);
    uint32_t other = draw_place(d, rule, centre);
    if (other != NSA_NONE && may_take(d, other)) take(d, other);
  }
  return true;
}

/* ---- both ---- */

static int compare_numbers(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static bool draw_element(drawing *d, const nsa_rule *rule) {
  uint32_t size = place_size(d->other);
  uint32_t available = size - is_unwanted_self(d->b, d->element, d->element);
  d->picked_count = 0;
  d->draws = 0;
  if (rule->kernel != NSA_KERNEL_NONE) {
    if (!draw_by_distance(d, rule)) return false;
  } else if (rule->degree > available / 4) {
    draw_by_selection(d, rule->degree, size, available);
  } else {
    draw_by_rejection(d, rule->degree, size);
  }
  qsort(d->picked, d->picked_count, sizeof *d->picked, compare_numbers);
  for (uint32_t i = 0; i < d->picked_count; i++)
    if (!build_add(d->b, d->picked[i])) return false;
  build_end_row(d->b, d->element);
  return true;
}

static bool check_degree(const drawing *d, const nsa_rule *rule) {
  uint32_t size = place_size(d->other), available = size ? size - is_unwanted_self(d->b, 0, 0) : 0;
  uint64_t all = (uint64_t)place_size(d->own) * rule->degree;
  if (rule->degree > available)
    return build_fail(d->b, "each element of '%s' is to have %" PRIu32 " partners, but '%s' has only %" PRIu32, d->own->name,
                      rule->degree, d->other->name, available);
  if (rule->kernel != NSA_KERNEL_NONE && !(rule->length >= 0 && isfinite(rule->length)))
    return build_fail(d->b, "the length of its distances is %g", rule->length);
  if (all > LINKS_MAX) return build_fail(d->b, "it makes %" PRIu64 " links; %" PRIu32 " are possible", all, LINKS_MAX);
  return true;
}

static bool draw_all(link_builder *b, bool by_target) {
  const nsa_rule *rule = &b->connection->rule;
  drawing d = {.b = b, .own = by_target ? b->target : b->source, .other = by_target ? b->source : b->target};
  if (!check_degree(&d, rule)) return false;
  if (!build_begin(b, by_target, (uint64_t)place_size(d.own) * rule->degree)) return false;
  d.taken_by = calloc((size_t)b->other_count + 1, sizeof *d.taken_by);
  d.picked = calloc((size_t)rule->degree + 1, sizeof *d.picked);
  bool ok = d.taken_by && d.picked;
  if (!ok) build_fail(b, "out of memory while partners were drawn");
  for (d.element = 0; ok && d.element < b->row_count; d.element++) ok = draw_element(&d, rule);
  free(d.taken_by);
  free(d.picked);
  return ok;
}

bool rule_indegree(link_builder *b) { return draw_all(b, true); }
bool rule_outdegree(link_builder *b) { return draw_all(b, false); }
