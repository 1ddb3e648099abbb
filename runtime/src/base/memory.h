/* SPDX-License-Identifier: MIT */
/* memory.h - large arrays. */
#ifndef NSA_RUNTIME_MEMORY_H
#define NSA_RUNTIME_MEMORY_H

#include <stdint.h>

/* Not zeroed, aligned to 64 bytes at least, freed by free; NULL when out of memory. The system is asked to back large
 * arrays with large pages, which events that go all over them need. */
void *memory_large(uint64_t bytes);

#endif
