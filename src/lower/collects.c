/* SPDX-License-Identifier: MIT */
/* collects.c - the target's side of continuous contributions: inputs from sums over links and target factors. */
#include "lower/lower_internal.h"

static const int8_t directions[8][2] = {{-1, 0},  {0, -1}, {0, 1},  {1, 0},
                                        {-1, -1}, {-1, 1}, {1, -1}, {1, 1}};
static const uint8_t order_of_four[4] = {0, 1, 2, 3};
static const uint8_t order_of_eight[8] = {4, 0, 5, 1, 2, 6, 3, 7}; /* ascending source */

/* The scope of a term of a target: POST is the own entry, ASTRO its partner. */
static scope scope_of_term(lowering *l, ir_builder *b, uint32_t population, const target_term *t) {
  const model_connection *mc = &l->m->connections.data[t->connection];
  scope s = scope_of_population(l, b, population);
  s.side[t->side] = s.side[SIDE_SELF];
  s.side[t->side]->is_extrapolated = true;
  s.side[SIDE_SELF] = view_of_connection(l, b, t->connection, IR_NO_VALUE);
  s.connection = t->connection;
  if (mc->has_partner && !mc->has_partner_per_link && mc->partner_of == t->side)
    s.side[SIDE_ASTRO] = view_of_partner(l, b, t->connection, IR_NO_VALUE);
  return s;
}

static ir_value stencil_sum(lowering *l, scope *s, const target_term *t) {
  const model_connection *mc = &l->m->connections.data[t->connection];
  uint32_t count = mc->rule.degree;
  const uint8_t *order = count == 4 ? order_of_four : order_of_eight;
  ir_builder *b = s->b;
  ir_value sum = ir_number(b, 0);
  for (uint32_t k = 0; k < count; k++) {
    const int8_t *d = directions[order[k]];
    uint32_t aux = (uint32_t)((d[0] + 8) * 16 + d[1] + 8);
    ir_value neighbour = ir_nullary(b, IR_OP_shift, aux),
             is_there = ir_nullary(b, IR_OP_shift_valid, aux);
    s->side[SIDE_PRE] = view_of_population(l, b, mc->source, neighbour);
    if (mc->has_partner && mc->partner_of == SIDE_PRE)
      s->side[SIDE_ASTRO] = view_of_partner(l, b, t->connection, neighbour);
    view_forget_lets(s->side[SIDE_SELF]);
    ir_value x = lower_product(s, t->factors, t->factor_count);
    sum = ir_binary(b, IR_OP_add, sum, ir_select(b, is_there, x, ir_number(b, 0)));
  }
  return sum;
}

static ir_value term_value(lowering *l, ir_builder *b, uint32_t population, const target_term *t) {
  scope s = scope_of_term(l, b, population, t);
  b->at = component_of_connection(l, t->connection)->at;
  ir_value x;
  if (t->is_stencil) {
    x = stencil_sum(l, &s, t);
  } else {
    x = ir_load(b, t->sum);
    if (t->factor_count)
      x = ir_binary(b, IR_OP_mul, lower_product(&s, t->factors, t->factor_count), x);
  }
  return t->is_negative ? ir_unary(b, IR_OP_neg, x) : x;
}

static ir_value combined(ir_builder *b, combine_kind combine, ir_value so_far, ir_value x) {
  switch (combine) {
  case COMBINE_MAX:
    return ir_binary(b, IR_OP_max, so_far, x);
  case COMBINE_MIN:
    return ir_binary(b, IR_OP_min, so_far, x);
  case COMBINE_LAST:
    return x;
  default:
    return ir_binary(b, IR_OP_add, so_far, x);
  }
}

ir_value lower_input_total(lowering *l, ir_builder *b, uint32_t population, uint32_t input, term_choice choice) {
  const population_fields *f = &l->populations[population];
  ir_value total = IR_NO_VALUE;
  for (uint32_t k = 0; k < f->target_terms.len; k++) {
    bool is_staged = lower_is_staged(l, f->target_terms.data[k].connection);
    if (f->target_terms.data[k].input != input || (choice != TERMS_ALL && is_staged != (choice == TERMS_STAGED)))
      continue;
    ir_value x = term_value(l, b, population, &f->target_terms.data[k]);
    total = total == IR_NO_VALUE ? x : ir_binary(b, IR_OP_add, total, x);
  }
  return total;
}

/* One function for all inputs that are collected at the same ticks. */
static void collect_every(lowering *l, uint32_t population, uint32_t every) {
  const population_fields *f = &l->populations[population];
  const model_component *c = component_of_population(l, population);
  const char *name = l->m->populations.data[population].name;
  uint32_t number;
  ir_function *fn = ir_function_add(l->p, arena_printf(l->arena, "%s.collect%u", name, every),
                                    NSA_ROLE_COLLECT, f->domain, c->timescale, &number);
  ir_builder b = ir_builder_on(l->p, fn);
  bool is_faster = every < ticks_of_population(l, population);
  for (uint32_t k = 0; k < c->inputs.len; k++) {
    if (f->input_every[k] != every)
      continue;
    ir_value x = lower_input_total(l, &b, population, k, TERMS_ALL);
    if (f->held_input[k] != NO_FIELD)
      ir_store(&b, f->held_input[k], lower_input_total(l, &b, population, k, TERMS_HELD));
    if (is_faster)
      x = combined(&b, c->inputs.data[k].combine, ir_load(&b, f->input[k]), x);
    if (!lower_shows_input(l, population, k))
      lower_check(&b, x);
    ir_store(&b, f->input[k], x);
  }
  nsa_collect collect = {.kernel = number, .population = population, .every = every};
  vec_push(l->arena, &l->collect_list, collect);
}

/* Needs input_every of each input; see lower_prepare_inputs. */
void lower_collects(lowering *l, uint32_t population) {
  const population_fields *f = &l->populations[population];
  uint32_t count = component_of_population(l, population)->inputs.len;
  for (uint32_t k = 0; k < count; k++) {
    bool is_first = f->input_every[k] != 0;
    for (uint32_t i = 0; i < k; i++)
      is_first = is_first && f->input_every[i] != f->input_every[k];
    if (is_first)
      collect_every(l, population, f->input_every[k]);
  }
}
