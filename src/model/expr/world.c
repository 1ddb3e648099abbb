/* SPDX-License-Identifier: MIT */
/* world.c - what expressions read of environments and decisions: numbers of channels, events in a window. */
#include "model/expr/expr.h"
#include "model/expr/make.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "model/operations.h"

#include <math.h>

/* ---- channels ---- */

static void refuse_channel(expr_env *env, const ast_expr *e) {
  const char *said = expr_text(env->ck, e);
  diag *d = diag_report(env->ck->sink, DIAG_E0203, e->at, "`%s` cannot be read in %s", said, env->where);
  diag_hint(d, "what an environment shows reaches a population by its inputs: `drive POPULATION.INPUT = %s`", said);
}

static void unknown_channel(checker *ck, const ast_expr *member, uint32_t environment) {
  const ast_name *name = &member->as.member.name;
  const char *owner = ck->model->environments.data[environment].name;
  if (figure_find(ck, environment, name->text) != NONE) {
    diag *d = diag_report(ck->sink, DIAG_E0203, name->at, "`%s` is a figure of each trial of `%s`, not a channel",
                          name->text, owner);
    diag_hint(d, "figures are read in measures and in `run until`: `mean(%s.%s)`", owner, name->text);
    return;
  }
  name_list known = {0};
  channel_names(ck, environment, &known);
  report_unknown(ck, name->at, DIAG_E0201, arena_printf(ck->arena, "in `%s` the channel", owner), name->text, &known);
}

/* The one entry that is named in brackets; NULL where it is none. */
static const ast_expr *only_entry(checker *ck, const ast_expr *index, const model_channel *c, const char *owner) {
  const ast_selector *s = &index->as.index.selectors.data[0];
  if (index->as.index.selectors.len == 1 && s->axis == NULL && s->value->kind != AST_RANGE)
    return s->value;
  diag *d = diag_report(ck->sink, DIAG_E0203, index->at, "one number of a channel is read at a time");
  diag_hint(d, "write `%s.%s[i]` for a number of its own for each element", owner, c->name);
  return NULL;
}

bool channel_named(expr_env *env, const ast_expr *member, uint32_t *channel) {
  uint32_t environment = environment_of(env->ck, member);
  *channel = channel_find(env->ck, environment, member->as.member.name.text);
  if (*channel == NONE)
    unknown_channel(env->ck, member, environment);
  return *channel != NONE;
}

bool channel_entry(expr_env *env, const ast_expr *e, uint32_t *channel, const ast_expr **entry) {
  checker *ck = env->ck;
  *entry = NULL;
  if ((env->allow & ALLOW_CHANNEL) == 0) {
    refuse_channel(env, e);
    return false;
  }
  if (!channel_named(env, e->kind == AST_INDEX ? e->as.index.object : e, channel))
    return false;
  const model_channel *c = &ck->model->channels.data[*channel];
  if (e->kind == AST_INDEX) {
    *entry = only_entry(ck, e, c, ck->model->environments.data[c->environment].name);
    return *entry != NULL;
  }
  if (c->count == 1)
    return true;
  diag *d = diag_report(ck->sink, DIAG_E0203, e->at, "`%s` has %llu numbers, and one is needed here", expr_text(ck, e),
                        (unsigned long long)c->count);
  diag_hint(d, "write `%s[i]`", expr_text(ck, e));
  return false;
}

/* Of entries that are known now. */
static bool is_there(checker *ck, const model_channel *c, const model_expr *entry, span at) {
  double value;
  if (!constant_value(entry, NULL, &value) || (value == floor(value) && value >= 0 && value < (double)c->count))
    return true;
  diag_report(ck->sink, DIAG_E0501, at, "`%s.%s` has %llu number%s, counted from 0: %s is none of them",
              ck->model->environments.data[c->environment].name, c->name, (unsigned long long)c->count,
              c->count == 1 ? "" : "s", number_text(ck, value));
  return false;
}

model_expr *channel_read(checker *ck, uint32_t channel, model_expr *entry, span entry_at, span at) {
  const model_channel *c = &ck->model->channels.data[channel];
  if (entry == NULL || !is_there(ck, c, entry, entry_at))
    return NULL;
  model_expr *out = expr_unary(ck, MX_CHANNEL, entry, at);
  if (out == NULL)
    return NULL;
  out->unit = c->unit;
  out->ref.item = channel;
  return out;
}

/* ---- events in a window ---- */

model_expr *resolve_window_count(expr_env *env, const ast_expr *e) {
  checker *ck = env->ck;
  const ast_expr *of = e->as.call.args.len == 1 ? e->as.call.args.data[0].value : e;
  const model_component *c = env->side[SIDE_SELF].component;
  bool is_own = of->kind == AST_MEMBER && of->as.member.object->kind == AST_NAME &&
                of->as.member.object->as.name.text == env->self_name;
  uint32_t event = is_own ? component_find_event(c, intern_cstr(ck->names, of->as.member.name.text)) : NONE;
  if (event != NONE)
    return expr_ref(ck, REF_WINDOW_COUNT, SIDE_SELF, event, dim_none(), e->at);
  diag *d = diag_report(ck->sink, DIAG_E0605, of->at, "`count` takes an event of `%s` here, not `%s`", env->self_name,
                        expr_text(ck, of));
  diag_hint(d, "write `count(%s.spike)`", env->self_name);
  return NULL;
}
