/* SPDX-License-Identifier: MIT */
/* until.c - the condition of `run until`, on figures of environments. */
#include "model/experiment/experiment.h"
#include "model/experiment/series.h"
#include "model/names/lookup.h"
#include "model/names/report.h"

static model_measure_node *check_call(const measure_scope *s, const ast_expr *e) {
  if (series_is_reduced(s, e))
    return series_reduction(s, e);
  return measure_malformed(
      s->ck, e->as.call.function.at,
      arena_printf(s->ck->arena, "`%s` is not known in %s", e->as.call.function.text, s->what),
      "it is about figures of environments: `maze.trials == 20`, `mean(last(maze.success, 10)) > 0.9`");
}

static model_measure_node *check_name(const measure_scope *s, const ast_expr *e) {
  return measure_number_named(s, e, NULL);
}

static model_measure_node *check_place(const measure_scope *s, const ast_expr *e) {
  if (environment_of(s->ck, e) != NONE)
    return series_figure(s, e);
  if (e->kind == AST_MEMBER && e->as.member.object->kind == AST_NAME &&
      name_is_silent(s->ck, e->as.member.object->as.name.text))
    return NULL;
  return measure_malformed(s->ck, e->at,
                           arena_printf(s->ck->arena, "`%s` is not about an environment", expr_text(s->ck, e)),
                           "a run ends by figures of environments: `maze.trials == 20`");
}

static bool names_environment(const model_measure_node *n) {
  bool is_named = n != NULL && n->environment != NONE;
  for (int k = 0; n != NULL && k < 3; k++)
    is_named = is_named || names_environment(n->args[k]);
  return is_named;
}

model_measure_node *until_check(checker *ck, const ast_expr *condition) {
  measure_scope scope = {ck, "the condition of `run until`", NULL, check_call, check_name, check_place};
  model_measure_node *n = measure_tree(&scope, condition);
  if (n == NULL)
    return NULL;
  if (!measure_is_answer(&scope, condition, n, "compare it: `maze.trials == 20`"))
    return NULL;
  if (names_environment(n))
    return n;
  diag *d = diag_report(ck->sink, DIAG_E0605, condition->at, "this condition names no environment: it never changes");
  diag_hint(d, "`run 1 s` ends by time, `run until maze.trials == 20 for 1 h` by an environment");
  return NULL;
}
