/* SPDX-License-Identifier: MIT */
/* settle.c - kernels beside the step: phase 1 on its own, what arrives at once, what slow populations hear and fire
 * between two ticks, and blocks of phases. */
#include "lower/population/step.h"

/* `on PHASE` stands in phase 3, but its function runs before the step's: what fired is dealt with
 * here already, and the step finds nothing to do in phase 1. */
static void settle_events(step *st) {
  ir_builder *b = &st->b;
  for (uint32_t k = 0; k < st->c->events.len; k++) {
    if (!nsa_field_is_none(st->f->edge[k]))
      ir_store(b, st->f->edge[k], st->before[k]);
    ir_store(b, st->f->fired[k], ir_bool(b, false));
  }
}

/* Phase 1 in a function of its own, apart from the step: where the component is slow, between its ticks as well. */
static void run_settled(step *st) {
  lower_at_fast_steps(&st->s);
  step_load(st);
  step_run_event_blocks(st);
  step_previous_conditions(st);
  settle_events(st);
}

/* Phases 1 and 2 are over when blocks of signals, and of the top level, run before the step. */
static void begin_phase_3(step *st) {
  run_settled(st);
  if (!st->plan->is_added_to_at_once)
    step_add_arrived(st);
}

static void lower_phase_block(lowering *l, const model_phase_block *pb) {
  nsa_phase_block out = {.phase = pb->phase, .signal = {pb->signal}, .population = {pb->population}};
  const char *pop = l->m->populations.data[pb->population].name;
  const char *at = pb->signal == NSA_NONE ? l->m->phases.data[pb->phase].name : l->m->signals.data[pb->signal].name;
  step st;
  step_begin(&st, l, pb->population, lower_kernel_name(l, pop, NULL, arena_printf(l->arena, "on_%s", at)),
             NSA_ROLE_PHASE_BLOCK, &out.kernel);
  begin_phase_3(&st);
  st.s.locals = ARENA_ARRAY(l->arena, ir_value, pb->local_count);
  lower_block(&st.s, &st.now, &pb->body);
  step_keep_emitted(&st, false);
  step_store_states(&st);
  vec_push(l->arena, &l->phase_block_list, out);
}

static void lower_blocks_at(lowering *l, uint32_t signal) {
  for (uint32_t k = 0; k < l->m->phase_blocks.len; k++)
    if (l->m->phase_blocks.data[k].signal == signal)
      lower_phase_block(l, &l->m->phase_blocks.data[k]);
}

/* In the order in which they run in one tick. */
void lower_phase_blocks(lowering *l) {
  const uint32_t *signals = lower_signals_by_rank(l->ctx);
  for (uint32_t k = 0; k < l->m->signals.len; k++)
    lower_blocks_at(l, signals[k]);
  lower_blocks_at(l, NSA_NONE);
}

void lower_settle(lowering *l, uint32_t population) {
  const population_plan *plan = &l->plan->populations[population];
  const char *name = l->m->populations.data[population].name;
  nsa_population *out = &l->population_list.data[population];
  step st;
  out->settle = out->absorb = NSA_NO_KERNEL;
  if (plan->settle != SETTLES_IN_STEP) {
    step_begin(&st, l, population, arena_printf(l->arena, "%s.settle", name), NSA_ROLE_SETTLE, &out->settle);
    run_settled(&st);
    step_keep_emitted(&st, false);
    step_store_states(&st);
  }
  if (!plan->absorbs)
    return;
  step_begin(&st, l, population, arena_printf(l->arena, "%s.absorb", name), NSA_ROLE_SETTLE, &out->absorb);
  step_load_items(&st);
  step_add_arrived(&st);
  step_store_states(&st);
}

/* Driven events of a slow population happen when they are to, not at its ticks. */
static void lower_fire(lowering *l, uint32_t population) {
  const population_fields *f = &l->populations[population];
  const char *name = arena_printf(l->arena, "%s.fire", l->m->populations.data[population].name);
  step st;
  step_begin(&st, l, population, name, NSA_ROLE_SETTLE, &l->population_list.data[population].fire);
  step_load_items(&st);
  for (uint32_t k = 0; k < st.c->events.len; k++) {
    if (nsa_field_is_none(f->driven[k]))
      continue;
    ir_value fires = ir_load(&st.b, f->driven[k]);
    ir_store(&st.b, f->fired[k], fires);
    if (!nsa_field_is_none(f->refractory[k]))
      step_start_refractory(&st, k, fires, st.self->tick);
  }
}

/* As the step's kernel sees them, which takes them up. */
static void see_inputs(step *st) {
  st->keeps_arrived = true;
  step_load_inputs(st);
  step_add_arrived_inputs(st);
}

static void lower_hearing(lowering *l, uint32_t population) {
  const char *name = arena_printf(l->arena, "%s.hear", l->m->populations.data[population].name);
  step st;
  step_begin(&st, l, population, name, NSA_ROLE_SETTLE, &l->population_list.data[population].hear);
  if (lower_is_slow(l->ctx, population)) {
    step_load(&st);
    lower_at_fast_steps(&st.s);
  } else {
    begin_phase_3(&st);
    see_inputs(&st);
  }
  step_hear(&st);
  step_keep_emitted(&st, false);
  step_store_states(&st);
}

void lower_hear(lowering *l, uint32_t population) {
  const population_plan *plan = &l->plan->populations[population];
  nsa_population *out = &l->population_list.data[population];
  out->hear = out->fire = NSA_NO_KERNEL;
  if (l->options->equations_only)
    return;
  if (plan->fires_apart)
    lower_fire(l, population);
  if (plan->hears == HEARS_APART)
    lower_hearing(l, population);
}
