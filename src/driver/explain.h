/* SPDX-License-Identifier: MIT */
/* explain.h - what the compiler decided, for the author of the model: kernels, solvers, link sums, memory. Takes a
 * compilation behind STAGE_OPTIMISE and the lanes of its vectors, and prints to `out`. */
#ifndef NSA_DRIVER_EXPLAIN_H
#define NSA_DRIVER_EXPLAIN_H

#include "driver/compile.h"

void explain_print(const compilation *c, uint32_t width, FILE *out);

#endif
