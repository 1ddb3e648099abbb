/* SPDX-License-Identifier: MIT */
/* strips.h - what several links add to sources and astrocytes.
 *
 * The targets of a connection are cut, by their global numbers, into strips of 2^shift, the least power of two that
 * makes no more than STRIPS_MOST of them. Each strip sums up from 0 what its links add to an element; the strips' sums
 * are then added in their order. Who works on which strips decides nothing of the result. */
#ifndef NSA_RUNTIME_STRIPS_H
#define NSA_RUNTIME_STRIPS_H

#include "state/sim.h"

#define STRIPS_MOST 16

typedef struct {
  uint32_t shift, count; /* count: strips that have targets here */
  uint32_t before;       /* targets of the first of these that lie before those here */
} link_strips;

static inline link_strips link_strips_of(const sim_population *targets) {
  link_strips strips = {.count = 1};
  uint32_t all = targets->global;
  while ((all >> strips.shift) + ((all & ((1u << strips.shift) - 1)) != 0) > STRIPS_MOST)
    strips.shift++;
  strips.before = population_global(targets, 0) & ((1u << strips.shift) - 1);
  if (targets->count)
    strips.count = ((strips.before + targets->count - 1) >> strips.shift) + 1;
  return strips;
}

/* The strip of a target, from 0 for the first one here. */
static inline uint32_t link_strip_of(link_strips strips, uint32_t target) {
  return (target + strips.before) >> strips.shift;
}

/* The first target of a strip that is here. */
static inline uint32_t link_strip_begin(link_strips strips, uint32_t strip) {
  uint32_t begin = strip << strips.shift;
  return begin < strips.before ? 0 : begin - strips.before;
}

/* Of the elements that one increment is added to: sums by strip, and which were added to. */
typedef struct {
  link_strips strips;
  uint32_t size;   /* elements */
  double *partial; /* [strip][element]; 0 between two uses, as is_touched */
  uint8_t *is_touched;
  uint32_t *touched; /* [strip][...]: elements, in the order in which they were first added to */
  struct strip_count {
    _Alignas(64) uint32_t count;
  } *counts; /* per strip: no two threads write into one line */
} strip_sums;

/* For links to these targets and sums over so many elements. False when out of memory. */
bool strip_sums_make(sim *s, strip_sums *sums, const sim_population *targets, uint32_t size);
void strip_sums_free(strip_sums *sums);

static inline void strip_sums_add(const strip_sums *sums, uint32_t target, uint32_t element, double value) {
  uint32_t strip = link_strip_of(sums->strips, target);
  uint64_t slot = (uint64_t)strip * sums->size + element;
  if (!sums->is_touched[slot]) {
    sums->is_touched[slot] = 1;
    sums->touched[(uint64_t)strip * sums->size + sums->counts[strip].count++] = element;
  }
  sums->partial[slot] += value;
}

/* Adds the strips' sums to `to`, one strip after the other. */
void strip_sums_settle(const strip_sums *sums, double *to);

#endif
