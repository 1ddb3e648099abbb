/* SPDX-License-Identifier: MIT */
/* strips.c - see strips.h. */
#include "links/strips.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static void *zeroed(sim *s, uint64_t count, size_t size) {
  void *p = count > SIZE_MAX / size
                ? NULL
                : calloc(count ? (size_t)count : 1, size); /* pages that nobody adds to stay unused */
  s->allocated += count * size;
  return p;
}

bool strip_sums_make(sim *s, strip_sums *sums, const sim_population *targets, uint32_t size) {
  *sums = (strip_sums){.strips = link_strips_of(targets), .size = size};
  uint64_t slots = (uint64_t)sums->strips.count * size, bytes = sums->strips.count * sizeof *sums->counts;
  sums->partial = zeroed(s, slots, sizeof *sums->partial);
  sums->is_touched = zeroed(s, slots, 1);
  sums->touched = zeroed(s, slots, sizeof *sums->touched);
  sums->counts = memory_large(bytes);
  if (sums->counts)
    memset(sums->counts, 0, (size_t)bytes);
  return sums->partial && sums->is_touched && sums->touched && sums->counts;
}

void strip_sums_free(strip_sums *sums) {
  free(sums->partial);
  free(sums->is_touched);
  free(sums->touched);
  free(sums->counts);
  *sums = (strip_sums){0};
}

void strip_sums_settle(const strip_sums *sums, double *to) {
  for (uint32_t strip = 0; strip < sums->strips.count; strip++) {
    uint64_t first = (uint64_t)strip * sums->size;
    const uint32_t *touched = sums->touched + first;
    for (uint32_t i = 0; i < sums->counts[strip].count; i++) {
      uint64_t slot = first + touched[i];
      to[touched[i]] += sums->partial[slot];
      sums->partial[slot] = 0;
      sums->is_touched[slot] = 0;
    }
    sums->counts[strip].count = 0;
  }
}
