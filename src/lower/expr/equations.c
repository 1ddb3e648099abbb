/* SPDX-License-Identifier: MIT */
/* equations.c - a step of planned systems of equations: the values that their fragments take, and what src/solve makes
 * of them. */
#include "lower/expr/advance.h"

/* ---- arguments ---- */

/* values: of all arguments; of others from `first` on. What is asked for the end of the step sees its tick and time. */
static void evaluate_others(scope *s, const equation_system *es, uint32_t first, uint32_t end, ir_value *values) {
  for (uint32_t k = first; k < end; k++)
    values[es->n + 1 + k] = lower_expr(s, es->others.data[k].value);
}

static ir_value *argument_values(scope *s, const equation_system *es, const block_state *state, ir_value time) {
  ir_value *values = ARENA_ARRAY(s->l->arena, ir_value, es->rates->arg_count);
  for (uint32_t i = 0; i < es->n; i++)
    values[i] = state->states[es->odes[i]->state];
  values[es->n] = time;
  evaluate_others(s, es, 0, es->others_of_rates, values);
  return values;
}

/* Of the spike that ends the step: at its start, then at its end. */
static void evaluate_stop(scope *s, const equation_system *es, ir_value *values) {
  uint32_t first = es->others_of_rates;
  while (first < es->others.len && !es->others.data[first].is_at_end)
    first++;
  evaluate_others(s, es, es->others_of_rates, first, values);
  scope at_end = *s;
  view *self = at_end.side[SIDE_SELF] = view_like(s->l, s->side[SIDE_SELF]);
  ir_value tick = ir_binary(s->b, IR_OP_add, self->tick, ir_number(s->b, 1));
  view_set_time(self, tick, lower_time_of(s->b, tick, s->l->m->timescales.data[self->component->timescale].dt));
  evaluate_others(&at_end, es, first, es->others.len, values);
}

/* Per equation, the truth value that its state stands still in this step; equal conditions are one value. */
static const ir_value *find_held(scope *s, const system_plan *plan) {
  const equation_system *es = plan->system;
  ir_value *held = ARENA_ARRAY(s->l->arena, ir_value, es->n);
  for (uint32_t i = 0; i < es->n; i++) {
    uint32_t first = plan->solve.held[i];
    s->b->at = es->odes[i]->at;
    held[i] = first == NSA_NONE ? IR_NO_VALUE : first < i ? held[first] : lower_expr(s, es->odes[i]->unless);
  }
  return held;
}

/* ---- one system ---- */

/* step: ms; IR_NO_VALUE: that of its timescale, and the new states are checked. */
static void advance(scope *s, block_state *state, const system_plan *plan, ir_value step) {
  const equation_system *es = plan->system;
  if (!es || plan->is_refused)
    return;
  solve_system sys = plan->solve;
  ir_value *values = argument_values(s, es, state, s->side[SIDE_SELF]->time);
  ir_value *next = ARENA_ARRAY(s->l->arena, ir_value, es->n);
  sys.held = find_held(s, plan);
  sys.has_step = step != IR_NO_VALUE;
  sys.step = step;
  if (sys.stop)
    evaluate_stop(s, es, values);
  s->b->at = es->odes[0]->at;
  solve_expand(s->b, &sys, values, lower_draw_noise(s, es->name, &sys, es->odes), next);
  for (uint32_t i = 0; i < es->n; i++) {
    s->b->at = es->odes[i]->at;
    view_set(s->side[SIDE_SELF], &state->states[es->odes[i]->state], next[i]);
    lower_note_setter(s, lower_state_field(s, es->odes[i]->state), next[i], es->odes[i]->at);
    if (step == IR_NO_VALUE)
      ir_unary(s->b, IR_OP_check, next[i]);
  }
}

/* That of the owner at this timescale. */
static const system_plan *system_at(const scope *s, uint32_t timescale) {
  const view *self = s->side[SIDE_SELF];
  const lower_plan *plan = s->l->plan;
  return self->is_connection ? &plan->connections[self->owner].systems[timescale]
                             : &plan->systems[self->owner][timescale];
}

void lower_rates_at(scope *s, const block_state *state, ir_value time, ir_value *rates) {
  const model_component *c = s->side[SIDE_SELF]->component;
  const equation_system *es = system_at(s, c->timescale)->system;
  for (uint32_t k = 0; k < c->states.len; k++)
    rates[k] = IR_NO_VALUE;
  if (!es)
    return;
  ir_value *outputs = ARENA_ARRAY(s->l->arena, ir_value, es->rates->outputs.len);
  ir_inline(s->b, es->rates, argument_values(s, es, state, time), outputs);
  for (uint32_t i = 0; i < es->n; i++)
    rates[es->odes[i]->state] = outputs[i];
}

/* Where phase 4 was done by functions before: the states are new. */
static void check_states(scope *s, const block_state *state, uint32_t timescale) {
  const model_component *c = s->side[SIDE_SELF]->component;
  for (uint32_t k = 0; k < c->odes.len; k++) {
    const model_ode *ode = &c->odes.data[k];
    s->b->at = ode->at;
    if (ode->timescale == timescale)
      ir_unary(s->b, IR_OP_check, state->states[ode->state]);
  }
}

void lower_advance_links(scope *s, block_state *state, model_side home, ir_value step) {
  advance(s, state, &s->l->plan->connections[s->side[SIDE_SELF]->owner].at_events[home], step);
}

/* Equations on a timescale slower than their component's: at the ticks that end one of theirs.
 * Their step, and so their t, begins at the end of their last one. */
static void advance_slower(scope *s, block_state *state, uint32_t timescale) {
  lowering *l = s->l;
  const model_component *c = s->side[SIDE_SELF]->component;
  double ratio = l->m->timescales.data[timescale].ticks / (double)l->m->timescales.data[c->timescale].ticks;
  ir_builder *b = s->b;
  ir_value done = ir_binary(b, IR_OP_add, s->side[SIDE_SELF]->tick, ir_number(b, 1));
  ir_value whole = ir_unary(b, IR_OP_floor, ir_binary(b, IR_OP_div, done, ir_number(b, ratio)));
  ir_value due = ir_binary(b, IR_OP_eq, ir_binary(b, IR_OP_mul, whole, ir_number(b, ratio)), done);
  ir_value *before = ARENA_ARRAY(l->arena, ir_value, state->state_count);
  memcpy(before, state->states, state->state_count * sizeof(ir_value));
  lower_skip_begin(s, due);
  view *self = s->side[SIDE_SELF];
  ir_value now = self->time;
  view_set_time(self, self->tick, ir_nullary(b, IR_OP_time, timescale)); /* of its tick that is under way */
  advance(s, state, system_at(s, timescale), IR_NO_VALUE);
  view_set_time(self, self->tick, now);
  lower_skip_end(s);
  for (uint32_t i = 0; i < state->state_count; i++)
    if (state->states[i] != before[i])
      view_set(self, &state->states[i], ir_select(b, due, state->states[i], before[i]));
}

void lower_own_equations(scope *s, block_state *state) {
  advance(s, state, system_at(s, s->side[SIDE_SELF]->component->timescale), IR_NO_VALUE);
}

/* The component's own timescale, then the slower ones. */
void lower_equations(scope *s, block_state *state) {
  const view *self = s->side[SIDE_SELF];
  uint32_t own = self->component->timescale;
  if (!self->is_connection && lower_is_split(s->l->ctx, self->owner))
    check_states(s, state, own);
  else
    lower_own_equations(s, state);
  const uint32_t *order = lower_timescales_by_length(s->l->ctx);
  for (uint32_t k = 0; k < s->l->m->timescales.len; k++)
    if (order[k] != own)
      advance_slower(s, state, order[k]);
}
