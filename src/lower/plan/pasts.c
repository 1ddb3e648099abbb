/* SPDX-License-Identifier: MIT */
/* pasts.c - what a term that is evaluated link by link reads of pre, where the connection has a delay: the values that
 * pre showed so long ago. Each is a source term, remembered by the runtime and put into a field of the links before
 * they are evaluated. */
#include "lower/plan/builders.h"
#include "model/walk.h"

static bool is_known(const term_plan *t, const model_expr *ref) {
  for (uint32_t k = 0; k < t->pasts.len; k++)
    if (t->pasts.data[k].ref->ref.kind == ref->ref.kind && t->pasts.data[k].ref->ref.item == ref->ref.item)
      return true;
  return false;
}

typedef struct {
  const lower_context *ctx;
  uint32_t connection;
  term_plan *term;
} past_search;

static walk_step add_past(void *context, const model_expr *e) {
  const past_search *p = context;
  if (e->kind != MX_REF || e->ref.side != SIDE_PRE)
    return WALK_ON;
  uint32_t depends = lower_dependence(p->ctx, true, p->connection, e).side[SIDE_PRE];
  if ((depends & ~(uint32_t)DEPENDS_INVARIANT) != 0 && !is_known(p->term, e))
    vec_push(p->ctx->arena, &p->term->pasts, ((past_plan){.ref = e}));
  return WALK_ON;
}

void plan_pasts(const lower_context *ctx, uint32_t connection, const model_expr *e, term_plan *t) {
  past_search search = {ctx, connection, t};
  walk_expr(&(walker){.expr = add_past, .context = &search, .own = component_of_connection(ctx, connection)}, e);
}
