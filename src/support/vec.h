/* SPDX-License-Identifier: MIT */
/* vec.h - growing arrays in an arena.
 *
 *   typedef VEC(int) int_vec;         int_vec v = {0};
 *   vec_push(a, &v, 3);               v.data[i], v.len
 */
#ifndef NSA_SUPPORT_VEC_H
#define NSA_SUPPORT_VEC_H

#include "support/arena.h"
#include <stdint.h>

#define VEC(type)                                                                                                      \
  struct {                                                                                                             \
    type *data;                                                                                                        \
    uint32_t len, cap;                                                                                                 \
  }

/* Room for at least `need` items of `size` bytes; the old contents are kept. */
void *vec_grow(arena *a, void *data, uint32_t len, uint32_t *cap, uint32_t need, size_t size);

#define vec_reserve(a, v, need)                                                                                        \
  ((need) <= (v)->cap ? (void)0                                                                                        \
                      : (void)((v)->data = vec_grow((a), (v)->data, (v)->len, &(v)->cap, (need), sizeof *(v)->data)))
#define vec_push(a, v, item) (vec_reserve((a), (v), (v)->len + 1), (void)((v)->data[(v)->len++] = (item)))
/* A pointer to a new zeroed item at the end; valid until the next push. */
#define vec_add(a, v)                                                                                                  \
  (vec_reserve((a), (v), (v)->len + 1), memset(&(v)->data[(v)->len], 0, sizeof *(v)->data), &(v)->data[(v)->len++])

#include <string.h>
#endif
