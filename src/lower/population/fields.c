/* SPDX-License-Identifier: MIT */
/* fields.c - the arrays of populations. */
#include "lower/population/population.h"

static void add_event_fields(lowering *l, uint32_t population, population_fields *f) {
  const model_component *c = component_of_population(l->ctx, population);
  const char *pop = l->m->populations.data[population].name;
  for (uint32_t k = 0; k < c->events.len; k++) {
    const model_event *ev = &c->events.data[k];
    const char *name = arena_printf(l->arena, "%s.%s", pop, ev->name);
    f->fired[k] = lower_add_field(l, name, f->domain, NSA_B1, NSA_FIELD_FIRED, 0, NULL, ev->at);
    if (ev->refractory)
      f->refractory[k] = lower_add_field(l, arena_printf(l->arena, "%s.refractory", name), f->domain, NSA_F64,
                                         NSA_FIELD_TIMER, 0, NULL, ev->at);
    if (l->plan->populations[population].events[k].is_driven)
      f->driven[k] = lower_add_field(l, arena_printf(l->arena, "%s.driven", name), f->domain, NSA_B1,
                                     NSA_FIELD_EXTERNAL, 0, NULL, ev->at);
  }
}

static void add_edge_fields(lowering *l, uint32_t population) {
  population_fields *f = &l->populations[population];
  const model_component *c = component_of_population(l->ctx, population);
  const char *pop = l->m->populations.data[population].name;
  for (uint32_t k = 0; k < c->events.len; k++) {
    const model_event *ev = &c->events.data[k];
    if (!l->plan->populations[population].events[k].is_remembered)
      continue;
    const char *name = arena_printf(l->arena, "%s.%s.before", pop, ev->name);
    f->edge[k] = lower_add_field(l, name, f->domain, NSA_B1, NSA_FIELD_EDGE, 0, NULL, ev->at);
  }
}

static nsa_field_id counter(lowering *l, uint32_t population, uint32_t event, const char *what) {
  const model_event *ev = &component_of_population(l->ctx, population)->events.data[event];
  const char *name = arena_printf(l->arena, "%s.%s.%s", l->m->populations.data[population].name, ev->name, what);
  return lower_add_field(l, name, l->populations[population].domain, NSA_F64, NSA_FIELD_COUNTER, 0, NULL, ev->at);
}

/* What is told at the end of a run. */
static void add_counters(lowering *l, uint32_t population) {
  population_fields *f = &l->populations[population];
  const model_component *c = component_of_population(l->ctx, population);
  for (uint32_t k = 0; k < c->events.len; k++) {
    const event_plan *plan = &l->plan->populations[population].events[k];
    if (plan->counts_repeats)
      f->repeated[k] = counter(l, population, k, "repeated");
    if (plan->counts_stuck)
      f->stuck[k] = counter(l, population, k, "stuck");
  }
}

/* What blocks emit before the step's kernel, which sends it. */
static void add_pending_fields(lowering *l, uint32_t population) {
  population_fields *f = &l->populations[population];
  const model_component *c = component_of_population(l->ctx, population);
  const population_plan *plan = &l->plan->populations[population];
  uint32_t events = c->events.len;
  f->pending = lower_no_fields(l, events + l->m->signals.len);
  for (uint32_t k = 0; k < events + l->m->signals.len; k++) {
    bool is_signal = k >= events;
    const model_on *keeper = is_signal ? plan->signals[k - events].keeper : plan->events[k].keeper;
    if (!keeper)
      continue;
    const char *name = is_signal ? l->m->signals.data[k - events].name : c->events.data[k].name;
    name = arena_printf(l->arena, "%s.%s.pending", l->m->populations.data[population].name, name);
    f->pending[k] = lower_add_field(l, name, f->domain, NSA_B1, NSA_FIELD_EDGE, 0, NULL, keeper->at);
  }
}

static void add_signal_flags(lowering *l, uint32_t population, population_fields *f) {
  const char *pop = l->m->populations.data[population].name;
  for (uint32_t k = 0; k < l->m->signals.len; k++) {
    const model_on *sender = l->plan->populations[population].signals[k].sender;
    if (!sender)
      continue;
    const char *name = arena_printf(l->arena, "%s.%s", pop, l->m->signals.data[k].name);
    f->sent[k] = lower_add_field(l, name, f->domain, NSA_B1, NSA_FIELD_FIRED, 0, NULL, sender->at);
  }
}

static span place_of_state(const model_component *c, uint32_t state) {
  for (uint32_t k = 0; k < c->odes.len; k++)
    if (c->odes.data[k].state == state)
      return c->odes.data[k].at;
  return c->states.data[state].at;
}

static void add_slopes(const owner_info *o, population_fields *f) {
  lowering *l = o->l;
  f->slope = lower_no_fields(l, o->c->states.len);
  for (uint32_t k = 0; k < o->c->odes.len; k++) {
    const model_ode *ode = &o->c->odes.data[k];
    if (!l->plan->populations[o->owner].states[ode->state].is_extrapolated)
      continue;
    const char *state = o->c->states.data[ode->state].name;
    f->slope[ode->state] = lower_add_field(l, arena_printf(l->arena, "%s.%s.slope", o->name, state), f->domain, NSA_F64,
                                           NSA_FIELD_SLOPE, 0, NULL, ode->at);
  }
}

void lower_population_fields(lowering *l, uint32_t population) {
  owner_info o = lower_owner(l, false, population);
  const model_component *c = o.c;
  population_fields *f = &l->populations[population];
  f->domain = ir_domain_of_population(l->p, o.name, (nsa_population_id){population});
  f->param = lower_no_fields(l, c->params.len);
  f->state = lower_no_fields(l, c->states.len);
  f->timer = lower_no_fields(l, c->timers.len);
  f->input = lower_no_fields(l, c->inputs.len);
  f->external = lower_no_fields(l, c->inputs.len);
  f->given = lower_no_fields(l, c->inputs.len);
  f->window = lower_no_fields(l, c->inputs.len);
  f->fired = lower_no_fields(l, c->events.len);
  f->edge = lower_no_fields(l, c->events.len);
  f->refractory = lower_no_fields(l, c->events.len);
  f->driven = lower_no_fields(l, c->events.len);
  f->repeated = lower_no_fields(l, c->events.len);
  f->stuck = lower_no_fields(l, c->events.len);
  f->arrived_state = lower_no_fields(l, c->states.len);
  f->arrived_input = lower_no_fields(l, c->inputs.len);
  f->sent = lower_no_fields(l, l->m->signals.len);
  lower_add_params(&o, f->domain, f->param);
  for (uint32_t k = 0; k < c->states.len; k++) {
    const model_state *s = &c->states.data[k];
    f->state[k] = lower_add_field(l, arena_printf(l->arena, "%s.%s", o.name, s->name), f->domain, NSA_F64,
                                  NSA_FIELD_STATE, 0, &s->unit, place_of_state(c, k));
    lower_initial_is_settable(&o, f->state[k]);
  }
  for (uint32_t k = 0; k < c->timers.len; k++)
    f->timer[k] = lower_add_field(l, arena_printf(l->arena, "%s.%s", o.name, c->timers.data[k].name), f->domain,
                                  NSA_F64, NSA_FIELD_TIMER, 0, NULL, c->timers.data[k].at);
  for (uint32_t k = 0; k < c->inputs.len; k++)
    if (l->plan->populations[population].has_stimulus[k])
      f->external[k] =
          lower_add_field(l, arena_printf(l->arena, "%s.%s.external", o.name, c->inputs.data[k].name), f->domain,
                          NSA_F64, NSA_FIELD_EXTERNAL, 0, &c->inputs.data[k].unit, c->inputs.data[k].at);
  add_slopes(&o, f);
  lower_stage_fields(l, population);
  add_event_fields(l, population, f);
  add_counters(l, population);
  add_signal_flags(l, population, f);
}

/* Inputs that links feed. */
static void add_input_fields(lowering *l, uint32_t population) {
  population_fields *f = &l->populations[population];
  const model_component *c = component_of_population(l->ctx, population);
  for (uint32_t k = 0; k < c->inputs.len; k++) {
    const input_plan *plan = &l->plan->inputs[population][k];
    lower_window_fields(l, population, k);
    if (!plan->every && !plan->is_windowed)
      continue;
    const model_input *in = &c->inputs.data[k];
    const char *name = arena_printf(l->arena, "%s.%s", l->m->populations.data[population].name, in->name);
    f->input[k] = lower_add_field(l, name, f->domain, NSA_F64, NSA_FIELD_INPUT, 0, &in->unit, in->at);
  }
}

void lower_input_fields(lowering *l) {
  for (uint32_t k = 0; k < l->m->populations.len; k++) {
    add_input_fields(l, k);
    lower_stage_inputs(l, k);
    add_edge_fields(l, k);
    add_pending_fields(l, k);
  }
}

uint32_t lower_signal_bit(const lowering *l, uint32_t population, uint32_t signal) {
  uint32_t bit = component_of_population(l->ctx, population)->events.len;
  for (uint32_t k = 0; k < signal; k++)
    bit += !nsa_field_is_none(l->populations[population].sent[k]);
  return bit;
}
