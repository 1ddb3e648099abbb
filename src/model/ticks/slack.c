/* SPDX-License-Identifier: MIT */
/* slack.c - by how much a value changes when the times in it change by a millionth of a step. */
#include "model/expr/make.h"
#include "model/ticks/times.h"
#include "model/walk.h"
#include "support/limits.h"

#include <math.h>

/* Expressions near the limits of size get no slack: with it they would go beyond. */
enum { MOST_DEPTH = LIMIT_EXPR_DEPTH / 4, MOST_WEIGHT = LIMIT_EXPR_NODES / 100 };

double times_slack(const model *m, const model_component *c) {
  return TIMES_SLACK * m->timescales.data[c->timescale].dt;
}

bool is_time(dim unit) { return dim_equal(unit, dim_ms); }

/* ---- making expressions ---- */

static model_expr *number(const time_scope *s, double value, const model_expr *like) {
  return expr_literal(s->ck, value, like->unit, like->at);
}

static model_expr *call(const time_scope *s, model_builtin fn, model_expr *a, model_expr *b) {
  model_expr *e = expr_new(s->ck, MX_CALL, a->unit, a->at);
  e->fn = fn;
  e->args[0] = a;
  e->args[1] = b;
  e->weight += a->weight + (b != NULL ? b->weight : 0);
  return e;
}

static model_expr *size_of(const time_scope *s, model_expr *e) {
  return e->kind == MX_NUMBER ? number(s, fabs(e->number), e) : call(s, BUILTIN_abs, e, NULL);
}

static model_expr *product(const time_scope *s, model_expr_kind kind, model_expr *a, model_expr *b) {
  model_expr *e = expr_binary(s->ck, kind, a, b, a->at);
  if (e == NULL || a->kind != MX_NUMBER || b->kind != MX_NUMBER)
    return e;
  return number(s, kind == MX_MUL ? a->number * b->number : a->number / b->number, e);
}

model_expr *slack_most(const time_scope *s, model_expr *a, model_expr *b) {
  if (a == NULL || b == NULL || a == b)
    return a != NULL ? a : b;
  if (a->kind == MX_NUMBER && b->kind == MX_NUMBER)
    return a->number >= b->number ? a : b;
  return call(s, BUILTIN_max, a, b);
}

/* ---- what a value is made of ---- */

static const model_component *component_of_side(const time_scope *s, model_side side) {
  const model_component *c = s->component;
  if (c == NULL || side == SIDE_SELF)
    return c;
  const uint32_t partners[] = {
      [SIDE_PRE] = c->pre_component, [SIDE_POST] = c->post_component, [SIDE_ASTRO] = c->astro_component};
  return partners[side] < s->ck->model->components.len ? &s->ck->model->components.data[partners[side]] : NULL;
}

/* What is known of a let, or of a let of a block; NULL: it is none. */
static named_time *named_by(const time_scope *s, const model_expr *e) {
  if (e->kind != MX_REF || (e->ref.kind != REF_LOCAL && e->ref.kind != REF_LET))
    return NULL;
  if (e->ref.kind == REF_LOCAL)
    return s->locals != NULL && s->locals[e->ref.item].value != NULL ? &s->locals[e->ref.item] : NULL;
  const model_component *c = component_of_side(s, e->ref.side);
  return c != NULL ? &s->times[c - s->ck->model->components.data].lets[e->ref.item] : NULL;
}

/* Where its value stands. */
static time_scope scope_of_named(const time_scope *s, const model_expr *e) {
  time_scope inner = *s;
  inner.component = component_of_side(s, e->ref.side);
  if (e->ref.side != SIDE_SELF) {
    inner.locals = NULL;
    inner.h = times_slack(s->ck->model, inner.component);
  }
  return inner;
}

static model_expr *kept_by(const time_scope *s, const model_expr *e) {
  const model_component *c = e->kind == MX_REF && e->ref.kind == REF_STATE ? component_of_side(s, e->ref.side) : NULL;
  return c != NULL ? s->times[c - s->ck->model->components.data].kept[e->ref.item] : NULL;
}

/* Whole numbers do not change with what they are made of. */
static bool is_stepwise(const model_expr *e) {
  return e->is_bool ||
         (e->kind == MX_CALL && (e->fn == BUILTIN_floor || e->fn == BUILTIN_ceil || e->fn == BUILTIN_round ||
                                 e->fn == BUILTIN_sign || e->fn == BUILTIN_step));
}

static bool is_moving_time(const model_expr *e) {
  return e->ref.kind == REF_TIME ||
         ((e->ref.kind == REF_STATE || e->ref.kind == REF_INPUT || e->ref.kind == REF_LOCAL) && is_time(e->unit));
}

typedef bool question(const time_scope *s, const model_expr *e);

static bool ask(const time_scope *s, const model_expr *e, question *about, time_answer *known,
                const model_expr *value) {
  if (*known == ANSWER_UNKNOWN) {
    time_scope inner = scope_of_named(s, e);
    *known = about(&inner, value) ? ANSWER_YES : ANSWER_NO;
  }
  return *known == ANSWER_YES;
}

/* The walks' context is a `const time_scope *`. Lets are asked in the scope where their value stands, once. */
static const time_scope *scope_of_walk(void *context) { return *(const time_scope *const *)context; }

static walk_step find_time(void *context, const model_expr *e) {
  const time_scope *s = scope_of_walk(context);
  if (e->kind == MX_RANDOM || is_stepwise(e))
    return WALK_PAST;
  if (e->kind == MX_REF && (is_moving_time(e) || kept_by(s, e) != NULL))
    return WALK_STOP;
  named_time *named = named_by(s, e);
  return named != NULL && ask(s, e, follows_time, &named->follows, named->value) ? WALK_STOP : WALK_ON;
}

bool follows_time(const time_scope *s, const model_expr *e) {
  return walk_expr(&(walker){.expr = find_time, .context = &s}, e);
}

static walk_step find_draw(void *context, const model_expr *e) {
  const time_scope *s = scope_of_walk(context);
  named_time *named = named_by(s, e);
  bool is_of_name = named != NULL && ask(s, e, is_drawn, &named->drawn, named->value);
  return is_of_name || e->kind == MX_RANDOM ? WALK_STOP : WALK_ON;
}

bool is_drawn(const time_scope *s, const model_expr *e) {
  return walk_expr(&(walker){.expr = find_draw, .context = &s}, e);
}

static walk_step find_unsettled(void *context, const model_expr *e) {
  const time_scope *s = scope_of_walk(context);
  named_time *named = named_by(s, e);
  bool is_so = e->kind != MX_RANDOM;
  if (named != NULL)
    is_so = ask(s, e, is_settled, &named->settled, named->value);
  else if (e->kind == MX_REF)
    is_so = e->ref.kind == REF_PARAM || (e->ref.kind >= REF_DT && e->ref.kind <= REF_DISTANCE);
  return is_so ? WALK_ON : WALK_STOP;
}

bool is_settled(const time_scope *s, const model_expr *e) {
  return !walk_expr(&(walker){.expr = find_unsettled, .context = &s}, e);
}

static walk_step mark_part(void *context, const model_expr *e) {
  const time_scope *s = scope_of_walk(context);
  named_time *named = named_by(s, e);
  model_component *c = (model_component *)(uintptr_t)(e->kind == MX_REF ? component_of_side(s, e->ref.side) : NULL);
  if (named != NULL && named->marked == ANSWER_UNKNOWN) {
    time_scope inner = scope_of_named(s, e);
    named->marked = ANSWER_YES;
    mark_by_ticks(&inner, named->value);
  }
  if (c != NULL && e->ref.kind == REF_PARAM)
    c->params.data[e->ref.item].goes_by_ticks = true;
  if (c != NULL && e->ref.kind == REF_STATE)
    c->states.data[e->ref.item].goes_by_ticks = true;
  return WALK_ON;
}

void mark_by_ticks(const time_scope *s, const model_expr *e) {
  walk_expr(&(walker){.expr = mark_part, .context = &s}, e);
}

/* ---- slack ---- */

static model_expr *own_of_side(void *context, model_expr *copy) {
  if (copy->ref.side == SIDE_SELF)
    copy->ref.side = *(const model_side *)context;
  return copy;
}

/* An expression of an end's component, as the link names it. */
static model_expr *seen_from(const time_scope *s, model_side side, model_expr *e) {
  return side == SIDE_SELF || e == NULL ? e : expr_replace(s->ck->arena, e, own_of_side, &side);
}

/* Of a product or quotient in one of its factors. */
static model_expr *slack_of_factor(const time_scope *s, const model_expr *e, int k) {
  model_expr *other = size_of(s, e->args[1 - k]), *slack = slack_of(s, e->args[k]);
  if (slack == NULL)
    return NULL;
  if (e->kind == MX_MUL || k == 0)
    return product(s, e->kind, slack, other);
  model_expr *own = size_of(s, e->args[k]);
  return product(s, MX_DIV, product(s, MX_MUL, product(s, MX_DIV, slack, own), other), own);
}

/* Where one factor moves with the time, a constant beside it has no slack. A divisor counts only when it moves. */
static model_expr *slack_of_product(const time_scope *s, const model_expr *e) {
  bool moves[2] = {follows_time(s, e->args[0]), follows_time(s, e->args[1])};
  bool any = moves[0] || moves[1];
  model_expr *sum = NULL;
  for (int k = 0; k < 2; k++) {
    bool counts = any ? moves[k] : e->kind == MX_MUL || k == 0;
    model_expr *slack = counts ? slack_of_factor(s, e, k) : NULL;
    sum = sum == NULL || slack == NULL ? (sum != NULL ? sum : slack) : expr_binary(s->ck, MX_ADD, sum, slack, e->at);
  }
  return sum;
}

/* |f(x + slack) - f(x)|, for any function. */
static model_expr *slack_of_function(const time_scope *s, const model_expr *e) {
  bool any = follows_time(s, e), is_shifted = false;
  model_expr *shifted = ARENA_NEW(s->ck->arena, model_expr), *plain = ARENA_NEW(s->ck->arena, model_expr);
  *shifted = *plain = *e;
  shifted->weight = 1;
  for (int k = 0; k < 3 && e->args[k] != NULL; k++) {
    model_expr *x = e->args[k];
    model_expr *slack = !any || follows_time(s, e->args[k]) ? slack_of(s, e->args[k]) : NULL;
    shifted->args[k] = slack != NULL ? expr_binary(s->ck, MX_ADD, x, slack, e->at) : x;
    shifted->weight += shifted->args[k]->weight;
    is_shifted = is_shifted || slack != NULL;
  }
  return is_shifted ? size_of(s, expr_binary(s->ck, MX_SUB, shifted, plain, e->at)) : NULL;
}

/* Of a choice, of what is chosen. */
static model_expr *slack_of_select(const time_scope *s, const model_expr *e) {
  model_expr *yes = slack_of(s, e->args[1]), *no = slack_of(s, e->args[2]);
  if (yes == NULL && no == NULL)
    return NULL;
  model_expr *none = expr_literal(s->ck, 0, e->unit, e->at);
  return expr_select(s->ck, e->args[0], yes != NULL ? yes : none, no != NULL ? no : none, e->at);
}

static model_expr *slack_of_args(const time_scope *s, const model_expr *e) {
  model_expr *most = NULL;
  for (int k = 0; k < 3 && e->args[k] != NULL; k++)
    most = slack_most(s, most, slack_of(s, e->args[k]));
  return most;
}

static model_expr *slack_of_ref(const time_scope *s, const model_expr *e) {
  named_time *named = named_by(s, e);
  if (named == NULL)
    return seen_from(s, e->ref.side, kept_by(s, e));
  if (named->slacked == ANSWER_UNKNOWN) {
    time_scope inner = scope_of_named(s, e);
    named->slacked = ANSWER_YES;
    named->slack = slack_of(&inner, named->value);
  }
  return seen_from(s, e->ref.side, named->slack);
}

static model_expr *slack_of_kind(const time_scope *s, const model_expr *e) {
  switch (e->kind) {
  case MX_REF:
    return slack_of_ref(s, e);
  case MX_MUL:
  case MX_DIV:
    return slack_of_product(s, e);
  case MX_SELECT:
    return slack_of_select(s, e);
  case MX_POW:
    return slack_of_function(s, e);
  case MX_CALL:
    if (e->fn != BUILTIN_abs && e->fn != BUILTIN_min && e->fn != BUILTIN_max && e->fn != BUILTIN_clip)
      return slack_of_function(s, e);
    return slack_of_args(s, e);
  default:
    return slack_of_args(s, e);
  }
}

model_expr *slack_of(const time_scope *s, const model_expr *e) {
  if (e->is_bool || e->depth > MOST_DEPTH || e->weight > MOST_WEIGHT)
    return NULL;
  if (is_time(e->unit))
    return number(s, s->h, e);
  if (is_stepwise(e) || e->kind == MX_NUMBER || e->kind == MX_RANDOM)
    return NULL;
  model_expr *slack = slack_of_kind(s, e);
  return slack != NULL && slack->weight > MOST_WEIGHT ? NULL : slack;
}
