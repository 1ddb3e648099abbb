/* SPDX-License-Identifier: MIT */
/* events.c - the events of an element in its step: blocks of what fired (phase 1), and conditions on the new states
 * (phase 5). */
#include "lower/population/step.h"

/* Phase 1: the blocks of what fired, and what the conditions are behind them. */
void step_run_event_blocks(step *st) {
  const model_component *c = st->c;
  for (uint32_t k = 0; k < c->events.len; k++)
    st->fired[k] = ir_load(&st->b, st->f->fired[k]);
  for (uint32_t k = 0; k < c->blocks.len; k++) {
    const model_on *on = &c->blocks.data[k];
    if (on->kind != BLOCK_EVENT)
      continue;
    st->l->when = st->f->fired[on->event];
    lower_block_if(&st->s, &st->now, &on->body, st->fired[on->event]);
    st->l->when = NSA_NO_FIELD;
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

/* The value before of a rare crossing is that of the states which the step's function found. */
static bool is_rare(const step *st, uint32_t event) { return st->is_settled && st->plan->events[event].is_rare; }

static ir_value condition(step *st, uint32_t event) { return lower_expr(&st->s, st->c->events.data[event].when); }

/* The previous value of a crossing's condition, taken again where blocks of events have run. When it depends on states
 * alone it is evaluated again here for all elements, which gives the same as remembering it and costs no memory; else
 * it is remembered in a field. */
static ir_value previous_condition(step *st, uint32_t event) {
  const model_event *ev = &st->c->events.data[event];
  nsa_field_id edge = st->f->edge[event];
  st->b.at = ev->at;
  if (nsa_field_is_none(edge))
    return condition(st, event);
  ir_value kept = ir_load(&st->b, edge);
  bool is_kept = st->is_settled || lower_draws(st->l->ctx, st->population, ev->when);
  return is_kept ? kept : ir_select(&st->b, any_fired(st), condition(st, event), kept);
}

/* Its own blocks left the condition true: no crossing until it was false. */
static void count_stuck(step *st, uint32_t event) {
  ir_builder *b = &st->b;
  nsa_field_id field = st->f->stuck[event];
  ir_unary(b, IR_OP_skip_begin, st->fired[event]);
  ir_value is_stuck = ir_binary(b, IR_OP_and, st->fired[event], st->before[event]);
  ir_value count = ir_load(b, field);
  ir_store(b, field, ir_select(b, is_stuck, ir_binary(b, IR_OP_add, count, ir_number(b, 1)), count));
  ir_nullary(b, IR_OP_skip_end, 0);
}

void step_previous_conditions(step *st) {
  for (uint32_t k = 0; k < st->c->events.len; k++) {
    st->before[k] = IR_NO_VALUE;
    if (!lower_is_crossing(&st->c->events.data[k]) || is_rare(st, k))
      continue;
    st->before[k] = previous_condition(st, k);
    if (!nsa_field_is_none(st->f->stuck[k]) && !st->is_settled)
      count_stuck(st, k);
  }
}

void step_start_refractory(step *st, uint32_t k, ir_value fires, ir_value next_tick) {
  ir_builder *b = &st->b;
  lower_skip_begin(&st->s, fires);
  ir_value ticks = lower_ticks(&st->s, st->c->events.data[k].refractory, st->c->timescale);
  ir_value end = ir_binary(b, IR_OP_add, next_tick, ticks);
  ir_store(b, st->f->refractory[k], ir_select(b, fires, end, st->now.timers[st->c->timers.len + k]));
  lower_skip_end(&st->s);
}

static void add_event(step *st, uint32_t k, ir_value fires, ir_value next_tick) {
  if (!nsa_field_is_none(st->f->refractory[k]))
    step_start_refractory(st, k, fires, next_tick);
  ir_add_op(&st->b, (ir_op){.op = IR_OP_event,
                            .aux = k,
                            .field = st->f->fired[k],
                            .args = {fires, IR_NO_VALUE, IR_NO_VALUE, IR_NO_VALUE},
                            .at = st->c->events.data[k].at});
}

/* What the condition was on the states that the step's function found. */
static ir_value condition_at_start(step *st, uint32_t k, ir_value tick) {
  scope at_start = st->s;
  view *then = at_start.side[SIDE_SELF] = view_like(st->l, st->self);
  view_show(then, st->loaded.states, st->loaded.timers);
  view_set_time(then, tick, then->time);
  return lower_expr(&at_start, st->c->events.data[k].when);
}

/* What else must be, where a condition became true, or is. */
static ir_value and_may_fire(step *st, uint32_t k, ir_value tick, ir_value fires) {
  ir_builder *b = &st->b;
  const model_event *ev = &st->c->events.data[k];
  if (ev->also)
    fires = ir_binary(b, IR_OP_and, fires, lower_expr(&st->s, ev->also));
  return nsa_field_is_none(st->f->refractory[k]) ? fires : ir_binary(b, IR_OP_and, fires, not_refractory(st, k, tick));
}

/* Flags are down when the function begins, so that those of lanes which skip this need not be stored. */
static void detect_rare_event(step *st, uint32_t k, ir_value tick, ir_value next_tick) {
  ir_builder *b = &st->b;
  ir_value fires = condition(st, k);
  lower_skip_begin(&st->s, fires);
  if (st->c->events.data[k].is_crossing)
    fires = ir_binary(b, IR_OP_and, fires, ir_unary(b, IR_OP_not, condition_at_start(st, k, tick)));
  add_event(st, k, and_may_fire(st, k, tick, fires), next_tick);
  lower_skip_end(&st->s);
}

/* Whether its condition makes it happen. */
static ir_value fires_by_condition(step *st, uint32_t k, ir_value tick) {
  ir_builder *b = &st->b;
  ir_value now = condition(st, k), fires = now;
  if (!nsa_field_is_none(st->f->edge[k]))
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
  if (!nsa_field_is_none(st->f->driven[k]))
    fires = ir_binary(b, IR_OP_or, fires, driven(st, k));
  if (st->is_settled)
    ir_unary(b, IR_OP_skip_begin, fires);
  add_event(st, k, fires, next_tick);
  if (st->is_settled)
    ir_nullary(b, IR_OP_skip_end, 0);
}

/* Phase 5: conditions on the new states. `refractory` still counts the tick that ends. */
void step_detect_events(step *st, ir_value tick, ir_value next_tick) {
  for (uint32_t k = 0; k < st->c->events.len; k++) {
    st->b.at = st->c->events.data[k].at;
    if (is_rare(st, k))
      detect_rare_event(st, k, tick, next_tick);
    else
      detect_event(st, k, tick, next_tick);
  }
}

/* Signals are events of the population as well, behind its own. */
void step_send_signals(step *st) {
  for (uint32_t k = 0; k < st->l->m->signals.len; k++)
    if (!nsa_field_is_none(st->f->sent[k]))
      ir_add_op(&st->b, (ir_op){.op = IR_OP_event,
                                .aux = lower_signal_bit(st->l, st->population, k),
                                .field = st->f->sent[k],
                                .args = {st->now.emitted[st->c->events.len + k], IR_NO_VALUE, IR_NO_VALUE, IR_NO_VALUE},
                                .at = st->c->at});
}
