/* SPDX-License-Identifier: MIT */
/* source_terms.c - what a source, or a third partner, computes once for all its links: fused into its step, or in a
 * function of its own. */
#include "lower/lower_internal.h"

/* What is smaller than this, in internal units, counts as nothing: sums may skip it. */
#define NEGLIGIBLE_SOURCE_TERM 1e-60
#define LOG_OF_NEGLIGIBLE (-138.15510557964274)

/* A saturating factor, exp(x) or sigmoid(x), of which x is so low that it counts as nothing. Most
 * neurons are at rest at most times: then the function is not even evaluated. */
static ir_value saturating_factor(scope *s, const model_expr *e) {
  ir_builder *b = s->b;
  ir_value x = lower_expr(s, e->args[0]);
  ir_value counts = ir_binary(b, IR_OP_ge, x, ir_number(b, LOG_OF_NEGLIGIBLE));
  ir_unary(b, IR_OP_skip_begin, counts);
  ir_value y = ir_math(b, e->fn == BUILTIN_exp ? "exp" : "sigmoid", &x, 1);
  ir_nullary(b, IR_OP_skip_end, 0);
  return ir_select(b, counts, y, ir_number(b, 0));
}

static bool is_saturating(const model_expr *e) {
  return e->kind == MX_CALL && (e->fn == BUILTIN_exp || e->fn == BUILTIN_sigmoid);
}

/* Its values are written in the model: none of them is negligible by accident. */
static bool is_choice_of_numbers(const model_expr *e) {
  return e->kind == MX_SELECT && e->args[1]->kind == MX_NUMBER && e->args[2]->kind == MX_NUMBER;
}

static ir_value source_product(scope *s, const source_term *t) {
  ir_value product = IR_NO_VALUE;
  for (uint32_t k = 0; k < t->factor_count; k++) {
    const model_expr *e = t->factors[k];
    ir_value x = is_saturating(e) ? saturating_factor(s, e) : lower_expr(s, e);
    product = k ? ir_binary(s->b, IR_OP_mul, product, x) : x;
  }
  return product;
}

void lower_source_term(scope *s, const source_term *t) {
  ir_builder *b = s->b;
  ir_value x = source_product(s, t);
  bool is_plain =
      t->is_exact || (t->factor_count == 1 && (is_saturating(t->factors[0]) || is_choice_of_numbers(t->factors[0])));
  if (!is_plain) {
    ir_value small = ir_binary(b, IR_OP_lt, ir_unary(b, IR_OP_abs, x), ir_number(b, NEGLIGIBLE_SOURCE_TERM));
    x = ir_select(b, small, ir_number(b, 0), x);
  }
  ir_store(b, t->field, x);
  ir_store(b, t->active, ir_binary(b, IR_OP_ne, x, ir_number(b, 0))); /* NaN counts */
}

/* The same outside of the step. */
static uint32_t source_function(lowering *l, uint32_t population, const source_term *t, const char *what) {
  const model_connection *mc = &l->m->connections.data[t->connection];
  uint32_t number;
  ir_function *fn = ir_function_add(l->p, arena_printf(l->arena, "%s.%s", mc->name, what), NSA_ROLE_SOURCE,
                                    l->populations[population].domain, t->timescale, &number);
  ir_builder b = ir_builder_on(l->p, fn);
  scope s = scope_of_population(l, &b, population);
  s.side[t->side] = s.side[SIDE_SELF];
  s.side[t->side]->is_extrapolated = true;
  s.side[SIDE_SELF] = view_of_connection(l, &b, t->connection, IR_NO_VALUE);
  if (mc->has_partner && !mc->has_partner_per_link && mc->partner_of == t->side)
    s.side[SIDE_ASTRO] = view_of_partner(l, &b, t->connection, IR_NO_VALUE);
  s.connection = t->connection;
  lower_source_term(&s, t);
  return number;
}

/* Targets see a slow source from its initial state on, and delays remember the initial state of any. */
static bool counts_at_start(const lowering *l, uint32_t population, const source_term *t) {
  bool is_delayed = l->m->connections.data[t->connection].delay && t->side == SIDE_PRE;
  return is_delayed || ticks_of_population(l, population) > 1;
}

void lower_sources(lowering *l, uint32_t population) {
  population_fields *f = &l->populations[population];
  for (uint32_t k = 0; k < f->source_terms.len; k++) {
    const source_term *t = &f->source_terms.data[k];
    uint32_t number = NSA_NONE;
    if (!t->is_fused) {
      number = source_function(l, population, t, "source");
      vec_push(l->arena, &l->source_list, number);
      lower_stage_source(l, t->connection, number);
    }
    if (!counts_at_start(l, population, t))
      continue;
    if (number == NSA_NONE)
      number = source_function(l, population, t, "start");
    vec_push(l->arena, &l->start_list, number);
  }
}
