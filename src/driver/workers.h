/* SPDX-License-Identifier: MIT */
/* workers.h - tasks done by several threads, and ended by interrupts (nsa_interrupts.h), which are caught from then on.
 */
#ifndef NSA_DRIVER_WORKERS_H
#define NSA_DRIVER_WORKERS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  uint64_t count;                               /* of tasks */
  void (*task)(void *context, uint64_t number); /* by several threads at once, in the order of numbers */
  void *context;
  pthread_mutex_t lock; /* for what tasks share; what is held under it is left whole */
  /* ---- its own ---- */
  pthread_cond_t has_ended;
  uint64_t taken;
  uint32_t working; /* threads */
  bool is_stopped;
} workers;

/* Does the tasks on so many threads. False: after an interrupt some of them did not end within a moment. They are left
 * behind, and the lock stays held, so that none of them goes on with what is shared: the process must end. */
bool workers_run(workers *w, uint32_t jobs);
/* No task begins any more. The lock is held. */
void workers_stop(workers *w);

#endif
