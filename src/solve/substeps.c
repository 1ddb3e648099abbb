/* SPDX-License-Identifier: MIT */
/* substeps.c - as many sub-steps within a step as a method asks for, for each element by itself.
 *
 * A sub-step is tried and taken if it is good. In any case the method says how long the next one is. Where a step would
 * need more tries than allowed, the states become infinite, which stops the run.
 *
 * A spike's block may reset what its condition reads. Then the element's step ends behind the sub-step in which the
 * condition came true, because the equations' upstroke until the step's end would have no meaning. Lanes that have
 * finished wait for the others: their variables stand. */
#include "solve/substeps.h"
#include "solve/solve_internal.h"

#include <math.h>

ir_value solve_error(const solve_group *g, double tolerance, const ir_value *from, const ir_value *next,
                     const ir_value *changes) {
  ir_builder *b = g->b;
  ir_value largest = IR_NO_VALUE, *errors = ARENA_ARRAY(b->arena, ir_value, g->count);
  ir_value *nothing = ARENA_ARRAY(b->arena, ir_value, g->count);
  for (uint32_t i = 0; i < g->count; i++)
    nothing[i] = ir_number(b, 0);
  solve_move_free(g, nothing, changes, errors);
  for (uint32_t i = 0; i < g->count; i++) {
    solve_at_state(g, i);
    ir_value size = ir_binary(b, IR_OP_max, ir_unary(b, IR_OP_abs, from[i]), ir_unary(b, IR_OP_abs, next[i]));
    ir_value allowed = scaled(b, tolerance, ir_binary(b, IR_OP_max, size, ir_number(b, SOLVE_SMALLEST_SCALE)));
    ir_value error = over(b, ir_unary(b, IR_OP_abs, errors[i]), allowed);
    /* NaN must not be lost: max(a, b) is a where a > b, else b */
    largest = i == 0 ? error
                     : ir_select(b, ir_binary(b, IR_OP_gt, largest, error), largest,
                                 plus(b, error, times(b, ir_number(b, 0), largest)));
  }
  return largest;
}

/* NaN and infinite factors become a fifth. */
ir_value solve_growth(ir_builder *b, ir_value factor) {
  return ir_binary(b, IR_OP_min, ir_binary(b, IR_OP_max, scaled(b, 0.9, factor), ir_number(b, 0.2)), ir_number(b, 5));
}

/* ---- the loop ---- */

static uint32_t variable_count(const solve_substeps *s) { return 3 + s->g->count + s->carried_count; }

static ir_value *pack(const solve_substeps *s, const solve_position *p) {
  uint32_t n = s->g->count;
  ir_value *v = ARENA_ARRAY(s->g->b->arena, ir_value, variable_count(s));
  v[0] = p->done, v[1] = p->length, v[2] = p->count;
  memcpy(v + 3, p->states, n * sizeof *v);
  if (s->carried_count)
    memcpy(v + 3 + n, p->carried, s->carried_count * sizeof *v);
  return v;
}

static solve_position unpack(const solve_substeps *s, ir_value tuple) {
  ir_builder *b = s->g->b;
  uint32_t n = s->g->count;
  solve_position p = {ir_get(b, tuple, 0), ir_get(b, tuple, 1), ir_get(b, tuple, 2), ARENA_ARRAY(b->arena, ir_value, n),
                      ARENA_ARRAY(b->arena, ir_value, s->carried_count)};
  for (uint32_t i = 0; i < n; i++)
    p.states[i] = ir_get(b, tuple, 3 + i);
  for (uint32_t i = 0; i < s->carried_count; i++)
    p.carried[i] = ir_get(b, tuple, 3 + n + i);
  return p;
}

/* Steps are left, and rates that lead somewhere. */
static ir_value goes_on(const solve_substeps *s, const solve_position *p) {
  ir_builder *b = s->g->b;
  ir_value again = ir_binary(b, IR_OP_lt, p->done, ir_number(b, s->g->system->dt));
  again = ir_binary(b, IR_OP_and, again, ir_binary(b, IR_OP_lt, p->count, ir_number(b, s->most)));
  again = ir_binary(b, IR_OP_and, again, ir_binary(b, IR_OP_gt, p->length, ir_number(b, 0)));
  for (uint32_t i = 0; i < s->carried_count; i++) {
    ir_value zero = times(b, ir_number(b, 0), p->carried[i]);
    again = ir_binary(b, IR_OP_and, again, ir_binary(b, IR_OP_eq, zero, zero));
  }
  return again;
}

bool solve_may_stop(const solve_group *g) {
  const ir_fragment *stop = g->system->stop;
  for (uint32_t i = 0; stop != NULL && i < stop->body->ops.len; i++)
    for (uint32_t k = 0; stop->body->ops.data[i].op == IR_OP_arg && k < g->count; k++)
      if (stop->body->ops.data[i].aux == g->states[k])
        return true;
  return false;
}

/* How much of the step is done behind a sub-step (ms): all of it with the last one, and behind a spike. */
static ir_value done_with(const solve_substeps *s, const solve_position *p, ir_value h, ir_value is_last,
                          const ir_value *next) {
  const solve_group *g = s->g;
  ir_builder *b = g->b;
  ir_value dt = ir_number(b, g->system->dt), done = ir_select(b, is_last, dt, plus(b, p->done, h)), stops;
  if (!solve_may_stop(g))
    return done;
  solve_inline(g, g->system->stop, next, plus(b, solve_time(g), done), &stops);
  return ir_select(b, stops, dt, done);
}

static solve_position sub_step(const solve_substeps *s, const solve_position *p) {
  ir_builder *b = s->g->b;
  ir_value left = minus(b, ir_number(b, s->g->system->dt), p->done);
  ir_value is_last = ir_binary(b, IR_OP_ge, p->length, left), h = ir_select(b, is_last, left, p->length);
  ir_value is_active = goes_on(s, p);
  solve_attempt tried = s->attempt(s, p, h);
  ir_value is_taken = ir_binary(b, IR_OP_and, is_active, tried.is_good);
  solve_position q = {.states = ARENA_ARRAY(b->arena, ir_value, s->g->count),
                      .carried = ARENA_ARRAY(b->arena, ir_value, s->carried_count)};
  q.done = ir_select(b, is_taken, done_with(s, p, h, is_last, tried.next), p->done);
  q.length = ir_select(b, is_active, times(b, h, tried.growth), p->length);
  q.count = ir_select(b, is_active, plus(b, p->count, ir_number(b, 1)), p->count);
  for (uint32_t i = 0; i < s->g->count; i++) {
    solve_at_state(s->g, i);
    q.states[i] = ir_select(b, is_taken, tried.next[i], p->states[i]);
  }
  for (uint32_t i = 0; i < s->carried_count; i++)
    q.carried[i] = ir_select(b, is_taken, tried.carried[i], p->carried[i]);
  return q;
}

void solve_run_substeps(const solve_substeps *s, const solve_position *first, ir_value *next) {
  ir_builder *b = s->g->b;
  ir_value begin = ir_loop_begin(b, pack(s, first), variable_count(s));
  solve_position before = unpack(s, begin), after = sub_step(s, &before);
  ir_value end = ir_loop_end(b, begin, goes_on(s, &after), pack(s, &after), variable_count(s));
  solve_position last = unpack(s, end);
  ir_value is_through = ir_binary(b, IR_OP_ge, last.done, ir_number(b, s->g->system->dt));
  for (uint32_t i = 0; i < s->g->count; i++) {
    solve_at_state(s->g, i);
    next[i] = ir_select(b, is_through, last.states[i], ir_number(b, INFINITY));
  }
}
