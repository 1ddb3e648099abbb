/* SPDX-License-Identifier: MIT */
/* held.c - which states stand still in a step. */
#include "lower/expr/expr.h"

static bool is_same_expr(const model_expr *x, const model_expr *y) {
  if (!x || !y)
    return x == y;
  if (x->kind != y->kind || x->number != y->number || x->fn != y->fn || x->kind == MX_RANDOM ||
      x->ref.kind != y->ref.kind || x->ref.side != y->ref.side || x->ref.item != y->ref.item)
    return false;
  for (int k = 0; k < 3; k++)
    if (!is_same_expr(x->args[k], y->args[k]))
      return false;
  return true;
}

/* Which states stand still in this step: equal conditions are one value. */
const ir_value *lower_find_held(scope *s, const model_ode *const *odes, uint32_t n) {
  ir_value *held = ARENA_ARRAY(s->l->arena, ir_value, n);
  for (uint32_t i = 0; i < n; i++) {
    held[i] = IR_NO_VALUE;
    for (uint32_t k = 0; k < i && odes[i]->unless; k++)
      if (is_same_expr(odes[k]->unless, odes[i]->unless))
        held[i] = held[k];
    s->b->at = odes[i]->at;
    if (odes[i]->unless && held[i] == IR_NO_VALUE)
      held[i] = lower_expr(s, odes[i]->unless);
  }
  return held;
}
