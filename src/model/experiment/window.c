/* SPDX-License-Identifier: MIT */
/* window.c - windows: when stimuli are on, and presentations that repeat. */
#include "model/experiment/experiment.h"
#include "model/experiment/parts.h"
#include "model/expr/duration.h"
#include "model/expr/expr.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "nsa_ticks.h"
#include "support/limits.h"

#include <math.h>
#include <stdlib.h>

/* ---- windows ---- */

bool window_time(checker *ck, const ast_expr *e, const binding *bindings, const char *what, bool needs_tick,
                 double *out) {
  expr_env env = env_constant(ck, bindings, "a window");
  if (e == NULL)
    return true;
  if (!expr_constant(&env, e, dim_ms, what, out))
    return false;
  *out = whole_ticks(ck, e->at, *out, ck->model->base_dt, what, needs_tick);
  return true;
}

/* The windows of a phase are used as they are; it may come later in the file. */
static bool check_during(checker *ck, const ast_window *w, const binding *bindings, model_stimulus *s) {
  const ast_expr *other = w->from != NULL ? w->from : w->duration != NULL ? w->duration : w->every;
  s->stop = INFINITY;
  s->during = w->during->kind == AST_NAME ? phase_named(ck, (ast_name){w->during->as.name.text, w->during->at})
                                          : phase_find(ck, w->during, bindings);
  s->during_at = w->during->at;
  if (other == NULL && w->as.text == NULL)
    return s->during != NONE;
  diag *d = diag_report(ck->sink, DIAG_E0602, other != NULL ? other->at : w->as.at,
                        "a stimulus during `%s` has the windows and the name of that phase", expr_text(ck, w->during));
  diag_hint(d, "leave out either `during` or `from`, `for`, `every` and `as`");
  return false;
}

static bool check_period(checker *ck, const ast_window *w, double duration, double every) {
  if (w->every == NULL)
    return true;
  if (w->duration == NULL) {
    diag *d = diag_report(ck->sink, DIAG_E0306, w->every->at, "how long is a window that comes again every %s ms?",
                          number_text(ck, every));
    diag_hint(d, "add `for TIME`");
  } else if (duration > every) {
    diag_report(ck->sink, DIAG_E0601, w->every->at,
                "a window of %s ms is longer than the %s ms from its start to the next", number_text(ck, duration),
                number_text(ck, every));
  }
  return w->duration != NULL && duration <= every;
}

/* Windows of decisions come by themselves, and no others with them. */
static bool is_free_of_decisions(checker *ck, const ast_name *name, uint32_t phase) {
  for (uint32_t i = 0; phase != NONE && i < ck->model->acts.len; i++) {
    if (ck->model->acts.data[i].phase != phase)
      continue;
    diag *d =
        diag_report(ck->sink, DIAG_E0202, name->at, "the phase `%s` has the windows of a decision already", name->text);
    diag_note(d, ck->model->acts.data[i].at, "it is declared here");
    diag_hint(d, "write `during %s` for these windows", name->text);
    return false;
  }
  return true;
}

bool window_check(checker *ck, const ast_window *w, const binding *bindings, model_stimulus *s) {
  double duration = INFINITY;
  s->during = s->phase = NONE;
  if (w->during != NULL)
    return check_during(ck, w, bindings, s);
  bool is_good = window_time(ck, w->from, bindings, "the start of a window", false, &s->start);
  is_good = window_time(ck, w->duration, bindings, "the length of a window", true, &duration) && is_good;
  is_good = window_time(ck, w->every, bindings, "the time between windows", true, &s->every) && is_good &&
            check_period(ck, w, duration, s->every);
  s->stop = s->start + duration;
  s->phase = phase_named(ck, w->as);
  return is_free_of_decisions(ck, &w->as, s->phase) && is_good;
}

/* ---- the windows of a phase ---- */

typedef struct {
  double start, stop; /* ms */
} window;
typedef VEC(window) window_list;

/* A window that may come again. */
typedef struct {
  span at;
  double start, stop, every; /* ms; every 0: it does not */
} window_series;
typedef VEC(window_series) series_list;

static window_series series_of(const model_stimulus *s) { return (window_series){s->at, s->start, s->stop, s->every}; }

/* Those of stimuli, those that it has without one, those of decisions. */
static series_list series_of_phase(checker *ck, uint32_t phase) {
  const model *m = ck->model;
  series_list out = {0};
  for (uint32_t i = 0; i < m->stimuli.len; i++)
    if (m->stimuli.data[i].phase == phase && m->stimuli.data[i].during == NONE)
      vec_push(ck->arena, &out, series_of(&m->stimuli.data[i]));
  for (uint32_t i = 0; i < m->phase_windows.len; i++) {
    const model_phase_window *w = &m->phase_windows.data[i];
    if (w->phase == phase)
      vec_push(ck->arena, &out, ((window_series){w->at, w->start, w->stop, w->every}));
  }
  for (uint32_t i = 0; i < m->acts.len; i++) {
    const model_act *act = &m->acts.data[i];
    if (act->phase == phase)
      vec_push(ck->arena, &out, ((window_series){act->at, 0, act->window, act->every}));
  }
  return out;
}

/* Each window until the end of the run. */
static bool add_windows(checker *ck, const window_series *s, window_list *out) {
  double length = s->stop - s->start;
  window w = {s->start, s->stop};
  for (double k = 1; w.start < ck->model->duration; k++) {
    if (out->len == LIMIT_ROUNDS) {
      diag_report(ck->sink, DIAG_E0901, s->at, "more than %u windows", LIMIT_ROUNDS);
      return false;
    }
    vec_push(ck->arena, out, w);
    if (s->every <= 0)
      break;
    w.start = s->start + k * s->every;
    w.stop = w.start + length;
  }
  return true;
}

static int by_start(const void *a, const void *b) {
  const window *x = a, *y = b;
  return (x->start > y->start) - (x->start < y->start);
}

/* Windows that overlap are one. */
static void merge_windows(window_list *list) {
  uint32_t kept = 0;
  if (list->len > 0)
    qsort(list->data, list->len, sizeof *list->data, by_start);
  for (uint32_t i = 0; i < list->len; i++) {
    window *before = kept > 0 ? &list->data[kept - 1] : NULL;
    if (before == NULL || list->data[i].start >= before->stop)
      list->data[kept++] = list->data[i];
    else if (list->data[i].stop > before->stop)
      before->stop = list->data[i].stop;
  }
  list->len = kept;
}

static bool windows_of_phase(checker *ck, uint32_t phase, window_list *out) {
  series_list series = series_of_phase(ck, phase);
  for (uint32_t i = 0; i < series.len; i++)
    if (!add_windows(ck, &series.data[i], out))
      return false;
  merge_windows(out);
  return true;
}

bool windows_overlap(checker *ck, uint32_t phase, uint32_t other, double *at) {
  window_list a = {0}, b = {0};
  if (!windows_of_phase(ck, phase, &a) || !windows_of_phase(ck, other, &b))
    return false;
  for (uint32_t i = 0, k = 0; i < a.len && k < b.len;) {
    *at = fmax(a.data[i].start, b.data[k].start);
    if (*at < a.data[i].stop && *at < b.data[k].stop)
      return true;
    if (a.data[i].stop < b.data[k].stop)
      i++;
    else
      k++;
  }
  return false;
}

bool time_within_step(double time, double dt) {
  return isfinite(time) && fabs(time / dt - nsa_nearest_tick(time, dt)) > 1e-6;
}

bool window_within_step(checker *ck, uint32_t phase, double dt, double *at) {
  series_list series = series_of_phase(ck, phase);
  for (uint32_t i = 0; i < series.len; i++) {
    const window_series *s = &series.data[i];
    const double edges[] = {s->start, s->stop, s->start + s->every};
    for (int k = 0; k < 3; k++)
      if (edges[k] < ck->model->duration && time_within_step(edges[k], dt)) {
        *at = edges[k];
        return true;
      }
  }
  return false;
}

/* ---- presentations that repeat ---- */

static void report_no_windows(checker *ck, const model_stimulus *s) {
  report_unknown_phase(ck, s->during_at, ck->model->phases.data[s->during].name);
}

static bool repeat_presentation(checker *ck, const model_stimulus *s, window_list *windows) {
  window_series own = series_of(s);
  return s->during == NONE ? add_windows(ck, &own, windows) : windows_of_phase(ck, s->during, windows);
}

void stimuli_repeat(checker *ck) {
  model *m = ck->model;
  for (uint32_t i = 0; i < m->stimuli.len; i++) {
    const model_stimulus *s = &m->stimuli.data[i];
    if (s->during != NONE && series_of_phase(ck, s->during).len == 0)
      report_no_windows(ck, s);
  }
  if (diag_error_count(ck->sink) > 0)
    return;
  VEC(model_stimulus) all = {0};
  uint32_t repeated = 0;
  for (uint32_t i = 0; i < m->stimuli.len; i++) {
    model_stimulus s = m->stimuli.data[i];
    window_list windows = {0};
    if (!s.is_present || (s.every <= 0 && s.during == NONE)) {
      vec_push(ck->arena, &all, s);
      continue;
    }
    if (!repeat_presentation(ck, &s, &windows))
      return;
    repeated += windows.len;
    if (repeated > LIMIT_ROUNDS) {
      diag_report(ck->sink, DIAG_E0901, s.at, "presentations repeat more than %u times in all", LIMIT_ROUNDS);
      return;
    }
    s.every = 0;
    s.during = NONE;
    for (uint32_t k = 0; k < windows.len; k++) {
      s.start = windows.data[k].start;
      s.stop = windows.data[k].stop;
      vec_push(ck->arena, &all, s);
    }
  }
  m->stimuli.data = all.data;
  m->stimuli.len = all.len;
  m->stimuli.cap = all.cap;
}
