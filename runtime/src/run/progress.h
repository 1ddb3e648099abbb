/* SPDX-License-Identifier: MIT */
/* progress.h - how far a run is, on stderr: a bar on a terminal, a line every ten seconds
 * elsewhere.
 *
 * The clock is not read at every tick: progress_is_due counts ticks down to the next look. Their number follows the
 * speed of the run, so that looks are about 20 ms apart. */
#ifndef NSA_RUNTIME_PROGRESS_H
#define NSA_RUNTIME_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  bool is_quiet, is_terminal, is_drawn;
  const char *label;      /* the variant, or NULL */
  double base_dt;         /* ms */
  uint64_t first, ticks;  /* from which it goes on; of the whole run */
  uint64_t goal, reached; /* trials of a run that ends after so many; goal 0: it ends after a time */
  uint32_t interval, countdown;
  double started, looked, shown; /* seconds */
} progress;

/* Seconds of a clock that never goes back. */
double progress_clock(void);

/* first: from which the run goes on, or 0. */
void progress_begin(progress *p, const char *label, uint64_t first, uint64_t ticks, double base_dt, bool is_quiet);
/* Once a tick; true when it is time for progress_look. */
static inline bool progress_is_due(progress *p) { return --p->countdown == 0; }
/* Shows how far the run is, if that is due; gives the time. */
double progress_look(progress *p, uint64_t tick);
/* Removes the bar. */
void progress_end(progress *p);

#endif
