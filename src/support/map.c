/* SPDX-License-Identifier: MIT */
#include "support/map.h"

#include "support/file.h"
#include "support/hash_table.h"
#include "support/vec.h"

typedef struct {
  const char *key;
  uint32_t value;
} entry;

struct map {
  arena *arena;
  VEC(entry) entries; /* in the order of insertion */
  hash_table table;
};

map *map_new(arena *a) {
  map *m = ARENA_NEW(a, map);
  m->arena = a;
  return m;
}

static bool is_key(const void *owner, uint32_t position, const void *key) {
  return strcmp(((const map *)owner)->entries.data[position].key, key) == 0;
}

static uint64_t hash_key(const char *key) { return hash_bytes(hash_start(), key, strlen(key)).lo; }

static uint32_t find(const map *m, const char *key) {
  return hash_table_find(&m->table, hash_key(key), is_key, m, key);
}

bool map_insert(map *m, const char *key, uint32_t value) {
  if (find(m, key) != UINT32_MAX)
    return false;
  vec_push(m->arena, &m->entries, ((entry){.key = key, .value = value}));
  hash_table_insert(m->arena, &m->table, hash_key(key), m->entries.len - 1);
  return true;
}

void map_replace(map *m, const char *key, uint32_t value) {
  uint32_t position = find(m, key);
  if (position == UINT32_MAX)
    map_insert(m, key, value);
  else
    m->entries.data[position].value = value;
}

bool map_find(const map *m, const char *key, uint32_t *value) {
  uint32_t position = find(m, key);
  if (position == UINT32_MAX)
    return false;
  if (value != NULL)
    *value = m->entries.data[position].value;
  return true;
}

uint32_t map_count(const map *m) { return m->entries.len; }

const char *map_key_at(const map *m, uint32_t position) { return m->entries.data[position].key; }

uint32_t map_value_at(const map *m, uint32_t position) { return m->entries.data[position].value; }
