/* SPDX-License-Identifier: MIT */
/* facts.c - small questions to the model. */
#include "lower/pure/pure.h"
#include "model/walk.h"
#include "nsa_ticks.h"
#include <stdarg.h>
#include <stdio.h>

void lower_decide(const lower_context *ctx, const char *subject, const char *topic, const char *format, ...) {
  char line[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  lower_decision d = {subject, topic, arena_printf(ctx->arena, "%s", line)};
  vec_push(ctx->arena, &ctx->report->decisions, d);
}

const char *const lower_side_words[4] = {"self", "pre", "post", "astro"};

const model_component *component_of_population(const lower_context *ctx, uint32_t population) {
  return &ctx->m->components.data[ctx->m->populations.data[population].component];
}

const model_component *component_of_connection(const lower_context *ctx, uint32_t connection) {
  return &ctx->m->components.data[ctx->m->connections.data[connection].component];
}

uint32_t ticks_of_population(const lower_context *ctx, uint32_t population) {
  return ctx->m->timescales.data[component_of_population(ctx, population)->timescale].ticks;
}

bool lower_is_slow(const lower_context *ctx, uint32_t population) { return ticks_of_population(ctx, population) > 1; }

bool lower_is_extrapolated(const lower_context *ctx, uint32_t population) {
  return component_of_population(ctx, population)->coupling == COUPLING_LINEAR && lower_is_slow(ctx, population);
}

uint32_t lower_base_timescale(const lower_context *ctx) {
  uint32_t found = 0;
  for (uint32_t k = 0; k < ctx->m->timescales.len; k++)
    if (ctx->m->timescales.data[k].ticks < ctx->m->timescales.data[found].ticks)
      found = k;
  return found;
}

uint32_t lower_clock_of_links(const lower_context *ctx, uint32_t connection) {
  const model_connection *mc = &ctx->m->connections.data[connection];
  const uint32_t partners[] = {mc->source, mc->target, mc->partner};
  uint32_t fastest = component_of_population(ctx, mc->source)->timescale;
  for (int i = 1; i < (mc->has_partner ? 3 : 2); i++) {
    uint32_t other = component_of_population(ctx, partners[i])->timescale;
    if (ctx->m->timescales.data[other].ticks < ctx->m->timescales.data[fastest].ticks)
      fastest = other;
  }
  return ctx->m->timescales.data[fastest].ticks == 1 ? lower_base_timescale(ctx) : fastest;
}

const model_component *component_of(const lower_context *ctx, bool is_connection, uint32_t owner) {
  return is_connection ? component_of_connection(ctx, owner) : component_of_population(ctx, owner);
}

bool state_has_equation(const model_component *c, uint32_t state) {
  for (uint32_t k = 0; k < c->odes.len; k++)
    if (c->odes.data[k].state == state)
      return true;
  return false;
}

const model_expr *lower_initial_value(const lower_context *ctx, bool is_connection, uint32_t owner, model_ref_kind kind,
                                      uint32_t item) {
  const model_connection *mc = is_connection ? &ctx->m->connections.data[owner] : NULL;
  const model_population *pop = is_connection ? NULL : &ctx->m->populations.data[owner];
  const model_override *overrides = mc ? mc->overrides.data : pop->overrides.data;
  for (uint32_t k = mc ? mc->overrides.len : pop->overrides.len; k-- > 0;)
    if (overrides[k].target == kind && overrides[k].item == item)
      return overrides[k].value;
  const model_component *c = mc ? component_of_connection(ctx, owner) : component_of_population(ctx, owner);
  return kind == REF_PARAM ? c->params.data[item].value : c->states.data[item].initial;
}

/* An event whose condition is followed, so that its value before must be known. */
bool lower_is_crossing(const model_event *ev) { return ev->when != NULL && ev->is_crossing; }

bool lower_is_arrival(const model_on *on) {
  return on->kind == BLOCK_PRE || on->kind == BLOCK_POST || on->kind == BLOCK_ASTRO || on->kind == BLOCK_SIGNAL;
}

bool lower_has_event_blocks(const model_component *c) {
  for (uint32_t k = 0; k < c->blocks.len; k++)
    if (c->blocks.data[k].kind == BLOCK_EVENT)
      return true;
  return false;
}

bool lower_hears(const model_component *c) {
  for (uint32_t k = 0; k < c->blocks.len; k++)
    if (c->blocks.data[k].kind == BLOCK_SIGNAL)
      return true;
  return false;
}

bool lower_draws(const lower_context *ctx, uint32_t population, const model_expr *e) {
  return lower_self_dependence(ctx, false, population, e) & DEPENDS_RANDOM;
}

uint32_t lower_population_of_side(const lower_context *ctx, uint32_t connection, model_side side) {
  const model_connection *mc = &ctx->m->connections.data[connection];
  return side == SIDE_PRE ? mc->source : side == SIDE_POST ? mc->target : mc->partner;
}

model_side lower_side_of_block(block_kind kind) {
  switch (kind) {
  case BLOCK_PRE:
    return SIDE_PRE;
  case BLOCK_POST:
    return SIDE_POST;
  case BLOCK_ASTRO:
    return SIDE_ASTRO;
  default:
    return SIDE_SELF;
  }
}

bool lower_is_split(const lower_context *ctx, uint32_t population) {
  return ctx->m->populations.data[population].stage_set != NSA_NONE && !ctx->options->equations_only;
}

bool lower_is_staged(const lower_context *ctx, uint32_t connection) {
  coupling_kind coupling = ctx->m->connections.data[connection].coupling;
  return (coupling == COUPLING_STAGES || coupling == COUPLING_IMPLICIT) && !ctx->options->equations_only;
}

uint64_t lower_whole_ticks(const lower_context *ctx, double ms) {
  double ticks = nsa_nearest_tick(ms, ctx->m->base_dt);
  if (!(ticks < 9e15))
    return UINT64_MAX;
  return ticks < 0 ? 0 : (uint64_t)ticks;
}

/* How many statements emit an event or signal. */
typedef struct {
  bool is_signal;
  uint32_t item, count;
} emissions;

static walk_step count_emission(void *context, const model_stmt *st) {
  emissions *e = context;
  e->count += st->kind == STMT_EMIT && st->is_signal == e->is_signal && st->item == e->item;
  return WALK_ON;
}

static uint32_t count_emits(const model_block *block, bool is_signal, uint32_t item) {
  emissions e = {is_signal, item, 0};
  walk_block(&(walker){.stmt = count_emission, .context = &e}, block);
  return e.count;
}

bool lower_emits(const model_block *block, bool is_signal, uint32_t item) {
  return count_emits(block, is_signal, item) > 0;
}

uint32_t lower_emissions(const model_component *c, uint32_t event) {
  uint32_t count = 0;
  for (uint32_t k = 0; k < c->blocks.len; k++)
    count += count_emits(&c->blocks.data[k].body, false, event);
  return count;
}

bool lower_emits_event(const model_component *c, uint32_t event) { return lower_emissions(c, event) > 0; }

const uint32_t *lower_timescales_by_length(const lower_context *ctx) {
  uint32_t *order = ARENA_ARRAY(ctx->arena, uint32_t, ctx->m->timescales.len);
  for (uint32_t k = 0; k < ctx->m->timescales.len; k++) {
    uint32_t at = k;
    for (; at && ctx->m->timescales.data[order[at - 1]].ticks > ctx->m->timescales.data[k].ticks; at--)
      order[at] = order[at - 1];
    order[at] = k;
  }
  return order;
}

/* Plain signals have no environment, whose number is then the largest. */
static bool is_before(const model_signal *a, const model_signal *b) {
  uint32_t x = a->environment + 1, y = b->environment + 1;
  return x != y ? x < y : x != 0 && a->moment < b->moment;
}

const uint32_t *lower_signals_by_rank(const lower_context *ctx) {
  const model_signal *signals = ctx->m->signals.data;
  uint32_t *order = ARENA_ARRAY(ctx->arena, uint32_t, ctx->m->signals.len);
  for (uint32_t k = 0; k < ctx->m->signals.len; k++) {
    uint32_t at = k;
    for (; at && is_before(&signals[k], &signals[order[at - 1]]); at--)
      order[at] = order[at - 1];
    order[at] = k;
  }
  return order;
}
