/* SPDX-License-Identifier: MIT */
#include "run/names.h"

#include <string.h>
#include <strings.h>

static size_t minimum(size_t a, size_t b) { return a < b ? a : b; }

size_t name_distance(const char *a, const char *b) {
  size_t rows[3][NAME_BYTES + 1];
  size_t a_len = strlen(a), b_len = strlen(b);
  if (a_len > NAME_BYTES || b_len > NAME_BYTES)
    return NAME_BYTES;
  for (size_t j = 0; j <= b_len; j++)
    rows[0][j] = j;
  for (size_t i = 1; i <= a_len; i++) {
    size_t *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
    now[0] = i;
    for (size_t j = 1; j <= b_len; j++) {
      now[j] = minimum(last[j - 1] + (a[i - 1] != b[j - 1]), 1 + minimum(last[j], now[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        now[j] = minimum(now[j], before[j - 2] + 1);
    }
  }
  return rows[a_len % 3][b_len];
}

uint32_t name_nearest(const nsa_program *program, uint32_t count, name_fn name_of, const char *name) {
  uint32_t best = NSA_NONE;
  size_t best_distance = 1 + strlen(name) / 3; /* a third of it may be wrong */
  for (uint32_t i = 0; i < count; i++) {
    bool is_other_case = strcasecmp(name, name_of(program, i)) == 0; /* but for case it is this */
    size_t distance = is_other_case ? 0 : name_distance(name, name_of(program, i));
    if (distance <= best_distance && (best == NSA_NONE || distance < best_distance)) {
      best = i;
      best_distance = distance;
    }
  }
  return best;
}

uint32_t name_find(const nsa_program *program, uint32_t count, name_fn name_of, const char *name, size_t len) {
  for (uint32_t i = 0; i < count; i++) {
    const char *known = name_of(program, i);
    if (strlen(known) == len && memcmp(known, name, len) == 0)
      return i;
  }
  return NSA_NONE;
}
