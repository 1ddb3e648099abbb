/* SPDX-License-Identifier: MIT */
#include "observe/measure.h"

#include "observe/measure_recognition.h"
#include "observe/measure_samples.h"
#include "observe/measure_series.h"
#include "observe/measure_shape.h"
#include "observe/measure_trains.h"
#include "observe/measure_updates.h"
#include "state/failure.h"
#include "state/nodes.h"
#include "state/probe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a node of a measure has seen so far. Its kind decides which members matter. */
typedef struct {
  uint64_t events; /* also steps of elements, updates of links */
  uint64_t seen;   /* of steps and updates: those before now */
  samples *samples;
  trains *trains;
  recognition *recognition;
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
  uint64_t began;        /* 0, or from when on they count: in a run that goes on with others */
  uint64_t *phase_ticks; /* how long each phase has lasted */
  uint8_t *was_active;   /* whether each phase was active one tick ago */
  uint8_t *is_series;    /* this and the next two: of each node, when it is evaluated */
  double *numbers;
  world_series *series;
  series_list *lists; /* of each node: what was counted in each trial or step, or what was computed */
  uint8_t *ends;      /* per node: `run until` follows from it */
  bool was_asked;     /* whether it is true */
  bool ran_out;       /* of memory, while something was evaluated */
};

static bool is_of_events(const nsa_measure_node *node) {
  return node->kind == NSA_MEASURE_COUNT || node->kind == NSA_MEASURE_RATE;
}

/* Events of whole populations need no search. */
static const sim_fired *all_fired(const sim *s, const nsa_measure_node *node) {
  if (!is_of_events(node) || trains_are_taken(node))
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
  if (trains_are_taken(node))
    return (t->trains = trains_new(s, node)) != NULL;
  if (samples_are_taken(node->kind))
    return (t->samples = samples_new(s, node)) != NULL;
  return true;
}

/* Arithmetic with a list is done for each of its numbers. */
static bool gives_series(const measurer *m, const nsa_measure_node *node) {
  if (node->kind == NSA_MEASURE_FIGURE || node->kind == NSA_MEASURE_HEAD || node->kind == NSA_MEASURE_TAIL)
    return true;
  for (uint32_t k = 0; k < node_args(node->kind); k++)
    if (m->is_series[node_arg(node, k)])
      return true;
  if (node_is_plain(node->kind))
    return false;
  return node->per != NSA_PER_RUN && !node_is_reduction(node->kind) && node->kind != NSA_MEASURE_TRIALS;
}

static bool make_series(measurer *m) {
  size_t nodes = (size_t)m->program->measure_nodes_count + 1;
  m->is_series = calloc(nodes, 1);
  m->ends = calloc(nodes, 1);
  m->numbers = calloc(nodes, sizeof *m->numbers);
  m->series = calloc(nodes, sizeof *m->series);
  m->lists = calloc(nodes, sizeof *m->lists);
  if (!m->is_series || !m->ends || !m->numbers || !m->series || !m->lists)
    return false;
  for (uint32_t i = 0; i < m->program->measure_nodes_count; i++)
    m->is_series[i] = gives_series(m, &m->program->measure_nodes[i]);
  if (m->program->until != NSA_NONE && m->program->environments_count)
    node_mark(m->program, m->program->until, m->ends);
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
    is_good = m->tallies && m->cache && m->phase_ticks && m->was_active && make_series(m);
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
    samples_free(m->tallies[i].samples);
    trains_free(m->tallies[i].trains);
  }
  for (uint32_t i = 0; m->lists && i < m->program->measure_nodes_count; i++)
    free(m->lists[i].values);
  free(m->is_series);
  free(m->ends);
  free(m->numbers);
  free(m->series);
  free(m->lists);
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
static bool sample_probe(measurer *m, sim *s, const nsa_measure_node *node, uint32_t number, double *value) {
  const nsa_probe *probe = &m->program->probes[number];
  nsa_reduce_kind reduce = reduction_of(probe, node->kind);
  cached *cache = &m->cache[number];
  if (cache->tick != s->tick || cache->reduce != reduce) {
    probe_view view = probe_look(s, probe);
    *cache = (cached){s->tick, reduce, probe_reduce(&view, reduce)};
    if (!probe_is_finite(s, probe, &view, measure_of(m->program, node)))
      return false;
  }
  *value = cache->value;
  return true;
}

static bool is_active(const sim *s, uint32_t phase) { return phase == NSA_NONE || s->phase_active[phase]; }

/* Whether the trial or step ends here that a node counts in. */
static bool is_series_due(const sim *s, const nsa_measure_node *node) {
  if (node->per == NSA_PER_TRIAL)
    return worlds_has_ended_trial(s, node->environment);
  return node->per == NSA_PER_STEP && worlds_has_moved(s, node->environment);
}

static bool no_memory(measurer *m, sim *s, uint32_t index) {
  return failure_tell(s, (nsa_place){0}, true, "out of memory for the measure '%.100s'",
                      measure_of(m->program, &m->program->measure_nodes[index]));
}

static bool end_count(measurer *m, sim *s, uint32_t index) {
  double count = (double)m->tallies[index].events;
  m->tallies[index].events = 0;
  return series_push(&m->lists[index], count) || no_memory(m, s, index);
}

/* What happens at the end of a trial is the next one's. */
static bool visit_events(measurer *m, sim *s, uint32_t index) {
  const nsa_measure_node *node = &m->program->measure_nodes[index];
  tally *t = &m->tallies[index];
  if (is_series_due(s, node) && !end_count(m, s, index))
    return false;
  if (s->tick > 0 && is_active(s, node->phase))
    t->events += t->fired ? t->fired->count : probe_count_fired(s, &m->program->probes[node->probe]);
  return true;
}

static void take_updates(measurer *m, const sim *s, uint32_t index, bool is_counting) {
  const nsa_measure_node *node = &m->program->measure_nodes[index];
  tally *t = &m->tallies[index];
  uint64_t all = measure_updates(s, &m->program->probes[node->probe]);
  t->events += is_counting ? all - t->seen : 0;
  t->seen = all;
}

/* A step belongs to the trial, and to the windows, in which it begins. */
static bool visit_updates(measurer *m, sim *s, uint32_t index) {
  const nsa_measure_node *node = &m->program->measure_nodes[index];
  bool is_due = is_series_due(s, node);
  if (is_due || node->phase != NSA_NONE)
    take_updates(m, s, index, node->phase == NSA_NONE || m->was_active[node->phase]);
  return !is_due || end_count(m, s, index);
}

static bool end_samples(measurer *m, sim *s, uint32_t index) {
  samples *taken = m->tallies[index].samples;
  double value;
  bool is_pushed = samples_value(taken, s, 0, &value) && series_push(&m->lists[index], value);
  samples_reset(taken);
  return is_pushed || no_memory(m, s, index);
}

static bool take_of_elements(measurer *m, sim *s, uint32_t index) {
  const nsa_measure_node *node = &m->program->measure_nodes[index];
  const nsa_probe *probe = &m->program->probes[node->probe];
  probe_view view = probe_look(s, probe);
  if (!probe_is_finite(s, probe, &view, measure_of(m->program, node)))
    return false;
  return samples_take_all(m->tallies[index].samples, s->tick, &view) || no_memory(m, s, index);
}

static bool take_sample(measurer *m, sim *s, uint32_t index) {
  const nsa_measure_node *node = &m->program->measure_nodes[index];
  double value = 0, other = 0;
  if (samples_are_of_elements(node))
    return take_of_elements(m, s, index);
  if (!sample_probe(m, s, node, node->probe, &value))
    return false;
  if (samples_have_two(node->kind) && !sample_probe(m, s, node, node->other, &other))
    return false;
  return samples_take(m->tallies[index].samples, s->tick, value, other) || no_memory(m, s, index);
}

/* As with events, what there is at the end of a trial is the next one's: a channel already shows it. */
static bool visit_samples(measurer *m, sim *s, uint32_t index) {
  const nsa_measure_node *node = &m->program->measure_nodes[index];
  if (is_series_due(s, node) && !end_samples(m, s, index))
    return false;
  if (node->kind == NSA_MEASURE_PERSISTENCE)
    samples_at_tick(m->tallies[index].samples, s->tick, is_active(s, node->among));
  if ((node->every > 1 && s->tick % node->every != 0) || !is_active(s, node->phase))
    return true;
  return take_sample(m, s, index);
}

static bool visit_node(measurer *m, sim *s, uint32_t index) {
  const nsa_measure_node *node = &m->program->measure_nodes[index];
  tally *t = &m->tallies[index];
  if (t->trains) {
    trains_after_tick(t->trains, s, is_active(s, node->phase));
    return true;
  }
  if (is_of_events(node))
    return visit_events(m, s, index);
  if (node->kind == NSA_MEASURE_UPDATES)
    return visit_updates(m, s, index);
  if (t->samples)
    return visit_samples(m, s, index);
  if (t->recognition)
    recognition_after_tick(t->recognition, s);
  return true;
}

/* ---- values ---- */

static double duration_ms(const measurer *m, const sim *s, uint32_t phase) {
  uint64_t ticks = phase == NSA_NONE ? s->tick - m->began : m->phase_ticks[phase];
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

static double updates_so_far(measurer *m, const sim *s, uint32_t index) {
  if (m->program->measure_nodes[index].phase == NSA_NONE)
    take_updates(m, s, index, true);
  return (double)m->tallies[index].events;
}

static double reduction(measurer *m, uint32_t index) {
  const nsa_measure_node *node = &m->program->measure_nodes[index];
  world_series of = m->series[node->a];
  double value = NAN;
  if (node->per == NSA_PER_ELEMENT) {
    m->ran_out = !series_with_data(of, &m->lists[index]) || m->ran_out;
    of = series_view(&m->lists[index]);
  }
  double number = node->kind == NSA_MEASURE_SERIES_PERCENTILE ? m->numbers[node->b] : 0;
  m->ran_out = !series_reduce(node->kind, of, number, &value) || m->ran_out;
  return value;
}

static double entry_value(measurer *m, const sim *s, uint32_t index, uint64_t entry) {
  const tally *t = &m->tallies[index];
  double value = NAN;
  if (t->trains)
    return trains_value(t->trains, s, entry, duration_ms(m, s, m->program->measure_nodes[index].phase));
  m->ran_out = !samples_value(t->samples, s, entry, &value) || m->ran_out;
  return value;
}

static double number_of(measurer *m, const sim *s, uint32_t index) {
  const nsa_measure_node *node = &m->program->measure_nodes[index];
  const tally *t = &m->tallies[index];
  if (node_is_plain(node->kind))
    return node_of_values(node, m->numbers);
  if (node_is_reduction(node->kind))
    return reduction(m, index);
  if (t->trains)
    return trains_mean(t->trains, s, duration_ms(m, s, node->phase));
  if (t->samples)
    return entry_value(m, s, index, 0);
  switch ((nsa_measure_kind)node->kind) {
  case NSA_MEASURE_NUMBER:
    return node->number;
  case NSA_MEASURE_COUNT:
    return (double)t->events;
  case NSA_MEASURE_RATE:
    return rate_of(m, s, node, t);
  case NSA_MEASURE_RECOGNITION:
    return recognition_finish(t->recognition, s);
  case NSA_MEASURE_DURATION:
    return duration_ms(m, s, node->phase);
  case NSA_MEASURE_SIZE:
    return size_of(m, s, node);
  case NSA_MEASURE_UPDATES:
    return updates_so_far(m, s, index);
  case NSA_MEASURE_TRIALS:
    return (double)worlds_trials(s, node->environment);
  default: /* of decisions */
    return NAN;
  }
}

static series_or_number argument(const measurer *m, uint32_t index) {
  return (series_or_number){m->series[index], m->numbers[index], m->is_series[index]};
}

static world_series combined(measurer *m, uint32_t index) {
  const nsa_measure_node *node = &m->program->measure_nodes[index];
  series_or_number args[NODE_ARGS] = {0};
  for (uint32_t k = 0; k < node_args(node->kind); k++)
    args[k] = argument(m, node_arg(node, k));
  m->ran_out = !series_combine(node->kind, args, &m->lists[index]) || m->ran_out;
  return series_view(&m->lists[index]);
}

/* One number for each element. */
static world_series of_elements(measurer *m, const sim *s, uint32_t index) {
  const tally *t = &m->tallies[index];
  uint64_t entries = t->trains ? trains_entries(t->trains) : samples_entries(t->samples);
  series_list *list = &m->lists[index];
  list->count = 0;
  for (uint64_t i = 0; i < entries; i++)
    m->ran_out = !series_push(list, entry_value(m, s, index, i)) || m->ran_out;
  return series_view(list);
}

static world_series series_of(measurer *m, const sim *s, uint32_t index) {
  const nsa_measure_node *node = &m->program->measure_nodes[index];
  if (node->kind == NSA_MEASURE_FIGURE)
    return worlds_figure(s, node->environment, node->figure);
  if (node->kind == NSA_MEASURE_HEAD)
    return series_head(m->series[node->a], m->numbers[node->b]);
  if (node->kind == NSA_MEASURE_TAIL)
    return series_tail(m->series[node->a], m->numbers[node->b]);
  if (node->per == NSA_PER_ELEMENT && !node_is_plain(node->kind))
    return of_elements(m, s, index);
  return node_is_plain(node->kind) ? combined(m, index) : series_view(&m->lists[index]);
}

static void evaluate(measurer *m, const sim *s, uint32_t index) {
  if (m->is_series[index])
    m->series[index] = series_of(m, s, index);
  else
    m->numbers[index] = number_of(m, s, index);
}

/* ---- the tick ---- */

/* Figures of trials are all that `run until` depends on. */
static bool is_until_due(measurer *m, const sim *s) {
  for (uint32_t i = 0; m->program->until != NSA_NONE && i < m->program->environments_count; i++) {
    if (!worlds_has_moved(s, i) || (m->was_asked && !worlds_has_ended_trial(s, i)))
      continue;
    m->was_asked = true;
    return true;
  }
  return false;
}

static bool ends_run(void *self, const sim *s) {
  measurer *m = self;
  if (!is_until_due(m, s))
    return false;
  for (uint32_t i = 0; i <= m->program->until; i++)
    if (m->ends[i])
      evaluate(m, s, i);
  return m->ran_out || m->numbers[m->program->until] != 0; /* measurer_finish tells */
}

static bool after_tick(void *self, sim *s) {
  measurer *m = self;
  for (uint32_t i = 0; i < m->program->measure_nodes_count; i++)
    if (!visit_node(m, s, i))
      return false;
  for (uint32_t i = 0; i < m->program->phases_count; i++) {
    m->phase_ticks[i] += s->tick > 0 && m->was_active[i];
    m->was_active[i] = s->phase_active[i];
  }
  return true;
}

bool measurer_finish(measurer *m, const sim *s, double *values) {
  for (uint32_t i = 0; i < m->program->measure_nodes_count; i++)
    evaluate(m, s, i);
  for (uint32_t i = 0; i < m->program->measures_count; i++)
    values[i] = m->is_series[m->program->measures[i].node] ? NAN : m->numbers[m->program->measures[i].node];
  return !m->ran_out;
}

/* The node that a series begins with: those it is made of come before it. */
static const nsa_measure_node *origin_of(const measurer *m, uint32_t node) {
  while (node > 0 && (!m->is_series[node] || node_is_plain(m->program->measure_nodes[node].kind)))
    node--;
  return &m->program->measure_nodes[node];
}

world_series measurer_series(const measurer *m, const sim *s, uint32_t i, nsa_per *per, uint64_t *first) {
  uint32_t node = m->program->measure_series[i].node;
  const nsa_measure_node *origin = origin_of(m, node);
  *per = (nsa_per)origin->per;
  *first = 0;
  if (origin->per == NSA_PER_ELEMENT && probe_range(s, &m->program->probes[origin->probe], first) > 0)
    *first = probe_number(s, &m->program->probes[origin->probe], *first);
  return m->series[node];
}

static void keep(void *self, sim *s, keeper *k) {
  measurer *m = self;
  keep_begin(k, "measures", "all");
  keep_shape(k, measure_shape(s));
  m->began = k->is_left ? s->tick : m->began;
  KEEP_VALUE(k, m->began);
  for (uint32_t i = 0; i < m->program->measure_nodes_count; i++) {
    tally *t = &m->tallies[i];
    KEEP_VALUE(k, t->events);
    KEEP_VALUE(k, t->seen);
    recognition_keep(t->recognition, k);
    samples_keep(t->samples, k);
    trains_keep(t->trains, k);
    series_keep(&m->lists[i], k);
  }
  keep_bytes(k, m->phase_ticks, m->program->phases_count * sizeof *m->phase_ticks);
  keep_bytes(k, m->was_active, m->program->phases_count);
  KEEP_VALUE(k, m->was_asked);
  keep_end(k);
}

sim_observer measurer_observer(measurer *m) {
  return (sim_observer){.after_tick = after_tick, .ends_run = ends_run, .keep = keep, .self = m};
}
