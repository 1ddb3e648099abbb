/* SPDX-License-Identifier: MIT */
/* sums.c - what is made of the terms of contributions: source terms, weights, totals and sums. */
#include "lower/link/link.h"

typedef struct {
  lowering *l;
  uint32_t connection;
  const model_connection *mc;
  const term_plan *t;
} term_maker;

static nsa_field_id add_numbered_field(const term_maker *k, const char *what, uint32_t domain, nsa_field_kind kind) {
  lowering *l = k->l;
  const char *name = arena_printf(l->arena, "%s.%s%u", k->mc->name, what, l->p->fields.len);
  nsa_field_id f = lower_add_field(l, name, domain, NSA_F64, kind, 0, NULL, k->t->contribution->at);
  l->p->fields.data[f.id].connection.id = k->connection;
  return f;
}

static uint32_t population_of(const term_maker *k, model_side side) {
  return lower_population_of_side(k->l->ctx, k->connection, side);
}

static const char *name_for_input(const term_maker *k, const char *what) {
  const model_contribution *x = k->t->contribution;
  const model_component *to = component_of_population(k->l->ctx, population_of(k, x->side));
  return lower_kernel_name(k->l, k->mc->name, to->inputs.data[x->input].name, what);
}

static const source_fields *add_source(const term_maker *k, const source_plan *plan) {
  lowering *l = k->l;
  uint32_t domain = l->populations[population_of(k, plan->side)].domain;
  source_fields *f = &l->sources[plan->number];
  f->field = add_numbered_field(k, "source", domain, NSA_FIELD_SOURCE_TERM);
  f->active = add_numbered_field(k, "active", domain, NSA_FIELD_FIRED);
  l->p->fields.data[f->active.id].type = NSA_B1;
  return f;
}

static past_values add_pasts(const term_maker *k) {
  lowering *l = k->l;
  const connection_fields *f = &l->connections[k->connection];
  past_values pasts = {0};
  for (uint32_t i = 0; i < k->t->pasts.len; i++) {
    const past_plan *plan = &k->t->pasts.data[i];
    nsa_past past = {.connection = {k->connection}, .delay = f->delay, .every = k->t->every};
    past.term = add_source(k, &plan->source)->field;
    past.value = add_numbered_field(k, "past", f->domain, NSA_FIELD_LINK_VALUE);
    vec_push(l->arena, &pasts, ((past_value){plan->ref, past.value}));
    vec_push(l->arena, &l->past_list, past);
  }
  return pasts;
}

/* Its body is built later: it may read inputs, whose fields are not there yet. */
static nsa_kernel_id add_link_function(const term_maker *k, nsa_role role, nsa_field_id *field) {
  lowering *l = k->l;
  nsa_kernel_id number;
  uint32_t domain = l->connections[k->connection].domain;
  *field = add_numbered_field(k, "weight", domain, NSA_FIELD_LINK_VALUE);
  const char *name = name_for_input(k, "weight");
  ir_function *fn =
      ir_function_add(l->p, name, role, domain, component_of_connection(l->ctx, k->connection)->timescale, &number);
  link_value v = {.function = fn, .term = k->t, .field = *field, .pasts = add_pasts(k)};
  vec_push(l->arena, &l->link_value_list, v);
  return number;
}

void lower_link_values(lowering *l) {
  for (uint32_t k = 0; k < l->link_value_list.len; k++) {
    const link_value *v = &l->link_value_list.data[k];
    ir_builder b = ir_builder_on(l->p, v->function);
    b.at = v->term->contribution->at;
    scope s = scope_of_links(l, &b, v->term->connection);
    lower_when_contributing(&s, v->term->connection);
    s.pasts = v->pasts;
    ir_store(&b, v->field, lower_product(&s, v->term->weight));
  }
}

static void add_weight(const term_maker *k, nsa_link_sum *sum) {
  lowering *l = k->l;
  const connection_fields *f = &l->connections[k->connection];
  uint32_t item = k->t->weight.count ? k->t->weight.list[0]->ref.item : 0;
  switch (k->t->weight_kind) {
  case WEIGHT_NONE:
    break;
  case WEIGHT_PARAM:
    sum->weight = f->param[item];
    break;
  case WEIGHT_STATE:
    sum->weight = f->state[item];
    break;
  case WEIGHT_ONCE:
    vec_push(l->arena, &l->weight_init_list, add_link_function(k, NSA_ROLE_INIT, &sum->weight));
    break;
  case WEIGHT_EACH:
    sum->link_kernel = add_link_function(k, NSA_ROLE_LINK, &sum->weight);
    break;
  }
}

static nsa_field_id add_sum(const term_maker *k) {
  lowering *l = k->l;
  const term_plan *t = k->t;
  nsa_link_sum sum = {.connection = {k->connection},
                      .from = (uint32_t)t->from,
                      .to = (uint32_t)t->contribution->side,
                      .source_term = NSA_NO_FIELD,
                      .active = NSA_NO_FIELD,
                      .weight = NSA_NO_FIELD,
                      .link_kernel = NSA_NO_KERNEL,
                      .delay = t->is_delayed ? l->connections[k->connection].delay : NSA_NO_FIELD,
                      .every = t->sum_every,
                      .grid = t->sum_every == t->every ? 0 : t->every};
  if (t->source.factors.count) {
    const source_fields *source = add_source(k, &t->source);
    sum.source_term = source->field;
    sum.active = source->active;
  }
  add_weight(k, &sum);
  sum.sum = add_numbered_field(k, "sum", l->populations[population_of(k, t->contribution->side)].domain, NSA_FIELD_SUM);
  vec_push(l->arena, &l->sum_list, sum);
  lower_stage_sum(l, k->connection);
  return sum.sum;
}

/* total = (total + what arrived) * exp(rate * dt), where the equation is dstate/dt = rate * state, by the clock of the
 * links. */
static void add_total_function(const term_maker *k, const term_fields *f) {
  lowering *l = k->l;
  const model_component *c = component_of_connection(l->ctx, k->connection);
  nsa_kernel_id number;
  uint32_t domain = l->populations[population_of(k, k->t->contribution->side)].domain,
           clock = lower_clock_of_links(l->ctx, k->connection);
  const char *name = name_for_input(k, "total");
  ir_function *fn = ir_function_add(l->p, name, NSA_ROLE_SOURCE, domain, clock, &number);
  vec_push(l->arena, &l->source_list, number);
  ir_builder b = ir_builder_on(l->p, fn);
  scope s = lower_uniform_scope(l, k->connection, &b);
  ir_value *states = ARENA_ARRAY(l->arena, ir_value, c->states.len);
  for (uint32_t i = 0; i < c->states.len; i++)
    states[i] = ir_number(&b, 1);
  view_show(s.side[SIDE_SELF], states, NULL);
  for (uint32_t i = 0; i < c->odes.len; i++) {
    if (c->odes.data[i].state != k->t->state)
      continue;
    b.at = c->odes.data[i].at;
    ir_value exponent =
        ir_binary(&b, IR_OP_mul, lower_expr(&s, c->odes.data[i].rate), ir_number(&b, l->m->timescales.data[clock].dt));
    ir_value sum = ir_binary(&b, IR_OP_add, ir_load(&b, f->sum), ir_load(&b, f->arrived));
    ir_value total = ir_binary(&b, IR_OP_mul, sum, ir_math(&b, "exp", &exponent, 1));
    lower_check(&b, total);
    ir_store(&b, f->sum, total);
    ir_store(&b, f->arrived, ir_number(&b, 0));
  }
}

static nsa_field_id add_total(const term_maker *k) {
  lowering *l = k->l;
  uint32_t domain = l->populations[population_of(k, k->t->contribution->side)].domain;
  term_fields *f = &l->terms[k->t->number];
  f->sum = add_numbered_field(k, "total", domain, NSA_FIELD_SUM);
  f->arrived = add_numbered_field(k, "arrived", domain, NSA_FIELD_ARRIVED);
  add_total_function(k, f);
  return f->sum;
}

/* The field that target factors multiply. */
static nsa_field_id field_of_term(const term_maker *k) {
  switch (k->t->kind) {
  case TERM_STENCIL:
    return NSA_NO_FIELD;
  case TERM_COUNT:
    return lower_fan_field(k->l, k->connection, SIDE_POST);
  case TERM_TOTAL:
    return add_total(k);
  default:
    return add_sum(k);
  }
}

void lower_contributions(lowering *l, uint32_t connection) {
  const connection_plan *plan = &l->plan->connections[connection];
  for (uint32_t i = 0; i < plan->terms.len; i++) {
    const term_plan *t = &plan->terms.data[i];
    term_maker k = {.l = l, .connection = connection, .mc = &l->m->connections.data[connection], .t = t};
    l->terms[t->number].sum = field_of_term(&k);
  }
}
