/* SPDX-License-Identifier: MIT */
/* reads.c - who reads what: states of links and of their ends, inputs, by equations, blocks, contributions and
 * measures. */
#include "lower/plan/plan.h"
#include "model/walk.h"

/* A state of an end, or of the component itself (SIDE_SELF). */
typedef struct {
  model_side side;
  uint32_t state;
} sought;

/* Conservative: a let of an end may read all of its states. */
static walk_step find_state(void *context, const model_expr *e) {
  const sought *s = context;
  bool is_let_of_end = s->side != SIDE_SELF && e->kind == MX_REF && e->ref.kind == REF_LET && e->ref.side == s->side;
  return is_let_of_end || expr_refers_to(e, s->side, REF_STATE, s->state) ? WALK_STOP : WALK_ON;
}

/* Whether an expression of `own`, or one of a block, reads a state of what it calls `side`, own lets looked through. */
static bool reads_of(const model_component *own, const model_expr *e, model_side side, uint32_t state) {
  return walk_expr(&(walker){.expr = find_state, .context = &(sought){side, state}, .own = own}, e);
}

static bool block_reads(const model_component *own, const model_block *block, model_side side, uint32_t state) {
  return walk_block(&(walker){.expr = find_state, .context = &(sought){side, state}, .own = own}, block);
}

bool lower_reads_state(const lower_context *ctx, uint32_t connection, const model_expr *e, uint32_t state) {
  return reads_of(component_of_connection(ctx, connection), e, SIDE_SELF, state);
}

bool lower_has_probe(nsa_measure_kind kind) {
  bool is_of_run = kind >= NSA_MEASURE_COUNT && kind <= NSA_MEASURE_SYNCHRONY;
  bool is_of_decision = kind == NSA_MEASURE_NOW || kind == NSA_MEASURE_WINDOW_COUNT;
  return (is_of_run && kind != NSA_MEASURE_DURATION && kind != NSA_MEASURE_SIZE) || is_of_decision;
}

static bool probe_reads(const lower_context *ctx, const model_probe *p, uint32_t connection, uint32_t state) {
  return p->is_connection && p->owner == connection && p->value && lower_reads_state(ctx, connection, p->value, state);
}

static bool node_reads(const lower_context *ctx, const model_measure_node *n, uint32_t connection, uint32_t state) {
  if (!n)
    return false;
  bool is_read = lower_has_probe(n->kind) && probe_reads(ctx, &n->probe, connection, state);
  is_read = is_read || (n->other && probe_reads(ctx, n->other, connection, state));
  for (int k = 0; k < 3; k++)
    is_read = is_read || node_reads(ctx, n->args[k], connection, state);
  return is_read;
}

static bool act_reads(const lower_context *ctx, const model_act *act, uint32_t connection, uint32_t state) {
  for (uint32_t k = 0; k < act->decoders.len; k++)
    for (uint32_t i = 0; i < act->decoders.data[k].vector.len; i++)
      if (node_reads(ctx, act->decoders.data[k].vector.data[i], connection, state))
        return true;
  return false;
}

bool lower_is_observed(const lower_context *ctx, uint32_t connection, uint32_t state) {
  const model *m = ctx->m;
  bool is_read = node_reads(ctx, m->until, connection, state);
  for (uint32_t i = 0; i < m->records.len; i++)
    is_read = is_read || probe_reads(ctx, &m->records.data[i].probe, connection, state);
  for (uint32_t i = 0; i < m->measures.len; i++)
    is_read = is_read || node_reads(ctx, m->measures.data[i].value, connection, state);
  for (uint32_t i = 0; i < m->acts.len; i++)
    is_read = is_read || act_reads(ctx, &m->acts.data[i], connection, state);
  for (uint32_t i = 0; i < m->variants.len; i++)
    for (uint32_t k = 0; k < m->variants.data[i].acts.len; k++)
      is_read = is_read || act_reads(ctx, &m->variants.data[i].acts.data[k], connection, state);
  return is_read;
}

/* ---- elements ---- */

/* Whether a synapse's blocks and equations read a state of that side. */
static bool events_read(const model_component *c, model_side side, uint32_t state) {
  for (uint32_t k = 0; k < c->blocks.len; k++)
    if (block_reads(c, &c->blocks.data[k].body, side, state))
      return true;
  for (uint32_t k = 0; k < c->odes.len; k++)
    if (reads_of(c, c->odes.data[k].rate, side, state) || reads_of(c, c->odes.data[k].unless, side, state))
      return true;
  return false;
}

static bool contributions_read(const model_component *c, model_side side, uint32_t state) {
  for (uint32_t k = 0; k < c->contributions.len; k++)
    if (reads_of(c, c->contributions.data[k].value, side, state))
      return true;
  return false;
}

/* Whether a connection reads so a state of a population. */
static bool any_reads(const lower_context *ctx, uint32_t population, uint32_t state,
                      bool (*reads)(const model_component *c, model_side side, uint32_t state)) {
  for (uint32_t i = 0; i < ctx->m->connections.len; i++) {
    const model_connection *mc = &ctx->m->connections.data[i];
    const uint32_t ends[] = {NSA_NONE, mc->source, mc->target, mc->has_partner ? mc->partner : NSA_NONE};
    for (int side = SIDE_PRE; side <= SIDE_ASTRO; side++)
      if (ends[side] == population && reads(component_of_connection(ctx, i), (model_side)side, state))
        return true;
  }
  return false;
}

bool lower_links_read(const lower_context *ctx, uint32_t population, uint32_t state) {
  return any_reads(ctx, population, state, contributions_read) || any_reads(ctx, population, state, events_read);
}

/* Increments may go to the state itself, one after the other, where nobody can tell: phase 1 neither sets nor looks at
 * it, `unless` never holds it, and no link reads it in phases 2 to 4. */
bool lower_is_added_to_directly(const lower_context *ctx, uint32_t population, uint32_t state) {
  const model_component *c = component_of_population(ctx, population);
  if (model_held_by(c, state) != NULL)
    return false;
  for (uint32_t k = 0; k < c->blocks.len; k++) {
    const model_on *on = &c->blocks.data[k];
    if (on->kind == BLOCK_EVENT && (lower_sets_state(&on->body, state) || block_reads(c, &on->body, SIDE_SELF, state)))
      return false;
  }
  for (uint32_t k = 0; k < c->events.len; k++)
    if (lower_is_crossing(&c->events.data[k]) && reads_of(c, c->events.data[k].when, SIDE_SELF, state))
      return false;
  for (uint32_t k = 0; k < ctx->m->phase_blocks.len; k++)
    if (ctx->m->phase_blocks.data[k].population == population)
      return false;
  return !any_reads(ctx, population, state, events_read);
}

/* ---- inputs ---- */

/* Whether the expression is not finite where the input is not. */
static bool carries(const model_component *c, const model_expr *e, uint32_t input) {
  switch (e->kind) {
  case MX_REF:
    if (e->ref.side != SIDE_SELF)
      return false;
    if (e->ref.kind == REF_LET)
      return carries(c, c->lets.data[e->ref.item].value, input);
    return e->ref.kind == REF_INPUT && e->ref.item == input;
  case MX_NEG:
  case MX_DIV:
    return carries(c, e->args[0], input);
  case MX_ADD:
  case MX_SUB:
  case MX_MUL:
    return carries(c, e->args[0], input) || carries(c, e->args[1], input);
  default:
    return false;
  }
}

bool lower_shows_input(const lower_context *ctx, uint32_t population, uint32_t input) {
  const model_component *c = component_of_population(ctx, population);
  if (ticks_of_population(ctx, population) > 1)
    return false;
  for (uint32_t k = 0; k < c->odes.len; k++)
    if (!c->odes.data[k].unless && c->odes.data[k].timescale == c->timescale && carries(c, c->odes.data[k].rate, input))
      return true;
  return false;
}
