/* SPDX-License-Identifier: MIT */
/* memory_limit.h - whether a run may have the memory that it needs, before anything of it is there. */
#ifndef NSA_RUNTIME_MEMORY_LIMIT_H
#define NSA_RUNTIME_MEMORY_LIMIT_H

#include "run/options.h"

/* What --max-memory says, or what the machine has; of runs at once the share of one. */
uint64_t memory_limit(const run_options *options);

/* False: the forecast is above the limit; error has the arithmetic. Links whose number only the run finds (a condition,
 * or a probability, by pairs) are not foreseen: sim.most_memory is for those. */
bool memory_limit_check(const nsa_program *program, const run_options *options, char error[SIM_ERROR_SIZE]);

/* Whether a state can be kept beside that of the run. */
bool memory_limit_allows_state(const nsa_program *program, const run_options *options);

#endif
