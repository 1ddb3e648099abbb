/* SPDX-License-Identifier: MIT */
/* hash.h - 64 bits of a fast hash that is no secret: XXH64 (Collet, the specification of xxHash), seed 0. */
#ifndef NSA_RUNTIME_HASH_H
#define NSA_RUNTIME_HASH_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint64_t lanes[4], length;
  uint8_t rest[32]; /* bytes that do not fill a stripe yet */
} hash64;

hash64 hash64_begin(void);
void hash64_add(hash64 *h, const void *bytes, size_t count);
uint64_t hash64_end(const hash64 *h);

#endif
