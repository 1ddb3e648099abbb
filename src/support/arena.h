/* SPDX-License-Identifier: MIT */
/* arena.h - memory that lives as long as one compile (or one stage).
 *
 * Everything a stage makes is allocated from an arena and freed with it; nothing is freed singly.
 * When memory runs out the process ends (exhausted.h). */
#ifndef NSA_SUPPORT_ARENA_H
#define NSA_SUPPORT_ARENA_H

#include <stddef.h>

typedef struct arena arena;

arena *arena_new(void);
void arena_free(arena *a);

/* Zeroed memory, aligned to 16 bytes. size 0 gives a valid pointer. */
void *arena_alloc(arena *a, size_t size);

/* count * size with overflow check (overflow is "out of memory"). */
void *arena_alloc_array(arena *a, size_t count, size_t size);

/* Copy of len bytes with a NUL behind them. */
char *arena_strdup(arena *a, const char *data, size_t len);

/* printf into the arena. */
char *arena_printf(arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_alloc_array((a), (count), sizeof(type)))

#endif
