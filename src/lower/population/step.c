/* SPDX-License-Identifier: MIT */
/* step.c - the kernel that advances a population by one tick, in the order of docs/language.md, "One step, exactly". */
#include "lower/population/step.h"

static void hear_signal(step *st, uint32_t signal) {
  for (uint32_t k = 0; k < st->c->blocks.len; k++) {
    const model_on *on = &st->c->blocks.data[k];
    if (on->kind != BLOCK_SIGNAL || on->event != signal)
      continue;
    st->b.at = on->at;
    st->l->when = st->l->signal_flag[signal];
    lower_block_if(&st->s, &st->now, &on->body, ir_load(&st->b, st->l->when));
    st->l->when = NSA_NO_FIELD;
  }
}

void step_hear(step *st) {
  const uint32_t *signals = lower_signals_by_rank(st->l->ctx);
  for (uint32_t k = 0; k < st->l->m->signals.len; k++)
    hear_signal(st, signals[k]);
}

/* In slow populations they do not wait for the step (lower_hear). */
void step_run_signal_blocks(step *st) {
  if (st->plan->hears == HEARS_IN_STEP)
    step_hear(st);
}

/* Phase 4; slopes: what the equations made of the states, a base tick. */
static void run_equations(step *st) {
  ir_builder *b = &st->b;
  ir_value *before = ARENA_ARRAY(st->l->arena, ir_value, st->now.state_count);
  for (uint32_t k = 0; k < st->now.state_count; k++)
    before[k] = nsa_field_is_none(st->f->start[k]) ? st->now.states[k] : ir_load(b, st->f->start[k]);
  lower_equations(&st->s, &st->now);
  for (uint32_t k = 0; k < st->now.state_count; k++) {
    if (nsa_field_is_none(st->f->slope[k]))
      continue;
    b->at = st->c->states.data[k].at;
    ir_value change = ir_binary(b, IR_OP_sub, st->now.states[k], before[k]);
    ir_value ticks = ir_number(b, ticks_of_population(st->l->ctx, st->population));
    ir_store(b, st->f->slope[k], ir_binary(b, IR_OP_div, change, ticks));
  }
}

/* Conditions saw `refractory` as it was before this step's events; contributions see what these have started. */
static void see_refractory(step *st) {
  const population_terms *terms = &st->l->plan->terms[st->population];
  bool is_read = false;
  for (uint32_t k = 0; k < terms->sources.len; k++)
    is_read = is_read || (terms->sources.data[k]->is_fused && terms->sources.data[k]->reads_timers);
  for (uint32_t k = 0; is_read && k < st->c->events.len; k++)
    if (!nsa_field_is_none(st->f->refractory[k]))
      view_set(st->self, &st->now.timers[st->c->timers.len + k], ir_load(&st->b, st->f->refractory[k]));
}

/* Phase 6, the share of a source. */
static void store_source_terms(step *st) {
  const population_terms *terms = &st->l->plan->terms[st->population];
  see_refractory(st);
  for (uint32_t k = 0; k < terms->sources.len; k++) {
    const source_plan *source = terms->sources.data[k];
    if (!source->is_fused)
      continue;
    scope s = st->s;
    s.side[source->side] = st->self;
    s.side[SIDE_SELF] = view_of_connection(st->l, &st->b, source->connection, IR_NO_VALUE);
    s.connection = source->connection;
    lower_source_term(&s, source);
  }
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
  st.is_settled = st.plan->is_settled;
  l->population_list.data[population].lowers_flags = st.is_settled;
  if (!st.is_settled)
    step_run_event_blocks(&st);
  step_previous_conditions(&st);
  step_add_arrived_inputs(&st);
  if (!st.plan->is_added_to_at_once)
    step_add_arrived(&st);
  if (!lower_is_split(l->ctx, population)) {
    step_run_signal_blocks(&st);
    lower_clocked_blocks(&st.s, &st.now);
  }
  run_equations(&st);
  ir_value tick = st.self->tick, next_tick = ir_binary(&st.b, IR_OP_add, tick, ir_number(&st.b, 1));
  view_set_time(st.self, next_tick, lower_time_of(&st.b, next_tick, l->m->timescales.data[st.c->timescale].dt));
  step_detect_events(&st, tick, next_tick);
  step_send_signals(&st);
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
    nsa_field_id field = lower_add_field(l, name, st.f->domain, NSA_F64, NSA_FIELD_SCRATCH, 0, NULL, ode->at);
    ir_store(&st.b, field, rate_of(&st, ode));
    lower_equation equation = {st.f->state[ode->state], field, ode->timescale};
    vec_push(l->arena, &out->equations, equation);
  }
}
