/* SPDX-License-Identifier: MIT */
/* pasts.c - what a term that is evaluated link by link reads of pre, where the connection has a delay: the values that
 * pre showed so long ago. Each is a source term, remembered by the runtime and put into a field of the links before
 * they are evaluated. */
#include "lower/plan/builders.h"

static bool is_known(const term_plan *t, const model_expr *ref) {
  for (uint32_t k = 0; k < t->pasts.len; k++)
    if (t->pasts.data[k].ref->ref.kind == ref->ref.kind && t->pasts.data[k].ref->ref.item == ref->ref.item)
      return true;
  return false;
}

void plan_pasts(const lower_context *ctx, uint32_t connection, const model_expr *e, term_plan *t) {
  if (e->kind == MX_REF && e->ref.side == SIDE_PRE) {
    bool is_moving = (lower_dependence(ctx, true, connection, e).side[SIDE_PRE] & ~(uint32_t)DEPENDS_INVARIANT) != 0;
    if (is_moving && !is_known(t, e))
      vec_push(ctx->arena, &t->pasts, ((past_plan){.ref = e}));
    return;
  }
  if (e->kind == MX_REF && e->ref.side == SIDE_SELF && e->ref.kind == REF_LET)
    plan_pasts(ctx, connection, component_of_connection(ctx, connection)->lets.data[e->ref.item].value, t);
  for (int k = 0; k < 3 && e->args[k]; k++)
    plan_pasts(ctx, connection, e->args[k], t);
}
