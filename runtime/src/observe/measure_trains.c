/* SPDX-License-Identifier: MIT */
#include "observe/measure_trains.h"

#include "state/probe.h"

#include <math.h>
#include <stdlib.h>

struct trains {
  const nsa_measure_node *node;
  const nsa_probe *probe;
  uint64_t first, count; /* elements */
  uint64_t entries;      /* rows of state: one for each, or one for all of them together */
  uint64_t began;        /* first tick of the present window of the phase */
  uint64_t window;       /* FANO: its length, in base ticks */
  uint64_t windows;      /* FANO: those that are over */
  bool was_active;
  double *state;
};

/* What is kept of an element, by measure. */
enum { ISI_LAST, ISI_COUNT, ISI_MEAN, ISI_SQUARES }; /* tick of the last event (0: none); of intervals (Welford 1962) */
enum { FANO_NOW, FANO_SUM, FANO_SQUARES };           /* events in the window under way; in those that are over */
enum { LATENCY_SEEN, LATENCY_SUM, LATENCY_COUNT };   /* in this window; of the windows that had one */
enum { COUNT_EVENTS };
enum { WIDTH = 4 };

bool trains_are_taken(const nsa_measure_node *node) {
  return (node->kind >= NSA_MEASURE_ISI_CV && node->kind <= NSA_MEASURE_LATENCY) ||
         ((node->kind == NSA_MEASURE_COUNT || node->kind == NSA_MEASURE_RATE) && node->per == NSA_PER_ELEMENT);
}

trains *trains_new(const sim *s, const nsa_measure_node *node) {
  trains *t = calloc(1, sizeof *t);
  if (!t)
    return NULL;
  t->node = node;
  t->probe = &s->program->probes[node->probe];
  t->count = probe_range(s, t->probe, &t->first);
  t->entries = node->kind == NSA_MEASURE_LATENCY && node->per != NSA_PER_ELEMENT ? 1 : t->count;
  t->window = node->kind == NSA_MEASURE_FANO ? (uint64_t)nsa_nearest_tick(node->number, s->program->base_dt) : 0;
  t->state = calloc(t->entries * WIDTH + 1, sizeof *t->state);
  if (t->state)
    return t;
  free(t);
  return NULL;
}

void trains_free(trains *t) {
  if (!t)
    return;
  free(t->state);
  free(t);
}

/* ---- events ---- */

static void add_interval(const trains *t, double *x, double tick) {
  if (x[ISI_LAST] >= (double)t->began && x[ISI_LAST] != 0) {
    double interval = tick - x[ISI_LAST], off = interval - x[ISI_MEAN];
    x[ISI_COUNT]++;
    x[ISI_MEAN] += off / x[ISI_COUNT];
    x[ISI_SQUARES] += off * (interval - x[ISI_MEAN]);
  }
  x[ISI_LAST] = tick;
}

static void add_latency(const trains *t, double *x, double tick) {
  if (x[LATENCY_SEEN] != 0)
    return;
  x[LATENCY_SEEN] = 1;
  x[LATENCY_SUM] += tick - (double)t->began;
  x[LATENCY_COUNT]++;
}

static void add_event(const trains *t, double *x, double tick) {
  switch (t->node->kind) {
  case NSA_MEASURE_FANO:
    x[FANO_NOW]++;
    break;
  case NSA_MEASURE_LATENCY:
    add_latency(t, x, tick);
    break;
  case NSA_MEASURE_ISI_CV:
  case NSA_MEASURE_ISI_MEAN:
    add_interval(t, x, tick);
    break;
  default:
    x[COUNT_EVENTS]++;
  }
}

static void begin_window(trains *t, uint64_t tick) {
  t->began = tick;
  for (uint64_t i = 0; t->node->kind == NSA_MEASURE_LATENCY && i < t->entries; i++)
    t->state[i * WIDTH + LATENCY_SEEN] = 0;
}

/* Counts of a window go into the sums, or are forgotten where the phase ended within it. */
static void end_counts(trains *t, bool is_whole) {
  for (uint64_t i = 0; i < t->entries; i++) {
    double *x = &t->state[i * WIDTH], now = is_whole ? x[FANO_NOW] : 0;
    x[FANO_SUM] += now;
    x[FANO_SQUARES] += now * now;
    x[FANO_NOW] = 0;
  }
  t->windows += is_whole;
}

static void look_at_windows(trains *t, uint64_t tick, bool is_active) {
  if (t->window > 0 && t->was_active) {
    bool is_whole = tick > t->began && (tick - t->began) % t->window == 0;
    if (is_whole || !is_active)
      end_counts(t, is_whole);
  }
  if (is_active && !t->was_active)
    begin_window(t, tick);
  t->was_active = is_active;
}

void trains_after_tick(trains *t, const sim *s, bool is_active) {
  look_at_windows(t, s->tick, is_active);
  if (!is_active || s->tick == 0)
    return;
  const sim_fired *fired = probe_fired(s, t->probe);
  for (uint32_t i = 0; i < fired->count; i++)
    if (fired->elements[i] >= t->first && fired->elements[i] - t->first < t->count)
      add_event(t, &t->state[t->entries == 1 ? 0 : (fired->elements[i] - t->first) * WIDTH], (double)s->tick);
}

/* ---- values ---- */

uint64_t trains_entries(const trains *t) { return t->entries; }

/* Variance of the counts over their mean. */
static double fano_value(const trains *t, const double *x) {
  double windows = (double)t->windows, sum = x[FANO_SUM];
  return t->windows > 1 && sum > 0 ? (windows * x[FANO_SQUARES] - sum * sum) / (windows * sum) : NAN;
}

double trains_value(const trains *t, const sim *s, uint64_t entry, double duration) {
  const double *x = &t->state[entry * WIDTH], dt = s->program->base_dt;
  switch (t->node->kind) {
  case NSA_MEASURE_ISI_CV:
    return x[ISI_COUNT] >= 2 ? sqrt(x[ISI_SQUARES] / x[ISI_COUNT]) / x[ISI_MEAN] : NAN;
  case NSA_MEASURE_ISI_MEAN:
    return x[ISI_COUNT] >= 1 ? x[ISI_MEAN] * dt : NAN;
  case NSA_MEASURE_FANO:
    return fano_value(t, x);
  case NSA_MEASURE_LATENCY:
    return x[LATENCY_COUNT] > 0 ? x[LATENCY_SUM] / x[LATENCY_COUNT] * dt : NAN;
  case NSA_MEASURE_RATE:
    return duration > 0 ? x[COUNT_EVENTS] / duration : NAN;
  default:
    return x[COUNT_EVENTS];
  }
}

double trains_mean(const trains *t, const sim *s, double duration) {
  double sum = 0, elements = 0;
  for (uint64_t i = 0; i < t->entries; i++) {
    double value = trains_value(t, s, i, duration);
    if (isnan(value))
      continue;
    sum += value;
    elements++;
  }
  return elements > 0 ? sum / elements : NAN;
}

void trains_keep(trains *t, keeper *k) {
  if (!t)
    return;
  KEEP_VALUE(k, t->began);
  KEEP_VALUE(k, t->windows);
  KEEP_VALUE(k, t->was_active);
  keep_bytes(k, t->state, t->entries * WIDTH * sizeof *t->state);
}
