/* SPDX-License-Identifier: MIT */
/* measure.c - measures: one number each at the end of a run. */
#include "model/experiment/measure.h"
#include "model/experiment/experiment.h"
#include "model/experiment/parts.h"
#include "model/experiment/series.h"
#include "model/expr/duration.h"
#include "model/expr/expr.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "nsa_words.h"

/* ---- events ---- */

/* `count(sheet.spike during test)`: events of the probe. */
static model_measure_node *check_events_of(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind,
                                           uint32_t args, dim unit) {
  checker *ck = s->ck;
  if (!measure_has_args(ck, e, args))
    return NULL;
  const ast_arg *arg = &e->as.call.args.data[0];
  model_measure_node *n = measure_new(ck, kind, unit, e->at);
  n->phase = phase_find(ck, arg->during, s->bindings);
  if (!series_per(ck, arg, n) || !probe_check(ck, arg->value, s->bindings, &n->probe))
    return NULL;
  if (!n->probe.is_event)
    return measure_malformed(ck, arg->value->at,
                             arena_printf(ck->arena, "`%s` counts events, and `%s` is a value",
                                          e->as.call.function.text, expr_text(ck, arg->value)),
                             "an event is `POPULATION.spike`, `POPULATION.EVENT` or `CONNECTION.pre`");
  if (arg->over.text != NULL && !n->probe.is_connection && n->per == NSA_PER_RUN)
    series_of_elements(n);
  return n;
}

static model_measure_node *check_events(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind) {
  model_measure_node *n = check_events_of(s, e, kind, 1, kind == NSA_MEASURE_RATE ? dim_rate : dim_none());
  if (n == NULL || n->is_series || e->as.call.args.data[0].over.text == NULL)
    return n;
  return measure_malformed(s->ck, e->as.call.args.data[0].over.at, "`over time` is of each element of a population",
                           NULL);
}

/* When the elements have events, each by itself. */
static model_measure_node *check_trains(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind, uint32_t args,
                                        dim unit) {
  model_measure_node *n = check_events_of(s, e, kind, args, unit);
  if (n == NULL || !n->probe.is_connection)
    return n;
  const char *word = nsa_word_of_measure_kind(kind);
  return measure_malformed(s->ck, e->as.call.args.data[0].value->at,
                           arena_printf(s->ck->arena, "`%s` looks at the events of a population", word),
                           arena_printf(s->ck->arena, "%s(POPULATION.spike)", word));
}

static model_measure_node *check_intervals(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind) {
  return check_trains(s, e, kind, 1, kind == NSA_MEASURE_ISI_CV ? dim_none() : dim_ms);
}

/* `window 250 ms` */
static bool check_window(const measure_scope *s, const ast_arg *arg, model_measure_node *n) {
  bool is_good = measure_constant(s, arg->value, dim_ms, "the window", &n->window);
  if (is_good)
    n->window = whole_ticks(s->ck, arg->value->at, n->window, s->ck->model->base_dt, "the window", true);
  return is_good;
}

static bool has_keyword(const ast_arg *arg, const char *word) {
  return arg->keyword.text != NULL && strcmp(arg->keyword.text, word) == 0;
}

static model_measure_node *check_fano(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind) {
  model_measure_node *n = check_trains(s, e, kind, 2, dim_none());
  const ast_arg *window = n != NULL ? &e->as.call.args.data[1] : NULL;
  if (n != NULL && !has_keyword(window, "window"))
    return measure_malformed(s->ck, window->at, "`fano` needs a window in which events are counted",
                             "fano(POPULATION.spike, window 100 ms)");
  return n != NULL && check_window(s, window, n) ? n : NULL;
}

/* ---- recognition ---- */

static bool has_presentations(checker *ck, uint32_t phase, uint32_t population) {
  for (uint32_t i = 0; i < ck->model->stimuli.len; i++) {
    const model_stimulus *s = &ck->model->stimuli.data[i];
    if (s->is_present && s->phase == phase && s->population == population)
      return true;
  }
  return false;
}

static void check_presentations(checker *ck, const model_measure_node *n, uint32_t phase, span at) {
  if (phase == NONE || diag_error_count(ck->sink) > 0 || has_presentations(ck, phase, n->probe.owner))
    return;
  measure_malformed(ck, at,
                    arena_printf(ck->arena, "no pattern is presented to `%s` in the phase `%s`",
                                 ck->model->populations.data[n->probe.owner].name, ck->model->phases.data[phase].name),
                    NULL);
}

static void check_recognition_option(const measure_scope *s, const ast_arg *arg, model_measure_node *n) {
  if (has_keyword(arg, "among"))
    n->among = phase_find(s->ck, arg->value, s->bindings);
  else if (has_keyword(arg, "window"))
    check_window(s, arg, n);
  else
    measure_malformed(s->ck, arg->at, "`recognition` takes `POPULATION.spike during PHASE, among PHASE, window TIME`",
                      NULL);
}

static model_measure_node *check_recognition(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind) {
  checker *ck = s->ck;
  const ast_arg_list *args = &e->as.call.args;
  model_measure_node *n = measure_new(ck, kind, dim_none(), e->at);
  if (args->len == 0 || args->data[0].during == NULL)
    return measure_malformed(ck, e->at, "`recognition` needs to know which presentations it is about",
                             "recognition(POPULATION.spike during PHASE, among PHASE, window TIME)");
  n->phase = phase_find(ck, args->data[0].during, s->bindings);
  for (uint32_t i = 1; i < args->len; i++)
    check_recognition_option(s, &args->data[i], n);
  if (!probe_check(ck, args->data[0].value, s->bindings, &n->probe))
    return NULL;
  if (!n->probe.is_event || n->probe.is_connection)
    return measure_malformed(ck, args->data[0].value->at, "`recognition` looks at the spikes of a population", NULL);
  if (n->window <= 0)
    return measure_malformed(ck, e->at, "`recognition` needs a window in which spikes count", "add `window 250 ms`");
  check_presentations(ck, n, n->phase, args->data[0].during->at);
  if (n->among != NONE)
    check_presentations(ck, n, n->among, e->at);
  return n;
}

/* ---- sizes, names, numbers ---- */

/* `size(glia)`, `updates(link)`: of a population or connection as a whole. */
static bool find_whole(checker *ck, const ast_expr *call, model_measure_node *n) {
  const ast_expr *of = call->as.call.args.data[0].value;
  const char *name = of->kind == AST_NAME ? of->as.name.text : "";
  n->probe = (model_probe){.owner = population_find(ck, name), .event = NONE};
  n->probe.is_connection = n->probe.owner == NONE;
  if (n->probe.is_connection)
    n->probe.owner = connection_find(ck, name);
  if (n->probe.owner == NONE && !name_is_silent(ck, name))
    diag_report(ck->sink, DIAG_E0201, of->at, "`%s` takes a population or connection, not `%s`",
                call->as.call.function.text, expr_text(ck, of));
  return n->probe.owner != NONE;
}

static model_measure_node *check_size(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind) {
  checker *ck = s->ck;
  if (!measure_has_args(ck, e, 1))
    return NULL;
  model_measure_node *n = measure_new(ck, kind, dim_none(), e->at);
  return find_whole(ck, e, n) ? n : NULL;
}

/* `updates(glia per maze.trial)`: how many steps of its elements, or links, were computed. */
static model_measure_node *check_updates(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind) {
  checker *ck = s->ck;
  if (!measure_has_args(ck, e, 1))
    return NULL;
  model_measure_node *n = measure_new(ck, kind, dim_none(), e->at);
  n->phase = phase_find(ck, e->as.call.args.data[0].during, s->bindings);
  bool is_good = series_per(ck, &e->as.call.args.data[0], n);
  return find_whole(ck, e, n) && is_good ? n : NULL;
}

static model_measure_node *check_duration(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind) {
  if (e->kind == AST_CALL && !measure_has_args(s->ck, e, 0))
    return NULL;
  return measure_new(s->ck, kind, dim_ms, e->at);
}

static void known_names(checker *ck, name_list *out) {
  for (uint32_t i = 0; i < map_count(ck->measures); i++)
    vec_push(ck->arena, out, map_key_at(ck->measures, i));
  vec_push(ck->arena, out, "duration");
}

static model_measure_node *check_name(const measure_scope *s, const ast_expr *e) {
  checker *ck = s->ck;
  const char *name = e->as.name.text;
  uint32_t index;
  if (measure_find(s, e, &index))
    return measure_reference(ck, index, e->at);
  if (strcmp(name, "duration") == 0)
    return check_duration(s, e, NSA_MEASURE_DURATION);
  return measure_number_named(s, e, known_names);
}

/* By the kind of the node that the function makes; the others are operators, or of values over time. */
static measure_function *const functions[nsa_measure_kind_count] = {
    [NSA_MEASURE_COUNT] = check_events,
    [NSA_MEASURE_RATE] = check_events,
    [NSA_MEASURE_ISI_CV] = check_intervals,
    [NSA_MEASURE_ISI_MEAN] = check_intervals,
    [NSA_MEASURE_LATENCY] = check_intervals,
    [NSA_MEASURE_FANO] = check_fano,
    [NSA_MEASURE_RECOGNITION] = check_recognition,
    [NSA_MEASURE_SIZE] = check_size,
    [NSA_MEASURE_DURATION] = check_duration,
    [NSA_MEASURE_UPDATES] = check_updates,
};

static measure_function *function_of(nsa_measure_kind kind) {
  return functions[kind] != NULL ? functions[kind] : measure_of_values(kind);
}

static model_measure_node *report_function(checker *ck, const ast_expr *e) {
  name_list known = {0};
  const char *word = e->as.call.function.text;
  if (strcmp(word, "cv_isi") == 0)
    return measure_malformed(ck, e->as.call.function.at, "`cv_isi` is called `isi_cv`", NULL);
  for (uint32_t i = 0; i < nsa_measure_kind_count; i++)
    if (function_of((nsa_measure_kind)i) != NULL)
      vec_push(ck->arena, &known, nsa_word_of_measure_kind(i));
  series_names(ck, &known);
  measure_math_names(ck, &known);
  report_unknown(ck, e->as.call.function.at, DIAG_E0603, "the measure", word, &known);
  return NULL;
}

static model_measure_node *check_call(const measure_scope *s, const ast_expr *e) {
  if (series_is_reduced(s, e))
    return series_reduction(s, e);
  for (uint32_t i = 0; i < nsa_measure_kind_count; i++)
    if (function_of((nsa_measure_kind)i) != NULL && strcmp(nsa_word_of_measure_kind(i), e->as.call.function.text) == 0)
      return function_of((nsa_measure_kind)i)(s, e, (nsa_measure_kind)i);
  return report_function(s->ck, e);
}

static model_measure_node *check_place(const measure_scope *s, const ast_expr *e) {
  uint32_t measure;
  if (measure_find(s, e, &measure))
    return measure_reference(s->ck, measure, e->at);
  if (measure_is_named(s, e)) {
    name_list known = {0};
    known_names(s->ck, &known);
    report_unknown(s->ck, e->at, DIAG_E0201, "the earlier measure", expr_text(s->ck, e), &known);
    return NULL;
  }
  if (environment_of(s->ck, e) != NONE)
    return series_figure(s, e);
  if (e->kind == AST_MEMBER && e->as.member.object->kind == AST_NAME &&
      name_is_silent(s->ck, e->as.member.object->as.name.text))
    return NULL;
  const char *said = expr_text(s->ck, e);
  arena *a = s->ck->arena;
  if (event_named(s->ck, e))
    return measure_malformed(s->ck, e->at, arena_printf(a, "`%s` is an event, and a measure is one number", said),
                             arena_printf(a, "say how: `count(%s)`, `rate(%s)`", said, said));
  return measure_malformed(s->ck, e->at,
                           arena_printf(a, "`%s` has a value at each time, and a measure is one number", said),
                           arena_printf(a, "say how: `mean(%s)`, `max(%s)`, `max(mean(%s))`", said, said, said));
}

/* A series is many numbers. */
static model_measure_node *single_number(checker *ck, const ast_expr *e, model_measure_node *n) {
  if (n != NULL && measure_is_condition(n))
    return measure_malformed(ck, e->at, "a measure is a number, not a condition", "`if ... then 1 else 0`");
  if (n == NULL || !n->is_series)
    return n;
  const char *said = expr_text(ck, e);
  return measure_malformed(
      ck, e->at,
      arena_printf(ck->arena, "`%s` is a series, one number for each %s, and a measure is one number", said,
                   series_unit(n)),
      arena_printf(ck->arena, "take it together, `mean(%s)`, `median(%s)`, or write `measure NAME[i]` for all of it",
                   said, said));
}

/* `measure top[i]` */
static model_measure_node *many_numbers(checker *ck, const ast_expr *e, model_measure_node *n) {
  if (!measure_is_number(ck, n) || n->is_series)
    return n != NULL && n->is_series ? n : NULL;
  return measure_malformed(
      ck, e->at, arena_printf(ck->arena, "`%s` is one number, and not one for each element", expr_text(ck, e)),
      "`max(x over time)` takes each element by itself; without `[i]` a measure is one number");
}

measure_scope measure_scope_of(checker *ck, const char *what, const binding *bindings) {
  return (measure_scope){ck, what, bindings, check_call, check_name, check_place};
}

static void visit_measure(checker *ck, const ast_decl *d, const binding *bindings) {
  if (d->kind != AST_DECL_MEASURE)
    return;
  const measure_scope scope = measure_scope_of(ck, "a measure", bindings);
  const ast_expr *value = d->as.measure.value;
  measure_name name;
  bool is_named = measure_declared(&scope, d, &name);
  model_measure_node *tree = is_named ? measure_tree(&scope, value) : NULL;
  model_measure m = {.name = name.text, .at = d->as.measure.name.at, .is_whole = name.is_whole};
  m.value = name.is_whole ? many_numbers(ck, value, tree) : single_number(ck, value, tree);
  if (m.value == NULL) {
    name_silence(ck, d->as.measure.name.text);
    return;
  }
  if (d->as.measure.unit != NULL)
    m.value->unit = unit_chosen(ck, value, m.value->unit, d->as.measure.unit);
  measure_add(ck, m);
}

void measures_check(checker *ck) { for_each_decl(ck, visit_measure); }
