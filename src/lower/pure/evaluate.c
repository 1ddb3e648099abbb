/* SPDX-License-Identifier: MIT */
/* evaluate.c - numbers of expressions before anything runs: uniform parameters, settings of variants, and the point at
 * which the timescale analysis looks. */
#include "lower/pure/memo.h"
#include "model/operations.h"

typedef struct {
  const lower_context *ctx;
  bool is_connection;
  uint32_t owner;
  const model_component *component;
  bool is_constant;
  uint32_t depth;
  lower_memo *known; /* what was evaluated already */
} evaluation;

static double evaluate(evaluation *ev, const model_expr *e);

/* A parameter or state by its override, else by its declaration. */
static double evaluate_named(evaluation *ev, model_ref_kind kind, uint32_t item) {
  ev->is_constant = false;
  const model_expr *value = lower_initial_value(ev->ctx, ev->is_connection, ev->owner, kind, item);
  if (!value || ++ev->depth > 64)
    return 0;
  double x = evaluate(ev, value);
  ev->depth--;
  return x;
}

/* Each once: params may refer to one another many times. */
static double evaluate_param(evaluation *ev, uint32_t item) {
  value_memo *known = &ev->known->param_values[item];
  if (!known->is_known)
    *known = (value_memo){.is_known = true, .value = evaluate_named(ev, REF_PARAM, item)};
  ev->is_constant = false;
  return known->value;
}

/* Likewise. */
static double evaluate_let(evaluation *ev, uint32_t item) {
  value_memo *known = &ev->known->let_values[item];
  bool before = ev->is_constant;
  if (!known->is_known) {
    ev->is_constant = true;
    double x = evaluate(ev, ev->component->lets.data[item].value);
    *known = (value_memo){true, ev->is_constant, x};
  }
  ev->is_constant = before && known->is_constant;
  return known->value;
}

static double evaluate_ref(void *context, const model_expr *e) {
  evaluation *ev = context;
  if (e->kind == MX_CHANNEL || (e->ref.side != SIDE_SELF && e->ref.kind != REF_TIME && e->ref.kind != REF_DT)) {
    ev->is_constant = false;
    return 0;
  }
  switch (e->ref.kind) {
  case REF_PARAM:
    return evaluate_param(ev, e->ref.item);
  case REF_STATE:
    return evaluate_named(ev, REF_STATE, e->ref.item);
  case REF_LET:
    return evaluate_let(ev, e->ref.item);
  case REF_DT:
    return ev->ctx->m->timescales.data[ev->component->timescale].dt;
  default:
    ev->is_constant = false;
    return 0;
  }
}

/* At its mean. */
static double evaluate_random(void *context, const model_expr *e) {
  evaluation *ev = context;
  ev->is_constant = false;
  double a = evaluate(ev, e->args[0]);
  return e->fn == BUILTIN_uniform ? (a + evaluate(ev, e->args[1])) / 2 : a;
}

static double evaluate(evaluation *ev, const model_expr *e) {
  number_leaves leaves = {evaluate_ref, evaluate_random, ev};
  return expr_evaluate(&leaves, e);
}

evaluated lower_evaluate(const lower_context *ctx, bool is_connection, uint32_t owner, const model_expr *e) {
  evaluation ev = {.ctx = ctx, .is_connection = is_connection, .owner = owner, .is_constant = true};
  ev.component = is_connection ? component_of_connection(ctx, owner) : component_of_population(ctx, owner);
  ev.known = lower_memo_of(ctx, is_connection, owner);
  double value = evaluate(&ev, e);
  return (evaluated){value, ev.is_constant};
}
