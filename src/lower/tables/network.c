/* SPDX-License-Identifier: MIT */
/* network.c - connections: their rules, partners, and what each link starts with. */
#include "lower/tables/tables.h"
#include "nsa_ticks.h"
#include <math.h>

/* ---- rules ---- */

static uint32_t candidate_field(lowering *l, uint32_t domain, const char *name, const char *what, nsa_type type,
                                nsa_field_kind kind) {
  return lower_add_field(l, arena_printf(l->arena, "%s.candidate_%s", name, what), domain, type, kind, 0, NULL,
                         SPAN_NONE);
}

/* The populations that a rule joins. Its condition calls them PRE and POST, those of a partner's
 * rule (from the near element to the partner) as well. */
typedef struct {
  uint32_t source, target;
  bool is_of_links; /* the rule asks of links that are there already */
} rule_ends;

static bool reads_distance(const model_expr *e) {
  bool reads = e->kind == MX_REF && e->ref.kind == REF_DISTANCE;
  for (int k = 0; k < 3 && e->args[k]; k++)
    reads = reads || reads_distance(e->args[k]);
  return reads;
}

static double nearer(double a, double b) { return a > 0 && (b <= 0 || a < b) ? a : b; }

/* The distance beyond which a condition, or a probability, is false or 0, where that is plain to see and no parameter
 * decides it: `distance < 75 um`, with others behind `and`. 0: there is none. */
static double reach_of(lowering *l, uint32_t connection, const model_expr *e) {
  const model_expr *a = e->args[0], *b = e->args[1];
  bool is_less = e->kind == MX_LT || e->kind == MX_LE, is_more = e->kind == MX_GT || e->kind == MX_GE;
  if (e->kind == MX_AND)
    return nearer(reach_of(l, connection, a), reach_of(l, connection, b));
  if (e->kind == MX_SELECT && e->args[2]->kind == MX_NUMBER && e->args[2]->number == 0)
    return nearer(reach_of(l, connection, a), reach_of(l, connection, b));
  if (!is_less && !is_more)
    return 0;
  const model_expr *small = is_less ? a : b, *large = is_less ? b : a;
  if (small->kind != MX_REF || small->ref.kind != REF_DISTANCE)
    return 0;
  evaluated bound = lower_evaluate(l->ctx, true, connection, large);
  return bound.is_constant && bound.value > 0 ? bound.value : 0;
}

/* The condition of `probability` and `where`, over pairs of an element of either end. */
static void lower_condition(lowering *l, uint32_t connection, const char *name, const model_expr *condition,
                            const rule_ends *ends, nsa_rule *out) {
  uint32_t domain =
      ir_domain_add(l->p, arena_printf(l->arena, "%s.candidates", name), NSA_DOMAIN_CANDIDATES, connection);
  bool is_where = condition->is_bool;
  out->candidate_source = candidate_field(l, domain, name, "source", NSA_INDEX, NSA_FIELD_LINK_SOURCE);
  out->candidate_target = candidate_field(l, domain, name, "target", NSA_INDEX, NSA_FIELD_LINK_TARGET);
  if (reads_distance(condition))
    out->candidate_distance = candidate_field(l, domain, name, "distance", NSA_F64, NSA_FIELD_LINK_DISTANCE);
  bool has_copies = ends->is_of_links && l->m->connections.data[connection].rule.kind == NSA_RULE_FILE;
  if (has_copies)
    out->candidate_copy = candidate_field(l, domain, name, "copy", NSA_F64, NSA_FIELD_LINK_COPY);
  out->reach = reach_of(l, connection, condition);
  out->result = candidate_field(l, domain, name, "result", is_where ? NSA_B1 : NSA_F64, NSA_FIELD_SCRATCH);
  /* a constant probability tells the memory forecast how many links to expect */
  evaluated expected = lower_evaluate(l->ctx, true, connection, condition);
  l->p->fields.data[out->result].value = expected.is_constant ? expected.value : 1;
  ir_function *fn = ir_function_add(l->p, arena_printf(l->arena, "%s.condition", name), NSA_ROLE_CANDIDATE, domain, 0,
                                    &out->condition);
  ir_builder b = ir_builder_on(l->p, fn);
  scope s = {.l = l,
             .b = &b,
             .connection = connection,
             .distance = out->candidate_distance,
             .has_copies = has_copies,
             .copy = out->candidate_copy,
             .key_prefix = name};
  ir_value pre = ir_load(&b, out->candidate_source), post = ir_load(&b, out->candidate_target);
  s.side[SIDE_SELF] = view_of_connection(l, &b, connection, IR_NO_VALUE);
  s.side[SIDE_PRE] = view_of_population(l, &b, ends->source, pre);
  s.side[SIDE_POST] = view_of_population(l, &b, ends->target, post);
  s.who_a = ir_index_number(&b, pre, l->populations[ends->source].domain);
  s.who_b = ir_index_number(&b, post, l->populations[ends->target].domain);
  s.locals = ARENA_ARRAY(l->arena, ir_value, 16);
  ir_store(&b, out->result, lower_expr(&s, condition));
}

static const nsa_rule no_rule = {.condition = NSA_NO_KERNEL,
                                 .probability = -1,
                                 .result = NSA_NONE,
                                 .candidate_source = NSA_NONE,
                                 .candidate_target = NSA_NONE,
                                 .candidate_distance = NSA_NONE,
                                 .candidate_copy = NSA_NONE,
                                 .path = ""};

/* A probability that is one number, perhaps within slices of the ends: the number, and the condition that is left of it
 * (NULL: none). Else *p stays negative and the condition is the probability itself. */
static model_expr *split_probability(lowering *l, uint32_t connection, model_expr *probability, double *p) {
  bool is_sliced =
      probability->kind == MX_SELECT && probability->args[2]->kind == MX_NUMBER && probability->args[2]->number == 0;
  evaluated e = lower_evaluate(l->ctx, true, connection, is_sliced ? probability->args[1] : probability);
  if (!e.is_constant)
    return probability;
  *p = e.value;
  return is_sliced ? probability->args[0] : NULL;
}

static nsa_rule lower_rule(lowering *l, uint32_t connection, const char *name, const model_rule *rule,
                           const rule_ends *ends) {
  nsa_rule r = {.kind = rule->kind,
                .condition = NSA_NO_KERNEL,
                .result = NSA_NONE,
                .degree = rule->degree,
                .rewiring = rule->rewiring,
                .length = rule->length,
                .tile_rows = rule->tile_rows,
                .tile_cols = rule->tile_cols,
                .stride = rule->stride,
                .pool_block = rule->pool_block};
  r.profile = rule->profile;
  r.path = rule->path ? rule->path : "";
  r.candidate_source = r.candidate_target = r.candidate_distance = r.candidate_copy = NSA_NONE;
  r.probability = -1;
  const model_expr *asked = rule->condition;
  if (rule->kind == NSA_RULE_PROBABILITY)
    asked = split_probability(l, connection, rule->probability, &r.probability);
  if (rule->kind == NSA_RULE_PROBABILITY && ends->is_of_links &&
      asked) { /* each link decides for itself: nothing is passed over */
    r.probability = -1;
    asked = rule->probability;
  }
  if (asked)
    lower_condition(l, connection, name, asked, ends, &r);
  return r;
}

/* ---- links without an astrocyte ---- */

static bool has_default(const model_component *c, const model_expr *e) {
  for (uint32_t k = 0; k < c->astro_defaults.len; k++)
    if (c->astro_defaults.data[k].kind == (uint32_t)e->ref.kind && c->astro_defaults.data[k].item == e->ref.item)
      return true;
  return e->ref.kind == REF_FAN_IN;
}

static bool expr_has_defaults(const model_component *c, const model_expr *e) {
  if (!e)
    return true;
  if (e->kind == MX_REF)
    return e->ref.side != SIDE_ASTRO || has_default(c, e);
  for (int i = 0; i < 3 && e->args[i]; i++)
    if (!expr_has_defaults(c, e->args[i]))
      return false;
  return true;
}

static bool block_has_defaults(const model_component *c, const model_block *block) {
  for (uint32_t i = 0; i < block->len; i++) {
    const model_stmt *st = &block->data[i];
    if (!expr_has_defaults(c, st->value) || !block_has_defaults(c, &st->then_block) ||
        !block_has_defaults(c, &st->else_block))
      return false;
  }
  return true;
}

/* Whether a link without an astrocyte has a value for all that it reads of one. Its astrocyte's events never come. */
static bool all_have_defaults(const model_component *c) {
  bool all = true;
  for (uint32_t k = 0; k < c->lets.len; k++)
    all = all && expr_has_defaults(c, c->lets.data[k].value);
  for (uint32_t k = 0; k < c->odes.len; k++)
    all = all && expr_has_defaults(c, c->odes.data[k].rate);
  for (uint32_t k = 0; k < c->contributions.len; k++) /* what an astrocyte gets, no absent one does */
    all = all && (c->contributions.data[k].side == SIDE_ASTRO || expr_has_defaults(c, c->contributions.data[k].value));
  for (uint32_t k = 0; k < c->blocks.len; k++)
    all = all && (c->blocks.data[k].kind == BLOCK_ASTRO || block_has_defaults(c, &c->blocks.data[k].body));
  return all;
}

void lower_connection_table(lowering *l, uint32_t connection) {
  const model_connection *mc = &l->m->connections.data[connection];
  const model_component *c = component_of_connection(l->ctx, connection);
  const connection_fields *f = &l->connections[connection];
  nsa_connection *out = &l->connection_list.data[connection];
  *out = (nsa_connection){.name = mc->name,
                          .synapse = c->name,
                          .domain = f->domain,
                          .source = mc->source,
                          .target = mc->target,
                          .allow_self = mc->allow_self,
                          .is_stencil = l->plan->connections[connection].is_stencil,
                          .partner = NSA_NONE};
  rule_ends ends = {mc->source, mc->target, false};
  out->rule = lower_rule(l, connection, mc->name, &mc->rule, &ends);
  out->link_source = f->link_source;
  out->link_target = f->link_target;
  out->link_distance = f->link_distance;
  out->link_copy = f->link_copy;
  out->arrival_link = f->arrival_link;
  out->arrival_source = f->arrival_source;
  out->arrival_target = f->arrival_target;
  out->arrival_partner = f->arrival_partner;
  out->delay = f->delay;
  out->delay_back = f->delay_back;
  out->partner_index = f->partner_index;
  out->partner_known = f->partner_known;
  out->partner_fan = f->partner_fan;
  out->has_default = c->astro_defaults.len > 0 && all_have_defaults(c);
  out->at = lower_place(l, mc->at);
  out->partner_rule = out->partner_probability = no_rule;
  if (!mc->has_partner)
    return;
  uint32_t side = mc->partner_of == SIDE_PRE ? mc->source : mc->target;
  out->partner = mc->partner;
  out->partner_of_source = mc->partner_of == SIDE_PRE;
  /* candidates: source = an element of the side, target = an astrocyte */
  rule_ends partner_ends = {side, mc->partner, false};
  out->partner_rule =
      lower_rule(l, connection, arena_printf(l->arena, "%s.partner", mc->name), &mc->partner_rule, &partner_ends);
  out->partner_per_link = mc->has_partner_per_link;
  if (!mc->partner_probability)
    return;
  model_rule has_partner = {.kind = NSA_RULE_PROBABILITY, .probability = mc->partner_probability};
  ends.is_of_links = true;
  out->partner_probability =
      lower_rule(l, connection, arena_printf(l->arena, "%s.partner_probability", mc->name), &has_partner, &ends);
}
