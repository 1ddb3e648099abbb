/* SPDX-License-Identifier: MIT */
/* exponential_euler.c - x(t + dt) = x + dt exprel(a dt) f(x), a = df/dx: exact where f is linear in x and all else
 * stands still (Rush and Larsen 1978, doi 10.1109/TBME.1978.326270). a may depend on the other states. */
#include "solve/equations.h"
#include "solve/solve_internal.h"

static ir_value advance(const solve_group *g, symbolic *s, ir_value rate, ir_value x, uint32_t state) {
  ir_builder *b = g->b;
  ir_value slope, a;
  symbolic_derive(s, &rate, 1, state, &slope);
  ir_inline(b, symbolic_fragment(s, &slope, 1), g->values, &a);
  ir_value f = IR_NO_VALUE;
  ir_fragment own = *g->system->rates;
  own.outputs.data = &g->system->rates->outputs.data[state];
  own.outputs.len = own.outputs.cap = 1;
  ir_inline(b, &own, g->values, &f);
  if (is_number(b, a, 0))
    return plus(b, x, scaled(b, g->system->dt, f));
  ir_value exponent = times(b, a, ir_number(b, g->system->dt));
  ir_value factor = scaled(b, g->system->dt, ir_math(b, "exprel", &exponent, 1));
  return plus(b, x, times(b, factor, f));
}

static void expand(const solve_group *g) {
  ir_value *outputs;
  symbolic *s = solve_symbolic(g->b->arena, g->system, &outputs);
  for (uint32_t k = 0; k < g->count; k++) {
    solve_at_state(g, k);
    g->next[k] = advance(g, s, outputs[g->states[k]], g->values[g->states[k]], g->states[k]);
  }
}

const solve_method solve_method_exponential_euler = {expand, solve_refuses_noise};
