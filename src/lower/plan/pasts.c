/* SPDX-License-Identifier: MIT */
/* pasts.c - what a term that is evaluated link by link reads of pre, where the connection has a delay: the values that
 * pre showed so long ago. Each is a source term, remembered by the runtime and put into a field of the links before
 * they are evaluated. */
#include "lower/plan/plan.h"

static bool is_known(const past_values *pasts, const model_expr *ref) {
  for (uint32_t k = 0; k < pasts->len; k++)
    if (pasts->data[k].ref->ref.kind == ref->ref.kind && pasts->data[k].ref->ref.item == ref->ref.item)
      return true;
  return false;
}

static void find(lowering *l, view *const side[4], const model_expr *e, past_values *out) {
  if (e->kind == MX_REF && e->ref.side == SIDE_PRE) {
    bool is_moving = (lower_dependence(l, side, e).side[SIDE_PRE] & ~(uint32_t)DEPENDS_INVARIANT) != 0;
    if (is_moving && !is_known(out, e))
      vec_push(l->arena, out, ((past_value){.ref = e, .field = NO_FIELD}));
    return;
  }
  if (e->kind == MX_REF && e->ref.side == SIDE_SELF && e->ref.kind == REF_LET)
    find(l, side, side[SIDE_SELF]->component->lets.data[e->ref.item].value, out);
  for (int k = 0; k < 3 && e->args[k]; k++)
    find(l, side, e->args[k], out);
}

void lower_find_pasts(lowering *l, uint32_t connection, const model_expr *e, past_values *out) {
  view views[4] = {{0}}, *side[4];
  lower_sides(l, true, connection, views, side);
  find(l, side, e, out);
}
