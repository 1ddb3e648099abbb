/* SPDX-License-Identifier: MIT */
/* joined.c - which states belong together: one's rate or noise depends on the other, they share a noise, or a reaction
 * moves both; and whatever is joined through others. */
#include "solve/equations.h"
#include "solve/solve_internal.h"
#include "support/disjoint.h"

bool *solve_dependences(arena *a, const solve_system *system, const uint32_t *states, uint32_t count) {
  ir_value *outputs, *own = ARENA_ARRAY(a, ir_value, 1 + system->noise_count);
  symbolic *s = solve_symbolic(a, system, &outputs);
  bool *reads = ARENA_ARRAY(a, bool, (size_t)count *count), *is_read = ARENA_ARRAY(a, bool, system->rates->arg_count);
  for (uint32_t r = 0; r < count; r++) {
    own[0] = outputs[states[r]];
    for (uint32_t k = 0; k < system->noise_count; k++)
      own[1 + k] = outputs[solve_noise_output(system, states[r], k)];
    memset(is_read, 0, system->rates->arg_count * sizeof *is_read);
    symbolic_mark_read(s, own, 1 + system->noise_count, is_read);
    for (uint32_t c = 0; c < count; c++)
      reads[r * count + c] = is_read[states[c]];
  }
  return reads;
}

/* Sets of states, and of what joins them: noises, reactions, and operations that depend on states. */
typedef struct {
  const solve_system *system;
  const symbolic *s;
  const bool *depends; /* per operation: on a state of the set */
  uint32_t *root;      /* disjoint.h: the states first, then noises, reactions, operations */
  uint32_t first_noise, first_flow, first_op;
} joining;

/* Whatever reads what another reads is joined with it; the operations say so, each for itself. */
static void join_operations(const joining *j, const uint32_t *place_of) {
  uint32_t len = j->s->fragment->body->ops.len;
  for (uint32_t v = 0; v < len; v++) {
    const ir_op *op = symbolic_op_of(j->s, v);
    bool is_argument = op->op == IR_OP_arg || op->op == IR_OP_barg;
    if (j->depends[v] && is_argument)
      disjoint_join(j->root, j->first_op + v, place_of[op->aux]);
    for (uint32_t k = 0; j->depends[v] && k < ir_op_arg_count(op); k++)
      if (j->depends[op->args[k]])
        disjoint_join(j->root, j->first_op + v, j->first_op + op->args[k]);
  }
}

static void join_output(const joining *j, uint32_t k, ir_value output) {
  if (j->depends[output])
    disjoint_join(j->root, k, j->first_op + output);
}

static void join_state(const joining *j, uint32_t k, uint32_t state, const ir_value *outputs) {
  const solve_system *system = j->system;
  join_output(j, k, outputs[state]);
  for (uint32_t noise = 0; noise < system->noise_count; noise++) {
    ir_value factor = outputs[solve_noise_output(system, state, noise)];
    join_output(j, k, factor);
    if (!symbolic_is_number(j->s, factor, 0))
      disjoint_join(j->root, k, j->first_noise + noise);
  }
  for (uint32_t flow = 0; flow < system->flow_count; flow++)
    if (system->gain[state * system->flow_count + flow] != 0)
      disjoint_join(j->root, k, j->first_flow + flow);
}

void solve_find_joined(arena *a, const solve_system *system, const uint32_t *states, uint32_t count,
                       uint32_t *part_of) {
  ir_value *outputs;
  symbolic *s = solve_symbolic(a, system, &outputs);
  bool *in_set = ARENA_ARRAY(a, bool, system->rates->arg_count);
  uint32_t *place_of = ARENA_ARRAY(a, uint32_t, system->rates->arg_count);
  for (uint32_t k = 0; k < count; k++) {
    in_set[states[k]] = true;
    place_of[states[k]] = k;
  }
  joining j = {.system = system, .s = s, .depends = symbolic_dependence(s, in_set)};
  j.first_noise = count;
  j.first_flow = j.first_noise + system->noise_count;
  j.first_op = j.first_flow + system->flow_count;
  uint32_t len = j.first_op + s->fragment->body->ops.len;
  j.root = ARENA_ARRAY(a, uint32_t, len);
  for (uint32_t i = 0; i < len; i++)
    j.root[i] = i;
  join_operations(&j, place_of);
  for (uint32_t k = 0; k < count; k++)
    join_state(&j, k, states[k], outputs);
  for (uint32_t k = 0; k < count; k++)
    part_of[k] = disjoint_root(j.root, k);
}
