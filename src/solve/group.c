/* SPDX-License-Identifier: MIT */
/* group.c - what solvers share: rates at a stage, questions about equations. */
#include "solve/solve_internal.h"

uint32_t solve_noise_output(const solve_system *system, uint32_t state, uint32_t k) {
  return system->n + state * system->noise_count + k;
}

symbolic *solve_symbolic(arena *a, const solve_system *system, ir_value **outputs) {
  symbolic *s = symbolic_new(a, system->rates->arg_count);
  *outputs = ARENA_ARRAY(a, ir_value, system->rates->outputs.len);
  symbolic_copy(s, system->rates, NULL, *outputs);
  return s;
}

bool solve_is_noisy(arena *a, const solve_system *system, uint32_t state) {
  ir_value *outputs;
  symbolic *s = solve_symbolic(a, system, &outputs);
  for (uint32_t k = 0; k < system->noise_count; k++)
    if (!symbolic_is_number(s, outputs[solve_noise_output(system, state, k)], 0))
      return true;
  return false;
}

const char *solve_refuses_nothing(arena *a, const solve_system *system, uint32_t state) {
  (void)a, (void)system, (void)state;
  return NULL;
}

const char *solve_refuses_noise(arena *a, const solve_system *system, uint32_t state) {
  return solve_is_noisy(a, system, state)
             ? "the equation has noise; use euler_maruyama, heun or milstein (or exact where it is linear)"
             : NULL;
}

ir_value *solve_start(const solve_group *g) {
  ir_value *start = ARENA_ARRAY(g->b->arena, ir_value, g->count);
  for (uint32_t k = 0; k < g->count; k++)
    start[k] = g->values[g->states[k]];
  return start;
}

ir_value solve_time(const solve_group *g) { return g->values[g->system->n]; }

ir_value solve_time_after(const solve_group *g, double share) {
  return plus(g->b, solve_time(g), ir_number(g->b, share * g->system->dt));
}

void solve_inline(const solve_group *g, const ir_fragment *f, const ir_value *states, ir_value t,
                  ir_value *outputs) {
  ir_value *args = ARENA_ARRAY(g->b->arena, ir_value, f->arg_count);
  for (uint32_t i = 0; i < f->arg_count; i++)
    args[i] = g->values[i];
  for (uint32_t k = 0; k < g->count; k++)
    args[g->states[k]] = states[k];
  args[g->system->n] = t;
  ir_inline(g->b, f, args, outputs);
}

void solve_rates(const solve_group *g, const ir_value *states, ir_value t, ir_value *rates) {
  arena *a = g->b->arena;
  ir_fragment own = *g->system->rates;
  own.outputs.data = NULL;
  own.outputs.len = own.outputs.cap = 0;
  for (uint32_t k = 0; k < g->count; k++)
    vec_push(a, &own.outputs, g->system->rates->outputs.data[g->states[k]]);
  solve_inline(g, &own, states, t, rates);
}
