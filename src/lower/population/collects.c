/* SPDX-License-Identifier: MIT */
/* collects.c - the target's side of continuous contributions: inputs from sums over links and target factors. */
#include "lower/population/population.h"

static const int8_t directions[8][2] = {{-1, 0}, {0, -1}, {0, 1}, {1, 0}, {-1, -1}, {-1, 1}, {1, -1}, {1, 1}};
static const uint8_t order_of_four[4] = {0, 1, 2, 3};
static const uint8_t order_of_eight[8] = {4, 0, 5, 1, 2, 6, 3, 7}; /* ascending source */

/* The scope of a term of a target: POST is the own entry, ASTRO its partner. */
static scope scope_of_term(lowering *l, ir_builder *b, uint32_t population, const term_plan *t) {
  const model_connection *mc = &l->m->connections.data[t->connection];
  scope s = scope_of_population(l, b, population);
  s.side[t->contribution->side] = s.side[SIDE_SELF];
  s.side[t->contribution->side]->is_extrapolated = true;
  s.side[SIDE_SELF] = view_of_connection(l, b, t->connection, IR_NO_VALUE);
  lower_when_contributing(&s, t->connection);
  s.connection = t->connection;
  if (mc->has_partner && !mc->has_partner_per_link && mc->partner_of == t->contribution->side)
    s.side[SIDE_ASTRO] = view_of_partner(l, b, t->connection, IR_NO_VALUE);
  return s;
}

static ir_value stencil_sum(lowering *l, scope *s, const term_plan *t) {
  const model_connection *mc = &l->m->connections.data[t->connection];
  uint32_t count = mc->rule.degree;
  const uint8_t *order = count == 4 ? order_of_four : order_of_eight;
  ir_builder *b = s->b;
  ir_value sum = ir_number(b, 0);
  for (uint32_t k = 0; k < count; k++) {
    const int8_t *d = directions[order[k]];
    uint32_t aux = (uint32_t)((d[0] + 8) * 16 + d[1] + 8);
    ir_value neighbour = ir_nullary(b, IR_OP_shift, aux), is_there = ir_nullary(b, IR_OP_shift_valid, aux);
    s->side[SIDE_PRE] = view_of_population(l, b, mc->source, neighbour);
    if (mc->has_partner && mc->partner_of == SIDE_PRE)
      s->side[SIDE_ASTRO] = view_of_partner(l, b, t->connection, neighbour);
    s->side[SIDE_SELF] = view_like(l, s->side[SIDE_SELF]); /* its lets may read the neighbour */
    ir_value x = lower_product(s, t->target);
    sum = ir_binary(b, IR_OP_add, sum, ir_select(b, is_there, x, ir_number(b, 0)));
  }
  return sum;
}

static ir_value term_value(lowering *l, ir_builder *b, uint32_t population, const term_plan *t) {
  scope s = scope_of_term(l, b, population, t);
  b->at = component_of_connection(l->ctx, t->connection)->at;
  ir_value x;
  if (t->kind == TERM_STENCIL) {
    x = stencil_sum(l, &s, t);
  } else {
    x = ir_load(b, l->terms[t->number].sum);
    if (t->target.count)
      x = ir_binary(b, IR_OP_mul, lower_product(&s, t->target), x);
  }
  return t->is_negative ? ir_unary(b, IR_OP_neg, x) : x;
}

static bool is_chosen(const lowering *l, const term_plan *t, term_choice choice) {
  return choice == TERMS_ALL || lower_is_staged(l->ctx, t->connection) == (choice == TERMS_STAGED);
}

ir_value lower_input_total(lowering *l, ir_builder *b, uint32_t population, uint32_t input, uint32_t every,
                           term_choice choice) {
  const population_terms *terms = &l->plan->terms[population];
  ir_value total = IR_NO_VALUE;
  for (uint32_t k = 0; k < terms->added.len; k++) {
    const term_plan *t = terms->added.data[k];
    if (t->contribution->input != input || t->every != every || !is_chosen(l, t, choice))
      continue;
    ir_value x = term_value(l, b, population, t);
    total = total == IR_NO_VALUE ? x : ir_binary(b, IR_OP_add, total, x);
  }
  return total;
}

static ir_value with_parts(ir_builder *b, const population_fields *f, uint32_t input, ir_value x) {
  for (uint32_t k = 0; k < f->parts.len; k++)
    if (f->parts.data[k].input == input)
      x = ir_binary(b, IR_OP_add, x, ir_load(b, f->parts.data[k].field));
  return x;
}

/* Where it goes: into the input, or what becomes it (windows.c). */
static void collect_input(lowering *l, ir_builder *b, uint32_t population, uint32_t input, uint32_t every) {
  const population_fields *f = &l->populations[population];
  nsa_field_id part = lower_part_of(f, input, every);
  ir_value x = lower_input_total(l, b, population, input, every, TERMS_ALL);
  if (x == IR_NO_VALUE)
    return;
  if (!nsa_field_is_none(part)) {
    ir_store(b, part, x);
    return;
  }
  if (!nsa_field_is_none(f->held_input[input])) {
    ir_value held = lower_input_total(l, b, population, input, every, TERMS_HELD);
    ir_store(b, f->held_input[input], with_parts(b, f, input, held == IR_NO_VALUE ? ir_number(b, 0) : held));
  }
  x = with_parts(b, f, input, x);
  if (!lower_shows_input(l->ctx, population, input))
    lower_check(b, x);
  if (!l->plan->inputs[population][input].is_windowed)
    ir_store(b, f->input[input], x);
  else if (!nsa_field_is_none(f->given[input]))
    ir_store(b, f->given[input], x);
  else
    lower_into_window(l, b, population, input, x);
}

/* One function for all inputs that are collected at the same ticks. */
static void collect_every(lowering *l, uint32_t population, uint32_t every) {
  const population_fields *f = &l->populations[population];
  const model_component *c = component_of_population(l->ctx, population);
  const char *name = l->m->populations.data[population].name;
  nsa_kernel_id number;
  const char *what = every == 1 ? "collect" : arena_printf(l->arena, "collect_every_%u", every);
  ir_function *fn = ir_function_add(l->p, arena_printf(l->arena, "%s.%s", name, what), NSA_ROLE_COLLECT, f->domain,
                                    c->timescale, &number);
  ir_builder b = ir_builder_on(l->p, fn);
  for (uint32_t k = 0; k < c->inputs.len; k++)
    collect_input(l, &b, population, k, every);
  nsa_collect collect = {.kernel = number, .population = {population}, .every = every};
  vec_push(l->arena, &l->collect_list, collect);
}

/* The longest interval below `below` at which a term is evaluated; 0: none. */
static uint32_t next_interval(const population_terms *terms, uint32_t below) {
  uint32_t longest = 0;
  for (uint32_t k = 0; k < terms->added.len; k++) {
    uint32_t every = terms->added.data[k]->every;
    if (every < below && every > longest)
      longest = every;
  }
  return longest;
}

/* Rare ones first: what they hold is part of what the others collect. */
void lower_collects(lowering *l, uint32_t population) {
  const population_terms *terms = &l->plan->terms[population];
  for (uint32_t every = next_interval(terms, UINT32_MAX); every; every = next_interval(terms, every))
    collect_every(l, population, every);
}
