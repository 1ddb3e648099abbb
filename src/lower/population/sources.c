/* SPDX-License-Identifier: MIT */
/* sources.c - source terms that are not fused into the step, and those that count at the start. */
#include "lower/population/population.h"

/* The same outside of the step. */
static nsa_kernel_id source_function(lowering *l, uint32_t population, const source_term *t, const char *what) {
  const model_connection *mc = &l->m->connections.data[t->plan->connection];
  nsa_kernel_id number;
  ir_function *fn = ir_function_add(l->p, lower_kernel_name(l, mc->name, NULL, what), NSA_ROLE_SOURCE,
                                    l->populations[population].domain, t->plan->timescale, &number);
  ir_builder b = ir_builder_on(l->p, fn);
  scope s = scope_of_population(l, &b, population);
  s.side[t->plan->side] = s.side[SIDE_SELF];
  s.side[t->plan->side]->is_extrapolated = true;
  s.side[SIDE_SELF] = view_of_connection(l, &b, t->plan->connection, IR_NO_VALUE);
  if (mc->has_partner && !mc->has_partner_per_link && mc->partner_of == t->plan->side)
    s.side[SIDE_ASTRO] = view_of_partner(l, &b, t->plan->connection, IR_NO_VALUE);
  s.connection = t->plan->connection;
  lower_source_term(&s, t);
  return number;
}

/* Targets see a slow source from its initial state on, and delays remember the initial state of any. */
static bool counts_at_start(const lowering *l, uint32_t population, const source_term *t) {
  bool is_delayed = l->m->connections.data[t->plan->connection].delay && t->plan->side == SIDE_PRE;
  return is_delayed || ticks_of_population(l->ctx, population) > 1;
}

void lower_sources(lowering *l, uint32_t population) {
  population_fields *f = &l->populations[population];
  for (uint32_t k = 0; k < f->source_terms.len; k++) {
    const source_term *t = &f->source_terms.data[k];
    nsa_kernel_id number = NSA_NO_KERNEL;
    if (!t->plan->is_fused) {
      number = source_function(l, population, t, "source");
      vec_push(l->arena, &l->source_list, number);
      lower_stage_source(l, t->plan->connection, number);
    }
    if (!counts_at_start(l, population, t))
      continue;
    if (nsa_kernel_is_none(number))
      number = source_function(l, population, t, "start");
    vec_push(l->arena, &l->start_list, number);
  }
}
