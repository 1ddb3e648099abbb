/* SPDX-License-Identifier: MIT */
/* threads.h - a pool of threads that run the same function, each on its own task.
 *
 * The pool is made once. Its work is cut into as many tasks as there are threads, often a slice each. No result may
 * depend on which thread does a task, so that any number of threads gives the same bits. thread_pool_run does not
 * allocate; threads that wait spin for a short while, then sleep. */
#ifndef NSA_RUNTIME_THREADS_H
#define NSA_RUNTIME_THREADS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct thread_pool thread_pool;

/* work(context, task, tasks), task in [0, tasks), each once; a thread may do several. */
typedef void (*thread_work)(void *context, uint32_t task, uint32_t tasks);

#define THREADS_MAX 256

/* Processors that this process may use, 1 ... THREADS_MAX. */
uint32_t thread_processors(void);

/* count threads, up to THREADS_MAX, with the caller's own (1: no thread is made). NULL with errno when that fails. */
thread_pool *thread_pool_new(uint32_t count);
void thread_pool_free(thread_pool *pool);
uint32_t thread_pool_count(const thread_pool *pool);

/* The same for work of about so many seconds by one thread: the caller does all tasks where waking the others would
 * take longer. */
void thread_pool_run_if_worth(thread_pool *pool, double seconds, thread_work work, void *context);

/* While the pool rests the caller does all tasks, whatever the work. */
void thread_pool_rest(thread_pool *pool, bool rests);

/* Returns when all have done their work: what they wrote is then visible to all. */
void thread_pool_run(thread_pool *pool, thread_work work, void *context);

/* The task of one thread of `count` things: [*first, *last). */
static inline void thread_slice(uint64_t count, uint32_t thread, uint32_t threads, uint64_t *first, uint64_t *last) {
  uint64_t each = count / threads, rest = count % threads;
  *first = each * thread + (thread < rest ? thread : rest);
  *last = *first + each + (thread < rest ? 1 : 0);
}

#endif
