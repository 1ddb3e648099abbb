/* SPDX-License-Identifier: MIT */
/* act.c - decisions: when they fall, and the decoders that make them. */
#include "model/experiment/decoder.h"
#include "model/experiment/experiment.h"
#include "model/experiment/parts.h"
#include "model/expr/duration.h"
#include "model/expr/expr.h"
#include "model/names/lookup.h"
#include "model/names/report.h"

/* ---- decoders ---- */

/* That of the last decoder is meant for all that have none of their own. */
static const ast_expr *among_of(const ast_act *act, uint32_t k) {
  const ast_expr *own = act->decoders.data[k].among;
  return own != NULL ? own : act->decoders.data[act->decoders.len - 1].among;
}

/* Of the decoders before it, none may always decide. */
static void check_order(checker *ck, const ast_act *act, const model_act *out) {
  for (uint32_t k = 0; k + 1 < out->decoders.len; k++)
    if (out->decoders.data[k].kind != NSA_DECODER_FIRST) {
      diag *d = diag_report(ck->sink, DIAG_W0405, act->decoders.data[k + 1].at,
                            "this decoder is never asked: `%s` before it always decides",
                            expr_text(ck, act->decoders.data[k].value));
      diag_hint(d, "leave it out, or put it first");
      return;
    }
  const ast_decoder *last = &act->decoders.data[act->decoders.len - 1];
  if (out->decoders.len == 0 || out->decoders.data[out->decoders.len - 1].kind != NSA_DECODER_FIRST)
    return;
  diag *d = diag_report(ck->sink, DIAG_E0605, last->at,
                        "the last decoder must always decide, and `first` does not where nobody fires");
  const char *name = ck->model->populations.data[out->decoders.data[out->decoders.len - 1].owner].name;
  diag_hint(d, "add `else argmax(%s.v)`, or `else sample(1)` for a draw", name);
}

static bool check_decoders(checker *ck, const ast_act *act, model_act *out) {
  bool is_good = true;
  for (uint32_t k = 0; k < act->decoders.len; k++) {
    model_decoder decoder;
    const char *name = ck->model->environments.data[out->environment].name;
    decoder_place place = {ck, out->environment, arena_printf(ck->arena, "%s/act%u", name, k)};
    if (decoder_check(&place, act->decoders.data[k].value, among_of(act, k), &decoder))
      vec_push(ck->arena, &out->decoders, decoder);
    else
      is_good = false;
  }
  if (is_good)
    check_order(ck, act, out);
  return is_good;
}

/* ---- when ---- */

static bool time_of(checker *ck, const ast_expr *e, const char *what, double *out) {
  expr_env env = env_constant(ck, NULL, "the times of decisions");
  if (!expr_constant(&env, e, dim_ms, what, out))
    return false;
  *out = whole_ticks(ck, e->at, *out, ck->model->base_dt, what, true);
  return true;
}

static void check_times(checker *ck, const ast_act *act, model_act *out) {
  if (act->every == NULL) {
    diag *d = diag_report(ck->sink, DIAG_E0605, act->at, "how often does `%s` get an action?", act->environment.text);
    diag_hint(d, "add `every 100 ms`");
    return;
  }
  if (!time_of(ck, act->every, "the time between decisions", &out->every))
    return;
  out->window = out->every;
  if (act->window == NULL || !time_of(ck, act->window, "the window of a decision", &out->window) ||
      out->window <= out->every)
    return;
  diag_report(ck->sink, DIAG_E0601, act->window->at,
              "a window of %s ms is longer than the %s ms from one decision to the next", number_text(ck, out->window),
              number_text(ck, out->every));
}

/* Its windows are those of a phase, which has no others. */
static uint32_t phase_of(checker *ck, const ast_act *act) {
  uint32_t used;
  model_phase unnamed = {.name = arena_printf(ck->arena, "act %s", act->environment.text)};
  if (act->as.text != NULL && !map_find(ck->phases, act->as.text, &used))
    return phase_named(ck, act->as);
  if (act->as.text != NULL)
    diag_report(ck->sink, DIAG_E0202, act->as.at, "the phase `%s` has the windows of another decision already",
                act->as.text);
  vec_push(ck->arena, &ck->model->phases, unnamed);
  return ck->model->phases.len - 1;
}

static uint32_t find_environment(checker *ck, const ast_name *name) {
  uint32_t environment = environment_find(ck, name->text);
  if (environment != NONE)
    return environment;
  name_list known = {0};
  for (uint32_t i = 0; i < ck->model->environments.len; i++)
    vec_push(ck->arena, &known, ck->model->environments.data[i].name);
  report_unknown(ck, name->at, DIAG_E0201, "the environment", name->text, &known);
  return NONE;
}

static void check_act(checker *ck, const ast_act *act) {
  model_act out = {.at = act->at, .environment = find_environment(ck, &act->environment)};
  if (out.environment == NONE) {
    if (act->as.text != NULL)
      name_silence(ck, act->as.text); /* uses of its phase are no further mistakes */
    return;
  }
  check_times(ck, act, &out);
  out.phase = phase_of(ck, act);
  check_decoders(ck, act, &out);
  vec_push(ck->arena, &ck->model->acts, out); /* after an error, too: its phase is there */
}

static bool is_decided(const checker *ck, const char *environment) {
  for (uint32_t i = 0; i < ck->decls.len; i++)
    if (ck->decls.data[i]->kind == AST_DECL_ACT && ck->decls.data[i]->as.act.environment.text == environment)
      return true;
  return false;
}

void acts_check(checker *ck) {
  for (uint32_t i = 0; i < ck->decls.len; i++)
    if (ck->decls.data[i]->kind == AST_DECL_ACT)
      check_act(ck, &ck->decls.data[i]->as.act);
  for (uint32_t i = 0; i < ck->model->environments.len; i++) {
    const model_environment *e = &ck->model->environments.data[i];
    if (is_decided(ck, e->name) || ck->is_broken) /* the `act` may be what could not be read */
      continue;
    diag *d = diag_report(ck->sink, DIAG_E0605, e->at, "nothing decides what is done in `%s`", e->name);
    diag_hint(d,
              e->shape.action.choices > 0 ? "add `act %s = sample(1) every 100 ms`, which draws an action"
                                          : "add `act %s = ... every 100 ms`",
              e->name);
  }
}

/* ---- variants ---- */

bool act_of_variant(checker *ck, const ast_act *act, model_act *out) {
  uint32_t environment = find_environment(ck, &act->environment);
  const ast_expr *time = act->every != NULL ? act->every : act->window;
  if (time != NULL || act->as.text != NULL) {
    diag *d = diag_report(ck->sink, DIAG_E0605, time != NULL ? time->at : act->as.at,
                          "a variant decides otherwise, but at the same times");
    diag_hint(d, "leave out `every`, `window` and `as`");
    return false;
  }
  for (uint32_t i = 0; i < ck->model->acts.len; i++) {
    if (ck->model->acts.data[i].environment != environment)
      continue;
    *out = ck->model->acts.data[i];
    out->at = act->at;
    memset(&out->decoders, 0, sizeof out->decoders);
    return check_decoders(ck, act, out);
  }
  return false;
}
