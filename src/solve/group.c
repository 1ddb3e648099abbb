/* SPDX-License-Identifier: MIT */
/* group.c - what solvers share: rates at a stage, questions about equations. */
#include "solve/equations.h"
#include "solve/solve_internal.h"

#include <stdlib.h>

uint32_t solve_noise_output(const solve_system *system, uint32_t state, uint32_t k) {
  return system->n + state * system->noise_count + k;
}

symbolic *solve_symbolic(arena *a, const solve_system *system, ir_value **outputs) {
  symbolic *s = symbolic_new(a, system->rates->arg_count);
  *outputs = ARENA_ARRAY(a, ir_value, system->rates->outputs.len);
  symbolic_copy(s, system->rates, NULL, *outputs);
  return s;
}

bool solve_has_noise(const symbolic *s, const solve_system *system, const ir_value *outputs, uint32_t state) {
  for (uint32_t k = 0; k < system->noise_count; k++)
    if (!symbolic_is_number(s, outputs[solve_noise_output(system, state, k)], 0))
      return true;
  return false;
}

static bool is_noisy(arena *a, const solve_system *system, uint32_t state) {
  ir_value *outputs;
  if (system->noise_count == 0)
    return false;
  const symbolic *s = solve_symbolic(a, system, &outputs);
  return solve_has_noise(s, system, outputs, state);
}

static const char *refuses_automatic(arena *a, const solve_system *system, uint32_t state) {
  (void)a, (void)system, (void)state;
  return "no method is chosen";
}

/* Choosing comes before solving; a group never has this. */
const solve_method solve_method_automatic = {NULL, refuses_automatic};

const char *solve_refuses_nothing(arena *a, const solve_system *system, uint32_t state) {
  (void)a, (void)system, (void)state;
  return NULL;
}

const char *solve_refuses_noise(arena *a, const solve_system *system, uint32_t state) {
  return is_noisy(a, system, state)
             ? "the equation has noise; use euler_maruyama, heun or milstein (or exact where it is linear)"
             : NULL;
}

static void go_to(ir_builder *b, span at) {
  if (at.file != SPAN_NONE.file)
    b->at = at;
}

static span span_of(const solve_group *g, uint32_t k) {
  return g->system->at == NULL ? SPAN_NONE : g->system->at[g->states[k]];
}

void solve_at_state(const solve_group *g, uint32_t k) { go_to(g->b, span_of(g, k)); }

void solve_at_term(const solve_group *g, uint32_t t) { go_to(g->b, g->terms[t].at); }

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

void solve_inline(const solve_group *g, const ir_fragment *f, const ir_value *states, ir_value t, ir_value *outputs) {
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
  for (uint32_t k = 0; k < g->term_count; k++)
    vec_push(a, &own.outputs, g->system->rates->outputs.data[g->terms[k].output]);
  solve_inline(g, &own, states, t, rates);
}

/* ---- terms ---- */

/* The output that is the rate of a state without reactions. */
static uint32_t own_output(const solve_system *system, uint32_t state) {
  for (uint32_t j = 0; j < system->flow_count; j++)
    if (system->gain[state * system->flow_count + j] != 0)
      return system->n * (1 + system->noise_count) + state;
  return state;
}

static bool is_plainly_zero(const ir_fragment *f, uint32_t output) {
  const ir_op *op = &f->body->ops.data[f->outputs.data[output]];
  return op->op == IR_OP_const && op->number == 0;
}

static bool has_own_term(arena *a, const solve_system *system, uint32_t state) {
  uint32_t output = own_output(system, state);
  return output == state || !is_plainly_zero(system->rates, output) ||
         (system->noise_count && is_noisy(a, system, state));
}

static void find_held(solve_group *g) {
  const solve_system *system = g->system;
  ir_value *held = ARENA_ARRAY(g->b->arena, ir_value, g->count);
  for (uint32_t k = 0; k < g->count; k++) {
    held[k] = IR_NO_VALUE;
    for (uint32_t i = 0; i < g->count && system->held != NULL && system->held[g->states[k]] != IR_NO_VALUE; i++)
      if (i != k && solve_depends(g->b->arena, system->rates, g->states[i], g->states[k]))
        held[k] = system->held[g->states[k]];
  }
  g->held = held;
}

void solve_find_terms(solve_group *g) {
  arena *a = g->b->arena;
  const solve_system *system = g->system;
  solve_term *terms = ARENA_ARRAY(a, solve_term, g->count + system->flow_count);
  uint32_t *own = ARENA_ARRAY(a, uint32_t, g->count);
  g->term_count = 0;
  for (uint32_t k = 0; k < g->count; k++) {
    own[k] = UINT32_MAX;
    if (!has_own_term(a, system, g->states[k]))
      continue;
    int32_t *gain = ARENA_ARRAY(a, int32_t, g->count);
    gain[k] = 1;
    own[k] = g->term_count;
    terms[g->term_count++] = (solve_term){own_output(system, g->states[k]), gain, k, k + 1, span_of(g, k)};
  }
  for (uint32_t j = 0; j < system->flow_count; j++) {
    int32_t *gain = ARENA_ARRAY(a, int32_t, g->count);
    bool is_used = false;
    for (uint32_t k = 0; k < g->count; k++) {
      gain[k] = system->gain[g->states[k] * system->flow_count + j];
      is_used = is_used || gain[k] != 0;
    }
    uint32_t output = system->n * (2 + system->noise_count) + j;
    if (is_used)
      terms[g->term_count++] = (solve_term){output, gain, 0, g->count,
                                            system->rates->body->ops.data[system->rates->outputs.data[output]].at};
  }
  g->terms = terms;
  g->own_term = own;
  find_held(g);
}

static void move(const solve_group *g, const ir_value *start, const ir_value *changes, ir_value *states) {
  ir_builder *b = g->b;
  for (uint32_t k = 0; k < g->count; k++) {
    ir_value x = start[k];
    solve_at_state(g, k);
    for (uint32_t t = 0; t < g->term_count; t++) {
      int32_t gain = g->terms[t].gain[k];
      ir_value change = gain == 1 || gain == -1 || gain == 0 ? changes[t] : scaled(b, abs(gain), changes[t]);
      if (gain != 0)
        x = gain > 0 ? plus(b, x, change) : minus(b, x, change);
    }
    states[k] = x;
  }
}

static bool moves_several(const solve_term *term) {
  uint32_t count = 0;
  for (uint32_t k = term->first; k < term->end; k++)
    count += term->gain[k] != 0;
  return count > 1;
}

static ir_value largest_moved(const solve_group *g, const ir_value *start, const solve_term *term) {
  ir_value largest = IR_NO_VALUE;
  for (uint32_t k = term->first; k < term->end; k++) {
    if (term->gain[k] == 0)
      continue;
    ir_value size = ir_unary(g->b, IR_OP_abs, start[k]);
    largest = largest == IR_NO_VALUE ? size : ir_binary(g->b, IR_OP_max, largest, size);
  }
  return largest;
}

/* The change of a reaction, rounded to whole last places of the largest state that it moves. Then adding it rounds in
 * none of the states. Otherwise each state would round differently in each step, and their total would drift. A number
 * of 4 times that size has no finer bits, so adding and subtracting one rounds. */
static ir_value rounded(const solve_group *g, const ir_value *start, const solve_term *term, ir_value change) {
  ir_value largest = largest_moved(g, start, term), coarse = scaled(g->b, 4, largest);
  return minus(g->b, plus(g->b, change, coarse), coarse);
}

void solve_move(const solve_group *g, const ir_value *start, const ir_value *changes, ir_value *states) {
  ir_value *extents = ARENA_ARRAY(g->b->arena, ir_value, g->term_count);
  for (uint32_t t = 0; t < g->term_count; t++) {
    solve_at_term(g, t);
    extents[t] = moves_several(&g->terms[t]) ? rounded(g, start, &g->terms[t], changes[t]) : changes[t];
  }
  move(g, start, extents, states);
}

void solve_move_free(const solve_group *g, const ir_value *start, const ir_value *changes, ir_value *states) {
  move(g, start, changes, states);
  solve_stand(g, start, states);
}

void solve_stand(const solve_group *g, const ir_value *start, ir_value *states) {
  for (uint32_t k = 0; k < g->count; k++)
    if (g->held[k] != IR_NO_VALUE) {
      solve_at_state(g, k);
      states[k] = ir_select(g->b, g->held[k], start[k], states[k]);
    }
}

ir_value *solve_changes(const solve_group *g, double share, const ir_value *rates) {
  ir_value *changes = ARENA_ARRAY(g->b->arena, ir_value, g->term_count);
  for (uint32_t t = 0; t < g->term_count; t++) {
    solve_at_term(g, t);
    changes[t] = scaled(g->b, share * g->system->dt, rates[t]);
  }
  return changes;
}

/* ---- how terms act on each other ---- */

ir_fragment *solve_slope_fragment(const solve_group *g) {
  arena *a = g->b->arena;
  uint32_t n = g->term_count, columns = g->count + 1;
  ir_value *outputs, *wanted = ARENA_ARRAY(a, ir_value, (size_t)n * columns);
  symbolic *s = solve_symbolic(a, g->system, &outputs);
  ir_value *rates = ARENA_ARRAY(a, ir_value, n), *column = ARENA_ARRAY(a, ir_value, n);
  for (uint32_t r = 0; r < n; r++)
    rates[r] = outputs[g->terms[r].output];
  for (uint32_t c = 0; c < columns; c++) {
    symbolic_derive(s, rates, n, c < g->count ? g->states[c] : g->system->n, column);
    for (uint32_t r = 0; r < n; r++)
      wanted[r * columns + c] = column[r];
  }
  return symbolic_fragment(s, wanted, n * columns);
}

ir_value *solve_slopes(const solve_group *g) {
  const ir_fragment *f = solve_slope_fragment(g);
  ir_value *slopes = ARENA_ARRAY(g->b->arena, ir_value, f->outputs.len);
  ir_inline(g->b, f, g->values, slopes);
  return slopes;
}

ir_value solve_effect(const solve_group *g, const ir_value *slopes, uint32_t r, uint32_t c) {
  ir_builder *b = g->b;
  ir_value sum = IR_NO_VALUE;
  for (uint32_t k = g->terms[c].first; k < g->terms[c].end; k++) {
    ir_value x = slopes[(size_t)r * (g->count + 1) + k];
    int32_t gain = g->terms[c].gain[k];
    if (gain == 0 || is_number(b, x, 0))
      continue;
    if (g->held[k] != IR_NO_VALUE)
      x = ir_select(b, g->held[k], ir_number(b, 0), x);
    accumulate(b, &sum, gain == 1 ? x : scaled(b, gain, x));
  }
  return sum;
}
