/* SPDX-License-Identifier: MIT */
/* select.c - the population or connection that an expression of the experiment is about, and which of its elements. */
#include "model/expr/select.h"
#include "model/expr/expr.h"
#include "model/expr/make.h"
#include "model/names/lookup.h"
#include "model/names/report.h"

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

static bool is_row_axis(const char *axis) { return strcmp(axis, "rows") == 0 || strcmp(axis, "row") == 0; }

static bool bounds_of(expr_env *env, const ast_expr *value, const char *what, uint32_t *low, uint32_t *high) {
  expr_env constant = env_constant(env->ck, env->bindings, "a slice");
  const ast_expr *first = value->kind == AST_RANGE ? value->as.range.low : value;
  const ast_expr *last = value->kind == AST_RANGE ? value->as.range.high : value;
  return expr_constant_count(&constant, first, what, 0, 4294967294.0, low) &&
         expr_constant_count(&constant, last, what, 0, 4294967294.0, high);
}

static bool in_bounds(checker *ck, span at, uint32_t low, uint32_t high, uint32_t count, const char *what,
                      const char *owner) {
  if (low <= high && high < count)
    return true;
  if (low > high)
    diag_report(ck->sink, DIAG_E0501, at, "this slice is empty: its first end is the larger");
  else
    diag_report(ck->sink, DIAG_E0501, at, "`%s` has %u %s, numbered from 0: %u is not one of them", owner, count, what,
                high);
  return false;
}

/* Narrows the slice by one selector: elements, rows or columns. */
static bool select_along(expr_env *env, const ast_selector *s, const model_population *p, element_slice *out) {
  checker *ck = env->ck;
  bool is_row = s->axis != NULL && is_row_axis(s->axis), is_column = s->axis != NULL && !is_row;
  const char *what = is_row ? "a row" : is_column ? "a column" : "an element";
  uint32_t low, high;
  if (!bounds_of(env, s->value, what, &low, &high))
    return false;
  if (is_column) {
    out->left = low;
    out->right = high;
    return in_bounds(ck, s->at, low, high, p->cols, "columns", p->name);
  }
  if (!in_bounds(ck, s->at, low, high, is_row ? p->rows : p->rows * p->cols, is_row ? "rows" : "elements", p->name))
    return false;
  out->first = is_row ? low * p->cols : low;
  out->last = is_row ? high * p->cols + p->cols - 1 : high;
  return true;
}

bool selector_slice(expr_env *env, const ast_expr *index, const model_population *p, element_slice *out) {
  checker *ck = env->ck;
  const ast_selector_list *list = &index->as.index.selectors;
  if (p == NULL) {
    refuse(ck, index->at, "slices of connections", NULL);
    return false;
  }
  *out = (element_slice){.last = p->rows * p->cols - 1, .right = p->cols - 1};
  for (uint32_t i = 0; i < list->len; i++) {
    const char *axis = list->data[i].axis, *before = i > 0 ? list->data[i - 1].axis : NULL;
    bool is_pair = axis != NULL && before != NULL && is_row_axis(axis) != is_row_axis(before);
    if (i > 1 || (i == 1 && !is_pair)) {
      diag *d = diag_report(ck->sink, DIAG_E0203, list->data[i].at,
                            "a slice is of elements, of rows, of columns, or of rows and columns");
      diag_hint(d, "`[0..9]`, `[rows 0..4]`, `[columns 3..5]`, `[rows 0..4, columns 3..5]`");
      return false;
    }
    if (!select_along(env, &list->data[i], p, out))
      return false;
  }
  return true;
}

bool selector_range(expr_env *env, const ast_expr *index, const model_population *p, uint32_t *first, uint32_t *last) {
  element_slice slice;
  if (!selector_slice(env, index, p, &slice))
    return false;
  *first = slice.first;
  *last = slice.last;
  if (slice.left == 0 && slice.right == p->cols - 1)
    return true;
  refuse(env->ck, index->at, "slices by columns here", "ranges of elements `[0..9]` and of rows `[rows 0..9]` work");
  return false;
}

static model_expr *between(checker *ck, model_expr *x, uint32_t low, uint32_t high, span at) {
  return expr_binary(ck, MX_AND, expr_binary(ck, MX_GE, x, expr_literal(ck, low, dim_none(), at), at),
                     expr_binary(ck, MX_LE, x, expr_literal(ck, high, dim_none(), at), at), at);
}

model_expr *selector_condition(expr_env *env, const ast_expr *index, const model_population *p, model_side side) {
  checker *ck = env->ck;
  span at = index->at;
  element_slice slice;
  if (!selector_slice(env, index, p, &slice))
    return NULL;
  model_expr *inside = between(ck, expr_ref(ck, REF_INDEX, side, 0, dim_none(), at), slice.first, slice.last, at);
  if (slice.left == 0 && slice.right == p->cols - 1)
    return inside;
  model_expr *column = expr_ref(ck, REF_COL, side, 0, dim_none(), at);
  return expr_binary(ck, MX_AND, inside, between(ck, column, slice.left, slice.right, at), at);
}
