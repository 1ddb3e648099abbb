/* SPDX-License-Identifier: MIT */
/* phase_sets.h - params that change in the course of a run: phases set them, and variants from a checkpoint of the
 * model on, whose values are then the run's own.
 *
 * A param has one value in all phases of a tick. At an edge, the begin of the tick in which a window opens or closes,
 * links are first brought up to date with the values that held until then; then the params change, and what follows
 * from them is computed anew, by the functions that made it at the start: params, weights, invariants, coefficients of
 * diffusion, sums that are made once. Which functions these are is found out before the first step. Random numbers are
 * those of the start, as the tick of these functions is. */
#ifndef NSA_RUNTIME_PHASE_SETS_H
#define NSA_RUNTIME_PHASE_SETS_H

#include "state/keep.h"

/* Makes s->phase_sets, where a param changes; after the setup functions. False with a sentence in error. */
bool phase_sets_prepare(sim *s, char error[SIM_ERROR_SIZE]);
void phase_sets_free(struct phase_sets *sets);

/* Before all else in base tick n. False: s->failure says why the run cannot go on. */
bool phase_sets_begin_tick(sim *s, uint64_t n);

/* No state: which windows are open follows from the tick. Params are set, and what follows from them is made, as it
 * was; sums are kept. */
void phase_sets_keep(sim *s, keeper *k);

/* The run's own value of what --set can change, where it is one value: what it was before any phase set it, or what it
 * follows from. Behind the setup functions. */
double phase_sets_own_value(const sim *s, uint32_t settable);

/* How many steps of `every` base ticks, from the one in base tick n on, have the same params. */
uint64_t phase_sets_quiet_steps(const sim *s, uint32_t every, uint64_t n);

#endif
