/* SPDX-License-Identifier: MIT */
/* record.c - probes (what is looked at) and recordings. */
#include "model/experiment/experiment.h"
#include "model/experiment/parts.h"
#include "model/expr/duration.h"
#include "model/expr/expr.h"
#include "model/expr/select.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "model/walk.h"
#include "nsa_words.h"
#include "support/limits.h"

static const uint32_t arrivals = UINT32_MAX - 1; /* the event `pre` of a connection */

/* ---- probes ---- */

bool is_reduction(const ast_expr *e, nsa_reduce_kind *kind) {
  if (e->kind != AST_CALL || e->as.call.args.len != 1)
    return false;
  for (uint32_t i = NSA_REDUCE_NONE + 1; i < nsa_reduce_kind_count; i++)
    if (strcmp(e->as.call.function.text, nsa_word_of_reduce_kind(i)) == 0) {
      *kind = (nsa_reduce_kind)i;
      return true;
    }
  return false;
}

bool probe_is_single(const model_probe *p) { return !p->is_connection && p->first == p->last; }

/* `cells[3].v` is a mistake: elements stand behind the name of the item, `cells.v[3]`. */
static void report_no_owner(checker *ck, const ast_expr *e) {
  const ast_expr *of = e->kind == AST_MEMBER ? e->as.member.object : e;
  bool is_sliced_first = e->kind == AST_MEMBER && of->kind == AST_INDEX && of->as.index.object->kind == AST_NAME;
  if (!is_sliced_first) {
    diag *d = diag_report(ck->sink, DIAG_E0603, e->at, "`%s` is about no population: write `POPULATION.NAME`",
                          expr_text(ck, e));
    if (e->kind == AST_NAME && ck->model->environments.len > 0)
      diag_hint(d, "there is the environment `%s`", ck->model->environments.data[0].name);
    else if (ck->model->environments.len > 0)
      diag_hint(d, "a channel stands alone, `ENVIRONMENT.CHANNEL`, or beside items of a population");
    return;
  }
  const char *name = of->as.index.object->as.name.text;
  diag_report(ck->sink, DIAG_E0603, e->at, "`%s` has the elements in the wrong place: write `%s.%s%s`",
              expr_text(ck, e), name, e->as.member.name.text, expr_text(ck, of) + strlen(name));
}

static bool find_owner(checker *ck, const ast_expr *e, const char **name, model_probe *out) {
  *name = owner_of(ck, e);
  if (*name == NULL) {
    if (e->kind == AST_BAD)
      return false;
    const ast_expr *object = e->kind == AST_INDEX ? e->as.index.object : e;
    name_list known = {0};
    for (uint32_t i = 0; i < map_count(ck->populations); i++)
      vec_push(ck->arena, &known, map_key_at(ck->populations, i));
    for (uint32_t i = 0; i < map_count(ck->connections); i++)
      vec_push(ck->arena, &known, map_key_at(ck->connections, i));
    if (object->kind == AST_MEMBER && object->as.member.object->kind == AST_NAME)
      report_unknown(ck, object->as.member.object->at, DIAG_E0201, "the population or connection",
                     object->as.member.object->as.name.text, &known);
    else
      report_no_owner(ck, e);
    return false;
  }
  out->owner = population_find(ck, *name);
  out->is_connection = out->owner == NONE;
  if (out->is_connection)
    out->owner = connection_find(ck, *name);
  return true;
}

static const model_component *component_of(const checker *ck, const model_probe *p) {
  const model *m = ck->model;
  return &m->components.data[p->is_connection ? m->connections.data[p->owner].component
                                              : m->populations.data[p->owner].component];
}

/* `sheet.spike`, `graded.pre`: an event, unless an item of the component has that name. */
static bool find_event(checker *ck, const ast_expr *e, model_probe *out) {
  const model_component *c = component_of(ck, out);
  model_ref_kind kind;
  uint32_t item;
  if (e->kind != AST_MEMBER || component_find(c, e->as.member.name.text, &kind, &item))
    return false;
  if (out->is_connection && strcmp(e->as.member.name.text, "pre") == 0) {
    out->is_event = true;
    out->event = arrivals;
    return true;
  }
  out->event = component_find_event(c, intern_cstr(ck->names, e->as.member.name.text));
  out->is_event = out->event != NONE;
  if (!out->is_event && strcmp(e->as.member.name.text, "spike") == 0) {
    if (!ck->is_broken)
      diag_report(ck->sink, DIAG_E0407, e->as.member.name.at, "`%s` has no spikes", c->name);
    out->is_event = true;
    out->event = NONE;
  }
  return out->is_event;
}

static walk_step find_let(void *context, const model_expr *e) {
  (void)context;
  return e->kind == MX_REF && e->ref.kind == REF_LET ? WALK_STOP : WALK_ON;
}

static bool check_value(checker *ck, const ast_expr *e, const char *owner, const binding *bindings, model_probe *out) {
  const model *m = ck->model;
  expr_env env = env_constant(ck, bindings, "a recording or measure");
  env.self_name = owner;
  env.side[SIDE_SELF].component = component_of(ck, out);
  env.allow = ALLOW_STATE | ALLOW_TIME | ALLOW_DT | ALLOW_CHANNEL;
  if (!out->is_connection) {
    env.side[SIDE_SELF].population = &m->populations.data[out->owner];
    env.side[SIDE_SELF].usage = ck->infos.data[m->populations.data[out->owner].component].usage;
    env.allow |= ALLOW_PLACE;
  }
  out->value = expr_number(&env, e, NULL);
  if (out->value == NULL)
    return false;
  out->unit = out->value->unit;
  if (!out->is_connection && !entries_check(ck, out->owner, out->value, NULL))
    return false;
  if (!out->is_connection || !walk_expr(&(walker){.expr = find_let}, out->value))
    return true;
  refuse(ck, e->at, "lets of connections in recordings and measures",
         "params and states of a connection can be looked at");
  return false;
}

static bool check_elements(checker *ck, const ast_expr *slice, const binding *bindings, model_probe *out) {
  expr_env env = env_constant(ck, bindings, "a slice");
  const model_population *p = out->is_connection ? NULL : &ck->model->populations.data[out->owner];
  out->first = 0;
  out->last = p != NULL ? p->rows * p->cols - 1 : NONE;
  return slice == NULL || selector_range(&env, slice, p, &out->first, &out->last);
}

/* `maze.here`, `maze.here[3]`, `maze.here[0..4]` */
static bool check_channel(checker *ck, const ast_expr *e, const ast_expr *slice, const binding *bindings,
                          model_probe *out) {
  expr_env env = env_constant(ck, bindings, "a recording or measure");
  env.allow = ALLOW_CHANNEL;
  if (!channel_named(&env, e, &out->owner))
    return false;
  const model_channel *c = &ck->model->channels.data[out->owner];
  model_population numbers = {.name = expr_text(ck, e), .rows = 1, .cols = (uint32_t)c->count}; /* for its slice */
  out->is_channel = true;
  out->unit = c->unit;
  out->last = numbers.cols - 1;
  if (slice != NULL && slice->as.index.selectors.data[0].axis != NULL) {
    diag *d = diag_report(ck->sink, DIAG_E0203, slice->at, "a channel has no rows and columns");
    diag_hint(d, "its numbers are counted through: `%s[0..%u]`", numbers.name, out->last);
    return false;
  }
  return slice == NULL || selector_range(&env, slice, &numbers, &out->first, &out->last);
}

bool probe_check(checker *ck, const ast_expr *e, const binding *bindings, model_probe *out) {
  *out = (model_probe){.event = NONE};
  nsa_reduce_kind reduce;
  if (is_reduction(e, &reduce)) {
    out->reduce = reduce;
    e = e->as.call.args.data[0].value;
  }
  const ast_expr *slice = e->kind == AST_INDEX ? e : NULL;
  const ast_expr *value = slice != NULL ? slice->as.index.object : e;
  const char *owner;
  if (environment_of(ck, value) != NONE)
    return check_channel(ck, value, slice, bindings, out);
  if (!find_owner(ck, value, &owner, out) || !check_elements(ck, slice, bindings, out))
    return false;
  if (find_event(ck, value, out)) {
    if (out->reduce != NSA_REDUCE_NONE)
      diag_report(ck->sink, DIAG_E0603, e->at, "`%s` is an event: it can be counted, not averaged", expr_text(ck, e));
    return out->reduce == NSA_REDUCE_NONE && out->event != NONE;
  }
  return check_value(ck, value, owner, bindings, out);
}

/* ---- recordings ---- */

/* "glia.Ca", "mean_glia.Ca"; NULL where only the author can name it. */
static const char *default_name(checker *ck, const ast_expr *e) {
  nsa_reduce_kind reduce;
  if (is_reduction(e, &reduce)) {
    const char *inner = default_name(ck, e->as.call.args.data[0].value);
    return inner == NULL ? NULL : arena_printf(ck->arena, "%s_%s", e->as.call.function.text, inner);
  }
  if (e->kind == AST_INDEX)
    return default_name(ck, e->as.index.object);
  if (e->kind == AST_MEMBER && e->as.member.object->kind == AST_NAME)
    return arena_printf(ck->arena, "%s.%s", e->as.member.object->as.name.text, e->as.member.name.text);
  return NULL;
}

static const char *free_name(checker *ck, const ast_decl *d, const model_record *r) {
  const char *base = d->as.record.as.text != NULL ? d->as.record.as.text : default_name(ck, d->as.record.value);
  if (base == NULL) {
    diag *e = diag_report(ck->sink, DIAG_E0603, d->as.record.value->at,
                          "this recording needs a name, by which its file is called");
    diag_hint(e, "add `as NAME`");
    return "";
  }
  const char *tries[3] = {base, base, base};
  if (d->as.record.as.text == NULL && r->phase != NONE)
    tries[1] = arena_printf(ck->arena, "%s.%s", base, ck->model->phases.data[r->phase].name);
  if (d->as.record.as.text == NULL)
    tries[2] = arena_printf(ck->arena, "%s.%u-%u", base, r->probe.first, r->probe.last);
  for (int i = 0; i < 3; i++)
    if (map_insert(ck->record_names, tries[i], ck->model->records.len))
      return tries[i];
  diag *e = diag_report(ck->sink, DIAG_E0202, d->at, "there is a recording `%s` already", base);
  diag_hint(e, "add `as NAME`");
  return base;
}

/* `record maze`: its steps and trials. */
static void record_trials(checker *ck, const ast_decl *d, uint32_t environment) {
  const ast_expr *every = d->as.record.every;
  const ast_expr *during = d->as.record.during;
  if (d->as.record.unit != NULL)
    diag_report(ck->sink, DIAG_E0603, d->as.record.unit->at,
                "steps and trials are tables, whose columns have units of their own");
  model_trial_record r = {.at = d->at, .environment = environment};
  r.name = d->as.record.as.text != NULL ? d->as.record.as.text : d->as.record.value->as.name.text;
  if (every != NULL || during != NULL)
    diag_report(ck->sink, DIAG_E0603, every != NULL ? every->at : during->at,
                "steps and trials are recorded when they happen, all of them");
  if (map_insert(ck->record_names, r.name, ck->model->records.len)) {
    vec_push(ck->arena, &ck->model->trial_records, r);
    return;
  }
  diag *e = diag_report(ck->sink, DIAG_E0202, d->at, "there is a recording `%s` already", r.name);
  diag_hint(e, "add `as NAME`");
}

/* Channels change when a decision has been made. */
static double time_between_decisions(const checker *ck, uint32_t environment) {
  for (uint32_t i = 0; i < ck->model->acts.len; i++)
    if (ck->model->acts.data[i].environment == environment)
      return ck->model->acts.data[i].every;
  return 0;
}

static double period(checker *ck, span at, double time) {
  double most = LIMIT_PERIOD_TICKS * ck->model->base_dt;
  time = whole_ticks(ck, at, time, ck->model->base_dt, "the period of a recording", true);
  if (time <= most)
    return time;
  diag_report(ck->sink, DIAG_E0901, at, "a period of %.4g ms is longer than %.4g steps of %s ms", time,
              LIMIT_PERIOD_TICKS, number_text(ck, ck->model->base_dt));
  return ck->model->base_dt;
}

static void visit_record(checker *ck, const ast_decl *d, const binding *bindings) {
  if (d->kind != AST_DECL_RECORD)
    return;
  const ast_expr *value = d->as.record.value;
  uint32_t environment = value->kind == AST_NAME ? environment_find(ck, value->as.name.text) : NONE;
  if (environment != NONE) {
    record_trials(ck, d, environment);
    return;
  }
  if (value->kind == AST_NAME && name_is_silent(ck, value->as.name.text))
    return;
  model_record r = {.at = d->at, .phase = phase_find(ck, d->as.record.during, bindings)};
  if (!probe_check(ck, d->as.record.value, bindings, &r.probe))
    return;
  expr_env env = env_constant(ck, bindings, "a recording");
  const ast_expr *every = d->as.record.every;
  if (r.probe.is_event && every != NULL)
    diag_report(ck->sink, DIAG_E0603, every->at, "events are recorded when they happen, not by `every`");
  else if (every != NULL && expr_constant(&env, every, dim_ms, "the period of a recording", &r.every))
    r.every = period(ck, every->at, r.every);
  if (r.probe.is_event && r.probe.event == arrivals) {
    refuse(ck, d->as.record.value->at, "recordings of arrivals", "`count` in a measure works");
    return;
  }
  if (r.probe.is_channel && every == NULL)
    r.every = time_between_decisions(ck, ck->model->channels.data[r.probe.owner].environment);
  if (d->as.record.unit != NULL && !r.probe.is_event)
    r.probe.unit = unit_chosen(ck, d->as.record.value, r.probe.unit, d->as.record.unit);
  else if (d->as.record.unit != NULL)
    diag_report(ck->sink, DIAG_E0603, d->as.record.unit->at, "events have times and elements, and no unit to choose");
  r.name = free_name(ck, d, &r);
  vec_push(ck->arena, &ck->model->records, r);
}

void records_check(checker *ck) {
  for_each_decl(ck, visit_record);
  for (uint32_t k = 0; k < ck->options->record_count; k++)
    visit_record(ck, ck->options->records[k], NULL);
}
