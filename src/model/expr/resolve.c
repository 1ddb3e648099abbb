/* SPDX-License-Identifier: MIT */
/* resolve.c - what a name in an expression means. */
#include "model/expr/expr.h"
#include "model/expr/lets.h"
#include "model/expr/make.h"
#include "model/expr/places.h"
#include "model/names/lookup.h"
#include "model/names/report.h"

static void add_item_names(checker *ck, const expr_env *env, model_side side, name_list *out) {
  const model_component *c = env->side[side].component;
  if (c == NULL)
    return;
#define ADD_NAMES(list)                                                                                                \
  for (uint32_t i = 0; i < c->list.len; i++)                                                                           \
    vec_push(ck->arena, out, c->list.data[i].name);
  ADD_NAMES(params)
  ADD_NAMES(states)
  ADD_NAMES(inputs)
  ADD_NAMES(lets)
  ADD_NAMES(noises)
  ADD_NAMES(timers)
  for (uint32_t i = 0; side == SIDE_SELF && env->builder != NULL && i < env->builder->lets.len; i++)
    vec_push(ck->arena, out, env->builder->lets.data[i].name);
}

/* ---- references ---- */

static model_expr *not_allowed(expr_env *env, model_ref_kind kind, span at, const char *name) {
  diag *d;
  if (kind == REF_NOISE) {
    d = diag_report(env->ck->sink, DIAG_E0406, at, "`%s` is a noise: it can be used in equations only, not in %s", name,
                    env->where);
  } else if (kind == REF_PARAM) {
    d = diag_report(env->ck->sink, DIAG_E0306, at, "`%s` is declared later: a param can use only the params before it",
                    name);
    diag_hint(d, "move the declaration of `%s` up", name);
  } else {
    d = diag_report(env->ck->sink, DIAG_E0306, at, "`%s` is %s and has no value yet: %s can use only params", name,
                    kind_word(kind), env->where);
  }
  return NULL;
}

void side_mark_used(const expr_side *side, model_ref_kind kind, uint32_t item) {
  if (side->usage == NULL)
    return;
  if (kind == REF_INPUT && side->usage->inputs != NULL)
    side->usage->inputs[item] = true;
  if (kind == REF_LET && side->usage->lets != NULL)
    side->usage->lets[item] = true;
}

static bool is_allowed(const expr_env *env, model_side side, model_ref_kind kind, uint32_t item) {
  if (kind == REF_PARAM)
    return side != SIDE_SELF || item < env->param_limit;
  if (kind == REF_NOISE)
    return side == SIDE_SELF && (env->allow & ALLOW_NOISE) != 0;
  return (env->allow & ALLOW_STATE) != 0;
}

static model_expr *resolve_item(expr_env *env, model_side side, model_ref_kind kind, uint32_t item, span at,
                                const char *name) {
  const model_component *c = env->side[side].component;
  if (!is_allowed(env, side, kind, item))
    return not_allowed(env, kind, at, name);
  dim unit = component_item_unit(c, kind, item);
  if (dim_is_unknown(unit))
    return NULL;
  side_mark_used(&env->side[side], kind, item);
  model_expr *e = expr_ref(env->ck, kind, side_in_result(env, side), item, unit, at);
  e->is_bool = kind == REF_TIMER || (kind == REF_LET && c->lets.data[item].value->is_bool);
  return e;
}

static model_expr *resolve_let(expr_env *env, pending_let *let, span at) {
  if ((env->allow & ALLOW_STATE) == 0)
    return not_allowed(env, REF_LET, at, let->name);
  let->is_used = true;
  if (!builder_check_let(env->builder, let, at))
    return NULL;
  return resolve_item(env, SIDE_SELF, REF_LET, let->index, at, let->name);
}

/* Whether an item of this name is declared in the component, but not yet checked. */
static bool is_declared_later(const component_builder *b, const char *name, model_ref_kind *kind) {
  static const model_ref_kind kinds[] = {
      [AST_ITEM_PARAM] = REF_PARAM, [AST_ITEM_STATE] = REF_STATE, [AST_ITEM_INPUT] = REF_INPUT,
      [AST_ITEM_NOISE] = REF_NOISE, [AST_ITEM_TIMER] = REF_TIMER, [AST_ITEM_LET] = REF_LET};
  for (uint32_t i = 0; i < b->items.len; i++) {
    const flat_item *item = &b->items.data[i];
    if (item->name == name && !item->is_dropped && item->ast->kind <= AST_ITEM_LET) {
      *kind = kinds[item->ast->kind];
      return true;
    }
  }
  return false;
}

/* Found: *out is the value, or NULL after an error. */
static bool find_own(expr_env *env, const ast_expr *e, model_expr **out) {
  const char *name = e->as.name.text;
  const model_component *c = env->side[SIDE_SELF].component;
  model_ref_kind kind;
  uint32_t item;
  if (c == NULL)
    return false;
  pending_let *let = env->builder != NULL ? builder_find_let(env->builder, name) : NULL;
  if (let != NULL)
    *out = resolve_let(env, let, e->at);
  else if (component_find(c, name, &kind, &item))
    *out = resolve_item(env, SIDE_SELF, kind, item, e->at, name);
  else if (env->builder != NULL && is_declared_later(env->builder, name, &kind))
    *out = not_allowed(env, kind, e->at, name);
  else
    return false;
  return true;
}

static model_expr *refuse_here(expr_env *env, span at, const char *name, const char *what) {
  diag_report(env->ck->sink, DIAG_E0306, at, "`%s`, %s, is not known in %s", name, what, env->where);
  return NULL;
}

static model_expr *resolve_refractory(expr_env *env, span at) {
  const model_component *c = env->side[SIDE_SELF].component;
  if (c == NULL || (env->allow & ALLOW_STATE) == 0)
    return refuse_here(env, at, "refractory", "true for some time after a spike");
  for (uint32_t i = 0; i < c->events.len; i++)
    if (c->events.data[i].refractory != NULL) {
      model_expr *e = expr_ref(env->ck, REF_REFRACTORY, SIDE_SELF, i, dim_none(), at);
      e->is_bool = true;
      return e;
    }
  if (env->ck->is_broken)
    return NULL;
  diag *d = diag_report(env->ck->sink, DIAG_E0407, at, "nothing in this component has a refractory time");
  diag_hint(d, "write `spike when ... refractory 2 ms`");
  return NULL;
}

/* Params of the top level: known in all of the model's own files, not in what they import. */
static bool find_global(expr_env *env, const ast_expr *e, model_expr **out) {
  checker *ck = env->ck;
  uint32_t index;
  if ((env->home != NULL && !env->home->is_main) || !map_find(ck->globals, e->as.name.text, &index))
    return false;
  const model_global *g = &ck->model->globals.data[index];
  bool is_open = ck->options->open != NULL && strcmp(ck->options->open, g->name) == 0;
  if (is_open && !dim_is_unknown(g->unit))
    *out = expr_ref(ck, REF_GLOBAL, SIDE_SELF, index, g->unit, e->at);
  else
    *out = dim_is_unknown(g->unit) ? NULL : expr_literal(ck, g->value, g->unit, e->at);
  return true;
}

/* Reserved words, places and constants: what the language itself knows. */
static bool find_known(expr_env *env, const ast_expr *e, model_expr **out) {
  const char *name = e->as.name.text;
  model_ref_kind place;
  if (strcmp(name, "t") == 0)
    *out = (env->allow & ALLOW_TIME) != 0 ? expr_ref(env->ck, REF_TIME, SIDE_SELF, 0, dim_ms, e->at)
                                          : refuse_here(env, e->at, name, "the time");
  else if (strcmp(name, "dt") == 0)
    *out = (env->allow & ALLOW_DT) != 0 ? expr_ref(env->ck, REF_DT, SIDE_SELF, 0, dim_ms, e->at)
                                        : refuse_here(env, e->at, name, "the step");
  else if (strcmp(name, "refractory") == 0)
    *out = resolve_refractory(env, e->at);
  else if (strcmp(name, "distance") == 0 && (env->allow & ALLOW_DISTANCE) != 0)
    *out = expr_ref(env->ck, REF_DISTANCE, SIDE_SELF, 0, env->has_distance_unit ? dim_um : dim_none(), e->at);
  else if (place_find(name, &place) && (env->allow & ALLOW_PLACE) != 0)
    *out = place_ref(env, SIDE_SELF, place, e->at);
  else if ((*out = constant_find(env->ck, name, e->at)) == NULL)
    return false;
  return true;
}

/* ---- names ---- */

static const binding *find_binding(const expr_env *env, const char *name) {
  for (const binding *b = env->bindings; b != NULL; b = b->next)
    if (b->name == name)
      return b;
  return NULL;
}

static model_expr *wrong_kind_of_name(expr_env *env, const ast_expr *e, bool *is_found) {
  const char *name = e->as.name.text;
  model_builtin fn;
  bool is_own;
  file_scope *home;
  *is_found = true;
  if (strcmp(name, "pre") == 0 || strcmp(name, "post") == 0 || strcmp(name, "astro") == 0)
    diag_report(env->ck->sink, DIAG_E0203, e->at, "`%s` is a partner, not a value: write `%s.NAME`", name, name);
  else if (strcmp(name, "spike") == 0)
    diag_report(env->ck->sink, DIAG_E0203, e->at, "`spike` is an event, not a value");
  else if (signal_find(env->ck, name) != NONE)
    diag_report(env->ck->sink, DIAG_E0203, e->at, "`%s` is a signal: it has a value in blocks `on %s` only", name,
                name);
  else if (builtin_find(name, &fn) || function_find(env, name, &is_own, &home) != NULL)
    diag_report(env->ck->sink, DIAG_E0203, e->at, "`%s` is a function: write `%s(...)`", name, name);
  else
    *is_found = false;
  return NULL;
}

static model_expr *find_unit(expr_env *env, const ast_expr *e) {
  nsa_unit u;
  if (!nsa_unit_find(e->as.name.text, strlen(e->as.name.text), &u))
    return NULL;
  return expr_literal(env->ck, nsa_unit_scale("1", &u), dim_shown_as(dim_of_unit(&u), e->as.name.text), e->at);
}

/* A param of the top level that is not there yet. */
static bool is_global_declared_later(const checker *ck, const char *name) {
  for (uint32_t i = 0; i < ck->decls.len; i++)
    if (ck->decls.data[i]->kind == AST_DECL_PARAM && ck->decls.data[i]->as.param->as.entries.data[0].name.text == name)
      return true;
  return false;
}

static model_expr *unknown_name(expr_env *env, const ast_expr *e) {
  name_list known = {0};
  arena *a = env->ck->arena;
  model_ref_kind place;
  if (env->home == env->ck->main && is_global_declared_later(env->ck, e->as.name.text))
    return not_allowed(env, REF_PARAM, e->at, e->as.name.text);
  if (env->home == env->ck->main && is_declared(env->ck, AST_DECL_MEASURE, e->as.name.text)) {
    diag_report(env->ck->sink, DIAG_E0203, e->at, "`%s` is a measure: it has its value when the run has ended",
                e->as.name.text);
    return NULL;
  }
  if (place_find(e->as.name.text, &place))
    return refuse_here(env, e->at, e->as.name.text, "the place of an element");
  for (const binding *b = env->bindings; b != NULL; b = b->next)
    vec_push(a, &known, b->name);
  add_item_names(env->ck, env, SIDE_SELF, &known);
  for (uint32_t i = 0; env->home == env->ck->main && i < env->ck->model->globals.len; i++)
    vec_push(a, &known, env->ck->model->globals.data[i].name);
  if ((env->allow & ALLOW_PLACE) != 0)
    place_names(env->ck, &known);
  if ((env->allow & ALLOW_DISTANCE) != 0)
    vec_push(a, &known, "distance");
  report_unknown(env->ck, e->at, DIAG_E0201, "the name", e->as.name.text, &known);
  return NULL;
}

model_expr *resolve_name(expr_env *env, const ast_expr *e) {
  const binding *bound = find_binding(env, e->as.name.text);
  if (bound != NULL)
    return bound->value;
  model_expr *out;
  if (find_own(env, e, &out) || find_global(env, e, &out) || find_known(env, e, &out))
    return out;
  bool is_found;
  out = wrong_kind_of_name(env, e, &is_found);
  if (is_found)
    return out;
  out = find_unit(env, e);
  return out != NULL ? out : unknown_name(env, e);
}

/* ---- members ---- */

static model_expr *fan_of(expr_env *env, model_side side, const char *name, span at) {
  bool is_in = strcmp(name, "fan_in") == 0 && (side == SIDE_POST || side == SIDE_ASTRO);
  bool is_out = strcmp(name, "fan_out") == 0 && side == SIDE_PRE;
  if (!is_in && !is_out)
    return NULL;
  return expr_ref(env->ck, is_in ? REF_FAN_IN : REF_FAN_OUT, side, 0, dim_none(), at);
}

static model_expr *unknown_member(expr_env *env, const ast_expr *e, model_side side) {
  name_list known = {0};
  add_item_names(env->ck, env, side, &known);
  if (env->has_ends)
    vec_push(env->ck->arena, &known, side == SIDE_PRE ? "fan_out" : "fan_in");
  const char *owner = env->side[side].component->name;
  report_unknown(env->ck, e->as.member.name.at, DIAG_E0201, arena_printf(env->ck->arena, "in `%s` the name", owner),
                 e->as.member.name.text, &known);
  return NULL;
}

void report_no_astrocyte(const expr_env *env, span at, const char *what, const char *default_text) {
  diag *d = diag_report(env->ck->sink, DIAG_E0503, at,
                        "`%s` needs an astrocyte, and a connection of this synapse has none", what);
  if (env->connect_at.file != NONE)
    diag_note(d, env->connect_at, "this connection has no `with`");
  diag_hint(d,
            "add `with POPULATION by RULE` to the connection, or `default %s = value` to the "
            "synapse",
            default_text);
}

/* What `default astro.NAME = value` gives to a link that has no astrocyte at all. */
static model_expr *default_of_absent(expr_env *env, const ast_expr *e) {
  component_builder *b = env->builder;
  if (strcmp(e->as.member.name.text, "fan_in") == 0) /* an absent astrocyte has no links */
    return expr_literal(env->ck, 0, dim_none(), e->at);
  for (uint32_t i = 0; b != NULL && i < b->items.len; i++) {
    const flat_item *item = &b->items.data[i];
    const ast_expr *target = item->ast->kind == AST_ITEM_DEFAULT ? item->ast->as.fallback.target : NULL;
    if (target == NULL || item->is_dropped || target->kind != AST_MEMBER ||
        target->as.member.name.text != e->as.member.name.text)
      continue;
    expr_env inner = *env;
    inner.allow = 0;
    inner.where = "a default";
    return expr_check(&inner, item->ast->as.fallback.value, NULL);
  }
  const char *what = expr_text(env->ck, e);
  report_no_astrocyte(env, e->at, what, what);
  return NULL;
}

static model_expr *find_member(expr_env *env, const ast_expr *e, model_side side) {
  const char *name = e->as.member.name.text;
  model_ref_kind kind;
  uint32_t item;
  if (component_find(env->side[side].component, name, &kind, &item)) {
    if (kind == REF_NOISE)
      return not_allowed(env, REF_NOISE, e->at, name);
    return resolve_item(env, side, kind, item, e->at, expr_text(env->ck, e));
  }
  if (place_find(name, &kind))
    return place_ref(env, side, kind, e->at);
  model_expr *fan = (env->allow & ALLOW_STATE) != 0 ? fan_of(env, side, name, e->at) : NULL;
  return fan != NULL ? fan : unknown_member(env, e, side);
}

static model_expr *resolve_side_member(expr_env *env, const ast_expr *e, model_side side) {
  if (env->ends_unknown)
    return NULL;
  if (env->side[side].component == NULL && env->side[side].population == NULL)
    return side == SIDE_ASTRO && env->builder != NULL
               ? default_of_absent(env, e)
               : refuse_here(env, e->at, expr_text(env->ck, e), "a value of a partner");
  return find_member(env, e, side);
}

static model_expr *resolve_channel(expr_env *env, const ast_expr *e) {
  uint32_t channel;
  const ast_expr *entry;
  if (!channel_entry(env, e, &channel, &entry))
    return NULL;
  model_expr *number = entry != NULL ? expr_of_unit(env, entry, dim_none(), "the number of an entry")
                                     : expr_literal(env->ck, 0, dim_none(), e->at);
  return channel_read(env->ck, channel, number, entry != NULL ? entry->at : e->at, e->at);
}

model_expr *resolve_member(expr_env *env, const ast_expr *e) {
  const ast_expr *object = e->as.member.object;
  model_side side;
  if (object->kind == AST_BAD)
    return NULL;
  if (object->kind == AST_NAME && object->as.name.text == env->self_name)
    return find_member(env, e, SIDE_SELF);
  if (object->kind == AST_NAME && side_find(object->as.name.text, &side)) {
    if (env->has_ends)
      return resolve_side_member(env, e, side);
    diag_report(env->ck->sink, DIAG_E0203, object->at, "`%s` is known in synapses only: %s has no partners",
                object->as.name.text, env->where);
    return NULL;
  }
  if (environment_of(env->ck, e) != NONE)
    return resolve_channel(env, e);
  if (environment_is_silent(env->ck, e))
    return NULL;
  diag *d =
      diag_report(env->ck->sink, DIAG_E0203, e->at, "`%s` cannot be read in %s", expr_text(env->ck, e), env->where);
  if (env->builder != NULL)
    diag_hint(d, "what comes from elsewhere reaches a component by its inputs");
  else if (env->self_name != NULL)
    diag_hint(d, "only items of `%s` are known here", env->self_name);
  return NULL;
}

/* ---- images ---- */

static uint32_t find_pattern(checker *ck, const ast_expr *e) {
  uint32_t index;
  name_list known = {0};
  if (e->kind == AST_NAME && map_find(ck->patterns, e->as.name.text, &index))
    return index;
  if (e->kind == AST_NAME) {
    for (uint32_t i = 0; i < ck->model->patterns.len; i++)
      vec_push(ck->arena, &known, ck->model->patterns.data[i].name);
    report_unknown(ck, e->at, DIAG_E0602, "the pattern", e->as.name.text, &known);
  } else if (e->kind != AST_BAD) {
    diag_report(ck->sink, DIAG_E0602, e->at, "`%s` is no pattern", expr_text(ck, e));
  }
  return NONE;
}

static uint32_t add_image(checker *ck, uint32_t pattern, uint32_t number, span at) {
  model *m = ck->model;
  for (uint32_t i = 0; i < m->images.len; i++)
    if (m->images.data[i].pattern == pattern && m->images.data[i].number == number)
      return i;
  model_image image = {.pattern = pattern, .number = number, .at = at};
  vec_push(ck->arena, &m->images, image);
  return m->images.len - 1;
}

uint32_t image_find(expr_env *env, const ast_expr *e) {
  checker *ck = env->ck;
  bool has_number = e->kind == AST_INDEX;
  uint32_t pattern = find_pattern(ck, has_number ? e->as.index.object : e);
  if (pattern == NONE)
    return NONE;
  const model_pattern *p = &ck->model->patterns.data[pattern];
  uint32_t number = 0;
  if (!has_number && p->count > 1) {
    diag_report(ck->sink, DIAG_E0602, e->at, "`%s` has %u images: say which, `%s[0]`", p->name, p->count, p->name);
    return NONE;
  }
  if (has_number) {
    const ast_selector *s = &e->as.index.selectors.data[0];
    if (e->as.index.selectors.len > 1 || s->axis != NULL || s->value->kind == AST_RANGE) {
      diag_report(ck->sink, DIAG_E0602, e->at, "one image is presented at a time: `%s[0]`", p->name);
      return NONE;
    }
    expr_env constant = env_constant(ck, env->bindings, "the number of an image");
    if (!expr_constant_count(&constant, s->value, "the number of an image", 0, 1e9, &number))
      return NONE;
  }
  if (number < p->count)
    return add_image(ck, pattern, number, e->at);
  if (p->count > 0)
    diag_report(ck->sink, DIAG_E0602, e->at, "`%s` has the images 0 to %u; there is no image %u", p->name, p->count - 1,
                number);
  return NONE;
}

model_expr *resolve_indexed(expr_env *env, const ast_expr *e) {
  if (environment_of(env->ck, e->as.index.object) != NONE)
    return resolve_channel(env, e);
  if (environment_is_silent(env->ck, e->as.index.object))
    return NULL;
  if ((env->allow & ALLOW_PIXEL) == 0) {
    diag_report(env->ck->sink, DIAG_E0203, e->at, "`%s`: there is nothing to take elements of in %s",
                expr_text(env->ck, e), env->where);
    return NULL;
  }
  uint32_t image = image_find(env, e);
  if (image == NONE)
    return NULL;
  return expr_ref(env->ck, REF_PIXEL, SIDE_SELF, image, dim_none(), e->at);
}
