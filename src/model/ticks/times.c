/* SPDX-License-Identifier: MIT */
/* times.c - where times are compared or cut to whole numbers; see times.h. */
#include "model/ticks/times.h"
#include "model/expr/make.h"
#include "model/walk.h"

/* ---- rewriting one expression ---- */

static model_expr *plus(const time_scope *s, model_expr_kind kind, model_expr *x, model_expr *slack) {
  if (x->kind == MX_NUMBER && slack->kind == MX_NUMBER)
    return expr_literal(s->ck, kind == MX_ADD ? x->number + slack->number : x->number - slack->number, x->unit, x->at);
  return expr_binary(s->ck, kind, x, slack, x->at);
}

/* a < b means a < b - slack, a <= b means a <= b + slack; where a number stands, it takes the slack. */
static void loosen(const time_scope *s, model_expr *e, model_expr *slack) {
  bool is_up = e->kind == MX_LE || e->kind == MX_GT;
  int k = e->args[0]->kind == MX_NUMBER ? 0 : 1;
  e->args[k] = plus(s, is_up == (k == 1) ? MX_ADD : MX_SUB, e->args[k], slack);
}

static model_expr *loosened(const time_scope *s, model_expr_kind kind, const model_expr *e, model_expr *slack) {
  model_expr *one = expr_binary(s->ck, kind, e->args[0], e->args[1], e->at);
  loosen(s, one, slack);
  one->goes_by_ticks = true;
  return one;
}

/* Both a >= b and a <= b; infinite values are equal so, too. */
static void loosen_equality(const time_scope *s, model_expr *e, model_expr *slack) {
  model_expr *both = expr_binary(s->ck, MX_AND, loosened(s, MX_GE, e, slack), loosened(s, MX_LE, e, slack), e->at);
  both->goes_by_ticks = true;
  bool is_equal = e->kind == MX_EQ;
  *e = is_equal ? *both : *expr_unary(s->ck, MX_NOT, both, e->at);
  e->goes_by_ticks = true;
}

static model_expr *slack_of_two(const time_scope *s, const model_expr *a, const model_expr *b) {
  if (a->is_bool || is_drawn(s, a) || (b != NULL && is_drawn(s, b)))
    return NULL;
  bool follows = is_time(a->unit) || follows_time(s, a) || (b != NULL && follows_time(s, b));
  if (!follows && (!is_settled(s, a) || (b != NULL && !is_settled(s, b))))
    return NULL;
  return slack_most(s, slack_of(s, a), b != NULL ? slack_of(s, b) : NULL);
}

static void compare_by_ticks(const time_scope *s, model_expr *e) {
  model_expr *slack = slack_of_two(s, e->args[0], e->args[1]);
  if (slack == NULL)
    return;
  mark_by_ticks(s, e->args[0]);
  mark_by_ticks(s, e->args[1]);
  if (e->kind == MX_EQ || e->kind == MX_NE)
    loosen_equality(s, e, slack);
  else
    loosen(s, e, slack);
}

/* -slack for negative x. */
static model_expr *outward(const time_scope *s, model_expr *x, model_expr *slack) {
  model_expr *zero = expr_literal(s->ck, 0, x->unit, x->at);
  model_expr *is_below = expr_binary(s->ck, MX_LT, x, zero, x->at);
  is_below->goes_by_ticks = true;
  return expr_select(s->ck, is_below, expr_unary(s->ck, MX_NEG, slack, x->at), slack, x->at);
}

/* sign(x): 0 within the slack. */
static void loosen_sign(const time_scope *s, model_expr *e, model_expr *slack) {
  model_expr *sign = ARENA_NEW(s->ck->arena, model_expr), *zero = expr_literal(s->ck, 0, e->args[0]->unit, e->at);
  *sign = *e;
  model_expr equal = {.kind = MX_EQ, .args = {e->args[0], zero}, .at = e->at, .is_bool = true, .weight = 1, .depth = 1};
  model_expr *is_zero = ARENA_NEW(s->ck->arena, model_expr);
  *is_zero = equal;
  loosen_equality(s, is_zero, slack);
  *e = *expr_select(s->ck, is_zero, expr_literal(s->ck, 0, e->unit, e->at), sign, e->at);
  e->goes_by_ticks = true;
}

static void cut_by_ticks(const time_scope *s, model_expr *e) {
  model_expr *x = e->args[0];
  bool is_cut = e->fn == BUILTIN_floor || e->fn == BUILTIN_ceil || e->fn == BUILTIN_round;
  if (!is_cut && e->fn != BUILTIN_step && e->fn != BUILTIN_sign)
    return;
  model_expr *slack = !is_cut ? slack_of_two(s, x, NULL) : is_drawn(s, x) ? NULL : slack_of(s, x);
  if (slack == NULL)
    return;
  mark_by_ticks(s, x);
  if (e->fn == BUILTIN_sign)
    loosen_sign(s, e, slack);
  else if (e->fn == BUILTIN_round)
    e->args[0] = expr_binary(s->ck, MX_ADD, x, outward(s, x, slack), x->at);
  else
    e->args[0] = plus(s, e->fn == BUILTIN_ceil ? MX_SUB : MX_ADD, x, slack);
}

static void rewrite(const time_scope *s, model_expr *e) {
  if (e == NULL || e->goes_by_ticks)
    return;
  e->goes_by_ticks = true;
  for (int k = 0; k < 3; k++)
    rewrite(s, e->args[k]);
  if (e->kind >= MX_LT && e->kind <= MX_NE)
    compare_by_ticks(s, e);
  else if (e->kind == MX_CALL)
    cut_by_ticks(s, e);
}

/* ---- blocks ---- */

static walk_step gather_local(void *context, const model_stmt *st) {
  named_time *locals = context;
  if (st->kind == STMT_LOCAL)
    locals[st->item].value = st->value;
  return WALK_ON;
}

static void gather_locals(const model_block *block, named_time *locals) {
  walk_block(&(walker){.stmt = gather_local, .context = locals}, block);
}

static walk_step rewrite_statement(void *context, const model_stmt *st) {
  const time_scope *s = context;
  rewrite(s, st->value);
  return WALK_ON;
}

static void rewrite_block(time_scope *s, const model_block *block) {
  walk_block(&(walker){.stmt = rewrite_statement, .context = s}, block);
}

static named_time *locals_of(checker *ck, const model_component *c) {
  named_time *locals = ARENA_ARRAY(ck->arena, named_time, c->local_count + 1);
  for (uint32_t k = 0; k < c->blocks.len; k++)
    gather_locals(&c->blocks.data[k].body, locals);
  return locals;
}

/* ---- states that keep the time ---- */

/* Lets of a block are known in it alone. */
static walk_step find_local(void *context, const model_expr *e) {
  (void)context;
  return e->kind == MX_REF && e->ref.kind == REF_LOCAL ? WALK_STOP : WALK_ON;
}

typedef struct {
  const time_scope *s;
  model_expr **kept; /* as in component_times */
  bool is_news;
} time_keeping;

static walk_step keep_time(void *context, const model_stmt *st) {
  time_keeping *k = context;
  bool is_set = st->kind == STMT_SET && st->side == SIDE_SELF && st->target == REF_STATE && k->kept[st->item] == NULL;
  if (!is_set || is_time(st->value->unit) || !follows_time(k->s, st->value))
    return WALK_ON;
  model_expr *slack = slack_of(k->s, st->value);
  k->kept[st->item] = walk_expr(&(walker){.expr = find_local}, slack) ? NULL : slack;
  k->is_news = k->is_news || k->kept[st->item] != NULL;
  return WALK_ON;
}

/* ---- the model ---- */

static void rewrite_overrides(const time_scope *s, const model_override *data, uint32_t count) {
  for (uint32_t k = 0; k < count; k++)
    rewrite(s, data[k].value);
}

static void rewrite_equations(const time_scope *s, const model_component *c) {
  for (uint32_t k = 0; k < c->odes.len; k++) {
    rewrite(s, c->odes.data[k].rate);
    rewrite(s, c->odes.data[k].unless);
    for (uint32_t i = 0; i < c->odes.data[k].noise.len; i++)
      rewrite(s, c->odes.data[k].noise.data[i]);
  }
  for (uint32_t k = 0; k < c->events.len; k++) {
    rewrite(s, c->events.data[k].when);
    rewrite(s, c->events.data[k].also);
    rewrite(s, c->events.data[k].refractory);
  }
  for (uint32_t k = 0; k < c->contributions.len; k++)
    rewrite(s, c->contributions.data[k].value);
}

static void rewrite_component(time_scope *s, const model_component *c) {
  for (uint32_t k = 0; k < c->params.len; k++)
    rewrite(s, c->params.data[k].value);
  for (uint32_t k = 0; k < c->states.len; k++)
    rewrite(s, c->states.data[k].initial);
  for (uint32_t k = 0; k < c->lets.len; k++)
    rewrite(s, c->lets.data[k].value);
  for (uint32_t k = 0; k < c->timers.len; k++)
    rewrite(s, c->timers.data[k].initial);
  for (uint32_t k = 0; k < c->astro_defaults.len; k++)
    rewrite(s, c->astro_defaults.data[k].value);
  rewrite_equations(s, c);
  for (uint32_t k = 0; k < c->blocks.len; k++) {
    rewrite(s, c->blocks.data[k].period);
    rewrite_block(s, &c->blocks.data[k].body);
  }
}

static time_scope scope_of(checker *ck, const model_component *c, const component_times *times) {
  return (time_scope){
      .ck = ck, .component = c, .times = times, .h = times_slack(ck->model, c), .locals = locals_of(ck, c)};
}

static time_scope scope_of_owner(checker *ck, bool is_connection, uint32_t owner, const component_times *times) {
  const model *m = ck->model;
  uint32_t c = is_connection ? m->connections.data[owner].component : m->populations.data[owner].component;
  return scope_of(ck, &m->components.data[c], times);
}

static void rewrite_network(checker *ck, const component_times *times) {
  const model *m = ck->model;
  for (uint32_t k = 0; k < m->populations.len; k++) {
    time_scope s = scope_of_owner(ck, false, k, times);
    rewrite_overrides(&s, m->populations.data[k].overrides.data, m->populations.data[k].overrides.len);
  }
  for (uint32_t k = 0; k < m->connections.len; k++) {
    const model_connection *c = &m->connections.data[k];
    time_scope s = scope_of_owner(ck, true, k, times);
    rewrite(&s, c->rule.probability);
    rewrite(&s, c->rule.condition);
    rewrite(&s, c->partner_rule.condition);
    rewrite(&s, c->partner_probability);
    rewrite(&s, c->delay);
    rewrite(&s, c->delay_back);
    rewrite_overrides(&s, c->overrides.data, c->overrides.len);
  }
}

static void rewrite_probe(checker *ck, const model_probe *p, const component_times *times) {
  if (p->value == NULL)
    return;
  time_scope s = scope_of_owner(ck, p->is_connection, p->owner, times);
  rewrite(&s, p->value);
}

static void rewrite_measure(checker *ck, const model_measure_node *node, const component_times *times) {
  if (node == NULL)
    return;
  rewrite_probe(ck, &node->probe, times);
  if (node->other != NULL)
    rewrite_probe(ck, node->other, times);
  for (int k = 0; k < 3; k++)
    rewrite_measure(ck, node->args[k], times);
}

static void rewrite_phase_block(checker *ck, const model_phase_block *b, const component_times *times) {
  time_scope s = scope_of_owner(ck, false, b->population, times);
  s.locals = ARENA_ARRAY(ck->arena, named_time, b->local_count + 1);
  gather_locals(&b->body, s.locals);
  rewrite_block(&s, &b->body);
}

static void rewrite_act(checker *ck, const model_act *act, const component_times *times) {
  for (uint32_t k = 0; k < act->decoders.len; k++) {
    const model_decoder *d = &act->decoders.data[k];
    for (uint32_t i = 0; i < d->vector.len; i++)
      rewrite_measure(ck, d->vector.data[i], times);
    if (d->owner == NONE || d->is_of_channel)
      continue;
    time_scope s = scope_of_owner(ck, false, d->owner, times);
    rewrite(&s, d->scores);
    rewrite(&s, d->tie);
  }
}

static void rewrite_experiment(checker *ck, const component_times *times) {
  const model *m = ck->model;
  for (uint32_t k = 0; k < m->stimuli.len; k++) {
    time_scope s = scope_of_owner(ck, false, m->stimuli.data[k].population, times);
    rewrite(&s, m->stimuli.data[k].value);
    rewrite(&s, m->stimuli.data[k].flip);
  }
  time_scope anywhere = {.ck = ck, .times = times, .h = TIMES_SLACK * m->base_dt};
  for (uint32_t k = 0; k < m->signals.len; k++)
    for (uint32_t i = 0; i < m->signals.data[k].schedule.len; i++)
      rewrite(&anywhere, m->signals.data[k].schedule.data[i].value);
  for (uint32_t k = 0; k < m->phase_blocks.len; k++)
    rewrite_phase_block(ck, &m->phase_blocks.data[k], times);
  for (uint32_t k = 0; k < m->records.len; k++)
    rewrite_probe(ck, &m->records.data[k].probe, times);
  for (uint32_t k = 0; k < m->measures.len; k++)
    rewrite_measure(ck, m->measures.data[k].value, times);
  for (uint32_t k = 0; k < m->acts.len; k++)
    rewrite_act(ck, &m->acts.data[k], times);
  for (uint32_t k = 0; k < m->variants.len; k++)
    for (uint32_t i = 0; i < m->variants.data[k].acts.len; i++)
      rewrite_act(ck, &m->variants.data[k].acts.data[i], times);
}

/* Answers given before do not hold when more is known. */
static void forget_answers(const model *m, component_times *times) {
  for (uint32_t i = 0; i < m->components.len; i++)
    for (uint32_t k = 0; k < m->components.data[i].lets.len; k++)
      times[i].lets[k] = (named_time){.value = m->components.data[i].lets.data[k].value};
}

static bool keeps_more(checker *ck, const model_component *c, component_times *times, uint32_t i) {
  time_scope s = scope_of(ck, c, times);
  time_keeping keeping = {.s = &s, .kept = times[i].kept};
  for (uint32_t k = 0; k < c->blocks.len; k++)
    walk_block(&(walker){.stmt = keep_time, .context = &keeping}, &c->blocks.data[k].body);
  return keeping.is_news;
}

/* Until nothing new is found: a state may be set from another one. */
static component_times *find_component_times(checker *ck) {
  const model *m = ck->model;
  component_times *times = ARENA_ARRAY(ck->arena, component_times, m->components.len + 1);
  for (uint32_t i = 0; i < m->components.len; i++) {
    times[i].kept = ARENA_ARRAY(ck->arena, model_expr *, m->components.data[i].states.len + 1);
    times[i].lets = ARENA_ARRAY(ck->arena, named_time, m->components.data[i].lets.len + 1);
  }
  for (bool is_news = true; is_news;) {
    is_news = false;
    forget_answers(m, times);
    for (uint32_t i = 0; i < m->components.len; i++)
      is_news = keeps_more(ck, &m->components.data[i], times, i) || is_news;
  }
  return times;
}

static void mark_states(const model *m, const component_times *times) {
  for (uint32_t i = 0; i < m->components.len; i++) {
    const model_component *c = &m->components.data[i];
    for (uint32_t k = 0; k < c->states.len; k++)
      c->states.data[k].goes_by_ticks = is_time(c->states.data[k].unit) || times[i].kept[k] != NULL;
  }
}

void times_by_ticks(checker *ck) {
  const model *m = ck->model;
  component_times *times = find_component_times(ck);
  forget_answers(m, times);
  mark_states(m, times);
  for (uint32_t i = 0; i < m->components.len; i++) {
    time_scope s = scope_of(ck, &m->components.data[i], times);
    rewrite_component(&s, s.component);
  }
  rewrite_network(ck, times);
  rewrite_experiment(ck, times);
}
