/* SPDX-License-Identifier: MIT */
/* slices.c - see slices.h. */
#include "state/slices.h"

/* No two threads write to the same line of a cache, nor to the same word of a row of bits. */
enum { SLICE_PAD = 64 };

uint32_t slice_begin(uint32_t size, uint32_t slice, uint32_t slices) {
  uint64_t at = ((uint64_t)size * slice / slices + SLICE_PAD - 1) / SLICE_PAD * SLICE_PAD;
  return at < size ? (uint32_t)at : size;
}
