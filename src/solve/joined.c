/* SPDX-License-Identifier: MIT */
/* joined.c - which states belong together: one's rate or noise depends on the other, they share a noise, or a reaction
 * moves both; and whatever is joined through others. */
#include "solve/equations.h"
#include "solve/solve_internal.h"

static bool share_noise(const solve_system *system, const symbolic *s, const ir_value *outputs, uint32_t x,
                        uint32_t y) {
  for (uint32_t k = 0; k < system->noise_count; k++)
    if (!symbolic_is_number(s, outputs[solve_noise_output(system, x, k)], 0) &&
        !symbolic_is_number(s, outputs[solve_noise_output(system, y, k)], 0))
      return true;
  return false;
}

static bool share_reaction(const solve_system *system, uint32_t x, uint32_t y) {
  uint32_t flows = system->flow_count;
  for (uint32_t j = 0; j < flows; j++)
    if (system->gain[x * flows + j] != 0 && system->gain[y * flows + j] != 0)
      return true;
  return false;
}

bool *solve_dependences(arena *a, const solve_system *system, const uint32_t *states, uint32_t count) {
  ir_value *outputs;
  symbolic *s = solve_symbolic(a, system, &outputs);
  bool *reads = ARENA_ARRAY(a, bool, (size_t)count *count), *in_set = ARENA_ARRAY(a, bool, system->rates->arg_count);
  for (uint32_t c = 0; c < count; c++) {
    in_set[states[c]] = true;
    const bool *depends = symbolic_dependence(s, in_set);
    in_set[states[c]] = false;
    for (uint32_t r = 0; r < count; r++) {
      bool *it = &reads[r * count + c];
      *it = depends[outputs[states[r]]];
      for (uint32_t k = 0; k < system->noise_count; k++)
        *it = *it || depends[outputs[solve_noise_output(system, states[r], k)]];
    }
  }
  return reads;
}

void solve_find_joined(arena *a, const solve_system *system, const uint32_t *states, uint32_t count,
                       uint32_t *part_of) {
  ir_value *outputs;
  symbolic *s = solve_symbolic(a, system, &outputs);
  const bool *reads = solve_dependences(a, system, states, count);
  for (uint32_t k = 0; k < count; k++)
    part_of[k] = k;
  for (uint32_t r = 0; r < count; r++)
    for (uint32_t c = 0; c < count; c++) {
      uint32_t from = part_of[r], to = part_of[c];
      if (from != to && (reads[r * count + c] || share_noise(system, s, outputs, states[r], states[c]) ||
                         share_reaction(system, states[r], states[c])))
        for (uint32_t k = 0; k < count; k++)
          part_of[k] = part_of[k] == from ? to : part_of[k];
    }
}
