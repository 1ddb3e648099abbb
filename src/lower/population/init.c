/* SPDX-License-Identifier: MIT */
/* init.c - what a population starts with. */
#include "lower/population/population.h"

static void init_params(scope *s, uint32_t population) {
  lowering *l = s->l;
  const population_fields *f = &l->populations[population];
  for (uint32_t k = 0; k < component_of_population(l->ctx, population)->params.len; k++)
    if (!l->p->fields.data[f->param[k].id].is_uniform)
      lower_store_param(s, f->param[k], lower_initial_value(l->ctx, false, population, REF_PARAM, k));
}

static void init_states(scope *s, uint32_t population) {
  lowering *l = s->l;
  const model_component *c = component_of_population(l->ctx, population);
  const population_fields *f = &l->populations[population];
  for (uint32_t k = 0; k < c->states.len; k++)
    lower_store_initial(s, f->state[k], lower_initial_value(l->ctx, false, population, REF_STATE, k));
  for (uint32_t k = 0; k < c->timers.len; k++)
    if (c->timers.data[k].initial)
      ir_store(s->b, f->timer[k], lower_ticks(s, c->timers.data[k].initial, c->timescale));
  for (uint32_t k = 0; k < c->events.len; k++) /* a draw belongs to a step, and none was yet */
    if (!nsa_field_is_none(f->edge[k]) && !lower_draws(l->ctx, population, c->events.data[k].when))
      ir_store(s->b, f->edge[k], lower_expr(s, c->events.data[k].when));
}

void lower_population_init(lowering *l, uint32_t population) {
  const model_component *c = component_of_population(l->ctx, population);
  const char *name = l->m->populations.data[population].name;
  lower_uniform_params(l, false, population);
  nsa_kernel_id number;
  ir_function *fn = ir_function_add(l->p, arena_printf(l->arena, "%s.init", name), NSA_ROLE_INIT,
                                    l->populations[population].domain, c->timescale, &number);
  vec_push(l->arena, &l->init_list, number);
  ir_builder b = ir_builder_on(l->p, fn);
  scope s = scope_of_population(l, &b, population);
  init_params(&s, population);
  init_states(&s, population);
  lower_phased_params(l, false, population);
}
