/* SPDX-License-Identifier: MIT */
/* fields.c - fields of parameters, those of links that are made when used, and small helpers. */
#include "lower/expr/fields.h"
#include "lower/expr/advance.h"
#include "lower/pure/phased.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/* ---- helpers ---- */

void lower_note_draw(lowering *l, const char *format, ...) {
  char line[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  for (uint32_t k = 0; k < l->report->draws.len; k++)
    if (!strcmp(l->report->draws.data[k], line))
      return;
  vec_push(l->arena, &l->report->draws, arena_printf(l->arena, "%s", line));
}

static bool is_taken(const lowering *l, const char *name) {
  for (uint32_t k = 0; k < l->p->functions.len; k++)
    if (strcmp(l->p->functions.data[k]->name, name) == 0)
      return true;
  return false;
}

const char *lower_kernel_name(const lowering *l, const char *owner, const char *of, const char *what) {
  const char *first = arena_printf(l->arena, "%s%s%s.%s", owner, of ? "." : "", of ? of : "", what), *name = first;
  for (uint32_t k = 2; is_taken(l, name); k++)
    name = arena_printf(l->arena, "%s%u", first, k);
  return name;
}

nsa_place lower_place(lowering *l, span at) {
  nsa_place p = {NSA_NONE, 0, 0};
  if (at.file == UINT32_MAX)
    return p;
  p.file = at.file;
  diag_locate(l->sink, at, &p.line, &p.column);
  return p;
}

uint64_t lower_dimension(dim d) {
  uint64_t bits = 0;
  for (int k = 0; k < DIM_COUNT; k++)
    bits |= (uint64_t)(uint8_t)d.q[k] << (8 * k);
  return bits;
}

nsa_field_id lower_add_field(lowering *l, const char *name, uint32_t domain, nsa_type type, nsa_field_kind kind,
                             double value, const dim *unit, span at) {
  dim d = unit ? *unit : dim_none();
  nsa_field f = {.name = name,
                 .domain = domain,
                 .type = type,
                 .kind = kind,
                 .connection = NSA_NO_CONNECTION,
                 .image = NSA_NO_IMAGE,
                 .given = NSA_NO_FIELD,
                 .value = value,
                 .unit = dim_shown(l->arena, d),
                 .dimension = lower_dimension(d),
                 .at = lower_place(l, at)};
  return ir_field_add(l->p, f);
}

nsa_field_id *lower_no_fields(lowering *l, uint32_t count) {
  nsa_field_id *f = ARENA_ARRAY(l->arena, nsa_field_id, count);
  for (uint32_t k = 0; k < count; k++)
    f[k] = NSA_NO_FIELD;
  return f;
}

ir_value lower_tick_of_links(const lowering *l, ir_builder *b, uint32_t connection) {
  return ir_nullary(b, IR_OP_tick, lower_clock_of_links(l->ctx, connection));
}

/* ---- parameters ---- */

owner_info lower_owner(lowering *l, bool is_connection, uint32_t owner) {
  owner_info o = {.l = l, .is_connection = is_connection, .owner = owner};
  o.name = is_connection ? l->m->connections.data[owner].name : l->m->populations.data[owner].name;
  o.c = is_connection ? component_of_connection(l->ctx, owner) : component_of_population(l->ctx, owner);
  return o;
}

void lower_store_param(scope *s, nsa_field_id field, const model_expr *value) {
  ir_value given = ir_load(s->b, s->l->p->fields.data[field.id].given);
  ir_value old = ir_load(s->b, field);
  ir_value x = lower_expr(s, value);
  ir_store(s->b, field, ir_select(s->b, given, old, x));
  lower_note_setter(s, field, x, value->at);
}

void lower_store_initial(scope *s, nsa_field_id field, const model_expr *value) {
  if (!nsa_field_is_none(s->l->p->fields.data[field.id].given)) {
    lower_store_param(s, field, value);
    return;
  }
  ir_value x = lower_expr(s, value);
  ir_store(s->b, field, x);
  lower_note_setter(s, field, x, value->at);
}

/* For uniform parameters: of the ends of a connection only uniform values can be asked for. */
static scope uniform_scope(const owner_info *o, ir_builder *b) {
  if (!o->is_connection)
    return scope_of_population(o->l, b, o->owner);
  const model_connection *mc = &o->l->m->connections.data[o->owner];
  scope s = {.l = o->l,
             .b = b,
             .timescale = o->c->timescale,
             .connection = o->owner,
             .distance = NSA_NO_FIELD,
             .key_prefix = o->name};
  s.side[SIDE_SELF] = view_of_connection(o->l, b, o->owner, IR_NO_VALUE);
  s.side[SIDE_PRE] = view_of_population(o->l, b, mc->source, IR_NO_VALUE);
  s.side[SIDE_POST] = view_of_population(o->l, b, mc->target, IR_NO_VALUE);
  return s;
}

void lower_run_at_edges(lowering *l, nsa_kernel_id kernel) {
  if (l->m->phase_sets.len > 0)
    vec_push(l->arena, &l->edge_param_list, kernel);
}

void lower_uniform_params(lowering *l, bool is_connection, uint32_t owner) {
  owner_info o = lower_owner(l, is_connection, owner);
  const nsa_field_id *param = is_connection ? l->connections[owner].param : l->populations[owner].param;
  ir_builder b = {0};
  scope s = {0};
  for (uint32_t k = 0; k < o.c->params.len; k++) {
    const nsa_field *field = &l->p->fields.data[param[k].id];
    if (!field->is_uniform || nsa_field_is_none(field->given))
      continue;
    if (!b.function) {
      nsa_kernel_id number;
      const char *name = arena_printf(l->arena, "%s.parameters", o.name);
      b = ir_builder_on(l->p, ir_function_add(l->p, name, NSA_ROLE_INIT, 0, o.c->timescale, &number));
      vec_push(l->arena, &l->init_list, number);
      lower_run_at_edges(l, number);
      s = uniform_scope(&o, &b);
    }
    lower_store_param(&s, param[k], lower_initial_value(l->ctx, is_connection, owner, REF_PARAM, k));
  }
}

void lower_phased_params(lowering *l, bool is_connection, uint32_t owner) {
  owner_info o = lower_owner(l, is_connection, owner);
  const nsa_field_id *param = is_connection ? l->connections[owner].param : l->populations[owner].param;
  ir_builder b = {0};
  scope s = {0};
  for (uint32_t k = 0; k < o.c->params.len; k++) {
    if (nsa_field_is_none(param[k]) || l->p->fields.data[param[k].id].is_uniform ||
        !lower_is_phased(l->ctx, is_connection, owner, k))
      continue;
    if (!b.function) {
      nsa_kernel_id number;
      uint32_t domain = is_connection ? l->connections[owner].domain : l->populations[owner].domain;
      const char *name = arena_printf(l->arena, "%s.at_edges", o.name);
      b = ir_builder_on(l->p, ir_function_add(l->p, name, NSA_ROLE_INIT, domain, o.c->timescale, &number));
      lower_run_at_edges(l, number);
      s = is_connection ? scope_of_links(l, &b, owner) : scope_of_population(l, &b, owner);
    }
    lower_store_param(&s, param[k], lower_initial_value(l->ctx, is_connection, owner, REF_PARAM, k));
  }
}

scope lower_uniform_scope(lowering *l, uint32_t connection, ir_builder *b) {
  owner_info o = lower_owner(l, true, connection);
  return uniform_scope(&o, b);
}

static nsa_field_id given_field(const owner_info *o, const char *name) {
  lowering *l = o->l;
  nsa_field_id f =
      lower_add_field(l, arena_printf(l->arena, "%s.given", name), 0, NSA_B1, NSA_FIELD_GIVEN, 0, NULL, SPAN_NONE);
  l->p->fields.data[f.id].is_uniform = 1;
  return f;
}

/* p: NULL of a state. */
static void add_settable(const owner_info *o, nsa_field_id field, nsa_field_id given, const model_param *p) {
  const nsa_field *f = &o->l->p->fields.data[field.id];
  nsa_settable s = {.name = f->name,
                    .field = field,
                    .given = given,
                    .unit = f->unit,
                    .dimension = f->dimension,
                    .has_range = p != NULL && p->has_range,
                    .lo = p != NULL ? p->lo : 0,
                    .hi = p != NULL ? p->hi : 0,
                    .is_initial = p == NULL};
  vec_push(o->l->arena, &o->l->settable_list, s);
}

void lower_initial_is_settable(const owner_info *o, nsa_field_id state) {
  nsa_field_id given = given_field(o, o->l->p->fields.data[state.id].name);
  o->l->p->fields.data[state.id].given = given;
  add_settable(o, state, given, NULL);
}

/* One field a parameter: one value for all, unless its value differs between entries. A value that
 * is not a constant is computed at the start, so that it follows what --set changes, unless it was
 * itself given. */
void lower_add_params(const owner_info *o, uint32_t domain, nsa_field_id *param) {
  lowering *l = o->l;
  for (uint32_t k = 0; k < o->c->params.len; k++) {
    const model_param *p = &o->c->params.data[k];
    const model_expr *value = lower_initial_value(l->ctx, o->is_connection, o->owner, REF_PARAM, k);
    const char *name = arena_printf(l->arena, "%s.%s", o->name, p->name);
    param[k] = lower_add_field(l, name, domain, NSA_F64, NSA_FIELD_PARAM, 0, &p->unit, p->at);
    bool is_uniform = !lower_is_varied(l->ctx, o->is_connection, o->owner, k);
    evaluated e = lower_evaluate(l->ctx, o->is_connection, o->owner, value);
    nsa_field_id given = e.is_constant ? NSA_NO_FIELD : given_field(o, name);
    nsa_field *f = &l->p->fields.data[param[k].id];
    f->is_uniform = is_uniform;
    f->value = e.value;
    f->given = given;
    add_settable(o, param[k], given, p);
  }
}

/* ---- fields of links ---- */

nsa_field_id lower_link_field(lowering *l, uint32_t connection, const char *what, uint32_t domain, nsa_type type,
                              nsa_field_kind kind) {
  const model_connection *mc = &l->m->connections.data[connection];
  nsa_field_id f =
      lower_add_field(l, arena_printf(l->arena, "%s.%s", mc->name, what), domain, type, kind, 0, NULL, mc->at);
  l->p->fields.data[f.id].connection.id = connection;
  return f;
}

nsa_field_id lower_fan_field(lowering *l, uint32_t connection, model_side side) {
  connection_fields *f = &l->connections[connection];
  const model_connection *mc = &l->m->connections.data[connection];
  nsa_field_id *field = side == SIDE_PRE ? &f->fan_out : side == SIDE_POST ? &f->fan_in : &f->partner_fan;
  uint32_t population = side == SIDE_PRE ? mc->source : side == SIDE_POST ? mc->target : mc->partner;
  const char *what = side == SIDE_PRE ? "fan_out" : side == SIDE_POST ? "fan_in" : "partner_fan";
  if (nsa_field_is_none(*field))
    *field = lower_link_field(l, connection, what, l->populations[population].domain, NSA_F64,
                              side == SIDE_PRE ? NSA_FIELD_FAN_OUT : NSA_FIELD_FAN_IN);
  return *field;
}

nsa_field_id lower_copy_field(lowering *l, uint32_t connection) {
  connection_fields *f = &l->connections[connection];
  if (nsa_field_is_none(f->link_copy))
    f->link_copy = lower_link_field(l, connection, "copy", f->domain, NSA_F64, NSA_FIELD_LINK_COPY);
  return f->link_copy;
}

nsa_field_id lower_column_field(lowering *l, uint32_t connection, uint32_t column) {
  connection_fields *f = &l->connections[connection];
  const char *name = l->m->connections.data[connection].rule.columns.data[column].name;
  if (nsa_field_is_none(f->link_column[column]))
    f->link_column[column] = lower_link_field(l, connection, arena_printf(l->arena, "column.%s", name), f->domain,
                                              NSA_F64, NSA_FIELD_LINK_COLUMN);
  return f->link_column[column];
}

nsa_field_id lower_distance_field(lowering *l, uint32_t connection) {
  connection_fields *f = &l->connections[connection];
  if (nsa_field_is_none(f->link_distance))
    f->link_distance = lower_link_field(l, connection, "distance", f->domain, NSA_F64, NSA_FIELD_LINK_DISTANCE);
  return f->link_distance;
}

/* ---- what stages evaluate ---- */

static uint32_t set_of_connection(const lowering *l, uint32_t connection) {
  return l->m->populations.data[l->m->connections.data[connection].target].stage_set;
}

void lower_stage_source(lowering *l, uint32_t connection, nsa_kernel_id kernel) {
  if (l->m->connections.data[connection].coupling == COUPLING_STAGES && lower_is_staged(l->ctx, connection))
    vec_push(l->arena, &l->stage_sources.data[set_of_connection(l, connection)], kernel);
}

/* One that is made once, after the links were built, stays as it is. */
void lower_stage_sum(lowering *l, uint32_t connection) {
  uint32_t newest = l->sum_list.len - 1;
  if (l->m->connections.data[connection].coupling == COUPLING_STAGES && lower_is_staged(l->ctx, connection) &&
      l->sum_list.data[newest].every != 0)
    vec_push(l->arena, &l->stage_sums.data[set_of_connection(l, connection)], newest);
}
