/* SPDX-License-Identifier: MIT */
#include "support/intern.h"

#include "support/file.h"
#include "support/hash_table.h"
#include "support/vec.h"

typedef struct {
  const char *data;
  size_t len;
} name;

struct interner {
  arena *arena;
  VEC(name) names;
  hash_table table;
};

interner *intern_new(arena *a) {
  interner *in = ARENA_NEW(a, interner);
  in->arena = a;
  return in;
}

static bool is_name(const void *owner, uint32_t position, const void *key) {
  const name *have = &((const interner *)owner)->names.data[position];
  const name *want = key;
  return have->len == want->len && memcmp(have->data, want->data, have->len) == 0;
}

const char *intern(interner *in, const char *data, size_t len) {
  name key = {.data = len == 0 ? "" : data, .len = len};
  uint64_t hash = hash_bytes(hash_start(), key.data, len).lo;
  uint32_t found = hash_table_find(&in->table, hash, is_name, in, &key);
  if (found != UINT32_MAX)
    return in->names.data[found].data;

  key.data = arena_strdup(in->arena, key.data, len);
  vec_push(in->arena, &in->names, key);
  hash_table_insert(in->arena, &in->table, hash, in->names.len - 1);
  return key.data;
}

const char *intern_cstr(interner *in, const char *text) { return intern(in, text, strlen(text)); }
