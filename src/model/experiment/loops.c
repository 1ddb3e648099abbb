/* SPDX-License-Identifier: MIT */
/* loops.c - visits the declarations of the experiment. Those inside of a loop are visited once a round. */
#include "model/experiment/parts.h"
#include "model/expr/expr.h"
#include "model/expr/make.h"
#include "model/names/report.h"
#include "model/operations.h"
#include "support/limits.h"

static void visit_list(checker *ck, const ast_decl *const *decls, uint32_t count, const binding *bindings,
                       decl_visitor *visit, bool is_inside);

static bool is_allowed_inside(const ast_decl *d) {
  return d->kind == AST_DECL_PRESENT || d->kind == AST_DECL_DRIVE || d->kind == AST_DECL_RECORD ||
         d->kind == AST_DECL_MEASURE || d->kind == AST_DECL_PHASE || d->kind == AST_DECL_FOR;
}

static void run_round(checker *ck, const ast_decl *d, const binding *outer, uint32_t round, model_expr *value,
                      decl_visitor *visit) {
  const ast_name_list *names = &d->as.loop.names;
  binding bindings[2];
  uint32_t count = 0;
  if (names->len > 1) {
    bindings[count] = (binding){
        .name = names->data[0].text, .next = outer, .value = expr_literal(ck, round, dim_none(), names->data[0].at)};
    outer = &bindings[count++];
  }
  bindings[count] = (binding){.name = names->data[names->len - 1].text, .value = value, .next = outer};
  visit_list(ck, (const ast_decl *const *)d->as.loop.body.data, d->as.loop.body.len, &bindings[count], visit, true);
}

/* Counts a round of an outermost loop or of one inside it. */
static bool is_one_too_many(checker *ck, const ast_decl *d) {
  if (ck->rounds > LIMIT_ROUNDS)
    return true;
  if (++ck->rounds <= LIMIT_ROUNDS)
    return false;
  diag_report(ck->sink, DIAG_E0901, d->at, "loops inside one another have more than %u rounds in all", LIMIT_ROUNDS);
  return true;
}

static bool is_too_long(checker *ck, span at, double rounds) {
  if (rounds <= LIMIT_ROUNDS)
    return false;
  diag_report(ck->sink, DIAG_E0901, at, "a loop of %.0f rounds; it may have %u", rounds, LIMIT_ROUNDS);
  return true;
}

static void run_range(checker *ck, const ast_decl *d, const binding *bindings, decl_visitor *visit) {
  const ast_expr *over = d->as.loop.over;
  expr_env env = env_constant(ck, bindings, "a loop");
  uint32_t low, high;
  if (!expr_constant_count(&env, over->as.range.low, "a bound of a loop", 0, 1e9, &low) ||
      !expr_constant_count(&env, over->as.range.high, "a bound of a loop", 0, 1e9, &high))
    return;
  if (low > high) {
    diag_report(ck->sink, DIAG_E0501, over->at, "this range is empty: its first end is the larger");
    return;
  }
  if (is_too_long(ck, over->at, (double)high - low + 1))
    return;
  for (uint32_t k = low; k <= high && !is_one_too_many(ck, d); k++)
    run_round(ck, d, bindings, k - low, expr_literal(ck, k, dim_none(), over->at), visit);
}

static void run_values(checker *ck, const ast_decl *d, const binding *bindings, decl_visitor *visit) {
  const ast_expr_list *values = &d->as.loop.over->as.list.values;
  if (is_too_long(ck, d->as.loop.over->at, values->len))
    return;
  for (uint32_t i = 0; i < values->len && !is_one_too_many(ck, d); i++) {
    expr_env env = env_constant(ck, bindings, "a loop");
    model_expr *value = expr_number(&env, values->data[i], NULL);
    double number;
    if (value != NULL && !constant_value(value, NULL, &number)) {
      diag_report(ck->sink, DIAG_E0306, values->data[i]->at, "`%s` must be known before the run",
                  expr_text(ck, values->data[i]));
      value = NULL;
    } else if (value != NULL) {
      value = expr_literal(ck, number, value->unit, values->data[i]->at);
    }
    run_round(ck, d, bindings, i, value, visit);
  }
}

static void run_loop(checker *ck, const ast_decl *d, const binding *bindings, decl_visitor *visit) {
  const ast_expr *over = d->as.loop.over;
  if (d->as.loop.names.len < 1 || d->as.loop.names.len > 2 || over == NULL || over->kind == AST_BAD)
    return;
  if (over->kind == AST_RANGE)
    run_range(ck, d, bindings, visit);
  else if (over->kind == AST_LIST)
    run_values(ck, d, bindings, visit);
  else
    diag_report(ck->sink, DIAG_E0203, over->at, "a loop runs over a range `0..3` or a list `[0, 5, 1]`, not over `%s`",
                expr_text(ck, over));
}

static void visit_list(checker *ck, const ast_decl *const *decls, uint32_t count, const binding *bindings,
                       decl_visitor *visit, bool is_inside) {
  for (uint32_t i = 0; i < count; i++) {
    const ast_decl *d = decls[i];
    if (!is_inside)
      ck->rounds = 0;
    if (is_inside && !is_allowed_inside(d))
      diag_report(ck->sink, DIAG_E0405, d->at,
                  "a loop may hold `present`, `drive`, `phase`, `record`, `measure` and `for` only");
    else if (d->kind == AST_DECL_FOR)
      run_loop(ck, d, bindings, visit);
    else
      visit(ck, d, bindings);
  }
}

void for_each_decl(checker *ck, decl_visitor *visit) {
  visit_list(ck, ck->decls.data, ck->decls.len, NULL, visit, false);
}
