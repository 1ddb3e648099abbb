/* SPDX-License-Identifier: MIT */
/* windows.c - inputs of slow components: what comes in the fast steps of a slow one, combined as plan/inputs.c says. At
 * the tick the step takes what has come of it, leaves it in the input's field for those who look, and begins a window.
 */
#include "lower/population/population.h"
#include <math.h>

static double window_start(combine_kind combine) {
  return combine == COMBINE_MAX ? -INFINITY : combine == COMBINE_MIN ? INFINITY : 0;
}

static bool is_averaged(combine_kind combine) { return combine == COMBINE_MEAN || combine == COMBINE_NONE; }

static combine_kind combine_of(const lowering *l, uint32_t population, uint32_t input) {
  return component_of_population(l->ctx, population)->inputs.data[input].combine;
}

static nsa_field_id add_field(lowering *l, uint32_t population, uint32_t input, const char *what, double value) {
  const model_input *in = &component_of_population(l->ctx, population)->inputs.data[input];
  const char *name = arena_printf(l->arena, "%s.%s.%s", l->m->populations.data[population].name, in->name, what);
  return lower_add_field(l, name, l->populations[population].domain, NSA_F64, NSA_FIELD_COMBINED, value, &in->unit,
                         in->at);
}

/* ---- fields ---- */

nsa_field_id lower_part_of(const population_fields *f, uint32_t input, uint32_t every) {
  for (uint32_t k = 0; k < f->parts.len; k++)
    if (f->parts.data[k].input == input && f->parts.data[k].every == every)
      return f->parts.data[k].field;
  return NSA_NO_FIELD;
}

void lower_window_fields(lowering *l, uint32_t population, uint32_t input) {
  population_fields *f = &l->populations[population];
  const input_plan *plan = &l->plan->inputs[population][input];
  for (uint32_t k = 0; k < plan->parts.len; k++) {
    const char *what = arena_printf(l->arena, "part%u", plan->parts.data[k]);
    input_part part = {input, plan->parts.data[k], add_field(l, population, input, what, 0)};
    vec_push(l->arena, &f->parts, part);
  }
  if (plan->is_given)
    f->given[input] = add_field(l, population, input, "given", 0);
  /* The first value that is collected counts in the second step: in the first there was 0. */
  double start = plan->is_by_step ? window_start(combine_of(l, population, input)) : 0;
  if (plan->accumulates || plan->is_by_step)
    f->window[input] = add_field(l, population, input, "window", start);
}

/* ---- functions ---- */

static ir_value combined(ir_builder *b, combine_kind combine, ir_value so_far, ir_value x) {
  switch (combine) {
  case COMBINE_MAX:
    return ir_binary(b, IR_OP_max, so_far, x);
  case COMBINE_MIN:
    return ir_binary(b, IR_OP_min, so_far, x);
  case COMBINE_LAST:
    return x;
  default:
    return ir_binary(b, IR_OP_add, so_far, x);
  }
}

static ir_value plus(ir_builder *b, ir_value x, ir_value y) {
  return x == IR_NO_VALUE ? y : ir_binary(b, IR_OP_add, x, y);
}

void lower_into_window(lowering *l, ir_builder *b, uint32_t population, uint32_t input, ir_value x) {
  nsa_field_id window = l->populations[population].window[input];
  ir_store(b, window, combined(b, combine_of(l, population, input), ir_load(b, window), x));
}

/* Of one fast step. */
void lower_window(lowering *l, uint32_t population) {
  const population_fields *f = &l->populations[population];
  const model_component *c = component_of_population(l->ctx, population);
  nsa_kernel_id *number = &l->population_list.data[population].window;
  *number = NSA_NO_KERNEL;
  ir_builder b;
  for (uint32_t k = 0; k < c->inputs.len; k++) {
    const input_plan *plan = &l->plan->inputs[population][k];
    if (!plan->is_by_step)
      continue;
    const char *name = arena_printf(l->arena, "%s.window", l->m->populations.data[population].name);
    if (nsa_kernel_is_none(*number))
      b = ir_builder_on(l->p, ir_function_add(l->p, name, NSA_ROLE_SETTLE, f->domain, c->timescale, number));
    b.at = c->inputs.data[k].at;
    ir_value x = plan->is_given_at_steps ? ir_load(&b, f->given[k]) : IR_NO_VALUE;
    if (!nsa_field_is_none(f->external[k]))
      x = plus(&b, x, ir_load(&b, f->external[k]));
    lower_into_window(l, &b, population, k, x);
  }
}

static ir_value averaged(ir_builder *b, ir_value x, double values) {
  return values == 1 ? x : ir_binary(b, IR_OP_div, x, ir_number(b, values));
}

static void set(ir_builder *b, nsa_field_id field, double value) {
  if (!nsa_field_is_none(field))
    ir_store(b, field, ir_number(b, value));
}

ir_value lower_windowed_input(lowering *l, ir_builder *b, uint32_t population, uint32_t input, bool is_taken) {
  const population_fields *f = &l->populations[population];
  combine_kind combine = combine_of(l, population, input);
  nsa_field_id window = f->window[input], arrived = f->arrived_input[input];
  double steps = is_averaged(combine) ? ticks_of_population(l->ctx, population) : 1;
  const input_plan *plan = &l->plan->inputs[population][input];
  bool is_apart = plan->is_given && !plan->is_given_at_steps;
  ir_value x = is_apart ? ir_load(b, f->given[input]) : IR_NO_VALUE;
  if (!nsa_field_is_none(window))
    x = plus(b, x, averaged(b, ir_load(b, window), plan->is_by_step || steps == 1 ? steps : steps / plan->every));
  if (!nsa_field_is_none(arrived))
    x = plus(b, x, averaged(b, ir_load(b, arrived), steps));
  if (!is_taken)
    return x;
  lower_check(b, x);
  set(b, window, window_start(combine));
  set(b, arrived, 0);
  ir_store(b, f->input[input], x);
  return x;
}
