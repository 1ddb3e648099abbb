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

static bool adds_to(const lowering *l, uint32_t connection, const model_block *block, uint32_t population,
                    uint32_t state) {
  for (uint32_t i = 0; i < block->len; i++) {
    const model_stmt *st = &block->data[i];
    if (st->kind <= STMT_DIV && st->side != SIDE_SELF && st->target == REF_STATE && st->item == state &&
        lower_population_of_side(l, connection, st->side) == population)
      return true;
    if (st->kind == STMT_IF && (adds_to(l, connection, &st->then_block, population, state) ||
                                adds_to(l, connection, &st->else_block, population, state)))
      return true;
  }
  return false;
}

bool lower_is_added_to(const lowering *l, uint32_t population, uint32_t state) {
  for (uint32_t i = 0; i < l->m->connections.len; i++) {
    const model_component *c = component_of_connection(l, i);
    for (uint32_t k = 0; k < c->blocks.len; k++)
      if (adds_to(l, i, &c->blocks.data[k].body, population, state))
        return true;
  }
  return false;
}

bool lower_is_set_by_phase(const lowering *l, uint32_t population, uint32_t state) {
  for (uint32_t k = 0; k < l->m->phase_blocks.len; k++)
    if (l->m->phase_blocks.data[k].population == population &&
        lower_sets_state(&l->m->phase_blocks.data[k].body, state))
      return true;
  return false;
}

static const model_component *component_of(const lowering *l, bool is_connection, uint32_t owner) {
  return is_connection ? component_of_connection(l, owner) : component_of_population(l, owner);
}

bool lower_is_reset(const lowering *l, bool is_connection, uint32_t owner, uint32_t state) {
  const model_component *c = component_of(l, is_connection, owner);
  for (uint32_t k = 0; k < c->blocks.len; k++)
    if (c->blocks.data[k].kind == BLOCK_EVENT && lower_sets_state(&c->blocks.data[k].body, state))
      return true;
  return false;
}

bool lower_is_set(const lowering *l, bool is_connection, uint32_t owner, uint32_t state) {
  const model_component *c = component_of(l, is_connection, owner);
  for (uint32_t k = 0; k < c->blocks.len; k++)
    if (lower_sets_state(&c->blocks.data[k].body, state))
      return true;
  return !is_connection && (lower_is_added_to(l, owner, state) || lower_is_set_by_phase(l, owner, state));
}
