/* SPDX-License-Identifier: MIT */
#include "state/keep.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const uint8_t keep_type_size[KEEP_TYPES] = {
    [KEEP_BYTES] = 1, [KEEP_U32] = 4, [KEEP_U64] = 8, [KEEP_F32] = 4, [KEEP_F64] = 8};

void keep_fail(keeper *k, const char *format, ...) {
  va_list arguments;
  if (k->has_failed)
    return;
  k->has_failed = true;
  va_start(arguments, format);
  vsnprintf(k->error, sizeof k->error, format, arguments);
  va_end(arguments);
}

void keep_release(keeper *k) {
  free(k->bytes);
  k->bytes = NULL;
}

/* A slash parts the group from the name. */
static void join(char out[KEEP_NAME], const char *group, const char *name) {
  int len = snprintf(out, KEEP_NAME, "%s/", group);
  snprintf(out + len, KEEP_NAME - (size_t)len, "%s", name);
  for (char *c = out + len; *c; c++)
    if (*c == '/')
      *c = '|';
}

static void misses(keeper *k, const char *name, const char *why) {
  if (!k->leave || !k->leave(k, name, why))
    keep_fail(k, "'%.200s' %.200s", name, why);
}

static const keep_piece *find(keeper *k, const char *name, keep_type type) {
  const keep_piece *piece = k->find(k, name);
  if (piece && piece->type == type)
    return piece;
  misses(k, name, piece ? "is of another type there" : "is not in it");
  return NULL;
}

void keep_array(keeper *k, const char *group, const char *name, keep_type type, uint64_t count, void *data) {
  char full[KEEP_NAME];
  if (k->has_failed)
    return;
  join(full, group, name);
  if (!keep_restores(k)) {
    k->has_failed = !k->take(k, &(keep_piece){full, type, count, data});
    return;
  }
  const keep_piece *piece = find(k, full, type);
  if (piece && piece->count != count) {
    char why[100];
    snprintf(why, sizeof why, "has %" PRIu64 " entries there, and %" PRIu64 " here", piece->count, count);
    misses(k, full, why);
  } else if (piece && count)
    memcpy(data, piece->data, count * keep_type_size[type]);
}

void keep_some(keeper *k, const char *group, const char *name, uint32_t *count, uint64_t most, uint32_t *data) {
  char full[KEEP_NAME];
  if (!keep_restores(k)) {
    keep_array(k, group, name, KEEP_U32, *count, data);
    return;
  }
  if (k->has_failed)
    return;
  join(full, group, name);
  const keep_piece *piece = find(k, full, KEEP_U32);
  bool fits = piece && piece->count <= most;
  for (uint64_t i = 0; fits && i < piece->count; i++)
    fits = ((const uint32_t *)piece->data)[i] < most;
  if (piece && !fits)
    misses(k, full, "names elements there that are not here");
  if (!fits)
    return;
  *count = (uint32_t)piece->count;
  if (piece->count)
    memcpy(data, piece->data, piece->count * sizeof *data);
}

/* ---- small things ---- */

void keep_begin(keeper *k, const char *group, const char *name) {
  join(k->name, group, name);
  k->count = 0;
  k->is_left = false;
  if (k->has_failed || !keep_restores(k))
    return;
  const keep_piece *piece = find(k, k->name, KEEP_BYTES);
  k->from = piece ? piece->data : NULL;
  k->count = piece ? (size_t)piece->count : 0;
  k->is_left = !piece;
}

void keep_shape(keeper *k, uint64_t shape) {
  uint64_t there = shape;
  KEEP_VALUE(k, there);
  if (k->has_failed || there == shape)
    return;
  misses(k, k->name, "is laid out otherwise there");
  k->is_left = true;
}

static bool make_room(keeper *k, size_t size) {
  if (k->capacity - k->count >= size)
    return true;
  size_t capacity = 2 * k->capacity + size + 256;
  uint8_t *grown = realloc(k->bytes, capacity);
  if (!grown)
    return false;
  k->bytes = grown;
  k->capacity = capacity;
  return true;
}

void keep_bytes(keeper *k, void *bytes, size_t size) {
  if (k->has_failed || k->is_left || size == 0)
    return;
  if (!keep_restores(k)) {
    if (!make_room(k, size)) {
      keep_fail(k, "out of memory");
      return;
    }
    memcpy(k->bytes + k->count, bytes, size);
    k->count += size;
    return;
  }
  if (k->count < size) {
    keep_fail(k, "its '%.200s' is too short", k->name);
    return;
  }
  memcpy(bytes, k->from, size);
  k->from += size;
  k->count -= size;
}

void keep_list(keeper *k, double **values, uint64_t *count, uint64_t *capacity, size_t width) {
  uint64_t there = *count;
  if (k->is_left)
    return;
  KEEP_VALUE(k, there);
  if (keep_restores(k)) {
    if (k->has_failed || there > k->count / (width * sizeof **values)) {
      keep_fail(k, "its '%.200s' is too short", k->name);
      return;
    }
    uint64_t wanted = there > *capacity ? there : *capacity; /* what was reserved stays */
    double *room = realloc(*values, ((size_t)wanted * width + 1) * sizeof *room);
    if (!room) {
      keep_fail(k, "out of memory");
      return;
    }
    *values = room;
    *count = there;
    *capacity = wanted;
  }
  keep_bytes(k, *values, (size_t)there * width * sizeof **values);
}

void keep_end(keeper *k) {
  bool is_left = k->is_left;
  k->is_left = false;
  if (k->has_failed || is_left)
    return;
  if (!keep_restores(k))
    k->has_failed = !k->take(k, &(keep_piece){k->name, KEEP_BYTES, k->count, k->bytes});
  else if (k->count > 0)
    keep_fail(k, "its '%.200s' is too long", k->name);
}
