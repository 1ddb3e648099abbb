/* SPDX-License-Identifier: MIT */
/* adaptive.c - the pair of orders 5 and 4 of Dormand and Prince (1980, doi 10.1016/0771-050X(80)90013-3), with as many
 * sub-steps within a step as the tolerance asks, for each element by itself.
 *
 * The first sub-step of a step tries the whole of it. One whose error is at most 1 (see solve_error) is taken, and the
 * next is 0.9 error^(-1/5) as long, between a fifth and five times. */
#include "solve/equations.h"
#include "solve/solve_internal.h"
#include "solve/substeps.h"

enum { STAGES = 7 };

typedef struct {
  double tolerance;
  uint32_t most;
} adaptive_options;

/* h sum of weights times stages, per term. */
static ir_value *weighted(const solve_group *g, ir_value h, const double *weights, ir_value *const *stages,
                          uint32_t stage_count) {
  ir_builder *b = g->b;
  ir_value *changes = ARENA_ARRAY(b->arena, ir_value, g->term_count);
  for (uint32_t t = 0; t < g->term_count; t++) {
    ir_value sum = IR_NO_VALUE;
    solve_at_term(g, t);
    for (uint32_t k = 0; k < stage_count; k++)
      if (weights[k] != 0)
        accumulate(b, &sum, scaled(b, weights[k], stages[k][t]));
    changes[t] = times(b, h, sum);
  }
  return changes;
}

/* The rates at all stages; next: the states behind the sub-step. */
static void run_stages(const solve_group *g, const solve_position *from, ir_value h, ir_value **stages,
                       ir_value *next) {
  ir_builder *b = g->b;
  ir_value start = plus(b, solve_time(g), from->done);
  stages[0] = from->carried;
  for (uint32_t s = 1; s < STAGES; s++) {
    stages[s] = ARENA_ARRAY(b->arena, ir_value, g->term_count);
    const ir_value *changes = weighted(g, h, solve_dormand_prince.weights[s], stages, s);
    (s + 1 < STAGES ? solve_move_free : solve_move)(g, from->states, changes, next);
    solve_stand(g, from->states, next);
    solve_rates(g, next, plus(b, start, scaled(b, solve_dormand_prince.shares[s], h)), stages[s]);
  }
}

static solve_attempt attempt(const solve_substeps *s, const solve_position *from, ir_value h) {
  const adaptive_options *options = s->method;
  ir_builder *b = s->g->b;
  ir_value *stages[STAGES];
  solve_attempt tried = {.next = ARENA_ARRAY(b->arena, ir_value, s->g->count)};
  run_stages(s->g, from, h, stages, tried.next);
  tried.carried = stages[STAGES - 1];
  ir_value error = solve_error(s->g, options->tolerance, from->states, tried.next,
                               weighted(s->g, h, solve_dormand_prince.errors, stages, STAGES));
  tried.is_good = ir_binary(b, IR_OP_le, error, ir_number(b, 1));
  tried.growth = solve_growth(b, ir_math(b, "pow", (ir_value[]){error, ir_number(b, -0.2)}, 2));
  return tried;
}

/* Equations that are advanced together share the strictest of their options. */
static adaptive_options options_of(const solve_group *g) {
  adaptive_options ad = {SOLVE_USUAL_TOLERANCE, SOLVE_USUAL_SUBSTEPS};
  for (uint32_t k = 0; k < g->count && g->system->options != NULL; k++) {
    const solver_options *own = &g->system->options[g->states[k]];
    ad.tolerance = k == 0 || own->tolerance < ad.tolerance ? own->tolerance : ad.tolerance;
    ad.most = k == 0 || own->substeps < ad.most ? own->substeps : ad.most;
  }
  return ad;
}

static void expand(const solve_group *g) {
  ir_builder *b = g->b;
  adaptive_options options = options_of(g);
  solve_substeps s = {
      .g = g, .most = options.most, .carried_count = g->term_count, .attempt = attempt, .method = &options};
  solve_position first = {ir_number(b, 0), ir_number(b, g->system->dt), ir_number(b, 0), solve_start(g),
                          ARENA_ARRAY(b->arena, ir_value, g->term_count)};
  solve_rates(g, first.states, solve_time(g), first.carried);
  solve_run_substeps(&s, &first, g->next);
}

const solve_method solve_method_adaptive = {expand, solve_refuses_noise};
