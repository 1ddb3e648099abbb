/* SPDX-License-Identifier: MIT */
#include "driver/workers.h"
#include "driver/compile.h"
#include "nsa_interrupts.h"

#include <math.h>
#include <time.h>

static const long look_ms = 50; /* how often interrupts are looked for */
static const double patience_seconds = 0.1;

static bool take(workers *w, uint64_t *number) {
  pthread_mutex_lock(&w->lock);
  bool has_one = w->taken < w->count && !w->is_stopped && !nsa_interrupts_caught();
  if (has_one)
    *number = w->taken++;
  pthread_mutex_unlock(&w->lock);
  return has_one;
}

static void *work(void *context) {
  workers *w = context;
  for (uint64_t number; take(w, &number);)
    w->task(w->context, number);
  pthread_mutex_lock(&w->lock);
  w->working--;
  pthread_cond_signal(&w->has_ended);
  pthread_mutex_unlock(&w->lock);
  return NULL;
}

static bool start_worker(workers *w) {
  pthread_t thread;
  w->working++;
  bool is_started = pthread_create(&thread, NULL, work, w) == 0;
  if (is_started)
    pthread_detach(thread);
  else
    w->working--;
  return is_started;
}

/* The lock is held. False: after an interrupt some of them go on, in a compile or in a long step. */
static bool wait_for_all(workers *w) {
  double end = INFINITY;
  while (w->working > 0 && compile_seconds() < end) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += look_ms * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_cond_timedwait(&w->has_ended, &w->lock, &until);
    if (nsa_interrupts_caught() && end == INFINITY)
      end = compile_seconds() + patience_seconds;
  }
  return w->working == 0;
}

/* This thread waits, so that an interrupt ends what the others are at. */
bool workers_run(workers *w, uint32_t jobs) {
  pthread_mutex_init(&w->lock, NULL);
  pthread_cond_init(&w->has_ended, NULL);
  nsa_interrupts_catch();
  pthread_mutex_lock(&w->lock);
  while (w->working < jobs && start_worker(w))
    ;
  bool is_alone = w->working == 0;
  w->working += is_alone;
  if (is_alone) {
    pthread_mutex_unlock(&w->lock);
    work(w);
    pthread_mutex_lock(&w->lock);
  }
  bool have_ended = wait_for_all(w);
  if (have_ended)
    pthread_mutex_unlock(&w->lock);
  return have_ended;
}

void workers_stop(workers *w) { w->is_stopped = true; }
