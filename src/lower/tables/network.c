/* SPDX-License-Identifier: MIT */
/* network.c - connections: their rules and partners. */
#include "lower/tables/tables.h"

/* ---- rules ---- */

static nsa_field_id candidate_field(lowering *l, uint32_t domain, const char *name, const char *what, nsa_type type,
                                    nsa_field_kind kind) {
  return lower_add_field(l, arena_printf(l->arena, "%s.candidate_%s", name, what), domain, type, kind, 0, NULL,
                         SPAN_NONE);
}

/* Its condition, over pairs of an element of either end. */
static void lower_condition(lowering *l, uint32_t connection, const rule_plan *plan, nsa_rule *out) {
  const char *name = plan->name;
  uint32_t domain = ir_domain_of_connection(l->p, arena_printf(l->arena, "%s.candidates", name), NSA_DOMAIN_CANDIDATES,
                                            (nsa_connection_id){connection});
  nsa_type type = plan->condition->is_bool ? NSA_B1 : NSA_F64;
  out->candidate_source = candidate_field(l, domain, name, "source", NSA_INDEX, NSA_FIELD_LINK_SOURCE);
  out->candidate_target = candidate_field(l, domain, name, "target", NSA_INDEX, NSA_FIELD_LINK_TARGET);
  if (plan->reads_distance)
    out->candidate_distance = candidate_field(l, domain, name, "distance", NSA_F64, NSA_FIELD_LINK_DISTANCE);
  if (plan->has_copies)
    out->candidate_copy = candidate_field(l, domain, name, "copy", NSA_F64, NSA_FIELD_LINK_COPY);
  out->result = candidate_field(l, domain, name, "result", type, NSA_FIELD_SCRATCH);
  out->share = plan->expected;
  ir_function *fn = ir_function_add(l->p, arena_printf(l->arena, "%s.condition", name), NSA_ROLE_CANDIDATE, domain, 0,
                                    &out->condition);
  ir_builder b = ir_builder_on(l->p, fn);
  scope s = {.l = l,
             .b = &b,
             .connection = connection,
             .distance = out->candidate_distance,
             .has_copies = plan->has_copies,
             .copy = out->candidate_copy,
             .key_prefix = name};
  ir_value pre = ir_load(&b, out->candidate_source), post = ir_load(&b, out->candidate_target);
  s.side[SIDE_SELF] = view_of_connection(l, &b, connection, IR_NO_VALUE);
  s.side[SIDE_PRE] = view_of_population(l, &b, plan->source, pre);
  s.side[SIDE_POST] = view_of_population(l, &b, plan->target, post);
  s.who_a = ir_index_number(&b, pre, l->populations[plan->source].domain);
  s.who_b = ir_index_number(&b, post, l->populations[plan->target].domain);
  s.locals = ARENA_ARRAY(l->arena, ir_value, 16);
  ir_store(&b, out->result, lower_expr(&s, plan->condition));
}

static const nsa_rule no_rule = {.condition = NSA_NO_KERNEL,
                                 .probability = -1,
                                 .result = NSA_NO_FIELD,
                                 .candidate_source = NSA_NO_FIELD,
                                 .candidate_target = NSA_NO_FIELD,
                                 .candidate_distance = NSA_NO_FIELD,
                                 .candidate_copy = NSA_NO_FIELD,
                                 .path = ""};

static nsa_rule lower_rule(lowering *l, uint32_t connection, const rule_plan *plan) {
  const model_rule *rule = plan->rule;
  nsa_rule r = no_rule;
  if (!rule)
    return r;
  r.kind = rule->kind;
  r.degree = rule->degree;
  r.rewiring = rule->rewiring;
  r.length = rule->length;
  r.tile_rows = rule->tile_rows;
  r.tile_cols = rule->tile_cols;
  r.stride = rule->stride;
  r.pool_block = rule->pool_block;
  r.profile = rule->profile;
  r.path = rule->path ? rule->path : "";
  r.probability = plan->probability;
  r.reach = plan->reach;
  if (plan->condition)
    lower_condition(l, connection, plan, &r);
  return r;
}

static void lower_columns(lowering *l, uint32_t connection, nsa_connection *out) {
  const model_rule *rule = &l->m->connections.data[connection].rule;
  nsa_table_column *columns = ARENA_ARRAY(l->arena, nsa_table_column, rule->columns.len + 1);
  for (uint32_t k = 0; k < rule->columns.len; k++)
    columns[k] = (nsa_table_column){.name = rule->columns.data[k].name,
                                    .unit = dim_shown(l->arena, rule->columns.data[k].unit),
                                    .field = l->connections[connection].link_column[k]};
  out->columns = columns;
  out->columns_count = rule->columns.len;
}

void lower_connection_table(lowering *l, uint32_t connection) {
  const model_connection *mc = &l->m->connections.data[connection];
  const model_component *c = component_of_connection(l->ctx, connection);
  const connection_fields *f = &l->connections[connection];
  const connection_plan *plan = &l->plan->connections[connection];
  nsa_connection *out = &l->connection_list.data[connection];
  *out = (nsa_connection){.name = mc->name,
                          .synapse = c->name,
                          .domain = f->domain,
                          .source = {mc->source},
                          .target = {mc->target},
                          .allow_self = mc->allow_self,
                          .is_stencil = plan->is_stencil,
                          .partner = NSA_NO_POPULATION};
  out->rule = lower_rule(l, connection, &plan->rule);
  lower_columns(l, connection, out);
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
  out->has_default = plan->has_default;
  out->at = lower_place(l, mc->at);
  out->partner_rule = lower_rule(l, connection, &plan->partner_rule);
  out->partner_probability = lower_rule(l, connection, &plan->partner_probability);
  if (!mc->has_partner)
    return;
  out->partner = (nsa_population_id){mc->partner};
  out->partner_of_source = mc->partner_of == SIDE_PRE;
  out->partner_per_link = mc->has_partner_per_link;
}
