/* SPDX-License-Identifier: MIT */
/* vec.c - the one function behind the growing arrays of vec.h. */
#include "support/vec.h"
#include "support/exhausted.h"

void *vec_grow(arena *a, void *data, uint32_t len, uint32_t *cap, uint32_t need, size_t size) {
  /* Doubling; near the top of 32 bits it becomes exactly what is needed. */
  uint32_t wanted = *cap < 8 ? 8 : (*cap > UINT32_MAX / 2 ? UINT32_MAX : *cap * 2);
  if (wanted < need)
    wanted = need;
  /* need 0 here means that len + 1 wrapped around: four billion items. */
  if (need == 0)
    exhausted();
  void *fresh = arena_alloc_array(a, wanted, size);
  if (len != 0)
    memcpy(fresh, data, (size_t)len * size);
  *cap = wanted;
  return fresh;
}
