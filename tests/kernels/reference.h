/* SPDX-License-Identifier: MIT */
/* reference.h - the plainest possible evaluation of a function, entry by entry: what kernels are held against. */
#ifndef NSA_TESTS_KERNELS_REFERENCE_H
#define NSA_TESTS_KERNELS_REFERENCE_H

#include "fixture.h"

/* As fixture_call, without machine code. */
nsa_range_out reference_call(const fixture_memory *m, uint32_t number);

#endif
