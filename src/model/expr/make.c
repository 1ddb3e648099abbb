/* SPDX-License-Identifier: MIT */
/* make.c - makes typed expressions of values whose units were checked. */
#include "model/expr/make.h"
#include "model/units/units.h"
#include "support/limits.h"

model_expr *expr_new(checker *ck, model_expr_kind kind, dim unit, span at) {
  model_expr *e = ARENA_NEW(ck->arena, model_expr);
  e->kind = kind;
  e->unit = unit;
  e->at = at;
  e->depth = e->weight = 1;
  return e;
}

model_expr *expr_literal(checker *ck, double value, dim unit, span at) {
  model_expr *e = expr_new(ck, MX_NUMBER, unit, at);
  e->number = value;
  return e;
}

model_expr *expr_ref(checker *ck, model_ref_kind kind, model_side side, uint32_t item, dim unit, span at) {
  model_expr *e = expr_new(ck, MX_REF, unit, at);
  e->ref.kind = kind;
  e->ref.side = side;
  e->ref.item = item;
  return e;
}

static model_expr *too_large(checker *ck, const model_expr *e) {
  diag *d = e->depth > LIMIT_EXPR_DEPTH
                ? diag_report(ck->sink, DIAG_E0901, e->at,
                              "an expression is nested more than %d levels deep once functions "
                              "are put in",
                              LIMIT_EXPR_DEPTH)
                : diag_report(ck->sink, DIAG_E0901, e->at,
                              "an expression has more than %d parts once functions are put in", LIMIT_EXPR_NODES);
  diag_hint(d, "name parts of it with `let`");
  return NULL;
}

/* Fills in the arguments; NULL when one of them is NULL or the whole becomes too large. */
static model_expr *with_args(checker *ck, model_expr *e, model_expr *a, model_expr *b, model_expr *c, int count) {
  model_expr *args[3] = {a, b, c};
  for (int i = 0; i < count; i++) {
    if (args[i] == NULL)
      return NULL;
    e->args[i] = args[i];
    if (args[i]->depth >= e->depth)
      e->depth = args[i]->depth + 1;
    e->weight += args[i]->weight;
  }
  return e->depth > LIMIT_EXPR_DEPTH || e->weight > LIMIT_EXPR_NODES ? too_large(ck, e) : e;
}

model_expr *expr_unary(checker *ck, model_expr_kind kind, model_expr *a, span at) {
  if (a == NULL)
    return NULL;
  model_expr *e = expr_new(ck, kind, a->unit, at);
  e->is_bool = kind == MX_NOT;
  return with_args(ck, e, a, NULL, NULL, 1);
}

static model_expr *unit_overflow(checker *ck, span at) {
  diag_report(ck->sink, DIAG_E0301, at, "the unit of this product has an exponent beyond 31");
  return NULL;
}

model_expr *expr_binary(checker *ck, model_expr_kind kind, model_expr *a, model_expr *b, span at) {
  if (a == NULL || b == NULL)
    return NULL;
  dim unit = dim_of_sum(a->unit, b->unit);
  if ((kind == MX_MUL && !dim_try_mul(a->unit, b->unit, &unit)) ||
      (kind == MX_DIV && !dim_try_div(a->unit, b->unit, &unit)))
    return unit_overflow(ck, at);
  bool is_bool = kind >= MX_LT && kind <= MX_OR;
  model_expr *e = expr_new(ck, kind, is_bool ? dim_none() : unit, at);
  e->is_bool = is_bool;
  return with_args(ck, e, a, b, NULL, 2);
}

model_expr *expr_select(checker *ck, model_expr *condition, model_expr *a, model_expr *b, span at) {
  if (condition == NULL || a == NULL || b == NULL)
    return NULL;
  model_expr *e = expr_new(ck, MX_SELECT, dim_of_sum(a->unit, b->unit), at);
  e->is_bool = a->is_bool;
  return with_args(ck, e, condition, a, b, 3);
}
