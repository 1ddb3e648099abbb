/* SPDX-License-Identifier: MIT */
#include "observe/measure_samples.h"

#include "observe/measure_curve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct samples {
  const nsa_measure_node *node;
  uint64_t entries;   /* series: 1, or one for each element */
  uint64_t every;     /* base ticks between two samples of one window */
  uint64_t count;     /* samples of each series */
  uint64_t last_tick; /* of the last one */
  double position;    /* AT: where `number` lies, in base ticks */
  bool was_after;     /* whether the phase `among` lay one tick ago */
  uint64_t after;     /* where it ended last */
  double *state;      /* what the rule keeps, for each series */
  series_list kept;   /* samples, those of one time together */
  series_list pieces; /* of what is kept, between gaps: number of the first sample, its tick */
};

/* One number of a series, and what was before it. */
typedef struct {
  double tick, value, other;
  double number;  /* of the node */
  double before;  /* tick of the sample before */
  double after;   /* where the phase `among` ended last */
  uint64_t count; /* samples before */
  bool follows;   /* the one before was the time of one sample ago */
} sample;

/* How many numbers a measure keeps of each series, how they take a sample in, what they give. */
typedef struct {
  uint32_t width;
  void (*add)(double *state, const sample *x);
  double (*value)(const samples *t, const double *state, const sim *s);
} rule;

/* ---- mean, extremes, times ---- */

static void add_sum(double *state, const sample *x) { state[0] += x->value; }

static double mean_value(const samples *t, const double *state, const sim *s) {
  (void)s;
  return state[0] / (double)t->count;
}

static void add_largest(double *state, const sample *x) {
  if (x->count > 0 && !(x->value > state[0]))
    return;
  state[0] = x->value;
  state[1] = x->tick;
}

static void add_smallest(double *state, const sample *x) {
  if (x->count == 0 || x->value < state[0])
    state[0] = x->value;
}

static double only_value(const samples *t, const double *state, const sim *s) {
  (void)t;
  (void)s;
  return state[0];
}

static double time_value(const samples *t, const double *state, const sim *s) {
  (void)t;
  return sim_time(s, (uint64_t)state[1]);
}

/* How many were above, and whether the last one was. */
static void add_above(double *state, const sample *x) {
  state[1] = x->value > x->number;
  state[0] += state[1];
}

/* A sample counts until the next one is due, the last until the end. */
static double above_value(const samples *t, const double *state, const sim *s) {
  uint64_t ticks = (uint64_t)state[0] * t->every, since = s->tick - t->last_tick;
  return sim_time(s, state[1] != 0 && since < t->every ? ticks - (t->every - since) : ticks);
}

static void add_first(double *state, const sample *x) {
  if (x->count == 0)
    state[0] = x->value;
}

static void add_last(double *state, const sample *x) { state[0] = x->value; }

enum { AT_VALUE, AT_FOUND, AT_BEFORE, AT_WIDTH };

/* number: a place in ticks. */
static void add_at(double *state, const sample *x) {
  double since = x->number - x->before, apart = x->tick - x->before;
  bool is_between = x->follows && since > 0 && x->number < x->tick;
  if (x->number == x->tick || is_between) {
    state[AT_FOUND] = 1;
    state[AT_VALUE] = is_between ? state[AT_BEFORE] + since / apart * (x->value - state[AT_BEFORE]) : x->value;
  }
  state[AT_BEFORE] = x->value;
}

static double at_value(const samples *t, const double *state, const sim *s) {
  (void)t;
  (void)s;
  return state[AT_FOUND] != 0 ? state[AT_VALUE] : NAN;
}

/* ---- sums of squares: each sample updates means, and sums of products of deviations from them (Welford 1962) ---- */

enum { SD_MEAN, SD_SQUARES, SD_WIDTH };

static void add_square(double *state, const sample *x) {
  double off = x->value - state[SD_MEAN];
  state[SD_MEAN] += off / (double)(x->count + 1);
  state[SD_SQUARES] += off * (x->value - state[SD_MEAN]);
}

static double sd_value(const samples *t, const double *state, const sim *s) {
  (void)s;
  return sqrt(state[SD_SQUARES] / (double)t->count);
}

enum { PAIR_A, PAIR_B, PAIR_AA, PAIR_BB, PAIR_AB, PAIR_WIDTH };

static void add_pair(double *state, double a, double b, uint64_t count) {
  double off_a = a - state[PAIR_A], off_b = b - state[PAIR_B];
  state[PAIR_A] += off_a / (double)(count + 1);
  state[PAIR_B] += off_b / (double)(count + 1);
  state[PAIR_AA] += off_a * (a - state[PAIR_A]);
  state[PAIR_BB] += off_b * (b - state[PAIR_B]);
  state[PAIR_AB] += off_a * (b - state[PAIR_B]);
}

static void add_slope(double *state, const sample *x) { add_pair(state, x->tick, x->value, x->count); }

static double slope_value(const samples *t, const double *state, const sim *s) {
  (void)t;
  return state[PAIR_AB] / state[PAIR_AA] / s->program->base_dt;
}

static void add_both(double *state, const sample *x) { add_pair(state, x->value, x->other, x->count); }

static double correlation_value(const samples *t, const double *state, const sim *s) {
  (void)t;
  (void)s;
  return state[PAIR_AB] / (sqrt(state[PAIR_AA]) * sqrt(state[PAIR_BB]));
}

/* Behind the elements' own states stands that of their mean. */
static double synchrony_value(const samples *t, const double *state, const sim *s) {
  (void)s;
  double sum = 0;
  for (uint64_t i = 0; i < t->entries; i++)
    sum += state[i * SD_WIDTH + SD_SQUARES];
  return sqrt(state[t->entries * SD_WIDTH + SD_SQUARES] / (sum / (double)t->entries));
}

/* ---- persistence ---- */

enum { LEFT_SUM, LEFT_COUNT, LEFT_WAITS, LEFT_BEFORE, LEFT_WIDTH };

static void end_wait(double *state, double ticks) {
  state[LEFT_SUM] += ticks;
  state[LEFT_COUNT]++;
  state[LEFT_WAITS] = 0;
}

static void add_left(double *state, const sample *x) {
  if (state[LEFT_WAITS] != 0 && !(x->value > x->number)) {
    double above = state[LEFT_BEFORE] - x->number, fall = state[LEFT_BEFORE] - x->value;
    bool was_above = x->follows && above > 0;
    double end = was_above ? x->before + above / fall * (x->tick - x->before) : x->after;
    end_wait(state, end > x->after ? end - x->after : 0);
  }
  state[LEFT_BEFORE] = x->value;
}

/* What has not fallen yet counts until the end. */
static double persistence_value(const samples *t, const double *state, const sim *s) {
  bool is_waiting = state[LEFT_WAITS] != 0 && s->tick > t->after;
  double sum = state[LEFT_SUM] + (is_waiting ? (double)(s->tick - t->after) : 0);
  return sum / (state[LEFT_COUNT] + is_waiting) * s->program->base_dt;
}

static void begin_or_end_waits(samples *t, uint64_t tick, bool is_active) {
  for (uint64_t i = 0; i < t->entries; i++) {
    double *state = &t->state[i * LEFT_WIDTH];
    if (is_active && state[LEFT_WAITS] != 0)
      end_wait(state, (double)(tick - t->after));
    state[LEFT_WAITS] = !is_active;
  }
  if (!is_active)
    t->after = tick;
}

/* ---- rules ---- */

static const rule rules[nsa_measure_kind_count] = {
    [NSA_MEASURE_MEAN] = {1, add_sum, mean_value},
    [NSA_MEASURE_MAX] = {2, add_largest, only_value},
    [NSA_MEASURE_MIN] = {1, add_smallest, only_value},
    [NSA_MEASURE_TIME_ABOVE] = {2, add_above, above_value},
    [NSA_MEASURE_TIME_OF_MAX] = {2, add_largest, time_value},
    [NSA_MEASURE_FIRST] = {1, add_first, only_value},
    [NSA_MEASURE_LAST] = {1, add_last, only_value},
    [NSA_MEASURE_AT] = {AT_WIDTH, add_at, at_value},
    [NSA_MEASURE_SD] = {SD_WIDTH, add_square, sd_value},
    [NSA_MEASURE_SLOPE] = {PAIR_WIDTH, add_slope, slope_value},
    [NSA_MEASURE_CORRELATION] = {PAIR_WIDTH, add_both, correlation_value},
    [NSA_MEASURE_SYNCHRONY] = {SD_WIDTH, add_square, synchrony_value},
    [NSA_MEASURE_PERSISTENCE] = {LEFT_WIDTH, add_left, persistence_value},
};

static bool is_kept(uint32_t kind) { return kind >= NSA_MEASURE_MEDIAN && kind <= NSA_MEASURE_TIMESCALE; }

bool samples_are_taken(uint32_t kind) { return is_kept(kind) || rules[kind].add; }

bool samples_have_two(uint32_t kind) { return kind == NSA_MEASURE_CORRELATION; }

bool samples_are_of_elements(const nsa_measure_node *node) {
  return node->per == NSA_PER_ELEMENT || node->kind == NSA_MEASURE_SYNCHRONY;
}

static uint64_t every_of(const nsa_measure_node *node) { return node->every > 1 ? node->every : 1; }

double samples_kept_bytes(const nsa_measure_node *node, double ticks, double entries) {
  if (!is_kept(node->kind))
    return 0;
  double count = floor(ticks / (double)every_of(node)) + 1;
  double work = node->kind == NSA_MEASURE_TIMESCALE ? curve_timescale_bytes(count) : 8 * count;
  return 8 * count * (samples_are_of_elements(node) ? entries : 1) + work;
}

/* Rows of numbers that a rule keeps. */
static uint64_t rows_of(const samples *t) { return t->entries + (t->node->kind == NSA_MEASURE_SYNCHRONY); }

samples *samples_new(const sim *s, const nsa_measure_node *node) {
  samples *t = calloc(1, sizeof *t);
  if (!t)
    return NULL;
  uint64_t first, elements = probe_range(s, &s->program->probes[node->probe], &first);
  double place = node->number / s->program->base_dt;
  t->node = node;
  t->entries = samples_are_of_elements(node) ? elements : 1;
  t->every = every_of(node);
  t->position = fabs(place - round(place)) < NSA_TICK_SLACK ? round(place) : place;
  t->state = calloc(rows_of(t) * rules[node->kind].width + 1, sizeof *t->state);
  uint64_t known = s->program->until == NSA_NONE && node->phase == NSA_NONE ? s->program->ticks / t->every + 1 : 0;
  if (t->state && (!is_kept(node->kind) || series_reserve(&t->kept, known * t->entries)))
    return t;
  samples_free(t);
  return NULL;
}

void samples_free(samples *t) {
  if (!t)
    return;
  free(t->state);
  free(t->kept.values);
  free(t->pieces.values);
  free(t);
}

void samples_reset(samples *t) {
  memset(t->state, 0, rows_of(t) * rules[t->node->kind].width * sizeof *t->state);
  t->count = t->kept.count = t->pieces.count = 0;
}

/* ---- samples ---- */

void samples_at_tick(samples *t, uint64_t tick, bool is_after_active) {
  if (t->was_after != is_after_active)
    begin_or_end_waits(t, tick, is_after_active);
  t->was_after = is_after_active;
}

static sample sample_at(const samples *t, uint64_t tick) {
  return (sample){.tick = (double)tick,
                  .number = t->node->kind == NSA_MEASURE_AT ? t->position : t->node->number,
                  .before = (double)t->last_tick,
                  .after = (double)t->after,
                  .count = t->count,
                  .follows = t->count > 0 && tick == t->last_tick + t->every};
}

/* False: out of memory. */
static bool note_gap(samples *t, const sample *x) {
  if (!is_kept(t->node->kind) || x->follows)
    return true;
  return series_push(&t->pieces, (double)t->count) && series_push(&t->pieces, x->tick);
}

static bool take(samples *t, uint64_t row, sample *x, double value) {
  if (is_kept(t->node->kind))
    return series_push(&t->kept, value);
  x->value = value;
  const rule *r = &rules[t->node->kind];
  r->add(&t->state[row * r->width], x);
  return true;
}

static void end_sample(samples *t, uint64_t tick) {
  t->count++;
  t->last_tick = tick;
}

bool samples_take(samples *t, uint64_t tick, double value, double other) {
  sample x = sample_at(t, tick);
  x.other = other;
  bool is_taken = note_gap(t, &x) && take(t, 0, &x, value);
  end_sample(t, tick);
  return is_taken;
}

bool samples_take_all(samples *t, uint64_t tick, const probe_view *view) {
  double values[NSA_TILE];
  sample x = sample_at(t, tick);
  bool is_taken = note_gap(t, &x);
  for (uint64_t at = 0; is_taken && at < t->entries; at += NSA_TILE) {
    uint64_t n = t->entries - at < NSA_TILE ? t->entries - at : NSA_TILE;
    probe_copy(view, at, n, values);
    for (uint64_t k = 0; is_taken && k < n; k++)
      is_taken = take(t, at + k, &x, values[k]);
  }
  if (t->node->kind == NSA_MEASURE_SYNCHRONY)
    take(t, t->entries, &x, probe_reduce(view, NSA_REDUCE_MEAN));
  end_sample(t, tick);
  return is_taken;
}

/* ---- values ---- */

uint64_t samples_entries(const samples *t) { return t->node->per == NSA_PER_ELEMENT ? t->entries : 1; }

static curve curve_of(const samples *t, uint64_t entry) {
  return (curve){.of = {t->kept.values + entry, t->count, t->entries},
                 .pieces = t->pieces.values,
                 .piece_count = t->pieces.count / 2,
                 .every = (double)t->every};
}

static bool kept_value(const samples *t, const sim *s, uint64_t entry, double *value) {
  curve c = curve_of(t, entry);
  switch (t->node->kind) {
  case NSA_MEASURE_MEDIAN:
    return series_reduce(NSA_MEASURE_SERIES_MEDIAN, c.of, 0, value);
  case NSA_MEASURE_PERCENTILE:
    return series_reduce(NSA_MEASURE_SERIES_PERCENTILE, c.of, t->node->number, value);
  case NSA_MEASURE_PERIOD:
    *value = curve_period(&c) * s->program->base_dt;
    return true;
  case NSA_MEASURE_AMPLITUDE:
    *value = curve_amplitude(&c);
    return true;
  default: { /* TIMESCALE */
    double ticks = NAN;
    bool is_good = curve_timescale(&c, &ticks);
    *value = ticks * s->program->base_dt;
    return is_good;
  }
  }
}

bool samples_value(const samples *t, const sim *s, uint64_t entry, double *value) {
  *value = NAN;
  if (t->count == 0)
    return true;
  if (is_kept(t->node->kind))
    return kept_value(t, s, entry, value);
  const rule *r = &rules[t->node->kind];
  *value = r->value(t, &t->state[entry * r->width], s);
  return true;
}

void samples_keep(samples *t, keeper *k) {
  if (!t)
    return;
  KEEP_VALUE(k, t->count);
  KEEP_VALUE(k, t->last_tick);
  KEEP_VALUE(k, t->was_after);
  KEEP_VALUE(k, t->after);
  keep_bytes(k, t->state, rows_of(t) * rules[t->node->kind].width * sizeof *t->state);
  series_keep(&t->kept, k);
  series_keep(&t->pieces, k);
}
