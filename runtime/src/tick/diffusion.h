/* SPDX-License-Identifier: MIT */
/* diffusion.h - half steps of diffusion between neighbours of a grid with closed ends.
 *
 * x' = D L x, L the sum of the second differences along columns and along rows: the two commute, so that each goes by
 * itself. Of each, one step of the two-stage diagonally implicit method of order 2 with gamma = 1 - 1/sqrt 2 (Alexander
 * 1977, doi 10.1137/0714068), which damps what is stiff: (1 - gamma h D L) y1 = x, (1 - gamma h D L) y2 = x + (1 -
 * gamma) h D L y1, solved by elimination in a fixed order; x then changes by the fluxes h D ((1 - gamma) dy1 + gamma
 * dy2) between neighbours. */
#ifndef NSA_RUNTIME_DIFFUSION_H
#define NSA_RUNTIME_DIFFUSION_H

#include "state/sim.h"

/* When the coefficients are known. NULL with a sentence in error. */
struct diffusions *diffusions_new(sim *s, char error[SIM_ERROR_SIZE]);
void diffusions_free(struct diffusions *d, uint32_t sets);

/* Again, when coefficients have changed. False with a sentence in error. */
bool diffusions_renew(sim *s, char error[SIM_ERROR_SIZE]);

/* Half a step of all that the set diffuses. */
void diffusions_run(sim *s, uint32_t set);

#endif
