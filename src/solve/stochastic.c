/* SPDX-License-Identifier: MIT */
#include "solve/stochastic.h"

#include <math.h>

stochastic stochastic_of(arena *a, const solve_system *system, const uint32_t *states, uint32_t n) {
  stochastic st = {.n = n, .noises = system->noise_count};
  st.s = solve_symbolic(a, system, &st.outputs);
  st.g = ARENA_ARRAY(a, ir_value, (size_t)n * st.noises);
  for (uint32_t i = 0; i < n; i++)
    for (uint32_t k = 0; k < st.noises; k++)
      st.g[i * st.noises + k] = st.outputs[solve_noise_output(system, states[i], k)];
  return st;
}

ir_value *stochastic_correction(stochastic *st, const uint32_t *states) {
  arena *a = st->s->b.arena;
  uint32_t n = st->n, m = st->noises;
  ir_value *tensor = ARENA_ARRAY(a, ir_value, (size_t)n * m * m);
  ir_value *slope = ARENA_ARRAY(a, ir_value, (size_t)n * m);
  for (uint32_t i = 0; i < n * m * m; i++)
    tensor[i] = symbolic_number(st->s, 0);
  for (uint32_t j = 0; j < n; j++) {
    symbolic_derive(st->s, st->g, n * m, states[j], slope);
    for (uint32_t i = 0; i < n; i++)
      for (uint32_t k = 0; k < m; k++)
        for (uint32_t l = 0; l < m; l++) {
          ir_value *entry = &tensor[(i * m + k) * m + l];
          *entry = sym_add(st->s, *entry, sym_mul(st->s, st->g[j * m + k], slope[i * m + l]));
        }
  }
  return tensor;
}

void stochastic_increments(const solve_group *group, const ir_value *g, ir_value *out) {
  ir_builder *b = group->b;
  uint32_t m = group->system->noise_count;
  for (uint32_t i = 0; i < group->count; i++) {
    ir_value sum = IR_NO_VALUE;
    solve_at_state(group, i);
    for (uint32_t k = 0; k < m; k++)
      if (!is_number(b, g[i * m + k], 0))
        accumulate(b, &sum, times(b, g[i * m + k], group->gauss[k]));
    out[i] = sum == IR_NO_VALUE ? sum : scaled(b, sqrt(group->system->dt), sum);
  }
}
