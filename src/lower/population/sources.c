/* SPDX-License-Identifier: MIT */
/* sources.c - source terms that are not fused into the step, and those that count at the start. */
#include "lower/population/population.h"

/* The same outside of the step. */
static nsa_kernel_id source_function(lowering *l, uint32_t population, const source_plan *source, const char *what) {
  const model_connection *mc = &l->m->connections.data[source->connection];
  nsa_kernel_id number;
  ir_function *fn = ir_function_add(l->p, lower_kernel_name(l, mc->name, NULL, what), NSA_ROLE_SOURCE,
                                    l->populations[population].domain, source->timescale, &number);
  ir_builder b = ir_builder_on(l->p, fn);
  scope s = scope_of_population(l, &b, population);
  s.side[source->side] = s.side[SIDE_SELF];
  s.side[source->side]->is_extrapolated = true;
  s.side[SIDE_SELF] = view_of_connection(l, &b, source->connection, IR_NO_VALUE);
  if (mc->has_partner && !mc->has_partner_per_link && mc->partner_of == source->side)
    s.side[SIDE_ASTRO] = view_of_partner(l, &b, source->connection, IR_NO_VALUE);
  s.connection = source->connection;
  lower_source_term(&s, source);
  return number;
}

void lower_sources(lowering *l, uint32_t population) {
  const population_terms *terms = &l->plan->terms[population];
  for (uint32_t k = 0; k < terms->sources.len; k++) {
    const source_plan *source = terms->sources.data[k];
    nsa_kernel_id number = NSA_NO_KERNEL;
    if (!source->is_fused) {
      number = source_function(l, population, source, "source");
      vec_push(l->arena, &l->source_list, number);
      lower_stage_source(l, source->connection, number);
    }
    if (!source->counts_at_start)
      continue;
    if (nsa_kernel_is_none(number))
      number = source_function(l, population, source, "start");
    vec_push(l->arena, &l->start_list, number);
  }
}
