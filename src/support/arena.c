/* SPDX-License-Identifier: MIT */
/* arena.c - a list of zeroed chunks; a request larger than a chunk gets one of its own. */
#include "support/arena.h"
#include "support/exhausted.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16, CHUNK_SIZE = 64 * 1024 };

typedef struct chunk chunk;
struct chunk {
  chunk *next;
  size_t size, used; /* of the bytes behind the header */
};

/* The header is rounded up so that the bytes behind it keep malloc's alignment. */
enum { HEADER_SIZE = (sizeof(chunk) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT };

struct arena {
  chunk *first; /* the chunk that small requests are served from */
};

static chunk *chunk_new(size_t size) {
  if (size > SIZE_MAX - HEADER_SIZE)
    exhausted();
  chunk *c = exhausted_unless(calloc(1, HEADER_SIZE + size));
  c->size = size;
  return c;
}

arena *arena_new(void) {
  arena *a = exhausted_unless(calloc(1, sizeof *a));
  a->first = chunk_new(CHUNK_SIZE);
  return a;
}

void arena_free(arena *a) {
  if (a == NULL)
    return;
  for (chunk *c = a->first; c != NULL;) {
    chunk *next = c->next;
    free(c);
    c = next;
  }
  free(a);
}

static void *chunk_take(chunk *c, size_t size) {
  unsigned char *p = (unsigned char *)c + HEADER_SIZE + c->used;
  c->used += size;
  return p;
}

void *arena_alloc(arena *a, size_t size) {
  if (size > SIZE_MAX - ALIGNMENT)
    exhausted();
  size = size == 0 ? ALIGNMENT : (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  chunk *first = a->first;
  if (size <= first->size - first->used)
    return chunk_take(first, size);

  if (size > CHUNK_SIZE / 4) { /* goes behind the first, whose rest stays in use */
    chunk *own = chunk_new(size);
    own->next = first->next;
    first->next = own;
    return chunk_take(own, size);
  }
  chunk *fresh = chunk_new(CHUNK_SIZE);
  fresh->next = first;
  a->first = fresh;
  return chunk_take(fresh, size);
}

void *arena_alloc_array(arena *a, size_t count, size_t size) {
  if (size != 0 && count > SIZE_MAX / size)
    exhausted();
  return arena_alloc(a, count * size);
}

char *arena_strdup(arena *a, const char *data, size_t len) {
  if (len == SIZE_MAX)
    exhausted();
  char *copy = arena_alloc(a, len + 1);
  if (len != 0)
    memcpy(copy, data, len);
  return copy;
}

char *arena_printf(arena *a, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, args);
  va_end(args);
  char *out = arena_alloc(a, len < 0 ? 1 : (size_t)len + 1);
  if (len > 0)
    vsnprintf(out, (size_t)len + 1, format, again);
  va_end(again);
  return out;
}
