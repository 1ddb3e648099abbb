/* SPDX-License-Identifier: MIT */
/* memory.c - see memory.h. */
#define _DEFAULT_SOURCE /* madvise */
#include "base/memory.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { CACHE_LINE = 64 };
#define LARGE_PAGE (UINT64_C(1) << 21)

/* Asks for large pages for what lies in [p, p + bytes) of them, before it is written. */
static void take_large_pages(void *p, uint64_t bytes) {
#ifdef MADV_HUGEPAGE
  uintptr_t begin = ((uintptr_t)p + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
  uintptr_t end = ((uintptr_t)p + (uintptr_t)bytes) / LARGE_PAGE * LARGE_PAGE;
  if (begin < end)
    madvise((void *)begin, end - begin, MADV_HUGEPAGE);
#else
  (void)p, (void)bytes;
#endif
}

void *memory_large(uint64_t bytes) {
  uint64_t unit = bytes >= LARGE_PAGE ? LARGE_PAGE : CACHE_LINE;
  if (bytes > SIZE_MAX - unit)
    return NULL;
  uint64_t rounded = bytes ? (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE : CACHE_LINE;
  void *p = NULL;
  if (posix_memalign(&p, (size_t)unit, (size_t)rounded) != 0)
    return NULL;
  take_large_pages(p, rounded);
  return p;
}
