/* SPDX-License-Identifier: MIT */
/* measure_tree.c - numbers, arithmetic and conditions in measures; see measure.h. */
#include "model/experiment/series.h"
#include "model/expr/expr.h"
#include "model/names/report.h"
#include "model/operations.h"

/* ---- numbers ---- */

static model_measure_node *check_number(const measure_scope *s, const ast_expr *e) {
  expr_env env = env_constant(s->ck, s->bindings, "a measure");
  model_expr *v = expr_check(&env, e, NULL);
  model_measure_node *n = v != NULL ? measure_new(s->ck, NSA_MEASURE_NUMBER, v->unit, e->at) : NULL;
  if (n != NULL && !constant_value(v, NULL, &n->number))
    return NULL;
  return n;
}

bool measure_constant(const measure_scope *s, const ast_expr *e, dim unit, const char *what, double *out) {
  expr_env env = env_constant(s->ck, s->bindings, "a measure");
  return expr_constant(&env, e, unit, what, out);
}

model_measure_node *measure_number_named(const measure_scope *s, const ast_expr *e,
                                         void (*others)(checker *ck, name_list *out)) {
  checker *ck = s->ck;
  const char *name = e->as.name.text;
  uint32_t global;
  if (strcmp(name, "pi") == 0 || strcmp(name, "e") == 0 || map_find(ck->globals, name, &global) ||
      measure_binding(s->bindings, name) != NULL)
    return check_number(s, e);
  name_list known = {0};
  if (others != NULL)
    others(ck, &known);
  for (uint32_t i = 0; i < ck->model->globals.len; i++)
    vec_push(ck->arena, &known, ck->model->globals.data[i].name);
  report_unknown(ck, e->at, DIAG_E0201, others != NULL ? "the earlier measure" : "the name", name, &known);
  return NULL;
}

/* ---- arithmetic ---- */

model_measure_node *measure_join(checker *ck, nsa_measure_kind kind, dim unit, model_measure_node *a,
                                 model_measure_node *b, model_measure_node *c, span at) {
  model_measure_node *n = measure_new(ck, kind, unit, at);
  n->args[0] = a;
  n->args[1] = b;
  n->args[2] = c;
  return series_join(ck, n) ? n : NULL;
}

static model_measure_node *join(checker *ck, nsa_measure_kind kind, dim unit, model_measure_node *a,
                                model_measure_node *b, span at) {
  return measure_join(ck, kind, unit, a, b, NULL, at);
}

static model_measure_node *join_same(checker *ck, nsa_measure_kind kind, const ast_expr *left, model_measure_node *a,
                                     const ast_expr *right, model_measure_node *b) {
  bool is_condition = kind >= NSA_MEASURE_LT;
  if (dim_equal(a->unit, b->unit))
    return join(ck, kind, is_condition ? dim_none() : dim_of_sum(a->unit, b->unit), a, b,
                span_join(left->at, right->at));
  report_units(ck, right, b->unit, a->unit, arena_printf(ck->arena, "`%s`", expr_text(ck, left)), left->at);
  return NULL;
}

static model_measure_node *join_numbers(const measure_scope *s, ast_op op, const ast_expr *left, model_measure_node *a,
                                        const ast_expr *right, model_measure_node *b) {
  checker *ck = s->ck;
  span at = span_join(left->at, right->at);
  dim unit;
  switch (op) {
  case AST_OP_ADD:
  case AST_OP_SUB:
    return join_same(ck, op == AST_OP_ADD ? NSA_MEASURE_ADD : NSA_MEASURE_SUB, left, a, right, b);
  case AST_OP_MUL:
    return dim_try_mul(a->unit, b->unit, &unit) ? join(ck, NSA_MEASURE_MUL, unit, a, b, at) : NULL;
  case AST_OP_DIV:
    return dim_try_div(a->unit, b->unit, &unit) ? join(ck, NSA_MEASURE_DIV, unit, a, b, at) : NULL;
  case AST_OP_POW:
    if (b->kind == NSA_MEASURE_NUMBER && dim_is_none(b->unit) && dim_try_pow(a->unit, b->number, &unit))
      return join(ck, NSA_MEASURE_POW, unit, a, b, at);
    return measure_malformed(ck, right->at, arena_printf(ck->arena, "an exponent in %s is a plain number", s->what),
                             NULL);
  default:
    return join_same(ck, (nsa_measure_kind)(NSA_MEASURE_LT + (int)op - (int)AST_OP_LT), left, a, right, b);
  }
}

static model_measure_node *join_conditions(const measure_scope *s, ast_op op, model_measure_node *a,
                                           model_measure_node *b) {
  model_measure_node *number = measure_is_condition(a) ? b : a;
  if (!measure_is_condition(number))
    return measure_malformed(s->ck, number->at, "a condition is needed here, not a number", "compare it: `... > 0`");
  return join(s->ck, op == AST_OP_AND ? NSA_MEASURE_AND : NSA_MEASURE_OR, dim_none(), a, b, span_join(a->at, b->at));
}

static model_measure_node *join_pair(const measure_scope *s, ast_op op, const ast_expr *left, model_measure_node *a,
                                     const ast_expr *right, model_measure_node *b) {
  if (op == AST_OP_AND || op == AST_OP_OR)
    return join_conditions(s, op, a, b);
  bool is_good = measure_is_number(s->ck, a);
  return measure_is_number(s->ck, b) && is_good ? join_numbers(s, op, left, a, right, b) : NULL;
}

static model_measure_node *check_chain(const measure_scope *s, const ast_expr *e) {
  const ast_expr *const *operands = (const ast_expr *const *)e->as.binary.operands.data;
  model_measure_node *sum = measure_tree(s, operands[0]);
  for (uint32_t i = 1; i < e->as.binary.operands.len; i++) {
    model_measure_node *next = measure_tree(s, operands[i]);
    sum = sum == NULL || next == NULL
              ? NULL
              : join_pair(s, e->as.binary.ops.data[i - 1], i == 1 ? operands[0] : e, sum, operands[i], next);
  }
  return sum;
}

static model_measure_node *check_unary(const measure_scope *s, const ast_expr *e) {
  checker *ck = s->ck;
  bool is_not = e->as.unary.op == AST_OP_NOT;
  model_measure_node *n = measure_tree(s, e->as.unary.operand);
  if (n == NULL || (!is_not && !measure_is_number(ck, n)))
    return NULL;
  if (is_not && !measure_is_condition(n))
    return measure_malformed(ck, n->at, "a condition is needed here, not a number", "compare it: `... > 0`");
  return join(ck, is_not ? NSA_MEASURE_NOT : NSA_MEASURE_NEG, n->unit, n, NULL, e->at);
}

bool measure_is_answer(const measure_scope *s, const ast_expr *e, const model_measure_node *n, const char *hint) {
  checker *ck = s->ck;
  if (!measure_is_condition(n))
    measure_malformed(ck, e->at, arena_printf(ck->arena, "`%s` is a number, not a condition", expr_text(ck, e)), hint);
  else if (n->is_series)
    measure_malformed(ck, n->at, "a series is compared when it was taken together: `mean(...)`", NULL);
  return measure_is_condition(n) && !n->is_series;
}

model_measure_node *measure_tree(const measure_scope *s, const ast_expr *e) {
  switch (e->kind) {
  case AST_BAD:
    return NULL;
  case AST_NUMBER:
    return check_number(s, e);
  case AST_NAME:
    return s->name(s, e);
  case AST_CALL:
    return measure_is_math(e) ? measure_math(s, e) : s->call(s, e);
  case AST_IF:
    return measure_if(s, e);
  case AST_UNARY:
    return check_unary(s, e);
  case AST_BINARY:
    return check_chain(s, e);
  case AST_MEMBER:
  case AST_INDEX:
    return s->place(s, e);
  default:
    return measure_malformed(
        s->ck, e->at, arena_printf(s->ck->arena, "%s is made of measure functions and arithmetic", s->what), NULL);
  }
}
