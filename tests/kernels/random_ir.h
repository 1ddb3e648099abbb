/* SPDX-License-Identifier: MIT */
/* random_ir.h - valid functions by chance: the same for the same seed. */
#ifndef NSA_TESTS_KERNELS_RANDOM_IR_H
#define NSA_TESTS_KERNELS_RANDOM_IR_H

#include "fixture.h"

/* A program with `functions` functions over a small grid, most of them STEP kernels, some INIT, some over the RUN
 * domain. */
ir_program *random_program(arena *a, uint64_t seed, uint32_t functions);
/* Fills the program's fields with values of many magnitudes, special ones among them. */
void random_fill(const fixture_memory *m, uint64_t seed);

#endif
