/* SPDX-License-Identifier: MIT */
/* decoder.c - what a decision is made of: `first`, `argmax`, `sample`, `softmax`. */
#include "model/experiment/decoder.h"
#include "model/experiment/parts.h"
#include "model/expr/expr.h"
#include "model/expr/select.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "model/operations.h"
#include "nsa_words.h"

static const nsa_environment_action *action_of(const decoder_place *p) {
  return &p->ck->model->environments.data[p->environment].shape.action;
}

static const char *name_of(const decoder_place *p) { return p->ck->model->environments.data[p->environment].name; }

static bool wrong(const decoder_place *p, span at, const char *message, const char *hint) {
  diag *d = diag_report(p->ck->sink, DIAG_E0605, at, "%s", message);
  if (hint != NULL)
    diag_hint(d, "%s", hint);
  return false;
}

static bool has_size(const decoder_place *p, span at, const char *what, uint64_t count, const char *parts) {
  uint32_t choices = action_of(p)->choices;
  if (count == choices)
    return true;
  diag_report(p->ck->sink, DIAG_E0501, at, "`%s` has %llu %s%s, but the action of `%s` has %u choices", what,
              (unsigned long long)count, parts, count == 1 ? "" : "s", name_of(p), choices);
  return false;
}

/* ---- of a population ---- */

static bool find_population(const decoder_place *p, const ast_expr *e, model_decoder *out) {
  checker *ck = p->ck;
  const char *owner = owner_of(ck, e);
  out->owner = owner != NULL ? population_find(ck, owner) : NONE;
  if (out->owner != NONE && e->kind == AST_INDEX)
    return wrong(p, e->at, "a decoder looks at all elements of a population, not at some of them",
                 "make a population with one element for each choice");
  if (out->owner != NONE) {
    const model_population *q = &ck->model->populations.data[out->owner];
    return has_size(p, e->at, q->name, (uint64_t)q->rows * q->cols, "element");
  }
  const ast_expr *member = e->kind == AST_INDEX ? e->as.index.object : e;
  if (member->kind == AST_MEMBER && member->as.member.object->kind == AST_NAME && owner == NULL) {
    name_list known = {0};
    for (uint32_t i = 0; i < ck->model->populations.len; i++)
      vec_push(ck->arena, &known, ck->model->populations.data[i].name);
    report_unknown(ck, member->as.member.object->at, DIAG_E0201, "the population",
                   member->as.member.object->as.name.text, &known);
    return false;
  }
  if (e->kind == AST_BAD)
    return false;
  if (e->kind == AST_NAME && population_find(ck, e->as.name.text) != NONE)
    return wrong(
        p, e->at,
        arena_printf(ck->arena, "`%s` is a population: say which value of its elements decides", e->as.name.text),
        arena_printf(ck->arena, "write `%s.NAME` or `count(%s.spike)`", e->as.name.text, e->as.name.text));
  return wrong(p, e->at,
               arena_printf(ck->arena,
                            "`%s` is about no population: a decoder looks at its elements, one for each choice",
                            expr_text(ck, e)),
               "write `POPULATION.NAME` or `count(POPULATION.spike)`");
}

static expr_env scores_scope(const decoder_place *p, const model_decoder *d) {
  const model_population *q = &p->ck->model->populations.data[d->owner];
  expr_env env = env_constant(p->ck, NULL, "a decision");
  env.side[SIDE_SELF] = (expr_side){.component = &p->ck->model->components.data[q->component],
                                    .usage = p->ck->infos.data[q->component].usage,
                                    .population = q};
  env.self_name = q->name;
  env.allow = ALLOW_STATE | ALLOW_TIME | ALLOW_DT | ALLOW_PLACE | ALLOW_CHANNEL | ALLOW_WINDOW_COUNT;
  return env;
}

/* e is what stands in the brackets, and is about a population. */
static bool check_scores(const decoder_place *p, const ast_expr *e, model_expr **scores, model_decoder *out) {
  if (event_named(p->ck, e))
    return wrong(
        p, e->at, arena_printf(p->ck->arena, "`%s` is an event, not a number", expr_text(p->ck, e)),
        arena_printf(p->ck->arena, "write `count(%s)`: how often it happened in the window", expr_text(p->ck, e)));
  expr_env env = scores_scope(p, out);
  *scores = out->kind == NSA_DECODER_SOFTMAX ? expr_of_unit(&env, e, dim_none(), "what is exponentiated by `softmax`")
                                             : expr_number(&env, e, NULL);
  return *scores != NULL && entries_check(p->ck, out->owner, *scores, NULL);
}

/* ---- first ---- */

static bool check_first(const decoder_place *p, const ast_expr *e, model_decoder *out) {
  checker *ck = p->ck;
  const ast_arg_list *args = &e->as.call.args;
  if (args->len < 1 || args->len > 2)
    return wrong(p, e->at, "`first` takes an event and what decides between elements that fire together",
                 "first(POPULATION.spike, POPULATION.v)");
  const ast_expr *event = args->data[0].value;
  if (!find_population(p, event, out))
    return false;
  const model_population *q = &ck->model->populations.data[out->owner];
  const model_component *c = &ck->model->components.data[q->component];
  bool is_member = event->kind == AST_MEMBER;
  out->event = is_member ? component_find_event(c, intern_cstr(ck->names, event->as.member.name.text)) : NONE;
  if (out->event == NONE)
    return wrong(p, event->at,
                 arena_printf(ck->arena, "`first` needs an event, and `%s` is none", expr_text(ck, event)),
                 arena_printf(ck->arena, "write `first(%s.spike)`", q->name));
  if (args->len == 1)
    return true;
  const char *owner = owner_of(ck, args->data[1].value);
  if (owner != NULL && population_find(ck, owner) != out->owner)
    return wrong(p, args->data[1].value->at,
                 arena_printf(ck->arena, "this is not about `%s`, whose elements fire", q->name), NULL);
  return check_scores(p, args->data[1].value, &out->tie, out);
}

/* ---- argmax, sample, softmax ---- */

/* `sample(1)` */
static bool check_alike(const decoder_place *p, const ast_expr *e, bool *is_alike, model_decoder *out) {
  expr_env env = env_constant(p->ck, NULL, "a decision");
  double weight;
  *is_alike = false;
  if (e->kind != AST_NUMBER && !expr_is_plain_literal(e))
    return true;
  *is_alike = true;
  if (!expr_constant(&env, e, dim_none(), "a weight", &weight))
    return false;
  if (out->kind != NSA_DECODER_SAMPLE)
    return wrong(p, e->at,
                 arena_printf(p->ck->arena, "`%s` of one number for all choices tells them not apart",
                              nsa_word_of_decoder_kind(out->kind)),
                 "write `sample(1)` for a draw among all alike");
  if (weight > 0)
    return true;
  return wrong(p, e->at, "a weight is above zero", "write `sample(1)` for a draw among all alike");
}

static bool check_channel_scores(const decoder_place *p, const ast_expr *e, model_decoder *out) {
  checker *ck = p->ck;
  expr_env env = env_constant(ck, NULL, "a decision");
  out->is_of_channel = true;
  if (!channel_named(&env, e, &out->owner))
    return false;
  const model_channel *c = &ck->model->channels.data[out->owner];
  if (out->kind == NSA_DECODER_SOFTMAX && !dim_is_none(c->unit)) {
    report_units(ck, e, c->unit, dim_none(), "what is exponentiated by `softmax`", SPAN_NONE);
    return false;
  }
  return has_size(p, e->at, expr_text(ck, e), c->count, "number");
}

static bool check_scored(const decoder_place *p, const ast_expr *e, model_decoder *out) {
  bool is_alike;
  if (e->as.call.args.len != 1) {
    diag_report(p->ck->sink, DIAG_E0305, e->as.call.function.at, "`%s` takes 1 argument, not %u",
                e->as.call.function.text, e->as.call.args.len);
    return false;
  }
  const ast_expr *scores = e->as.call.args.data[0].value;
  if (!check_alike(p, scores, &is_alike, out) || is_alike)
    return is_alike && out->kind == NSA_DECODER_SAMPLE;
  if (environment_of(p->ck, scores) != NONE)
    return check_channel_scores(p, scores, out);
  return find_population(p, scores, out) && check_scores(p, scores, &out->scores, out);
}

/* ---- among ---- */

static bool check_among(const decoder_place *p, const ast_expr *e, model_decoder *out) {
  checker *ck = p->ck;
  if (e == NULL)
    return true;
  if (action_of(p)->choices == 0)
    return wrong(p, e->at, arena_printf(ck->arena, "`%s` takes numbers: there are no choices to leave out", name_of(p)),
                 NULL);
  uint32_t environment = environment_of(ck, e);
  if (environment != p->environment) {
    if (e->kind != AST_BAD)
      wrong(p, e->at,
            arena_printf(ck->arena, "`among` names a channel of `%s`, not `%s`", name_of(p), expr_text(ck, e)),
            arena_printf(ck->arena, "write `among %s.CHANNEL`", name_of(p)));
    return false;
  }
  expr_env env = env_constant(ck, NULL, "a decision");
  if (!channel_named(&env, e, &out->among))
    return false;
  return has_size(p, e->at, expr_text(ck, e), ck->model->channels.data[out->among].count, "number");
}

/* ---- all of them ---- */

static bool find_kind(const ast_expr *e, nsa_decoder_kind *kind) {
  for (uint32_t k = 0; e->kind == AST_CALL && k < NSA_DECODER_VECTOR; k++)
    if (strcmp(nsa_word_of_decoder_kind(k), e->as.call.function.text) == 0) {
      *kind = (nsa_decoder_kind)k;
      return true;
    }
  return false;
}

static bool check_choice(const decoder_place *p, const ast_expr *e, bool is_known, model_decoder *out) {
  if (!is_known)
    return e->kind != AST_BAD &&
           wrong(
               p, e->at,
               arena_printf(p->ck->arena, "`%s` decides nothing: the action of `%s` is one of %u choices",
                            expr_text(p->ck, e), name_of(p), action_of(p)->choices),
               "`first(POPULATION.spike, POPULATION.v)`, `argmax(count(POPULATION.spike))`, `sample(1)`, `softmax(...)`");
  return out->kind == NSA_DECODER_FIRST ? check_first(p, e, out) : check_scored(p, e, out);
}

bool decoder_check(const decoder_place *p, const ast_expr *e, const ast_expr *among, model_decoder *out) {
  *out = (model_decoder){.at = e->at, .owner = NONE, .event = NONE, .among = NONE, .key = p->key};
  bool is_known = find_kind(e, &out->kind), is_good;
  if (action_of(p)->choices > 0) {
    is_good = check_choice(p, e, is_known, out);
  } else if (is_known) {
    is_good = wrong(p, e->at,
                    arena_printf(p->ck->arena, "`%s` makes a choice, but the action of `%s` is %u number%s",
                                 e->as.call.function.text, name_of(p), action_of(p)->length,
                                 action_of(p)->length == 1 ? "" : "s"),
                    "write what each number is: `mean(POPULATION.v[0..9]) - mean(POPULATION.v[10..19])`");
  } else {
    out->kind = NSA_DECODER_VECTOR;
    is_good = vector_check(p, e, out);
  }
  return check_among(p, among, out) && is_good;
}
