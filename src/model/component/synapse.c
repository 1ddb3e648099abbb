/* SPDX-License-Identifier: MIT */
/* synapse.c - what a synapse may add to its ends, continuous contributions, and the defaults for an absent astrocyte.
 */
#include "model/component/parts.h"
#include "model/expr/bare.h"
#include "model/expr/expr.h"
#include "model/names/lookup.h"
#include "model/names/report.h"

/* ---- ends ---- */

bool end_named(const ast_expr *e, model_side *side) {
  return e->kind == AST_MEMBER && e->as.member.object->kind == AST_NAME &&
         side_find(e->as.member.object->as.name.text, side);
}

static bool has_default(const component_builder *b) {
  for (uint32_t i = 0; i < b->items.len; i++)
    if (b->items.data[i].ast->kind == AST_ITEM_DEFAULT && !b->items.data[i].is_dropped)
      return true;
  return false;
}

end_result end_check(const expr_env *env, model_side side, span at, const char *what) {
  if (env->ends_unknown)
    return END_BAD;
  if (env->side[side].component != NULL)
    return END_FOUND;
  if (env->builder != NULL && has_default(env->builder))
    return END_ABSENT;
  report_no_astrocyte(env, at, what, "astro.NAME");
  return END_BAD;
}

static void report_unknown_target(expr_env *env, const ast_name *name, const model_component *partner,
                                  bool takes_states) {
  checker *ck = env->ck;
  name_list known = {0};
  for (uint32_t i = 0; i < partner->inputs.len; i++)
    vec_push(ck->arena, &known, partner->inputs.data[i].name);
  for (uint32_t i = 0; takes_states && i < partner->states.len; i++)
    vec_push(ck->arena, &known, partner->states.data[i].name);
  report_unknown(ck, name->at, DIAG_E0201,
                 arena_printf(ck->arena, "in `%s` the %s", partner->name, takes_states ? "state or input" : "input"),
                 name->text, &known);
}

end_result end_target(expr_env *env, const ast_expr *target, model_side side, bool takes_states, model_ref_kind *kind,
                      uint32_t *item) {
  end_result result = end_check(env, side, target->at, expr_text(env->ck, target));
  if (result != END_FOUND)
    return result;
  const model_component *partner = env->side[side].component;
  const ast_name *name = &target->as.member.name;
  if (!component_find(partner, name->text, kind, item)) {
    report_unknown_target(env, name, partner, takes_states);
    return END_BAD;
  }
  if (*kind == REF_INPUT || (takes_states && *kind == REF_STATE)) {
    side_mark_used(&env->side[side], *kind, *item);
    return dim_is_unknown(component_item_unit(partner, *kind, *item)) ? END_BAD : END_FOUND;
  }
  diag *d =
      diag_report(env->ck->sink, DIAG_E0409, name->at, "`%s` is %s of `%s`; a synapse can %s only", name->text,
                  kind_word(*kind), partner->name, takes_states ? "add to states and inputs" : "contribute to inputs");
  if (*kind == REF_STATE)
    diag_hint(d, "blocks can add to states: `on pre { %s += value }`", expr_text(env->ck, target));
  return END_BAD;
}

/* ---- continuous contributions ---- */

static end_result contribution_target(expr_env *env, const ast_expr *target, model_contribution *c) {
  model_ref_kind kind;
  if (end_named(target, &c->side))
    return end_target(env, target, c->side, false, &kind, &c->input);
  if (target->kind != AST_BAD) {
    diag *d =
        diag_report(env->ck->sink, DIAG_E0409, target->at,
                    "a synapse contributes to inputs of its partners only, not to `%s`", expr_text(env->ck, target));
    diag_hint(d, "write `post.NAME += value`");
  }
  return END_BAD;
}

void contribution_check(component_builder *b, const flat_item *item) {
  const ast_expr *target = item->ast->as.contribution.target;
  expr_env env = builder_scope(b, IN_VALUES, "a contribution", "");
  env.home = item->def->home;
  model_contribution c = {.at = item->ast->at};
  if (contribution_target(&env, target, &c) != END_FOUND) {
    expr_number(&env, item->ast->as.contribution.value, NULL);
    return;
  }
  env.target = bare_of_item(b->env.side[c.side].component, REF_INPUT, c.input);
  c.value =
      expr_of_unit(&env, item->ast->as.contribution.value, b->env.side[c.side].component->inputs.data[c.input].unit,
                   arena_printf(b->ck->arena, "`%s`", expr_text(b->ck, target)));
  if (c.value != NULL)
    vec_push(b->ck->arena, &b->c->contributions, c);
}

/* ---- defaults ---- */

void default_check(component_builder *b, const flat_item *item) {
  const ast_expr *target = item->ast->as.fallback.target;
  model_side side;
  if (!end_named(target, &side) || side != SIDE_ASTRO) {
    if (target->kind != AST_BAD)
      diag_report(b->ck->sink, DIAG_E0409, target->at,
                  "a default stands for a value of the astrocyte: `default astro.NAME = value`");
    return;
  }
  expr_env env = builder_scope(b, 0, "a default", "");
  env.has_ends = false;
  env.home = item->def->home;
  const model_component *astro = b->env.side[SIDE_ASTRO].component;
  model_ref_kind kind;
  uint32_t index;
  if (astro == NULL || b->env.ends_unknown) {
    expr_check(&env, item->ast->as.fallback.value, NULL);
    return;
  }
  const ast_name *name = &target->as.member.name;
  if (!component_find(astro, name->text, &kind, &index) || kind == REF_NOISE) {
    if (!b->ck->is_broken)
      diag_report(b->ck->sink, DIAG_E0201, name->at, "`%s` has no value `%s`", astro->name, name->text);
    return;
  }
  model_expr *value = expr_of_unit(&env, item->ast->as.fallback.value, component_item_unit(astro, kind, index),
                                   arena_printf(b->ck->arena, "`%s`", expr_text(b->ck, target)));
  if (value == NULL)
    return;
  vec_reserve(b->ck->arena, &b->c->astro_defaults, b->c->astro_defaults.len + 1);
  uint32_t last = b->c->astro_defaults.len++;
  b->c->astro_defaults.data[last].kind = kind;
  b->c->astro_defaults.data[last].item = index;
  b->c->astro_defaults.data[last].value = value;
}
