/* SPDX-License-Identifier: MIT */
/* declare.c - what a component declares: params, states, inputs, noises, timers, events and the names of lets. */
#include "model/component/component.h"
#include "model/component/parts.h"
#include "model/expr/bare.h"
#include "model/expr/duration.h"
#include "model/expr/expr.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "model/operations.h"
#include "support/limits.h"

/* ---- declarations ---- */

void param_range_check(checker *ck, const model_param *p, const model_expr *value, span at) {
  double v;
  if (!p->has_range || !constant_value(value, NULL, &v) || (v >= p->lo && v <= p->hi))
    return;
  const char *low = number_text(ck, nsa_show_written(p->lo, dim_shown(ck->arena, p->unit)));
  diag *d = diag_report(ck->sink, DIAG_E0408, at, "%s is outside of the range of `%s`: %s to %s",
                        quantity_text(ck, v, p->unit), p->name, low, quantity_text(ck, p->hi, p->unit));
  diag_note(d, p->at, "the range is declared here");
}

static bool value_and_unit(expr_env *env, const ast_entry *entry, model_expr **value, dim *unit) {
  const char *what = arena_printf(env->ck->arena, "`%s`", entry->name.text);
  *unit = dim_unknown();
  if (entry->value == NULL)
    return false;
  if (entry->unit != NULL) {
    *unit = unit_check(env->ck, entry->unit);
    *value = expr_of_unit(env, entry->value, *unit, what);
  } else {
    *value = expr_number(env, entry->value, NULL);
    if (*value != NULL)
      *unit = (*value)->unit;
  }
  return *value != NULL;
}

static void check_range(component_builder *b, const ast_entry *entry, model_param *p) {
  if (entry->low == NULL || entry->high == NULL || dim_is_unknown(p->unit))
    return;
  expr_env env = env_constant(b->ck, NULL, "a range");
  const char *what = arena_printf(b->ck->arena, "the range of `%s`", p->name);
  if (!expr_constant(&env, entry->low, p->unit, what, &p->lo) ||
      !expr_constant(&env, entry->high, p->unit, what, &p->hi))
    return;
  if (p->lo > p->hi) {
    diag_report(b->ck->sink, DIAG_E0408, span_join(entry->low->at, entry->high->at),
                "the range of `%s` is empty: its first end is the larger", p->name);
    return;
  }
  p->has_range = true;
  param_range_check(b->ck, p, p->value, entry->value->at);
}

/* A bad param keeps its place and gets an unknown unit: nothing is said about its uses. */
static void declare_param(component_builder *b, const flat_item *item) {
  expr_env env = builder_scope(b, 0, "a param", "");
  env.has_ends = false;
  env.param_limit = b->c->params.len;
  env.home = item->def->home;
  model_param p = {.name = item->name, .at = item->entry->name.at};
  value_and_unit(&env, item->entry, &p.value, &p.unit);
  check_range(b, item->entry, &p);
  p.bare = bare_declared(b->ck, b->c, "param", item->entry);
  vec_push(b->ck->arena, &b->c->params, p);
}

static void declare_state(component_builder *b, const flat_item *item) {
  expr_env env = builder_scope(b, ALLOW_PLACE | ALLOW_RANDOM, "an initial value", item->name);
  env.has_ends = false;
  env.home = item->def->home;
  model_state s = {.name = item->name, .at = item->entry->name.at};
  value_and_unit(&env, item->entry, &s.initial, &s.unit);
  s.bare = bare_declared(b->ck, b->c, "state", item->entry);
  vec_push(b->ck->arena, &b->c->states, s);
}

static combine_kind combiner_of(const ast_name *name) {
  static const char *const words[] = {[COMBINE_MEAN] = "mean",
                                      [COMBINE_SUM] = "sum",
                                      [COMBINE_MAX] = "max",
                                      [COMBINE_MIN] = "min",
                                      [COMBINE_LAST] = "last"};
  if (name->text == NULL)
    return COMBINE_NONE;
  for (int i = COMBINE_MEAN; i <= COMBINE_LAST; i++)
    if (strcmp(words[i], name->text) == 0)
      return (combine_kind)i;
  return COMBINE_MEAN; /* another word was reported, and that one is always right */
}

static void declare_input(component_builder *b, const flat_item *item) {
  model_input in = {.name = item->name,
                    .at = item->entry->name.at,
                    .unit = item->entry->unit != NULL ? unit_check(b->ck, item->entry->unit) : dim_none(),
                    .combine = combiner_of(&item->entry->combiner),
                    .bare = bare_declared(b->ck, b->c, "input", item->entry)};
  vec_push(b->ck->arena, &b->c->inputs, in);
}

static void declare_timer(component_builder *b, const flat_item *item) {
  expr_env env = builder_scope(b, ALLOW_PLACE | ALLOW_RANDOM, "an initial value", item->name);
  env.home = item->def->home;
  model_timer t = {.name = item->name, .at = item->entry->name.at};
  if (item->entry->value != NULL)
    t.initial =
        duration_check(&env, item->entry->value, b->ck->model->timescales.data[b->c->timescale].dt, "a timer", false);
  vec_push(b->ck->arena, &b->c->timers, t);
}

static void declare_noise(component_builder *b, const flat_item *item) {
  model_noise n = {.name = item->name, .at = item->entry->name.at};
  vec_push(b->ck->arena, &b->c->noises, n);
}

static void declare_let(component_builder *b, const flat_item *item) {
  pending_let let = {.ast = item->ast, .name = item->name, .at = item->ast->as.let.name.at, .home = item->def->home};
  vec_push(b->ck->arena, &b->lets, let);
}

static void declare_event(component_builder *b, const flat_item *item) {
  model_event e = {
      .name = item->ast->as.event.name.text, .is_spike = item->ast->as.event.is_spike, .at = item->ast->at};
  if (e.is_spike)
    e.name = intern_cstr(b->ck->names, "spike");
  if (b->c->events.len == LIMIT_EVENTS)
    diag_report(b->ck->sink, DIAG_E0901, item->ast->at, "a component has more than %u events", LIMIT_EVENTS);
  else
    vec_push(b->ck->arena, &b->c->events, e);
}

static void check_refractory(component_builder *b, const flat_item *item) {
  uint32_t event = component_find_event(b->c, intern_cstr(b->ck->names, item->ast->as.event.name.text));
  if (item->ast->as.event.refractory == NULL || event == NONE)
    return;
  expr_env env = builder_scope(b, 0, "a refractory time", "");
  env.home = item->def->home;
  b->c->events.data[event].refractory =
      duration_check(&env, item->ast->as.event.refractory, b->ck->model->timescales.data[b->c->timescale].dt,
                     "the refractory time", false);
}

/* ---- lets ---- */

void items_declare(component_builder *b) {
  builder_for_items(b, AST_ITEM_INPUT, declare_input);
  builder_for_items(b, AST_ITEM_NOISE, declare_noise);
  builder_for_items(b, AST_ITEM_EVENT, declare_event);
  builder_for_items(b, AST_ITEM_PARAM, declare_param);
  builder_for_items(b, AST_ITEM_STATE, declare_state);
  builder_for_items(b, AST_ITEM_TIMER, declare_timer);
  builder_for_items(b, AST_ITEM_LET, declare_let);
  builder_for_items(b, AST_ITEM_EVENT, check_refractory);
}
