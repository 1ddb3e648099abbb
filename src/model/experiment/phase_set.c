/* SPDX-License-Identifier: MIT */
/* phase_set.c - `set PHASE { OWNER.PARAM = value }`: params that have another value while a phase lasts. */
#include "model/experiment/experiment.h"
#include "model/experiment/parts.h"
#include "model/names/lookup.h"
#include "model/names/report.h"

#include <math.h>

static const char *param_name(checker *ck, const model_set *s) {
  const model *m = ck->model;
  uint32_t component =
      s->is_connection ? m->connections.data[s->owner].component : m->populations.data[s->owner].component;
  return arena_printf(ck->arena, "%s.%s",
                      s->is_connection ? m->connections.data[s->owner].name : m->populations.data[s->owner].name,
                      m->components.data[component].params.data[s->item].name);
}

static bool is_global(checker *ck, const ast_setting *s) {
  uint32_t global;
  if (s->target->kind != AST_NAME || !map_find(ck->globals, s->target->as.name.text, &global))
    return false;
  diag *d = diag_report(ck->sink, DIAG_E0606, s->target->at,
                        "`%s` is a param of the top level, which is compiled in: a phase does not set it",
                        s->target->as.name.text);
  diag_hint(d, "set the params of components that are made of it");
  return true;
}

static void check_phase_set(checker *ck, const ast_decl *d) {
  static const param_setter setter = {"a phase", "`POPULATION.PARAM` or `CONNECTION.PARAM`",
                                      "`on PHASE { ... }` changes states where it begins"};
  ast_expr name = {.kind = AST_NAME, .at = d->as.set.phase.at, .as.name.text = d->as.set.phase.text};
  uint32_t phase = phase_find(ck, &name, NULL);
  model_sets sets = {0};
  for (uint32_t k = 0; k < d->as.set.settings.len; k++)
    if (!is_global(ck, &d->as.set.settings.data[k]))
      param_setting_check(ck, &d->as.set.settings.data[k], &setter, &sets);
  for (uint32_t k = 0; k < sets.len && phase != NONE; k++)
    vec_push(ck->arena, &ck->model->phase_sets, ((model_phase_set){phase, NONE, sets.data[k]}));
}

void phase_sets_check(checker *ck) {
  for (uint32_t i = 0; i < ck->decls.len; i++)
    if (ck->decls.data[i]->kind == AST_DECL_SET)
      check_phase_set(ck, ck->decls.data[i]);
}

/* ---- one value at a time ---- */

/* What a variant sets is the run's own value, which a phase may change again. */
static void check_two(checker *ck, const model_phase_set *first, const model_phase_set *second) {
  const model_phase *phases = ck->model->phases.data;
  const model_set *a = &first->set, *b = &second->set;
  double at;
  if (first->phase == NONE || second->phase == NONE)
    return;
  if (a->is_connection != b->is_connection || a->owner != b->owner || a->item != b->item)
    return;
  diag *d;
  if (first->phase == second->phase)
    d = diag_report(ck->sink, DIAG_E0202, b->at, "the phase `%s` sets `%s` twice", phases[first->phase].name,
                    param_name(ck, b));
  else if (windows_overlap(ck, first->phase, second->phase, &at)) {
    d = diag_report(ck->sink, DIAG_E0606, b->at, "two phases set `%s` at a time: at %s ms both `%s` and `%s` are on",
                    param_name(ck, b), number_text(ck, at), phases[first->phase].name, phases[second->phase].name);
    diag_hint(d, "windows that set the same param must not overlap");
  } else
    return;
  diag_note(d, a->at, "it is set here first");
}

static bool is_within_step(checker *ck, const model_phase_set *s, double dt, double *at) {
  if (s->phase != NONE)
    return window_within_step(ck, s->phase, dt, at);
  *at = ck->model->checkpoints.data[ck->model->variants.data[s->variant].checkpoint].time;
  return time_within_step(*at, dt);
}

/* Slow components take params at the ends of their steps. */
static void check_steps(checker *ck, const model_phase_set *s) {
  const model *m = ck->model;
  if (s->set.is_connection)
    return;
  const model_population *p = &m->populations.data[s->set.owner];
  const model_timescale *t = &m->timescales.data[m->components.data[p->component].timescale];
  double at;
  if (t->ticks == 1 || !is_within_step(ck, s, t->dt, &at))
    return;
  bool is_phase = s->phase != NONE;
  diag *d = diag_report(
      ck->sink, DIAG_W0601, s->set.at,
      "at %s ms `%s` begins%s within a step of %s ms of `%s`: for its params that is at %s ms", number_text(ck, at),
      is_phase ? m->phases.data[s->phase].name : m->variants.data[s->variant].name, is_phase ? " or ends" : "",
      number_text(ck, t->dt), p->name, number_text(ck, floor(at / t->dt) * t->dt));
  diag_hint(
      d, is_phase ? "let windows begin and end at whole steps of `%s`" : "put the checkpoint at a whole step of `%s`",
      t->name);
}

void phase_sets_check_windows(checker *ck) {
  const model *m = ck->model;
  for (uint32_t i = 0; i < m->phase_sets.len; i++) {
    check_steps(ck, &m->phase_sets.data[i]);
    for (uint32_t k = 0; k < i; k++)
      check_two(ck, &m->phase_sets.data[k], &m->phase_sets.data[i]);
  }
}
