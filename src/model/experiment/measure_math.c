/* SPDX-License-Identifier: MIT */
/* measure_math.c - functions of numbers in measures, and `if`; see measure.h. Units go by the rules of the language's
 * functions (src/model/builtin.def). */
#include "model/experiment/measure.h"
#include "model/names/report.h"

typedef enum { UNIT_NONE, UNIT_ROOT, UNIT_SAME } unit_rule;

static const struct {
  const char *word;
  nsa_measure_kind kind;
  unit_rule rule;
  bool is_of_several; /* two arguments or more */
} functions[] = {
    {"sqrt", NSA_MEASURE_SQRT, UNIT_ROOT, false}, {"exp", NSA_MEASURE_EXP, UNIT_NONE, false},
    {"log", NSA_MEASURE_LOG, UNIT_NONE, false},   {"abs", NSA_MEASURE_ABS, UNIT_SAME, false},
    {"min", NSA_MEASURE_LEAST, UNIT_SAME, true},  {"max", NSA_MEASURE_MOST, UNIT_SAME, true},
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

static uint32_t function_find(const ast_expr *e) {
  for (uint32_t i = 0; i < FUNCTIONS; i++)
    if (strcmp(functions[i].word, e->as.call.function.text) == 0)
      return i;
  return NONE;
}

bool measure_is_math(const ast_expr *e) {
  uint32_t i = function_find(e);
  return i != NONE && (!functions[i].is_of_several || e->as.call.args.len > 1);
}

void measure_math_names(checker *ck, name_list *out) {
  for (uint32_t i = 0; i < FUNCTIONS; i++)
    if (!functions[i].is_of_several)
      vec_push(ck->arena, out, functions[i].word);
}

/* Words beside the value belong to functions that look at a run. */
static model_measure_node *check_arg(const measure_scope *s, const ast_expr *e, const ast_arg *arg) {
  checker *ck = s->ck;
  if (arg->keyword.text == NULL && arg->name.text == NULL && arg->during == NULL && arg->over.text == NULL &&
      arg->per.text == NULL) {
    model_measure_node *n = measure_tree(s, arg->value);
    return measure_is_number(ck, n) ? n : NULL;
  }
  return measure_malformed(ck, arg->at, arena_printf(ck->arena, "`%s` takes numbers here", e->as.call.function.text),
                           NULL);
}

static bool unit_of(checker *ck, unit_rule rule, const ast_expr *value, dim unit, dim *out) {
  *out = unit;
  if (rule == UNIT_SAME || (rule == UNIT_ROOT && dim_try_pow(unit, 0.5, out)))
    return true;
  if (rule == UNIT_NONE && dim_is_none(unit))
    return true;
  if (rule == UNIT_NONE)
    report_units(ck, value, unit, dim_none(), "the argument", SPAN_NONE);
  else
    diag_report(ck->sink, DIAG_E0301, value->at, "the root of %s is not a unit that can be counted in",
                dim_name(ck->arena, unit));
  return false;
}

/* min(a, b, c) is min(min(a, b), c) */
static model_measure_node *join_next(const measure_scope *s, const ast_expr *e, uint32_t number,
                                     model_measure_node *so_far) {
  checker *ck = s->ck;
  const ast_arg_list *args = &e->as.call.args;
  model_measure_node *next = check_arg(s, e, &args->data[number]);
  if (so_far == NULL || next == NULL)
    return NULL;
  if (dim_equal(next->unit, so_far->unit))
    return measure_join(ck, functions[function_find(e)].kind, so_far->unit, so_far, next, NULL, e->at);
  report_units(ck, args->data[number].value, next->unit, so_far->unit,
               arena_printf(ck->arena, "`%s`", expr_text(ck, args->data[0].value)), args->data[0].value->at);
  return NULL;
}

model_measure_node *measure_math(const measure_scope *s, const ast_expr *e) {
  uint32_t function = function_find(e);
  const ast_arg_list *args = &e->as.call.args;
  if (!functions[function].is_of_several && !measure_has_args(s->ck, e, 1))
    return NULL;
  model_measure_node *n = check_arg(s, e, &args->data[0]);
  for (uint32_t i = 1; i < args->len; i++)
    n = join_next(s, e, i, n);
  dim unit;
  if (n == NULL || functions[function].is_of_several)
    return n;
  if (!unit_of(s->ck, functions[function].rule, args->data[0].value, n->unit, &unit))
    return NULL;
  return measure_join(s->ck, functions[function].kind, unit, n, NULL, NULL, e->at);
}

model_measure_node *measure_if(const measure_scope *s, const ast_expr *e) {
  checker *ck = s->ck;
  model_measure_node *condition = measure_tree(s, e->as.cond.condition);
  model_measure_node *yes = measure_tree(s, e->as.cond.then_value), *no = measure_tree(s, e->as.cond.else_value);
  bool is_good = measure_is_number(ck, yes);
  is_good = measure_is_number(ck, no) && is_good;
  if (condition == NULL || !is_good)
    return NULL;
  if (!measure_is_condition(condition))
    return measure_malformed(ck, condition->at, "a condition is needed here, not a number", "compare it: `... > 0`");
  if (dim_equal(yes->unit, no->unit))
    return measure_join(ck, NSA_MEASURE_IF, yes->unit, condition, yes, no, e->at);
  report_units(ck, e->as.cond.else_value, no->unit, yes->unit,
               arena_printf(ck->arena, "`%s`", expr_text(ck, e->as.cond.then_value)), e->as.cond.then_value->at);
  return NULL;
}
