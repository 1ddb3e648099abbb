/* SPDX-License-Identifier: MIT */
/* link.c - the ends of a connection, its delays, and how inputs of slow components combine what comes. */
#include "model/expr/duration.h"
#include "model/expr/expr.h"
#include "model/expr/make.h"
#include "model/names/report.h"
#include "model/network/parts.h"
#include "model/operations.h"
#include "model/walk.h"
#include "nsa_ticks.h"
#include "support/limits.h"

#include <math.h>

/* ---- the ends of a link ---- */

expr_side side_of_population(checker *ck, uint32_t population) {
  const model_population *p = &ck->model->populations.data[population];
  return (expr_side){.component = &ck->model->components.data[p->component],
                     .usage = ck->infos.data[p->component].usage,
                     .population = p};
}

expr_env link_scope(checker *ck, const model_connection *c, const char *where) {
  const model *m = ck->model;
  expr_env env = env_constant(ck, NULL, where);
  env.side[SIDE_SELF] = (expr_side){.component = &m->components.data[c->component]};
  env.side[SIDE_PRE] = side_of_population(ck, c->source);
  env.side[SIDE_POST] = side_of_population(ck, c->target);
  env.has_ends = true;
  env.near = c->partner_of;
  env.allow = ALLOW_RANDOM | ALLOW_DISTANCE;
  env.has_distance_unit = m->populations.data[c->source].spacing > 0 && m->populations.data[c->target].spacing > 0;
  return env;
}

uint32_t population_on_end(const model_connection *c, model_side side) {
  return side == SIDE_PRE ? c->source : side == SIDE_POST ? c->target : c->partner;
}

const model_component *component_on_end(const checker *ck, const model_connection *c, model_side side) {
  return &ck->model->components.data[ck->model->populations.data[population_on_end(c, side)].component];
}

/* ---- delays ---- */

static void report_delay(checker *ck, span at, double time, const char *word) {
  double dt = ck->model->base_dt, longest = LIMIT_DELAY_TICKS * dt;
  const char *shown = number_text(ck, time);
  if (time < 0)
    diag_report(ck->sink, DIAG_E0504, at, "a delay of %s ms: nothing arrives before it is sent", shown);
  else if (time < dt) {
    diag *d = diag_report(ck->sink, DIAG_E0504, at, "a delay of %s ms is shorter than a step of %s ms", shown,
                          number_text(ck, dt));
    diag_hint(d, "leave it out: without `%s` what a link carries arrives in the next step", word);
  } else {
    diag *d = diag_report(ck->sink, DIAG_E0504, at, "a delay of %s ms is longer than %d steps of %s ms", shown,
                          LIMIT_DELAY_TICKS, number_text(ck, dt));
    diag_hint(d, "%g ms is the longest; with a longer step it would be more", longest);
  }
}

/* A delay that draws or depends on the link is bounded when the links are made. */
static void check_constant_delay(checker *ck, const ast_expr *e, const model_expr *value, const char *word,
                                 const model_connection *c) {
  double time, dt = ck->model->base_dt;
  bool has_usual_params = c->overrides.len == 0;
  const model_component *params = has_usual_params ? &ck->model->components.data[c->component] : NULL;
  if (!constant_value(value, params, &time))
    return;
  double ticks = time / dt;
  if (ticks >= 1 - NSA_TICK_SLACK && nsa_nearest_tick(time, dt) <= LIMIT_DELAY_TICKS)
    whole_ticks(ck, e->at, time, dt, "a delay", false);
  else
    report_delay(ck, e->at, time, word);
}

/* word: how the text says it, `delay` or `back`. */
static model_expr *check_delay(checker *ck, const ast_expr *e, const char *word, const model_connection *c) {
  uint32_t draws = 0;
  if (e == NULL)
    return NULL;
  expr_env env = link_scope(ck, c, "a delay");
  env.param_limit = NONE;
  env.key_base = arena_printf(ck->arena, "%s/%s", c->name, word);
  env.draws = &draws;
  model_expr *value = expr_of_unit(&env, e, dim_ms, "a delay");
  check_constant_delay(ck, e, value, word, c);
  return value;
}

static const char *const delay_columns[] = {"delay", "delay_back"};

bool delay_is_column(const char *name) {
  return strcmp(name, delay_columns[0]) == 0 || strcmp(name, delay_columns[1]) == 0;
}

/* Where the table of the connection has a column for it, that is the delay; else what the text says, NULL: none. */
static model_expr *delay_of(checker *ck, model_connection *c, uint32_t which, const ast_expr *e) {
  static const char *const words[] = {"delay", "back"};
  for (uint32_t k = 0; k < c->rule.columns.len; k++) {
    model_column *column = &c->rule.columns.data[k];
    if (strcmp(column->name, delay_columns[which]) != 0)
      continue;
    column->unit = dim_ms;
    if (e != NULL)
      diag_report(ck->sink, DIAG_E0202, e->at, "this delay is a column of the table already: `%s`", column->name);
    return expr_ref(ck, REF_COLUMN, SIDE_SELF, k, dim_ms, column->at);
  }
  return check_delay(ck, e, words[which], c);
}

void delays_check(checker *ck, const ast_connect *ast, model_connection *c) {
  c->delay = delay_of(ck, c, 0, ast->delay);
  c->delay_back = delay_of(ck, c, 1, ast->delay_back);
}

/* ---- inputs of slow components ---- */

typedef struct {
  checker *ck;
  const model_connection *c;
  uint32_t fastest; /* ticks of the fastest participant */
} feeding;

static uint32_t ticks_of(const feeding *f, model_side side) {
  return f->ck->model->timescales.data[component_on_end(f->ck, f->c, side)->timescale].ticks;
}

static uint32_t fastest_participant(const feeding *f) {
  uint32_t fastest = ticks_of(f, SIDE_PRE), post = ticks_of(f, SIDE_POST);
  fastest = post < fastest ? post : fastest;
  if (!f->c->has_partner)
    return fastest;
  uint32_t astro = ticks_of(f, SIDE_ASTRO);
  return astro < fastest ? astro : fastest;
}

/* A slow target gets many values a step. The author says how they become one. */
static void check_continuous(const feeding *f, const model_contribution *contribution) {
  const model_input *in = &component_on_end(f->ck, f->c, contribution->side)->inputs.data[contribution->input];
  if (ticks_of(f, contribution->side) <= f->fastest || in->combine != COMBINE_NONE)
    return;
  diag *d = diag_report(f->ck->sink, DIAG_E0410, in->at,
                        "the input `%s` of a slow component is fed by a faster one: say how the "
                        "steps between two of its ticks are combined",
                        in->name);
  diag_note(d, f->c->at, "it is fed here");
  diag_hint(d, "`input %s ... mean` (or sum, max, min, last)", in->name);
}

/* Events come at single steps of the fastest timescale, and nothing comes between them: only sums and means make sense.
 */
static void check_increment(const feeding *f, const model_stmt *s) {
  if ((s->kind != STMT_ADD && s->kind != STMT_SUB) || s->side == SIDE_SELF || s->target != REF_INPUT ||
      ticks_of(f, s->side) == 1)
    return;
  const model_input *in = &component_on_end(f->ck, f->c, s->side)->inputs.data[s->item];
  if (in->combine == COMBINE_SUM || in->combine == COMBINE_MEAN)
    return;
  diag *d = diag_report(f->ck->sink, DIAG_E0410, in->at,
                        "events add to the input `%s` of a slow component: events can be summed or "
                        "averaged only%s",
                        in->name, in->combine == COMBINE_NONE ? "; say which" : "");
  diag_note(d, s->at, "an event adds to it here");
  diag_hint(d,
            "`input %s ... sum` adds up what came between two of its ticks; `mean` divides that "
            "by the fast steps",
            in->name);
}

static walk_step check_statement(void *context, const model_stmt *s) {
  check_increment(context, s);
  return WALK_ON;
}

void combiners_check(checker *ck, const model_connection *c) {
  const model_component *synapse = &ck->model->components.data[c->component];
  feeding f = {.ck = ck, .c = c};
  f.fastest = fastest_participant(&f);
  for (uint32_t i = 0; i < synapse->contributions.len; i++)
    check_continuous(&f, &synapse->contributions.data[i]);
  for (uint32_t i = 0; i < synapse->blocks.len; i++)
    walk_block(&(walker){.stmt = check_statement, .context = &f}, &synapse->blocks.data[i].body);
}

/* Such an input is collected over many steps: it cannot be evaluated at the stages of one. */
bool link_feeds_slower(const checker *ck, uint32_t population, uint32_t input) {
  const model *m = ck->model;
  uint32_t own = m->timescales.data[m->components.data[m->populations.data[population].component].timescale].ticks;
  for (uint32_t k = 0; k < m->connections.len; k++) {
    const model_connection *c = &m->connections.data[k];
    const model_component *synapse = &m->components.data[c->component];
    for (uint32_t i = 0; i < synapse->contributions.len; i++) {
      const model_contribution *x = &synapse->contributions.data[i];
      if (population_on_end(c, x->side) != population || x->input != input)
        continue;
      for (model_side side = SIDE_PRE; side <= (c->has_partner ? SIDE_ASTRO : SIDE_POST); side++)
        if (m->timescales.data[component_on_end(ck, c, side)->timescale].ticks < own)
          return true;
    }
  }
  return false;
}
