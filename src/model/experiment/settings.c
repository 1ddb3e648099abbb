/* SPDX-License-Identifier: MIT */
/* settings.c - times of components (refractory times, timers, periods) that follow from params. An override, a variant
 * or --set changes them; the new time is rounded to whole steps too, with a warning. */
#include "model/experiment/experiment.h"
#include "model/experiment/parts.h"
#include "model/expr/duration.h"
#include "model/expr/expr.h"
#include "model/names/lookup.h"
#include "model/operations.h"

#include <math.h>

typedef VEC(model_override) change_list;

/* With the first `count` changes; NAN where it is not known before the run. */
static double time_with(const duration_use *use, const model_component *c, const change_list *changes, uint32_t count) {
  double time;
  return constant_value_with(use->value, c, changes->data, count, &time) ? time : NAN;
}

/* Changes before `first` were told already. where: "" or "--set n.t_ref: ". */
static void check_time(checker *ck, const duration_use *use, const model_component *c, const change_list *changes,
                       uint32_t first, const char *where) {
  span at = SPAN_NONE;
  bool is_changed = false;
  double time = time_with(use, c, changes, first);
  for (uint32_t k = first; k < changes->len; k++) {
    double next = time_with(use, c, changes, k + 1);
    if (isnan(next) || next == time)
      continue;
    time = next;
    at = changes->data[k].at;
    is_changed = true;
  }
  if (is_changed)
    whole_ticks(ck, at, time, use->dt, arena_printf(ck->arena, "%s%s", where, use->what), use->needs_tick);
}

static void check_times(checker *ck, uint32_t component, const change_list *changes, uint32_t first,
                        const char *where) {
  const model_component *c = &ck->model->components.data[component];
  for (uint32_t i = 0; i < ck->durations.len; i++)
    if (ck->durations.data[i].component == c->name)
      check_time(ck, &ck->durations.data[i], c, changes, first, where);
}

/* The overrides of a population or connection. Changes of variants and --set come after them. */
static change_list overrides_of(checker *ck, bool is_connection, uint32_t owner, uint32_t *component) {
  const model *m = ck->model;
  *component = is_connection ? m->connections.data[owner].component : m->populations.data[owner].component;
  const model_override *data =
      is_connection ? m->connections.data[owner].overrides.data : m->populations.data[owner].overrides.data;
  uint32_t len = is_connection ? m->connections.data[owner].overrides.len : m->populations.data[owner].overrides.len;
  change_list all = {0};
  for (uint32_t k = 0; k < len; k++) {
    vec_push(ck->arena, &all, data[k]);
    all.data[k].at = data[k].value->at;
  }
  return all;
}

static void check_owner(checker *ck, bool is_connection, uint32_t owner) {
  uint32_t component;
  change_list changes = overrides_of(ck, is_connection, owner, &component);
  check_times(ck, component, &changes, 0, "");
}

/* What a variant sets of one owner; called at its first set of it. */
static void check_variant(checker *ck, const model_variant *v, uint32_t first) {
  const model_set *set = &v->sets.data[first];
  uint32_t component;
  for (uint32_t i = 0; i < first; i++)
    if (v->sets.data[i].is_connection == set->is_connection && v->sets.data[i].owner == set->owner)
      return;
  change_list changes = overrides_of(ck, set->is_connection, set->owner, &component);
  uint32_t before = changes.len;
  for (uint32_t i = first; i < v->sets.len; i++) {
    const model_set *s = &v->sets.data[i];
    if (s->is_connection == set->is_connection && s->owner == set->owner)
      vec_push(ck->arena, &changes, ((model_override){s->kind, s->item, s->value, s->value->at}));
  }
  check_times(ck, component, &changes, before, "");
}

/* ---- --set ---- */

/* A number with the unit of the param. The run reports whatever else is wrong with it. */
static model_expr *value_given(checker *ck, const ast_expr *e, dim unit) {
  const ast_expr *digits = e->kind == AST_UNARY && e->as.unary.op == AST_OP_NEG ? e->as.unary.operand : e;
  if (digits->kind != AST_NUMBER || !dim_equal(unit_check(ck, digits->as.number.unit), unit))
    return NULL;
  expr_env env = env_constant(ck, NULL, "--set");
  model_expr *v = expr_number(&env, e, NULL);
  if (v != NULL)
    v->at = SPAN_NONE;
  return v;
}

static void check_given_of(checker *ck, const ast_setting *s, setting_target t) {
  const char *owner = s->target->as.member.object->as.name.text, *name = s->target->as.member.name.text;
  uint32_t component, item;
  model_ref_kind kind;
  change_list changes = overrides_of(ck, t.is_connection, t.owner, &component);
  uint32_t before = changes.len;
  const model_component *c = &ck->model->components.data[component];
  if (!component_find(c, name, &kind, &item) || kind != REF_PARAM)
    return;
  diag_sink *told = ck->sink;
  ck->sink = diag_sink_new(ck->arena); /* a value that is wrong is refused by the run, which knows the option's text */
  model_expr *value = value_given(ck, s->value, c->params.data[item].unit);
  ck->sink = told;
  if (value == NULL)
    return;
  vec_push(ck->arena, &changes, ((model_override){REF_PARAM, item, value, SPAN_NONE}));
  check_times(ck, component, &changes, before, arena_printf(ck->arena, "--set %s.%s: ", owner, name));
}

/* given: `variant set { OWNER.PARAM = value }`, made of the option's text. */
static void check_given(checker *ck, const ast_decl *given) {
  const ast_setting *s = given->as.variant.settings.len > 0 ? &given->as.variant.settings.data[0] : NULL;
  target_list targets = {0};
  if (s == NULL || s->target->kind != AST_MEMBER || s->target->as.member.object->kind != AST_NAME)
    return;
  setting_targets(ck, s->target->as.member.object->as.name.text, &targets);
  for (uint32_t k = 0; k < targets.len; k++)
    check_given_of(ck, s, targets.data[k]);
}

void settings_check(checker *ck) {
  const model *m = ck->model;
  for (uint32_t i = 0; i < m->populations.len; i++)
    check_owner(ck, false, i);
  for (uint32_t i = 0; i < m->connections.len; i++)
    check_owner(ck, true, i);
  for (uint32_t i = 0; i < m->variants.len; i++)
    for (uint32_t k = 0; k < m->variants.data[i].sets.len; k++)
      check_variant(ck, &m->variants.data[i], k);
  for (uint32_t i = 0; i < ck->options->setting_count; i++)
    check_given(ck, ck->options->settings[i]);
}
