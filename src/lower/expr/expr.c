/* SPDX-License-Identifier: MIT */
/* expr.c - expressions of the model as operations, by what each side of them is (a view). */
#include "lower/expr/expr.h"
#include "lower/expr/fields.h"
#include "model/operations.h"
#include "nsa_ticks.h"
#include "support/file.h"
#include <math.h>

/* ---- what raises the epoch of a view ---- */

void view_show(view *v, const ir_value *states, const ir_value *timers) {
  v->states = states;
  v->timers = timers;
  v->epoch++;
}

void view_show_inputs(view *v, const ir_value *inputs) {
  v->inputs = inputs;
  v->epoch++;
}

void view_set(view *v, ir_value *shown, ir_value x) {
  *shown = x;
  v->epoch++;
}

void view_set_time(view *v, ir_value tick, ir_value time) {
  v->tick = tick;
  v->time = time;
  v->epoch++;
}

static void raise_epochs(scope *s) {
  for (int side = SIDE_SELF; side <= SIDE_ASTRO; side++)
    if (s->side[side])
      s->side[side]->epoch++;
}

void lower_skip_begin(scope *s, ir_value cond) {
  ir_unary(s->b, IR_OP_skip_begin, cond);
  raise_epochs(s);
}

void lower_skip_end(scope *s) {
  ir_nullary(s->b, IR_OP_skip_end, 0);
  raise_epochs(s);
}

/* ---- views ---- */

static view *new_view(lowering *l, ir_builder *b, const model_component *c, uint32_t owner, ir_value index) {
  view *v = ARENA_NEW(l->arena, view);
  *v = (view){.owner = owner, .component = c, .timescale = c->timescale, .index = index, .known = IR_NO_VALUE};
  v->tick = ir_nullary(b, IR_OP_tick, c->timescale);
  v->time = ir_nullary(b, IR_OP_time, c->timescale);
  v->lets = ARENA_ARRAY(l->arena, known_let, c->lets.len);
  v->epoch = 1;
  return v;
}

view *view_like(lowering *l, const view *v) {
  view *copy = ARENA_NEW(l->arena, view);
  *copy = *v;
  copy->lets = ARENA_ARRAY(l->arena, known_let, v->component->lets.len);
  return copy;
}

view *view_of_population(lowering *l, ir_builder *b, uint32_t population, ir_value index) {
  view *v = new_view(l, b, component_of_population(l->ctx, population), population, index);
  v->is_extrapolated = true;
  return v;
}

view *view_of_connection(lowering *l, ir_builder *b, uint32_t connection, ir_value index) {
  view *v = new_view(l, b, component_of_connection(l->ctx, connection), connection, index);
  v->is_connection = true;
  return v;
}

void lower_at_fast_steps(scope *s) {
  uint32_t base = lower_base_timescale(s->l->ctx);
  view *self = s->side[SIDE_SELF];
  if (s->l->m->timescales.data[self->timescale].ticks == 1)
    return;
  s->timescale = base;
  view_set_time(self, self->tick, ir_nullary(s->b, IR_OP_time, base));
}

void lower_when_contributing(scope *s, uint32_t connection) {
  const model_timescale *timescales = s->l->m->timescales.data;
  view *self = s->side[SIDE_SELF];
  uint32_t fastest = lower_clock_of_links(s->l->ctx, connection);
  if (timescales[self->timescale].ticks != timescales[fastest].ticks)
    view_set_time(self, self->tick, ir_nullary(s->b, IR_OP_time, fastest));
}

static ir_value load_from(ir_builder *b, nsa_field_id field, ir_value index) {
  bool is_uniform = b->program->fields.data[field.id].is_uniform != 0;
  return index == IR_NO_VALUE || is_uniform ? ir_load(b, field) : ir_load_at(b, field, index);
}

view *view_of_partner(lowering *l, ir_builder *b, uint32_t connection, ir_value index) {
  const connection_fields *f = &l->connections[connection];
  view *v = view_of_population(l, b, l->m->connections.data[connection].partner, load_from(b, f->partner_index, index));
  const model_component *synapse = component_of_connection(l->ctx, connection);
  if (synapse->astro_defaults.len) {
    v->known = load_from(b, f->partner_known, index);
    v->defaults = synapse;
  }
  return v;
}

/* Of its own element: its functions see what its fields hold. */
scope scope_of_population(lowering *l, ir_builder *b, uint32_t population) {
  const model_component *c = component_of_population(l->ctx, population);
  scope s = {.l = l, .b = b, .timescale = c->timescale, .connection = NSA_NONE, .distance = NSA_NO_FIELD};
  s.side[SIDE_SELF] = view_of_population(l, b, population, IR_NO_VALUE);
  s.side[SIDE_SELF]->is_extrapolated = false;
  s.who_a = ir_nullary(b, IR_OP_element, 0);
  s.who_b = ir_number(b, 0);
  s.key_prefix = l->m->populations.data[population].name;
  s.locals = ARENA_ARRAY(l->arena, ir_value, c->local_count);
  return s;
}

scope scope_of_links_at(lowering *l, ir_builder *b, uint32_t connection, ir_value link, ir_value source,
                        ir_value target) {
  const model_connection *mc = &l->m->connections.data[connection];
  const model_component *c = component_of_connection(l->ctx, connection);
  scope s = {.l = l,
             .b = b,
             .timescale = c->timescale,
             .connection = connection,
             .distance = NSA_NO_FIELD,
             .copy = NSA_NO_FIELD};
  s.has_copies = mc->rule.kind == NSA_RULE_FILE; /* all other rules make one link of a pair */
  s.side[SIDE_SELF] = view_of_connection(l, b, connection, link);
  s.side[SIDE_PRE] = view_of_population(l, b, mc->source, source);
  s.side[SIDE_POST] = view_of_population(l, b, mc->target, target);
  if (mc->has_partner)
    s.side[SIDE_ASTRO] = view_of_partner(l, b, connection,
                                         mc->has_partner_per_link     ? link
                                         : mc->partner_of == SIDE_PRE ? source
                                                                      : target);
  s.who_a = ir_index_number(b, source, l->populations[mc->source].domain);
  s.who_b = ir_index_number(b, target, l->populations[mc->target].domain);
  s.key_prefix = mc->name;
  s.locals = ARENA_ARRAY(l->arena, ir_value, c->local_count);
  return s;
}

scope scope_of_links(lowering *l, ir_builder *b, uint32_t connection) {
  const connection_fields *f = &l->connections[connection];
  ir_value source = ir_load(b, f->link_source), target = ir_load(b, f->link_target);
  return scope_of_links_at(l, b, connection, IR_NO_VALUE, source, target);
}

/* ---- references ---- */

static ir_value element_number(scope *s, const view *v) {
  return v->index == IR_NO_VALUE ? ir_nullary(s->b, IR_OP_element, 0)
                                 : ir_index_number(s->b, v->index, s->l->populations[v->owner].domain);
}

/* Row, column or place of an element, from its number. */
static ir_value place_of(scope *s, const view *v, model_ref_kind kind) {
  ir_value i = element_number(s, v);
  if (kind == REF_INDEX)
    return i;
  const model_population *pop = &s->l->m->populations.data[v->owner];
  ir_value cols = ir_number(s->b, pop->cols);
  ir_value row = ir_unary(s->b, IR_OP_floor, ir_binary(s->b, IR_OP_div, i, cols));
  if (kind == REF_ROW)
    return row;
  ir_value col = ir_binary(s->b, IR_OP_sub, i, ir_binary(s->b, IR_OP_mul, row, cols));
  if (kind == REF_COL)
    return col;
  ir_value middle = ir_binary(s->b, IR_OP_add, kind == REF_X ? col : row,
                              ir_number(s->b, 0.5)); /* populations of such components are spaced */
  ir_value from_corner = ir_binary(s->b, IR_OP_mul, middle, ir_number(s->b, pop->spacing));
  double corner = kind == REF_X ? pop->at_x : pop->at_y;
  return corner == 0 ? from_corner : ir_binary(s->b, IR_OP_add, ir_number(s->b, corner), from_corner);
}

static ir_value timer_is_on(scope *s, const view *v, uint32_t slot, nsa_field_id field) {
  ir_value end = v->timers ? v->timers[slot] : load_from(s->b, field, v->index);
  return ir_binary(s->b, IR_OP_lt, v->tick, end);
}

static ir_value input_value(scope *s, const view *v, uint32_t item) {
  if (v->inputs)
    return v->inputs[item];
  const population_fields *f = &s->l->populations[v->owner];
  bool has_sum = !nsa_field_is_none(f->input[item]),
       has_external = !nsa_field_is_none(f->external[item]) && !s->l->plan->inputs[v->owner][item].is_windowed;
  if (!has_sum && !has_external)
    return ir_number(s->b, 0);
  ir_value sum = has_sum ? load_from(s->b, f->input[item], v->index) : IR_NO_VALUE;
  ir_value external = has_external ? load_from(s->b, f->external[item], v->index) : IR_NO_VALUE;
  if (!has_sum || !has_external)
    return has_sum ? sum : external;
  return ir_binary(s->b, IR_OP_add, sum, external);
}

static ir_value let_value(scope *s, view *v, uint32_t item) {
  known_let *memo = &v->lets[item];
  if (memo->epoch == v->epoch)
    return memo->value;
  scope inner = *s;
  inner.side[SIDE_SELF] = v;
  *memo = (known_let){lower_expr(&inner, v->component->lets.data[item].value), v->epoch};
  return memo->value;
}

static nsa_field_id pixel_field(lowering *l, uint32_t population, uint32_t image) {
  uint32_t domain = l->populations[population].domain;
  for (uint32_t k = 0; k < l->p->fields.len; k++) {
    const nsa_field *f = &l->p->fields.data[k];
    if (f->kind == NSA_FIELD_PIXEL && f->domain == domain && f->image.id == image)
      return (nsa_field_id){k};
  }
  const char *name = arena_printf(l->arena, "%s.pixel%u", l->m->populations.data[population].name, image);
  nsa_field_id field = lower_add_field(l, name, domain, NSA_F64, NSA_FIELD_PIXEL, 0, NULL, SPAN_NONE);
  l->p->fields.data[field.id].image = (nsa_image_id){image};
  return field;
}

/* What the field holds, and, where others look on between two ticks of its owner, what became of it since the last one.
 */
static ir_value population_state(scope *s, const view *v, uint32_t item) {
  lowering *l = s->l;
  ir_builder *b = s->b;
  const population_fields *f = &l->populations[v->owner];
  ir_value x = load_from(b, f->state[item], v->index);
  if (!v->is_extrapolated || nsa_field_is_none(f->slope[item]))
    return x;
  ir_value ticks = ir_number(b, ticks_of_population(l->ctx, v->owner));
  ir_value last = ir_binary(b, IR_OP_mul, ir_nullary(b, IR_OP_tick, v->component->timescale), ticks);
  ir_value since = ir_binary(b, IR_OP_sub, ir_nullary(b, IR_OP_tick, lower_base_timescale(l->ctx)), last);
  return ir_binary(b, IR_OP_add, x, ir_binary(b, IR_OP_mul, load_from(b, f->slope[item], v->index), since));
}

/* The view of the element or link that has it. */
static const view *link_state_home(const scope *s, const view *v, uint32_t item) {
  model_side home = s->l->plan->connections[v->owner].states[item].home;
  return home == SIDE_SELF ? v : s->side[home];
}

static nsa_field_id count_field(const scope *s, uint32_t population, uint32_t event) {
  for (uint32_t k = 0; k < s->counts.len; k++)
    if (s->counts.data[k].population == population && s->counts.data[k].event == event)
      return s->counts.data[k].field;
  return NSA_NO_FIELD;
}

static ir_value own_value(scope *s, view *v, const model_expr *e) {
  lowering *l = s->l;
  uint32_t item = e->ref.item;
  const population_fields *pf = v->is_connection ? NULL : &l->populations[v->owner];
  const connection_fields *cf = v->is_connection ? &l->connections[v->owner] : NULL;
  switch (e->ref.kind) {
  case REF_PARAM:
    return load_from(s->b, pf ? pf->param[item] : cf->param[item], v->index);
  case REF_STATE:
    if (v->states)
      return v->states[item];
    return pf ? population_state(s, v, item) : load_from(s->b, cf->state[item], link_state_home(s, v, item)->index);
  case REF_INPUT:
    return input_value(s, v, item);
  case REF_LET:
    return let_value(s, v, item);
  case REF_TIMER:
    return timer_is_on(s, v, item, pf->timer[item]);
  case REF_REFRACTORY:
    return timer_is_on(s, v, v->component->timers.len + item, pf->refractory[item]);
  case REF_LOCAL:
    return s->locals[item];
  case REF_TIME:
    return v->time;
  case REF_DT:
    return ir_number(s->b, l->m->timescales.data[v->timescale].dt);
  case REF_FAN_IN:
  case REF_FAN_OUT:
    return load_from(s->b, lower_fan_field(l, s->connection, (model_side)e->ref.side), v->index);
  case REF_COLUMN:
    return load_from(s->b, lower_column_field(l, s->connection, item), s->side[SIDE_SELF]->index);
  case REF_DISTANCE:
    if (!nsa_field_is_none(s->distance))
      return ir_load(s->b, s->distance);
    return load_from(s->b, lower_distance_field(l, s->connection), s->side[SIDE_SELF]->index);
  case REF_SIGNAL:
    return ir_load(s->b, l->signal_value[item]);
  case REF_WINDOW_COUNT:
    return load_from(s->b, count_field(s, v->owner, item), v->index);
  case REF_PIXEL:
    return load_from(s->b, pixel_field(l, v->owner, item), v->index);
  default:
    return place_of(s, v, e->ref.kind);
  }
}

/* The field of what was there before, NSA_NO_FIELD: it is read as it is. */
static nsa_field_id past_field(const past_values *pasts, const model_expr *ref) {
  for (uint32_t k = 0; k < pasts->len; k++) {
    const model_expr *e = pasts->data[k].ref;
    if (e->ref.side == ref->ref.side && e->ref.kind == ref->ref.kind && e->ref.item == ref->ref.item)
      return pasts->data[k].field;
  }
  return NSA_NO_FIELD;
}

/* No number where the index is not that of an entry: who uses it sees that it is not finite. */
static ir_value channel_value(scope *s, ir_builder *b, const model_expr *e) {
  nsa_field_id field = s->l->channels[e->ref.item];
  ir_value index = lower_expr(s, e->args[0]);
  ir_value entry = ir_entry(b, index, (uint32_t)s->l->m->channels.data[e->ref.item].count);
  ir_value number = ir_index_number(b, entry, s->l->p->fields.data[field.id].domain);
  return ir_select(b, ir_binary(b, IR_OP_eq, number, index), ir_load_at(b, field, entry), ir_number(b, NAN));
}

/* With the default of a partner that may be absent. */
static ir_value ref_value(void *context, ir_builder *b, const model_expr *e) {
  scope *s = context;
  if (e->kind == MX_CHANNEL)
    return channel_value(s, b, e);
  view *v = s->side[e->ref.side];
  nsa_field_id past = past_field(&s->pasts, e);
  if (!nsa_field_is_none(past))
    return e->is_bool ? ir_binary(b, IR_OP_ne, ir_load(b, past), ir_number(b, 0)) : ir_load(b, past);
  ir_value x = own_value(s, v, e);
  if (v->known == IR_NO_VALUE)
    return x;
  for (uint32_t k = 0; k < v->defaults->astro_defaults.len; k++) {
    if (v->defaults->astro_defaults.data[k].kind != (uint32_t)e->ref.kind ||
        v->defaults->astro_defaults.data[k].item != e->ref.item)
      continue;
    ir_value otherwise = lower_expr(s, v->defaults->astro_defaults.data[k].value);
    return ir_select(b, v->known, x, otherwise);
  }
  bool is_fan = e->ref.kind == REF_FAN_IN; /* who is absent has no links */
  return is_fan ? ir_select(b, v->known, x, ir_number(b, 0)) : x;
}

/* ---- random draws ---- */

static const ir_opcode random_op[BUILTIN_COUNT] = {
    [BUILTIN_uniform] = IR_OP_rand_uniform,
    [BUILTIN_normal] = IR_OP_rand_normal,
    [BUILTIN_exponential] = IR_OP_rand_exponential,
    [BUILTIN_poisson] = IR_OP_rand_poisson,
    [BUILTIN_bernoulli] = IR_OP_rand_bernoulli,
    [BUILTIN_lognormal] = IR_OP_rand_lognormal,
    [BUILTIN_gamma] = IR_OP_rand_gamma,
    [BUILTIN_binomial] = IR_OP_rand_binomial,
};

static bool is_drawn_during_run(uint32_t role) {
  return role != NSA_ROLE_INIT && role != NSA_ROLE_SETUP && role != NSA_ROLE_CANDIDATE;
}

/* x, y: the distribution's arguments. */
static ir_value mean_of_draw(ir_builder *b, uint32_t fn, ir_value x, ir_value y) {
  if (fn == BUILTIN_gamma || fn == BUILTIN_binomial)
    return ir_binary(b, IR_OP_mul, x, y);
  if (fn == BUILTIN_lognormal) {
    ir_value half_square = ir_binary(b, IR_OP_mul, ir_number(b, 0.5), ir_binary(b, IR_OP_mul, y, y));
    return ir_binary(b, IR_OP_mul, x, ir_math(b, "exp", &half_square, 1));
  }
  if (fn != BUILTIN_uniform)
    return x;
  return ir_binary(b, IR_OP_mul, ir_number(b, 0.5), ir_binary(b, IR_OP_add, x, y));
}

/* The counter of a draw has room for both: links that are the first of their pair draw as though they were the only
 * one. */
static ir_value target_and_copy(scope *s) {
  nsa_field_id field = !nsa_field_is_none(s->copy) ? s->copy : lower_copy_field(s->l, s->connection);
  ir_value copy = load_from(s->b, field, s->side[SIDE_SELF]->index);
  return ir_binary(s->b, IR_OP_add, s->who_b, ir_binary(s->b, IR_OP_mul, copy, ir_number(s->b, 0x1p32)));
}

static ir_value lower_random(void *context, ir_builder *b, const model_expr *e) {
  scope *s = context;
  ir_value x = lower_expr(s, e->args[0]);
  ir_value y = e->args[1] ? lower_expr(s, e->args[1]) : IR_NO_VALUE;
  if (e->fn == BUILTIN_bernoulli && e->args[0]->kind != MX_NUMBER)
    lower_watch_probability(s, e, x);
  if (e->fn == BUILTIN_binomial && e->args[1]->kind != MX_NUMBER)
    lower_watch_probability(s, e, y);
  if (s->l->options->draws_at_mean && is_drawn_during_run(b->function->role)) {
    lower_note_draw(s->l, "%s/%s", s->key_prefix, e->key);
    return mean_of_draw(b, e->fn, x, y);
  }
  uint64_t key = hash_name64(arena_printf(s->l->arena, "%s/%s", s->key_prefix, e->key));
  ir_value who_b = s->has_copies ? target_and_copy(s) : s->who_b;
  return ir_random(b, random_op[e->fn], key, s->timescale, s->who_a, who_b, x, y);
}

/* ---- expressions ---- */

ir_value lower_expr(scope *s, const model_expr *e) {
  expr_leaves leaves = {ref_value, lower_random, s};
  return expr_build(s->b, &leaves, e);
}

ir_value lower_product(scope *s, factors f) {
  if (!f.count)
    return ir_number(s->b, 1);
  ir_value x = lower_expr(s, f.list[0]);
  for (uint32_t k = 1; k < f.count; k++)
    x = ir_binary(s->b, IR_OP_mul, x, lower_expr(s, f.list[k]));
  return x;
}

/* nsa_time_of, for a tick that the clock does not show. */
ir_value lower_time_of(ir_builder *b, ir_value tick, double dt) {
  nsa_step_length step = nsa_step_of(dt);
  if (step.digits <= 0)
    return ir_binary(b, IR_OP_mul, tick, ir_number(b, dt));
  ir_value whole = ir_binary(b, IR_OP_mul, tick, ir_number(b, step.digits));
  return step.scale > 1 ? ir_binary(b, IR_OP_div, whole, ir_number(b, step.scale)) : whole;
}

/* nsa_nearest_tick, for what is known in a run only. */
ir_value lower_nearest_tick(ir_builder *b, ir_value time, double dt) {
  ir_value ticks = ir_binary(b, IR_OP_div, time, ir_number(b, dt));
  return ir_unary(b, IR_OP_floor, ir_binary(b, IR_OP_add, ticks, ir_number(b, NSA_HALF_TICK)));
}

ir_value lower_ticks(scope *s, const model_expr *duration, uint32_t timescale) {
  ir_value ticks = lower_nearest_tick(s->b, lower_expr(s, duration), s->l->m->timescales.data[timescale].dt);
  return ir_binary(s->b, IR_OP_max, ticks, ir_number(s->b, 0));
}
