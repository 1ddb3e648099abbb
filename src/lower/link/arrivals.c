/* SPDX-License-Identifier: MIT */
/* arrivals.c - what events do at the links they reach (phase 2), and what links do on a clock (phases 3 and 4).
 *
 * The blocks of one event make one function over a batch of links. It brings the event-driven states up to the time,
 * runs the blocks, stores what they changed at the links, and leaves what they add to a partner in a field of the
 * batch, which the runtime sums up. States that all links of an element share are only read there; a second function,
 * over the elements of whom the event is, changes them behind it. */
#include "lower/link/link.h"
#include "model/walk.h"
#include "support/file.h"

/* ---- fields ---- */

typedef struct {
  lowering *l;
  uint32_t connection;
} arrived_search;

static walk_step add_arrived(void *context, const model_stmt *st) {
  const arrived_search *a = context;
  lowering *l = a->l;
  if (st->kind > STMT_DIV || st->side == SIDE_SELF)
    return WALK_ON;
  uint32_t population = lower_population_of_side(l->ctx, a->connection, st->side);
  population_fields *f = &l->populations[population];
  const model_component *c = component_of_population(l->ctx, population);
  bool is_state = st->target == REF_STATE;
  nsa_field_id *field = is_state ? &f->arrived_state[st->item] : &f->arrived_input[st->item];
  const char *name = is_state ? c->states.data[st->item].name : c->inputs.data[st->item].name;
  const dim *unit = is_state ? &c->states.data[st->item].unit : &c->inputs.data[st->item].unit;
  if (is_state && l->plan->populations[population].states[st->item].added == ADDED_DIRECTLY)
    *field = f->state[st->item];
  if (nsa_field_is_none(*field))
    *field = lower_add_field(l, arena_printf(l->arena, "%s.%s.arrived", l->m->populations.data[population].name, name),
                             f->domain, NSA_F64, NSA_FIELD_ARRIVED, 0, unit, st->at);
  return WALK_ON;
}

static nsa_field_id batch_index(lowering *l, uint32_t connection, const char *what) {
  const model_connection *mc = &l->m->connections.data[connection];
  return lower_add_field(l, arena_printf(l->arena, "%s.arrival_%s", mc->name, what),
                         l->connections[connection].arrivals, NSA_INDEX, NSA_FIELD_SCRATCH, 0, NULL, mc->at);
}

void lower_arrival_fields(lowering *l, uint32_t connection) {
  connection_fields *f = &l->connections[connection];
  const model_component *c = component_of_connection(l->ctx, connection);
  for (uint32_t k = 0; k < c->blocks.len; k++)
    walk_block(&(walker){.stmt = add_arrived, .context = &(arrived_search){l, connection}}, &c->blocks.data[k].body);
  f->arrivals = NSA_NONE;
  f->arrival_link = f->arrival_source = f->arrival_target = f->arrival_partner = NSA_NO_FIELD;
  if (!l->plan->connections[connection].arrivals.len)
    return;
  f->arrivals =
      ir_domain_of_connection(l->p, arena_printf(l->arena, "%s.arrivals", l->m->connections.data[connection].name),
                              NSA_DOMAIN_ARRIVALS, (nsa_connection_id){connection});
  f->arrival_link = batch_index(l, connection, "link");
  f->arrival_source = batch_index(l, connection, "source");
  f->arrival_target = batch_index(l, connection, "target");
  if (l->m->connections.data[connection].has_partner)
    f->arrival_partner = batch_index(l, connection, "partner");
}

/* ---- states of links in a function ---- */

static void store_at_home(scope *s, nsa_field_id field, model_side home, ir_value x) {
  ir_value index = s->side[home]->index;
  if (index == IR_NO_VALUE)
    ir_store(s->b, field, x);
  else
    ir_store_at(s->b, field, index, x);
}

/* An event-driven state of this home, or what enters one's equation, has changed: all of the home are stored as
 * they are now. */
static bool is_home_changed(const lowering *l, uint32_t connection, const block_state *now, const ir_value *before,
                            model_side home) {
  const model_component *c = component_of_connection(l->ctx, connection);
  const state_plan *states = l->plan->connections[connection].states;
  for (uint32_t k = 0; k < c->states.len; k++) {
    if (now->states[k] == before[k])
      continue;
    if (states[k].advance == ADVANCE_AT_EVENTS && states[k].home == home)
      return true;
    for (uint32_t i = 0; i < c->odes.len; i++) {
      uint32_t driven = c->odes.data[i].state;
      if (states[driven].advance == ADVANCE_AT_EVENTS && states[driven].home == home &&
          lower_reads_state(l->ctx, connection, c->odes.data[i].rate, k))
        return true;
    }
  }
  return false;
}

/* Stores what changed of a home; `states` gets the fields. */
static void store_links(scope *s, const block_state *now, const ir_value *before, model_side home, ir_value tick,
                        field_ids *states) {
  lowering *l = s->l;
  uint32_t connection = s->side[SIDE_SELF]->owner;
  const connection_fields *f = &l->connections[connection];
  bool is_changed = !nsa_field_is_none(f->advanced[home]) && is_home_changed(l, connection, now, before, home);
  const state_plan *kept = l->plan->connections[connection].states;
  for (uint32_t k = 0; k < now->state_count; k++) {
    bool goes_along = is_changed && kept[k].advance == ADVANCE_AT_EVENTS;
    if (kept[k].home != home || (now->states[k] == before[k] && !goes_along))
      continue;
    store_at_home(s, f->state[k], home, now->states[k]);
    ir_unary(s->b, IR_OP_check, now->states[k]);
    vec_push(l->arena, states, f->state[k]);
  }
  if (is_changed)
    store_at_home(s, f->advanced[home], home, tick);
}

/* ---- the functions of one event ---- */

typedef struct {
  lowering *l;
  uint32_t connection;
  block_kind kind; /* as the plan has it */
  uint32_t event;
  scope s;
  block_state now;
  ir_value *before;
  ir_value tick;
} arrival;

static scope scope_of_batch(lowering *l, ir_builder *b, uint32_t connection) {
  const connection_fields *f = &l->connections[connection];
  ir_value source = ir_load(b, f->arrival_source), target = ir_load(b, f->arrival_target);
  scope s = scope_of_links_at(l, b, connection, ir_load(b, f->arrival_link), source, target);
  if (s.side[SIDE_ASTRO])
    s.side[SIDE_ASTRO]->index = ir_load(b, f->arrival_partner);
  return s;
}

/* "stdp.on_pre" of a spike, "stdp.on_post_calcium" of another event, "stdp.on_reward" of a signal. */
static const char *name_of_event(const arrival *a) {
  const lowering *l = a->l;
  const char *connection = l->m->connections.data[a->connection].name;
  if (a->kind == BLOCK_SIGNAL)
    return arena_printf(l->arena, "%s.on_%s", connection, l->m->signals.data[a->event].name);
  model_side side = lower_side_of_block(a->kind);
  const model_event *ev =
      &component_of_population(l->ctx, lower_population_of_side(l->ctx, a->connection, side))->events.data[a->event];
  return arena_printf(l->arena, "%s.on_%s%s%s", connection, lower_side_words[side], ev->is_spike ? "" : "_",
                      ev->is_spike ? "" : ev->name);
}

static ir_builder begin(arrival *a, const char *suffix, nsa_kernel_id *number) {
  lowering *l = a->l;
  const char *name = arena_printf(l->arena, "%s%s", name_of_event(a), suffix);
  ir_function *fn = ir_function_add(l->p, name, NSA_ROLE_ARRIVAL, l->connections[a->connection].arrivals,
                                    component_of_connection(l->ctx, a->connection)->timescale, number);
  return ir_builder_on(l->p, fn);
}

static void run_blocks(arrival *a, ir_builder *b) {
  const model_component *c = component_of_connection(a->l->ctx, a->connection);
  b->at = c->at;
  a->s = scope_of_batch(a->l, b, a->connection);
  lower_at_fast_steps(&a->s);
  a->tick = lower_tick_of_links(a->l, b, a->connection);
  lower_load_links(&a->s, &a->now, a->tick);
  a->before = ARENA_ARRAY(a->l->arena, ir_value, c->states.len);
  memcpy(a->before, a->now.states, c->states.len * sizeof *a->before);
  for (uint32_t k = 0; k < c->blocks.len; k++)
    if (c->blocks.data[k].kind == a->kind && c->blocks.data[k].event == a->event)
      lower_find_increments(&a->s, &a->now, &c->blocks.data[k].body);
  for (uint32_t k = 0; k < c->blocks.len; k++)
    if (c->blocks.data[k].kind == a->kind && c->blocks.data[k].event == a->event)
      lower_block(&a->s, &a->now, &c->blocks.data[k].body);
}

/* What blocks add to partners, and the signals that they send: left in fields of the domain for the runtime. */
typedef struct {
  nsa_increment *increments;
  nsa_emission *emissions;
  uint32_t increment_count, emission_count;
} outcome;

static nsa_field_id outcome_field(lowering *l, uint32_t connection, uint32_t domain, const char *what, nsa_type type,
                                  span at) {
  const char *name = arena_printf(l->arena, "%s.%s%u", l->m->connections.data[connection].name, what, l->p->fields.len);
  return lower_add_field(l, name, domain, type, NSA_FIELD_SCRATCH, 0, NULL, at);
}

/* What is added to an astrocyte that is absent goes nowhere. */
static ir_value that_counts(const scope *s, const block_increment *x) {
  const view *to = s->side[x->side];
  return to->known == IR_NO_VALUE ? x->value : ir_select(s->b, to->known, x->value, ir_number(s->b, 0));
}

static outcome store_outcome(scope *s, const block_state *now, uint32_t domain) {
  lowering *l = s->l;
  ir_builder *b = s->b;
  uint32_t connection = s->side[SIDE_SELF]->owner;
  VEC(nsa_increment) increments = {0};
  VEC(nsa_emission) emissions = {0};
  for (uint32_t k = 0; k < now->increments.len; k++) {
    const block_increment *x = &now->increments.data[k];
    const population_fields *f = &l->populations[lower_population_of_side(l->ctx, connection, x->side)];
    nsa_increment inc = {.side = (uint32_t)x->side,
                         .value = outcome_field(l, connection, domain, "increment", NSA_F64, x->at),
                         .sum = x->total      ? l->terms[x->total->number].arrived
                                : x->is_input ? f->arrived_input[x->item]
                                              : f->arrived_state[x->item]};
    lower_check(b, that_counts(s, x));
    ir_store(b, inc.value, x->value);
    for (uint32_t i = 0; i < x->said.len; i++)
      lower_note_setter(s, inc.value, x->value, x->said.data[i]);
    vec_push(l->arena, &increments, inc);
  }
  for (uint32_t k = 0; k < now->event_count; k++) {
    const ir_op *sent = &b->function->ops.data[now->emitted[k]];
    if (sent->op == IR_OP_bool && sent->number == 0)
      continue;
    nsa_emission e = {.signal = {k}, .flag = outcome_field(l, connection, domain, "sent", NSA_B1, b->at)};
    ir_store(b, e.flag, now->emitted[k]);
    vec_push(l->arena, &emissions, e);
  }
  return (outcome){increments.data, emissions.data, increments.len, emissions.len};
}

static void lower_event(lowering *l, uint32_t connection, const arrival_plan *plan) {
  arrival a = {.l = l, .connection = connection, .kind = plan->kind, .event = plan->event};
  nsa_arrival out = {.connection = {connection}, .shared = NSA_NO_KERNEL};
  field_ids states = {0}, shared = {0};
  model_side side = lower_side_of_block(plan->kind);
  if (plan->kind == BLOCK_SIGNAL) {
    out.side = NSA_SIDE_SIGNAL;
    out.signal = (nsa_signal_id){plan->event};
  } else {
    out.side = (uint32_t)side;
    out.event.id = plan->event;
  }
  ir_builder b = begin(&a, "", &out.kernel);
  run_blocks(&a, &b);
  store_links(&a.s, &a.now, a.before, SIDE_SELF, a.tick, &states);
  outcome left = store_outcome(&a.s, &a.now, l->connections[connection].arrivals);
  out.increments = left.increments;
  out.increments_count = left.increment_count;
  out.emissions = left.emissions;
  out.emissions_count = left.emission_count;
  if (plan->changes_shared) {
    b = begin(&a, "_shared", &out.shared);
    run_blocks(&a, &b);
    store_links(&a.s, &a.now, a.before, side, a.tick, &shared);
  }
  out.states = states.data;
  out.states_count = states.len;
  out.shared_states = shared.data;
  out.shared_states_count = shared.len;
  vec_push(l->arena, &l->arrival_list, out);
}

static void lower_signal_arrivals(lowering *l, uint32_t signal) {
  for (uint32_t k = 0; k < l->m->connections.len; k++) {
    const connection_plan *plan = &l->plan->connections[k];
    for (uint32_t j = 0; j < plan->arrivals.len; j++)
      if (plan->arrivals.data[j].kind == BLOCK_SIGNAL && plan->arrivals.data[j].event == signal)
        lower_event(l, k, &plan->arrivals.data[j]);
  }
}

/* All of pre before those of post, of partners, and signals one by one. */
void lower_arrivals(lowering *l) {
  static const block_kind order[] = {BLOCK_PRE, BLOCK_POST, BLOCK_ASTRO};
  for (uint32_t i = 0; i < sizeof order / sizeof *order; i++)
    for (uint32_t k = 0; k < l->m->connections.len; k++) {
      const connection_plan *plan = &l->plan->connections[k];
      for (uint32_t j = 0; j < plan->arrivals.len; j++)
        if (plan->arrivals.data[j].kind == order[i])
          lower_event(l, k, &plan->arrivals.data[j]);
    }
  const uint32_t *signals = lower_signals_by_rank(l->ctx);
  for (uint32_t k = 0; k < l->m->signals.len; k++)
    lower_signal_arrivals(l, signals[k]);
}

/* ---- links on a clock ---- */

/* The tick of the links' clock that is done when this base tick is. */
static ir_value tick_behind(lowering *l, ir_builder *b, uint32_t connection) {
  double ticks = l->m->timescales.data[lower_clock_of_links(l->ctx, connection)].ticks;
  ir_value done = ir_binary(b, IR_OP_add, ir_nullary(b, IR_OP_tick, lower_base_timescale(l->ctx)), ir_number(b, 1));
  return ticks == 1 ? done : ir_unary(b, IR_OP_floor, ir_binary(b, IR_OP_div, done, ir_number(b, ticks)));
}

/* Event-driven states up to the end of a tick. */
static nsa_kernel_id refresh_function(lowering *l, uint32_t connection, model_side home, field_ids *states) {
  const connection_fields *f = &l->connections[connection];
  const model_component *c = component_of_connection(l->ctx, connection);
  const char *of = l->m->connections.data[connection].name;
  const char *name = home == SIDE_SELF ? arena_printf(l->arena, "%s.refresh", of)
                                       : arena_printf(l->arena, "%s.refresh_%s", of, lower_side_words[home]);
  uint32_t population = home == SIDE_SELF ? NSA_NONE : lower_population_of_side(l->ctx, connection, home);
  nsa_kernel_id number;
  ir_function *fn =
      ir_function_add(l->p, name, NSA_ROLE_LINK_STEP, home == SIDE_SELF ? f->domain : l->populations[population].domain,
                      c->timescale, &number);
  ir_builder b = ir_builder_on(l->p, fn);
  b.at = c->at;
  scope s = home == SIDE_SELF ? scope_of_links(l, &b, connection) : lower_uniform_scope(l, connection, &b);
  if (home != SIDE_SELF)
    s.side[home] = view_of_population(l, &b, population, IR_NO_VALUE);
  ir_value next = tick_behind(l, &b, connection);
  block_state now;
  if (home == SIDE_SELF)
    lower_load_links(&s, &now, next);
  else
    lower_load_links_of(&s, &now, next, (int)home);
  const state_plan *kept = l->plan->connections[connection].states;
  for (uint32_t k = 0; k < c->states.len; k++) {
    if (kept[k].home != home || kept[k].advance != ADVANCE_AT_EVENTS)
      continue;
    store_at_home(&s, f->state[k], home, now.states[k]);
    ir_unary(&b, IR_OP_check, now.states[k]);
    vec_push(l->arena, states, f->state[k]);
  }
  store_at_home(&s, f->advanced[home], home, next);
  return number;
}

/* Event-driven states are brought up to date before a slow partner changes, and before a phase changes what they
 * follow: with the values that held until then. */
static void lower_refresh(lowering *l, uint32_t connection, model_side home) {
  const connection_plan *plan = &l->plan->connections[connection];
  bool follows = lower_follows_partner(plan, home), is_phased = lower_follows_phase(l->ctx, connection, plan, home);
  field_ids states = {0};
  if (nsa_field_is_none(l->connections[connection].advanced[home]) || !(follows || is_phased))
    return;
  nsa_link_step out = {.connection = {connection}, .every = plan->refresh};
  out.kernel = refresh_function(l, connection, home, &states);
  if (is_phased)
    vec_push(l->arena, &l->edge_link_list, out.kernel);
  if (!follows)
    return;
  if (home == SIDE_SELF) {
    out.states = states.data;
    out.states_count = states.len;
  }
  vec_push(l->arena, &l->link_step_list, out);
}

static void lower_clocked(lowering *l, uint32_t connection) {
  const model_component *c = component_of_connection(l->ctx, connection);
  nsa_link_step out = {.connection = {connection}, .every = l->m->timescales.data[c->timescale].ticks};
  const char *name = arena_printf(l->arena, "%s.step", l->m->connections.data[connection].name);
  ir_function *fn =
      ir_function_add(l->p, name, NSA_ROLE_LINK_STEP, l->connections[connection].domain, c->timescale, &out.kernel);
  ir_builder b = ir_builder_on(l->p, fn);
  b.at = c->at;
  scope s = scope_of_links(l, &b, connection);
  block_state now;
  field_ids states = {0};
  ir_value tick = lower_tick_of_links(l, &b, connection);
  lower_load_links(&s, &now, tick);
  ir_value *before = ARENA_ARRAY(l->arena, ir_value, c->states.len);
  memcpy(before, now.states, c->states.len * sizeof *before);
  for (uint32_t k = 0; k < c->blocks.len; k++)
    if (!lower_is_arrival(&c->blocks.data[k]))
      lower_find_increments(&s, &now, &c->blocks.data[k].body);
  lower_clocked_blocks(&s, &now);
  lower_equations(&s, &now);
  store_links(&s, &now, before, SIDE_SELF, tick, &states);
  outcome left = store_outcome(&s, &now, l->connections[connection].domain);
  out.increments = left.increments;
  out.increments_count = left.increment_count;
  out.emissions = left.emissions;
  out.emissions_count = left.emission_count;
  out.states = states.data;
  out.states_count = states.len;
  vec_push(l->arena, &l->link_step_list, out);
}

void lower_link_step(lowering *l, uint32_t connection) {
  if (l->plan->connections[connection].is_clocked)
    lower_clocked(l, connection);
  for (int home = SIDE_SELF; home <= SIDE_ASTRO; home++)
    lower_refresh(l, connection, (model_side)home);
}
