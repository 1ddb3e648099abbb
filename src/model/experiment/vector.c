/* SPDX-License-Identifier: MIT */
/* vector.c - an action of numbers: for each an expression of what populations are like when the decision falls, and of
 * events in its window. */
#include "model/experiment/decoder.h"
#include "model/experiment/measure.h"
#include "model/experiment/parts.h"
#include "model/names/report.h"

/* mean(motor.v[0..9]), motor.v[3] */
static model_measure_node *check_now(const measure_scope *s, const ast_expr *e) {
  checker *ck = s->ck;
  model_measure_node *n = measure_new(ck, NSA_MEASURE_NOW, dim_none(), e->at);
  if (!probe_check(ck, e, NULL, &n->probe))
    return NULL;
  const char *said = expr_text(ck, e);
  if (n->probe.is_event)
    return measure_malformed(ck, e->at, arena_printf(ck->arena, "`%s` is an event, not a value", said),
                             arena_printf(ck->arena, "count it: `count(%s)`", said));
  if (n->probe.reduce == NSA_REDUCE_NONE && !probe_is_single(&n->probe))
    return measure_malformed(ck, e->at, arena_printf(ck->arena, "`%s` is one number for each element", said),
                             arena_printf(ck->arena, "take the elements together: `mean(%s)`", said));
  n->unit = n->probe.unit;
  return n;
}

static model_measure_node *check_count(const measure_scope *s, const ast_expr *e) {
  checker *ck = s->ck;
  if (!measure_has_args(ck, e, 1))
    return NULL;
  const ast_expr *event = e->as.call.args.data[0].value;
  model_measure_node *n = measure_new(ck, NSA_MEASURE_WINDOW_COUNT, dim_none(), e->at);
  if (!probe_check(ck, event, NULL, &n->probe))
    return NULL;
  if (n->probe.is_event && !n->probe.is_connection)
    return n;
  return measure_malformed(
      ck, event->at,
      arena_printf(ck->arena, "`count` takes events of a population here, not `%s`", expr_text(ck, event)), NULL);
}

static model_measure_node *check_call(const measure_scope *s, const ast_expr *e) {
  nsa_reduce_kind reduce;
  if (strcmp(e->as.call.function.text, "count") == 0)
    return check_count(s, e);
  if (is_reduction(e, &reduce))
    return check_now(s, e);
  name_list known = {0};
  static const char *const words[] = {"mean", "sum", "max", "min", "count"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    vec_push(s->ck->arena, &known, words[i]);
  report_unknown(s->ck, e->as.call.function.at, DIAG_E0605, "of an action the function", e->as.call.function.text,
                 &known);
  return NULL;
}

static model_measure_node *check_name(const measure_scope *s, const ast_expr *e) {
  return measure_number_named(s, e, NULL);
}

bool vector_check(const decoder_place *p, const ast_expr *e, model_decoder *out) {
  checker *ck = p->ck;
  const model_environment *w = &ck->model->environments.data[p->environment];
  measure_scope scope = {ck, "an action", NULL, check_call, check_name, check_now};
  ast_expr *single = (ast_expr *)(uintptr_t)e;
  ast_expr_list one = {.data = &single, .len = 1};
  const ast_expr_list *values = e->kind == AST_LIST ? &e->as.list.values : &one;
  bool is_good = true;
  if (values->len != w->shape.action.length) {
    diag *d = diag_report(ck->sink, DIAG_E0501, e->at, "the action of `%s` has %u number%s, not %u", w->name,
                          w->shape.action.length, w->shape.action.length == 1 ? "" : "s", values->len);
    diag_hint(d, "write a list with an expression for each: `[a, b]`");
    return false;
  }
  for (uint32_t i = 0; i < values->len; i++) {
    const ast_expr *value = values->data[i];
    model_measure_node *n = measure_tree(&scope, value);
    bool is_number = measure_is_number(ck, n), is_right = is_number && dim_equal(n->unit, w->action_unit);
    if (is_number && !is_right)
      report_units(ck, value, n->unit, w->action_unit, arena_printf(ck->arena, "the action of `%s`", w->name),
                   SPAN_NONE);
    vec_push(ck->arena, &out->vector, n);
    is_good = is_good && is_right;
  }
  return is_good;
}
