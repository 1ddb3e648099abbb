/* SPDX-License-Identifier: MIT */
/* rules.c - how links and partners are found: what a rule asks of pairs, and what links without a partner do. */
#include "lower/plan/builders.h"
#include "model/walk.h"
#include <math.h>

/* ---- conditions ---- */

static walk_step find_distance(void *context, const model_expr *e) {
  (void)context;
  return e->kind == MX_REF && e->ref.kind == REF_DISTANCE ? WALK_STOP : WALK_ON;
}

static double nearer(double a, double b) { return a > 0 && (b <= 0 || a < b) ? a : b; }

/* The distance beyond which a condition, or a probability, is false or 0, where that is plain to see and no parameter
 * decides it: `distance < 75 um`, with others behind `and`. 0: there is none. */
static double reach_of(const lower_context *ctx, uint32_t connection, const model_expr *e) {
  const model_expr *a = e->args[0], *b = e->args[1];
  bool is_less = e->kind == MX_LT || e->kind == MX_LE, is_more = e->kind == MX_GT || e->kind == MX_GE;
  if (e->kind == MX_AND)
    return nearer(reach_of(ctx, connection, a), reach_of(ctx, connection, b));
  if (e->kind == MX_SELECT && e->args[2]->kind == MX_NUMBER && e->args[2]->number == 0)
    return nearer(reach_of(ctx, connection, a), reach_of(ctx, connection, b));
  if (!is_less && !is_more)
    return 0;
  const model_expr *small = is_less ? a : b, *large = is_less ? b : a;
  if (small->kind != MX_REF || small->ref.kind != REF_DISTANCE)
    return 0;
  evaluated bound = lower_evaluate(ctx, true, connection, large);
  return bound.is_constant && bound.value > 0 ? bound.value : 0;
}

/* A probability that is one number, perhaps within slices of the ends: the number, and the condition that is left of it
 * (NULL: none). Else *p stays negative and the condition is the probability itself. */
static const model_expr *split_probability(const lower_context *ctx, uint32_t connection, const model_expr *probability,
                                           double *p) {
  bool is_sliced =
      probability->kind == MX_SELECT && probability->args[2]->kind == MX_NUMBER && probability->args[2]->number == 0;
  evaluated e = lower_evaluate(ctx, true, connection, is_sliced ? probability->args[1] : probability);
  if (!e.is_constant)
    return probability;
  *p = e.value;
  return is_sliced ? probability->args[0] : NULL;
}

static rule_plan plan_rule(const lower_context *ctx, uint32_t connection, const model_rule *rule, const char *name) {
  rule_plan plan = {.rule = rule, .name = name, .probability = -1, .condition = rule->condition};
  if (rule->kind == NSA_RULE_PROBABILITY)
    plan.condition = split_probability(ctx, connection, rule->probability, &plan.probability);
  return plan;
}

/* A constant probability tells the forecast of memory how many links to expect. */
static void find_condition(const lower_context *ctx, uint32_t connection, rule_plan *plan) {
  if (!plan->condition)
    return;
  evaluated expected = lower_evaluate(ctx, true, connection, plan->condition);
  plan->expected = expected.is_constant ? expected.value : 1;
  plan->reach = reach_of(ctx, connection, plan->condition);
  plan->reads_distance = walk_expr(&(walker){.expr = find_distance}, plan->condition);
}

/* ---- links without an astrocyte ---- */

static bool has_default(const model_component *c, const model_expr *e) {
  for (uint32_t k = 0; k < c->astro_defaults.len; k++)
    if (c->astro_defaults.data[k].kind == (uint32_t)e->ref.kind && c->astro_defaults.data[k].item == e->ref.item)
      return true;
  return e->ref.kind == REF_FAN_IN;
}

static walk_step find_without_default(void *context, const model_expr *e) {
  bool is_of_partner = e->kind == MX_REF && e->ref.side == SIDE_ASTRO;
  return is_of_partner && !has_default(context, e) ? WALK_STOP : WALK_ON;
}

/* Whether a link without an astrocyte has a value for all that it reads of one. Its astrocyte's events never come. */
static bool all_have_defaults(const model_component *c) {
  const walker w = {.expr = find_without_default, .context = (void *)(uintptr_t)c};
  bool is_lacking = false;
  for (uint32_t k = 0; k < c->lets.len; k++)
    is_lacking = is_lacking || walk_expr(&w, c->lets.data[k].value);
  for (uint32_t k = 0; k < c->odes.len; k++)
    is_lacking = is_lacking || walk_expr(&w, c->odes.data[k].rate);
  for (uint32_t k = 0; k < c->contributions.len; k++) /* what an astrocyte gets, no absent one does */
    is_lacking =
        is_lacking || (c->contributions.data[k].side != SIDE_ASTRO && walk_expr(&w, c->contributions.data[k].value));
  for (uint32_t k = 0; k < c->blocks.len; k++)
    is_lacking = is_lacking || (c->blocks.data[k].kind != BLOCK_ASTRO && walk_block(&w, &c->blocks.data[k].body));
  return !is_lacking;
}

/* ---- the rules of a connection ---- */

/* From an element of the side that has the partner to an astrocyte. */
static rule_plan plan_partner(const lower_context *ctx, uint32_t connection) {
  const model_connection *mc = &ctx->m->connections.data[connection];
  rule_plan plan = plan_rule(ctx, connection, &mc->partner_rule, arena_printf(ctx->arena, "%s.partner", mc->name));
  plan.source = mc->partner_of == SIDE_PRE ? mc->source : mc->target;
  plan.target = mc->partner;
  find_condition(ctx, connection, &plan);
  return plan;
}

/* Asked of links that are there already: where it is more than a number, each decides for itself, and nothing is passed
 * over. */
static rule_plan plan_partner_probability(const lower_context *ctx, uint32_t connection) {
  const model_connection *mc = &ctx->m->connections.data[connection];
  model_rule *rule = ARENA_NEW(ctx->arena, model_rule);
  *rule = (model_rule){.kind = NSA_RULE_PROBABILITY, .probability = mc->partner_probability};
  const char *name = arena_printf(ctx->arena, "%s.partner_probability", mc->name);
  rule_plan plan = plan_rule(ctx, connection, rule, name);
  plan.source = mc->source;
  plan.target = mc->target;
  if (plan.condition) {
    plan.probability = -1;
    plan.condition = rule->probability;
    plan.has_copies = mc->rule.kind == NSA_RULE_FILE;
  }
  find_condition(ctx, connection, &plan);
  return plan;
}

void plan_rules(const lower_context *ctx, uint32_t connection, connection_plan *plan) {
  const model_connection *mc = &ctx->m->connections.data[connection];
  const model_component *c = component_of_connection(ctx, connection);
  plan->rule = plan_rule(ctx, connection, &mc->rule, mc->name);
  plan->rule.source = mc->source;
  plan->rule.target = mc->target;
  find_condition(ctx, connection, &plan->rule);
  plan->has_default = c->astro_defaults.len > 0 && all_have_defaults(c);
  if (mc->has_partner)
    plan->partner_rule = plan_partner(ctx, connection);
  if (mc->has_partner && mc->partner_probability)
    plan->partner_probability = plan_partner_probability(ctx, connection);
}
