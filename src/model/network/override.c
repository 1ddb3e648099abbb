/* SPDX-License-Identifier: MIT */
/* override.c - params and initial states that a population or connection changes. */
#include "model/component/component.h"
#include "model/expr/bare.h"
#include "model/expr/expr.h"
#include "model/expr/make.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "model/network/parts.h"

static bool is_name(const expr_env *env, const ast_expr *target) {
  if (target->kind != AST_NAME && target->kind != AST_BAD)
    diag_report(env->ck->sink, DIAG_E0203, target->at, "an override names a param or a state of `%s` itself",
                env->side[SIDE_SELF].component->name);
  return target->kind == AST_NAME;
}

static bool find_overridden(const expr_env *env, const char *name, span at, const char *owner, model_override *out) {
  checker *ck = env->ck;
  const model_component *c = env->side[SIDE_SELF].component;
  if (!component_find(c, name, &out->target, &out->item)) {
    name_list known = {0};
    for (uint32_t i = 0; i < c->params.len; i++)
      vec_push(ck->arena, &known, c->params.data[i].name);
    for (uint32_t i = 0; i < c->states.len; i++)
      vec_push(ck->arena, &known, c->states.data[i].name);
    report_unknown(ck, at, DIAG_E0201, arena_printf(ck->arena, "in `%s` the param or state", c->name), name, &known);
    return false;
  }
  if (out->target == REF_PARAM || out->target == REF_STATE)
    return true;
  diag_report(ck->sink, DIAG_E0203, at, "`%s` is %s; `%s` can override params and initial values of states only", name,
              kind_word(out->target), owner);
  return false;
}

static bool is_new(checker *ck, span at, const char *name, const model_override *o, const override_list *out) {
  for (uint32_t i = 0; i < out->len; i++)
    if (out->data[i].target == o->target && out->data[i].item == o->item) {
      diag *d = diag_report(ck->sink, DIAG_E0202, at, "`%s` is overridden twice", name);
      diag_note(d, out->data[i].at, "it is overridden here first");
      return false;
    }
  return true;
}

static void check_override(const expr_env *outer, const ast_setting *s, const char *owner, override_list *out) {
  checker *ck = outer->ck;
  const model_component *c = outer->side[SIDE_SELF].component;
  model_override o = {.at = s->at};
  uint32_t draws = 0;
  if (!is_name(outer, s->target) || !find_overridden(outer, s->target->as.name.text, s->target->at, owner, &o))
    return;
  const char *name = s->target->as.name.text;
  expr_env env = *outer;
  env.param_limit = o.target == REF_PARAM ? o.item : NONE;
  env.draws = &draws;
  env.key_base = arena_printf(ck->arena, "%s.%s", owner, name);
  env.target = bare_of_item(c, o.target, o.item);
  o.value =
      expr_of_unit(&env, s->value, component_item_unit(c, o.target, o.item), arena_printf(ck->arena, "`%s`", name));
  if (o.target == REF_PARAM)
    param_range_check(ck, &c->params.data[o.item], o.value, s->value->at);
  if (is_new(ck, s->target->at, name, &o, out) && o.value != NULL)
    vec_push(ck->arena, out, o);
}

void override_by_column(const expr_env *outer, model_column *column, uint32_t number, const char *owner,
                        override_list *out) {
  checker *ck = outer->ck;
  model_override o = {.at = column->at};
  if (!find_overridden(outer, column->name, column->at, owner, &o))
    return;
  column->unit = component_item_unit(outer->side[SIDE_SELF].component, o.target, o.item);
  o.value = expr_ref(ck, REF_COLUMN, SIDE_SELF, number, column->unit, o.at);
  if (is_new(ck, o.at, column->name, &o, out))
    vec_push(ck->arena, out, o);
}

void overrides_check(const expr_env *env, const ast_setting_list *settings, const char *owner, override_list *out) {
  for (uint32_t i = 0; i < settings->len; i++)
    check_override(env, &settings->data[i], owner, out);
}
