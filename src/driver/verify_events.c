/* SPDX-License-Identifier: MIT */
/* verify_events.c - which events of one run are those of another.
 *
 * The events of an element in neighbouring runs (as written and half; half and quarter) are paired in their order, when
 * they are no more than a step, as written, of the population apart. */
#include "driver/verify.h"
#include <math.h>

enum { WAITING = 2 }; /* more events of an element within a step than these: they part */

/* Events that wait for their counterparts. All are of the same one of the two runs. */
typedef struct {
  double time[WAITING];
  uint8_t count, side;
} waiting;

typedef struct {
  nsa_population_id population;
  nsa_event_id event;
  double step;           /* ms */
  waiting *elements[2];  /* by pair of runs */
  VEC(uint32_t) open[2]; /* elements with a count, and some without */
} tracked;

struct verify_events {
  arena *arena;
  const nsa_program *program;
  tracked *list;
  verify_event *events;
  uint32_t count;
  double **last; /* per population and element: time of the last event in any run, ms */
  bool is_stopped, has_any;
  verify_parting parting;
};

/* Elements of a population that has events. */
static uint64_t size_of(const nsa_population *p, const nsa_session *session) {
  uint64_t count;
  nsa_session_field(session, p->events[0].flag, &count);
  return count;
}

static double step_of(const nsa_program *p, nsa_population_id population) {
  return p->timescales[p->populations[population.id].timescale].dt;
}

static void track(verify_events *e, nsa_population_id population, nsa_event_id event, uint64_t size) {
  const nsa_population *p = &e->program->populations[population.id];
  tracked *t = &e->list[e->count];
  *t = (tracked){.population = population, .event = event, .step = step_of(e->program, population)};
  for (int pair = 0; pair < 2; pair++)
    t->elements[pair] = ARENA_ARRAY(e->arena, waiting, size);
  e->events[e->count++].name = arena_printf(e->arena, "%s.%s", p->name, p->events[event.id].name);
}

verify_events *verify_events_new(arena *a, const nsa_program *p, const nsa_session *session) {
  verify_events *e = ARENA_NEW(a, verify_events);
  *e = (verify_events){.arena = a, .program = p};
  uint32_t count = 0;
  for (uint32_t k = 0; k < p->populations_count; k++)
    count += p->populations[k].events_count;
  e->list = ARENA_ARRAY(a, tracked, count);
  e->events = ARENA_ARRAY(a, verify_event, count);
  e->last = ARENA_ARRAY(a, double *, p->populations_count);
  for (nsa_population_id k = {0}; k.id < p->populations_count; k.id++) {
    if (!p->populations[k.id].events_count)
      continue;
    uint64_t size = size_of(&p->populations[k.id], session);
    e->last[k.id] = ARENA_ARRAY(a, double, size);
    for (uint64_t i = 0; i < size; i++)
      e->last[k.id][i] = -INFINITY;
    for (nsa_event_id i = {0}; i.id < p->populations[k.id].events_count; i.id++)
      track(e, k, i, size);
  }
  return e;
}

/* a, b: ms; whether they are a step apart or less. */
static bool is_within(double a, double b, double step) { return fabs(a - b) <= step * (1 + 1e-6); }

static void part(verify_events *e, const tracked *t, uint32_t element, uint32_t leg, double time) {
  if (e->parting.event && e->parting.time <= time)
    return;
  e->parting = (verify_parting){e->events[t - e->list].name, element, time, leg};
}

/* An event of side 0 or 1 of a pair of runs. */
static void pair_up(verify_events *e, tracked *t, uint32_t pair, uint32_t side, uint32_t element, double time) {
  waiting *w = &t->elements[pair][element];
  verify_event *event = &e->events[t - e->list];
  if (w->count && w->side != side) {
    double apart = fabs(time - w->time[0]);
    if (!is_within(time, w->time[0], t->step))
      part(e, t, element, pair + w->side, w->time[0]);
    w->time[0] = w->time[1];
    w->count--;
    if (pair == 0 && is_within(apart, 0, t->step)) {
      event->paired++;
      event->apart_sum += apart;
      event->apart_most = fmax(event->apart_most, apart);
    }
    return;
  }
  if (w->count == WAITING) {
    part(e, t, element, pair + side, time);
    return;
  }
  if (!w->count)
    vec_push(e->arena, &t->open[pair], element);
  w->side = (uint8_t)side;
  w->time[w->count++] = time;
}

void verify_events_take(verify_events *e, uint32_t leg, const nsa_session *session, double time) {
  for (uint32_t k = 0; k < e->count; k++) {
    tracked *t = &e->list[k];
    uint32_t count;
    const uint32_t *fired = nsa_session_fired(session, t->population, t->event, &count);
    if (leg < VERIFY_LEGS - 1)
      e->events[k].count[leg] += count;
    e->has_any = e->has_any || count;
    for (uint32_t i = 0; i < count && !e->is_stopped; i++) {
      e->last[t->population.id][fired[i]] = time;
      if (leg < 2)
        pair_up(e, t, leg, 0, fired[i], time);
      if (leg > 0)
        pair_up(e, t, leg - 1, 1, fired[i], time);
    }
  }
}

/* Drops elements with no event that waits from the list, and looks for one that waits too long. */
static void look_at_open(verify_events *e, tracked *t, uint32_t pair, double now) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < t->open[pair].len; i++) {
    uint32_t element = t->open[pair].data[i];
    waiting *w = &t->elements[pair][element];
    if (!w->count)
      continue;
    t->open[pair].data[kept++] = element;
    if (!is_within(now, w->time[0], t->step))
      part(e, t, element, pair + w->side, w->time[0]);
  }
  t->open[pair].len = kept;
}

bool verify_events_part(verify_events *e, double now) {
  for (uint32_t k = 0; k < e->count; k++)
    for (uint32_t pair = 0; pair < 2; pair++)
      look_at_open(e, &e->list[k], pair, now);
  return e->parting.event != NULL;
}

void verify_events_stop(verify_events *e) { e->is_stopped = true; }

bool verify_events_is_near(const verify_events *e, nsa_population_id population, uint64_t element, double now) {
  if (nsa_population_is_none(population) || !e->last[population.id])
    return false;
  return is_within(now, e->last[population.id][element], step_of(e->program, population));
}

bool verify_events_any(const verify_events *e) { return e->has_any; }

const verify_event *verify_events_list(const verify_events *e, uint32_t *count) {
  *count = e->count;
  return e->events;
}

verify_parting verify_events_parting(const verify_events *e) { return e->parting; }
