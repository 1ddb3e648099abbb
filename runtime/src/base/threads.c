/* SPDX-License-Identifier: MIT */
/* threads.c - see threads.h. */
#include "base/threads.h"

#include "base/costs.h"
#include "nsa_interrupts.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* How often a waiting thread looks before it sleeps: some tens of microseconds, longer than the
 * serial part of a tick of a middling network. */
enum { SPINS = 4000 };

typedef struct {
  thread_pool *pool;
  pthread_t thread;
} worker;

struct thread_pool {
  uint32_t count, spins;
  bool rests;
  thread_work work; /* published by `round` */
  void *context;
  atomic_bool stopping;             /* a thread that comes late to a round reads it when that is over */
  _Alignas(64) atomic_uint round;   /* counts the calls of thread_pool_run */
  _Alignas(64) atomic_ullong next;  /* round << 32 | number of the next task that nobody has taken */
  _Alignas(64) atomic_uint pending; /* tasks of this round that are not done */
  _Alignas(64) atomic_uint sleepers;
  pthread_mutex_t mutex;
  pthread_cond_t wake, done;
  worker *workers; /* count - 1 */
};

static void pause_briefly(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static unsigned wait_for_round(thread_pool *p, unsigned seen) {
  for (uint32_t i = 0; i < p->spins; i++) {
    unsigned now = atomic_load_explicit(&p->round, memory_order_acquire);
    if (now != seen)
      return now;
    pause_briefly();
  }
  pthread_mutex_lock(&p->mutex);
  atomic_fetch_add(&p->sleepers, 1);
  while (atomic_load(&p->round) == seen)
    pthread_cond_wait(&p->wake, &p->mutex);
  atomic_fetch_sub(&p->sleepers, 1);
  pthread_mutex_unlock(&p->mutex);
  return atomic_load(&p->round);
}

/* Takes a task of this round. Who comes late finds none: a thread that the system keeps from
 * running holds up nobody, as the others do its task. */
static bool take_task(thread_pool *p, unsigned round, uint32_t *task) {
  unsigned long long next = atomic_load(&p->next);
  do {
    *task = (uint32_t)next;
    if ((unsigned)(next >> 32) != round || *task >= p->count)
      return false;
  } while (!atomic_compare_exchange_weak(&p->next, &next, next + 1));
  return true;
}

static void report_done(thread_pool *p) {
  if (atomic_fetch_sub(&p->pending, 1) != 1)
    return;
  if (atomic_load(&p->sleepers) == 0)
    return;
  pthread_mutex_lock(&p->mutex);
  pthread_cond_signal(&p->done);
  pthread_mutex_unlock(&p->mutex);
}

static void do_tasks(thread_pool *p, unsigned round) {
  uint32_t task;
  while (take_task(p, round, &task)) {
    p->work(p->context, task, p->count);
    report_done(p);
  }
}

static void wait_for_tasks(thread_pool *p) {
  for (uint32_t i = 0; i < p->spins; i++) {
    if (atomic_load_explicit(&p->pending, memory_order_acquire) == 0)
      return;
    pause_briefly();
  }
  pthread_mutex_lock(&p->mutex);
  atomic_fetch_add(&p->sleepers, 1);
  while (atomic_load(&p->pending) != 0)
    pthread_cond_wait(&p->done, &p->mutex);
  atomic_fetch_sub(&p->sleepers, 1);
  pthread_mutex_unlock(&p->mutex);
}

/* The caller changes `round` before it looks at `sleepers`, a sleeper raises `sleepers` before it
 * looks at `round` (both in one order for all): one of them sees the other. */
static unsigned start_round(thread_pool *p) {
  unsigned round = atomic_load(&p->round) + 1;
  atomic_store(&p->pending, p->count);
  atomic_store(&p->next, (unsigned long long)round << 32);
  atomic_store(&p->round, round);
  if (atomic_load(&p->sleepers) == 0)
    return round;
  pthread_mutex_lock(&p->mutex);
  pthread_cond_broadcast(&p->wake);
  pthread_mutex_unlock(&p->mutex);
  return round;
}

static void *worker_main(void *argument) {
  worker *me = argument;
  thread_pool *p = me->pool;
  nsa_faults_of_thread();
  for (unsigned seen = 0;;) {
    seen = wait_for_round(p, seen);
    if (atomic_load_explicit(&p->stopping, memory_order_acquire))
      return NULL;
    do_tasks(p, seen);
  }
}

uint32_t thread_processors(void) {
  long n = sysconf(_SC_NPROCESSORS_ONLN);
  if (n < 1)
    return 1;
  return n > THREADS_MAX ? THREADS_MAX : (uint32_t)n;
}

static void stop_workers(thread_pool *p, uint32_t started) {
  atomic_store(&p->stopping, true);
  start_round(p);
  for (uint32_t i = 0; i < started; i++)
    pthread_join(p->workers[i].thread, NULL);
}

static void destroy(thread_pool *p) {
  pthread_cond_destroy(&p->done);
  pthread_cond_destroy(&p->wake);
  pthread_mutex_destroy(&p->mutex);
  free(p->workers);
  free(p);
}

thread_pool *thread_pool_new(uint32_t count) {
  errno = EINVAL;
  if (count < 1 || count > THREADS_MAX)
    return NULL;
  thread_pool *p = aligned_alloc(64, (sizeof *p + 63) / 64 * 64);
  worker *workers = calloc(count, sizeof *workers);
  if (!p || !workers) {
    free(p);
    free(workers);
    return NULL;
  }
  *p = (thread_pool){.count = count, .workers = workers};
  /* More threads than processors: who spins keeps another from working. */
  p->spins = count <= thread_processors() ? SPINS : 0;
  pthread_mutex_init(&p->mutex, NULL);
  pthread_cond_init(&p->wake, NULL);
  pthread_cond_init(&p->done, NULL);
  for (uint32_t i = 0; i + 1 < count; i++) {
    workers[i] = (worker){.pool = p};
    int failure = pthread_create(&workers[i].thread, NULL, worker_main, &workers[i]);
    if (failure != 0) {
      stop_workers(p, i);
      destroy(p);
      errno = failure;
      return NULL;
    }
  }
  return p;
}

void thread_pool_free(thread_pool *pool) {
  if (!pool)
    return;
  stop_workers(pool, pool->count - 1);
  destroy(pool);
}

uint32_t thread_pool_count(const thread_pool *pool) { return pool->count; }

static void do_all_tasks(const thread_pool *pool, thread_work work, void *context) {
  for (uint32_t task = 0; task < pool->count; task++)
    work(context, task, pool->count);
}

void thread_pool_run(thread_pool *pool, thread_work work, void *context) {
  if (pool->count == 1 || pool->rests) {
    do_all_tasks(pool, work, context);
    return;
  }
  pool->work = work;
  pool->context = context;
  do_tasks(pool, start_round(pool));
  wait_for_tasks(pool);
}

/* Others that sleep take their time to wake. */
void thread_pool_run_if_worth(thread_pool *pool, double seconds, thread_work work, void *context) {
  bool are_awake = pool->spins && atomic_load_explicit(&pool->sleepers, memory_order_relaxed) == 0;
  if (seconds > (are_awake ? COST_OF_SPINNING : COST_OF_SLEEPING))
    thread_pool_run(pool, work, context);
  else
    do_all_tasks(pool, work, context);
}

static void nothing(void *context, uint32_t task, uint32_t tasks) { (void)context, (void)task, (void)tasks; }

void thread_pool_rest(thread_pool *pool, bool rests) {
  pool->rests = rests;
  if (!rests)
    thread_pool_run(pool, nothing, NULL); /* wakes them */
}
