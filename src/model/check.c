/* SPDX-License-Identifier: MIT */
/* check.c - the order of the stage: files, timescales, signals, network, experiment. What no part of the model uses
 * comes last. */
#include "model/component/component.h"
#include "model/experiment/experiment.h"
#include "model/expr/duration.h"
#include "model/expr/expr.h"
#include "model/names/import.h"
#include "model/names/report.h"
#include "model/network/network.h"
#include "model/ticks/times.h"
#include "nsa_words.h"

/* "a/b/model.nsa" -> "model" */
static const char *stem(arena *a, const char *path) {
  const char *slash = strrchr(path, '/');
  const char *name = slash != NULL ? slash + 1 : path;
  const char *dot = strrchr(name, '.');
  return arena_strdup(a, name, dot != NULL && dot > name ? (size_t)(dot - name) : strlen(name));
}

static bool is_component_used(const checker *ck, uint32_t def) {
  for (uint32_t i = 0; i < ck->infos.len; i++)
    if (ck->infos.data[i].def == def)
      return true;
  return false;
}

/* Components that nobody uses: synapses among them have no ends, and are checked as far as that is possible. */
static void check_unused_components(checker *ck) {
  for (uint32_t i = 0; i < ck->component_defs.len; i++) {
    const component_def *def = &ck->component_defs.data[i];
    if (def->home != ck->main || def->is_modified || is_component_used(ck, i))
      continue;
    expr_env env = env_constant(ck, NULL, "a component");
    model_component component;
    component_usage usage = {0};
    env.ends_unknown = true;
    component_build(ck, i, &env, &component, &usage);
  }
}

static void check_unused_functions(checker *ck) {
  for (uint32_t i = 0; i < ck->function_defs.len; i++) {
    const function_def *f = &ck->function_defs.data[i];
    if (f->home != ck->main || f->is_used)
      continue;
    expr_env env = env_constant(ck, NULL, "a function of the file");
    env.allow = ALLOW_TIME | ALLOW_DT | ALLOW_RANDOM;
    uint32_t draws = 0;
    env.draws = &draws;
    env.key_base = "";
    binding *bindings = ARENA_ARRAY(ck->arena, binding, f->ast->params.len + 1);
    for (uint32_t k = 0; k < f->ast->params.len; k++) {
      bindings[k] = (binding){.name = f->ast->params.data[k].text, .next = env.bindings};
      env.bindings = &bindings[k];
    }
    expr_check(&env, f->ast->body, NULL);
  }
}

static void warn_never_used(checker *ck, span at, const char *what, const char *name) {
  diag *d = diag_report(ck->sink, DIAG_W0404, at, "the %s `%s` is never read", what, name);
  diag_hint(d, "take it out, or use it");
}

static void check_unused(checker *ck) {
  if (diag_error_count(ck->sink) > 0)
    return;
  for (uint32_t i = 0; i < ck->infos.len; i++) {
    const component_info *info = &ck->infos.data[i];
    const model_component *c = &ck->model->components.data[i];
    if (!ck->component_defs.data[info->def].home->is_main)
      continue;
    for (uint32_t k = 0; k < c->inputs.len; k++)
      if (!info->usage->inputs[k])
        warn_never_used(ck, c->inputs.data[k].at, "input", c->inputs.data[k].name);
    for (uint32_t k = 0; k < c->lets.len; k++)
      if (!info->usage->lets[k])
        warn_never_used(ck, c->lets.data[k].at, "let", c->lets.data[k].name);
  }
}

/* ---- `run` and `precision` ---- */

static void check_run(checker *ck, const ast_decl *d) {
  expr_env env = env_constant(ck, NULL, "a run");
  const ast_expr *duration = d->as.run.duration;
  ck->model->run_at = d->at;
  if (d->as.run.until != NULL)
    ck->model->until = until_check(ck, d->as.run.until);
  if (duration != NULL && expr_constant(&env, duration, dim_ms, "the time of a run", &ck->model->duration))
    ck->model->duration =
        whole_ticks(ck, duration->at, ck->model->duration, ck->model->base_dt, "the time of a run", true);
}

bool model_precision_find(const char *word, nsa_precision *precision) {
  for (uint32_t k = 0; k < nsa_precision_count; k++)
    if (strcmp(nsa_word_of_precision(k), word) == 0) {
      *precision = (nsa_precision)k;
      return true;
    }
  return false;
}

static void check_other(checker *ck, const ast_decl *d) {
  switch (d->kind) {
  case AST_DECL_RUN:
    check_run(ck, d);
    break;
  case AST_DECL_PRECISION:
    if (!ck->options->in_double && ck->options->precision == NULL)
      model_precision_find(d->as.precision.text, &ck->model->precision);
    break;
  default:
    break;
  }
}

static void check_needs(checker *ck, const ast_file *file) {
  span at = {.file = file->file};
  if (!ck->options->needs_run || ck->is_broken)
    return;
  bool has_run = ck->model->run_at.file != NONE;
  bool declares_population = false;
  for (uint32_t i = 0; i < ck->decls.len; i++)
    declares_population = declares_population || ck->decls.data[i]->kind == AST_DECL_POPULATION;
  if (!declares_population)
    diag_report(ck->sink, DIAG_E0604, at, "there is nothing to run: the file declares no population");
  else if (!has_run) {
    diag *d = diag_report(ck->sink, DIAG_E0604, at, "the file does not say how long to run");
    diag_hint(d, "add `run 1 s`");
  }
}

static void make_maps(checker *ck) {
  map **maps[] = {&ck->environments, &ck->globals,      &ck->timescales, &ck->signals, &ck->populations,
                  &ck->connections,  &ck->patterns,     &ck->phases,     &ck->windows, &ck->phase_homes,
                  &ck->measures,     &ck->record_names, &ck->silent};
  for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
    *maps[i] = map_new(ck->arena);
}

model *model_check(arena *a, interner *in, diag_sink *sink, const ast_file *file, const model_options *options) {
  checker *ck = ARENA_NEW(a, checker);
  *ck = (checker){.arena = a, .names = in, .sink = sink, .options = options};
  ck->model = ARENA_NEW(a, model);
  ck->model->name = stem(a, file->path);
  ck->model->main_file = file->file;
  ck->model->run_at = SPAN_NONE;
  if (options->precision != NULL && !options->in_double)
    model_precision_find(options->precision, &ck->model->precision);
  make_maps(ck);
  import_files(ck, file);
  ck->is_broken = diag_error_count(sink) > 0;
  globals_check(ck);
  timescales_check(ck);
  environments_check(ck);
  signals_check(ck);
  populations_check(ck);
  connections_check(ck);
  coupling_sets_check(ck);
  acts_check(ck);
  phases_check(ck);
  stimuli_check(ck);
  records_check(ck);
  measures_check(ck);
  where_check(ck);
  checkpoints_check(ck);
  variants_check(ck);
  phase_sets_check(ck);
  settings_check(ck);
  for (uint32_t i = 0; i < ck->decls.len; i++)
    check_other(ck, ck->decls.data[i]);
  checkpoints_check_times(ck);
  beyond_check(ck);
  phase_sets_check_windows(ck);
  stimuli_repeat(ck);
  check_unused_components(ck);
  check_unused_functions(ck);
  check_needs(ck, file);
  check_unused(ck);
  if (diag_error_count(sink) == 0)
    times_by_ticks(ck);
  return ck->model;
}
