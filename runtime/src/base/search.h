/* SPDX-License-Identifier: MIT */
/* search.h - looking for a number among ascending ones. */
#ifndef NSA_RUNTIME_SEARCH_H
#define NSA_RUNTIME_SEARCH_H

#include <stdint.h>

/* How many of the `count` numbers, which ascend, are below `least`: the place of the first that is not. */
static inline uint32_t search_below(const uint32_t *numbers, uint32_t count, uint64_t least) {
  uint32_t begin = 0, end = count;
  while (begin < end) {
    uint32_t middle = begin + (end - begin) / 2;
    if (numbers[middle] < least)
      begin = middle + 1;
    else
      end = middle;
  }
  return begin;
}

#endif
