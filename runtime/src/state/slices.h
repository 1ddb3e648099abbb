/* SPDX-License-Identifier: MIT */
/* slices.h - which elements of a population each thread works on.
 *
 * Each thread has a slice of each population: elements of one population cost the same, those of two do not. */
#ifndef NSA_RUNTIME_SLICES_H
#define NSA_RUNTIME_SLICES_H

#include <stdint.h>

/* The first element of one of `slices` slices; slice number `slices` begins at the end. */
uint32_t slice_begin(uint32_t size, uint32_t slice, uint32_t slices);

#endif
