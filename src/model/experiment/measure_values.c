/* SPDX-License-Identifier: MIT */
/* measure_values.c - functions of values over time: of series, one number at each time; with `over time` of each
 * element by itself. See measure.h. */
#include "model/experiment/measure.h"
#include "model/experiment/parts.h"
#include "model/experiment/series.h"
#include "model/expr/expr.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "nsa_words.h"

static bool is_over_time(const ast_arg *arg) { return arg->over.text != NULL && strcmp(arg->over.text, "time") == 0; }

static bool is_single_element(const ast_expr *e) {
  const ast_selector_list *selectors = &e->as.index.selectors;
  return e->kind == AST_INDEX && selectors->len == 1 && selectors->data[0].axis == NULL &&
         selectors->data[0].value->kind != AST_RANGE;
}

bool measure_is_each(const ast_arg *arg) {
  nsa_reduce_kind reduce;
  return is_over_time(arg) && !is_reduction(arg->value, &reduce) && !is_single_element(arg->value);
}

/* ---- series ---- */

static bool is_value(const measure_scope *s, const ast_arg *arg, const model_probe *probe) {
  if (!probe->is_event)
    return true;
  measure_malformed(s->ck, arg->value->at,
                    arena_printf(s->ck->arena, "`%s` is an event, not a value", expr_text(s->ck, arg->value)),
                    "`count` and `rate` take events");
  return false;
}

/* What is looked at, and when. */
static bool check_values(const measure_scope *s, const ast_arg *arg, model_measure_node *n) {
  checker *ck = s->ck;
  nsa_reduce_kind inner;
  const ast_arg *inner_arg = is_reduction(arg->value, &inner) ? &arg->value->as.call.args.data[0] : NULL;
  n->phase = phase_find(ck, arg->during, s->bindings);
  if (inner_arg != NULL && inner_arg->during != NULL)
    n->phase = phase_find(ck, inner_arg->during, s->bindings);
  if (inner_arg != NULL && is_over_time(inner_arg)) {
    measure_malformed(
        ck, inner_arg->over.at,
        arena_printf(ck->arena, "`%s` is one number of each element, and none at each time", expr_text(ck, arg->value)),
        "take the elements together first: `mean(mean(x) over time)`");
    return false;
  }
  return series_per(ck, arg, n) && probe_check(ck, arg->value, s->bindings, &n->probe) && is_value(s, arg, &n->probe);
}

/* A value that is one number at each time, or of each element with `over time`. */
static bool check_series(const measure_scope *s, const ast_arg *arg, nsa_reduce_kind otherwise, model_measure_node *n) {
  checker *ck = s->ck;
  if (!check_values(s, arg, n))
    return false;
  bool has_one = n->probe.reduce != NSA_REDUCE_NONE || probe_is_single(&n->probe);
  if (!has_one && is_over_time(arg) && n->per != NSA_PER_RUN) {
    measure_malformed(ck, arg->over.at, "a series is of trials, of steps, or of elements", NULL);
    return false;
  }
  if (!has_one && is_over_time(arg))
    series_of_elements(n);
  else if (!has_one && otherwise == NSA_REDUCE_NONE) {
    const char *said = expr_text(ck, arg->value);
    measure_malformed(
        ck, arg->value->at, arena_printf(ck->arena, "`%s` is one number for each element at each time", said),
        n->kind == NSA_MEASURE_CORRELATION
            ? arena_printf(ck->arena, "take the elements together: `mean(%s)`", said)
            : arena_printf(ck->arena, "take the elements together, `mean(%s)`, or each by itself, `%s over time`", said,
                           said));
    return false;
  } else if (!has_one)
    n->probe.reduce = otherwise;
  return true;
}

static model_measure_node *series_node(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind, uint32_t args,
                                       nsa_reduce_kind otherwise) {
  if (!measure_has_args(s->ck, e, args))
    return NULL;
  model_measure_node *n = measure_new(s->ck, kind, dim_none(), e->at);
  if (!check_series(s, &e->as.call.args.data[0], otherwise, n))
    return NULL;
  n->unit = n->probe.unit;
  return n;
}

/* ---- functions ---- */

/* mean(glia.Ca): over the elements, then over time; mean(max(glia.Ca)): the mean over time of the largest. */
static model_measure_node *check_reduction(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind) {
  return series_node(s, e, kind, 1,
                     kind == NSA_MEASURE_MEAN  ? NSA_REDUCE_MEAN
                     : kind == NSA_MEASURE_MAX ? NSA_REDUCE_MAX
                                               : NSA_REDUCE_MIN);
}

/* In the unit of the values. */
static model_measure_node *check_plain(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind) {
  return series_node(s, e, kind, 1, NSA_REDUCE_NONE);
}

static model_measure_node *check_time(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind) {
  model_measure_node *n = series_node(s, e, kind, 1, NSA_REDUCE_NONE);
  if (n != NULL)
    n->unit = dim_ms;
  return n;
}

static model_measure_node *check_slope(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind) {
  model_measure_node *n = series_node(s, e, kind, 1, NSA_REDUCE_NONE);
  if (n == NULL || dim_try_div(n->unit, dim_ms, &n->unit))
    return n;
  diag_report(s->ck->sink, DIAG_E0301, e->at, "%s a time is not a unit that can be counted in",
              dim_name(s->ck->arena, n->unit));
  return NULL;
}

static bool check_threshold(const measure_scope *s, const ast_expr *e, model_measure_node *n) {
  const char *series = arena_printf(s->ck->arena, "`%s`", expr_text(s->ck, e->as.call.args.data[0].value));
  return measure_constant(s, e->as.call.args.data[1].value, n->probe.unit, series, &n->threshold);
}

static model_measure_node *check_time_above(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind) {
  model_measure_node *n = series_node(s, e, kind, 2, NSA_REDUCE_NONE);
  if (n == NULL || !check_threshold(s, e, n))
    return NULL;
  n->unit = dim_ms;
  return n;
}

static model_measure_node *check_at(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind) {
  model_measure_node *n = series_node(s, e, kind, 2, NSA_REDUCE_NONE);
  const ast_expr *time = n != NULL ? e->as.call.args.data[1].value : NULL;
  if (n == NULL || !measure_constant(s, time, dim_ms, "the time of a sample", &n->number))
    return NULL;
  if (n->number >= 0)
    return n;
  return measure_malformed(s->ck, time->at, "a run begins at 0, and this is before", NULL);
}

bool measure_percent(const measure_scope *s, const ast_expr *e, double *out) {
  if (e->kind == AST_NUMBER && e->as.number.unit != NULL && strcmp(e->as.number.unit->text, "%") == 0) {
    diag_hint(diag_report(s->ck->sink, DIAG_E0501, e->at, "a percentile is a number from 0 to 100, without `%%`"),
              "write `%s`: `%s%%` is the number %s/100", e->as.number.digits, e->as.number.digits, e->as.number.digits);
    return false;
  }
  if (!measure_constant(s, e, dim_none(), "a percentile", out))
    return false;
  if (*out >= 0 && *out <= 100)
    return true;
  diag_report(s->ck->sink, DIAG_E0501, e->at, "a percentile lies between 0 and 100, not at %s",
              number_text(s->ck, *out));
  return false;
}

static model_measure_node *check_percentile(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind) {
  model_measure_node *n = series_node(s, e, kind, 2, NSA_REDUCE_NONE);
  return n != NULL && measure_percent(s, e->as.call.args.data[1].value, &n->number) ? n : NULL;
}

static const char persistence_form[] = "persistence(SERIES, THRESHOLD, after PHASE)";

static model_measure_node *check_persistence(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind) {
  checker *ck = s->ck;
  model_measure_node *n = series_node(s, e, kind, 3, NSA_REDUCE_NONE);
  if (n == NULL || !check_threshold(s, e, n))
    return NULL;
  const ast_arg *after = &e->as.call.args.data[2];
  if (after->keyword.text == NULL || strcmp(after->keyword.text, "after") != 0)
    return measure_malformed(ck, after->at, "`persistence` needs to know after which phase", persistence_form);
  if (n->phase != NONE)
    return measure_malformed(ck, e->as.call.args.data[0].at, "`persistence` looks at what comes after a phase",
                             persistence_form);
  n->among = phase_find(ck, after->value, s->bindings);
  n->unit = dim_ms;
  return n->among != NONE ? n : NULL;
}

static model_measure_node *check_correlation(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind) {
  checker *ck = s->ck;
  model_measure_node *n = series_node(s, e, kind, 2, NSA_REDUCE_NONE);
  model_measure_node *other = measure_new(ck, kind, dim_none(), e->at);
  if (n == NULL || !check_series(s, &e->as.call.args.data[1], NSA_REDUCE_NONE, other))
    return NULL;
  if (n->is_series || other->is_series)
    return measure_malformed(ck, e->at, "`correlation` takes two series, each one number at each time",
                             "take the elements together, `mean(...)`, or name one of them");
  if (other->phase != NONE && n->phase != NONE && other->phase != n->phase)
    return measure_malformed(ck, e->at, "both series are looked at in the same phase", NULL);
  n->phase = n->phase != NONE ? n->phase : other->phase;
  n->other = &other->probe;
  n->unit = dim_none();
  return n;
}

static model_measure_node *check_synchrony(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind) {
  checker *ck = s->ck;
  if (!measure_has_args(ck, e, 1))
    return NULL;
  const ast_arg *arg = &e->as.call.args.data[0];
  model_measure_node *n = measure_new(ck, kind, dim_none(), e->at);
  if (!check_values(s, arg, n))
    return NULL;
  if (n->probe.reduce == NSA_REDUCE_NONE && !probe_is_single(&n->probe) && arg->over.text == NULL)
    return n;
  return measure_malformed(ck, arg->at, "`synchrony` takes the values of many elements", "synchrony(POPULATION.NAME)");
}

static measure_function *const functions[nsa_measure_kind_count] = {
    [NSA_MEASURE_MEAN] = check_reduction,
    [NSA_MEASURE_MAX] = check_reduction,
    [NSA_MEASURE_MIN] = check_reduction,
    [NSA_MEASURE_TIME_ABOVE] = check_time_above,
    [NSA_MEASURE_TIME_OF_MAX] = check_time,
    [NSA_MEASURE_FIRST] = check_plain,
    [NSA_MEASURE_LAST] = check_plain,
    [NSA_MEASURE_AT] = check_at,
    [NSA_MEASURE_SD] = check_plain,
    [NSA_MEASURE_SLOPE] = check_slope,
    [NSA_MEASURE_MEDIAN] = check_plain,
    [NSA_MEASURE_PERCENTILE] = check_percentile,
    [NSA_MEASURE_PERIOD] = check_time,
    [NSA_MEASURE_AMPLITUDE] = check_plain,
    [NSA_MEASURE_TIMESCALE] = check_time,
    [NSA_MEASURE_PERSISTENCE] = check_persistence,
    [NSA_MEASURE_CORRELATION] = check_correlation,
    [NSA_MEASURE_SYNCHRONY] = check_synchrony,
};

measure_function *measure_of_values(nsa_measure_kind kind) { return functions[kind]; }
