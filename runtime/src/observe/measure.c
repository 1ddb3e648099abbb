/* SPDX-License-Identifier: MIT */
#include "observe/measure.h"

#include "nsa_math.h"
#include "observe/measure_intervals.h"
#include "observe/measure_recognition.h"
#include "observe/record_probe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a node of a measure has seen so far. Its kind decides which members matter. */
typedef struct {
  uint64_t events, samples;
  double sum, best; /* best: the largest or smallest value */
  uint64_t best_tick;
  uint64_t above_ticks, last_tick; /* a sample stands for the time until the next one */
  bool was_above;
  recognition *recognition;
  intervals *intervals;
  const sim_fired *fired; /* whose number is counted; NULL: not so simple */
} tally;

/* Several nodes may look at the same value in the same tick. */
typedef struct {
  uint64_t tick;
  nsa_reduce_kind reduce;
  double value;
} cached;

struct measurer {
  const nsa_program *program;
  tally *tallies;        /* one a node */
  cached *cache;         /* one a probe */
  uint64_t *phase_ticks; /* how long each phase has lasted */
  uint8_t *was_active;   /* whether each phase was active one tick ago */
};

static bool takes_samples(uint32_t kind) {
  return kind == NSA_MEASURE_MEAN || kind == NSA_MEASURE_MAX || kind == NSA_MEASURE_MIN ||
         kind == NSA_MEASURE_TIME_ABOVE || kind == NSA_MEASURE_TIME_OF_MAX;
}

static bool counts_events(uint32_t kind) { return kind == NSA_MEASURE_COUNT || kind == NSA_MEASURE_RATE; }

/* Events of whole populations need no search. */
static const sim_fired *all_fired(const sim *s, const nsa_measure_node *node) {
  if (!counts_events(node->kind))
    return NULL;
  const nsa_probe *probe = &s->program->probes[node->probe];
  uint64_t first, count = probe_range(s, probe, &first);
  if (nsa_event_is(probe->event, NSA_EVENT_ARRIVALS) || first != 0 || count != s->domain_count[probe->domain])
    return NULL;
  return probe_fired(s, probe);
}

static bool begin_tally(const sim *s, const nsa_measure_node *node, tally *t) {
  t->fired = all_fired(s, node);
  if (node->kind == NSA_MEASURE_RECOGNITION)
    return (t->recognition = recognition_new(s, node)) != NULL;
  if (node->kind == NSA_MEASURE_CV_ISI)
    return (t->intervals = intervals_new(s, &s->program->probes[node->probe])) != NULL;
  return true;
}

measurer *measurer_new(const sim *s, char error[SIM_ERROR_SIZE]) {
  const nsa_program *program = s->program;
  measurer *m = calloc(1, sizeof *m);
  bool is_good = m != NULL;
  if (m) {
    m->program = program;
    m->tallies = calloc((size_t)program->measure_nodes_count + 1, sizeof *m->tallies);
    m->cache = calloc((size_t)program->probes_count + 1, sizeof *m->cache);
    m->phase_ticks = calloc((size_t)program->phases_count + 1, sizeof *m->phase_ticks);
    m->was_active = calloc((size_t)program->phases_count + 1, 1);
    is_good = m->tallies && m->cache && m->phase_ticks && m->was_active;
  }
  for (uint32_t i = 0; is_good && i < program->probes_count; i++)
    m->cache[i].tick = UINT64_MAX;
  for (uint32_t i = 0; is_good && i < program->measure_nodes_count; i++)
    is_good = begin_tally(s, &program->measure_nodes[i], &m->tallies[i]);
  if (is_good)
    return m;
  snprintf(error, SIM_ERROR_SIZE, "out of memory for the measures");
  measurer_free(m);
  return NULL;
}

void measurer_free(measurer *m) {
  if (!m)
    return;
  for (uint32_t i = 0; m->tallies && i < m->program->measure_nodes_count; i++) {
    recognition_free(m->tallies[i].recognition);
    intervals_free(m->tallies[i].intervals);
  }
  free(m->tallies);
  free(m->cache);
  free(m->phase_ticks);
  free(m->was_active);
  free(m);
}

/* ---- during the run ---- */

/* How elements are reduced: as the probe says, else as suits the measure over time. */
static nsa_reduce_kind reduction_of(const nsa_probe *probe, uint32_t kind) {
  if (probe->reduce != NSA_REDUCE_NONE)
    return (nsa_reduce_kind)probe->reduce;
  if (kind == NSA_MEASURE_MAX || kind == NSA_MEASURE_TIME_OF_MAX)
    return NSA_REDUCE_MAX;
  return kind == NSA_MEASURE_MIN ? NSA_REDUCE_MIN : NSA_REDUCE_MEAN;
}

/* The measure that a node belongs to: its root comes last. */
static const char *measure_of(const nsa_program *p, const nsa_measure_node *node) {
  uint32_t index = (uint32_t)(node - p->measure_nodes), i = 0;
  while (i + 1 < p->measures_count && p->measures[i].node < index)
    i++;
  return p->measures[i].name;
}

/* False: a value is not finite. */
static bool sample_probe(measurer *m, sim *s, const nsa_measure_node *node, double *value) {
  const nsa_probe *probe = &m->program->probes[node->probe];
  nsa_reduce_kind reduce = reduction_of(probe, node->kind);
  cached *cache = &m->cache[node->probe];
  if (cache->tick != s->tick || cache->reduce != reduce) {
    probe_view view = probe_look(s, probe);
    *cache = (cached){s->tick, reduce, probe_reduce(&view, reduce)};
    if (!probe_is_finite(s, probe, &view, measure_of(m->program, node)))
      return false;
  }
  *value = cache->value;
  return true;
}

/* A sample that was above counts until now. */
static void settle_above(tally *t, uint64_t tick) {
  if (t->was_above)
    t->above_ticks += tick - t->last_tick;
  t->last_tick = tick;
  t->was_above = false;
}

static void add_sample(tally *t, const nsa_measure_node *node, double value, uint64_t tick) {
  bool is_better = node->kind == NSA_MEASURE_MIN ? value < t->best : value > t->best;
  if (t->samples == 0 || is_better) {
    t->best = value;
    t->best_tick = tick;
  }
  t->sum += value;
  t->samples++;
  t->was_above = value > node->number;
}

static bool is_active(const sim *s, uint32_t phase) { return phase == NSA_NONE || s->phase_active[phase]; }

static bool visit_node(measurer *m, sim *s, uint32_t index) {
  const nsa_measure_node *node = &m->program->measure_nodes[index];
  tally *t = &m->tallies[index];
  if (t->recognition) {
    recognition_after_tick(t->recognition, s);
  } else if (t->intervals) {
    intervals_after_tick(t->intervals, s, is_active(s, node->phase));
  } else if (counts_events(node->kind)) {
    if (s->tick > 0 && is_active(s, node->phase))
      t->events += t->fired ? t->fired->count : probe_count_fired(s, &m->program->probes[node->probe]);
  } else if (takes_samples(node->kind) && (node->every <= 1 || s->tick % node->every == 0)) {
    settle_above(t, s->tick);
    double value = 0;
    if (is_active(s, node->phase) && !sample_probe(m, s, node, &value))
      return false;
    if (is_active(s, node->phase))
      add_sample(t, node, value, s->tick);
  }
  return true;
}

static bool after_tick(void *self, sim *s) {
  measurer *m = self;
  for (uint32_t i = 0; i < m->program->phases_count; i++) {
    m->phase_ticks[i] += s->tick > 0 && m->was_active[i];
    m->was_active[i] = s->phase_active[i];
  }
  for (uint32_t i = 0; i < m->program->measure_nodes_count; i++)
    if (!visit_node(m, s, i))
      return false;
  return true;
}

/* ---- at the end ---- */

static double duration_ms(const measurer *m, const sim *s, uint32_t phase) {
  uint64_t ticks = phase == NSA_NONE ? s->tick : m->phase_ticks[phase];
  return sim_time(s, ticks);
}

static double size_of(const measurer *m, const sim *s, const nsa_measure_node *node) {
  uint64_t first;
  return (double)probe_range(s, &m->program->probes[node->probe], &first);
}

static double rate_of(const measurer *m, const sim *s, const nsa_measure_node *node, const tally *t) {
  double element_time = size_of(m, s, node) * duration_ms(m, s, node->phase);
  return element_time > 0 ? (double)t->events / element_time : NAN;
}

static double best_of(const tally *t) { return t->samples ? t->best : NAN; }

static double node_value(measurer *m, const sim *s, uint32_t index, const double *values) {
  const nsa_measure_node *node = &m->program->measure_nodes[index];
  tally *t = &m->tallies[index];
  switch ((nsa_measure_kind)node->kind) {
  case NSA_MEASURE_NUMBER:
    return node->number;
  case NSA_MEASURE_ADD:
    return values[node->a] + values[node->b];
  case NSA_MEASURE_SUB:
    return values[node->a] - values[node->b];
  case NSA_MEASURE_MUL:
    return values[node->a] * values[node->b];
  case NSA_MEASURE_DIV:
    return values[node->a] / values[node->b];
  case NSA_MEASURE_NEG:
    return -values[node->a];
  case NSA_MEASURE_POW:
    return nsa_pow_1(values[node->a], values[node->b]);
  case NSA_MEASURE_COUNT:
    return (double)t->events;
  case NSA_MEASURE_RATE:
    return rate_of(m, s, node, t);
  case NSA_MEASURE_MEAN:
    return t->samples ? t->sum / (double)t->samples : NAN;
  case NSA_MEASURE_MAX:
  case NSA_MEASURE_MIN:
    return best_of(t);
  case NSA_MEASURE_TIME_ABOVE:
    settle_above(t, s->tick);
    return sim_time(s, t->above_ticks);
  case NSA_MEASURE_TIME_OF_MAX:
    return t->samples ? sim_time(s, t->best_tick) : NAN;
  case NSA_MEASURE_RECOGNITION:
    return recognition_finish(t->recognition, s);
  case NSA_MEASURE_DURATION:
    return duration_ms(m, s, node->phase);
  case NSA_MEASURE_SIZE:
    return size_of(m, s, node);
  case NSA_MEASURE_CV_ISI:
    return intervals_variation(t->intervals);
  default: /* of environments */
    break;
  }
  return NAN;
}

void measurer_finish(measurer *m, const sim *s, double *values) {
  uint32_t count = m->program->measure_nodes_count;
  double *nodes = calloc((size_t)count + 1, sizeof *nodes);
  for (uint32_t i = 0; nodes && i < count; i++)
    nodes[i] = node_value(m, s, i, nodes);
  for (uint32_t i = 0; i < m->program->measures_count; i++)
    values[i] = nodes ? nodes[m->program->measures[i].node] : NAN;
  free(nodes);
}

sim_observer measurer_observer(measurer *m) { return (sim_observer){.after_tick = after_tick, .self = m}; }
