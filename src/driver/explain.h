/* SPDX-License-Identifier: MIT */
/* explain.h - what the compiler decided, for its author: kernels, solvers, link sums, memory. */
#ifndef NSA_DRIVER_EXPLAIN_H
#define NSA_DRIVER_EXPLAIN_H

#include "driver/compile.h"

void explain_print(const compilation *c, uint32_t width, FILE *out);

#endif
