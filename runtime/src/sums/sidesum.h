/* SPDX-License-Identifier: MIT */
/* sidesum.h - sums over links that do not go from the source to the target: to or from the astrocytes of links, or
 * back to the source. Only elements whose term counts are gone over; each adds to its links' elements in the order of
 * the links, strip by strip of their targets (strips.h). */
#ifndef NSA_RUNTIME_SIDESUM_H
#define NSA_RUNTIME_SIDESUM_H

#include "state/sim.h"

static inline bool sidesum_is(const nsa_link_sum *sum) { return sum->from != NSA_SIDE_PRE || sum->to != NSA_SIDE_POST; }

/* An index for each sum of the program that is one of these. NULL when out of memory. */
struct side_sums *side_sums_new(sim *s);
void side_sums_free(struct side_sums *sums);

/* sum = ... of the program's sum number i. terms NULL: all links give 1 (times their weight); else those of the
 * `count` elements. */
void side_sum_run(sim *s, const struct side_sums *sums, uint32_t i, const double *terms, const uint32_t *elements,
                  uint32_t count);

/* Terms of the last ticks, of `size` elements a slot; a link takes its source's of `delay[link]` ticks ago. */
typedef struct {
  const double *values, *delay;
  uint32_t slots, size;
  uint64_t done; /* the tick of now */
} delayed_terms;
void side_sum_run_delayed(sim *s, const struct side_sums *sums, uint32_t i, const delayed_terms *terms);

#endif
