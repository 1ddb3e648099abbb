/* SPDX-License-Identifier: MIT */
/* outside.c - what changes a state beside its equation: its own blocks, those of links, those of phases. */
#include "lower/plan/plan.h"

bool lower_sets_state(const model_block *block, uint32_t state) {
  for (uint32_t i = 0; i < block->len; i++) {
    const model_stmt *st = &block->data[i];
    if (st->kind <= STMT_DIV && st->side == SIDE_SELF && st->item == state)
      return true;
    if (st->kind == STMT_IF && (lower_sets_state(&st->then_block, state) || lower_sets_state(&st->else_block, state)))
      return true;
  }
  return false;
}

static bool adds_to(const lower_context *ctx, uint32_t connection, const model_block *block, uint32_t population,
                    uint32_t state) {
  for (uint32_t i = 0; i < block->len; i++) {
    const model_stmt *st = &block->data[i];
    if (st->kind <= STMT_DIV && st->side != SIDE_SELF && st->target == REF_STATE && st->item == state &&
        lower_population_of_side(ctx, connection, st->side) == population)
      return true;
    if (st->kind == STMT_IF && (adds_to(ctx, connection, &st->then_block, population, state) ||
                                adds_to(ctx, connection, &st->else_block, population, state)))
      return true;
  }
  return false;
}

bool lower_is_added_to(const lower_context *ctx, uint32_t population, uint32_t state) {
  for (uint32_t i = 0; i < ctx->m->connections.len; i++) {
    const model_component *c = component_of_connection(ctx, i);
    for (uint32_t k = 0; k < c->blocks.len; k++)
      if (adds_to(ctx, i, &c->blocks.data[k].body, population, state))
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
