/* SPDX-License-Identifier: MIT */
/* fields.c - the arrays of populations and connections, and the small helpers of the stage. */
#include "lower/lower_internal.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/* ---- helpers ---- */

void lower_decide(lowering *l, const char *subject, const char *topic, const char *format, ...) {
  char line[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  lower_decision d = {subject, topic, arena_printf(l->arena, "%s", line)};
  vec_push(l->arena, &l->report->decisions, d);
}

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

nsa_place lower_place(lowering *l, span at) {
  nsa_place p = {NSA_NONE, 0, 0};
  if (at.file == UINT32_MAX)
    return p;
  p.file = at.file;
  diag_locate(l->sink, at, &p.line, &p.column);
  return p;
}

uint64_t lower_dim_bits(dim d) {
  uint64_t bits = 0;
  for (int k = 0; k < DIM_COUNT; k++)
    bits |= (uint64_t)(uint8_t)d.q[k] << (8 * k);
  return bits;
}

uint32_t lower_add_field(lowering *l, const char *name, uint32_t domain, nsa_type type, nsa_field_kind kind,
                         double value, const dim *unit, span at) {
  dim d = unit ? *unit : dim_none();
  nsa_field f = {.name = name,
                 .domain = domain,
                 .type = type,
                 .kind = kind,
                 .owner = NSA_NONE,
                 .value = value,
                 .unit = dim_name(l->arena, d),
                 .dimension = lower_dim_bits(d),
                 .at = lower_place(l, at)};
  return ir_field_add(l->p, f);
}

uint32_t *lower_no_fields(lowering *l, uint32_t count) {
  uint32_t *f = ARENA_ARRAY(l->arena, uint32_t, count);
  for (uint32_t k = 0; k < count; k++)
    f[k] = NO_FIELD;
  return f;
}

const model_component *component_of_population(const lowering *l, uint32_t population) {
  return &l->m->components.data[l->m->populations.data[population].component];
}

const model_component *component_of_connection(const lowering *l, uint32_t connection) {
  return &l->m->components.data[l->m->connections.data[connection].component];
}

uint32_t ticks_of_population(const lowering *l, uint32_t population) {
  return l->m->timescales.data[component_of_population(l, population)->timescale].ticks;
}

bool lower_is_slow(const lowering *l, uint32_t population) { return ticks_of_population(l, population) > 1; }

bool lower_is_extrapolated(const lowering *l, uint32_t population) {
  return component_of_population(l, population)->coupling == COUPLING_LINEAR && lower_is_slow(l, population);
}

uint32_t lower_base_timescale(const lowering *l) {
  uint32_t found = 0;
  for (uint32_t k = 0; k < l->m->timescales.len; k++)
    if (l->m->timescales.data[k].ticks < l->m->timescales.data[found].ticks)
      found = k;
  return found;
}

uint32_t lower_clock_of_links(const lowering *l, uint32_t connection) {
  const model_connection *mc = &l->m->connections.data[connection];
  const uint32_t partners[] = {mc->source, mc->target, mc->partner};
  uint32_t fastest = component_of_population(l, mc->source)->timescale;
  for (int i = 1; i < (mc->has_partner ? 3 : 2); i++) {
    uint32_t other = component_of_population(l, partners[i])->timescale;
    if (l->m->timescales.data[other].ticks < l->m->timescales.data[fastest].ticks)
      fastest = other;
  }
  return l->m->timescales.data[fastest].ticks == 1 ? lower_base_timescale(l) : fastest;
}

ir_value lower_tick_of_links(const lowering *l, ir_builder *b, uint32_t connection) {
  return ir_nullary(b, IR_OP_tick, lower_clock_of_links(l, connection));
}

bool state_has_equation(const model_component *c, uint32_t state) {
  for (uint32_t k = 0; k < c->odes.len; k++)
    if (c->odes.data[k].state == state)
      return true;
  return false;
}

/* ---- parameters ---- */

typedef struct {
  lowering *l;
  bool is_connection;
  uint32_t owner;
  const char *name;
  const model_component *c;
} owner_info;

static owner_info owner_of(lowering *l, bool is_connection, uint32_t owner) {
  owner_info o = {.l = l, .is_connection = is_connection, .owner = owner};
  o.name = is_connection ? l->m->connections.data[owner].name : l->m->populations.data[owner].name;
  o.c = is_connection ? component_of_connection(l, owner) : component_of_population(l, owner);
  return o;
}

const model_expr *lower_initial_value(const lowering *l, bool is_connection, uint32_t owner, model_ref_kind kind,
                                      uint32_t item) {
  const model_connection *mc = is_connection ? &l->m->connections.data[owner] : NULL;
  const model_population *pop = is_connection ? NULL : &l->m->populations.data[owner];
  const model_override *overrides = mc ? mc->overrides.data : pop->overrides.data;
  for (uint32_t k = mc ? mc->overrides.len : pop->overrides.len; k-- > 0;)
    if (overrides[k].target == kind && overrides[k].item == item)
      return overrides[k].value;
  const model_component *c = mc ? component_of_connection(l, owner) : component_of_population(l, owner);
  return kind == REF_PARAM ? c->params.data[item].value : c->states.data[item].initial;
}

void lower_store_param(scope *s, uint32_t field, const model_expr *value) {
  ir_value given = ir_load(s->b, s->l->p->fields.data[field].owner);
  ir_value old = ir_load(s->b, field);
  ir_store(s->b, field, ir_select(s->b, given, old, lower_expr(s, value)));
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
             .distance = NO_FIELD,
             .key_prefix = o->name};
  s.side[SIDE_SELF] = view_of_connection(o->l, b, o->owner, IR_NO_VALUE);
  s.side[SIDE_PRE] = view_of_population(o->l, b, mc->source, IR_NO_VALUE);
  s.side[SIDE_POST] = view_of_population(o->l, b, mc->target, IR_NO_VALUE);
  return s;
}

void lower_uniform_params(lowering *l, bool is_connection, uint32_t owner) {
  owner_info o = owner_of(l, is_connection, owner);
  const uint32_t *param = is_connection ? l->connections[owner].param : l->populations[owner].param;
  ir_builder b = {0};
  scope s = {0};
  for (uint32_t k = 0; k < o.c->params.len; k++) {
    const nsa_field *field = &l->p->fields.data[param[k]];
    if (!field->is_uniform || field->owner == NSA_NONE)
      continue;
    if (!b.function) {
      uint32_t number;
      const char *name = arena_printf(l->arena, "%s.parameters", o.name);
      b = ir_builder_on(l->p, ir_function_add(l->p, name, NSA_ROLE_INIT, 0, o.c->timescale, &number));
      vec_push(l->arena, &l->init_list, number);
      s = uniform_scope(&o, &b);
    }
    lower_store_param(&s, param[k], lower_initial_value(l, is_connection, owner, REF_PARAM, k));
  }
}

scope lower_uniform_scope(lowering *l, uint32_t connection, ir_builder *b) {
  owner_info o = owner_of(l, true, connection);
  return uniform_scope(&o, b);
}

static uint32_t given_field(const owner_info *o, const char *name) {
  lowering *l = o->l;
  uint32_t f =
      lower_add_field(l, arena_printf(l->arena, "%s.given", name), 0, NSA_B1, NSA_FIELD_GIVEN, 0, NULL, SPAN_NONE);
  l->p->fields.data[f].is_uniform = 1;
  return f;
}

static void add_settable(const owner_info *o, uint32_t field, uint32_t given, const model_param *p) {
  const nsa_field *f = &o->l->p->fields.data[field];
  nsa_settable s = {.name = f->name,
                    .field = field,
                    .given = given,
                    .unit = f->unit,
                    .dimension = f->dimension,
                    .has_range = p->has_range,
                    .lo = p->lo,
                    .hi = p->hi};
  vec_push(o->l->arena, &o->l->settable_list, s);
}

/* One field a parameter: one value for all, unless its value differs between entries. A value that
 * is not a constant is computed at the start, so that it follows what --set changes, unless it was
 * itself given. */
static void add_params(const owner_info *o, uint32_t domain, uint32_t *param) {
  lowering *l = o->l;
  for (uint32_t k = 0; k < o->c->params.len; k++) {
    const model_param *p = &o->c->params.data[k];
    const model_expr *value = lower_initial_value(l, o->is_connection, o->owner, REF_PARAM, k);
    const char *name = arena_printf(l->arena, "%s.%s", o->name, p->name);
    param[k] = lower_add_field(l, name, domain, NSA_F64, NSA_FIELD_PARAM, 0, &p->unit, p->at);
    uint32_t bits = lower_self_dependence(l, o->is_connection, o->owner, value);
    bool is_uniform = (bits & ~(uint32_t)DEPENDS_PARAM) == 0;
    evaluated e = lower_evaluate(l, o->is_connection, o->owner, value);
    uint32_t given = e.is_constant ? NSA_NONE : given_field(o, name);
    nsa_field *f = &l->p->fields.data[param[k]];
    f->is_uniform = is_uniform;
    f->value = e.value;
    f->owner = given;
    add_settable(o, param[k], given, p);
    if (!is_uniform)
      lower_decide(l, o->name, "parameter", "%s: one value for each %s", p->name,
                   o->is_connection ? "link" : "element");
  }
}

/* ---- populations ---- */

static bool has_stimulus(const lowering *l, uint32_t population, uint32_t input) {
  for (uint32_t k = 0; k < l->m->stimuli.len; k++)
    if (l->m->stimuli.data[k].population == population && l->m->stimuli.data[k].input == input)
      return true;
  return false;
}

/* An event whose condition is followed, so that its value before must be known. */
bool lower_is_crossing(const model_event *ev) { return ev->when != NULL && ev->is_crossing; }

static bool is_driven(const lowering *l, uint32_t population, uint32_t event) {
  for (uint32_t k = 0; k < l->m->event_drives.len; k++)
    if (l->m->event_drives.data[k].population == population && l->m->event_drives.data[k].event == event)
      return true;
  return false;
}

static bool has_phase_block(const lowering *l, uint32_t population) {
  for (uint32_t k = 0; k < l->m->phase_blocks.len; k++)
    if (l->m->phase_blocks.data[k].population == population)
      return true;
  return false;
}

bool lower_hears(const model_component *c) {
  for (uint32_t k = 0; k < c->blocks.len; k++)
    if (c->blocks.data[k].kind == BLOCK_SIGNAL)
      return true;
  return false;
}

/* Whether the condition's previous value can be had by evaluating it again before the step. */
static bool is_recomputable(lowering *l, uint32_t population, const model_event *ev) {
  uint32_t bits = lower_self_dependence(l, false, population, ev->when);
  uint32_t plain =
      DEPENDS_STATE | DEPENDS_HELD_STATE | DEPENDS_TIMER | DEPENDS_PARAM | DEPENDS_VARIED_PARAM | DEPENDS_ELEMENT;
  return (bits & ~plain) == 0 && !has_phase_block(l, population);
}

bool lower_draws(lowering *l, uint32_t population, const model_expr *e) {
  return lower_self_dependence(l, false, population, e) & DEPENDS_RANDOM;
}

static void add_event_fields(lowering *l, uint32_t population, population_fields *f) {
  const model_component *c = component_of_population(l, population);
  const char *pop = l->m->populations.data[population].name;
  for (uint32_t k = 0; k < c->events.len; k++) {
    const model_event *ev = &c->events.data[k];
    const char *name = arena_printf(l->arena, "%s.%s", pop, ev->name);
    f->fired[k] = lower_add_field(l, name, f->domain, NSA_B1, NSA_FIELD_FIRED, 0, NULL, ev->at);
    if (ev->refractory)
      f->refractory[k] = lower_add_field(l, arena_printf(l->arena, "%s.refractory", name), f->domain, NSA_F64,
                                         NSA_FIELD_TIMER, 0, NULL, ev->at);
    if (is_driven(l, population, k))
      f->driven[k] = lower_add_field(l, arena_printf(l->arena, "%s.driven", name), f->domain, NSA_B1,
                                     NSA_FIELD_EXTERNAL, 0, NULL, ev->at);
  }
}

/* Which events add to what of the population is known by now. */
static void add_edge_fields(lowering *l, uint32_t population) {
  population_fields *f = &l->populations[population];
  const model_component *c = component_of_population(l, population);
  const char *pop = l->m->populations.data[population].name;
  for (uint32_t k = 0; k < c->events.len; k++) {
    const model_event *ev = &c->events.data[k];
    if (!lower_is_crossing(ev) || (!f->is_added_to_at_once && is_recomputable(l, population, ev)))
      continue;
    const char *name = arena_printf(l->arena, "%s.%s.before", pop, ev->name);
    f->edge[k] = lower_add_field(l, name, f->domain, NSA_B1, NSA_FIELD_EDGE, 0, NULL, ev->at);
  }
}

/* The statements of a block that emit an event or signal. */
static uint32_t count_emits(const model_block *block, bool is_signal, uint32_t item) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < block->len; i++) {
    const model_stmt *st = &block->data[i];
    if (st->kind == STMT_EMIT && st->is_signal == is_signal && st->item == item)
      count++;
    if (st->kind == STMT_IF)
      count += count_emits(&st->then_block, is_signal, item) + count_emits(&st->else_block, is_signal, item);
  }
  return count;
}

static bool emits(const model_block *block, bool is_signal, uint32_t item) {
  return count_emits(block, is_signal, item) > 0;
}

static uint32_t emits_of_event(const model_component *c, uint32_t event) {
  uint32_t count = 0;
  for (uint32_t k = 0; k < c->blocks.len; k++)
    count += count_emits(&c->blocks.data[k].body, false, event);
  return count;
}

bool lower_emits_event(const model_component *c, uint32_t event) { return emits_of_event(c, event) > 0; }

static uint32_t counter(lowering *l, uint32_t population, uint32_t event, const char *what) {
  const model_event *ev = &component_of_population(l, population)->events.data[event];
  const char *name = arena_printf(l->arena, "%s.%s.%s", l->m->populations.data[population].name, ev->name, what);
  return lower_add_field(l, name, l->populations[population].domain, NSA_F64, NSA_FIELD_COUNTER, 0, NULL, ev->at);
}

/* What is told at the end of a run. A condition that draws has no value behind its blocks. */
static void add_counters(lowering *l, uint32_t population) {
  population_fields *f = &l->populations[population];
  const model_component *c = component_of_population(l, population);
  for (uint32_t k = 0; k < c->events.len; k++) {
    const model_event *ev = &c->events.data[k];
    if (f->driven[k] != NO_FIELD || emits_of_event(c, k) > 1)
      f->repeated[k] = counter(l, population, k, "repeated");
    if (lower_is_crossing(ev) && ev->is_reset && !lower_draws(l, population, ev->when))
      f->stuck[k] = counter(l, population, k, "stuck");
  }
}

/* What blocks of events emit before the step's function, which sends it. */
static void add_pending_fields(lowering *l, uint32_t population) {
  population_fields *f = &l->populations[population];
  const model_component *c = component_of_population(l, population);
  uint32_t events = c->events.len;
  f->pending = lower_no_fields(l, events + l->m->signals.len);
  bool is_split = lower_is_split(l, population), is_slow = lower_is_slow(l, population);
  if (!is_slow && !has_phase_block(l, population) && !lower_needs_settling(l, population) && !is_split)
    return;
  for (uint32_t k = 0; k < events + l->m->signals.len; k++)
    for (uint32_t i = 0; i < c->blocks.len; i++) {
      const model_on *on = &c->blocks.data[i];
      bool is_signal = k >= events;
      bool is_before = on->kind == BLOCK_EVENT || is_split || (is_slow && on->kind == BLOCK_SIGNAL);
      if (f->pending[k] != NO_FIELD || !is_before || !emits(&on->body, is_signal, is_signal ? k - events : k))
        continue;
      const char *name = is_signal ? l->m->signals.data[k - events].name : c->events.data[k].name;
      name = arena_printf(l->arena, "%s.%s.pending", l->m->populations.data[population].name, name);
      f->pending[k] = lower_add_field(l, name, f->domain, NSA_B1, NSA_FIELD_EDGE, 0, NULL, on->at);
    }
}

static void add_signal_flags(lowering *l, uint32_t population, population_fields *f) {
  const model_component *c = component_of_population(l, population);
  for (uint32_t k = 0; k < l->m->signals.len; k++)
    for (uint32_t i = 0; i < c->blocks.len; i++)
      if (f->sent[k] == NO_FIELD && emits(&c->blocks.data[i].body, true, k))
        f->sent[k] = lower_add_field(
            l, arena_printf(l->arena, "%s.%s", l->m->populations.data[population].name, l->m->signals.data[k].name),
            f->domain, NSA_B1, NSA_FIELD_FIRED, 0, NULL, c->blocks.data[i].at);
}

static span place_of_state(const model_component *c, uint32_t state) {
  for (uint32_t k = 0; k < c->odes.len; k++)
    if (c->odes.data[k].state == state)
      return c->odes.data[k].at;
  return c->states.data[state].at;
}

/* Equations on a timescale slower than the component's are held: their steps are not those of the component. */
static void add_slopes(const owner_info *o, population_fields *f) {
  lowering *l = o->l;
  f->slope = lower_no_fields(l, o->c->states.len);
  for (uint32_t k = 0; k < o->c->odes.len && lower_is_extrapolated(l, o->owner); k++) {
    const model_ode *ode = &o->c->odes.data[k];
    if (ode->timescale != o->c->timescale)
      continue;
    const char *state = o->c->states.data[ode->state].name;
    f->slope[ode->state] = lower_add_field(l, arena_printf(l->arena, "%s.%s.slope", o->name, state), f->domain, NSA_F64,
                                           NSA_FIELD_SLOPE, 0, NULL, ode->at);
    lower_decide(l, o->name, "coupling",
                 "%s: others read it between two ticks as it goes on from its last step (linear)", state);
  }
}

void lower_population_fields(lowering *l, uint32_t population) {
  owner_info o = owner_of(l, false, population);
  const model_component *c = o.c;
  population_fields *f = &l->populations[population];
  f->domain = ir_domain_add(l->p, o.name, NSA_DOMAIN_POPULATION, population);
  f->param = lower_no_fields(l, c->params.len);
  f->state = lower_no_fields(l, c->states.len);
  f->timer = lower_no_fields(l, c->timers.len);
  f->input = lower_no_fields(l, c->inputs.len);
  f->external = lower_no_fields(l, c->inputs.len);
  f->input_every = ARENA_ARRAY(l->arena, uint32_t, c->inputs.len);
  f->is_windowed = ARENA_ARRAY(l->arena, bool, c->inputs.len);
  f->is_by_step = ARENA_ARRAY(l->arena, bool, c->inputs.len);
  f->given = lower_no_fields(l, c->inputs.len);
  f->window = lower_no_fields(l, c->inputs.len);
  f->fired = lower_no_fields(l, c->events.len);
  f->edge = lower_no_fields(l, c->events.len);
  f->refractory = lower_no_fields(l, c->events.len);
  f->driven = lower_no_fields(l, c->events.len);
  f->repeated = lower_no_fields(l, c->events.len);
  f->stuck = lower_no_fields(l, c->events.len);
  f->arrived_state = lower_no_fields(l, c->states.len);
  f->arrived_input = lower_no_fields(l, c->inputs.len);
  f->sent = lower_no_fields(l, l->m->signals.len);
  add_params(&o, f->domain, f->param);
  for (uint32_t k = 0; k < c->states.len; k++) {
    const model_state *s = &c->states.data[k];
    f->state[k] = lower_add_field(l, arena_printf(l->arena, "%s.%s", o.name, s->name), f->domain, NSA_F64,
                                  NSA_FIELD_STATE, 0, &s->unit, place_of_state(c, k));
  }
  for (uint32_t k = 0; k < c->timers.len; k++)
    f->timer[k] = lower_add_field(l, arena_printf(l->arena, "%s.%s", o.name, c->timers.data[k].name), f->domain,
                                  NSA_F64, NSA_FIELD_TIMER, 0, NULL, c->timers.data[k].at);
  for (uint32_t k = 0; k < c->inputs.len; k++)
    if (has_stimulus(l, population, k))
      f->external[k] =
          lower_add_field(l, arena_printf(l->arena, "%s.%s.external", o.name, c->inputs.data[k].name), f->domain,
                          NSA_F64, NSA_FIELD_EXTERNAL, 0, &c->inputs.data[k].unit, c->inputs.data[k].at);
  add_slopes(&o, f);
  lower_stage_fields(l, population);
  f->lets = ARENA_ARRAY(l->arena, let_memo, c->lets.len);
  add_event_fields(l, population, f);
  add_counters(l, population);
  add_signal_flags(l, population, f);
  f->is_added_to_at_once =
      f->is_added_to_at_once || (lower_is_slow(l, population) && (has_phase_block(l, population) || lower_hears(c)));
}

/* Inputs that links feed: known once all contributions are split. */
static void add_input_fields(lowering *l, uint32_t population) {
  population_fields *f = &l->populations[population];
  const model_component *c = component_of_population(l, population);
  for (uint32_t k = 0; k < f->target_terms.len; k++) {
    uint32_t *every = &f->input_every[f->target_terms.data[k].input];
    if (!*every || f->target_terms.data[k].every < *every)
      *every = f->target_terms.data[k].every;
  }
  for (uint32_t k = 0; k < c->inputs.len; k++) {
    lower_window_fields(l, population, k);
    if (!f->input_every[k] && !f->is_windowed[k])
      continue;
    const model_input *in = &c->inputs.data[k];
    const char *name = arena_printf(l->arena, "%s.%s", l->m->populations.data[population].name, in->name);
    f->input[k] = lower_add_field(l, name, f->domain, NSA_F64, NSA_FIELD_INPUT, 0, &in->unit, in->at);
  }
}

void lower_input_fields(lowering *l) {
  for (uint32_t k = 0; k < l->m->populations.len; k++) {
    add_input_fields(l, k);
    lower_stage_inputs(l, k);
    add_edge_fields(l, k);
    add_pending_fields(l, k);
  }
}

/* ---- connections ---- */

static uint32_t link_index(lowering *l, uint32_t connection, const char *what, uint32_t domain, nsa_type type,
                           nsa_field_kind kind) {
  const model_connection *mc = &l->m->connections.data[connection];
  uint32_t f = lower_add_field(l, arena_printf(l->arena, "%s.%s", mc->name, what), domain, type, kind, 0, NULL, mc->at);
  l->p->fields.data[f].owner = connection;
  return f;
}

static bool is_probed(const lowering *l, uint32_t connection) {
  for (uint32_t k = 0; k < l->m->records.len; k++) {
    const model_probe *p = &l->m->records.data[k].probe;
    if (p->is_connection && p->owner == connection)
      return true;
  }
  return false;
}

/* Inputs are changed by the function that a stencil is part of. */
static bool reads_inputs_of_others(lowering *l, uint32_t connection, const model_expr *e) {
  view views[4] = {{0}}, *side[4];
  lower_sides(l, true, connection, views, side);
  dependence d = lower_dependence(l, side, e);
  return (d.side[SIDE_PRE] | d.side[SIDE_ASTRO]) & DEPENDS_INPUT;
}

/* Grid neighbours need no stored links when nothing is kept for each link. */
static bool can_be_stencil(lowering *l, uint32_t connection, const connection_fields *f) {
  const model_connection *mc = &l->m->connections.data[connection];
  const model_component *c = component_of_connection(l, connection);
  const model_population *source = &l->m->populations.data[mc->source], *target = &l->m->populations.data[mc->target];
  if (mc->rule.kind != RULE_NEIGHBOURS || mc->allow_self || c->states.len || c->blocks.len || mc->delay ||
      is_probed(l, connection) || mc->has_partner_per_link)
    return false;
  if (source->rows != target->rows || source->cols != target->cols)
    return false;
  for (uint32_t k = 0; k < c->params.len; k++)
    if (!l->p->fields.data[f->param[k]].is_uniform)
      return false;
  for (uint32_t k = 0; k < c->contributions.len; k++) {
    const model_contribution *x = &c->contributions.data[k];
    if (x->side != SIDE_POST || lower_self_dependence(l, true, connection, x->value) & DEPENDS_DISTANCE ||
        reads_inputs_of_others(l, connection, x->value))
      return false;
  }
  return true;
}

static void add_partner_fields(lowering *l, uint32_t connection, connection_fields *f) {
  const model_connection *mc = &l->m->connections.data[connection];
  f->partner_index = f->partner_known = f->partner_fan = NO_FIELD;
  if (!mc->has_partner)
    return;
  uint32_t side = mc->partner_of == SIDE_PRE ? mc->source : mc->target;
  uint32_t domain = mc->has_partner_per_link ? f->domain : l->populations[side].domain;
  f->partner_index = link_index(l, connection, "partner", domain, NSA_INDEX, NSA_FIELD_PARTNER);
  f->partner_known = link_index(l, connection, "partner_known", domain, NSA_B1, NSA_FIELD_PARTNER_KNOWN);
}

/* One value for each link, or for each element of the side that all its links share. */
static void add_link_states(const owner_info *o, connection_fields *f) {
  lowering *l = o->l;
  const model_connection *mc = &l->m->connections.data[o->owner];
  const uint32_t domains[] = {f->domain, l->populations[mc->source].domain, l->populations[mc->target].domain,
                              mc->has_partner ? l->populations[mc->partner].domain : NSA_NONE};
  lower_link_states(l, o->owner);
  for (uint32_t k = 0; k < 4; k++)
    f->advanced[k] = NO_FIELD;
  for (uint32_t k = 0; k < o->c->states.len; k++) {
    const model_state *s = &o->c->states.data[k];
    uint32_t home = (uint32_t)f->home[k];
    f->state[k] = NO_FIELD;
    if (f->is_summed[k])
      continue;
    f->state[k] = lower_add_field(l, arena_printf(l->arena, "%s.%s", o->name, s->name), domains[home], NSA_F64,
                                  NSA_FIELD_STATE, 0, &s->unit, s->at);
    if (f->advance[k] == ADVANCE_AT_EVENTS && f->advanced[home] == NO_FIELD)
      f->advanced[home] = lower_add_field(l, arena_printf(l->arena, "%s.advanced%u", o->name, home), domains[home],
                                          NSA_F64, NSA_FIELD_ADVANCED, 0, NULL, s->at);
  }
}

/* In base ticks: one number where that is the same for all links. */
static uint32_t add_delay(const owner_info *o, const model_expr *delay, const char *name) {
  lowering *l = o->l;
  connection_fields *f = &l->connections[o->owner];
  if (!delay)
    return NO_FIELD;
  uint32_t bits = lower_self_dependence(l, true, o->owner, delay);
  uint32_t field = lower_add_field(l, arena_printf(l->arena, "%s.%s", o->name, name), f->domain, NSA_F64,
                                   NSA_FIELD_DELAY, 0, NULL, delay->at);
  l->p->fields.data[field].owner = o->owner;
  l->p->fields.data[field].is_uniform = (bits & ~(uint32_t)DEPENDS_PARAM) == 0;
  return field;
}

void lower_connection_fields(lowering *l, uint32_t connection) {
  owner_info o = owner_of(l, true, connection);
  connection_fields *f = &l->connections[connection];
  f->domain = ir_domain_add(l->p, o.name, NSA_DOMAIN_CONNECTION, connection);
  f->candidates = NSA_NONE;
  f->param = lower_no_fields(l, o.c->params.len);
  f->state = lower_no_fields(l, o.c->states.len);
  f->fan_in = f->fan_out = NO_FIELD;
  add_params(&o, f->domain, f->param);
  f->link_source = link_index(l, connection, "source", f->domain, NSA_INDEX, NSA_FIELD_LINK_SOURCE);
  f->link_target = link_index(l, connection, "target", f->domain, NSA_INDEX, NSA_FIELD_LINK_TARGET);
  f->link_distance = f->link_copy = NO_FIELD;
  add_partner_fields(l, connection, f);
  add_link_states(&o, f);
  f->delay = add_delay(&o, l->m->connections.data[connection].delay, "delay");
  f->delay_back = add_delay(&o, l->m->connections.data[connection].delay_back, "delay_back");
  f->lets = ARENA_ARRAY(l->arena, let_memo, o.c->lets.len);
  f->is_stencil = can_be_stencil(l, connection, f);
}

uint32_t lower_fan_field(lowering *l, uint32_t connection, model_side side) {
  connection_fields *f = &l->connections[connection];
  const model_connection *mc = &l->m->connections.data[connection];
  uint32_t *field = side == SIDE_PRE ? &f->fan_out : side == SIDE_POST ? &f->fan_in : &f->partner_fan;
  uint32_t population = side == SIDE_PRE ? mc->source : side == SIDE_POST ? mc->target : mc->partner;
  const char *what = side == SIDE_PRE ? "fan_out" : side == SIDE_POST ? "fan_in" : "partner_fan";
  if (*field == NO_FIELD)
    *field = link_index(l, connection, what, l->populations[population].domain, NSA_F64,
                        side == SIDE_PRE ? NSA_FIELD_FAN_OUT : NSA_FIELD_FAN_IN);
  return *field;
}

uint32_t lower_copy_field(lowering *l, uint32_t connection) {
  connection_fields *f = &l->connections[connection];
  if (f->link_copy == NO_FIELD)
    f->link_copy = link_index(l, connection, "copy", f->domain, NSA_F64, NSA_FIELD_LINK_COPY);
  return f->link_copy;
}

uint32_t lower_distance_field(lowering *l, uint32_t connection) {
  connection_fields *f = &l->connections[connection];
  if (f->link_distance == NO_FIELD)
    f->link_distance = link_index(l, connection, "distance", f->domain, NSA_F64, NSA_FIELD_LINK_DISTANCE);
  return f->link_distance;
}
