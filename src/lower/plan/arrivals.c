/* SPDX-License-Identifier: MIT */
/* arrivals.c - the events and signals at which links run blocks. */
#include "lower/plan/builders.h"

static bool is_of(const model_on *on, const arrival_plan *a) { return on->kind == a->kind && on->event == a->event; }

static bool changes_shared(const model_component *c, const connection_plan *plan, const arrival_plan *a) {
  for (uint32_t k = 0; k < c->blocks.len; k++)
    for (uint32_t s = 0; is_of(&c->blocks.data[k], a) && s < plan->state_count; s++)
      if (plan->states[s].home != SIDE_SELF && lower_sets_state(&c->blocks.data[k].body, s))
        return true;
  return false;
}

static bool is_known(const connection_plan *plan, const model_on *on) {
  for (uint32_t k = 0; k < plan->arrivals.len; k++)
    if (is_of(on, &plan->arrivals.data[k]))
      return true;
  return false;
}

void plan_arrivals(const lower_context *ctx, uint32_t connection, connection_plan *plan) {
  static const block_kind order[] = {BLOCK_PRE, BLOCK_POST, BLOCK_ASTRO, BLOCK_SIGNAL};
  const model_component *c = component_of_connection(ctx, connection);
  for (uint32_t i = 0; i < sizeof order / sizeof *order; i++)
    for (uint32_t k = 0; k < c->blocks.len; k++) {
      const model_on *on = &c->blocks.data[k];
      if (on->kind != order[i] || is_known(plan, on))
        continue;
      arrival_plan a = {.kind = on->kind, .event = on->event};
      a.changes_shared = changes_shared(c, plan, &a);
      vec_push(ctx->arena, &plan->arrivals, a);
    }
}
