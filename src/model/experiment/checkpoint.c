/* SPDX-License-Identifier: MIT */
/* checkpoint.c - `checkpoint NAME at TIME`, and variants that begin there: what they set are params that change in the
 * course of the run, as those that phases set. */
#include "model/experiment/experiment.h"
#include "model/experiment/parts.h"
#include "model/names/lookup.h"
#include "model/names/report.h"

void checkpoints_check(checker *ck) {
  for (uint32_t i = 0; i < ck->decls.len; i++) {
    const ast_decl *d = ck->decls.data[i];
    if (d->kind != AST_DECL_CHECKPOINT)
      continue;
    model_checkpoint c = {.name = d->as.checkpoint.name.text, .at = d->as.checkpoint.time->at};
    if (window_time(ck, d->as.checkpoint.time, NULL, "the time of a checkpoint", true, &c.time))
      vec_push(ck->arena, &ck->model->checkpoints, c);
    else
      name_silence(ck, c.name);
  }
}

uint32_t checkpoint_find(checker *ck, ast_name name) {
  const model *m = ck->model;
  name_list known = {0};
  if (name.text == NULL || name_is_silent(ck, name.text))
    return NONE;
  for (uint32_t i = 0; i < m->checkpoints.len; i++) {
    if (m->checkpoints.data[i].name == name.text)
      return i;
    vec_push(ck->arena, &known, m->checkpoints.data[i].name);
  }
  report_unknown(ck, name.at, DIAG_E0602, "the checkpoint", name.text, &known);
  return NONE;
}

bool checkpoint_allows(checker *ck, const ast_decl *variant) {
  const ast_setting_list *settings = &variant->as.variant.settings;
  const ast_act_list *acts = &variant->as.variant.acts;
  const char *name = variant->as.variant.name.text;
  bool is_good = acts->len == 0 && variant->as.variant.modifies.len == 0;
  for (uint32_t k = 0; k < settings->len; k++) {
    uint32_t global;
    const ast_expr *target = settings->data[k].target;
    if (target->kind != AST_NAME || !map_find(ck->globals, target->as.name.text, &global))
      continue;
    diag *d = diag_report(ck->sink, DIAG_E0606, target->at,
                          "`%s` is a param of the top level, which is compiled in: `%s` does not set it from a "
                          "checkpoint on",
                          target->as.name.text, name);
    diag_hint(d, "set the params of components that are made of it, or leave out `from`");
    is_good = false;
  }
  if (variant->as.variant.modifies.len > 0) {
    diag *d = diag_report(ck->sink, DIAG_E0606, variant->as.variant.modifies.data[0]->at,
                          "a variant from a checkpoint has the equations of the model");
    diag_hint(d, "leave `from %s` away: it then runs with its own from the start", variant->as.variant.from.text);
  }
  if (acts->len > 0) {
    diag *d = diag_report(ck->sink, DIAG_E0606, acts->data[0].at,
                          "decisions are made in one way for a whole run: `%s` begins at a checkpoint", name);
    diag_hint(d, "a variant without `from` may decide otherwise");
  }
  return is_good;
}

void checkpoints_check_times(checker *ck) {
  const model *m = ck->model;
  for (uint32_t i = 0; i < m->checkpoints.len && m->duration > 0; i++) {
    const model_checkpoint *c = &m->checkpoints.data[i];
    if (c->time < m->duration)
      continue;
    diag *d = diag_report(ck->sink, DIAG_E0601, c->at, "the checkpoint `%s` is at %s ms, and the run ends at %s ms",
                          c->name, number_text(ck, c->time), number_text(ck, m->duration));
    diag_hint(d, "`run` counts from 0: its time includes what comes before a checkpoint");
  }
}
