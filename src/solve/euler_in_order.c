/* SPDX-License-Identifier: MIT */
/* euler_in_order.c - Euler's method in the order of the text: each equation sees the new values of those
 * before it, as much published code does. */
#include "solve/equations.h"
#include "solve/solve_internal.h"

static void expand(const solve_group *g) {
  ir_builder *b = g->b;
  arena *a = b->arena;
  ir_value *args = ARENA_ARRAY(a, ir_value, g->system->rates->arg_count);
  for (uint32_t i = 0; i < g->system->rates->arg_count; i++)
    args[i] = g->values[i];
  for (uint32_t k = 0; k < g->count; k++) {
    ir_fragment own = *g->system->rates;
    own.outputs.data = &g->system->rates->outputs.data[g->states[k]];
    own.outputs.len = own.outputs.cap = 1;
    ir_value rate;
    solve_at_state(g, k);
    ir_inline(b, &own, args, &rate);
    g->next[k] = plus(b, args[g->states[k]], scaled(b, g->system->dt, rate));
    bool is_held = g->held[k] != IR_NO_VALUE;
    args[g->states[k]] = is_held ? ir_select(b, g->held[k], args[g->states[k]], g->next[k]) : g->next[k];
  }
}

const solve_method solve_method_euler_in_order = {expand, solve_refuses_noise};
