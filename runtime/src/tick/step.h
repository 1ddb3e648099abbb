/* SPDX-License-Identifier: MIT */
/* step.h - the plan of a tick, and running single kernels. */
#ifndef NSA_RUNTIME_STEP_H
#define NSA_RUNTIME_STEP_H

#include "state/sim.h"

struct step_plan;

/* Below this many entries a second thread costs more than it saves. */
#define STEP_PARALLEL_FROM 4096

/* Cuts the populations into pieces for the threads (piece_count). */
struct step_plan *step_plan_new(sim *s);
void step_plan_free(struct step_plan *plan);

/* Each thread has a slice of each population: elements of one population cost the same, those of two do not. The first
 * element of one of `slices`; slice number `slices` begins at the end. */
uint32_t step_slice_begin(uint32_t size, uint32_t slice, uint32_t slices);

/* Lets populations that stand alone for a while do several steps at once (fuse.h); before the first step. Between the
 * steps of a pass their states are those behind its last step: for runs whose observers are the program's alone. */
bool step_fuse(sim *s, char error[SIM_ERROR_SIZE]);

/* The clock at which `base_tick` base ticks are done; times are products, never sums. */
void step_set_clock(const sim *s, nsa_clock *clock, uint64_t base_tick);

/* A kernel over its whole domain, block by block (in parallel where it is large). Values that are not finite are noted:
 * finite.h. */
void step_run_kernel(const sim *s, uint32_t kernel, const nsa_clock *clock);

/* The same; false when a checked value (of padding, perhaps) was not finite. */
bool step_run_checked(const sim *s, uint32_t kernel, const nsa_clock *clock);

/* A kernel over entries [begin, end) of its domain, begin a multiple of NSA_PAD, end as well or the last; nothing where
 * the kernel is NSA_NONE. */
void step_run_range(const sim *s, uint32_t kernel, const nsa_clock *clock, uint64_t begin, uint64_t end,
                    nsa_range_out *out);

/* A settle kernel over the stretches of whole vectors that hold the elements, ascending; lanes that did not fire keep
 * what they have. False when a checked value was not finite. */
bool step_settle(const sim *s, uint32_t kernel, const nsa_clock *clock, const uint32_t *elements, uint32_t count);

/* Blocks of NSA_BLOCK entries that hold `count` entries. */
static inline uint64_t step_blocks(uint64_t count) { return count ? (count + NSA_BLOCK - 1) / NSA_BLOCK : 1; }

#endif
