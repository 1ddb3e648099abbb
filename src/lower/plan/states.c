/* SPDX-License-Identifier: MIT */
/* states.c - how each state of a synapse is kept: advanced at events in closed form or by the clock, and one value
 * a link or one for all links of an element.
 *
 * At events: the equation is linear with constant coefficients, nothing that changes between events enters it, and
 * nobody reads it at every step. Its value at any time then follows from that at the last event.
 *
 * Shared: a trace that starts alike on all links of an element, is changed by this element's events alone and from
 * nothing but what all these links have in common, is the same on all of them; it is kept once, with the element. */
#include "lower/plan/builders.h"
#include "lower/pure/phased.h"
#include "model/walk.h"

enum { MASK_LINK = 16 }; /* beside 1 << side */

typedef struct {
  const lower_context *ctx;
  uint32_t connection;
  const model_connection *mc;
  const model_component *c;
  connection_plan *plan;
  state_plan *states; /* of the plan */
  uint32_t *locals;   /* per local: its mask */
} keeping;

/* ---- walking ---- */

static bool reads_state(const keeping *k, const model_expr *e, uint32_t state) {
  return lower_reads_state(k->ctx, k->connection, e, state);
}

static const model_ode *equation_of(const keeping *k, uint32_t state) {
  for (uint32_t i = 0; i < k->c->odes.len; i++)
    if (k->c->odes.data[i].state == state)
      return &k->c->odes.data[i];
  return NULL;
}

static bool is_changing(const keeping *k, uint32_t state) {
  if (equation_of(k, state))
    return true;
  for (uint32_t i = 0; i < k->c->blocks.len; i++)
    if (lower_sets_state(&k->c->blocks.data[i].body, state))
      return true;
  return false;
}

/* ---- what is only summed up ---- */

static uint32_t mask_of(const keeping *k, const model_expr *e);

/* A state, as blocks of the synapse see it. */
typedef struct {
  const keeping *k;
  uint32_t state;
} looking;

/* What does not merely add to it. */
static walk_step find_reading(void *context, const model_stmt *st) {
  const looking *l = context;
  bool is_adding = st->kind == STMT_ADD || st->kind == STMT_SUB;
  bool is_set = st->kind <= STMT_DIV && st->side == SIDE_SELF && st->item == l->state && !is_adding;
  return is_set || reads_state(l->k, st->value, l->state) ? WALK_STOP : WALK_ON;
}

static bool is_block_reading(const keeping *k, const model_block *block, uint32_t state) {
  return walk_block(&(walker){.stmt = find_reading, .context = &(looking){k, state}}, block);
}

/* state * (what is the same for all links and at all times). */
static bool is_proportional(const keeping *k, const model_expr *e, uint32_t state) {
  switch (e->kind) {
  case MX_REF:
    return e->ref.side == SIDE_SELF && e->ref.kind == REF_STATE && e->ref.item == state;
  case MX_NEG:
    return is_proportional(k, e->args[0], state);
  case MX_MUL:
    if (mask_of(k, e->args[0]) == 0 && is_proportional(k, e->args[1], state))
      return true;
    return mask_of(k, e->args[1]) == 0 && is_proportional(k, e->args[0], state);
  case MX_DIV:
    return mask_of(k, e->args[1]) == 0 && is_proportional(k, e->args[0], state);
  default:
    return false;
  }
}

/* Factors that may stand beside it: of whom is added to, and what never changes of the link. */
static bool can_stand_beside(const keeping *k, const model_expr *e, model_side to) {
  dependence d = lower_dependence(k->ctx, true, k->connection, e);
  bool is_of_link = d.side[SIDE_SELF] & ~(uint32_t)DEPENDS_PARAM;
  if (d.side[SIDE_SELF] & (DEPENDS_TIME | DEPENDS_RANDOM) || (is_of_link && d.side[SIDE_SELF] & DEPENDS_PHASED_PARAM))
    return false;
  for (uint32_t s = 0; s < k->c->states.len; s++)
    if (k->states[s].is_changing && reads_state(k, e, s))
      return false;
  for (int s = SIDE_PRE; s <= SIDE_ASTRO; s++) {
    bool follows = s == (int)to || (s == SIDE_ASTRO && k->mc->partner_of == to && !k->mc->has_partner_per_link);
    if (d.side[s] && !follows)
      return false;
  }
  return true;
}

/* A sum of terms, each of which has the state once, as a factor. */
static bool is_sum_of_states(const keeping *k, const model_expr *e, uint32_t state, model_side to) {
  if (e->kind == MX_REF && e->ref.kind == REF_LET && e->ref.side == SIDE_SELF && reads_state(k, e, state))
    return is_sum_of_states(k, k->c->lets.data[e->ref.item].value, state, to);
  if (!reads_state(k, e, state))
    return true;
  switch (e->kind) {
  case MX_REF:
    return true;
  case MX_NEG:
    return is_sum_of_states(k, e->args[0], state, to);
  case MX_ADD:
  case MX_SUB:
    return is_sum_of_states(k, e->args[0], state, to) && is_sum_of_states(k, e->args[1], state, to);
  case MX_MUL: {
    int with = reads_state(k, e->args[0], state) ? 0 : 1;
    return !reads_state(k, e->args[1 - with], state) && can_stand_beside(k, e->args[1 - with], to) &&
           is_sum_of_states(k, e->args[with], state, to);
  }
  case MX_DIV:
    return !reads_state(k, e->args[1], state) && can_stand_beside(k, e->args[1], to) &&
           is_sum_of_states(k, e->args[0], state, to);
  default:
    return false;
  }
}

static bool is_set_by_variant(const keeping *k, uint32_t state) {
  for (uint32_t v = 0; v < k->ctx->m->variants.len; v++)
    for (uint32_t i = 0; i < k->ctx->m->variants.data[v].sets.len; i++) {
      const model_set *s = &k->ctx->m->variants.data[v].sets.data[i];
      if (s->is_connection && s->owner == k->connection && s->kind == REF_STATE && s->item == state)
        return true;
    }
  return false;
}

/* Of a sum alone links have no state that could start with something. */
static bool is_only_summed(const keeping *k, uint32_t state) {
  const model_ode *ode = equation_of(k, state);
  const model_expr *start = lower_initial_value(k->ctx, true, k->connection, REF_STATE, state);
  if (!ode || ode->timing != ODE_AUTOMATIC || ode->unless || !is_proportional(k, ode->rate, state) ||
      start->kind != MX_NUMBER || start->number != 0 || lower_is_observed(k->ctx, k->connection, state) ||
      is_set_by_variant(k, state))
    return false;
  for (uint32_t i = 0; i < k->c->odes.len; i++) {
    const model_ode *other = &k->c->odes.data[i];
    if ((other != ode && reads_state(k, other->rate, state)) || reads_state(k, other->unless, state))
      return false;
  }
  for (uint32_t i = 0; i < k->c->blocks.len; i++) {
    const model_on *on = &k->c->blocks.data[i];
    bool is_clocked = on->kind == BLOCK_EVERY || on->kind == BLOCK_EACH_STEP;
    if (is_block_reading(k, &on->body, state) || (is_clocked && lower_sets_state(&on->body, state)))
      return false;
  }
  bool is_read = false;
  for (uint32_t i = 0; i < k->c->contributions.len; i++) {
    const model_contribution *x = &k->c->contributions.data[i];
    is_read = is_read || reads_state(k, x->value, state);
    if (!is_sum_of_states(k, x->value, state, x->side))
      return false;
  }
  return is_read;
}

/* ---- when a state is advanced ---- */

static const char *reader_by_clock(const keeping *k, uint32_t state) {
  for (uint32_t i = 0; i < k->c->contributions.len; i++)
    if (reads_state(k, k->c->contributions.data[i].value, state))
      return "a continuous contribution reads it at every step";
  return NULL;
}

/* It would act at the start of a step that events have been in since. */
static const char *slower_block(const keeping *k, uint32_t state) {
  uint32_t clock = lower_clock_of_links(k->ctx, k->connection);
  if (k->ctx->m->timescales.data[k->c->timescale].ticks <= k->ctx->m->timescales.data[clock].ticks)
    return NULL;
  for (uint32_t i = 0; i < k->c->blocks.len; i++) {
    const model_on *on = &k->c->blocks.data[i];
    if ((on->kind == BLOCK_EVERY || on->kind == BLOCK_EACH_STEP) && lower_sets_state(&on->body, state))
      return "a block on the synapse's slower clock sets it";
  }
  return NULL;
}

/* Whether the own blocks of a population that run between its ticks set a state: those of signals, phases and driven
 * events. */
static bool is_set_between_ticks(const lower_context *ctx, uint32_t population, uint32_t state) {
  const model_component *c = component_of_population(ctx, population);
  bool is_set = lower_is_set_by_phase(ctx, population, state);
  for (uint32_t k = 0; k < c->blocks.len; k++) {
    const model_on *on = &c->blocks.data[k];
    bool is_between =
        on->kind == BLOCK_SIGNAL || (on->kind == BLOCK_EVENT && lower_is_driven(ctx, population, on->event));
    is_set = is_set || (is_between && lower_sets_state(&on->body, state));
  }
  return is_set;
}

/* A population, and what an expression calls it. */
typedef struct {
  const keeping *k;
  model_side side;
  uint32_t population;
} standing;

static bool stands_still(const keeping *k, const model_expr *e, model_side side, uint32_t population);

static walk_step find_moving(void *context, const model_expr *e) {
  const standing *s = context;
  const lower_context *ctx = s->k->ctx;
  uint32_t item = e->ref.item;
  bool is_of_it = e->kind == MX_REF && e->ref.side == s->side, moves = false;
  if (is_of_it && e->ref.kind == REF_STATE)
    moves = lower_is_added_to(ctx, s->population, item) || is_set_between_ticks(ctx, s->population, item);
  if (is_of_it && e->ref.kind == REF_LET && s->side != SIDE_SELF)
    moves = !stands_still(s->k, component_of_population(ctx, s->population)->lets.data[item].value, SIDE_SELF,
                          s->population);
  return moves ? WALK_STOP : WALK_ON;
}

/* Values of a slow population stand still between its ticks, unless events, signals or phases change the states that
 * they are made of. side: what the population is called in the expression. */
static bool stands_still(const keeping *k, const model_expr *e, model_side side, uint32_t population) {
  const model_component *own = side == SIDE_SELF ? component_of_population(k->ctx, population) : k->c;
  return !walk_expr(&(walker){.expr = find_moving, .context = &(standing){k, side, population}, .own = own}, e);
}

/* What changes in a slow partner between its ticks does not count: the link is brought up to date before it changes. */
static const char *influence_of(keeping *k, const model_expr *rate, model_side side, uint32_t bits) {
  static const char *const reasons[4] = {NULL, "it depends on what changes in its source",
                                         "it depends on what changes in its target",
                                         "it depends on what changes in its astrocyte"};
  uint32_t population = lower_population_of_side(k->ctx, k->connection, side);
  bits &= ~(uint32_t)DEPENDS_INVARIANT;
  if (!bits)
    return NULL;
  uint32_t ticks = ticks_of_population(k->ctx, population), *refresh = &k->plan->refresh;
  bool is_moving = bits & DEPENDS_STATE && lower_is_extrapolated(k->ctx, population);
  if (bits & ~(uint32_t)(DEPENDS_STATE | DEPENDS_HELD_STATE) || ticks == 1 || is_moving ||
      !stands_still(k, rate, side, population))
    return reasons[side];
  if (*refresh && ticks % *refresh && *refresh % ticks)
    return reasons[side];
  *refresh = !*refresh || ticks < *refresh ? ticks : *refresh;
  return NULL;
}

static const char *changing_influence(keeping *k, const model_ode *ode) {
  dependence d = lower_dependence(k->ctx, true, k->connection, ode->rate);
  for (int s = SIDE_PRE; s <= SIDE_ASTRO; s++) {
    const char *why = influence_of(k, ode->rate, (model_side)s, d.side[s]);
    if (why)
      return why;
    if (d.side[s] & ~(uint32_t)DEPENDS_INVARIANT)
      k->states[ode->state].is_following = true;
  }
  if (d.side[SIDE_SELF] & DEPENDS_TIME)
    return "it depends on t";
  return ode->unless ? "it stands still while a condition holds" : NULL;
}

/* The exact solution of all equations that are still candidates. */
static const char *inexactness(const keeping *k, uint32_t state) {
  const model_ode **odes = ARENA_ARRAY(k->ctx->arena, const model_ode *, k->c->odes.len);
  uint32_t n = 0;
  for (uint32_t i = 0; i < k->c->odes.len; i++)
    if (k->states[k->c->odes.data[i].state].advance == ADVANCE_AT_EVENTS)
      odes[n++] = &k->c->odes.data[i];
  const char *why = NULL;
  return lower_is_exact(lower_system(k->ctx, true, k->connection, odes, n, true), state, &why) ? NULL : why;
}

static bool by_clock(keeping *k, uint32_t state, const char *why) {
  k->states[state].advance = ADVANCE_BY_CLOCK;
  k->states[state].why = why;
  return true;
}

/* One round over the equations; true when one of them turned out to need the clock. */
static bool find_clocked(keeping *k) {
  bool has_changed = false;
  for (uint32_t i = 0; i < k->c->odes.len; i++) {
    const model_ode *ode = &k->c->odes.data[i];
    if (k->states[ode->state].advance != ADVANCE_AT_EVENTS)
      continue;
    const char *why = reader_by_clock(k, ode->state);
    if (!why)
      why = slower_block(k, ode->state);
    if (!why)
      why = changing_influence(k, ode);
    for (uint32_t j = 0; j < k->c->odes.len && !why; j++) {
      const model_ode *other = &k->c->odes.data[j];
      if (k->states[other->state].advance == ADVANCE_BY_CLOCK &&
          (reads_state(k, ode->rate, other->state) || reads_state(k, other->rate, ode->state)))
        why = arena_printf(k->ctx->arena, "it goes together with `%s`, which is advanced at every step",
                           k->c->states.data[other->state].name);
    }
    if (!why)
      why = inexactness(k, ode->state);
    if (why)
      has_changed = by_clock(k, ode->state, why);
  }
  return has_changed;
}

static void refuse_marked(keeping *k) {
  for (uint32_t i = 0; i < k->c->odes.len; i++) {
    const model_ode *ode = &k->c->odes.data[i];
    if (ode->timing != ODE_EVENTS || k->states[ode->state].advance == ADVANCE_AT_EVENTS)
      continue;
    diag *d =
        diag_report(k->ctx->sink, DIAG_E0411, ode->at, "the equation of `%s` cannot be advanced at events alone: %s",
                    k->c->states.data[ode->state].name, k->states[ode->state].why);
    diag_note(d, k->mc->at, "in this connection");
    diag_hint(d, "leave `on events` away: it is then advanced at every step");
  }
}

static void find_advance(keeping *k) {
  for (uint32_t i = 0; i < k->c->odes.len; i++) {
    const model_ode *ode = &k->c->odes.data[i];
    if (k->states[ode->state].is_summed)
      continue;
    bool is_forced = ode->timing == ODE_CLOCK;
    k->states[ode->state].advance = is_forced ? ADVANCE_BY_CLOCK : ADVANCE_AT_EVENTS;
    k->states[ode->state].why = is_forced ? "as the model says" : NULL;
  }
  while (find_clocked(k))
    ;
  refuse_marked(k);
}

/* ---- where a state is kept ---- */

static uint32_t mask_of_ref(const keeping *k, const model_expr *e) {
  uint32_t item = e->ref.item;
  if (e->ref.side != SIDE_SELF)
    return 1u << e->ref.side;
  switch (e->ref.kind) {
  case REF_PARAM:
    return lower_is_varied(k->ctx, true, k->connection, item) ? MASK_LINK : 0;
  case REF_STATE:
    return k->states[item].home == SIDE_SELF ? MASK_LINK : 1u << k->states[item].home;
  case REF_LOCAL:
    return k->locals[item];
  case REF_LET: /* its value is looked at */
  case REF_TIME:
  case REF_DT:
  case REF_SIGNAL:
    return 0;
  default:
    return MASK_LINK;
  }
}

typedef struct {
  const keeping *k;
  uint32_t mask;
} masking;

static walk_step add_mask(void *context, const model_expr *e) {
  masking *m = context;
  if (e->kind == MX_REF)
    m->mask |= mask_of_ref(m->k, e);
  if (e->kind == MX_RANDOM)
    m->mask |= MASK_LINK;
  return WALK_ON;
}

static uint32_t mask_of(const keeping *k, const model_expr *e) {
  masking m = {.k = k};
  walk_expr(&(walker){.expr = add_mask, .context = &m, .own = k->c}, e);
  return m.mask;
}

/* What decides the value that a block gives to a state. */
static uint32_t mask_of_setting(keeping *k, const model_block *block, uint32_t state, uint32_t around) {
  uint32_t mask = 0;
  for (uint32_t i = 0; i < block->len; i++) {
    const model_stmt *st = &block->data[i];
    if (st->kind == STMT_LOCAL)
      k->locals[st->item] = mask_of(k, st->value) | around;
    else if (st->kind == STMT_IF) {
      uint32_t inner = around | mask_of(k, st->value);
      mask |= mask_of_setting(k, &st->then_block, state, inner);
      mask |= mask_of_setting(k, &st->else_block, state, inner);
    } else if (st->kind <= STMT_DIV && st->side == SIDE_SELF && st->item == state)
      mask |= around | mask_of(k, st->value);
  }
  return mask;
}

/* Where no event changes a state: the side that its equation follows. */
static model_side only_influence(const keeping *k, uint32_t state) {
  const model_ode *ode = equation_of(k, state);
  uint32_t mask = ode ? mask_of(k, ode->rate) & ~(uint32_t)MASK_LINK : 0;
  for (int s = SIDE_PRE; s <= SIDE_ASTRO; s++)
    if (mask == 1u << s)
      return (model_side)s;
  return SIDE_SELF;
}

/* The side whose events alone change a state; SIDE_SELF: several. */
static model_side only_changer(const keeping *k, uint32_t state) {
  model_side found = SIDE_SELF;
  for (uint32_t i = 0; i < k->c->blocks.len; i++) {
    const model_on *on = &k->c->blocks.data[i];
    if (!lower_sets_state(&on->body, state))
      continue;
    model_side side = lower_side_of_block(on->kind);
    if (side == SIDE_SELF || (found != SIDE_SELF && found != side))
      return SIDE_SELF;
    found = side;
  }
  return found == SIDE_SELF ? only_influence(k, state) : found;
}

/* All links of an element are reached by its events at the same time. */
static bool is_simultaneous(const keeping *k, model_side side) {
  const model_expr *delay = side == SIDE_PRE ? k->mc->delay : k->mc->delay_back;
  if (delay && lower_self_dependence(k->ctx, true, k->connection, delay) & ~(uint32_t)DEPENDS_PARAM)
    return false;
  return side != SIDE_ASTRO || (k->c->astro_defaults.len == 0 && !k->mc->has_partner_per_link);
}

static bool is_shared(keeping *k, uint32_t state) {
  model_side home = k->states[state].home;
  uint32_t alien = ~(1u << home);
  const model_ode *ode = equation_of(k, state);
  const model_expr *start = lower_initial_value(k->ctx, true, k->connection, REF_STATE, state);
  if (mask_of(k, start) & alien || (ode && mask_of(k, ode->rate) & alien))
    return false;
  for (uint32_t i = 0; i < k->c->odes.len; i++) /* coupled equations stand at one time */
    if (reads_state(k, k->c->odes.data[i].rate, state) && k->states[k->c->odes.data[i].state].home != home)
      return false;
  for (uint32_t i = 0; i < k->c->blocks.len; i++)
    if (mask_of_setting(k, &k->c->blocks.data[i].body, state, 0) & alien)
      return false;
  return true;
}

static void find_homes(keeping *k) {
  for (uint32_t s = 0; s < k->c->states.len; s++) {
    model_side side =
        k->states[s].advance == ADVANCE_BY_CLOCK || k->states[s].is_summed ? SIDE_SELF : only_changer(k, s);
    k->states[s].home = side != SIDE_SELF && is_simultaneous(k, side) ? side : SIDE_SELF;
  }
  for (bool has_changed = true; has_changed;) {
    has_changed = false;
    for (uint32_t s = 0; s < k->c->states.len; s++)
      if (k->states[s].home != SIDE_SELF && !is_shared(k, s)) {
        k->states[s].home = SIDE_SELF;
        has_changed = true;
      }
  }
}

bool lower_follows_partner(const connection_plan *plan, model_side home) {
  for (uint32_t s = 0; s < plan->state_count; s++)
    if (plan->states[s].is_following && plan->states[s].home == home && plan->states[s].advance == ADVANCE_AT_EVENTS)
      return true;
  return false;
}

bool lower_follows_phase(const lower_context *ctx, uint32_t connection, const connection_plan *plan, model_side home) {
  const model_component *c = component_of_connection(ctx, connection);
  for (uint32_t k = 0; k < c->odes.len; k++) {
    const state_plan *s = &plan->states[c->odes.data[k].state];
    if (s->home == home && s->advance == ADVANCE_AT_EVENTS &&
        lower_reads_phased(ctx, true, connection, c->odes.data[k].rate))
      return true;
  }
  return false;
}

/* ---- the whole ---- */

void plan_states(const lower_context *ctx, uint32_t connection, connection_plan *plan) {
  const model_component *c = component_of_connection(ctx, connection);
  keeping k = {.ctx = ctx, .connection = connection, .mc = &ctx->m->connections.data[connection], .c = c, .plan = plan};
  k.states = plan->states = ARENA_ARRAY(ctx->arena, state_plan, c->states.len);
  plan->state_count = c->states.len;
  k.locals = ARENA_ARRAY(ctx->arena, uint32_t, c->local_count);
  for (uint32_t s = 0; s < c->states.len; s++)
    k.states[s].is_changing = is_changing(&k, s);
  for (uint32_t s = 0; s < c->states.len; s++)
    k.states[s].is_summed = is_only_summed(&k, s);
  find_advance(&k);
  find_homes(&k);
}
