/* SPDX-License-Identifier: MIT */
/* series.c - series of measures: one number for each trial, or step, of an environment. */
#include "model/experiment/series.h"
#include "model/expr/expr.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "nsa_words.h"

/* ---- figures ---- */

static model_measure_node *unknown_figure(checker *ck, const ast_expr *e, uint32_t environment) {
  const model_environment *w = &ck->model->environments.data[environment];
  const ast_name *name = &e->as.member.name;
  if (channel_find(ck, environment, name->text) != NONE)
    return measure_malformed(
        ck, e->at,
        arena_printf(ck->arena, "`%s` is a channel of `%s`, not a figure of its trials", name->text, w->name),
        arena_printf(ck->arena, "take it together in each trial: `mean(%s per %s.trial)`", expr_text(ck, e), w->name));
  name_list known = {0};
  for (uint32_t i = 0; i < w->figures.len; i++)
    vec_push(ck->arena, &known, w->figures.data[i].name);
  vec_push(ck->arena, &known, "trials");
  report_unknown(ck, name->at, DIAG_E0201, arena_printf(ck->arena, "in `%s` the figure", w->name), name->text, &known);
  return NULL;
}

model_measure_node *series_figure(const measure_scope *s, const ast_expr *e) {
  checker *ck = s->ck;
  uint32_t environment = environment_of(ck, e), figure = figure_find(ck, environment, e->as.member.name.text);
  bool is_count = strcmp(e->as.member.name.text, "trials") == 0;
  if (!is_count && figure == NONE)
    return unknown_figure(ck, e, environment);
  dim unit = is_count ? dim_none() : ck->model->environments.data[environment].figures.data[figure].unit;
  model_measure_node *n = measure_new(ck, is_count ? NSA_MEASURE_TRIALS : NSA_MEASURE_FIGURE, unit, e->at);
  n->environment = environment;
  n->is_series = !is_count;
  n->per = is_count ? NSA_PER_RUN : NSA_PER_TRIAL;
  n->figure = is_count ? 0 : figure;
  return n;
}

bool series_per(checker *ck, const ast_arg *arg, model_measure_node *n) {
  if (arg->per.text == NULL)
    return true;
  const ast_name *name = &arg->per_environment;
  n->environment = environment_find(ck, name->text);
  n->is_series = true;
  n->per = strcmp(arg->per.text, "trial") == 0 ? NSA_PER_TRIAL : NSA_PER_STEP;
  if (n->environment == NONE) {
    name_list known = {0};
    for (uint32_t i = 0; i < ck->model->environments.len; i++)
      vec_push(ck->arena, &known, ck->model->environments.data[i].name);
    report_unknown(ck, name->at, DIAG_E0201, "the environment", name->text, &known);
    return false;
  }
  bool has_series = n->kind == NSA_MEASURE_COUNT || n->kind == NSA_MEASURE_UPDATES || n->kind == NSA_MEASURE_MEAN ||
                    n->kind == NSA_MEASURE_MAX || n->kind == NSA_MEASURE_MIN;
  if (has_series && n->phase == NONE && arg->during == NULL)
    return true;
  measure_malformed(ck, span_join(name->at, arg->per.at),
                    has_series ? "a measure `per` trial or step looks at all of it, not at a phase"
                               : "`per` makes a series of `count`, `updates`, `mean`, `max` and `min` only",
                    NULL);
  return false;
}

void series_of_elements(model_measure_node *n) {
  n->is_series = true;
  n->per = NSA_PER_ELEMENT;
  n->elements = &n->probe;
}

const char *series_unit(const model_measure_node *n) { return nsa_word_of_per(n->per); }

static bool is_same_elements(const model_probe *a, const model_probe *b) {
  return a == b || (a != NULL && b != NULL && a->is_connection == b->is_connection && a->is_channel == b->is_channel &&
                    a->owner == b->owner && a->first == b->first && a->last == b->last);
}

static bool goes_with(const model_measure_node *a, const model_measure_node *b) {
  return a->environment == b->environment && a->per == b->per && is_same_elements(a->elements, b->elements);
}

bool series_join(checker *ck, model_measure_node *n) {
  for (int k = 0; k < 3 && n->args[k] != NULL; k++) {
    const model_measure_node *arg = n->args[k];
    if (!arg->is_series)
      continue;
    if (n->is_series && !goes_with(n, arg)) {
      measure_malformed(ck, n->at,
                        "these series do not go together: one has other trials, steps or elements than the other",
                        "take each together first: `mean(...)`");
      return false;
    }
    n->is_series = true;
    n->environment = arg->environment;
    n->per = arg->per;
    n->elements = arg->elements;
  }
  return true;
}

/* ---- taken together ---- */

static const struct {
  const char *word;
  nsa_measure_kind kind;
  bool is_shared; /* over time it means something, too: `mean(glia.Ca)` */
  uint32_t args;
} reductions[] = {
    {"first", NSA_MEASURE_SERIES_FIRST, true, 1},
    {"last", NSA_MEASURE_SERIES_LAST, true, 1},
    {"median", NSA_MEASURE_SERIES_MEDIAN, true, 1},
    {"sum", NSA_MEASURE_SERIES_SUM, false, 1},
    {"mean", NSA_MEASURE_SERIES_MEAN, true, 1},
    {"min", NSA_MEASURE_SERIES_MIN, true, 1},
    {"max", NSA_MEASURE_SERIES_MAX, true, 1},
    {"sd", NSA_MEASURE_SERIES_SD, true, 1},
    {"percentile", NSA_MEASURE_SERIES_PERCENTILE, true, 2},
};
enum { REDUCTIONS = sizeof reductions / sizeof *reductions };

void series_names(checker *ck, name_list *out) {
  for (uint32_t i = 0; i < REDUCTIONS; i++)
    if (!reductions[i].is_shared)
      vec_push(ck->arena, out, reductions[i].word);
}

static uint32_t reduction_find(const char *word) {
  for (uint32_t i = 0; i < REDUCTIONS; i++)
    if (strcmp(reductions[i].word, word) == 0)
      return i;
  return NONE;
}

/* Names a figure or an earlier measure that is a series, counts `per` something, or takes elements by themselves. */
static bool names_series(const measure_scope *s, const ast_expr *e) {
  checker *ck = s->ck;
  uint32_t measure;
  if (measure_find(s, e, &measure))
    return ck->model->measures.data[measure].value->is_series;
  switch (e->kind) {
  case AST_MEMBER:
    if (environment_is_silent(ck, e))
      return true;
    return environment_of(ck, e) != NONE && channel_find(ck, environment_of(ck, e), e->as.member.name.text) == NONE;
  case AST_CALL:
    for (uint32_t i = 0; i < e->as.call.args.len; i++)
      if (e->as.call.args.data[i].per.text != NULL || measure_is_each(&e->as.call.args.data[i]) ||
          names_series(s, e->as.call.args.data[i].value))
        return true;
    return false;
  case AST_IF:
    return names_series(s, e->as.cond.condition) || names_series(s, e->as.cond.then_value) ||
           names_series(s, e->as.cond.else_value);
  case AST_UNARY:
    return names_series(s, e->as.unary.operand);
  case AST_BINARY:
    for (uint32_t i = 0; i < e->as.binary.operands.len; i++)
      if (names_series(s, e->as.binary.operands.data[i]))
        return true;
    return false;
  default:
    return false;
  }
}

bool series_is_reduced(const measure_scope *s, const ast_expr *e) {
  uint32_t reduction = reduction_find(e->as.call.function.text);
  if (reduction == NONE || e->as.call.args.len == 0)
    return false;
  const ast_arg *arg = &e->as.call.args.data[0];
  bool is_plain = arg->per.text == NULL && arg->over.text == NULL && arg->during == NULL;
  return !reductions[reduction].is_shared || (is_plain && names_series(s, arg->value));
}

/* `last(series, 5)`: NSA_MEASURE_TAIL */
static model_measure_node *check_cut(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind,
                                     model_measure_node *series) {
  checker *ck = s->ck;
  expr_env env = env_constant(ck, s->bindings, "a measure");
  uint32_t count;
  if (!expr_constant_count(&env, e->as.call.args.data[1].value, "the length of a series", 1, 4294967294.0, &count))
    return NULL;
  model_measure_node *length = measure_new(ck, NSA_MEASURE_NUMBER, dim_none(), e->as.call.args.data[1].value->at);
  length->number = count;
  return measure_join(ck, kind, series->unit, series, length, NULL, e->at);
}

static model_measure_node *series_argument(const measure_scope *s, const ast_expr *e) {
  checker *ck = s->ck;
  const ast_expr *value = e->as.call.args.data[0].value;
  model_measure_node *series = measure_tree(s, value);
  if (!measure_is_number(ck, series))
    return NULL;
  if (series->is_series)
    return series;
  return measure_malformed(ck, value->at,
                           arena_printf(ck->arena, "`%s` takes a series together, and `%s` is one number",
                                        e->as.call.function.text, expr_text(ck, value)),
                           "a series has one number for each trial, step or element: `maze.steps`, `count(u.spike per "
                           "maze.trial)`, `max(u.v over time)`");
}

model_measure_node *series_reduction(const measure_scope *s, const ast_expr *e) {
  checker *ck = s->ck;
  const ast_arg_list *args = &e->as.call.args;
  uint32_t reduction = reduction_find(e->as.call.function.text);
  nsa_measure_kind kind = reductions[reduction].kind;
  bool is_head = kind == NSA_MEASURE_SERIES_FIRST && args->len == 2;
  bool is_tail = kind == NSA_MEASURE_SERIES_LAST && args->len == 2;
  if (!is_head && !is_tail && !measure_has_args(ck, e, reductions[reduction].args))
    return NULL;
  model_measure_node *series = series_argument(s, e);
  if (series == NULL)
    return NULL;
  if (is_head || is_tail)
    return check_cut(s, e, is_head ? NSA_MEASURE_HEAD : NSA_MEASURE_TAIL, series);
  model_measure_node *n = measure_new(ck, kind, series->unit, e->at);
  n->args[0] = series;
  n->per = series->per;
  if (kind == NSA_MEASURE_SERIES_PERCENTILE) {
    n->args[1] = measure_new(ck, NSA_MEASURE_NUMBER, dim_none(), args->data[1].value->at);
    return measure_percent(s, args->data[1].value, &n->args[1]->number) ? n : NULL;
  }
  return n;
}
