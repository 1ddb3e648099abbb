/* SPDX-License-Identifier: MIT */
/* disjoint.h - numbers 0, 1, ... in sets that are joined one by one. root[x] is another number of x's set, or x where x
 * is the least number of its set. */
#ifndef NSA_SUPPORT_DISJOINT_H
#define NSA_SUPPORT_DISJOINT_H

#include <stdint.h>

/* The least number of the set of x. */
static inline uint32_t disjoint_root(const uint32_t *root, uint32_t x) {
  while (root[x] != x)
    x = root[x];
  return x;
}

/* Joins the sets of a and b. The least number of both. */
static inline uint32_t disjoint_join(uint32_t *root, uint32_t a, uint32_t b) {
  uint32_t low = disjoint_root(root, a), high = disjoint_root(root, b);
  if (low > high) {
    uint32_t other = low;
    low = high;
    high = other;
  }
  root[high] = low;
  for (uint32_t of[2] = {a, b}, k = 0; k < 2; k++) /* all on the way: the next look is short */
    while (of[k] != low) {
      uint32_t next = root[of[k]];
      root[of[k]] = low;
      of[k] = next;
    }
  return low;
}

#endif
