/* SPDX-License-Identifier: MIT */
/* fields.c - the arrays of connections. */
#include "lower/link/link.h"

static bool is_probed(const lowering *l, uint32_t connection) {
  for (uint32_t k = 0; k < l->m->records.len; k++) {
    const model_probe *p = &l->m->records.data[k].probe;
    if (p->is_connection && p->owner == connection)
      return true;
  }
  return false;
}

/* Inputs are changed by the function that a stencil is part of. */
static bool reads_inputs_of_others(lowering *l, uint32_t connection, const model_expr *e) {
  dependence d = lower_dependence(l->ctx, true, connection, e);
  return (d.side[SIDE_PRE] | d.side[SIDE_ASTRO]) & DEPENDS_INPUT;
}

/* Grid neighbours need no stored links when nothing is kept for each link. */
static bool can_be_stencil(lowering *l, uint32_t connection) {
  const model_connection *mc = &l->m->connections.data[connection];
  const model_component *c = component_of_connection(l->ctx, connection);
  const model_population *source = &l->m->populations.data[mc->source], *target = &l->m->populations.data[mc->target];
  if (mc->rule.kind != NSA_RULE_NEIGHBOURS || mc->allow_self || c->states.len || c->blocks.len || mc->delay ||
      is_probed(l, connection) || mc->has_partner_per_link)
    return false;
  if (source->rows != target->rows || source->cols != target->cols)
    return false;
  for (uint32_t k = 0; k < c->params.len; k++)
    if (lower_is_varied(l->ctx, true, connection, k))
      return false;
  for (uint32_t k = 0; k < c->contributions.len; k++) {
    const model_contribution *x = &c->contributions.data[k];
    if (x->side != SIDE_POST || lower_self_dependence(l->ctx, true, connection, x->value) & DEPENDS_DISTANCE ||
        reads_inputs_of_others(l, connection, x->value))
      return false;
  }
  return true;
}

static void add_partner_fields(lowering *l, uint32_t connection, connection_fields *f) {
  const model_connection *mc = &l->m->connections.data[connection];
  f->partner_index = f->partner_known = f->partner_fan = NO_FIELD;
  if (!mc->has_partner)
    return;
  uint32_t side = mc->partner_of == SIDE_PRE ? mc->source : mc->target;
  uint32_t domain = mc->has_partner_per_link ? f->domain : l->populations[side].domain;
  f->partner_index = lower_link_field(l, connection, "partner", domain, NSA_INDEX, NSA_FIELD_PARTNER);
  f->partner_known = lower_link_field(l, connection, "partner_known", domain, NSA_B1, NSA_FIELD_PARTNER_KNOWN);
}

/* One value for each link, or for each element of the side that all its links share. */
static void add_link_states(const owner_info *o, connection_fields *f) {
  lowering *l = o->l;
  const model_connection *mc = &l->m->connections.data[o->owner];
  const uint32_t domains[] = {f->domain, l->populations[mc->source].domain, l->populations[mc->target].domain,
                              mc->has_partner ? l->populations[mc->partner].domain : NSA_NONE};
  lower_link_states(l, o->owner);
  for (uint32_t k = 0; k < 4; k++)
    f->advanced[k] = NO_FIELD;
  for (uint32_t k = 0; k < o->c->states.len; k++) {
    const model_state *s = &o->c->states.data[k];
    uint32_t home = (uint32_t)f->home[k];
    f->state[k] = NO_FIELD;
    if (f->is_summed[k])
      continue;
    f->state[k] = lower_add_field(l, arena_printf(l->arena, "%s.%s", o->name, s->name), domains[home], NSA_F64,
                                  NSA_FIELD_STATE, 0, &s->unit, s->at);
    if (f->advance[k] == ADVANCE_AT_EVENTS && f->advanced[home] == NO_FIELD)
      f->advanced[home] = lower_add_field(l, arena_printf(l->arena, "%s.advanced%u", o->name, home), domains[home],
                                          NSA_F64, NSA_FIELD_ADVANCED, 0, NULL, s->at);
  }
}

/* In base ticks: one number where that is the same for all links. */
static uint32_t add_delay(const owner_info *o, const model_expr *delay, const char *name) {
  lowering *l = o->l;
  connection_fields *f = &l->connections[o->owner];
  if (!delay)
    return NO_FIELD;
  uint32_t bits = lower_self_dependence(l->ctx, true, o->owner, delay);
  uint32_t field = lower_add_field(l, arena_printf(l->arena, "%s.%s", o->name, name), f->domain, NSA_F64,
                                   NSA_FIELD_DELAY, 0, NULL, delay->at);
  l->p->fields.data[field].owner = o->owner;
  l->p->fields.data[field].is_uniform = (bits & ~(uint32_t)DEPENDS_PARAM) == 0;
  return field;
}

void lower_connection_fields(lowering *l, uint32_t connection) {
  owner_info o = lower_owner(l, true, connection);
  connection_fields *f = &l->connections[connection];
  f->domain = ir_domain_add(l->p, o.name, NSA_DOMAIN_CONNECTION, connection);
  f->candidates = NSA_NONE;
  f->param = lower_no_fields(l, o.c->params.len);
  f->state = lower_no_fields(l, o.c->states.len);
  f->fan_in = f->fan_out = NO_FIELD;
  lower_add_params(&o, f->domain, f->param);
  f->link_source = lower_link_field(l, connection, "source", f->domain, NSA_INDEX, NSA_FIELD_LINK_SOURCE);
  f->link_target = lower_link_field(l, connection, "target", f->domain, NSA_INDEX, NSA_FIELD_LINK_TARGET);
  f->link_distance = f->link_copy = NO_FIELD;
  add_partner_fields(l, connection, f);
  add_link_states(&o, f);
  f->delay = add_delay(&o, l->m->connections.data[connection].delay, "delay");
  f->delay_back = add_delay(&o, l->m->connections.data[connection].delay_back, "delay_back");
  f->is_stencil = can_be_stencil(l, connection);
}
