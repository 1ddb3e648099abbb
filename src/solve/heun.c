/* SPDX-License-Identifier: MIT */
/* heun.c - the explicit trapezoidal rule; with noise the stochastic Heun method, which converges to
 * Stratonovich's solution: Ito's f becomes f - 1/2 sum_k sum_j g_jk dg_ik/dx_j first (Kloeden and Platen 1992,
 * doi 10.1007/978-3-662-12616-5, chapter 4.9 and 15.5). */
#include "solve/stochastic.h"

/* Outputs: the (converted) terms, then the noise coefficients. */
static ir_fragment *converted(const solve_group *g) {
  uint32_t n = g->count, m = g->system->noise_count, terms = g->term_count;
  arena *a = g->b->arena;
  stochastic st = stochastic_of(a, g->system, g->states, n);
  ir_value *tensor = stochastic_correction(&st, g->states);
  ir_value *outputs = ARENA_ARRAY(a, ir_value, terms + (size_t)n * m);
  for (uint32_t t = 0; t < terms; t++)
    outputs[t] = st.outputs[g->terms[t].output];
  for (uint32_t i = 0; i < n; i++) {
    if (g->own_term[i] == UINT32_MAX)
      continue;
    ir_value drift = symbolic_number(st.s, 0);
    for (uint32_t k = 0; k < m; k++)
      drift = sym_add(st.s, drift, tensor[(i * m + k) * m + k]);
    ir_value *own = &outputs[g->own_term[i]];
    *own = sym_sub(st.s, *own, sym_mul(st.s, sym_num(st.s, 0.5), drift));
  }
  if (m != 0)
    memcpy(outputs + terms, st.g, (size_t)n * m * sizeof *outputs);
  return symbolic_fragment(st.s, outputs, terms + n * m);
}

/* dt f + g dW at these states, per term. */
static void increment(const solve_group *g, const ir_fragment *f, const ir_value *states, ir_value t, ir_value *out) {
  ir_builder *b = g->b;
  ir_value *values = ARENA_ARRAY(b->arena, ir_value, f->outputs.len);
  solve_inline(g, f, states, t, values);
  ir_value *increments = ARENA_ARRAY(b->arena, ir_value, g->count);
  memcpy(out, solve_changes(g, 1, values), g->term_count * sizeof *out);
  stochastic_increments(g, values + g->term_count, increments);
  for (uint32_t k = 0; k < g->count; k++)
    if (increments[k] != IR_NO_VALUE) {
      solve_at_state(g, k);
      out[g->own_term[k]] = plus(b, out[g->own_term[k]], increments[k]);
    }
}

static void expand(const solve_group *g) {
  const solve_tableau *tableau = solve_tableau_of(SOLVER_heun);
  double weight = tableau->weights[tableau->stages][0]; /* of both stages */
  ir_builder *b = g->b;
  arena *a = b->arena;
  const ir_fragment *f = converted(g);
  ir_value *start = solve_start(g), *predicted = ARENA_ARRAY(a, ir_value, g->count);
  ir_value *first = ARENA_ARRAY(a, ir_value, g->term_count), *second = ARENA_ARRAY(a, ir_value, g->term_count);
  increment(g, f, start, solve_time(g), first);
  solve_move_free(g, start, first, predicted);
  increment(g, f, predicted, solve_time_after(g, tableau->shares[1]), second);
  for (uint32_t t = 0; t < g->term_count; t++) {
    solve_at_term(g, t);
    first[t] = scaled(b, weight, plus(b, first[t], second[t]));
  }
  solve_move(g, start, first, g->next);
}

const solve_method solve_method_heun = {expand, solve_refuses_nothing};
