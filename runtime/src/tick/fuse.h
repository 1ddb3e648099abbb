/* SPDX-License-Identifier: MIT */
/* fuse.h - how many steps of a population may be done at once.
 *
 * Where nothing reaches the elements between two steps and nobody looks at them, a tile of elements does several steps
 * at once: its states then stay in the cache, and threads meet once for all of them. What comes from outside at
 * known times (sums over slow links, a slower population's inputs) and who looks at known times (sums, records,
 * measures) bound how many. Fused steps end where a decision falls. Events are kept by step, and handed on at the tick
 * at which they fired. nsa_fused_steps (nsa_rt.h) tells how many. */
#ifndef NSA_RUNTIME_FUSE_H
#define NSA_RUNTIME_FUSE_H

#include "nsa_rt.h"

/* The most steps that are fused; they begin at multiples of their number. Windows of stimuli shorten them further. */
enum { FUSE_MOST = 16 };

#endif
