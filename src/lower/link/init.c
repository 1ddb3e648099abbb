/* SPDX-License-Identifier: MIT */
/* init.c - what each link starts with. */
#include "lower/link/link.h"
#include "nsa_ticks.h"

/* States that all links of an element share start with it. */
static void init_shared_states(lowering *l, uint32_t connection, model_side side, uint32_t population) {
  const model_component *c = component_of_connection(l->ctx, connection);
  const connection_fields *f = &l->connections[connection];
  ir_function *fn = NULL;
  ir_builder b = {0};
  scope s = {0};
  const state_plan *states = l->plan->connections[connection].states;
  for (uint32_t k = 0; k < c->states.len; k++) {
    if (states[k].home != side)
      continue;
    if (!fn) {
      nsa_kernel_id number;
      const char *name =
          arena_printf(l->arena, "%s.init_%s", l->m->connections.data[connection].name, lower_side_words[side]);
      fn = ir_function_add(l->p, name, NSA_ROLE_INIT, l->populations[population].domain, c->timescale, &number);
      vec_push(l->arena, &l->init_list, number);
      b = ir_builder_on(l->p, fn);
      s = scope_of_population(l, &b, population);
      s.side[side] = s.side[SIDE_SELF];
      s.side[SIDE_SELF] = view_of_connection(l, &b, connection, IR_NO_VALUE);
    }
    lower_store_initial(&s, f->state[k], lower_initial_value(l->ctx, true, connection, REF_STATE, k));
  }
}

static void init_delay(lowering *l, uint32_t connection, nsa_field_id field, const model_expr *delay,
                       const char *name) {
  if (nsa_field_is_none(field))
    return;
  bool is_uniform = l->p->fields.data[field.id].is_uniform;
  nsa_kernel_id number;
  uint32_t domain = is_uniform ? 0 : l->connections[connection].domain;
  ir_function *fn =
      ir_function_add(l->p, arena_printf(l->arena, "%s.%s", l->m->connections.data[connection].name, name),
                      NSA_ROLE_INIT, domain, component_of_connection(l->ctx, connection)->timescale, &number);
  vec_push(l->arena, &l->init_list, number);
  ir_builder b = ir_builder_on(l->p, fn);
  scope s = is_uniform ? lower_uniform_scope(l, connection, &b) : scope_of_links(l, &b, connection);
  ir_value time = lower_expr(&s, delay), ticks = ir_binary(&b, IR_OP_div, time, ir_number(&b, l->m->base_dt));
  ir_value is_step =
      ir_binary(&b, IR_OP_ge, ticks, ir_number(&b, 1 - NSA_TICK_SLACK)); /* else as it is, for a message */
  ir_store(&b, field, ir_select(&b, is_step, lower_nearest_tick(&b, time, l->m->base_dt), ticks));
}

static void init_all_shared(lowering *l, uint32_t connection) {
  const model_connection *mc = &l->m->connections.data[connection];
  init_shared_states(l, connection, SIDE_PRE, mc->source);
  init_shared_states(l, connection, SIDE_POST, mc->target);
  if (mc->has_partner)
    init_shared_states(l, connection, SIDE_ASTRO, mc->partner);
}

/* What each link starts with. */
static void init_links(lowering *l, uint32_t connection) {
  const char *name = l->m->connections.data[connection].name;
  const model_component *c = component_of_connection(l->ctx, connection);
  const connection_fields *f = &l->connections[connection];
  nsa_kernel_id number;
  ir_function *fn = NULL;
  ir_builder b = {0};
  scope s = {0};
  const state_plan *states = l->plan->connections[connection].states;
  for (uint32_t k = 0; k < c->params.len + c->states.len; k++) {
    bool is_param = k < c->params.len;
    uint32_t item = is_param ? k : k - c->params.len;
    nsa_field_id field = is_param ? f->param[item] : f->state[item];
    if (nsa_field_is_none(field))
      continue;
    if (l->p->fields.data[field.id].is_uniform || (!is_param && states[item].home != SIDE_SELF))
      continue;
    if (!fn) {
      fn = ir_function_add(l->p, arena_printf(l->arena, "%s.init", name), NSA_ROLE_INIT, f->domain, c->timescale,
                           &number);
      vec_push(l->arena, &l->init_list, number);
      b = ir_builder_on(l->p, fn);
      s = scope_of_links(l, &b, connection);
    }
    model_ref_kind kind = is_param ? REF_PARAM : REF_STATE;
    const model_expr *value = lower_initial_value(l->ctx, true, connection, kind, item);
    if (is_param)
      lower_store_param(&s, field, value);
    else
      lower_store_initial(&s, field, value);
  }
}

void lower_connection_init(lowering *l, uint32_t connection) {
  const model_connection *mc = &l->m->connections.data[connection];
  const connection_fields *f = &l->connections[connection];
  lower_uniform_params(l, true, connection);
  if (l->plan->connections[connection].is_stencil)
    return;
  init_all_shared(l, connection);
  init_links(l, connection);
  lower_phased_params(l, true, connection);
  init_delay(l, connection, f->delay, mc->delay, "delay"); /* they may follow from what links have been given */
  init_delay(l, connection, f->delay_back, mc->delay_back, "delay_back");
}
