/* SPDX-License-Identifier: MIT */
/* measure.c - measures: one number each at the end of a run. */
#include "model/experiment/measure.h"
#include "model/experiment/experiment.h"
#include "model/experiment/parts.h"
#include "model/expr/duration.h"
#include "model/expr/expr.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "nsa_words.h"

/* ---- functions ---- */

/* `count(sheet.spike during test)`: events of the probe. */
static model_measure_node *check_events(checker *ck, const ast_expr *e, nsa_measure_kind kind) {
  if (!measure_has_args(ck, e, 1))
    return NULL;
  const ast_arg *arg = &e->as.call.args.data[0];
  model_measure_node *n = measure_new(ck, kind, kind == NSA_MEASURE_RATE ? dim_per_ms : dim_none(), e->at);
  n->phase = phase_find(ck, arg->during, NULL);
  if (!series_per(ck, arg, n) || !probe_check(ck, arg->value, NULL, &n->probe))
    return NULL;
  if (n->probe.is_event)
    return n;
  return measure_malformed(ck, arg->value->at,
                           arena_printf(ck->arena, "`%s` counts events, and `%s` is a value", e->as.call.function.text,
                                        expr_text(ck, arg->value)),
                           "an event is `POPULATION.spike`, `POPULATION.EVENT` or `CONNECTION.pre`");
}

/* A value that is one number at each time. */
static bool check_series(checker *ck, const ast_arg *arg, nsa_reduce_kind otherwise, model_measure_node *n) {
  n->phase = phase_find(ck, arg->during, NULL);
  nsa_reduce_kind inner;
  bool is_reduced = is_reduction(arg->value, &inner);
  const ast_arg *inner_arg = is_reduced ? &arg->value->as.call.args.data[0] : NULL;
  if (inner_arg != NULL && inner_arg->during != NULL)
    n->phase = phase_find(ck, inner_arg->during, NULL);
  bool is_over_time_inside =
      inner_arg != NULL && inner_arg->over.text != NULL && strcmp(inner_arg->over.text, "time") == 0;
  if (is_over_time_inside) {
    refuse(ck, inner_arg->over.at, "means over time of each element inside of another function",
           "take the elements together first: `mean(mean(x) over time)`");
    return false;
  }
  if (!series_per(ck, arg, n) || !probe_check(ck, arg->value, NULL, &n->probe))
    return false;
  if (n->probe.is_event) {
    measure_malformed(ck, arg->value->at,
                      arena_printf(ck->arena, "`%s` is an event, not a value", expr_text(ck, arg->value)),
                      "`count` and `rate` take events");
    return false;
  }
  if (is_reduced || probe_is_single(&n->probe))
    return true;
  bool is_over_time = arg->over.text != NULL && strcmp(arg->over.text, "time") == 0;
  if (otherwise == NSA_REDUCE_NONE || is_over_time) {
    measure_malformed(ck, arg->value->at,
                      arena_printf(ck->arena, "`%s` is one number for each element, and a measure is one number",
                                   expr_text(ck, arg->value)),
                      arena_printf(ck->arena, "take the elements together: `mean(%s)`", expr_text(ck, arg->value)));
    return false;
  }
  n->probe.reduce = otherwise;
  return true;
}

/* mean(glia.Ca): over the elements, then over time; mean(max(glia.Ca)): the mean over time of the
 * largest. */
static model_measure_node *check_over_time(checker *ck, const ast_expr *e, nsa_measure_kind kind,
                                           nsa_reduce_kind reduce) {
  if (!measure_has_args(ck, e, 1))
    return NULL;
  const ast_arg *arg = &e->as.call.args.data[0];
  model_measure_node *n = measure_new(ck, kind, dim_none(), e->at);
  if (!check_series(ck, arg, reduce, n))
    return NULL;
  n->unit = n->probe.unit;
  return n;
}

static model_measure_node *check_mean(checker *ck, const ast_expr *e) {
  return check_over_time(ck, e, NSA_MEASURE_MEAN, NSA_REDUCE_MEAN);
}

static model_measure_node *check_max(checker *ck, const ast_expr *e) {
  return check_over_time(ck, e, NSA_MEASURE_MAX, NSA_REDUCE_MAX);
}

static model_measure_node *check_min(checker *ck, const ast_expr *e) {
  return check_over_time(ck, e, NSA_MEASURE_MIN, NSA_REDUCE_MIN);
}

static model_measure_node *check_count(checker *ck, const ast_expr *e) {
  return check_events(ck, e, NSA_MEASURE_COUNT);
}

static model_measure_node *check_rate(checker *ck, const ast_expr *e) { return check_events(ck, e, NSA_MEASURE_RATE); }

static model_measure_node *check_cv_isi(checker *ck, const ast_expr *e) {
  model_measure_node *n = check_events(ck, e, NSA_MEASURE_CV_ISI);
  if (n == NULL || !n->probe.is_connection)
    return n;
  return measure_malformed(ck, e->as.call.args.data[0].value->at, "`cv_isi` looks at the events of a population",
                           "cv_isi(POPULATION.spike)");
}

static model_measure_node *check_time_above(checker *ck, const ast_expr *e) {
  if (!measure_has_args(ck, e, 2))
    return NULL;
  model_measure_node *n = measure_new(ck, NSA_MEASURE_TIME_ABOVE, dim_ms, e->at);
  expr_env env = env_constant(ck, NULL, "a measure");
  const ast_expr *series = e->as.call.args.data[0].value;
  bool is_good = check_series(ck, &e->as.call.args.data[0], NSA_REDUCE_NONE, n);
  return is_good && expr_constant(&env, e->as.call.args.data[1].value, n->probe.unit,
                                  arena_printf(ck->arena, "`%s`", expr_text(ck, series)), &n->threshold)
             ? n
             : NULL;
}

static model_measure_node *check_time_of_max(checker *ck, const ast_expr *e) {
  if (!measure_has_args(ck, e, 1))
    return NULL;
  model_measure_node *n = measure_new(ck, NSA_MEASURE_TIME_OF_MAX, dim_ms, e->at);
  return check_series(ck, &e->as.call.args.data[0], NSA_REDUCE_NONE, n) ? n : NULL;
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

static void check_recognition_option(checker *ck, const ast_arg *arg, model_measure_node *n) {
  const char *keyword = arg->keyword.text != NULL ? arg->keyword.text : "";
  expr_env env = env_constant(ck, NULL, "a window");
  if (strcmp(keyword, "among") == 0)
    n->among = phase_find(ck, arg->value, NULL);
  else if (strcmp(keyword, "window") == 0) {
    if (expr_constant(&env, arg->value, dim_ms, "the window", &n->window))
      n->window = whole_ticks(ck, arg->value->at, n->window, ck->model->base_dt, "the window", true);
  } else
    measure_malformed(ck, arg->at, "`recognition` takes `POPULATION.spike during PHASE, among PHASE, window TIME`",
                      NULL);
}

static model_measure_node *check_recognition(checker *ck, const ast_expr *e) {
  const ast_arg_list *args = &e->as.call.args;
  model_measure_node *n = measure_new(ck, NSA_MEASURE_RECOGNITION, dim_none(), e->at);
  if (args->len == 0 || args->data[0].during == NULL)
    return measure_malformed(ck, e->at, "`recognition` needs to know which presentations it is about",
                             "recognition(POPULATION.spike during PHASE, among PHASE, window TIME)");
  n->phase = phase_find(ck, args->data[0].during, NULL);
  for (uint32_t i = 1; i < args->len; i++)
    check_recognition_option(ck, &args->data[i], n);
  if (!probe_check(ck, args->data[0].value, NULL, &n->probe))
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

static model_measure_node *check_size(checker *ck, const ast_expr *e) {
  if (!measure_has_args(ck, e, 1))
    return NULL;
  model_measure_node *n = measure_new(ck, NSA_MEASURE_SIZE, dim_none(), e->at);
  return find_whole(ck, e, n) ? n : NULL;
}

/* `updates(glia per maze.trial)`: how many steps of its elements, or links, were computed. */
static model_measure_node *check_updates(checker *ck, const ast_expr *e) {
  if (!measure_has_args(ck, e, 1))
    return NULL;
  model_measure_node *n = measure_new(ck, NSA_MEASURE_UPDATES, dim_none(), e->at);
  n->phase = phase_find(ck, e->as.call.args.data[0].during, NULL);
  bool is_good = series_per(ck, &e->as.call.args.data[0], n);
  return find_whole(ck, e, n) && is_good ? n : NULL;
}

static model_measure_node *check_duration(checker *ck, const ast_expr *e) {
  if (e->kind == AST_CALL && !measure_has_args(ck, e, 0))
    return NULL;
  return measure_new(ck, NSA_MEASURE_DURATION, dim_ms, e->at);
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
  if (map_find(ck->measures, name, &index)) {
    model_measure_node *n = measure_new(ck, NSA_MEASURE_NUMBER, ck->model->measures.data[index].value->unit, e->at);
    n->is_ref = true;
    n->ref = index;
    return n;
  }
  if (strcmp(name, "duration") == 0)
    return check_duration(ck, e);
  return measure_number_named(ck, e, known_names);
}

/* By the kind of the node that the function makes; the others are operators. */
static model_measure_node *(*const functions[nsa_measure_kind_count])(checker *ck, const ast_expr *e) = {
    [NSA_MEASURE_COUNT] = check_count,
    [NSA_MEASURE_RATE] = check_rate,
    [NSA_MEASURE_MEAN] = check_mean,
    [NSA_MEASURE_MAX] = check_max,
    [NSA_MEASURE_MIN] = check_min,
    [NSA_MEASURE_TIME_ABOVE] = check_time_above,
    [NSA_MEASURE_TIME_OF_MAX] = check_time_of_max,
    [NSA_MEASURE_RECOGNITION] = check_recognition,
    [NSA_MEASURE_CV_ISI] = check_cv_isi,
    [NSA_MEASURE_SIZE] = check_size,
    [NSA_MEASURE_DURATION] = check_duration,
    [NSA_MEASURE_UPDATES] = check_updates,
};

static model_measure_node *check_call(const measure_scope *s, const ast_expr *e) {
  checker *ck = s->ck;
  name_list known = {0};
  if (series_is_reduced(ck, e))
    return series_reduction(s, e);
  for (uint32_t i = 0; i < nsa_measure_kind_count; i++) {
    if (functions[i] == NULL)
      continue;
    if (strcmp(nsa_word_of_measure_kind(i), e->as.call.function.text) == 0)
      return functions[i](ck, e);
    vec_push(ck->arena, &known, nsa_word_of_measure_kind(i));
  }
  series_names(ck, &known);
  report_unknown(ck, e->as.call.function.at, DIAG_E0603, "the measure", e->as.call.function.text, &known);
  return NULL;
}

static model_measure_node *check_place(const measure_scope *s, const ast_expr *e) {
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
  if (n == NULL || !n->is_series)
    return n;
  const char *said = expr_text(ck, e);
  return measure_malformed(
      ck, e->at,
      arena_printf(ck->arena, "`%s` is a series, one number for each %s, and a measure is one number", said,
                   nsa_word_of_per(n->per)),
      arena_printf(ck->arena, "take it together: `first(%s)`, `mean(%s)`, `median(last(%s, 5))`", said, said, said));
}

void measures_check(checker *ck) {
  measure_scope scope = {ck, "a measure", false, check_call, check_name, check_place};
  for (uint32_t i = 0; i < ck->decls.len; i++) {
    const ast_decl *d = ck->decls.data[i];
    if (d->kind != AST_DECL_MEASURE)
      continue;
    model_measure m = {.name = d->as.measure.name.text, .at = d->as.measure.name.at};
    m.value = single_number(ck, d->as.measure.value, measure_tree(&scope, d->as.measure.value));
    if (m.value == NULL) {
      name_silence(ck, m.name);
      continue;
    }
    map_insert(ck->measures, m.name, ck->model->measures.len);
    vec_push(ck->arena, &ck->model->measures, m);
  }
}
