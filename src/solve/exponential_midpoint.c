/* SPDX-License-Identifier: MIT */
/* exponential_midpoint.c - the exponential Euler method with what others are at the middle of the step, of order 2
 * (Sundnes, Artebrant, Skavhaug and Tveito 2009, doi 10.1109/TBME.2009.2014739):
 *
 *   y = x + dt/2 exprel(a dt/2) f(t, x), a = df/dx
 *   x(t + dt) = x + dt exprel(a dt) (f(t + dt/2, y) + a (x - y)), a at y
 *
 * A state that no other reads is x in the middle as well; one that neither others nor t act on is through with the
 * exponential Euler step, which is exact for it where it is linear. */
#include "solve/equations.h"
#include "solve/solve_internal.h"

typedef struct {
  const solve_group *g;
  bool *is_read;        /* per state: by another */
  bool *is_curved;      /* its equation is not linear in it */
  bool *is_independent; /* nothing else enters its equation */
  ir_fragment *rates;   /* rates, then slopes by the own state */
} midpoint;

static ir_fragment *rates_and_slopes(const solve_group *g) {
  arena *a = g->b->arena;
  ir_value *outputs, *wanted = ARENA_ARRAY(a, ir_value, 2 * (size_t)g->count);
  symbolic *s = solve_symbolic(a, g->system, &outputs);
  for (uint32_t k = 0; k < g->count; k++) {
    wanted[k] = outputs[g->states[k]];
    symbolic_derive(s, &wanted[k], 1, g->states[k], &wanted[g->count + k]);
  }
  return symbolic_fragment(s, wanted, 2 * g->count);
}

static midpoint look(const solve_group *g) {
  arena *a = g->b->arena;
  midpoint m = {g, ARENA_ARRAY(a, bool, g->count), ARENA_ARRAY(a, bool, g->count), ARENA_ARRAY(a, bool, g->count),
                rates_and_slopes(g)};
  const bool *reads = solve_dependences(a, g->system, g->states, g->count);
  for (uint32_t r = 0; r < g->count; r++) {
    m.is_curved[r] = solve_is_curved(a, g->system, g->states[r]);
    m.is_independent[r] = !solve_depends(a, g->system->rates, g->states[r], g->system->n);
    for (uint32_t c = 0; c < g->count; c++)
      if (c != r && reads[r * g->count + c]) {
        m.is_read[c] = true;
        m.is_independent[r] = false;
      }
  }
  return m;
}

/* share dt exprel(a share dt) f */
static ir_value grown(const solve_group *g, double share, ir_value a, ir_value f) {
  ir_builder *b = g->b;
  double dt = share * g->system->dt;
  if (is_number(b, a, 0))
    return scaled(b, dt, f);
  ir_value exponent = times(b, a, ir_number(b, dt));
  return times(b, scaled(b, dt, ir_math(b, "exprel", &exponent, 1)), f);
}

static ir_value at_middle(const midpoint *m, uint32_t k, ir_value start, const ir_value *first) {
  const solve_group *g = m->g;
  ir_value moved = plus(g->b, start, grown(g, 0.5, first[g->count + k], first[k]));
  return g->held[k] == IR_NO_VALUE ? moved : ir_select(g->b, g->held[k], start, moved);
}

/* Where the tangent in the middle says that a state falls which rises at the start and there, growth is too fast for
 * it: the exponential Euler step is taken. */
static ir_value unless_it_turns(const midpoint *m, uint32_t k, ir_value start, const ir_value *first,
                                ir_value middle_rate, ir_value tangent_rate, ir_value next) {
  const solve_group *g = m->g;
  ir_builder *b = g->b;
  ir_value zero = ir_number(b, 0), is_rising = ir_binary(b, IR_OP_gt, first[k], zero);
  is_rising = ir_binary(b, IR_OP_and, is_rising, ir_binary(b, IR_OP_gt, middle_rate, zero));
  ir_value turns =
      ir_binary(b, IR_OP_and, is_rising, ir_unary(b, IR_OP_not, ir_binary(b, IR_OP_gt, tangent_rate, zero)));
  return ir_select(b, turns, plus(b, start, grown(g, 1, first[g->count + k], first[k])), next);
}

static void expand(const solve_group *g) {
  ir_builder *b = g->b;
  uint32_t n = g->count;
  midpoint m = look(g);
  ir_value *start = solve_start(g), *middle = ARENA_ARRAY(b->arena, ir_value, n);
  ir_value *first = ARENA_ARRAY(b->arena, ir_value, 2 * (size_t)n),
           *second = ARENA_ARRAY(b->arena, ir_value, 2 * (size_t)n);
  solve_inline(g, m.rates, start, solve_time(g), first);
  for (uint32_t k = 0; k < n; k++) {
    solve_at_state(g, k);
    middle[k] = m.is_read[k] ? at_middle(&m, k, start[k], first) : start[k];
  }
  solve_inline(g, m.rates, middle, solve_time_after(g, 0.5), second);
  for (uint32_t k = 0; k < n; k++) {
    const ir_value *at = m.is_independent[k] ? first : second;
    ir_value f = at[k], a = at[n + k];
    solve_at_state(g, k);
    if (!m.is_independent[k] && m.is_read[k] && !is_number(b, a, 0))
      f = plus(b, f, times(b, a, minus(b, start[k], middle[k])));
    g->next[k] = plus(b, start[k], grown(g, 1, a, f));
    if (at == second && m.is_read[k] && m.is_curved[k])
      g->next[k] = unless_it_turns(&m, k, start[k], first, second[k], f, g->next[k]);
  }
}

const solve_method solve_method_exponential_midpoint = {expand, solve_refuses_noise};
