/* SPDX-License-Identifier: MIT */
/* heun.c - the explicit trapezoidal rule; with noise the stochastic Heun method, which converges to
 * Stratonovich's solution: Ito's f becomes f - 1/2 sum_k sum_j g_jk dg_ik/dx_j first (Kloeden and Platen 1992,
 * doi 10.1007/978-3-662-12616-5, chapter 4.9 and 15.5). */
#include "solve/stochastic.h"

/* Outputs: the (converted) rates, then the noise coefficients. */
static ir_fragment *converted(const solve_group *g) {
  uint32_t n = g->count, m = g->system->noise_count;
  arena *a = g->b->arena;
  stochastic st = stochastic_of(a, g->system, g->states, n);
  ir_value *tensor = stochastic_correction(&st, g->states);
  ir_value *outputs = ARENA_ARRAY(a, ir_value, (size_t)n * (1 + m));
  for (uint32_t i = 0; i < n; i++) {
    ir_value drift = symbolic_number(st.s, 0);
    for (uint32_t k = 0; k < m; k++)
      drift = sym_add(st.s, drift, tensor[(i * m + k) * m + k]);
    outputs[i] = sym_sub(st.s, st.rates[i], sym_mul(st.s, sym_num(st.s, 0.5), drift));
  }
  if (m != 0)
    memcpy(outputs + n, st.g, (size_t)n * m * sizeof *outputs);
  return symbolic_fragment(st.s, outputs, n + n * m);
}

/* dt f + g dW at these states. */
static void increment(const solve_group *g, const ir_fragment *f, const ir_value *states, ir_value t,
                      ir_value *out) {
  ir_builder *b = g->b;
  ir_value *values = ARENA_ARRAY(b->arena, ir_value, f->outputs.len);
  solve_inline(g, f, states, t, values);
  stochastic_increments(g, values + g->count, out);
  for (uint32_t i = 0; i < g->count; i++) {
    ir_value drift = scaled(b, g->system->dt, values[i]);
    out[i] = out[i] == IR_NO_VALUE ? drift : plus(b, drift, out[i]);
  }
}

static void expand(const solve_group *g) {
  ir_builder *b = g->b;
  arena *a = b->arena;
  const ir_fragment *f = converted(g);
  ir_value *start = solve_start(g), *predicted = ARENA_ARRAY(a, ir_value, g->count);
  ir_value *first = ARENA_ARRAY(a, ir_value, g->count), *second = ARENA_ARRAY(a, ir_value, g->count);
  increment(g, f, start, solve_time(g), first);
  for (uint32_t i = 0; i < g->count; i++)
    predicted[i] = plus(b, start[i], first[i]);
  increment(g, f, predicted, solve_time_after(g, 1), second);
  for (uint32_t i = 0; i < g->count; i++)
    g->next[i] = plus(b, start[i], scaled(b, 0.5, plus(b, first[i], second[i])));
}

const solve_method solve_method_heun = {expand, solve_refuses_nothing};
