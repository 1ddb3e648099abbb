/* SPDX-License-Identifier: MIT */
/* plan.c - the plan from end to end. */
#include "lower/plan/builders.h"

/* ---- connections ---- */

static bool is_probed(const lower_context *ctx, uint32_t connection) {
  for (uint32_t k = 0; k < ctx->m->records.len; k++) {
    const model_probe *p = &ctx->m->records.data[k].probe;
    if (p->is_connection && p->owner == connection)
      return true;
  }
  return false;
}

/* Inputs are changed by the function that a stencil is part of. */
static bool reads_inputs_of_others(const lower_context *ctx, uint32_t connection, const model_expr *e) {
  dependence d = lower_dependence(ctx, true, connection, e);
  return (d.side[SIDE_PRE] | d.side[SIDE_ASTRO]) & DEPENDS_INPUT;
}

/* Grid neighbours need no stored links when nothing is kept for each link. */
static bool is_stencil(const lower_context *ctx, uint32_t connection) {
  const model_connection *mc = &ctx->m->connections.data[connection];
  const model_component *c = component_of_connection(ctx, connection);
  const model_population *source = &ctx->m->populations.data[mc->source],
                         *target = &ctx->m->populations.data[mc->target];
  if (mc->rule.kind != NSA_RULE_NEIGHBOURS || mc->allow_self || c->states.len || c->blocks.len || mc->delay ||
      is_probed(ctx, connection) || mc->has_partner_per_link)
    return false;
  if (source->rows != target->rows || source->cols != target->cols)
    return false;
  for (uint32_t k = 0; k < c->params.len; k++)
    if (lower_is_varied(ctx, true, connection, k))
      return false;
  for (uint32_t k = 0; k < c->contributions.len; k++) {
    const model_contribution *x = &c->contributions.data[k];
    if (x->side != SIDE_POST || lower_self_dependence(ctx, true, connection, x->value) & DEPENDS_DISTANCE ||
        reads_inputs_of_others(ctx, connection, x->value))
      return false;
  }
  return true;
}

static bool is_clocked(const lower_context *ctx, uint32_t connection, const connection_plan *plan) {
  const model_component *c = component_of_connection(ctx, connection);
  for (uint32_t k = 0; k < plan->state_count; k++)
    if (plan->states[k].advance == ADVANCE_BY_CLOCK)
      return true;
  for (uint32_t k = 0; k < c->blocks.len; k++)
    if (!lower_is_arrival(&c->blocks.data[k]))
      return true;
  return false;
}

static connection_plan plan_connection(const lower_context *ctx, uint32_t connection) {
  connection_plan plan = {.is_stencil = is_stencil(ctx, connection)};
  plan_states(ctx, connection, &plan);
  plan_terms(ctx, connection, &plan);
  plan_rules(ctx, connection, &plan);
  plan_arrivals(ctx, connection, &plan);
  plan.is_clocked = is_clocked(ctx, connection, &plan);
  return plan;
}

/* ---- populations ---- */

static void add_source(const lower_context *ctx, lower_plan *plan, source_plan *source) {
  uint32_t population = lower_population_of_side(ctx, source->connection, source->side);
  source->number = plan->source_count++;
  vec_push(ctx->arena, &plan->terms[population].sources, source);
}

static void add_term(const lower_context *ctx, lower_plan *plan, term_plan *t) {
  uint32_t population = lower_population_of_side(ctx, t->connection, t->contribution->side);
  t->number = plan->term_count++;
  vec_push(ctx->arena, &plan->terms[population].added, t);
  if (t->source.factors.count)
    add_source(ctx, plan, &t->source);
  for (uint32_t k = 0; k < t->pasts.len; k++)
    add_source(ctx, plan, &t->pasts.data[k].source);
}

/* Which terms and sources each population has. */
static void distribute_terms(const lower_context *ctx, lower_plan *plan) {
  plan->terms = ARENA_ARRAY(ctx->arena, population_terms, ctx->m->populations.len);
  for (uint32_t k = 0; k < ctx->m->connections.len; k++)
    for (uint32_t i = 0; i < plan->connections[k].terms.len; i++)
      add_term(ctx, plan, &plan->connections[k].terms.data[i]);
}

/* ---- the whole ---- */

static void decide_populations(const lower_context *ctx, lower_plan *plan) {
  uint32_t count = ctx->m->populations.len;
  distribute_terms(ctx, plan);
  plan->populations = plan_populations(ctx, plan->connections);
  plan->inputs = ARENA_ARRAY(ctx->arena, const input_plan *, count);
  plan->systems = ARENA_ARRAY(ctx->arena, const system_plan *, count);
  plan->coupling = plan_coupling(ctx);
  for (uint32_t k = 0; k < count; k++)
    plan->inputs[k] = plan_inputs(ctx, k, &plan->populations[k], &plan->terms[k]);
  for (uint32_t k = 0; k < count; k++)
    plan->systems[k] = plan_population_systems(ctx, k);
}

/* Neurons live in milliseconds, astrocytes in seconds: a ratio of 100 to 1000 between their steps
 * is usual. */
static void check_ratios(const lower_context *ctx) {
  for (uint32_t k = 0; k < ctx->m->timescales.len; k++) {
    const model_timescale *t = &ctx->m->timescales.data[k];
    if (t->ticks == 1 || (t->ticks >= 100 && t->ticks <= 1000))
      continue;
    diag *d =
        diag_report(ctx->sink, DIAG_W0403, t->at,
                    "the step of timescale `%s` is %u times the fastest; 100 to 1000 is usual", t->name, t->ticks);
    diag_hint(d, "between %g ms and %g ms would be", 100 * ctx->m->base_dt, 1000 * ctx->m->base_dt);
  }
}

static const lower_context *start(arena *a, const model *m, diag_sink *sink, const lower_options *options,
                                  lower_report *report) {
  lower_context *ctx = ARENA_NEW(a, lower_context);
  lower_options *own = ARENA_NEW(a, lower_options);
  *own = *options;
  *ctx = (lower_context){.arena = a, .m = m, .sink = sink, .options = own, .report = report};
  ctx->populations = ARENA_ARRAY(a, lower_memo, m->populations.len);
  ctx->connections = ARENA_ARRAY(a, lower_memo, m->connections.len);
  return ctx;
}

const lower_plan *lower_decide_plan(arena *a, const model *m, diag_sink *sink, const lower_options *options,
                                    lower_report *report) {
  const lower_context *ctx = start(a, m, sink, options, report);
  lower_plan *plan = ARENA_NEW(a, lower_plan);
  plan->ctx = ctx;
  if (options->analyse_timescales)
    check_ratios(ctx);
  plan_check_phase_sets(ctx);
  plan->connections = ARENA_ARRAY(ctx->arena, connection_plan, m->connections.len);
  for (uint32_t k = 0; k < m->connections.len; k++)
    plan->connections[k] = plan_connection(ctx, k);
  decide_populations(ctx, plan);
  for (uint32_t k = 0; k < m->connections.len; k++) {
    connection_plan *c = &plan->connections[k];
    c->systems = plan_connection_systems(ctx, k, c);
    for (int home = SIDE_SELF; home <= SIDE_ASTRO; home++)
      c->at_events[home] = plan_at_events(ctx, k, (model_side)home, c);
  }
  plan->experiment = plan_experiment(ctx, plan->connections);
  plan_explain(ctx, plan);
  return plan;
}
