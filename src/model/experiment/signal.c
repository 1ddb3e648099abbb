/* SPDX-License-Identifier: MIT */
/* signal.c - signals, and the times at which they are sent. */
#include "model/experiment/experiment.h"
#include "model/expr/duration.h"
#include "model/expr/expr.h"
#include "model/expr/make.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "nsa_words.h"

#include <math.h>

/* ---- times ---- */

static bool time_of(checker *ck, const ast_expr *e, const char *what, bool needs_tick, double *out) {
  expr_env env = env_constant(ck, NULL, "the time of a signal");
  if (e == NULL)
    return true;
  if (!expr_constant(&env, e, dim_ms, what, out))
    return false;
  *out = whole_ticks(ck, e->at, *out, ck->model->base_dt, what, needs_tick);
  return true;
}

static bool check_times(checker *ck, const ast_window *w, model_signal_times *times) {
  double duration = INFINITY;
  bool is_good = time_of(ck, w->from, "the start of a signal", false, &times->start);
  is_good = time_of(ck, w->duration, "the length of a window", true, &duration) && is_good;
  is_good = time_of(ck, w->every, "the period of a signal", true, &times->every) && is_good;
  times->stop = times->start + duration;
  return is_good;
}

/* ---- moments of an environment ---- */

static bool find_moment(checker *ck, const ast_name *name, nsa_moment *out) {
  name_list known = {0};
  for (uint32_t k = 0; k < nsa_moment_count; k++) {
    vec_push(ck->arena, &known, nsa_word_of_moment(k));
    if (strcmp(nsa_word_of_moment(k), name->text) == 0) {
      *out = (nsa_moment)k;
      return true;
    }
  }
  report_unknown(ck, name->at, DIAG_E0201, "the moment", name->text, &known);
  return false;
}

static void report_no_environment(checker *ck, const ast_expr *e) {
  const ast_expr *of = e->kind == AST_MEMBER ? e->as.member.object : e;
  if (e->kind == AST_BAD || (of->kind == AST_NAME && name_is_silent(ck, of->as.name.text)))
    return;
  diag *d = diag_report(ck->sink, DIAG_E0201, of->at, "`%s` is no environment", expr_text(ck, of));
  diag_hint(d, "a signal is sent `at ENVIRONMENT.action`, `.step`, `.reward`, `.terminated`, `.truncated` or `.reset`");
}

/* `signal reward at maze.reward` */
static void check_moment(checker *ck, const ast_decl *d, model_signal *s) {
  const ast_expr *e = d->as.signal.moment;
  uint32_t environment = environment_of(ck, e);
  if (environment == NONE) {
    report_no_environment(ck, e);
    s->unit = dim_unknown();
    return;
  }
  if (!find_moment(ck, &e->as.member.name, &s->moment))
    return;
  s->environment = environment;
  s->unit = s->moment == NSA_MOMENT_ACTION ? ck->model->environments.data[environment].action_unit : dim_none();
}

/* An environment sends the signal, or the file does. */
static void report_two_senders(checker *ck, const ast_decl *d, const model_signal *s) {
  if (d->as.signal.name.at.start == s->at.start && d->as.signal.name.at.file == s->at.file) {
    diag *own = diag_report(ck->sink, DIAG_E0202, d->at,
                            "the environment says when `%s` is sent, and its value: it has none of its own", s->name);
    diag_hint(own, "leave out all but `at`");
    return;
  }
  diag *e = diag_report(ck->sink, DIAG_E0202, d->at, "`%s` is sent by an environment, and by nothing else", s->name);
  diag_note(e, s->at, "it is declared here");
  diag_hint(e, "give the other signal a name of its own");
}

/* ---- declarations ---- */

/* `signal NAME` alone declares; with a value or a time it is sent. */
static bool is_sent(const ast_decl *d) {
  const ast_window *w = &d->as.signal.window;
  return d->as.signal.value != NULL || w->from != NULL || w->duration != NULL || w->every != NULL;
}

static model_signal *signal_of(checker *ck, const ast_decl *d) {
  const ast_name *name = &d->as.signal.name;
  uint32_t index = signal_find(ck, name->text);
  if (index == NONE) {
    model_signal s = {.name = name->text, .at = name->at, .unit = dim_none(), .environment = NONE};
    index = ck->model->signals.len;
    map_insert(ck->signals, name->text, index);
    vec_push(ck->arena, &ck->model->signals, s);
  }
  return &ck->model->signals.data[index];
}

static bool has_value(const model_signal *s) {
  for (uint32_t i = 0; i < s->schedule.len; i++)
    if (s->schedule.data[i].value != NULL)
      return true;
  return false;
}

/* The first value gives the unit of all. */
static bool check_value(checker *ck, const ast_expr *e, model_signal *s, model_signal_times *times) {
  uint32_t draws = 0;
  expr_env env = env_constant(ck, NULL, "the value of a signal");
  env.allow = ALLOW_TIME | ALLOW_RANDOM;
  env.key_base = times->key;
  env.draws = &draws;
  if (has_value(s) || dim_is_unknown(s->unit)) {
    times->value = dim_is_unknown(s->unit) ? expr_number(&env, e, NULL)
                                           : expr_of_unit(&env, e, s->unit, arena_printf(ck->arena, "`%s`", s->name));
    return times->value != NULL;
  }
  times->value = expr_number(&env, e, NULL);
  s->unit = times->value != NULL ? times->value->unit : dim_unknown();
  return times->value != NULL;
}

static void add_signal(checker *ck, const ast_decl *d) {
  if (d->as.signal.name.text == NULL)
    return;
  model_signal *s = signal_of(ck, d);
  const ast_expr *during = d->as.signal.window.during;
  if (during != NULL)
    refuse(ck, during->at, "signals by `during`", "give the window by `from` and `for`");
  if (d->as.signal.when.value != NULL)
    refuse(ck, d->as.signal.when.at, "signals by `when`",
           "blocks of neurons and astrocytes can send them: `emit NAME`");
  bool is_first = s->at.start == d->as.signal.name.at.start && s->at.file == d->as.signal.name.at.file;
  if (s->environment != NONE || (d->as.signal.moment != NULL && (!is_first || is_sent(d)))) {
    report_two_senders(ck, d, s);
    return;
  }
  if (d->as.signal.moment != NULL)
    check_moment(ck, d, s);
  if (d->as.signal.moment != NULL || !is_sent(d))
    return;
  model_signal_times times = {.at = d->at, .key = arena_printf(ck->arena, "%s/signal%u", s->name, s->schedule.len)};
  bool is_good = check_times(ck, &d->as.signal.window, &times);
  if (d->as.signal.value != NULL)
    is_good = check_value(ck, d->as.signal.value, s, &times) && is_good;
  if (is_good)
    vec_push(ck->arena, &s->schedule, times);
}

static void report_missing_value(checker *ck, const model_signal *s, span at) {
  const char *unit = dim_name(ck->arena, s->unit);
  diag *d =
      diag_report(ck->sink, DIAG_E0302, at, "`%s` is sent with values in %s, but here it has none", s->name, unit);
  diag_hint(d, "write `signal %s = 1 %s ...`", s->name, unit);
}

/* Beside other values, what is sent without one is sent with the plain number 1. */
static void fill_missing_values(checker *ck, const model_signal *s) {
  if (!has_value(s) || dim_is_unknown(s->unit))
    return;
  for (uint32_t i = 0; i < s->schedule.len; i++) {
    model_signal_times *times = &s->schedule.data[i];
    if (times->value == NULL && dim_is_none(s->unit))
      times->value = expr_literal(ck, 1, dim_none(), times->at);
    else if (times->value == NULL)
      report_missing_value(ck, s, times->at);
  }
}

void signals_check(checker *ck) {
  for (uint32_t i = 0; i < ck->decls.len; i++)
    if (ck->decls.data[i]->kind == AST_DECL_SIGNAL)
      add_signal(ck, ck->decls.data[i]);
  for (uint32_t i = 0; i < ck->model->signals.len; i++)
    fill_missing_values(ck, &ck->model->signals.data[i]);
}
