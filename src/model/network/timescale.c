/* SPDX-License-Identifier: MIT */
/* timescale.c - timescales: steps, and how many of the shortest they take. */
#include "model/expr/expr.h"
#include "model/names/lookup.h"
#include "model/network/network.h"
#include "support/limits.h"

#include <math.h>

static const double default_step = 0.1; /* ms */

/* `on events` says something else of an equation. */
static void check_timescale_name(checker *ck, const ast_name *name) {
  if (strcmp(name->text, "events") != 0)
    return;
  diag *d = diag_report(ck->sink, DIAG_E0204, name->at,
                        "`events` cannot be a timescale: `on events` means that an equation of a "
                        "synapse goes from event to event");
  diag_hint(d, "give it another name");
}

static void refine_step(const checker *ck, model_timescale *t) {
  const model_options *o = ck->options;
  if (o->refine > 1 && (!o->refined || !strcmp(o->refined, t->name)))
    t->dt /= o->refine;
}

/* The command line wins; of several for one name, the last. */
static const ast_decl *timescale_given(const checker *ck, const ast_decl *d) {
  for (uint32_t k = ck->options->timescale_count; k-- > 0;)
    if (strcmp(ck->options->timescales[k]->as.timescale.name.text, d->as.timescale.name.text) == 0)
      return ck->options->timescales[k];
  return d;
}

static void add_timescale(checker *ck, const ast_decl *d) {
  expr_env env = env_constant(ck, NULL, "a timescale");
  model_timescale t = {.name = d->as.timescale.name.text, .at = d->as.timescale.name.at, .ticks = 1};
  check_timescale_name(ck, &d->as.timescale.name);
  bool is_known = expr_constant(&env, d->as.timescale.step, dim_ms, arena_printf(ck->arena, "`%s`", t.name), &t.dt);
  if (is_known && t.dt <= 0)
    diag_report(ck->sink, DIAG_E0601, d->as.timescale.step->at, "a step must be longer than nothing");
  if (!is_known || t.dt <= 0)
    t.dt = 0; /* known by name, so that its uses are no errors */
  if (ck->model->timescales.len == LIMIT_TIMESCALES) {
    diag_report(ck->sink, DIAG_E0901, d->at, "a model has more than %u timescales", LIMIT_TIMESCALES);
    return;
  }
  refine_step(ck, &t);
  map_insert(ck->timescales, t.name, ck->model->timescales.len);
  vec_push(ck->arena, &ck->model->timescales, t);
}

static void count_ticks(checker *ck, model_timescale *t) {
  double ticks = t->dt / ck->model->base_dt, whole = floor(ticks + 0.5);
  if (t->dt == 0 || (fabs(ticks - whole) <= 1e-6 && whole <= 4e9)) {
    t->ticks = t->dt == 0 ? 1 : (uint32_t)whole;
    return;
  }
  diag *d = diag_report(ck->sink, DIAG_E0601, t->at,
                        "`%s` (%.9g ms) is not a whole multiple of the fastest timescale (%.9g ms)", t->name, t->dt,
                        ck->model->base_dt);
  diag_hint(d, "%.9g ms or %.9g ms would be", floor(ticks) * ck->model->base_dt, ceil(ticks) * ck->model->base_dt);
}

void timescales_check(checker *ck) {
  model *m = ck->model;
  for (uint32_t i = 0; i < ck->decls.len; i++)
    if (ck->decls.data[i]->kind == AST_DECL_TIMESCALE)
      add_timescale(ck, timescale_given(ck, ck->decls.data[i]));
  for (uint32_t i = 0; i < ck->options->timescale_count; i++)
    timescale_find(ck, ck->options->timescales[i]->as.timescale.name); /* one that is not there is an error */
  if (m->timescales.len == 0) {
    model_timescale t = {.name = "default", .dt = default_step, .at = SPAN_NONE};
    refine_step(ck, &t);
    vec_push(ck->arena, &m->timescales, t);
  }
  for (uint32_t i = 0; i < m->timescales.len; i++)
    if (m->timescales.data[i].dt > 0 && (m->base_dt == 0 || m->timescales.data[i].dt < m->base_dt))
      m->base_dt = m->timescales.data[i].dt;
  if (m->base_dt == 0)
    m->base_dt = default_step;
  for (uint32_t i = 0; i < m->timescales.len; i++) {
    count_ticks(ck, &m->timescales.data[i]);
    if (m->timescales.data[i].dt == 0)
      m->timescales.data[i].dt = m->base_dt;
  }
}
