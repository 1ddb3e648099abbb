/* SPDX-License-Identifier: MIT */
/* fields.c - the arrays of connections. */
#include "lower/link/link.h"

static void add_partner_fields(lowering *l, uint32_t connection, connection_fields *f) {
  const model_connection *mc = &l->m->connections.data[connection];
  f->partner_index = f->partner_known = f->partner_fan = NSA_NO_FIELD;
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
  for (uint32_t k = 0; k < 4; k++)
    f->advanced[k] = NSA_NO_FIELD;
  const state_plan *states = l->plan->connections[o->owner].states;
  for (uint32_t k = 0; k < o->c->states.len; k++) {
    const model_state *s = &o->c->states.data[k];
    uint32_t home = (uint32_t)states[k].home;
    f->state[k] = NSA_NO_FIELD;
    if (states[k].is_summed)
      continue;
    f->state[k] = lower_add_field(l, arena_printf(l->arena, "%s.%s", o->name, s->name), domains[home], NSA_F64,
                                  NSA_FIELD_STATE, 0, &s->unit, s->at);
    if (!l->plan->connections[o->owner].is_stencil)
      lower_initial_is_settable(o, f->state[k]);
    if (states[k].advance == ADVANCE_AT_EVENTS && nsa_field_is_none(f->advanced[home]))
      f->advanced[home] = lower_add_field(l, arena_printf(l->arena, "%s.advanced%u", o->name, home), domains[home],
                                          NSA_F64, NSA_FIELD_ADVANCED, 0, NULL, s->at);
  }
}

/* In base ticks: one number where that is the same for all links. */
static nsa_field_id add_delay(const owner_info *o, const model_expr *delay, const char *name) {
  lowering *l = o->l;
  connection_fields *f = &l->connections[o->owner];
  if (!delay)
    return NSA_NO_FIELD;
  uint32_t bits = lower_self_dependence(l->ctx, true, o->owner, delay);
  nsa_field_id field = lower_add_field(l, arena_printf(l->arena, "%s.%s", o->name, name), f->domain, NSA_F64,
                                       NSA_FIELD_DELAY, 0, NULL, delay->at);
  l->p->fields.data[field.id].connection.id = o->owner;
  l->p->fields.data[field.id].is_uniform = (bits & ~(uint32_t)DEPENDS_PARAM) == 0;
  return field;
}

void lower_connection_fields(lowering *l, uint32_t connection) {
  owner_info o = lower_owner(l, true, connection);
  connection_fields *f = &l->connections[connection];
  f->domain = ir_domain_of_connection(l->p, o.name, NSA_DOMAIN_CONNECTION, (nsa_connection_id){connection});
  f->candidates = NSA_NONE;
  f->param = lower_no_fields(l, o.c->params.len);
  f->state = lower_no_fields(l, o.c->states.len);
  f->fan_in = f->fan_out = NSA_NO_FIELD;
  lower_add_params(&o, f->domain, f->param);
  f->link_source = lower_link_field(l, connection, "source", f->domain, NSA_INDEX, NSA_FIELD_LINK_SOURCE);
  f->link_target = lower_link_field(l, connection, "target", f->domain, NSA_INDEX, NSA_FIELD_LINK_TARGET);
  f->link_distance = f->link_copy = NSA_NO_FIELD;
  f->link_column = lower_no_fields(l, l->m->connections.data[connection].rule.columns.len);
  add_partner_fields(l, connection, f);
  add_link_states(&o, f);
  f->delay = add_delay(&o, l->m->connections.data[connection].delay, "delay");
  f->delay_back = add_delay(&o, l->m->connections.data[connection].delay_back, "delay_back");
}
