/* SPDX-License-Identifier: MIT */
/* inputs.c - how inputs are made of what comes to them.
 *
 * The window of a tick of a slow population are the fast steps of its slow step. Faster links, where they alone feed an
 * input and the window can be cut evenly, are combined by their collect kernels (the window accumulates). Else what
 * links give is kept (given), and a kernel before each fast step combines the whole value of that step: what is given
 * and what stimuli add. Links that give once a slow step stand apart, and so does what events add: these are sums. */
#include "lower/plan/builders.h"

static bool is_part(const input_plan *plan, uint32_t every) {
  for (uint32_t k = 0; k < plan->parts.len; k++)
    if (plan->parts.data[k] == every)
      return true;
  return false;
}

/* Contributions to one input that are evaluated less often than the most frequent ones hold between their evaluations.
 */
static void find_parts(const lower_context *ctx, uint32_t input, const population_terms *terms, input_plan *plan) {
  for (uint32_t k = 0; k < terms->added.len; k++) {
    const term_plan *t = terms->added.data[k];
    if (t->contribution->input == input && t->every != plan->every && !is_part(plan, t->every))
      vec_push(ctx->arena, &plan->parts, t->every);
  }
}

static void plan_window(const lower_context *ctx, uint32_t population, combine_kind combine, bool has_stimulus,
                        input_plan *plan) {
  uint32_t ticks = ticks_of_population(ctx, population), every = plan->every;
  bool is_faster = every && every < ticks;
  plan->accumulates = is_faster && (combine == COMBINE_SUM || (ticks % every == 0 && !has_stimulus));
  plan->is_given = every && !plan->accumulates;
  plan->is_given_at_steps = plan->is_given && is_faster;
  plan->is_by_step = has_stimulus || plan->is_given_at_steps;
}

/* An input to which both kinds of connections contribute keeps apart what is held. */
static void find_held(const lower_context *ctx, uint32_t input, const population_terms *terms, input_plan *plan) {
  bool is_held = false;
  for (uint32_t k = 0; k < terms->added.len; k++) {
    const term_plan *t = terms->added.data[k];
    bool is_staged = lower_is_staged(ctx, t->connection);
    plan->is_staged = plan->is_staged || (t->contribution->input == input && is_staged);
    is_held = is_held || (t->contribution->input == input && !is_staged);
  }
  plan->keeps_held = is_held && plan->is_staged;
}

static uint32_t shortest_interval(uint32_t input, const population_terms *terms) {
  uint32_t every = 0;
  for (uint32_t k = 0; k < terms->added.len; k++) {
    const term_plan *t = terms->added.data[k];
    if (t->contribution->input == input && (!every || t->every < every))
      every = t->every;
  }
  return every;
}

static input_plan plan_input(const lower_context *ctx, uint32_t population, uint32_t input, const population_plan *of,
                             const population_terms *terms) {
  input_plan plan = {.every = shortest_interval(input, terms)};
  combine_kind combine = component_of_population(ctx, population)->inputs.data[input].combine;
  bool comes_between = of->has_stimulus[input] || of->is_input_added_to[input] ||
                       (plan.every && plan.every < ticks_of_population(ctx, population));
  plan.is_windowed = lower_is_slow(ctx, population) && comes_between;
  if (!plan.is_windowed || combine != COMBINE_SUM)
    find_parts(ctx, input, terms, &plan);
  if (plan.is_windowed)
    plan_window(ctx, population, combine, of->has_stimulus[input], &plan);
  find_held(ctx, input, terms, &plan);
  return plan;
}

const input_plan *plan_inputs(const lower_context *ctx, uint32_t population, const population_plan *of,
                              const population_terms *terms) {
  uint32_t inputs = component_of_population(ctx, population)->inputs.len;
  input_plan *plan = ARENA_ARRAY(ctx->arena, input_plan, inputs);
  for (uint32_t k = 0; k < inputs; k++)
    plan[k] = plan_input(ctx, population, k, of, terms);
  return plan;
}
