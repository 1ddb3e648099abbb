/* SPDX-License-Identifier: MIT */
/* items.c - what kernels of a step load before they begin, and store when they are done: states, timers, inputs, what
 * arrived, what blocks emitted. */
#include "lower/population/step.h"

static ir_value load_or(step *st, nsa_field_id field, double otherwise) {
  return nsa_field_is_none(field) ? ir_number(&st->b, otherwise) : ir_load(&st->b, field);
}

void step_load_items(step *st) {
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
    bool is_counted = !nsa_field_is_none(st->f->repeated[k]) && lower_emits_event(c, k);
    n->repeated[k] = is_counted ? ir_load(&st->b, st->f->repeated[k]) : IR_NO_VALUE;
  }
  for (uint32_t k = 0; k < n->event_count; k++)
    n->emitted[k] = nsa_field_is_none(st->f->pending[k]) ? ir_bool(&st->b, false) : ir_load(&st->b, st->f->pending[k]);
  st->loaded = *n;
  st->loaded.states = ARENA_ARRAY(l->arena, ir_value, n->state_count);
  st->loaded.timers = ARENA_ARRAY(l->arena, ir_value, n->timer_count);
  st->loaded.repeated = ARENA_ARRAY(l->arena, ir_value, c->events.len);
  memcpy(st->loaded.repeated, n->repeated, c->events.len * sizeof(ir_value));
  memcpy(st->loaded.states, n->states, n->state_count * sizeof(ir_value));
  memcpy(st->loaded.timers, n->timers, n->timer_count * sizeof(ir_value));
}

void step_load(step *st) {
  step_load_items(st);
  view_show(st->self, st->now.states, st->now.timers);
}

/* What links have added, and what stimuli add. */
static ir_value plain_input(step *st, uint32_t k) {
  ir_value x = load_or(st, st->f->input[k], 0);
  if (nsa_field_is_none(st->f->external[k]))
    return x;
  ir_value external = ir_load(&st->b, st->f->external[k]);
  return nsa_field_is_none(st->f->input[k]) ? external : ir_binary(&st->b, IR_OP_add, x, external);
}

/* That of a slow component is what came in its window. */
void step_load_inputs(step *st) {
  const model_component *c = st->c;
  st->inputs = ARENA_ARRAY(st->l->arena, ir_value, c->inputs.len);
  view_show_inputs(st->self, NULL);
  for (uint32_t k = 0; k < c->inputs.len; k++) {
    bool is_windowed = st->l->plan->inputs[st->population][k].is_windowed && !st->l->options->equations_only;
    st->inputs[k] =
        is_windowed ? lower_windowed_input(st->l, &st->b, st->population, k, !st->keeps_arrived) : plain_input(st, k);
  }
  view_show_inputs(st->self, st->inputs);
}

/* What arrived at a state, and nothing where `unless` holds it. */
static ir_value arrived_at(step *st, uint32_t state) {
  ir_builder *b = &st->b;
  ir_value arrived = ir_load(b, st->f->arrived_state[state]);
  const model_expr *held = model_held_by(st->c, state);
  return held ? ir_select(b, lower_expr(&st->s, held), ir_number(b, 0), arrived) : arrived;
}

/* Phase 2, its end: what events added to the states, decided for all before any is changed. */
void step_add_arrived(step *st) {
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
    view_set(st->self, &st->now.states[k], ir_binary(b, IR_OP_add, st->now.states[k], arrived[k]));
    ir_store(b, st->f->arrived_state[k], ir_number(b, 0));
  }
}

/* Likewise what they added to inputs: blocks of events have run before. */
void step_add_arrived_inputs(step *st) {
  for (uint32_t k = 0; k < st->c->inputs.len; k++) {
    nsa_field_id field = st->f->arrived_input[k];
    if (nsa_field_is_none(field) || st->l->plan->inputs[st->population][k].is_windowed)
      continue;
    view_set(st->self, &st->inputs[k], ir_binary(&st->b, IR_OP_add, st->inputs[k], ir_load(&st->b, field)));
    if (!st->keeps_arrived)
      ir_store(&st->b, field, ir_number(&st->b, 0));
  }
  view_show_inputs(st->self, st->inputs);
}

void step_keep_emitted(step *st, bool is_sent) {
  for (uint32_t k = 0; k < st->now.event_count; k++)
    if (!nsa_field_is_none(st->f->pending[k]))
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

void step_begin(step *st, lowering *l, uint32_t population, const char *name, nsa_role role, nsa_kernel_id *number) {
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
