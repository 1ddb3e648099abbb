/* SPDX-License-Identifier: MIT */
/* expr.c - from expressions of the AST to typed ones: operators, numbers, conditionals. Names are
 * in resolve.c, calls in call.c, what is said about units in report.c. */
#include "model/expr/expr.h"
#include "model/expr/bare.h"
#include "model/expr/make.h"
#include "model/names/report.h"
#include "model/operations.h"
#include "support/limits.h"
#include "syntax/syntax.h"

#include <math.h>
#include <stdlib.h>

/* ---- numbers ---- */

static bool add_factor(checker *ck, const ast_unit_factor *f, nsa_unit *product) {
  nsa_unit u;
  if (!nsa_unit_find(f->name, strlen(f->name), &u)) {
    hint_at_units(ck, diag_report(ck->sink, DIAG_E0304, f->at, "`%s` is not a unit", f->name), f->name);
    return false;
  }
  if (nsa_unit_multiply(product, &u, f->exponent))
    return true;
  diag_report(ck->sink, DIAG_E0301, f->at, "`%s` to the power %.9g is not a unit: exponents go in quarters up to %d",
              f->name, fabs(f->exponent), NSA_MOST_UNIT_POWER);
  return false;
}

static bool unit_product(checker *ck, const ast_unit *unit, nsa_unit *product) {
  *product = (nsa_unit){.multiplier = 1};
  for (uint32_t i = 0; unit != NULL && i < unit->factors.len; i++)
    if (!add_factor(ck, &unit->factors.data[i], product))
      return false;
  return true;
}

/* What is written behind a number, `/s`, is `1/s` where it stands alone. */
static dim dim_as_written(checker *ck, const ast_unit *unit, const nsa_unit *product) {
  bool is_said = unit != NULL && unit->factors.len > 0;
  const char *shown = !is_said ? NULL : unit->text[0] == '/' ? arena_printf(ck->arena, "1%s", unit->text) : unit->text;
  return dim_shown_as(dim_of_unit(product), shown);
}

dim unit_check(checker *ck, const ast_unit *unit) {
  nsa_unit product;
  return unit_product(ck, unit, &product) ? dim_as_written(ck, unit, &product) : dim_unknown();
}

dim unit_chosen(checker *ck, const ast_expr *e, dim unit, const ast_unit *shown) {
  dim chosen = unit_check(ck, shown);
  if (dim_is_unknown(chosen) || dim_equal(chosen, unit))
    return dim_is_unknown(chosen) ? unit : chosen;
  diag *d = diag_report(ck->sink, DIAG_E0301, shown->at, "`%s` is %s, which cannot be shown in %s", expr_text(ck, e),
                        unit_phrase(ck, unit), shown->text);
  diag_hint(d, "`in` takes another unit of the same kind, or leave it away");
  return unit;
}

static model_expr *check_literal(expr_env *env, const ast_expr *e) {
  nsa_unit u;
  if (!unit_product(env->ck, e->as.number.unit, &u))
    return NULL;
  double value = nsa_unit_scale(e->as.number.digits, &u);
  bool is_lost = nsa_number_is_lost(e->as.number.digits, value);
  if (!isfinite(value) || is_lost) {
    diag_report(env->ck->sink, DIAG_E0901, e->at, "this number is too %s for a double", is_lost ? "small" : "large");
    return NULL;
  }
  return expr_literal(env->ck, value, dim_as_written(env->ck, e->as.number.unit, &u), e->at);
}

/* ---- kinds of value ---- */

model_expr *expr_number(expr_env *env, const ast_expr *e, const dim *want) {
  model_expr *v = expr_check(env, e, want);
  if (v == NULL || !v->is_bool)
    return v;
  diag *d = diag_report(env->ck->sink, DIAG_E0303, e->at, "`%s` is a truth value, but a number is needed here",
                        expr_text(env->ck, e));
  diag_hint(d, "write `if %s then 1 else 0`", expr_text(env->ck, e));
  return NULL;
}

model_expr *expr_bool(expr_env *env, const ast_expr *e) {
  model_expr *v = expr_check(env, e, NULL);
  if (v == NULL || v->is_bool)
    return v;
  diag *d = diag_report(env->ck->sink, DIAG_E0303, e->at, "`%s` is a number, but a condition is needed here",
                        expr_text(env->ck, e));
  diag_hint(d, "compare it: `%s > 0%s%s`", expr_text(env->ck, e), dim_is_none(v->unit) ? "" : " ",
            dim_is_none(v->unit) ? "" : dim_name(env->ck->arena, v->unit));
  return NULL;
}

/* The unit that a bare target lacks. For the state of an equation it is not told where only the time is missing. */
static dim unit_of_target(const expr_env *env, dim got, dim want) {
  dim unit;
  bool is_good = dim_try_div(got, want, &unit) && (!env->is_rate || unit.q[DIM_TIME] == 0);
  return is_good ? unit : dim_none();
}

model_expr *expr_of_unit(expr_env *env, const ast_expr *e, dim want, const char *what) {
  bool is_known = !dim_is_unknown(want);
  const struct bare_number *target = env->target;
  env->target = NULL; /* not of what is in e */
  model_expr *v = expr_number(env, e, is_known ? &want : NULL);
  if (v == NULL || !is_known)
    return NULL;
  if (dim_equal(v->unit, want))
    return v;
  if (report_bare_name(env, e, v->unit, want) || report_bare(env, target, unit_of_target(env, v->unit, want), e->at))
    return NULL;
  report_units(env->ck, e, v->unit, want, what, SPAN_NONE);
  return NULL;
}

bool expr_constant(expr_env *env, const ast_expr *e, dim want, const char *what, double *out) {
  model_expr *v = expr_of_unit(env, e, want, what);
  if (v == NULL)
    return false;
  if (constant_value(v, NULL, out) && isfinite(*out))
    return true;
  diag_report(env->ck->sink, DIAG_E0306, e->at,
              "`%s` must be known before the run: %s cannot depend on anything that is drawn, "
              "overridden or computed",
              expr_text(env->ck, e), what);
  return false;
}

bool expr_constant_count(expr_env *env, const ast_expr *e, const char *what, double lo, double hi, uint32_t *out) {
  double value;
  if (!expr_constant(env, e, dim_none(), what, &value))
    return false;
  if (value == floor(value) && value >= lo && value <= hi) {
    *out = (uint32_t)value;
    return true;
  }
  diag_report(env->ck->sink, DIAG_E0501, e->at, "%s must be a whole number from %.0f to %.0f, not %s", what, lo, hi,
              number_text(env->ck, value));
  return false;
}

/* ---- chains ---- */

typedef VEC(model_expr *) value_list;

static bool check_operands(expr_env *env, const ast_expr *e, const dim *want, bool is_bool, value_list *out) {
  bool is_good = true;
  for (uint32_t i = 0; i < e->as.binary.operands.len; i++) {
    const ast_expr *operand = e->as.binary.operands.data[i];
    model_expr *v = is_bool ? expr_bool(env, operand) : expr_number(env, operand, want);
    vec_push(env->ck->arena, out, v);
    is_good = is_good && v != NULL;
  }
  return is_good;
}

static model_expr_kind kind_of(ast_op op) {
  static const model_expr_kind kinds[] = {
      [AST_OP_ADD] = MX_ADD, [AST_OP_SUB] = MX_SUB, [AST_OP_MUL] = MX_MUL, [AST_OP_DIV] = MX_DIV,
      [AST_OP_POW] = MX_POW, [AST_OP_LT] = MX_LT,   [AST_OP_LE] = MX_LE,   [AST_OP_GT] = MX_GT,
      [AST_OP_GE] = MX_GE,   [AST_OP_EQ] = MX_EQ,   [AST_OP_NE] = MX_NE,   [AST_OP_AND] = MX_AND,
      [AST_OP_OR] = MX_OR,   [AST_OP_NOT] = MX_NOT, [AST_OP_NEG] = MX_NEG};
  return kinds[op];
}

/* From the left, as written: rounding depends on the order. */
static model_expr *join_chain(expr_env *env, const ast_expr *e, const value_list *values) {
  model_expr *sum = values->data[0];
  for (uint32_t i = 1; i < values->len; i++) {
    span at = span_join(e->as.binary.operands.data[0]->at, e->as.binary.operands.data[i]->at);
    sum = expr_binary(env->ck, kind_of(e->as.binary.ops.data[i - 1]), sum, values->data[i], at);
  }
  return sum;
}

/* The operand that the others are compared with: one that fits the context, else the first that is not a bare number.
 */
static uint32_t reference_operand(const ast_expr *e, const value_list *values, const dim *want) {
  for (uint32_t i = 0; want != NULL && i < values->len; i++)
    if (dim_equal(values->data[i]->unit, *want))
      return i;
  for (uint32_t i = 0; i < values->len; i++)
    if (!expr_is_plain_literal(e->as.binary.operands.data[i]))
      return i;
  return 0;
}

static bool units_agree(expr_env *env, const ast_expr *e, const value_list *values, const dim *want) {
  uint32_t reference = reference_operand(e, values, want);
  const ast_expr *model_operand = e->as.binary.operands.data[reference];
  dim unit = values->data[reference]->unit;
  bool is_good = true;
  for (uint32_t i = 0; i < values->len; i++) {
    if (dim_equal(values->data[i]->unit, unit))
      continue;
    is_good = false;
    report_disagreement(env, e->as.binary.operands.data[i], values->data[i]->unit, model_operand, unit);
  }
  return is_good;
}

static model_expr *check_sum(expr_env *env, const ast_expr *e, const dim *want) {
  value_list values = {0};
  if (!check_operands(env, e, want, false, &values) || !units_agree(env, e, &values, want))
    return NULL;
  return join_chain(env, e, &values);
}

/* `1/s` beside a declared `s`: the author may have meant the unit. */
static void warn_of_hidden_unit(expr_env *env, const ast_expr *number, const ast_expr *name, const model_expr *value) {
  nsa_unit u;
  if (number->kind != AST_NUMBER || number->as.number.unit != NULL || name->kind != AST_NAME ||
      value->kind == MX_NUMBER || !nsa_unit_find(name->as.name.text, strlen(name->as.name.text), &u))
    return;
  diag *d = diag_report(env->ck->sink, DIAG_W0101, name->at, "`%s` is a unit too; here it means the declared `%s`",
                        name->as.name.text, name->as.name.text);
  diag_hint(d, "for the unit write the quantity `%s /%s`, else give the variable another name",
            number->as.number.digits, name->as.name.text);
}

static model_expr *check_product(expr_env *env, const ast_expr *e) {
  value_list values = {0};
  if (!check_operands(env, e, NULL, false, &values))
    return NULL;
  for (uint32_t i = 1; i < values.len; i++)
    if (e->as.binary.ops.data[i - 1] == AST_OP_DIV)
      warn_of_hidden_unit(env, e->as.binary.operands.data[i - 1], e->as.binary.operands.data[i], values.data[i]);
  return join_chain(env, e, &values);
}

static model_expr *check_power(expr_env *env, const ast_expr *e) {
  const ast_expr *base_ast = e->as.binary.operands.data[0];
  const ast_expr *exponent_ast = e->as.binary.operands.data[1];
  model_expr *base = expr_number(env, base_ast, NULL);
  model_expr *exponent = expr_of_unit(env, exponent_ast, dim_none(), "an exponent");
  if (base == NULL || exponent == NULL)
    return NULL;
  dim unit = dim_none();
  double power = 0;
  if (!dim_is_none(base->unit)) {
    const char *name = dim_name(env->ck->arena, base->unit);
    if (!constant_value(exponent, NULL, &power)) {
      diag *d = diag_report(env->ck->sink, DIAG_E0306, exponent_ast->at,
                            "the exponent of a quantity must be a plain number: `%s` is in %s",
                            expr_text(env->ck, base_ast), name);
      diag_hint(d, "divide `%s` by a reference value first", expr_text(env->ck, base_ast));
      return NULL;
    }
    if (!dim_try_pow(base->unit, power, &unit)) {
      diag_report(env->ck->sink, DIAG_E0301, exponent_ast->at,
                  "%s to the power %g is not a unit: exponents of units go in quarters up to 31", name, power);
      return NULL;
    }
  }
  model_expr *out = expr_binary(env->ck, MX_POW, base, exponent, e->at);
  if (out != NULL)
    out->unit = unit;
  return out;
}

static model_expr *check_comparison(expr_env *env, const ast_expr *e) {
  value_list values = {0};
  if (!check_operands(env, e, NULL, false, &values) || !units_agree(env, e, &values, NULL))
    return NULL;
  return join_chain(env, e, &values);
}

static model_expr *check_logic(expr_env *env, const ast_expr *e) {
  value_list values = {0};
  return check_operands(env, e, NULL, true, &values) ? join_chain(env, e, &values) : NULL;
}

static model_expr *check_binary(expr_env *env, const ast_expr *e, const dim *want) {
  ast_op op = e->as.binary.ops.data[0];
  if (op == AST_OP_ADD || op == AST_OP_SUB)
    return check_sum(env, e, want);
  if (op == AST_OP_MUL || op == AST_OP_DIV)
    return check_product(env, e);
  if (op == AST_OP_POW)
    return check_power(env, e);
  return op == AST_OP_AND || op == AST_OP_OR ? check_logic(env, e) : check_comparison(env, e);
}

static model_expr *check_unary(expr_env *env, const ast_expr *e, const dim *want) {
  if (e->as.unary.op == AST_OP_NOT)
    return expr_unary(env->ck, MX_NOT, expr_bool(env, e->as.unary.operand), e->at);
  model_expr *v = expr_number(env, e->as.unary.operand, want);
  if (v != NULL && v->kind == MX_NUMBER)
    return expr_literal(env->ck, -v->number, v->unit, e->at);
  return expr_unary(env->ck, MX_NEG, v, e->at);
}

static model_expr *check_conditional(expr_env *env, const ast_expr *e, const dim *want) {
  const ast_expr *then_ast = e->as.cond.then_value, *else_ast = e->as.cond.else_value;
  model_expr *condition = expr_bool(env, e->as.cond.condition);
  model_expr *then_value = expr_check(env, then_ast, want);
  model_expr *else_value = expr_check(env, else_ast, want);
  if (condition == NULL || then_value == NULL || else_value == NULL)
    return NULL;
  if (then_value->is_bool != else_value->is_bool) {
    diag_report(env->ck->sink, DIAG_E0303, else_ast->at,
                "one branch of this `if` is a number, the other a truth value");
    return NULL;
  }
  if (!dim_equal(then_value->unit, else_value->unit)) {
    bool is_then = expr_is_plain_literal(then_ast) || (want != NULL && dim_equal(else_value->unit, *want));
    const ast_expr *offender = is_then ? then_ast : else_ast, *other = is_then ? else_ast : then_ast;
    dim got = is_then ? then_value->unit : else_value->unit;
    report_disagreement(env, offender, got, other, is_then ? else_value->unit : then_value->unit);
    return NULL;
  }
  return expr_select(env->ck, condition, then_value, else_value, e->at);
}

static model_expr *not_a_value(expr_env *env, const ast_expr *e) {
  static const char *const words[] = {[AST_STRING] = "a text",
                                      [AST_LIST] = "a list",
                                      [AST_TUPLE] = "a tuple",
                                      [AST_RANGE] = "a range",
                                      [AST_SIZE] = "a size"};
  diag_report(env->ck->sink, DIAG_E0203, e->at, "%s is not a value that can be computed with", words[e->kind]);
  return NULL;
}

model_expr *expr_check(expr_env *env, const ast_expr *e, const dim *want) {
  switch (e->kind) {
  case AST_BAD:
    return NULL;
  case AST_NUMBER:
    return check_literal(env, e);
  case AST_NAME:
    return resolve_name(env, e);
  case AST_MEMBER:
    return resolve_member(env, e);
  case AST_INDEX:
    return resolve_indexed(env, e);
  case AST_CALL:
    return call_check(env, e);
  case AST_UNARY:
    return check_unary(env, e, want);
  case AST_BINARY:
    return check_binary(env, e, want);
  case AST_IF:
    return check_conditional(env, e, want);
  default:
    return not_a_value(env, e);
  }
}

expr_env env_constant(checker *ck, const binding *bindings, const char *where) {
  return (expr_env){
      .ck = ck, .where = where, .home = ck->main, .bindings = bindings, .param_limit = NONE, .connect_at = SPAN_NONE};
}
