/* SPDX-License-Identifier: MIT */
/* outside.c - what changes a state beside its equation: its own blocks, those of links, those of phases. */
#include "lower/plan/plan.h"
#include "model/walk.h"

static walk_step find_setting(void *context, const model_stmt *st) {
  const uint32_t *state = context;
  return st->kind <= STMT_DIV && st->side == SIDE_SELF && st->item == *state ? WALK_STOP : WALK_ON;
}

bool lower_sets_state(const model_block *block, uint32_t state) {
  return walk_block(&(walker){.stmt = find_setting, .context = &state}, block);
}

/* A state of a population that a connection's block may add to. */
typedef struct {
  const lower_context *ctx;
  uint32_t connection, population, state;
} adding;

static walk_step find_adding(void *context, const model_stmt *st) {
  const adding *a = context;
  bool is_found = st->kind <= STMT_DIV && st->side != SIDE_SELF && st->target == REF_STATE && st->item == a->state &&
                  lower_population_of_side(a->ctx, a->connection, st->side) == a->population;
  return is_found ? WALK_STOP : WALK_ON;
}

bool lower_is_added_to(const lower_context *ctx, uint32_t population, uint32_t state) {
  for (uint32_t i = 0; i < ctx->m->connections.len; i++) {
    const model_component *c = component_of_connection(ctx, i);
    adding sought = {ctx, i, population, state};
    for (uint32_t k = 0; k < c->blocks.len; k++)
      if (walk_block(&(walker){.stmt = find_adding, .context = &sought}, &c->blocks.data[k].body))
        return true;
  }
  return false;
}

bool lower_is_set_by_phase(const lower_context *ctx, uint32_t population, uint32_t state) {
  for (uint32_t k = 0; k < ctx->m->phase_blocks.len; k++)
    if (ctx->m->phase_blocks.data[k].population == population &&
        lower_sets_state(&ctx->m->phase_blocks.data[k].body, state))
      return true;
  return false;
}

bool lower_is_reset(const lower_context *ctx, bool is_connection, uint32_t owner, uint32_t state) {
  const model_component *c = component_of(ctx, is_connection, owner);
  for (uint32_t k = 0; k < c->blocks.len; k++)
    if (c->blocks.data[k].kind == BLOCK_EVENT && lower_sets_state(&c->blocks.data[k].body, state))
      return true;
  return false;
}

bool lower_is_set(const lower_context *ctx, bool is_connection, uint32_t owner, uint32_t state) {
  const model_component *c = component_of(ctx, is_connection, owner);
  for (uint32_t k = 0; k < c->blocks.len; k++)
    if (lower_sets_state(&c->blocks.data[k].body, state))
      return true;
  return !is_connection && (lower_is_added_to(ctx, owner, state) || lower_is_set_by_phase(ctx, owner, state));
}
