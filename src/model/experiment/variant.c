/* SPDX-License-Identifier: MIT */
/* variant.c - named sets of overridden params. */
#include "model/component/component.h"
#include "model/experiment/experiment.h"
#include "model/experiment/parts.h"
#include "model/expr/expr.h"
#include "model/expr/make.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "model/network/network.h"

static bool check_global_setting(checker *ck, const ast_setting *s, model_variant *v) {
  model_global_set set = {.at = s->at};
  if (s->target->kind != AST_NAME || !map_find(ck->globals, s->target->as.name.text, &set.global))
    return false;
  if (global_value(ck, s, &ck->model->globals.data[set.global], &set.value))
    vec_push(ck->arena, &v->globals, set);
  return true;
}

static void check_setting(checker *ck, const ast_setting *s, model_variant *v) {
  param_setter by = {"a variant", "`POPULATION.PARAM`, `CONNECTION.PARAM` or one of the top level", NULL};
  if (v->checkpoint != NONE)
    by.no_states = "states go on from the checkpoint; leave `from` out to say what they start with";
  if (!check_global_setting(ck, s, v))
    param_setting_check(ck, s, &by, &v->sets);
}

static void check_acts(checker *ck, const ast_act_list *acts, model_variant *v) {
  for (uint32_t k = 0; k < acts->len; k++) {
    model_act act;
    for (uint32_t i = 0; i < k; i++)
      if (acts->data[i].environment.text == acts->data[k].environment.text) {
        diag *d = diag_report(ck->sink, DIAG_E0202, acts->data[k].environment.at, "a second `act` for `%s`",
                              acts->data[k].environment.text);
        diag_note(d, acts->data[i].environment.at, "it is declared here first");
      }
    if (act_of_variant(ck, &acts->data[k], &act))
      vec_push(ck->arena, &v->acts, act);
  }
}

/* What it sets from its checkpoint on. */
static void change_on_the_way(checker *ck, const model_variant *v) {
  for (uint32_t k = 0; v->checkpoint != NONE && k < v->sets.len; k++)
    vec_push(ck->arena, &ck->model->phase_sets,
             ((model_phase_set){.phase = NONE, .variant = ck->model->variants.len, .set = v->sets.data[k]}));
}

static bool begins_well(checker *ck, const ast_decl *d, model_variant *v) {
  v->checkpoint = checkpoint_find(ck, d->as.variant.from);
  return d->as.variant.from.text == NULL || checkpoint_allows(ck, d);
}

void variants_check(checker *ck) {
  for (uint32_t i = 0; i < ck->decls.len; i++) {
    const ast_decl *d = ck->decls.data[i];
    if (d->kind != AST_DECL_VARIANT)
      continue;
    model_variant v = {.name = d->as.variant.name.text, .at = d->as.variant.name.at};
    if (!begins_well(ck, d, &v))
      continue;
    for (uint32_t k = 0; k < d->as.variant.settings.len; k++)
      check_setting(ck, &d->as.variant.settings.data[k], &v);
    check_acts(ck, &d->as.variant.acts, &v);
    v.modifies = d->as.variant.modifies.len > 0;
    v.is_chosen = ck->options->variant != NULL && strcmp(v.name, ck->options->variant) == 0;
    change_on_the_way(ck, &v);
    vec_push(ck->arena, &ck->model->variants, v);
  }
}
