/* SPDX-License-Identifier: MIT */
/* builder.c - what all items of a component use while it is checked. */
#include "model/component/parts.h"

/* The builder's scope with other permissions; key_base names its random draws. */
expr_env builder_scope(component_builder *b, unsigned allow, const char *where, const char *key_base) {
  expr_env env = b->env;
  env.allow = b->c->kind == COMPONENT_SYNAPSE ? allow & ~(unsigned)ALLOW_PLACE : allow;
  env.where = where;
  env.key_base = key_base;
  b->draws = 0;
  return env;
}

void builder_for_items(component_builder *b, ast_item_kind kind, item_action *action) {
  for (uint32_t i = 0; i < b->items.len; i++)
    if (b->items.data[i].ast->kind == kind && !b->items.data[i].is_dropped)
      action(b, &b->items.data[i]);
}
