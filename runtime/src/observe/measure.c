/* SPDX-License-Identifier: MIT */
#include "observe/measure.h"

#include "events/events.h"
#include "observe/measure_intervals.h"
#include "observe/measure_recognition.h"
#include "observe/measure_series.h"
#include "state/failure.h"
#include "state/nodes.h"
#include "state/probe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a node of a measure has seen so far. Its kind decides which members matter. */
typedef struct {
  uint64_t events, samples; /* events: also steps of elements, updates of links */
  uint64_t seen;            /* of steps and updates: those before now */
  double sum, best;         /* best: the largest or smallest value */
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
  uint8_t *is_series;    /* this and the next two: of each node, when it is evaluated */
  double *numbers;
  world_series *series;
  series_list *lists; /* of each node: what was counted in each trial or step, or what was computed */
  uint8_t *ends;      /* per node: `run until` follows from it */
  bool was_asked;     /* whether it is true */
  bool ran_out;       /* of memory, while something was evaluated */
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

/* Arithmetic with a list is done for each of its numbers. */
static bool gives_series(const measurer *m, const nsa_measure_node *node) {
  if (node->kind == NSA_MEASURE_FIGURE || node->kind == NSA_MEASURE_HEAD || node->kind == NSA_MEASURE_TAIL)
    return true;
  if (node_is_plain(node->kind))
    return m->is_series[node->a] || (node_has_two(node->kind) && m->is_series[node->b]);
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
    intervals_free(m->tallies[i].intervals);
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

/* Whether the trial or step ends here that a node counts in. */
static bool is_series_due(const sim *s, const nsa_measure_node *node) {
  if (node->per == NSA_PER_TRIAL)
    return worlds_has_ended_trial(s, node->environment);
  return node->per == NSA_PER_STEP && worlds_has_moved(s, node->environment);
}

static bool end_value(measurer *m, sim *s, uint32_t index, double value) {
  return series_push(&m->lists[index], value) ||
         failure_tell(s, (nsa_place){0}, true, "out of memory for the measure '%.100s'",
                      measure_of(m->program, &m->program->measure_nodes[index]));
}

static bool end_count(measurer *m, sim *s, uint32_t index) {
  double count = (double)m->tallies[index].events;
  m->tallies[index].events = 0;
  return end_value(m, s, index, count);
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

/* All that there were so far: of the elements of a probe, or of links of its connection. */
static uint64_t updates_of(const sim *s, const nsa_probe *probe) {
  const nsa_domain *domain = &s->program->domains[probe->domain];
  if (!nsa_connection_is_none(domain->connection)) {
    events_count count = events_updates(s, domain->connection);
    return count.at_events + count.by_clock;
  }
  uint64_t first;
  return s->tick / s->populations[domain->population.id].every * probe_range(s, probe, &first);
}

static void take_updates(measurer *m, const sim *s, uint32_t index, bool is_counting) {
  const nsa_measure_node *node = &m->program->measure_nodes[index];
  tally *t = &m->tallies[index];
  uint64_t all = updates_of(s, &m->program->probes[node->probe]);
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

static double best_of(const tally *t) { return t->samples ? t->best : NAN; }

/* Of the samples so far. */
static double value_of_samples(const tally *t, uint32_t kind) {
  return kind != NSA_MEASURE_MEAN ? best_of(t) : t->samples ? t->sum / (double)t->samples : NAN;
}

static bool end_samples(measurer *m, sim *s, uint32_t index) {
  tally *t = &m->tallies[index];
  double value = value_of_samples(t, m->program->measure_nodes[index].kind);
  *t = (tally){0};
  return end_value(m, s, index, value);
}

/* As with events, what there is at the end of a trial is the next one's: a channel already shows it. */
static bool visit_samples(measurer *m, sim *s, uint32_t index) {
  const nsa_measure_node *node = &m->program->measure_nodes[index];
  tally *t = &m->tallies[index];
  double value = 0;
  if (is_series_due(s, node) && !end_samples(m, s, index))
    return false;
  if (node->every > 1 && s->tick % node->every != 0)
    return true;
  settle_above(t, s->tick);
  if (!is_active(s, node->phase))
    return true;
  if (!sample_probe(m, s, node, &value))
    return false;
  add_sample(t, node, value, s->tick);
  return true;
}

static bool visit_node(measurer *m, sim *s, uint32_t index) {
  const nsa_measure_node *node = &m->program->measure_nodes[index];
  tally *t = &m->tallies[index];
  if (counts_events(node->kind))
    return visit_events(m, s, index);
  if (node->kind == NSA_MEASURE_UPDATES)
    return visit_updates(m, s, index);
  if (takes_samples(node->kind))
    return visit_samples(m, s, index);
  if (t->recognition)
    recognition_after_tick(t->recognition, s);
  if (t->intervals)
    intervals_after_tick(t->intervals, s, is_active(s, node->phase));
  return true;
}

/* ---- values ---- */

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

static double updates_so_far(measurer *m, const sim *s, uint32_t index) {
  if (m->program->measure_nodes[index].phase == NSA_NONE)
    take_updates(m, s, index, true);
  return (double)m->tallies[index].events;
}

static double reduction(measurer *m, const nsa_measure_node *node) {
  double value = NAN;
  m->ran_out = !series_reduce(node->kind, m->series[node->a], &value) || m->ran_out;
  return value;
}

static double number_of(measurer *m, const sim *s, uint32_t index) {
  const nsa_measure_node *node = &m->program->measure_nodes[index];
  tally *t = &m->tallies[index];
  if (node_is_plain(node->kind))
    return node_combine(node->kind, m->numbers[node->a], node_has_two(node->kind) ? m->numbers[node->b] : 0);
  if (node_is_reduction(node->kind))
    return reduction(m, node);
  switch ((nsa_measure_kind)node->kind) {
  case NSA_MEASURE_NUMBER:
    return node->number;
  case NSA_MEASURE_COUNT:
    return (double)t->events;
  case NSA_MEASURE_RATE:
    return rate_of(m, s, node, t);
  case NSA_MEASURE_MEAN:
  case NSA_MEASURE_MAX:
  case NSA_MEASURE_MIN:
    return value_of_samples(t, node->kind);
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
  series_or_number a = argument(m, node->a), b = {.number = 0};
  if (node_has_two(node->kind))
    b = argument(m, node->b);
  m->ran_out = !series_combine(node->kind, &a, &b, &m->lists[index]) || m->ran_out;
  return series_view(&m->lists[index]);
}

static world_series series_of(measurer *m, const sim *s, uint32_t index) {
  const nsa_measure_node *node = &m->program->measure_nodes[index];
  if (node->kind == NSA_MEASURE_FIGURE)
    return worlds_figure(s, node->environment, node->figure);
  if (node->kind == NSA_MEASURE_HEAD)
    return series_head(m->series[node->a], m->numbers[node->b]);
  if (node->kind == NSA_MEASURE_TAIL)
    return series_tail(m->series[node->a], m->numbers[node->b]);
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

sim_observer measurer_observer(measurer *m) {
  return (sim_observer){.after_tick = after_tick, .ends_run = ends_run, .self = m};
}
