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

static const keep_piece *find(keeper *k, const char *name, keep_type type) {
  const keep_piece *piece = k->find(k, name);
  if (!piece)
    keep_fail(k, "it has no '%.200s'", name);
  else if (piece->type != type)
    keep_fail(k, "its '%.200s' is of another type", name);
  return k->has_failed ? NULL : piece;
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
  if (piece && piece->count != count)
    keep_fail(k, "its '%.200s' has %" PRIu64 " entries, and %" PRIu64 " are needed", full, piece->count, count);
  else if (piece && count)
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
  if (piece && piece->count > most)
    keep_fail(k, "its '%.200s' has %" PRIu64 " entries, and %" PRIu64 " are possible", full, piece->count, most);
  if (k->has_failed || !piece)
    return;
  *count = (uint32_t)piece->count;
  if (piece->count)
    memcpy(data, piece->data, piece->count * sizeof *data);
  for (uint32_t i = 0; i < *count; i++)
    if (data[i] >= most)
      keep_fail(k, "its '%.200s' names an element that is not there", full);
}

/* ---- small things ---- */

void keep_begin(keeper *k, const char *group, const char *name) {
  join(k->name, group, name);
  k->count = 0;
  if (k->has_failed || !keep_restores(k))
    return;
  const keep_piece *piece = find(k, k->name, KEEP_BYTES);
  k->from = piece ? piece->data : NULL;
  k->count = piece ? (size_t)piece->count : 0;
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
  if (k->has_failed || size == 0)
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
  if (k->has_failed)
    return;
  if (!keep_restores(k))
    k->has_failed = !k->take(k, &(keep_piece){k->name, KEEP_BYTES, k->count, k->bytes});
  else if (k->count > 0)
    keep_fail(k, "its '%.200s' is too long", k->name);
}
