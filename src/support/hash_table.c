/* SPDX-License-Identifier: MIT */
#include "support/hash_table.h"

uint32_t hash_table_find(const hash_table *t, uint64_t hash, hash_is_key *is_key, const void *owner, const void *key) {
  if (t->cap == 0)
    return UINT32_MAX;
  uint32_t mask = t->cap - 1;
  for (uint32_t i = (uint32_t)hash & mask;; i = (i + 1) & mask) {
    const hash_slot *slot = &t->slots[i];
    if (slot->position_plus_1 == 0)
      return UINT32_MAX;
    if (slot->hash == hash && is_key(owner, slot->position_plus_1 - 1, key))
      return slot->position_plus_1 - 1;
  }
}

static void place(hash_slot *slots, uint32_t cap, hash_slot item) {
  uint32_t i = (uint32_t)item.hash & (cap - 1);
  while (slots[i].position_plus_1 != 0)
    i = (i + 1) & (cap - 1);
  slots[i] = item;
}

static void grow(arena *a, hash_table *t) {
  uint32_t cap = t->cap == 0 ? 16 : t->cap * 2;
  hash_slot *slots = ARENA_ARRAY(a, hash_slot, cap);
  for (uint32_t i = 0; i < t->cap; i++)
    if (t->slots[i].position_plus_1 != 0)
      place(slots, cap, t->slots[i]);
  t->slots = slots;
  t->cap = cap;
}

void hash_table_insert(arena *a, hash_table *t, uint64_t hash, uint32_t position) {
  if (t->len >= t->cap / 2)
    grow(a, t);
  place(t->slots, t->cap, (hash_slot){.hash = hash, .position_plus_1 = position + 1});
  t->len++;
}
