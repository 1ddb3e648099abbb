/* SPDX-License-Identifier: MIT */
/* dependence.c - what an expression depends on: what decides where it is evaluated. */
#include "lower/pure/memo.h"
#include "lower/pure/phased.h"

lower_memo *lower_memo_of(const lower_context *ctx, bool is_connection, uint32_t owner) {
  lower_memo *memo = is_connection ? &ctx->connections[owner] : &ctx->populations[owner];
  const model_component *c = component_of(ctx, is_connection, owner);
  if (!memo->lets) {
    memo->lets = ARENA_ARRAY(ctx->arena, let_memo, c->lets.len);
    memo->params = ARENA_ARRAY(ctx->arena, param_memo, c->params.len);
    memo->changes = ARENA_ARRAY(ctx->arena, change_memo, c->params.len);
    memo->let_values = ARENA_ARRAY(ctx->arena, value_memo, c->lets.len);
    memo->param_values = ARENA_ARRAY(ctx->arena, value_memo, c->params.len);
  }
  return memo;
}

bool lower_is_varied(const lower_context *ctx, bool is_connection, uint32_t owner, uint32_t param) {
  param_memo *memo = &lower_memo_of(ctx, is_connection, owner)->params[param];
  if (*memo == PARAM_UNKNOWN) {
    const model_expr *value = lower_initial_value(ctx, is_connection, owner, REF_PARAM, param);
    *memo = PARAM_UNIFORM; /* while it is looked at */
    if (lower_self_dependence(ctx, is_connection, owner, value) & ~(uint32_t)DEPENDS_PARAM)
      *memo = PARAM_VARIED;
  }
  return *memo == PARAM_VARIED;
}

static dependence of_let(const lower_context *ctx, bool is_connection, uint32_t owner, const model_expr *e) {
  bool is_own = e->ref.side == SIDE_SELF;
  uint32_t of = is_own ? owner : lower_population_of_side(ctx, owner, e->ref.side);
  let_memo *memo = &lower_memo_of(ctx, is_own && is_connection, of)->lets[e->ref.item];
  if (!memo->is_known) {
    const model_component *c = component_of(ctx, is_own && is_connection, of);
    *memo = (let_memo){true, lower_dependence(ctx, is_own && is_connection, of, c->lets.data[e->ref.item].value)};
  }
  if (is_own)
    return memo->depends;
  dependence moved = {{0}};
  /* Even a constant let can only be read where its side is. */
  moved.side[e->ref.side] = memo->depends.side[SIDE_SELF] | DEPENDS_LASTING_PARAM;
  return moved;
}

static uint32_t bits_of_ref(const lower_context *ctx, bool is_connection, uint32_t owner, const model_expr *e) {
  bool is_own = e->ref.side == SIDE_SELF;
  uint32_t of = is_own ? owner : lower_population_of_side(ctx, owner, e->ref.side);
  switch (e->ref.kind) {
  case REF_PARAM:
    return DEPENDS_LASTING_PARAM |
           (lower_is_varied(ctx, is_own && is_connection, of, e->ref.item) ? DEPENDS_VARIED_PARAM : 0) |
           (lower_is_phased(ctx, is_own && is_connection, of, e->ref.item) ? DEPENDS_PHASED_PARAM : 0);
  case REF_STATE:
    return state_has_equation(component_of(ctx, is_own && is_connection, of), e->ref.item) ? DEPENDS_STATE
                                                                                           : DEPENDS_HELD_STATE;
  case REF_INPUT:
    return DEPENDS_INPUT;
  case REF_NOISE:
    return DEPENDS_RANDOM;
  case REF_TIMER:
  case REF_REFRACTORY:
    return DEPENDS_TIMER;
  case REF_LOCAL:
    return DEPENDS_LOCAL;
  case REF_TIME:
    return DEPENDS_TIME;
  case REF_DT:
    return 0;
  case REF_SIGNAL:
  case REF_WINDOW_COUNT:
    return DEPENDS_HELD_STATE;
  default:
    return DEPENDS_ELEMENT;
  }
}

static dependence of_ref(const lower_context *ctx, bool is_connection, uint32_t owner, const model_expr *e) {
  dependence d = {{0}};
  if (e->ref.kind == REF_LET)
    return of_let(ctx, is_connection, owner, e);
  if (e->ref.kind == REF_DISTANCE || e->ref.kind == REF_COLUMN)
    d.side[SIDE_SELF] = DEPENDS_DISTANCE;
  else
    d.side[e->ref.side] = bits_of_ref(ctx, is_connection, owner, e);
  return d;
}

dependence lower_dependence(const lower_context *ctx, bool is_connection, uint32_t owner, const model_expr *e) {
  if (e->kind == MX_REF)
    return of_ref(ctx, is_connection, owner, e);
  dependence d = {{0}};
  if (e->kind == MX_RANDOM)
    d.side[SIDE_SELF] = DEPENDS_RANDOM;
  if (e->kind == MX_CHANNEL)
    d.side[SIDE_SELF] = DEPENDS_CHANNEL;
  for (int k = 0; k < 3 && e->args[k]; k++) {
    dependence part = lower_dependence(ctx, is_connection, owner, e->args[k]);
    for (int s = 0; s < 4; s++)
      d.side[s] |= part.side[s];
  }
  return d;
}

uint32_t lower_self_dependence(const lower_context *ctx, bool is_connection, uint32_t owner, const model_expr *e) {
  dependence d = lower_dependence(ctx, is_connection, owner, e);
  return d.side[0] | d.side[1] | d.side[2] | d.side[3];
}
