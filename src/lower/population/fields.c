/* SPDX-License-Identifier: MIT */
/* fields.c - the arrays of populations. */
#include "lower/population/population.h"

static bool has_stimulus(const lowering *l, uint32_t population, uint32_t input) {
  for (uint32_t k = 0; k < l->m->stimuli.len; k++)
    if (l->m->stimuli.data[k].population == population && l->m->stimuli.data[k].input == input)
      return true;
  return false;
}

static bool is_driven(const lowering *l, uint32_t population, uint32_t event) {
  for (uint32_t k = 0; k < l->m->event_drives.len; k++)
    if (l->m->event_drives.data[k].population == population && l->m->event_drives.data[k].event == event)
      return true;
  return false;
}

static bool has_phase_block(const lowering *l, uint32_t population) {
  for (uint32_t k = 0; k < l->m->phase_blocks.len; k++)
    if (l->m->phase_blocks.data[k].population == population)
      return true;
  return false;
}

/* Whether the condition's previous value can be had by evaluating it again before the step. */
static bool is_recomputable(lowering *l, uint32_t population, const model_event *ev) {
  uint32_t bits = lower_self_dependence(l->ctx, false, population, ev->when);
  uint32_t plain =
      DEPENDS_STATE | DEPENDS_HELD_STATE | DEPENDS_TIMER | DEPENDS_PARAM | DEPENDS_VARIED_PARAM | DEPENDS_ELEMENT;
  return (bits & ~plain) == 0 && !has_phase_block(l, population);
}

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
    if (is_driven(l, population, k))
      f->driven[k] = lower_add_field(l, arena_printf(l->arena, "%s.driven", name), f->domain, NSA_B1,
                                     NSA_FIELD_EXTERNAL, 0, NULL, ev->at);
  }
}

/* Which events add to what of the population is known by now. */
static void add_edge_fields(lowering *l, uint32_t population) {
  population_fields *f = &l->populations[population];
  const model_component *c = component_of_population(l->ctx, population);
  const char *pop = l->m->populations.data[population].name;
  for (uint32_t k = 0; k < c->events.len; k++) {
    const model_event *ev = &c->events.data[k];
    if (!lower_is_crossing(ev) || (!f->is_added_to_at_once && is_recomputable(l, population, ev)))
      continue;
    const char *name = arena_printf(l->arena, "%s.%s.before", pop, ev->name);
    f->edge[k] = lower_add_field(l, name, f->domain, NSA_B1, NSA_FIELD_EDGE, 0, NULL, ev->at);
  }
}

static uint32_t counter(lowering *l, uint32_t population, uint32_t event, const char *what) {
  const model_event *ev = &component_of_population(l->ctx, population)->events.data[event];
  const char *name = arena_printf(l->arena, "%s.%s.%s", l->m->populations.data[population].name, ev->name, what);
  return lower_add_field(l, name, l->populations[population].domain, NSA_F64, NSA_FIELD_COUNTER, 0, NULL, ev->at);
}

/* What is told at the end of a run. A condition that draws has no value behind its blocks. */
static void add_counters(lowering *l, uint32_t population) {
  population_fields *f = &l->populations[population];
  const model_component *c = component_of_population(l->ctx, population);
  for (uint32_t k = 0; k < c->events.len; k++) {
    const model_event *ev = &c->events.data[k];
    if (f->driven[k] != NO_FIELD || lower_emissions(c, k) > 1)
      f->repeated[k] = counter(l, population, k, "repeated");
    if (lower_is_crossing(ev) && ev->is_reset && !lower_draws(l->ctx, population, ev->when))
      f->stuck[k] = counter(l, population, k, "stuck");
  }
}

/* What blocks of events emit before the step's function, which sends it. */
static void add_pending_fields(lowering *l, uint32_t population) {
  population_fields *f = &l->populations[population];
  const model_component *c = component_of_population(l->ctx, population);
  uint32_t events = c->events.len;
  f->pending = lower_no_fields(l, events + l->m->signals.len);
  bool is_split = lower_is_split(l->ctx, population), is_slow = lower_is_slow(l->ctx, population);
  if (!is_slow && !has_phase_block(l, population) && !lower_needs_settling(l, population) && !is_split)
    return;
  for (uint32_t k = 0; k < events + l->m->signals.len; k++)
    for (uint32_t i = 0; i < c->blocks.len; i++) {
      const model_on *on = &c->blocks.data[i];
      bool is_signal = k >= events;
      bool is_before = on->kind == BLOCK_EVENT || is_split || (is_slow && on->kind == BLOCK_SIGNAL);
      if (f->pending[k] != NO_FIELD || !is_before || !lower_emits(&on->body, is_signal, is_signal ? k - events : k))
        continue;
      const char *name = is_signal ? l->m->signals.data[k - events].name : c->events.data[k].name;
      name = arena_printf(l->arena, "%s.%s.pending", l->m->populations.data[population].name, name);
      f->pending[k] = lower_add_field(l, name, f->domain, NSA_B1, NSA_FIELD_EDGE, 0, NULL, on->at);
    }
}

static void add_signal_flags(lowering *l, uint32_t population, population_fields *f) {
  const model_component *c = component_of_population(l->ctx, population);
  for (uint32_t k = 0; k < l->m->signals.len; k++)
    for (uint32_t i = 0; i < c->blocks.len; i++)
      if (f->sent[k] == NO_FIELD && lower_emits(&c->blocks.data[i].body, true, k))
        f->sent[k] = lower_add_field(
            l, arena_printf(l->arena, "%s.%s", l->m->populations.data[population].name, l->m->signals.data[k].name),
            f->domain, NSA_B1, NSA_FIELD_FIRED, 0, NULL, c->blocks.data[i].at);
}

static span place_of_state(const model_component *c, uint32_t state) {
  for (uint32_t k = 0; k < c->odes.len; k++)
    if (c->odes.data[k].state == state)
      return c->odes.data[k].at;
  return c->states.data[state].at;
}

/* Equations on a timescale slower than the component's are held: their steps are not those of the component. */
static void add_slopes(const owner_info *o, population_fields *f) {
  lowering *l = o->l;
  f->slope = lower_no_fields(l, o->c->states.len);
  for (uint32_t k = 0; k < o->c->odes.len && lower_is_extrapolated(l->ctx, o->owner); k++) {
    const model_ode *ode = &o->c->odes.data[k];
    if (ode->timescale != o->c->timescale)
      continue;
    const char *state = o->c->states.data[ode->state].name;
    f->slope[ode->state] = lower_add_field(l, arena_printf(l->arena, "%s.%s.slope", o->name, state), f->domain, NSA_F64,
                                           NSA_FIELD_SLOPE, 0, NULL, ode->at);
    lower_decide(l->ctx, o->name, "coupling",
                 "%s: others read it between two ticks as it goes on from its last step (linear)", state);
  }
}

void lower_population_fields(lowering *l, uint32_t population) {
  owner_info o = lower_owner(l, false, population);
  const model_component *c = o.c;
  population_fields *f = &l->populations[population];
  f->domain = ir_domain_add(l->p, o.name, NSA_DOMAIN_POPULATION, population);
  f->param = lower_no_fields(l, c->params.len);
  f->state = lower_no_fields(l, c->states.len);
  f->timer = lower_no_fields(l, c->timers.len);
  f->input = lower_no_fields(l, c->inputs.len);
  f->external = lower_no_fields(l, c->inputs.len);
  f->input_every = ARENA_ARRAY(l->arena, uint32_t, c->inputs.len);
  f->is_windowed = ARENA_ARRAY(l->arena, bool, c->inputs.len);
  f->is_by_step = ARENA_ARRAY(l->arena, bool, c->inputs.len);
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
  }
  for (uint32_t k = 0; k < c->timers.len; k++)
    f->timer[k] = lower_add_field(l, arena_printf(l->arena, "%s.%s", o.name, c->timers.data[k].name), f->domain,
                                  NSA_F64, NSA_FIELD_TIMER, 0, NULL, c->timers.data[k].at);
  for (uint32_t k = 0; k < c->inputs.len; k++)
    if (has_stimulus(l, population, k))
      f->external[k] =
          lower_add_field(l, arena_printf(l->arena, "%s.%s.external", o.name, c->inputs.data[k].name), f->domain,
                          NSA_F64, NSA_FIELD_EXTERNAL, 0, &c->inputs.data[k].unit, c->inputs.data[k].at);
  add_slopes(&o, f);
  lower_stage_fields(l, population);
  add_event_fields(l, population, f);
  add_counters(l, population);
  add_signal_flags(l, population, f);
  f->is_added_to_at_once = f->is_added_to_at_once ||
                           (lower_is_slow(l->ctx, population) && (has_phase_block(l, population) || lower_hears(c)));
}

/* Inputs that links feed: known once all contributions are split. */
static void add_input_fields(lowering *l, uint32_t population) {
  population_fields *f = &l->populations[population];
  const model_component *c = component_of_population(l->ctx, population);
  for (uint32_t k = 0; k < f->target_terms.len; k++) {
    uint32_t *every = &f->input_every[f->target_terms.data[k].input];
    if (!*every || f->target_terms.data[k].every < *every)
      *every = f->target_terms.data[k].every;
  }
  for (uint32_t k = 0; k < c->inputs.len; k++) {
    lower_window_fields(l, population, k);
    if (!f->input_every[k] && !f->is_windowed[k])
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
