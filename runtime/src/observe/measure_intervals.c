/* SPDX-License-Identifier: MIT */
#include "observe/measure_intervals.h"

#include "state/probe.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
  uint64_t last; /* tick of the last event; 0: none yet */
  uint64_t count;
  double mean, squares; /* of the intervals: their mean, sum of squared deviations from it */
} train;

struct intervals {
  const nsa_probe *probe;
  uint64_t first, count; /* elements */
  uint64_t began;        /* first tick of the present window */
  bool was_active;
  train *trains;
};

intervals *intervals_new(const sim *s, const nsa_probe *probe) {
  intervals *t = calloc(1, sizeof *t);
  if (!t)
    return NULL;
  t->probe = probe;
  t->count = probe_range(s, probe, &t->first);
  t->trains = calloc(t->count + 1, sizeof *t->trains);
  if (t->trains)
    return t;
  free(t);
  return NULL;
}

void intervals_free(intervals *t) {
  if (!t)
    return;
  free(t->trains);
  free(t);
}

static void add_event(const intervals *t, train *x, uint64_t tick) {
  if (x->last >= t->began && x->last != 0) {
    double interval = (double)(tick - x->last), off = interval - x->mean;
    x->count++;
    x->mean += off / (double)x->count;
    x->squares += off * (interval - x->mean);
  }
  x->last = tick;
}

void intervals_after_tick(intervals *t, const sim *s, bool is_active) {
  if (is_active && !t->was_active)
    t->began = s->tick;
  t->was_active = is_active;
  if (!is_active || s->tick == 0)
    return;
  const sim_fired *fired = probe_fired(s, t->probe);
  for (uint32_t i = 0; i < fired->count; i++)
    if (fired->elements[i] >= t->first && fired->elements[i] - t->first < t->count)
      add_event(t, &t->trains[fired->elements[i] - t->first], s->tick);
}

double intervals_variation(const intervals *t) {
  double sum = 0, elements = 0;
  for (uint64_t i = 0; i < t->count; i++) {
    const train *x = &t->trains[i];
    if (x->count < 2)
      continue;
    sum += sqrt(x->squares / (double)x->count) / x->mean;
    elements++;
  }
  return elements > 0 ? sum / elements : NAN;
}
