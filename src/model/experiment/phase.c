/* SPDX-License-Identifier: MIT */
/* phase.c - phases: names of windows. Stimuli and decisions name theirs by `as`; others are declared, or written in
 * place, `during 100 s..300 s`. */
#include "model/experiment/experiment.h"
#include "model/experiment/parts.h"
#include "model/names/lookup.h"
#include "model/names/report.h"

static uint32_t add_phase(checker *ck, map *names, const char *name) {
  model_phase phase = {.name = name};
  vec_push(ck->arena, &ck->model->phases, phase);
  map_insert(names, name, ck->model->phases.len - 1);
  return ck->model->phases.len - 1;
}

uint32_t phase_named(checker *ck, ast_name name) {
  uint32_t index;
  if (name.text == NULL)
    return NONE;
  return map_find(ck->phases, name.text, &index) ? index : add_phase(ck, ck->phases, name.text);
}

/* Its name cannot be written as one. The same window is one phase, wherever it is written. */
static uint32_t phase_in_place(checker *ck, const ast_expr *range, const binding *bindings) {
  model_phase_window w = {.at = range->at};
  uint32_t index;
  bool is_good = window_time(ck, range->as.range.low, bindings, "the start of a window", false, &w.start);
  is_good = window_time(ck, range->as.range.high, bindings, "the end of a window", true, &w.stop) && is_good;
  if (!is_good)
    return NONE;
  if (w.stop <= w.start) {
    diag *d = diag_report(ck->sink, DIAG_E0601, range->at, "this window ends at %s ms, and begins at %s ms",
                          number_text(ck, w.stop), number_text(ck, w.start));
    diag_hint(d, "a window is `START..END`, and contains its start and not its end");
    return NONE;
  }
  const char *name = arena_printf(ck->arena, "%s-%sms", number_text(ck, w.start), number_text(ck, w.stop));
  if (map_find(ck->windows, name, &index))
    return index;
  w.phase = add_phase(ck, ck->windows, name);
  vec_push(ck->arena, &ck->model->phase_windows, w);
  return w.phase;
}

uint32_t phase_find(checker *ck, const ast_expr *during, const binding *bindings) {
  uint32_t index;
  if (during == NULL || during->kind == AST_BAD)
    return NONE;
  if (during->kind == AST_RANGE)
    return phase_in_place(ck, during, bindings);
  if (during->kind == AST_NAME && map_find(ck->phases, during->as.name.text, &index))
    return index;
  if (during->kind == AST_NAME) {
    report_unknown_phase(ck, during->at, during->as.name.text);
    return NONE;
  }
  diag *d = diag_report(ck->sink, DIAG_E0602, during->at, "`%s` is no phase", expr_text(ck, during));
  diag_hint(d, "`during` takes the name of a phase or a window, `during 100 s..300 s`");
  return NONE;
}

/* ---- declared ones ---- */

/* A file that declares a phase leaves none of its windows in the files that it extends. */
static void note_home(checker *ck, const ast_decl *d, const binding *bindings) {
  (void)bindings;
  if (d->kind == AST_DECL_PHASE)
    map_replace(ck->phase_homes, d->as.phase.name.text, d->at.file);
}

static void check_phase(checker *ck, const ast_decl *d, const binding *bindings) {
  uint32_t home;
  if (d->kind != AST_DECL_PHASE || !map_find(ck->phase_homes, d->as.phase.name.text, &home) || home != d->at.file)
    return;
  ast_window w = d->as.phase.window;
  model_stimulus s = {.at = d->at};
  if (w.from == NULL && w.duration == NULL && w.every == NULL) {
    diag *e = diag_report(ck->sink, DIAG_E0306, d->at, "when is the phase `%s`?", d->as.phase.name.text);
    diag_hint(e, "add `from TIME`, `for TIME` or both");
    name_silence(ck, d->as.phase.name.text);
    return;
  }
  w.as = d->as.phase.name;
  if (!window_check(ck, &w, bindings, &s))
    return;
  model_phase_window out = {.at = d->at, .phase = s.phase, .start = s.start, .stop = s.stop, .every = s.every};
  vec_push(ck->arena, &ck->model->phase_windows, out);
}

void phases_check(checker *ck) {
  for_each_decl(ck, note_home);
  for_each_decl(ck, check_phase);
}
