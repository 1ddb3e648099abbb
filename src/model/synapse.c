/* SPDX-License-Identifier: MIT */
/* synapse.c - continuous contributions, and what stands for an absent astrocyte. */
#include "model/check.h"

static bool target_side(component_builder *b, const ast_expr *target, model_side *side) {
  if (target->kind == AST_MEMBER && target->as.member.object->kind == AST_NAME) {
    const char *partner = target->as.member.object->as.name.text;
    if (strcmp(partner, "post") == 0) {
      *side = SIDE_POST;
      return true;
    }
    if (strcmp(partner, "astro") == 0) {
      refuse(b->ck, target->at, "a contribution to the astrocyte of a synapse",
             "a connection from the neurons to the astrocytes, with a synapse of its own, does the "
             "same");
      return false;
    }
  }
  if (target->kind != AST_BAD) {
    diag *d = diag_report(b->ck->sink, DIAG_E0409, target->at,
                          "a synapse contributes to inputs of its target only, not to `%s`",
                          expr_text(b->ck, target));
    diag_hint(d, "write `post.NAME += value`");
  }
  return false;
}

static bool find_target_input(component_builder *b, const ast_expr *target, model_side side,
                              uint32_t *input) {
  const model_component *partner = b->env.side[side].component;
  const ast_name *name = &target->as.member.name;
  model_ref_kind kind;
  name_list known = {0};
  if (component_find(partner, name->text, &kind, input) && kind == REF_INPUT)
    return true;
  if (component_find(partner, name->text, &kind, input)) {
    diag_report(b->ck->sink, DIAG_E0409, name->at,
                "`%s` is %s of `%s`; a synapse can contribute to inputs only", name->text,
                kind_word(kind), partner->name);
    return false;
  }
  for (uint32_t i = 0; i < partner->inputs.len; i++)
    vec_push(b->ck->arena, &known, partner->inputs.data[i].name);
  report_unknown(b->ck, name->at, DIAG_E0201,
                 arena_printf(b->ck->arena, "in `%s` the input", partner->name), name->text,
                 &known);
  return false;
}

void contribution_check(component_builder *b, const flat_item *item) {
  const ast_expr *target = item->ast->as.contribution.target;
  expr_env env = builder_scope(b, IN_VALUES, "a contribution", "");
  env.home = item->def->home;
  model_contribution c = {.at = item->ast->at};
  bool is_known = target_side(b, target, &c.side) && !b->env.partners_unknown &&
                  find_target_input(b, target, c.side, &c.input);
  if (!is_known) {
    expr_number(&env, item->ast->as.contribution.value, NULL);
    return;
  }
  c.value = expr_of_unit(&env, item->ast->as.contribution.value,
                         b->env.side[c.side].component->inputs.data[c.input].unit,
                         arena_printf(b->ck->arena, "`%s`", expr_text(b->ck, target)));
  if (c.value != NULL)
    vec_push(b->ck->arena, &b->c->contributions, c);
}

void default_check(component_builder *b, const flat_item *item) {
  const ast_expr *target = item->ast->as.fallback.target;
  bool is_astro = target->kind == AST_MEMBER && target->as.member.object->kind == AST_NAME &&
                  strcmp(target->as.member.object->as.name.text, "astro") == 0;
  if (!is_astro) {
    if (target->kind != AST_BAD)
      diag_report(b->ck->sink, DIAG_E0409, target->at,
                  "a default stands for a value of the astrocyte: `default astro.NAME = value`");
    return;
  }
  expr_env env = builder_scope(b, 0, "a default", "");
  env.has_partners = false;
  env.home = item->def->home;
  const model_component *astro = b->env.side[SIDE_ASTRO].component;
  model_ref_kind kind;
  uint32_t index;
  if (astro == NULL || b->env.partners_unknown) {
    expr_check(&env, item->ast->as.fallback.value, NULL);
    return;
  }
  const ast_name *name = &target->as.member.name;
  if (!component_find(astro, name->text, &kind, &index) || kind == REF_NOISE) {
    if (!b->ck->is_broken)
      diag_report(b->ck->sink, DIAG_E0201, name->at, "`%s` has no value `%s`", astro->name,
                  name->text);
    return;
  }
  model_expr *value =
      expr_of_unit(&env, item->ast->as.fallback.value, component_item_unit(astro, kind, index),
                   arena_printf(b->ck->arena, "`%s`", expr_text(b->ck, target)));
  if (value == NULL)
    return;
  vec_reserve(b->ck->arena, &b->c->astro_defaults, b->c->astro_defaults.len + 1);
  uint32_t last = b->c->astro_defaults.len++;
  b->c->astro_defaults.data[last].kind = kind;
  b->c->astro_defaults.data[last].item = index;
  b->c->astro_defaults.data[last].value = value;
}
