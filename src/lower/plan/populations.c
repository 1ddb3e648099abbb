/* SPDX-License-Identifier: MIT */
/* populations.c - how a population goes through a tick: who looks at it and when, what is added to it, which kernel
 * does its phase 1, and what is remembered of its events. */
#include "lower/plan/builders.h"
#include "model/walk.h"

typedef struct {
  const lower_context *ctx;
  uint32_t population;
  const model_component *c;
  population_plan *plan;
} planner;

/* ---- what comes from outside ---- */

bool lower_is_driven(const lower_context *ctx, uint32_t population, uint32_t event) {
  for (uint32_t k = 0; k < ctx->m->event_drives.len; k++)
    if (ctx->m->event_drives.data[k].population == population && ctx->m->event_drives.data[k].event == event)
      return true;
  return false;
}

static bool has_stimulus(const lower_context *ctx, uint32_t population, uint32_t input) {
  for (uint32_t k = 0; k < ctx->m->stimuli.len; k++)
    if (ctx->m->stimuli.data[k].population == population && ctx->m->stimuli.data[k].input == input)
      return true;
  return false;
}

static bool has_phase_block(const lower_context *ctx, uint32_t population) {
  for (uint32_t k = 0; k < ctx->m->phase_blocks.len; k++)
    if (ctx->m->phase_blocks.data[k].population == population)
      return true;
  return false;
}

/* ---- what links do to it at events, and when they look at it ---- */

typedef struct {
  planner *populations; /* all of them */
  uint32_t connection;
} adding;

static walk_step note_addition(void *context, const model_stmt *st) {
  const adding *a = context;
  if (st->kind > STMT_DIV || st->side == SIDE_SELF)
    return WALK_ON;
  const lower_context *ctx = a->populations->ctx;
  const planner *p = &a->populations[lower_population_of_side(ctx, a->connection, st->side)];
  if (st->target == REF_INPUT)
    p->plan->is_input_added_to[st->item] = true;
  else
    p->plan->states[st->item].added =
        lower_is_added_to_directly(ctx, p->population, st->item) ? ADDED_DIRECTLY : ADDED_APART;
  return WALK_ON;
}

static void find_additions(planner *populations, uint32_t connection) {
  const model_component *c = component_of_connection(populations->ctx, connection);
  adding a = {populations, connection};
  const walker w = {.stmt = note_addition, .context = &a};
  for (uint32_t k = 0; k < c->blocks.len; k++)
    walk_block(&w, &c->blocks.data[k].body);
}

typedef struct {
  const lower_context *ctx;
  uint32_t connection;
  uint32_t side[4]; /* what is read of it */
} reading;

static walk_step note_reading(void *context, const model_expr *e) {
  reading *r = context;
  dependence d = lower_dependence(r->ctx, true, r->connection, e);
  for (int s = SIDE_PRE; s <= SIDE_ASTRO; s++)
    r->side[s] |= d.side[s];
  return WALK_PAST;
}

/* Whose values events or clocked links read: they see them after phase 1, the clocked ones after phase 2. */
static void find_looks(planner *populations, uint32_t connection, bool is_clocked) {
  const lower_context *ctx = populations->ctx;
  const model_component *c = component_of_connection(ctx, connection);
  reading r = {.ctx = ctx, .connection = connection};
  const walker w = {.expr = note_reading, .context = &r};
  for (uint32_t k = 0; k < c->blocks.len; k++)
    walk_block(&w, &c->blocks.data[k].body);
  for (uint32_t k = 0; k < c->odes.len; k++) {
    walk_expr(&w, c->odes.data[k].rate);
    walk_expr(&w, c->odes.data[k].unless);
  }
  for (int s = SIDE_PRE; s <= (ctx->m->connections.data[connection].has_partner ? SIDE_ASTRO : SIDE_POST); s++) {
    if (!(r.side[s] & (DEPENDS_STATE | DEPENDS_HELD_STATE | DEPENDS_TIMER | DEPENDS_INPUT)))
      continue;
    population_plan *plan = populations[lower_population_of_side(ctx, connection, (model_side)s)].plan;
    plan->is_looked_at = true;
    plan->is_added_to_at_once = plan->is_added_to_at_once || is_clocked;
  }
}

static void find_links(planner *populations, uint32_t connection, const connection_plan *plan) {
  find_additions(populations, connection);
  if (plan->arrivals.len || plan->is_clocked)
    find_looks(populations, connection, plan->is_clocked);
}

/* Signals are heard in the step, but where that would be behind blocks of the top level, or late.
 * What comes between two ticks of a slow population, or before the kernels of its phase 4, cannot wait for its step. */
static void find_haste(planner *p) {
  population_plan *plan = p->plan;
  bool is_slow = lower_is_slow(p->ctx, p->population);
  plan->is_split = lower_is_split(p->ctx, p->population);
  if (plan->is_split)
    plan->is_looked_at = plan->is_added_to_at_once = true;
  bool hears_before = is_slow || has_phase_block(p->ctx, p->population);
  plan->hears = !lower_hears(p->c) ? HEARS_NOTHING : hears_before ? HEARS_APART : HEARS_IN_STEP;
  bool has_arrived = false;
  for (uint32_t k = 0; k < p->c->states.len; k++)
    has_arrived = has_arrived || plan->states[k].added == ADDED_APART;
  if (is_slow && (has_phase_block(p->ctx, p->population) || plan->hears == HEARS_APART || has_arrived))
    plan->is_added_to_at_once = true;
  plan->absorbs = plan->is_added_to_at_once && has_arrived;
}

/* ---- phase 1 ---- */

static bool has_crossings(const model_component *c) {
  for (uint32_t k = 0; k < c->events.len; k++)
    if (lower_is_crossing(&c->events.data[k]))
      return true;
  return false;
}

/* Where events look at a population, or it is slow, its phase 1 cannot wait for its step; neither can what events add
 * where others look at it before its next step. */
static bool needs_settling(const planner *p) {
  bool is_waited_for = p->plan->is_looked_at || lower_is_slow(p->ctx, p->population);
  return (is_waited_for && lower_has_event_blocks(p->c)) || (p->plan->is_added_to_at_once && has_crossings(p->c));
}

static walk_step stop_at_input(void *context, const model_expr *e) {
  const planner *p = context;
  return lower_self_dependence(p->ctx, false, p->population, e) & DEPENDS_INPUT ? WALK_STOP : WALK_PAST;
}

static walk_step stop_at_need(void *context, const model_stmt *st) {
  (void)context;
  return st->kind == STMT_EMIT || st->target == REF_INPUT ? WALK_STOP : WALK_ON;
}

/* Phase 1 has a kernel of its own wherever it can: what few elements need is then not computed for all. Not where its
 * blocks read inputs, which the step's kernel puts together, emit what that kernel sends, or may read signals, which
 * come between. */
static bool can_settle_apart(const planner *p) {
  const walker w = {.expr = stop_at_input, .stmt = stop_at_need, .context = (void *)(uintptr_t)p};
  if (p->ctx->m->signals.len)
    return false;
  for (uint32_t k = 0; k < p->c->blocks.len; k++)
    if (p->c->blocks.data[k].kind == BLOCK_EVENT && walk_block(&w, &p->c->blocks.data[k].body))
      return false;
  for (uint32_t k = 0; k < p->c->events.len; k++)
    if (lower_is_crossing(&p->c->events.data[k]) && walk_expr(&w, p->c->events.data[k].when))
      return false;
  return lower_has_event_blocks(p->c);
}

/* ---- what is kept of events ---- */

/* Whether the condition's previous value can be had by evaluating it again before the step. */
static bool is_recomputable(const planner *p, const model_event *ev) {
  uint32_t bits = lower_self_dependence(p->ctx, false, p->population, ev->when);
  uint32_t plain =
      DEPENDS_STATE | DEPENDS_HELD_STATE | DEPENDS_TIMER | DEPENDS_PARAM | DEPENDS_VARIED_PARAM | DEPENDS_ELEMENT;
  return (bits & ~plain) == 0 && !has_phase_block(p->ctx, p->population);
}

/* The first block that emits it before the step's kernel, which sends it. */
static const model_on *keeper_of(const planner *p, bool is_signal, uint32_t item) {
  const population_plan *plan = p->plan;
  bool is_slow = lower_is_slow(p->ctx, p->population);
  if (!is_slow && !has_phase_block(p->ctx, p->population) && plan->settle != SETTLES_FOR_OTHERS && !plan->is_split)
    return NULL;
  for (uint32_t i = 0; i < p->c->blocks.len; i++) {
    const model_on *on = &p->c->blocks.data[i];
    bool is_before =
        on->kind == BLOCK_EVENT || plan->is_split || (plan->hears == HEARS_APART && on->kind == BLOCK_SIGNAL);
    if (is_before && lower_emits(&on->body, is_signal, item))
      return on;
  }
  return NULL;
}

static const model_on *sender_of(const planner *p, uint32_t signal) {
  for (uint32_t k = 0; k < p->c->blocks.len; k++)
    if (lower_emits(&p->c->blocks.data[k].body, true, signal))
      return &p->c->blocks.data[k];
  return NULL;
}

/* Counters tell at the end of a run what was lost. A condition that draws has no value behind its blocks. */
static event_plan plan_event(const planner *p, uint32_t event) {
  const model_event *ev = &p->c->events.data[event];
  bool is_driven = lower_is_driven(p->ctx, p->population, event);
  event_plan plan = {
      .is_driven = is_driven,
      .is_remembered = lower_is_crossing(ev) && (p->plan->is_added_to_at_once || !is_recomputable(p, ev)),
      .keeper = keeper_of(p, false, event),
      .counts_repeats = is_driven || lower_emissions(p->c, event) > 1,
      .counts_stuck = lower_is_crossing(ev) && ev->is_reset && !lower_draws(p->ctx, p->population, ev->when)};
  plan.is_rare = p->plan->is_settled && ev->when && !plan.is_remembered && !is_driven && !plan.keeper &&
                 !lower_emits_event(p->c, event);
  return plan;
}

/* ---- one population ---- */

/* Equations on a timescale slower than the component's are held: their steps are not those of the component. */
static void find_equations(const planner *p) {
  for (uint32_t k = 0; k < p->c->odes.len; k++) {
    const model_ode *ode = &p->c->odes.data[k];
    element_state *state = &p->plan->states[ode->state];
    bool is_own = ode->timescale == p->c->timescale;
    state->is_extrapolated = is_own && lower_is_extrapolated(p->ctx, p->population);
    state->is_staged = is_own && lower_is_split(p->ctx, p->population);
  }
}

static planner start_plan(const lower_context *ctx, uint32_t population, population_plan *plan) {
  const model_component *c = component_of_population(ctx, population);
  plan->states = ARENA_ARRAY(ctx->arena, element_state, c->states.len);
  plan->events = ARENA_ARRAY(ctx->arena, event_plan, c->events.len);
  plan->signals = ARENA_ARRAY(ctx->arena, signal_plan, ctx->m->signals.len);
  plan->has_stimulus = ARENA_ARRAY(ctx->arena, bool, c->inputs.len);
  plan->is_input_added_to = ARENA_ARRAY(ctx->arena, bool, c->inputs.len);
  for (uint32_t k = 0; k < c->inputs.len; k++)
    plan->has_stimulus[k] = has_stimulus(ctx, population, k);
  return (planner){ctx, population, c, plan};
}

static void plan_events(planner *p) {
  p->plan->settle = needs_settling(p) ? SETTLES_FOR_OTHERS : can_settle_apart(p) ? SETTLES_APART : SETTLES_IN_STEP;
  p->plan->is_settled = !lower_has_event_blocks(p->c) || p->plan->settle != SETTLES_IN_STEP;
  for (uint32_t k = 0; k < p->c->events.len; k++) {
    p->plan->events[k] = plan_event(p, k);
    if (p->plan->events[k].is_driven && lower_is_slow(p->ctx, p->population))
      p->plan->fires_apart = true;
  }
  for (uint32_t k = 0; k < p->ctx->m->signals.len; k++)
    p->plan->signals[k] = (signal_plan){keeper_of(p, true, k), sender_of(p, k)};
}

/* ---- all populations ---- */

const population_plan *plan_populations(const lower_context *ctx, const connection_plan *connections) {
  uint32_t count = ctx->m->populations.len;
  population_plan *plans = ARENA_ARRAY(ctx->arena, population_plan, count);
  planner *populations = ARENA_ARRAY(ctx->arena, planner, count);
  for (uint32_t k = 0; k < count; k++)
    populations[k] = start_plan(ctx, k, &plans[k]);
  for (uint32_t k = 0; k < ctx->m->connections.len; k++)
    find_links(populations, k, &connections[k]);
  for (uint32_t k = 0; k < count; k++) {
    find_equations(&populations[k]);
    find_haste(&populations[k]);
    plan_events(&populations[k]);
    plan_precision(ctx, k, connections, &plans[k]);
  }
  return plans;
}
