/* SPDX-License-Identifier: MIT */
/* owner.c - whose values an expression of the experiment is about, and which of its elements. */
#include "model/check.h"

static const char *owner_in_list(checker *ck, const ast_expr_list *list) {
  for (uint32_t i = 0; i < list->len; i++) {
    const char *found = owner_of(ck, list->data[i]);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static const char *owner_in_call(checker *ck, const ast_expr *e) {
  for (uint32_t i = 0; i < e->as.call.args.len; i++) {
    const char *found = owner_of(ck, e->as.call.args.data[i].value);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static const char *owner_in_conditional(checker *ck, const ast_expr *e) {
  const char *found = owner_of(ck, e->as.cond.condition);
  found = found != NULL ? found : owner_of(ck, e->as.cond.then_value);
  return found != NULL ? found : owner_of(ck, e->as.cond.else_value);
}

static const char *owner_named(checker *ck, const ast_expr *e) {
  if (e->kind != AST_NAME)
    return owner_of(ck, e);
  const char *name = e->as.name.text;
  return population_find(ck, name) != NONE || connection_find(ck, name) != NONE ? name : NULL;
}

const char *owner_of(checker *ck, const ast_expr *e) {
  if (e == NULL)
    return NULL;
  switch (e->kind) {
  case AST_MEMBER:
    return owner_named(ck, e->as.member.object);
  case AST_INDEX:
    return owner_of(ck, e->as.index.object);
  case AST_CALL:
    return owner_in_call(ck, e);
  case AST_UNARY:
    return owner_of(ck, e->as.unary.operand);
  case AST_BINARY:
    return owner_in_list(ck, &e->as.binary.operands);
  case AST_IF:
    return owner_in_conditional(ck, e);
  default:
    return NULL;
  }
}

/* ---- slices ---- */

static bool is_row_axis(const char *axis) {
  return strcmp(axis, "rows") == 0 || strcmp(axis, "row") == 0;
}

static bool bounds_of(expr_env *env, const ast_expr *value, const char *what, uint32_t *low,
                      uint32_t *high) {
  expr_env constant = env_constant(env->ck, env->bindings, "a slice");
  const ast_expr *first = value->kind == AST_RANGE ? value->as.range.low : value;
  const ast_expr *last = value->kind == AST_RANGE ? value->as.range.high : value;
  return expr_constant_count(&constant, first, what, 0, 4294967294.0, low) &&
         expr_constant_count(&constant, last, what, 0, 4294967294.0, high);
}

static bool in_bounds(checker *ck, span at, uint32_t low, uint32_t high, uint32_t count,
                      const char *what, const char *owner) {
  if (low <= high && high < count)
    return true;
  if (low > high)
    diag_report(ck->sink, DIAG_E0501, at, "this slice is empty: its first end is the larger");
  else
    diag_report(ck->sink, DIAG_E0501, at, "`%s` has %u %s, numbered from 0: %u is not one of them",
                owner, count, what, high);
  return false;
}

bool selector_range(expr_env *env, const ast_expr *index, const model_population *p,
                    uint32_t *first, uint32_t *last) {
  checker *ck = env->ck;
  const ast_selector *s = &index->as.index.selectors.data[0];
  uint32_t low, high;
  if (p == NULL || index->as.index.selectors.len > 1 ||
      (s->axis != NULL && !is_row_axis(s->axis))) {
    refuse(ck, index->at, p == NULL ? "slices of connections" : "slices by columns",
           p == NULL ? NULL : "ranges of elements `[0..9]` and of rows `[rows 0..9]` work");
    return false;
  }
  if (!bounds_of(env, s->value, s->axis != NULL ? "a row" : "an element", &low, &high))
    return false;
  if (s->axis == NULL) {
    *first = low;
    *last = high;
    return in_bounds(ck, s->at, low, high, p->rows * p->cols, "elements", p->name);
  }
  if (!in_bounds(ck, s->at, low, high, p->rows, "rows", p->name))
    return false;
  *first = low * p->cols;
  *last = high * p->cols + p->cols - 1;
  return true;
}
