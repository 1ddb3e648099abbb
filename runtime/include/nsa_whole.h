/* SPDX-License-Identifier: MIT */
/* nsa_whole.h - whole numbers. */
#ifndef NSA_WHOLE_H
#define NSA_WHOLE_H

#include <stdint.h>

/* The greatest common divisor; of 0 and x it is x. */
static inline uint32_t nsa_common_divisor(uint32_t a, uint32_t b) {
  while (b != 0) {
    uint32_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

#endif
