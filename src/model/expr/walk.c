/* SPDX-License-Identifier: MIT */
/* walk.c - see walk.h. */
#include "model/walk.h"

static bool is_own_let(const walker *w, const model_expr *e) {
  return w->own != NULL && e->kind == MX_REF && e->ref.kind == REF_LET && e->ref.side == SIDE_SELF;
}

bool walk_expr(const walker *w, const model_expr *e) {
  if (e == NULL)
    return false;
  walk_step step = w->expr(w->context, e);
  if (step != WALK_ON)
    return step == WALK_STOP;
  if (is_own_let(w, e))
    return walk_expr(w, w->own->lets.data[e->ref.item].value);
  for (int i = 0; i < 3 && e->args[i] != NULL; i++)
    if (walk_expr(w, e->args[i]))
      return true;
  return false;
}

static bool walk_stmt(const walker *w, const model_stmt *s) {
  walk_step step = w->stmt != NULL ? w->stmt(w->context, s) : WALK_ON;
  if (step != WALK_ON)
    return step == WALK_STOP;
  return (w->expr != NULL && walk_expr(w, s->value)) || walk_block(w, &s->then_block) || walk_block(w, &s->else_block);
}

bool walk_block(const walker *w, const model_block *block) {
  for (uint32_t i = 0; i < block->len; i++)
    if (walk_stmt(w, &block->data[i]))
      return true;
  return false;
}

bool expr_refers_to(const model_expr *e, model_side side, model_ref_kind kind, uint32_t item) {
  return e->kind == MX_REF && e->ref.side == side && e->ref.kind == kind && e->ref.item == item;
}

model_expr *expr_replace(arena *a, const model_expr *e, replace_ref_fn *replace, void *context) {
  model_expr *copy = ARENA_NEW(a, model_expr);
  *copy = *e;
  if (e->kind == MX_REF)
    return replace(context, copy);
  for (int i = 0; i < 3 && e->args[i] != NULL; i++) {
    copy->args[i] = expr_replace(a, e->args[i], replace, context);
    if (copy->args[i] == NULL)
      return NULL;
  }
  return copy;
}
