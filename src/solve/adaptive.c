/* SPDX-License-Identifier: MIT */
/* adaptive.c - the pair of orders 5 and 4 of Dormand and Prince (1980, doi 10.1016/0771-050X(80)90013-3), with as many
 * sub-steps within a step as the tolerance asks, for each element by itself.
 *
 * The first sub-step of a step tries the whole of it. One whose error is at most 1 (see error_of) is taken, and the next is
 * 0.9 error^(-1/5) as long, between a fifth and five times. A step that would need more sub-steps than allowed, taken or
 * not, gives infinite states, which stop the run. Lanes that are through wait for the others: their variables stand. */
#include "solve/solve_internal.h"

#include <math.h>

enum { STAGES = 7 };

typedef struct { /* what a sub-step finds and leaves, in this order the variables of the loop */
  ir_value done, length, count; /* ms of the step that are behind; of the next sub-step; sub-steps so far */
  ir_value *states, *rates;     /* rates: of the group's terms */
} position;

typedef struct {
  const solve_group *g;
  double tolerance;
  uint32_t most;
} adaptive;

static uint32_t variable_count(const adaptive *ad) { return 3 + ad->g->count + ad->g->term_count; }

static ir_value *pack(const adaptive *ad, const position *p) {
  uint32_t n = ad->g->count;
  ir_value *v = ARENA_ARRAY(ad->g->b->arena, ir_value, variable_count(ad));
  v[0] = p->done, v[1] = p->length, v[2] = p->count;
  memcpy(v + 3, p->states, n * sizeof *v);
  memcpy(v + 3 + n, p->rates, ad->g->term_count * sizeof *v);
  return v;
}

static position unpack(const adaptive *ad, ir_value tuple) {
  ir_builder *b = ad->g->b;
  uint32_t n = ad->g->count;
  position p = {ir_get(b, tuple, 0), ir_get(b, tuple, 1), ir_get(b, tuple, 2),
                ARENA_ARRAY(b->arena, ir_value, n), ARENA_ARRAY(b->arena, ir_value, ad->g->term_count)};
  for (uint32_t i = 0; i < n; i++)
    p.states[i] = ir_get(b, tuple, 3 + i);
  for (uint32_t t = 0; t < ad->g->term_count; t++)
    p.rates[t] = ir_get(b, tuple, 3 + n + t);
  return p;
}

/* h sum of weights times stages, per term. */
static ir_value *weighted(const solve_group *g, ir_value h, const double *weights, ir_value *const *stages, uint32_t stage_count) {
  ir_builder *b = g->b;
  ir_value *changes = ARENA_ARRAY(b->arena, ir_value, g->term_count);
  for (uint32_t t = 0; t < g->term_count; t++) {
    ir_value sum = IR_NO_VALUE;
    for (uint32_t k = 0; k < stage_count; k++)
      if (weights[k] != 0)
        accumulate(b, &sum, scaled(b, weights[k], stages[k][t]));
    changes[t] = times(b, h, sum);
  }
  return changes;
}

/* The rates at all stages; next: the states behind the sub-step. */
static void run_stages(const adaptive *ad, const position *p, ir_value h, ir_value **stages, ir_value *next) {
  const solve_group *g = ad->g;
  ir_builder *b = g->b;
  ir_value start = plus(b, solve_time(g), p->done);
  stages[0] = p->rates;
  for (uint32_t s = 1; s < STAGES; s++) {
    stages[s] = ARENA_ARRAY(b->arena, ir_value, g->term_count);
    const ir_value *changes = weighted(g, h, solve_dormand_prince.weights[s], stages, s);
    (s + 1 < STAGES ? solve_move_free : solve_move)(g, p->states, changes, next);
    solve_stand(g, p->states, next);
    solve_rates(g, next, plus(b, start, scaled(b, solve_dormand_prince.shares[s], h)), stages[s]);
  }
}

/* The largest estimate of a state's error, over what the tolerance allows it. */
static ir_value error_of(const adaptive *ad, const position *p, ir_value h, ir_value *const *stages, const ir_value *next) {
  ir_builder *b = ad->g->b;
  ir_value largest = IR_NO_VALUE, *errors = ARENA_ARRAY(b->arena, ir_value, ad->g->count);
  ir_value *nothing = ARENA_ARRAY(b->arena, ir_value, ad->g->count);
  for (uint32_t i = 0; i < ad->g->count; i++)
    nothing[i] = ir_number(b, 0);
  solve_move_free(ad->g, nothing, weighted(ad->g, h, solve_dormand_prince.errors, stages, STAGES), errors);
  for (uint32_t i = 0; i < ad->g->count; i++) {
    ir_value size = ir_binary(b, IR_OP_max, ir_unary(b, IR_OP_abs, p->states[i]), ir_unary(b, IR_OP_abs, next[i]));
    ir_value allowed = scaled(b, ad->tolerance, ir_binary(b, IR_OP_max, size, ir_number(b, SOLVE_SMALLEST_SCALE)));
    ir_value error = over(b, ir_unary(b, IR_OP_abs, errors[i]), allowed);
    /* NaN must not be lost: max(a, b) is a where a > b, else b */
    largest = i == 0 ? error : ir_select(b, ir_binary(b, IR_OP_gt, largest, error), largest, plus(b, error, times(b, ir_number(b, 0), largest)));
  }
  return largest;
}

/* How much longer the next sub-step is: NaN and infinite errors make it a fifth. */
static ir_value growth(ir_builder *b, ir_value error) {
  ir_value power = ir_math(b, "pow", (ir_value[]){error, ir_number(b, -0.2)}, 2);
  ir_value factor = ir_binary(b, IR_OP_max, scaled(b, 0.9, power), ir_number(b, 0.2));
  return ir_binary(b, IR_OP_min, factor, ir_number(b, 5));
}

/* Steps are left, and rates that lead somewhere. */
static ir_value goes_on(const adaptive *ad, const position *p) {
  ir_builder *b = ad->g->b;
  ir_value again = ir_binary(b, IR_OP_lt, p->done, ir_number(b, ad->g->system->dt));
  again = ir_binary(b, IR_OP_and, again, ir_binary(b, IR_OP_lt, p->count, ir_number(b, ad->most)));
  for (uint32_t t = 0; t < ad->g->term_count; t++) {
    ir_value zero = times(b, ir_number(b, 0), p->rates[t]);
    again = ir_binary(b, IR_OP_and, again, ir_binary(b, IR_OP_eq, zero, zero));
  }
  return again;
}

static position sub_step(const adaptive *ad, const position *p) {
  const solve_group *g = ad->g;
  ir_builder *b = g->b;
  ir_value *stages[STAGES], *next = ARENA_ARRAY(b->arena, ir_value, g->count);
  ir_value dt = ir_number(b, g->system->dt), left = minus(b, dt, p->done);
  ir_value is_last = ir_binary(b, IR_OP_ge, p->length, left), h = ir_select(b, is_last, left, p->length);
  ir_value is_active = goes_on(ad, p);
  run_stages(ad, p, h, stages, next);
  ir_value error = error_of(ad, p, h, stages, next);
  ir_value is_taken = ir_binary(b, IR_OP_and, is_active, ir_binary(b, IR_OP_le, error, ir_number(b, 1)));
  position q = {.states = ARENA_ARRAY(b->arena, ir_value, g->count), .rates = ARENA_ARRAY(b->arena, ir_value, g->term_count)};
  q.done = ir_select(b, is_taken, ir_select(b, is_last, dt, plus(b, p->done, h)), p->done);
  q.length = ir_select(b, is_active, times(b, h, growth(b, error)), p->length);
  q.count = ir_select(b, is_active, plus(b, p->count, ir_number(b, 1)), p->count);
  for (uint32_t i = 0; i < g->count; i++)
    q.states[i] = ir_select(b, is_taken, next[i], p->states[i]);
  for (uint32_t t = 0; t < g->term_count; t++)
    q.rates[t] = ir_select(b, is_taken, stages[STAGES - 1][t], p->rates[t]);
  return q;
}

/* Equations that are advanced together share the strictest of their options. */
static adaptive options_of(const solve_group *g) {
  adaptive ad = {g, SOLVE_USUAL_TOLERANCE, SOLVE_USUAL_SUBSTEPS};
  for (uint32_t k = 0; k < g->count && g->system->options != NULL; k++) {
    const solver_options *own = &g->system->options[g->states[k]];
    ad.tolerance = k == 0 || own->tolerance < ad.tolerance ? own->tolerance : ad.tolerance;
    ad.most = k == 0 || own->substeps < ad.most ? own->substeps : ad.most;
  }
  return ad;
}

static void expand(const solve_group *g) {
  ir_builder *b = g->b;
  adaptive ad = options_of(g);
  position first = {ir_number(b, 0), ir_number(b, g->system->dt), ir_number(b, 0), solve_start(g),
                    ARENA_ARRAY(b->arena, ir_value, g->term_count)};
  solve_rates(g, first.states, solve_time(g), first.rates);
  ir_value begin = ir_loop_begin(b, pack(&ad, &first), variable_count(&ad));
  position before = unpack(&ad, begin), after = sub_step(&ad, &before);
  ir_value end = ir_loop_end(b, begin, goes_on(&ad, &after), pack(&ad, &after), variable_count(&ad));
  position last = unpack(&ad, end);
  ir_value is_through = ir_binary(b, IR_OP_ge, last.done, ir_number(b, g->system->dt));
  for (uint32_t i = 0; i < g->count; i++)
    g->next[i] = ir_select(b, is_through, last.states[i], ir_number(b, INFINITY));
}

const solve_method solve_method_adaptive = {expand, solve_refuses_noise};
