/* SPDX-License-Identifier: MIT */
/* step.c - the functions that initialise a population and advance it by one tick, in the order of
 * docs/language.md, "One step, exactly". */
#include "lower/population/population.h"
#include "support/file.h"
#include <math.h>

/* ---- the step ---- */

static ir_value load_or(step *st, uint32_t field, double otherwise) {
  return field == NO_FIELD ? ir_number(&st->b, otherwise) : ir_load(&st->b, field);
}

static void load_state(step *st) {
  lowering *l = st->l;
  const model_component *c = st->c;
  block_state *n = &st->now;
  *n = (block_state){.state_count = c->states.len,
                     .timer_count = c->timers.len + c->events.len,
                     .event_count = c->events.len + l->m->signals.len};
  n->states = ARENA_ARRAY(l->arena, ir_value, n->state_count);
  n->timers = ARENA_ARRAY(l->arena, ir_value, n->timer_count);
  n->emitted = ARENA_ARRAY(l->arena, ir_value, n->event_count);
  n->repeated = ARENA_ARRAY(l->arena, ir_value, c->events.len);
  for (uint32_t k = 0; k < c->states.len; k++)
    n->states[k] = ir_load(&st->b, st->f->state[k]);
  for (uint32_t k = 0; k < c->timers.len; k++)
    n->timers[k] = ir_load(&st->b, st->f->timer[k]);
  for (uint32_t k = 0; k < c->events.len; k++) {
    n->timers[c->timers.len + k] = load_or(st, st->f->refractory[k], 0);
    bool is_counted = st->f->repeated[k] != NO_FIELD && lower_emits_event(c, k);
    n->repeated[k] = is_counted ? ir_load(&st->b, st->f->repeated[k]) : IR_NO_VALUE;
  }
  for (uint32_t k = 0; k < n->event_count; k++)
    n->emitted[k] = st->f->pending[k] == NO_FIELD ? ir_bool(&st->b, false) : ir_load(&st->b, st->f->pending[k]);
  st->loaded = *n;
  st->loaded.states = ARENA_ARRAY(l->arena, ir_value, n->state_count);
  st->loaded.timers = ARENA_ARRAY(l->arena, ir_value, n->timer_count);
  st->loaded.repeated = ARENA_ARRAY(l->arena, ir_value, c->events.len);
  memcpy(st->loaded.repeated, n->repeated, c->events.len * sizeof(ir_value));
  memcpy(st->loaded.states, n->states, n->state_count * sizeof(ir_value));
  memcpy(st->loaded.timers, n->timers, n->timer_count * sizeof(ir_value));
}

void step_load(step *st) {
  load_state(st);
  st->self->states = st->now.states;
  st->self->timers = st->now.timers;
}

/* What links have added, and what stimuli add. */
static ir_value plain_input(step *st, uint32_t k) {
  ir_value x = load_or(st, st->f->input[k], 0);
  if (st->f->external[k] == NO_FIELD)
    return x;
  ir_value external = ir_load(&st->b, st->f->external[k]);
  return st->f->input[k] == NO_FIELD ? external : ir_binary(&st->b, IR_OP_add, x, external);
}

/* That of a slow component is what came in its window. */
void step_load_inputs(step *st) {
  const model_component *c = st->c;
  st->inputs = ARENA_ARRAY(st->l->arena, ir_value, c->inputs.len);
  st->self->inputs = NULL;
  for (uint32_t k = 0; k < c->inputs.len; k++) {
    bool is_windowed = st->l->plan->inputs[st->population][k].is_windowed && !st->l->options->equations_only;
    st->inputs[k] =
        is_windowed ? lower_windowed_input(st->l, &st->b, st->population, k, !st->keeps_arrived) : plain_input(st, k);
  }
  st->self->inputs = st->inputs;
}

/* Whether the step's function has no blocks of events to run: there are none, or its settle function has run them. */
static bool has_nothing_to_settle(const step *st) {
  return !lower_has_event_blocks(st->c) || st->plan->settle != SETTLES_IN_STEP;
}

/* Phase 1: the blocks of what fired, and what the conditions are behind them. */
static void run_event_blocks(step *st) {
  const model_component *c = st->c;
  for (uint32_t k = 0; k < c->events.len; k++)
    st->fired[k] = ir_load(&st->b, st->f->fired[k]);
  for (uint32_t k = 0; k < c->blocks.len; k++) {
    const model_on *on = &c->blocks.data[k];
    if (on->kind == BLOCK_EVENT)
      lower_block_if(&st->s, &st->now, &on->body, st->fired[on->event]);
  }
}

static ir_value not_refractory(step *st, uint32_t event, ir_value tick) {
  ir_value end = st->now.timers[st->c->timers.len + event];
  return ir_binary(&st->b, IR_OP_ge, tick, end);
}

/* Whether blocks of any of its events have run for an element. */
static ir_value any_fired(step *st) {
  ir_value any = ir_bool(&st->b, false);
  for (uint32_t k = 0; k < st->c->events.len; k++)
    any = k ? ir_binary(&st->b, IR_OP_or, any, st->fired[k]) : st->fired[k];
  return any;
}

/* Whether an event comes from its condition alone, so that nothing needs be done where no element's condition holds.
 * The value before of a crossing is then that of the states which the step's function found. */
static bool is_rare(const step *st, uint32_t event) {
  const population_fields *f = st->f;
  return st->is_settled && st->c->events.data[event].when && f->edge[event] == NO_FIELD &&
         f->driven[event] == NO_FIELD && f->pending[event] == NO_FIELD && !lower_emits_event(st->c, event);
}

static ir_value condition(step *st, uint32_t event) { return lower_expr(&st->s, st->c->events.data[event].when); }

/* The previous value of a crossing's condition, taken again where blocks of events have run. When it depends on states
 * alone it is evaluated again here for all elements, which gives the same as remembering it and costs no memory; else
 * it is remembered in a field. */
static ir_value previous_condition(step *st, uint32_t event) {
  const model_event *ev = &st->c->events.data[event];
  uint32_t edge = st->f->edge[event];
  st->b.at = ev->at;
  if (edge == NO_FIELD)
    return condition(st, event);
  ir_value kept = ir_load(&st->b, edge);
  bool is_kept = st->is_settled || lower_draws(st->l->ctx, st->population, ev->when);
  return is_kept ? kept : ir_select(&st->b, any_fired(st), condition(st, event), kept);
}

/* Its own blocks left the condition true: no crossing until it was false. */
static void count_stuck(step *st, uint32_t event) {
  ir_builder *b = &st->b;
  uint32_t field = st->f->stuck[event];
  ir_unary(b, IR_OP_skip_begin, st->fired[event]);
  ir_value is_stuck = ir_binary(b, IR_OP_and, st->fired[event], st->before[event]);
  ir_value count = ir_load(b, field);
  ir_store(b, field, ir_select(b, is_stuck, ir_binary(b, IR_OP_add, count, ir_number(b, 1)), count));
  ir_nullary(b, IR_OP_skip_end, 0);
}

static void previous_conditions(step *st) {
  for (uint32_t k = 0; k < st->c->events.len; k++) {
    st->before[k] = IR_NO_VALUE;
    if (!lower_is_crossing(&st->c->events.data[k]) || is_rare(st, k))
      continue;
    st->before[k] = previous_condition(st, k);
    if (st->f->stuck[k] != NO_FIELD && !st->is_settled)
      count_stuck(st, k);
  }
}

/* What arrived at a state, and nothing where `unless` holds it. */
static ir_value arrived_at(step *st, uint32_t state) {
  ir_builder *b = &st->b;
  ir_value arrived = ir_load(b, st->f->arrived_state[state]);
  const model_expr *held = model_held_by(st->c, state);
  return held ? ir_select(b, lower_expr(&st->s, held), ir_number(b, 0), arrived) : arrived;
}

/* Phase 2, its end: what events added to the states, decided for all before any is changed. */
static void add_arrived(step *st) {
  ir_builder *b = &st->b;
  ir_value *arrived = ARENA_ARRAY(st->l->arena, ir_value, st->c->states.len);
  for (uint32_t k = 0; k < st->c->states.len; k++) {
    b->at = st->c->states.data[k].at;
    if (st->plan->states[k].added == ADDED_APART)
      arrived[k] = arrived_at(st, k);
  }
  for (uint32_t k = 0; k < st->c->states.len; k++) {
    if (st->plan->states[k].added != ADDED_APART)
      continue;
    b->at = st->c->states.data[k].at;
    st->now.states[k] = ir_binary(b, IR_OP_add, st->now.states[k], arrived[k]);
    ir_store(b, st->f->arrived_state[k], ir_number(b, 0));
  }
  view_forget_lets(st->self);
}

/* Likewise what they added to inputs: blocks of events have run before. */
void step_add_arrived_inputs(step *st) {
  for (uint32_t k = 0; k < st->c->inputs.len; k++) {
    uint32_t field = st->f->arrived_input[k];
    if (field == NO_FIELD || st->l->plan->inputs[st->population][k].is_windowed)
      continue;
    st->inputs[k] = ir_binary(&st->b, IR_OP_add, st->inputs[k], ir_load(&st->b, field));
    if (!st->keeps_arrived)
      ir_store(&st->b, field, ir_number(&st->b, 0));
  }
  view_forget_lets(st->self);
}

static void run_signal_blocks(step *st) {
  for (uint32_t k = 0; k < st->c->blocks.len; k++) {
    const model_on *on = &st->c->blocks.data[k];
    st->b.at = on->at;
    if (on->kind == BLOCK_SIGNAL)
      lower_block_if(&st->s, &st->now, &on->body, ir_load(&st->b, st->l->signal_flag[on->event]));
  }
}

/* In slow populations they do not wait for the step (lower_hear). */
void step_run_signal_blocks(step *st) {
  if (!lower_is_slow(st->l->ctx, st->population))
    run_signal_blocks(st);
}

static void run_periodic(scope *s, block_state *state, const model_on *on) {
  ir_builder *b = s->b;
  uint32_t timescale = s->side[SIDE_SELF]->component->timescale;
  ir_value period = ir_binary(b, IR_OP_max, lower_ticks(s, on->period, timescale), ir_number(b, 1));
  ir_value tick = s->side[SIDE_SELF]->tick;
  ir_value whole = ir_unary(b, IR_OP_floor, ir_binary(b, IR_OP_div, tick, period));
  ir_value due = ir_binary(b, IR_OP_eq, ir_binary(b, IR_OP_mul, whole, period), tick);
  lower_block_if(s, state, &on->body, due);
}

/* Phase 3. */
void lower_clocked_blocks(scope *s, block_state *state) {
  const model_component *c = s->side[SIDE_SELF]->component;
  for (uint32_t k = 0; k < c->blocks.len; k++) {
    const model_on *on = &c->blocks.data[k];
    s->b->at = on->at;
    if (on->kind == BLOCK_EVERY)
      run_periodic(s, state, on);
    if (on->kind == BLOCK_EACH_STEP)
      lower_block(s, state, &on->body);
  }
}

/* Phase 4; slopes: what the equations made of the states, a base tick. */
static void run_equations(step *st) {
  ir_builder *b = &st->b;
  ir_value *before = ARENA_ARRAY(st->l->arena, ir_value, st->now.state_count);
  for (uint32_t k = 0; k < st->now.state_count; k++)
    before[k] = st->f->start[k] == NO_FIELD ? st->now.states[k] : ir_load(b, st->f->start[k]);
  view_forget_lets(st->self);
  lower_equations(&st->s, &st->now);
  view_forget_lets(st->self);
  for (uint32_t k = 0; k < st->now.state_count; k++) {
    if (st->f->slope[k] == NO_FIELD)
      continue;
    b->at = st->c->states.data[k].at;
    ir_value change = ir_binary(b, IR_OP_sub, st->now.states[k], before[k]);
    ir_value ticks = ir_number(b, ticks_of_population(st->l->ctx, st->population));
    ir_store(b, st->f->slope[k], ir_binary(b, IR_OP_div, change, ticks));
  }
}

static void start_refractory(step *st, uint32_t k, ir_value fires, ir_value next_tick) {
  ir_builder *b = &st->b;
  ir_unary(b, IR_OP_skip_begin, fires);
  ir_value ticks = lower_ticks(&st->s, st->c->events.data[k].refractory, st->c->timescale);
  ir_value end = ir_binary(b, IR_OP_add, next_tick, ticks);
  ir_store(b, st->f->refractory[k], ir_select(b, fires, end, st->now.timers[st->c->timers.len + k]));
  ir_nullary(b, IR_OP_skip_end, 0);
  view_forget_lets(st->self);
}

static void add_event(step *st, uint32_t k, ir_value fires, ir_value next_tick) {
  if (st->f->refractory[k] != NO_FIELD)
    start_refractory(st, k, fires, next_tick);
  ir_add_op(&st->b, (ir_op){.op = IR_OP_event,
                            .aux = k,
                            .field = st->f->fired[k],
                            .args = {fires, IR_NO_VALUE, IR_NO_VALUE, IR_NO_VALUE},
                            .at = st->c->events.data[k].at});
}

/* What the condition was on the states that the step's function found. */
static ir_value condition_at_start(step *st, uint32_t k, ir_value tick) {
  view now = *st->self;
  st->self->states = st->loaded.states;
  st->self->timers = st->loaded.timers;
  st->self->tick = tick;
  view_forget_lets(st->self);
  ir_value before = condition(st, k);
  *st->self = now;
  view_forget_lets(st->self);
  return before;
}

/* What else must be, where a condition became true, or is. */
static ir_value and_may_fire(step *st, uint32_t k, ir_value tick, ir_value fires) {
  ir_builder *b = &st->b;
  const model_event *ev = &st->c->events.data[k];
  if (ev->also)
    fires = ir_binary(b, IR_OP_and, fires, lower_expr(&st->s, ev->also));
  return st->f->refractory[k] == NO_FIELD ? fires : ir_binary(b, IR_OP_and, fires, not_refractory(st, k, tick));
}

/* Flags are down when the function begins, so that those of lanes which skip this need not be stored. */
static void detect_rare_event(step *st, uint32_t k, ir_value tick, ir_value next_tick) {
  ir_builder *b = &st->b;
  ir_value fires = condition(st, k);
  ir_unary(b, IR_OP_skip_begin, fires);
  view_forget_lets(st->self);
  if (st->c->events.data[k].is_crossing)
    fires = ir_binary(b, IR_OP_and, fires, ir_unary(b, IR_OP_not, condition_at_start(st, k, tick)));
  add_event(st, k, and_may_fire(st, k, tick, fires), next_tick);
  ir_nullary(b, IR_OP_skip_end, 0);
  view_forget_lets(st->self);
}

/* Whether its condition makes it happen. */
static ir_value fires_by_condition(step *st, uint32_t k, ir_value tick) {
  ir_builder *b = &st->b;
  ir_value now = condition(st, k), fires = now;
  if (st->f->edge[k] != NO_FIELD)
    ir_store(b, st->f->edge[k], now);
  if (st->c->events.data[k].is_crossing)
    fires = ir_binary(b, IR_OP_and, now, ir_unary(b, IR_OP_not, st->before[k]));
  return and_may_fire(st, k, tick, fires);
}

/* Emitted and driven at once is once more than it can happen. */
static ir_value driven(step *st, uint32_t k) {
  ir_builder *b = &st->b;
  ir_value is_driven = ir_load(b, st->f->driven[k]), *repeated = &st->now.repeated[k];
  if (*repeated != IR_NO_VALUE) {
    ir_value is_both = ir_binary(b, IR_OP_and, is_driven, st->now.emitted[k]);
    *repeated = ir_select(b, is_both, ir_binary(b, IR_OP_add, *repeated, ir_number(b, 1)), *repeated);
  }
  return is_driven;
}

static void detect_event(step *st, uint32_t k, ir_value tick, ir_value next_tick) {
  ir_builder *b = &st->b;
  ir_value fires = st->now.emitted[k];
  if (st->c->events.data[k].when)
    fires = ir_binary(b, IR_OP_or, fires, fires_by_condition(st, k, tick));
  if (st->f->driven[k] != NO_FIELD)
    fires = ir_binary(b, IR_OP_or, fires, driven(st, k));
  if (st->is_settled)
    ir_unary(b, IR_OP_skip_begin, fires);
  add_event(st, k, fires, next_tick);
  if (st->is_settled)
    ir_nullary(b, IR_OP_skip_end, 0);
}

/* Phase 5: conditions on the new states. `refractory` still counts the tick that ends. */
static void detect_events(step *st, ir_value tick, ir_value next_tick) {
  for (uint32_t k = 0; k < st->c->events.len; k++) {
    st->b.at = st->c->events.data[k].at;
    if (is_rare(st, k))
      detect_rare_event(st, k, tick, next_tick);
    else
      detect_event(st, k, tick, next_tick);
  }
}

/* Signals are events of the population as well, behind its own. */
static void send_signals(step *st) {
  for (uint32_t k = 0; k < st->l->m->signals.len; k++)
    if (st->f->sent[k] != NO_FIELD)
      ir_add_op(&st->b, (ir_op){.op = IR_OP_event,
                                .aux = lower_signal_bit(st->l, st->population, k),
                                .field = st->f->sent[k],
                                .args = {st->now.emitted[st->c->events.len + k], IR_NO_VALUE, IR_NO_VALUE, IR_NO_VALUE},
                                .at = st->c->at});
}

void step_keep_emitted(step *st, bool is_sent) {
  for (uint32_t k = 0; k < st->now.event_count; k++)
    if (st->f->pending[k] != NO_FIELD)
      ir_store(&st->b, st->f->pending[k], is_sent ? ir_bool(&st->b, false) : st->now.emitted[k]);
}

void step_store_states(step *st) {
  for (uint32_t k = 0; k < st->now.state_count; k++)
    if (st->now.states[k] != st->loaded.states[k]) {
      lower_check(&st->b, st->now.states[k]);
      ir_store(&st->b, st->f->state[k], st->now.states[k]);
    }
  for (uint32_t k = 0; k < st->c->timers.len; k++)
    if (st->now.timers[k] != st->loaded.timers[k])
      ir_store(&st->b, st->f->timer[k], st->now.timers[k]);
  for (uint32_t k = 0; k < st->c->events.len; k++)
    if (st->now.repeated[k] != st->loaded.repeated[k])
      ir_store(&st->b, st->f->repeated[k], st->now.repeated[k]);
}

static bool is_reading_timers(step *st, const source_term *t) {
  for (uint32_t k = 0; k < t->factor_count; k++)
    if (lower_dependence(st->l->ctx, true, t->connection, t->factors[k]).side[t->side] & DEPENDS_TIMER)
      return true;
  return false;
}

/* Conditions saw `refractory` as it was before this step's events; contributions see what these have started. */
static void see_refractory(step *st) {
  bool is_read = false;
  for (uint32_t k = 0; k < st->f->source_terms.len; k++)
    is_read = is_read || (st->f->source_terms.data[k].is_fused && is_reading_timers(st, &st->f->source_terms.data[k]));
  for (uint32_t k = 0; is_read && k < st->c->events.len; k++)
    if (st->f->refractory[k] != NO_FIELD)
      st->now.timers[st->c->timers.len + k] = ir_load(&st->b, st->f->refractory[k]);
  if (is_read)
    view_forget_lets(st->self);
}

/* Phase 6, the share of a source. */
static void store_source_terms(step *st) {
  see_refractory(st);
  for (uint32_t k = 0; k < st->f->source_terms.len; k++) {
    const source_term *t = &st->f->source_terms.data[k];
    if (!t->is_fused)
      continue;
    scope s = st->s;
    s.side[t->side] = st->self;
    s.side[SIDE_SELF] = view_of_connection(st->l, &st->b, t->connection, IR_NO_VALUE);
    s.connection = t->connection;
    lower_source_term(&s, t);
  }
}

void step_begin(step *st, lowering *l, uint32_t population, const char *name, nsa_role role, uint32_t *number) {
  *st = (step){.l = l,
               .population = population,
               .c = component_of_population(l->ctx, population),
               .plan = &l->plan->populations[population],
               .f = &l->populations[population]};
  ir_function *fn = ir_function_add(l->p, name, role, st->f->domain, st->c->timescale, number);
  st->b = ir_builder_on(l->p, fn);
  st->b.at = st->c->at;
  st->s = scope_of_population(l, &st->b, population);
  st->self = st->s.side[SIDE_SELF];
  st->fired = ARENA_ARRAY(l->arena, ir_value, st->c->events.len);
  st->before = ARENA_ARRAY(l->arena, ir_value, st->c->events.len);
}

void lower_step(lowering *l, uint32_t population) {
  step st;
  const char *name = arena_printf(l->arena, "%s.step", l->m->populations.data[population].name);
  step_begin(&st, l, population, name, NSA_ROLE_STEP, &l->population_list.data[population].step);
  step_load(&st);
  step_load_inputs(&st);
  if (l->options->equations_only) {
    run_equations(&st);
    step_store_states(&st);
    return;
  }
  st.is_settled = has_nothing_to_settle(&st);
  l->population_list.data[population].lowers_flags = st.is_settled;
  if (!st.is_settled)
    run_event_blocks(&st);
  previous_conditions(&st);
  step_add_arrived_inputs(&st);
  if (!st.plan->is_added_to_at_once)
    add_arrived(&st);
  if (!lower_is_split(l->ctx, population)) {
    step_run_signal_blocks(&st);
    lower_clocked_blocks(&st.s, &st.now);
  }
  run_equations(&st);
  ir_value tick = st.self->tick, next_tick = ir_binary(&st.b, IR_OP_add, tick, ir_number(&st.b, 1));
  st.self->tick = next_tick;
  st.self->time = lower_time_of(&st.b, next_tick, l->m->timescales.data[st.c->timescale].dt);
  view_forget_lets(st.self);
  detect_events(&st, tick, next_tick);
  send_signals(&st);
  step_keep_emitted(&st, true);
  store_source_terms(&st);
  step_store_states(&st);
}

static ir_value rate_of(step *st, const model_ode *ode) {
  ir_value rate = lower_expr(&st->s, ode->rate);
  if (!ode->unless)
    return rate;
  return ir_select(&st->b, lower_expr(&st->s, ode->unless), ir_number(&st->b, 0), rate);
}

void lower_rates_of(lowering *l, uint32_t population) {
  const char *pop = l->m->populations.data[population].name;
  lower_rates *out = vec_add(l->arena, &l->report->rates);
  step st;
  step_begin(&st, l, population, arena_printf(l->arena, "%s.rates", pop), NSA_ROLE_PROBE, &out->kernel);
  out->population = population;
  step_load(&st);
  step_load_inputs(&st);
  for (uint32_t k = 0; k < st.c->odes.len; k++) {
    const model_ode *ode = &st.c->odes.data[k];
    const char *name = arena_printf(l->arena, "%s.d%s/dt", pop, st.c->states.data[ode->state].name);
    uint32_t field = lower_add_field(l, name, st.f->domain, NSA_F64, NSA_FIELD_SCRATCH, 0, NULL, ode->at);
    ir_store(&st.b, field, rate_of(&st, ode));
    lower_equation equation = {st.f->state[ode->state], field, ode->timescale};
    vec_push(l->arena, &out->equations, equation);
  }
}

/* `on PHASE` stands in phase 3, but its function runs before the step's: what fired is dealt with
 * here already, and the step finds nothing to do in phase 1. */
static void settle_events(step *st) {
  ir_builder *b = &st->b;
  for (uint32_t k = 0; k < st->c->events.len; k++) {
    if (st->f->edge[k] != NO_FIELD)
      ir_store(b, st->f->edge[k], st->before[k]);
    ir_store(b, st->f->fired[k], ir_bool(b, false));
  }
}

/* Phase 1 in a function of its own, apart from the step: where the component is slow, between its ticks as well. */
static void run_settled(step *st) {
  lower_at_fast_steps(&st->s);
  step_load(st);
  run_event_blocks(st);
  previous_conditions(st);
  settle_events(st);
}

void lower_phase_block(lowering *l, uint32_t number) {
  const model_phase_block *pb = &l->m->phase_blocks.data[number];
  nsa_phase_block out = {.phase = pb->phase, .population = pb->population};
  const char *pop = l->m->populations.data[pb->population].name;
  step st;
  step_begin(&st, l, pb->population,
             lower_kernel_name(l, pop, NULL, arena_printf(l->arena, "on_%s", l->m->phases.data[pb->phase].name)),
             NSA_ROLE_PHASE_BLOCK, &out.kernel);
  run_settled(&st);
  if (!st.plan->is_added_to_at_once)
    add_arrived(&st);
  st.s.locals = ARENA_ARRAY(l->arena, ir_value, pb->local_count);
  lower_block(&st.s, &st.now, &pb->body);
  step_keep_emitted(&st, false);
  step_store_states(&st);
  vec_push(l->arena, &l->phase_block_list, out);
}

void lower_settle(lowering *l, uint32_t population) {
  const population_plan *plan = &l->plan->populations[population];
  const model_component *c = component_of_population(l->ctx, population);
  const char *name = l->m->populations.data[population].name;
  nsa_population *out = &l->population_list.data[population];
  step st;
  out->settle = out->absorb = NSA_NONE;
  if (plan->settle != SETTLES_IN_STEP) {
    step_begin(&st, l, population, arena_printf(l->arena, "%s.settle", name), NSA_ROLE_SETTLE, &out->settle);
    run_settled(&st);
    step_keep_emitted(&st, false);
    step_store_states(&st);
  }
  bool has_arrived = false;
  for (uint32_t k = 0; k < c->states.len; k++)
    has_arrived = has_arrived || plan->states[k].added == ADDED_APART;
  if (!plan->is_added_to_at_once || !has_arrived)
    return;
  step_begin(&st, l, population, arena_printf(l->arena, "%s.absorb", name), NSA_ROLE_SETTLE, &out->absorb);
  load_state(&st);
  add_arrived(&st);
  step_store_states(&st);
}

/* Driven events of a slow population happen when they are to, not at its ticks. */
static void lower_fire(lowering *l, uint32_t population) {
  const population_fields *f = &l->populations[population];
  const char *name = arena_printf(l->arena, "%s.fire", l->m->populations.data[population].name);
  uint32_t *number = &l->population_list.data[population].fire;
  step st;
  for (uint32_t k = 0; k < component_of_population(l->ctx, population)->events.len; k++) {
    if (f->driven[k] == NO_FIELD)
      continue;
    if (*number == NSA_NONE) {
      step_begin(&st, l, population, name, NSA_ROLE_SETTLE, number);
      load_state(&st);
    }
    ir_value fires = ir_load(&st.b, f->driven[k]);
    ir_store(&st.b, f->fired[k], fires);
    if (f->refractory[k] != NO_FIELD)
      start_refractory(&st, k, fires, st.self->tick);
  }
}

void lower_hear(lowering *l, uint32_t population) {
  const char *name = arena_printf(l->arena, "%s.hear", l->m->populations.data[population].name);
  nsa_population *out = &l->population_list.data[population];
  out->hear = out->fire = NSA_NONE;
  if (!lower_is_slow(l->ctx, population) || l->options->equations_only)
    return;
  lower_fire(l, population);
  if (!lower_hears(component_of_population(l->ctx, population)))
    return;
  step st;
  step_begin(&st, l, population, name, NSA_ROLE_SETTLE, &out->hear);
  step_load(&st);
  lower_at_fast_steps(&st.s);
  run_signal_blocks(&st);
  step_keep_emitted(&st, false);
  step_store_states(&st);
}
