/* SPDX-License-Identifier: MIT */
/* param_setting.c - `OWNER.PARAM = value` of variants and phases. */
#include "model/component/component.h"
#include "model/experiment/parts.h"
#include "model/expr/expr.h"
#include "model/expr/make.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "model/network/network.h"

static const char *definition_name(const checker *ck, uint32_t component) {
  return ck->component_defs.data[ck->infos.data[component].def].name;
}

void setting_targets(checker *ck, const char *name, target_list *out) {
  const model *m = ck->model;
  setting_target t = {.owner = population_find(ck, name)};
  if (t.owner == NONE) {
    t.is_connection = true;
    t.owner = connection_find(ck, name);
  }
  if (t.owner != NONE) {
    vec_push(ck->arena, out, t);
    return;
  }
  for (uint32_t i = 0; i < m->populations.len; i++)
    if (strcmp(definition_name(ck, m->populations.data[i].component), name) == 0)
      vec_push(ck->arena, out, ((setting_target){.owner = i}));
  for (uint32_t i = 0; i < m->connections.len; i++)
    if (strcmp(definition_name(ck, m->connections.data[i].component), name) == 0)
      vec_push(ck->arena, out, ((setting_target){.is_connection = true, .owner = i}));
}

static void report_unknown_owner(checker *ck, const ast_expr *owner, const param_setter *by) {
  if (environment_find(ck, owner->as.name.text) != NONE) {
    diag *d = diag_report(ck->sink, DIAG_E0201, owner->at, "`%s` is an environment, whose settings %s does not set",
                          owner->as.name.text, by->who);
    diag_hint(d, "give the setting a param of the top level, and set that");
    return;
  }
  name_list known = {0};
  const map *maps[] = {ck->populations, ck->connections, ck->main->components};
  for (size_t k = 0; k < 3; k++)
    for (uint32_t i = 0; i < map_count(maps[k]); i++)
      vec_push(ck->arena, &known, map_key_at(maps[k], i));
  report_unknown(ck, owner->at, DIAG_E0201, "the population, connection or component", owner->as.name.text, &known);
}

static bool find_item(checker *ck, const model_component *c, const ast_name *name, const param_setter *by,
                      model_set *set) {
  if (component_find(c, name->text, &set->kind, &set->item)) {
    if (set->kind == REF_PARAM || (set->kind == REF_STATE && by->no_states == NULL))
      return true;
    diag *d =
        diag_report(ck->sink, DIAG_E0203, name->at, "`%s` is %s of `%s`: %s sets %s", name->text, kind_word(set->kind),
                    c->name, by->who, by->no_states == NULL ? "params, and what states start with" : "params only");
    if (set->kind == REF_STATE)
      diag_hint(d, "%s", by->no_states);
    return false;
  }
  name_list known = {0};
  for (uint32_t i = 0; i < c->params.len; i++)
    vec_push(ck->arena, &known, c->params.data[i].name);
  for (uint32_t i = 0; by->no_states == NULL && i < c->states.len; i++)
    vec_push(ck->arena, &known, c->states.data[i].name);
  const char *what = by->no_states == NULL ? "param or state" : "param";
  report_unknown(ck, name->at, DIAG_E0201, arena_printf(ck->arena, "in `%s` the %s", c->name, what), name->text,
                 &known);
  return false;
}

static void check_set(checker *ck, const ast_setting *s, setting_target t, const param_setter *by, model_sets *out) {
  const model *m = ck->model;
  const model_component *c =
      &m->components
           .data[t.is_connection ? m->connections.data[t.owner].component : m->populations.data[t.owner].component];
  model_set set = {.is_connection = t.is_connection, .owner = t.owner, .at = s->at};
  if (!find_item(ck, c, &s->target->as.member.name, by, &set))
    return;
  dim unit = set.kind == REF_PARAM ? c->params.data[set.item].unit : c->states.data[set.item].unit;
  expr_env env = env_constant(ck, NULL, by->who);
  double value;
  if (!expr_constant(&env, s->value, unit, arena_printf(ck->arena, "`%s`", expr_text(ck, s->target)), &value))
    return;
  set.value = expr_literal(ck, value, unit, s->value->at);
  if (set.kind == REF_PARAM)
    param_range_check(ck, &c->params.data[set.item], set.value, s->value->at);
  vec_push(ck->arena, out, set);
}

void param_setting_check(checker *ck, const ast_setting *s, const param_setter *by, model_sets *out) {
  const ast_expr *target = s->target;
  if (target->kind != AST_MEMBER || target->as.member.object->kind != AST_NAME) {
    if (target->kind != AST_BAD)
      diag_report(ck->sink, DIAG_E0602, target->at, "%s sets params, %s, not `%s`", by->who, by->which,
                  expr_text(ck, target));
    return;
  }
  target_list targets = {0};
  const ast_expr *owner = target->as.member.object;
  uint32_t def;
  setting_targets(ck, owner->as.name.text, &targets);
  if (targets.len == 0 && !map_find(ck->main->components, owner->as.name.text, &def))
    report_unknown_owner(ck, owner, by);
  for (uint32_t i = 0; i < targets.len; i++)
    check_set(ck, s, targets.data[i], by, out);
}
