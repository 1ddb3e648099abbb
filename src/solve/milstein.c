/* SPDX-License-Identifier: MIT */
/* milstein.c - x(t + dt) = x + dt f + g dW + 1/2 sum_kl (L^k g_l) (dW_k dW_l - [k = l] dt), which needs no other
 * random numbers where the noises commute: L^k g_l = L^l g_k (Milstein 1975, doi 10.1137/1119062). */
#include "solve/stochastic.h"

#include <math.h>

/* dW_k dW_l - [k = l] dt, divided by dt. */
static ir_value gauss_product(const solve_group *g, uint32_t k, uint32_t l) {
  ir_value product = times(g->b, g->gauss[k], g->gauss[l]);
  return k == l ? minus(g->b, product, ir_number(g->b, 1)) : product;
}

static ir_value correction_of(const solve_group *g, const ir_value *tensor, uint32_t i) {
  ir_builder *b = g->b;
  uint32_t m = g->system->noise_count;
  ir_value sum = IR_NO_VALUE;
  for (uint32_t k = 0; k < m; k++)
    for (uint32_t l = 0; l < m; l++) {
      ir_value factor = tensor[(i * m + k) * m + l];
      if (!is_number(b, factor, 0))
        accumulate(b, &sum, times(b, factor, gauss_product(g, k, l)));
    }
  return sum == IR_NO_VALUE ? sum : scaled(b, g->system->dt / 2, sum);
}

static void expand(const solve_group *g) {
  ir_builder *b = g->b;
  uint32_t n = g->count, m = g->system->noise_count;
  solve_method_euler_maruyama.expand(g);
  stochastic st = stochastic_of(b->arena, g->system, g->states, n);
  ir_value *tensor = stochastic_correction(&st, g->states);
  ir_value *values = ARENA_ARRAY(b->arena, ir_value, (size_t)n * m * m);
  solve_inline(g, symbolic_fragment(st.s, tensor, n * m * m), solve_start(g), solve_time(g), values);
  for (uint32_t i = 0; i < n; i++) {
    solve_at_state(g, i);
    ir_value correction = correction_of(g, values, i);
    if (correction != IR_NO_VALUE)
      g->next[i] = plus(b, g->next[i], correction);
  }
}

/* Whether [k][l] and [l][k] are the same function, by their values at some points: that two expressions are
 * equal cannot be decided by their form, and unequal ones differ almost everywhere. */
static bool commutes(const ir_fragment *tensor, uint32_t n, uint32_t m) {
  enum { POINTS = 5 };
  arena *a = arena_new();
  double *args = ARENA_ARRAY(a, double, tensor->arg_count);
  double *x = ARENA_ARRAY(a, double, (size_t)n *m *m);
  uint64_t random = 1;
  bool is_equal = true;
  for (uint32_t point = 0; point < POINTS; point++) {
    for (uint32_t i = 0; i < tensor->arg_count; i++) {
      random = random * 6364136223846793005ULL + 1442695040888963407ULL;
      args[i] = 0.1 + 0x1p-53 * (double)(random >> 11);
    }
    solve_evaluate(tensor, args, x);
    for (uint32_t i = 0; i < n; i++)
      for (uint32_t k = 0; k < m; k++)
        for (uint32_t l = 0; l < k; l++) {
          double kl = x[(i * m + k) * m + l], lk = x[(i * m + l) * m + k];
          is_equal = is_equal && !(fabs(kl - lk) > 1e-9 * (fabs(kl) + fabs(lk)));
        }
  }
  arena_free(a);
  return is_equal;
}

static const char *refuses(arena *a, const solve_system *system, uint32_t state) {
  uint32_t *states = ARENA_ARRAY(a, uint32_t, system->n), n = 0;
  for (uint32_t i = 0; i < system->n; i++)
    if (i == state || system->solver[i] == SOLVER_milstein)
      states[n++] = i;
  stochastic st = stochastic_of(a, system, states, n);
  ir_value *tensor = stochastic_correction(&st, states);
  uint32_t m = system->noise_count;
  return commutes(symbolic_fragment(st.s, tensor, n * m * m), n, m)
             ? NULL
             : "its noises do not commute (each changes how strongly another acts); use euler_maruyama or heun";
}

const solve_method solve_method_milstein = {expand, refuses};
