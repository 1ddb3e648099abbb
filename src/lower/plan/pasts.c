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

void lower_find_pasts(const lower_context *ctx, uint32_t connection, const model_expr *e, past_values *out) {
  if (e->kind == MX_REF && e->ref.side == SIDE_PRE) {
    bool is_moving = (lower_dependence(ctx, true, connection, e).side[SIDE_PRE] & ~(uint32_t)DEPENDS_INVARIANT) != 0;
    if (is_moving && !is_known(out, e))
      vec_push(ctx->arena, out, ((past_value){.ref = e, .field = NO_FIELD}));
    return;
  }
  if (e->kind == MX_REF && e->ref.side == SIDE_SELF && e->ref.kind == REF_LET)
    lower_find_pasts(ctx, connection, component_of_connection(ctx, connection)->lets.data[e->ref.item].value, out);
  for (int k = 0; k < 3 && e->args[k]; k++)
    lower_find_pasts(ctx, connection, e->args[k], out);
}
