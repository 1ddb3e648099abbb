/* SPDX-License-Identifier: MIT */
/* map.h - from text to a 32-bit number (an index into the owner's array). Keys are compared by
 * content and are not copied. Iteration order is the order of insertion. */
#ifndef NSA_SUPPORT_MAP_H
#define NSA_SUPPORT_MAP_H

#include "support/arena.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct map map;

map *map_new(arena *a);
/* False when the key was there already (its value is kept). */
bool map_insert(map *m, const char *key, uint32_t value);
void map_replace(map *m, const char *key, uint32_t value);
bool map_find(const map *m, const char *key, uint32_t *value);
uint32_t map_count(const map *m);
const char *map_key_at(const map *m, uint32_t position);
uint32_t map_value_at(const map *m, uint32_t position);

#endif
