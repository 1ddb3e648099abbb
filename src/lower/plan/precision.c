/* SPDX-License-Identifier: MIT */
/* precision.c - which populations compute with floats, and what of them is kept as floats. tables/precision.c says what
 * that means for kernels. */
#include "lower/plan/builders.h"

static bool is_single(const lower_context *ctx, uint32_t population, const population_plan *plan) {
  const model_component *c = component_of_population(ctx, population);
  nsa_precision precision = ctx->m->precision;
  if (plan->is_split)
    return false;
  if (c->precision != NULL)
    model_precision_find(c->precision, &precision);
  bool is_fast = c->kind == COMPONENT_NEURON && !lower_is_slow(ctx, population);
  return precision == NSA_PRECISION_SINGLE || (precision == NSA_PRECISION_MIXED && is_fast);
}

/* What events add to at once, and states of links that all links of an element share. */
static bool keeps_doubles(const lower_context *ctx, uint32_t population, const connection_plan *connections,
                          const population_plan *plan) {
  const model_component *c = component_of_population(ctx, population);
  for (uint32_t k = 0; k < c->states.len; k++)
    if (plan->states[k].added == ADDED_DIRECTLY && !c->states.data[k].goes_by_ticks)
      return true;
  for (uint32_t k = 0; k < ctx->m->connections.len; k++)
    for (uint32_t s = 0; s < connections[k].state_count; s++) {
      const state_plan *state = &connections[k].states[s];
      if (state->home != SIDE_SELF && !state->is_summed && lower_population_of_side(ctx, k, state->home) == population)
        return true;
    }
  return false;
}

/* Doubles stay what the runtime itself adds to, and what is compared by ticks. */
void plan_precision(const lower_context *ctx, uint32_t population, const connection_plan *connections,
                    population_plan *plan) {
  const model_component *c = component_of_population(ctx, population);
  plan->is_single = is_single(ctx, population, plan);
  plan->keeps_doubles = keeps_doubles(ctx, population, connections, plan);
  for (uint32_t k = 0; k < c->states.len; k++)
    plan->states[k].is_single =
        plan->is_single && plan->states[k].added != ADDED_DIRECTLY && !c->states.data[k].goes_by_ticks;
  plan->is_param_single = ARENA_ARRAY(ctx->arena, bool, c->params.len);
  for (uint32_t k = 0; k < c->params.len; k++)
    plan->is_param_single[k] =
        plan->is_single && lower_is_varied(ctx, false, population, k) && !c->params.data[k].goes_by_ticks;
}
