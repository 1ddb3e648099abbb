/* SPDX-License-Identifier: MIT */
/* upstroke.c - upstrokes that run away within a step, where an explicit method takes the step whole.
 *
 * A state that a spike resets, and whose equation is not linear in it, may run away: behind the step it is too large
 * for single precision, infinite or no number. Where it was rising it counts as beyond all numbers. Where the condition
 * of the spike is true then, the spike happens, and its blocks say what comes after. The later stages of the method lay
 * beyond all numbers, so the other states of the group get what the first stage gives. In all other cases a method
 * keeps its formula, but for the exponential midpoint rule. Methods with sub-steps end the step themselves. */
#include "solve/equations.h"
#include "solve/solve_internal.h"
#include "solve/substeps.h"

#include <float.h>
#include <math.h>

/* What stands for all beyond it until the block sets the state: the largest number of single precision. */
static const double runaway = FLT_MAX;

bool solve_is_linear_in_itself(const symbolic *s, const solve_system *system, const ir_value *outputs, uint32_t state) {
  bool *own = ARENA_ARRAY(s->b.arena, bool, system->rates->arg_count);
  own[state] = true;
  return symbolic_linearity(s, own, outputs[state]) <= 1;
}

bool solve_is_curved(arena *a, const solve_system *system, uint32_t state) {
  ir_value *outputs;
  const symbolic *s = solve_symbolic(a, system, &outputs);
  return !solve_is_linear_in_itself(s, system, outputs, state);
}

/* Whether states of the group may run away, and which. */
static bool find_upstrokes(const solve_group *g, bool *found) {
  const solve_system *system = g->system;
  bool any = false;
  for (uint32_t k = 0; k < g->count && system->is_upstroke != NULL && solve_may_stop(g); k++) {
    found[k] = system->is_upstroke[g->states[k]];
    any = any || found[k];
  }
  return any;
}

/* The method that is the first stage of this one; NULL: the method has one stage only. */
static const solve_method *first_stage(const solve_group *g, solver_kind solver) {
  solver_kind first = solver_rows[solver].first_stage;
  if (first == SOLVER_euler && g->system->noise_count)
    return &solve_method_euler_maruyama;
  return first == SOLVER_automatic ? NULL : solve_methods[first];
}

/* False for NaN. */
static ir_value is_within_reach(ir_builder *b, ir_value x) {
  return ir_binary(b, IR_OP_lt, ir_unary(b, IR_OP_abs, x), ir_number(b, runaway));
}

/* It was rising, and is now beyond reach. A state that was that large before has not been reset: it does not count. */
static ir_value has_run_away(const solve_group *g, uint32_t k) {
  ir_builder *b = g->b;
  ir_fragment own = *g->system->rates;
  own.outputs.data = &g->system->rates->outputs.data[g->states[k]];
  own.outputs.len = own.outputs.cap = 1;
  ir_value rate, start = g->values[g->states[k]];
  ir_inline(b, &own, g->values, &rate);
  ir_value was_rising = ir_binary(b, IR_OP_and, ir_binary(b, IR_OP_gt, rate, ir_number(b, 0)),
                                  ir_binary(b, IR_OP_lt, start, ir_number(b, runaway / 2)));
  return ir_binary(b, IR_OP_and, was_rising, ir_unary(b, IR_OP_not, is_within_reach(b, g->next[k])));
}

/* Whether the spike happens with these states. With `where` only elements for which that is true are looked at. */
static ir_value would_spike(const solve_group *g, const ir_value *states, ir_value where) {
  ir_builder *b = g->b;
  ir_value spikes;
  if (where != IR_NO_VALUE)
    ir_unary(b, IR_OP_skip_begin, where);
  solve_inline(g, g->system->stop, states, solve_time_after(g, 1), &spikes);
  if (where == IR_NO_VALUE)
    return spikes;
  ir_nullary(b, IR_OP_skip_end, 0);
  return ir_select(b, where, spikes, ir_bool(b, false));
}

static void take_first_stage(const solve_group *g, const solve_method *method, const bool *is_upstroke,
                             ir_value where) {
  solve_group first = *g;
  first.next = ARENA_ARRAY(g->b->arena, ir_value, g->count);
  method->expand(&first);
  for (uint32_t k = 0; k < g->count; k++)
    if (!is_upstroke[k]) {
      solve_at_state(g, k);
      g->next[k] = ir_select(g->b, where, first.next[k], g->next[k]);
    }
}

void solve_end_upstroke(const solve_group *g, solver_kind solver) {
  ir_builder *b = g->b;
  bool *is_upstroke = ARENA_ARRAY(b->arena, bool, g->count);
  bool has_substeps = solver == SOLVER_adaptive || solver == SOLVER_implicit;
  if (has_substeps || solver == SOLVER_euler_in_order || !find_upstrokes(g, is_upstroke))
    return; /* `euler in order` is for published schemes, whose formula stays as it is */
  const solve_method *first = first_stage(g, solver);
  ir_value any = ir_bool(b, false), *away = ARENA_ARRAY(b->arena, ir_value, g->count);
  for (uint32_t k = 0; k < g->count; k++) {
    if (!is_upstroke[k])
      continue;
    solve_at_state(g, k);
    away[k] = has_run_away(g, k);
    g->next[k] = ir_select(b, away[k], ir_number(b, runaway), g->next[k]);
    any = ir_binary(b, IR_OP_or, any, away[k]);
  }
  bool keeps_formula =
      solver != SOLVER_exponential_midpoint; /* whose tangent in the middle of an upstroke means nothing */
  ir_value spikes = would_spike(g, g->next, keeps_formula ? any : IR_NO_VALUE);
  ir_value is_lost = ir_unary(b, IR_OP_not, spikes);
  for (uint32_t k = 0; k < g->count; k++)
    if (is_upstroke[k]) {
      solve_at_state(g, k);
      g->next[k] = ir_select(b, ir_binary(b, IR_OP_and, away[k], is_lost), ir_number(b, INFINITY), g->next[k]);
    }
  if (first != NULL)
    take_first_stage(g, first, is_upstroke, spikes);
}
