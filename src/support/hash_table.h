/* SPDX-License-Identifier: MIT */
/* hash_table.h - what intern.c and map.c share: an open-addressing table of positions in the
 * owner's array. The owner compares keys; the table only narrows down the candidates. */
#ifndef NSA_SUPPORT_HASH_TABLE_H
#define NSA_SUPPORT_HASH_TABLE_H

#include "support/arena.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  uint64_t hash;
  uint32_t position_plus_1; /* 0: empty */
} hash_slot;

typedef struct {
  hash_slot *slots;
  uint32_t cap, len; /* cap is a power of two, or 0 before the first insertion */
} hash_table;

typedef bool hash_is_key(const void *owner, uint32_t position, const void *key);

/* The position stored for this key, or UINT32_MAX. */
uint32_t hash_table_find(const hash_table *t, uint64_t hash, hash_is_key *is_key, const void *owner, const void *key);
/* The key must not be there yet. */
void hash_table_insert(arena *a, hash_table *t, uint64_t hash, uint32_t position);

#endif
