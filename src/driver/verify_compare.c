/* SPDX-License-Identifier: MIT */
/* verify_compare.c - three runs side by side.
 *
 * The differences of a time are added to the sums a step later, a step of the slowest population with events. By then
 * it is known whether an event of that time has a counterpart in the next run. What comes after a parting does not
 * count. */
#include "driver/verify.h"
#include "nsa_units.h"
#include "support/exhausted.h"
#include <math.h>
#include <unistd.h>

enum { CHUNK = 1024, MOST_HELD = 4096 };

typedef struct {
  arena *arena;
  const verify_options *options;
  verify_leg *legs;
  verify_comparison *out;
  const nsa_program *program;  /* as written */
  uint32_t steps[VERIFY_LEGS]; /* ticks of a leg for one as written */
  verify_events *events;
  VEC(verify_quantity) quantities;
  verify_sums *held; /* by tick modulo held_count, then quantity */
  double *held_time; /* ms; NAN: nothing is held */
  uint32_t held_count;
  bool is_parted;
} comparison;

/* ---- what is compared ---- */

/* Ticks between two changes of a state: its equation may be slower than its component. */
static void find_equation(const model *m, uint32_t state, verify_quantity *q) {
  const model_component *c = &m->components.data[m->populations.data[q->population.id].component];
  q->every = m->timescales.data[c->timescale].ticks;
  for (uint32_t k = 0; k < c->odes.len; k++) {
    uint32_t own = m->timescales.data[c->odes.data[k].timescale].ticks;
    if (c->odes.data[k].state != state)
      continue;
    q->has_equation = true;
    q->every = own > q->every ? own : q->every;
  }
}

static void add_states(comparison *c, nsa_population_id population) {
  const nsa_population *p = &c->program->populations[population.id];
  for (uint32_t k = 0; k < p->states_count; k++) {
    verify_quantity q = {.name = arena_printf(c->arena, "%s", c->program->fields[p->states[k].id].name),
                         .unit = c->program->fields[p->states[k].id].unit,
                         .population = population,
                         .probe = NSA_NONE};
    find_equation(c->legs[0].c.model, k, &q);
    for (int leg = 0; leg < VERIFY_LEGS; leg++)
      q.field[leg] = c->legs[leg].c.ir->program->populations[population.id].states[k];
    vec_push(c->arena, &c->quantities, q);
  }
}

static bool is_state(const comparison *c, const nsa_probe *probe) {
  for (uint32_t k = 0; k < c->quantities.len; k++)
    if (nsa_kernel_is_none(probe->kernel) && probe->reduce == NSA_REDUCE_NONE &&
        nsa_field_is(c->quantities.data[k].field[0], probe->field))
      return true;
  return false;
}

static uint32_t slowest_state(const comparison *c, nsa_population_id population) {
  uint32_t ticks = 1;
  for (uint32_t k = 0; k < c->quantities.len; k++)
    if (nsa_population_is(c->quantities.data[k].population, population) && c->quantities.data[k].every > ticks)
      ticks = c->quantities.data[k].every;
  return ticks;
}

/* Whether what is recorded of links is a state with an equation. */
static bool is_equation_of_links(const comparison *c, nsa_connection_id connection, const char *recorded) {
  const model *m = c->legs[0].c.model;
  const model_connection *link = &m->connections.data[connection.id];
  const model_component *synapse = &m->components.data[link->component];
  for (uint32_t k = 0; k < synapse->odes.len; k++) {
    const char *state = synapse->states.data[synapse->odes.data[k].state].name;
    if (!strcmp(recorded, arena_printf(c->arena, "%s.%s", link->name, state)))
      return true;
  }
  return false;
}

static void add_record(comparison *c, const nsa_record *r) {
  const nsa_probe *probe = &c->program->probes[r->probe];
  const nsa_domain *domain = &c->program->domains[probe->domain];
  if (!nsa_event_is_none(probe->event) || is_state(c, probe))
    return;
  bool is_of_population = domain->kind == NSA_DOMAIN_POPULATION;
  verify_quantity q = {.name = arena_printf(c->arena, "%s", r->name),
                       .unit = probe->unit,
                       .population = is_of_population && probe->reduce == NSA_REDUCE_NONE ? domain->population
                                                                                          : NSA_NO_POPULATION,
                       .probe = r->probe,
                       .every = is_of_population ? slowest_state(c, domain->population) : 1};
  if (domain->kind == NSA_DOMAIN_CONNECTION)
    q.has_equation = is_equation_of_links(c, domain->connection, r->name);
  vec_push(c->arena, &c->quantities, q);
}

/* ---- sums ---- */

static uint64_t count_of(const comparison *c, const verify_quantity *q) {
  uint64_t count = 0;
  if (q->probe == NSA_NONE) {
    nsa_session_field(c->legs[0].session, q->field[0], &count);
    return count;
  }
  for (int leg = 0; leg < VERIFY_LEGS; leg++)
    count = nsa_session_look(c->legs[leg].session, q->probe);
  return count;
}

static void read_values(const comparison *c, const verify_quantity *q, int leg, uint64_t at, uint64_t n, double *x) {
  const nsa_session *session = c->legs[leg].session;
  if (q->probe != NSA_NONE)
    nsa_session_looked(session, q->probe, at, n, x);
  else
    nsa_session_read(session, q->field[leg], at, n, x);
}

static void add_element(verify_sums *s, const double x[VERIFY_LEGS], uint64_t element, double now) {
  for (int pair = 0; pair < 2; pair++) {
    double d = fabs(x[pair] - x[pair + 1]);
    s->sum[pair] += d;
    if (d > s->most[pair]) {
      s->most[pair] = d;
      if (pair == 0) {
        s->worst_element = element;
        s->worst_time = now;
      }
    }
  }
  s->low = fmin(s->low, x[0]);
  s->high = fmax(s->high, x[0]);
  s->count++;
}

static uint64_t first_of(const comparison *c, const verify_quantity *q) {
  return q->probe == NSA_NONE ? 0 : c->program->probes[q->probe].first;
}

static void add_quantity(comparison *c, verify_quantity *q, double now, verify_sums *s) {
  double x[VERIFY_LEGS][CHUNK];
  uint64_t count = count_of(c, q), first = first_of(c, q);
  for (uint64_t at = 0; at < count; at += CHUNK) {
    uint64_t n = count - at < CHUNK ? count - at : CHUNK;
    for (int leg = 0; leg < VERIFY_LEGS; leg++)
      read_values(c, q, leg, at, n, x[leg]);
    for (uint64_t i = 0; i < n; i++) {
      const double values[VERIFY_LEGS] = {x[0][i], x[1][i], x[2][i]};
      if (q->has_equation && at + i == 0)
        verify_rhythm_take(c->arena, &q->rhythm, now, values);
      if (!verify_events_is_near(c->events, q->population, first + at + i, now))
        add_element(s, values, first + at + i, now);
    }
  }
}

static void release(comparison *c, uint32_t slot) {
  if (isnan(c->held_time[slot]))
    return;
  if (!c->is_parted || c->held_time[slot] <= c->out->parting.time) {
    for (uint32_t k = 0; k < c->quantities.len; k++)
      verify_sums_add(&c->quantities.data[k].sums, &c->held[slot * c->quantities.len + k]);
    c->out->compared = fmax(c->out->compared, c->held_time[slot]);
  }
  c->held_time[slot] = NAN;
}

static void hold(comparison *c, uint64_t tick, double now) {
  uint32_t slot = (uint32_t)(tick % c->held_count);
  release(c, slot);
  c->held_time[slot] = now;
  for (uint32_t k = 0; k < c->quantities.len; k++) {
    verify_quantity *q = &c->quantities.data[k];
    verify_sums *s = &c->held[slot * c->quantities.len + k];
    verify_sums_clear(s);
    if (tick % q->every == 0)
      add_quantity(c, q, now, s);
  }
}

/* ---- drives ---- */

static void find_drives(comparison *c) {
  for (uint32_t k = 0; k < c->program->fields_count; k++) {
    verify_drive d = {.name = arena_printf(c->arena, "%s", c->program->fields[k].name)};
    if (c->program->fields[k].kind == NSA_FIELD_EXTERNAL)
      vec_push(c->arena, &c->out->drives, d);
  }
}

static void add_drives(comparison *c) {
  uint32_t next = 0;
  for (nsa_field_id k = {0}; k.id < c->program->fields_count; k.id++) {
    if (c->program->fields[k.id].kind != NSA_FIELD_EXTERNAL)
      continue;
    double x;
    nsa_session_read(c->legs[0].session, k, 0, 1, &x);
    verify_drive *d = &c->out->drives.data[next++];
    d->sum += x;
    d->count++;
  }
}

/* ---- the runs ---- */

static uint32_t ticks_held(const comparison *c) {
  uint32_t most = 1;
  for (uint32_t k = 0; k < c->program->populations_count; k++) {
    const nsa_population *p = &c->program->populations[k];
    uint32_t ticks = c->program->timescales[p->timescale].ticks;
    if (p->events_count && ticks + 2 > most)
      most = ticks + 2;
  }
  return most < MOST_HELD ? most : MOST_HELD;
}

static void prepare(comparison *c) {
  for (int leg = 0; leg < VERIFY_LEGS; leg++)
    c->steps[leg] = (uint32_t)floor(c->program->base_dt / c->legs[leg].c.ir->program->base_dt + 0.5);
  c->events = verify_events_new(c->arena, c->program, c->legs[0].session);
  for (nsa_population_id k = {0}; k.id < c->program->populations_count; k.id++)
    add_states(c, k);
  for (uint32_t k = 0; k < c->program->records_count; k++)
    add_record(c, &c->program->records[k]);
  for (uint32_t k = 0; k < c->quantities.len; k++)
    verify_sums_clear(&c->quantities.data[k].sums);
  find_drives(c);
  c->held_count = ticks_held(c);
  c->held = ARENA_ARRAY(c->arena, verify_sums, (uint64_t)c->held_count * c->quantities.len);
  c->held_time = ARENA_ARRAY(c->arena, double, c->held_count);
  for (uint32_t k = 0; k < c->held_count; k++)
    c->held_time[k] = NAN;
}

static int step_leg(comparison *c, uint32_t leg) {
  nsa_session *session = c->legs[leg].session;
  double dt = c->legs[leg].c.ir->program->base_dt;
  for (uint32_t k = 0; k < c->steps[leg]; k++) {
    if (!nsa_session_step(session)) {
      static const char *const names[] = {"the steps as written", "half the step", "a quarter of the step"};
      fprintf(stderr, "nsa verify: with %s, ", names[leg]);
      nsa_session_failure(session, stderr);
      return 3;
    }
    verify_events_take(c->events, leg, session, (double)nsa_session_tick(session) * dt);
  }
  return 0;
}

static void part(comparison *c) {
  c->is_parted = true;
  c->out->parting = verify_events_parting(c->events);
  verify_events_stop(c->events);
  for (uint32_t k = 0; k < c->held_count; k++)
    release(c, k);
}

/* After a parting the quarter has nothing to say. */
static int run_tick(comparison *c) {
  int code = 0;
  for (uint32_t leg = 0; leg < (c->is_parted ? VERIFY_LEGS - 1 : VERIFY_LEGS) && !code; leg++)
    code = step_leg(c, leg);
  if (code)
    return code;
  add_drives(c);
  if (c->is_parted)
    return 0;
  uint64_t tick = nsa_session_tick(c->legs[0].session);
  double now = (double)tick * c->program->base_dt;
  if (verify_events_part(c->events, now))
    part(c);
  else
    hold(c, tick, now);
  return 0;
}

/* `run until` has become true with some of the steps. */
static bool is_over(const comparison *c) {
  bool is_any = false;
  for (uint32_t leg = 0; leg < VERIFY_LEGS; leg++)
    is_any = is_any || nsa_session_is_over(c->legs[leg].session);
  return is_any;
}

static int run_legs(comparison *c) {
  bool is_watched = isatty(STDERR_FILENO) != 0;
  double shown = compile_seconds();
  uint64_t ticks = nsa_session_ticks(c->legs[0].session);
  for (uint64_t k = 0; k < ticks && !is_over(c); k++) {
    int code = run_tick(c);
    if (code)
      return code;
    if (!is_watched || (k & 63) || compile_seconds() - shown < 0.5)
      continue;
    shown = compile_seconds();
    fprintf(stderr, "\rnsa verify: %.0f%% ", 100 * (double)k / (double)ticks);
  }
  if (is_watched)
    fprintf(stderr, "\r\033[K");
  return 0;
}

/* ---- the result ---- */

/* What happens at events is of first order, whatever the solvers. */
static double expected_of(const comparison *c, const verify_quantity *q) {
  for (uint32_t k = 0; k < c->legs[0].c.report.orders.len; k++) {
    const lower_order *o = &c->legs[0].c.report.orders.data[k];
    if (strcmp(arena_printf(c->arena, "%s.%s", o->subject, o->state), q->name) != 0)
      continue;
    return c->out->is_by_mean && !(o->order > 0 && o->order < 1) ? 1 : o->order;
  }
  return NAN;
}

static void rate(comparison *c) {
  verify_comparison *out = c->out;
  out->is_by_mean = verify_events_any(c->events);
  out->worst_factor = 1;
  for (uint32_t k = 0; k < c->quantities.len; k++) {
    verify_quantity *q = &c->quantities.data[k];
    q->error = verify_error_of(&q->sums, out->is_by_mean, c->options->tolerance);
    verify_rhythm_find(c->arena, &q->rhythm);
    q->expected = q->has_equation ? expected_of(c, q) : NAN;
    bool is_worse = !out->worst || q->error.factor < out->worst_factor ||
                    (q->error.factor == out->worst_factor && q->error.error > out->worst->error.error);
    if (q->has_equation && q->error.factor < 1 && is_worse) {
      out->worst_factor = q->error.factor;
      out->worst = q;
    }
  }
  out->quantities = c->quantities.data;
  out->quantity_count = c->quantities.len;
  out->events = verify_events_list(c->events, &out->event_count);
  for (int leg = 0; leg < VERIFY_LEGS - 1; leg++) {
    out->measures[leg] = ARENA_ARRAY(c->arena, double, c->program->measures_count);
    if (!nsa_session_measures(c->legs[leg].session, out->measures[leg]))
      exhausted();
    for (uint32_t k = 0; k < c->program->measures_count; k++)
      out->measures[leg][k] = nsa_show(nsa_unit_shift_of(c->program->measures[k].unit), out->measures[leg][k]);
  }
}

int verify_compare(arena *a, const verify_options *o, verify_leg legs[VERIFY_LEGS], verify_comparison *out) {
  comparison c = {.arena = a, .options = o, .legs = legs, .out = out, .program = legs[0].c.ir->program};
  prepare(&c);
  hold(&c, 0, 0);
  int code = run_legs(&c);
  if (code)
    return code;
  for (uint32_t k = 0; k < c.held_count && !c.is_parted; k++)
    release(&c, k);
  rate(&c);
  return 0;
}
