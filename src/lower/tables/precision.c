/* SPDX-License-Identifier: MIT */
/* precision.c - which numbers are floats.
 *
 * Of a population of single precision: its states, the parameters that differ between its elements and its inputs are
 * kept as floats, and the functions that run at every step over its elements compute with floats. Doubles stay: time,
 * ticks and timers, and what is computed from them; what follows from numbers and parameters alone; draws; sums over
 * links and what events add; links, with all that belongs to them; states that are times, and what is compared with
 * times; steps of `adaptive`; what is recorded and measured. Functions that run once compute with doubles and store
 * floats. */
#include "lower/tables/tables.h"
#include <math.h>

/* ---- fields ---- */

/* What is compared by ticks. */
static void find_times(const lowering *l, uint32_t population, bool *keeps_time) {
  const model_component *c = component_of_population(l->ctx, population);
  const population_fields *f = &l->populations[population];
  for (uint32_t k = 0; k < c->states.len; k++)
    if (c->states.data[k].goes_by_ticks)
      keeps_time[f->state[k].id] = true;
  for (uint32_t k = 0; k < c->params.len; k++)
    if (c->params.data[k].goes_by_ticks)
      keeps_time[f->param[k].id] = !l->p->fields.data[f->param[k].id].is_uniform;
}

static void narrow_fields(const lowering *l, uint32_t population) {
  const model_component *c = component_of_population(l->ctx, population);
  const population_plan *plan = &l->plan->populations[population];
  const population_fields *f = &l->populations[population];
  nsa_field *fields = l->p->fields.data;
  for (uint32_t k = 0; k < c->states.len; k++)
    if (plan->states[k].is_single)
      fields[f->state[k].id].type = NSA_F32;
  for (uint32_t k = 0; k < c->params.len; k++)
    if (plan->is_param_single[k])
      fields[f->param[k].id].type = NSA_F32;
  for (uint32_t k = 0; k < c->inputs.len; k++)
    if (!nsa_field_is_none(f->input[k]))
      fields[f->input[k].id].type = NSA_F32;
}

/* ---- operations ---- */

/* Of a value: it is single; it follows from numbers and uniform fields alone; it makes what is computed from it double.
 */
typedef enum { PLAIN, FIXED, EXACT } exactness;

static bool is_out_of_range(const ir_op *op) {
  double rounded = (double)(float)op->number;
  return op->op == IR_OP_const && isfinite(op->number) && (!isfinite(rounded) || (rounded == 0 && op->number != 0));
}

static exactness of_source(const ir_program *p, const ir_op *op, const bool *keeps_time) {
  switch (op->op) {
  case IR_OP_element:
  case IR_OP_tick:
  case IR_OP_time:
  case IR_OP_index_number:
    return EXACT;
  case IR_OP_bool:
    return FIXED;
  case IR_OP_const:
    return is_out_of_range(op) ? EXACT : FIXED;
  case IR_OP_load:
  case IR_OP_load_at: {
    const nsa_field *field = &p->fields.data[op->field.id];
    bool is_time =
        field->kind == NSA_FIELD_TIMER || field->kind == NSA_FIELD_ADVANCED || field->kind == NSA_FIELD_DELAY;
    return field->type == NSA_F64 && (is_time || keeps_time[op->field.id]) ? EXACT : field->is_uniform ? FIXED : PLAIN;
  }
  default:
    return PLAIN;
  }
}

/* What is chosen is not rounded: where a block or `unless` leaves a state of doubles alone, its bits stay. */
static bool chooses_double(const ir_program *p, const ir_function *f, const ir_op *op, const exactness *of) {
  for (uint32_t k = 1; op->op == IR_OP_select && k < 3; k++)
    if (of[op->args[k]] == PLAIN && !ir_is_float(p, &f->ops.data[op->args[k]]))
      return true;
  return false;
}

static void narrow_function(const ir_program *p, ir_function *f, const bool *keeps_time) {
  exactness *of = ARENA_ARRAY(p->arena, exactness, f->ops.len);
  for (uint32_t i = 0; i < f->ops.len; i++) {
    ir_op *op = &f->ops.data[i];
    if (!ir_can_be_single(op)) {
      of[i] = of_source(p, op, keeps_time);
      continue;
    }
    bool is_fixed = true, is_exact = false;
    for (uint32_t k = 0; k < ir_op_arg_count(op); k++) {
      exactness x = of[ir_op_arg(f, op, k)];
      is_fixed = is_fixed && x == FIXED;
      is_exact = is_exact || x == EXACT;
    }
    bool is_math = op->op >= IR_OP_math1 && op->op <= IR_OP_math3;
    op->is_single = !is_fixed && !is_exact && !chooses_double(p, f, op, of);
    of[i] = is_fixed ? FIXED : is_exact && !is_math && op->type == IR_F64 ? EXACT : PLAIN;
    f->is_single = f->is_single || op->is_single;
  }
}

/* Sub-steps are chosen by an error that may be far below what floats resolve. */
static bool has_loop(const ir_function *f) {
  for (uint32_t i = 0; i < f->ops.len; i++)
    if (f->ops.data[i].op == IR_OP_loop_begin)
      return true;
  return false;
}

static bool runs_at_steps(const ir_function *f) {
  return f->role == NSA_ROLE_STEP || f->role == NSA_ROLE_SOURCE || f->role == NSA_ROLE_COLLECT ||
         f->role == NSA_ROLE_SETTLE || f->role == NSA_ROLE_PHASE_BLOCK;
}

static bool computes_in_single(const lowering *l, const ir_function *f, uint32_t population) {
  return f->domain == l->populations[population].domain && runs_at_steps(f) && !has_loop(f);
}

bool lower_is_narrowed(const lowering *l, const ir_function *f) {
  for (uint32_t k = 0; k < l->m->populations.len; k++)
    if (l->plan->populations[k].is_single && computes_in_single(l, f, k))
      return true;
  return false;
}

void lower_precision(lowering *l) {
  bool *keeps_time = ARENA_ARRAY(l->arena, bool, l->p->fields.len);
  l->program->precision = (uint32_t)l->m->precision;
  for (uint32_t k = 0; k < l->m->populations.len; k++) {
    if (!l->plan->populations[k].is_single)
      continue;
    find_times(l, k, keeps_time);
    narrow_fields(l, k);
    for (uint32_t i = 0; i < l->p->functions.len; i++)
      if (computes_in_single(l, l->p->functions.data[i], k))
        narrow_function(l->p, l->p->functions.data[i], keeps_time);
  }
}
