/* SPDX-License-Identifier: MIT */
/* memory.c - see memory.h. */
#define _DEFAULT_SOURCE /* madvise */
#include "memory.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { CACHE_LINE = 64 };
#define LARGE_PAGE (UINT64_C(1) << 21)

void *memory_large(uint64_t bytes) {
  uint64_t unit = bytes >= 4 * LARGE_PAGE ? LARGE_PAGE : CACHE_LINE;
  if (bytes > SIZE_MAX - unit) return NULL;
  uint64_t rounded = bytes ? (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE : CACHE_LINE;
  void *p = NULL;
  if (posix_memalign(&p, (size_t)unit, (size_t)rounded) != 0) return NULL;
#ifdef MADV_HUGEPAGE
  if (unit == LARGE_PAGE) madvise(p, (size_t)(rounded / LARGE_PAGE * LARGE_PAGE), MADV_HUGEPAGE);
#endif
  return p;
}
