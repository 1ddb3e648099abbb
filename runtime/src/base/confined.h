/* SPDX-License-Identifier: MIT */
/* confined.h - work on bytes that nobody vouches for, in a process of its own.
 *
 * Where a library crashes on such bytes, never ends or asks for all the memory there is, that is one sentence, and not
 * the end of the run. The process is a fork: it must be started before there are threads, or while they rest. It has
 * limits of memory and of processor time, writes no file and leaves no core; it ends with its work, or when an
 * interrupt comes. */
#ifndef NSA_RUNTIME_CONFINED_H
#define NSA_RUNTIME_CONFINED_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  size_t memory;    /* bytes beyond what this process has */
  unsigned seconds; /* of processor time */
  size_t most;      /* bytes that may come of it */
} confined_limits;

enum { CONFINED_ERROR = 512 };

/* What runs in the process. It puts bytes; false with a sentence in error. */
typedef struct confined confined;
typedef bool confined_work(void *context, confined *to, char error[CONFINED_ERROR]);
void confined_put(confined *to, const void *bytes, size_t count);

/* Hands on what the work puts, as it comes, to who takes it; he may refuse. False with a sentence in error. */
typedef bool confined_taker(void *context, const void *bytes, size_t count, char error[CONFINED_ERROR]);
bool confined_stream(confined_work *work, void *context, const confined_limits *limits, confined_taker *take,
                     void *taking, char error[CONFINED_ERROR]);

/* All bytes that the work has put, *count of them, to be freed; NULL with a sentence in error. */
void *confined_run(confined_work *work, void *context, const confined_limits *limits, size_t *count,
                   char error[CONFINED_ERROR]);

#endif
