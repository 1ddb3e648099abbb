/* SPDX-License-Identifier: MIT */
/* events_memory.c - see events_make.h. */
#include "events/events_make.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void *events_allocate(events_maker *m, uint64_t count, size_t size) {
  void *p = count > SIZE_MAX / (size + 1) ? NULL : calloc(count ? (size_t)count : 1, size);
  if (!p)
    snprintf(m->error, SIM_ERROR_SIZE,
             "out of memory for events: %" PRIu64 " bytes (%" PRIu64 " bytes were allocated before)", count * size,
             m->s->allocated);
  m->s->allocated += count * size;
  return p;
}

void *events_allocate_aligned(events_maker *m, uint64_t count, size_t size) {
  size_t bytes = ((size_t)count * size + 63) / 64 * 64;
  void *p = aligned_alloc(64, bytes);
  if (p)
    memset(p, 0, bytes);
  else
    snprintf(m->error, SIM_ERROR_SIZE, "out of memory for events: %zu bytes", bytes);
  m->s->allocated += bytes;
  return p;
}
