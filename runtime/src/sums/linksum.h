/* SPDX-License-Identifier: MIT */
/* linksum.h - phase 6: source terms, sums over links, inputs.
 *
 * sum[target] = 0.0 + its links' source_term[source] * weight[link], added one by one in ascending source,
 * a source term of zero counting as nothing (lowering has made negligible ones zero). Two ways give the same bits:
 * gather goes over the links of each target; scatter over the links of the sources whose term counts (leaving out x +
 * 0.0 changes no bit, as a sum that began with +0.0 is never -0.0). Each tick takes the cheaper one. Threads own ranges
 * of targets. */
#ifndef NSA_RUNTIME_LINKSUM_H
#define NSA_RUNTIME_LINKSUM_H

#include "state/keep.h"

/* After the links were built. */
struct link_sums *link_sums_new(sim *s, char error[SIM_ERROR_SIZE]);
void link_sums_free(struct link_sums *sums, uint32_t connections);

/* When the links have their delays: memory for what sources were so long ago. */
bool link_sums_start_delays(sim *s, char error[SIM_ERROR_SIZE]);

/* At t = 0: the terms of sources whose initial state counts, as their whole past; and sums with every == 0. */
void link_sums_start(sim *s);

/* Those that are due when `done` base ticks are done, and the collect kernels; state_clock is set. */
void link_sums_run(sim *s, uint64_t done);

/* What sums are made of has been changed from outside: those that are made once are made again in the next
 * link_sums_run. */
void link_sums_renew(struct link_sums *sums);

/* Those of a set of stages, on the states as they are; state_clock is that of the stage. */
void link_sums_run_stage(sim *s, const nsa_stage_set *set);

/* What is state. */
void link_sums_keep(sim *s, keeper *k);

/* For tests: 0 chooses by cost, 1 always gathers, 2 always scatters (where there is a source term). */
void link_sums_force(struct link_sums *sums, int method);

#endif
