/* SPDX-License-Identifier: MIT */
/* component.c - one component: its items put together with those of its bases, then checked in the
 * order in which they can depend on each other: params, states, lets, equations and blocks. */
#include "model/check.h"
#include "support/limits.h"

enum {
  IN_VALUES = ALLOW_STATE | ALLOW_TIME | ALLOW_DT | ALLOW_PLACE,
  IN_BLOCKS = IN_VALUES | ALLOW_RANDOM
};

/* The builder's scope with other permissions; key_base names its random draws. */
static expr_env scope_for(component_builder *b, unsigned allow, const char *where,
                          const char *key_base) {
  expr_env env = b->env;
  env.allow = b->c->kind == COMPONENT_SYNAPSE ? allow & ~(unsigned)ALLOW_PLACE : allow;
  env.where = where;
  env.key_base = key_base;
  b->draws = 0;
  return env;
}

/* ---- what kinds of component may hold ---- */

typedef enum { FITS, MISPLACED, NOT_YET } fit;

static fit fit_of(ast_item_kind kind, bool is_synapse) {
  switch (kind) {
  case AST_ITEM_PARAM:
  case AST_ITEM_STATE:
  case AST_ITEM_LET:
  case AST_ITEM_FUNCTION: return FITS;
  case AST_ITEM_INPUT:
  case AST_ITEM_EVENT: return is_synapse ? MISPLACED : FITS;
  case AST_ITEM_CONTRIBUTION:
  case AST_ITEM_DEFAULT: return is_synapse ? FITS : MISPLACED;
  default: return is_synapse ? NOT_YET : FITS;
  }
}

static const char *item_word(ast_item_kind kind) {
  static const char *const words[] = {
      [AST_ITEM_PARAM] = "a param",         [AST_ITEM_STATE] = "a state",
      [AST_ITEM_INPUT] = "an input",        [AST_ITEM_NOISE] = "a noise",
      [AST_ITEM_TIMER] = "a timer",         [AST_ITEM_LET] = "a let",
      [AST_ITEM_FUNCTION] = "a function",   [AST_ITEM_ODE] = "an equation",
      [AST_ITEM_REACTION] = "a reaction",   [AST_ITEM_EVENT] = "an event",
      [AST_ITEM_ON] = "an `on` block",      [AST_ITEM_EVERY] = "an `every` block",
      [AST_ITEM_EACH_STEP] = "an `each step` block",
      [AST_ITEM_CONTRIBUTION] = "a contribution", [AST_ITEM_DEFAULT] = "a default"};
  return words[kind];
}

static const char *component_word(component_kind kind) {
  static const char *const words[] = {"a neuron", "an astrocyte", "a synapse"};
  return words[kind];
}

static bool fits_here(component_builder *b, const ast_item *item) {
  fit f = fit_of(item->kind, b->c->kind == COMPONENT_SYNAPSE);
  if (item->kind == AST_ITEM_EVENT && item->as.event.is_spike && b->c->kind == COMPONENT_ASTROCYTE)
    f = MISPLACED;
  if (f == NOT_YET)
    refuse(b->ck, item->at, arena_printf(b->ck->arena, "%s in a synapse", item_word(item->kind)),
           "continuous contributions `post.NAME += value` work");
  if (f == MISPLACED) {
    bool is_spike = item->kind == AST_ITEM_EVENT && item->as.event.is_spike;
    diag *d = diag_report(b->ck->sink, DIAG_E0404, item->at, "%s does not belong in %s",
                          is_spike ? "a spike" : item_word(item->kind), component_word(b->c->kind));
    if (item->kind == AST_ITEM_EVENT && b->c->kind == COMPONENT_ASTROCYTE)
      diag_hint(d, "give it a name: `event NAME when ...`");
    if (item->kind == AST_ITEM_CONTRIBUTION)
      diag_hint(d, "links are the business of a `synapse`");
  }
  return f == FITS;
}

/* ---- items of the component and its bases ---- */

static const char *key_of(checker *ck, const char *prefix, const char *name) {
  return intern_cstr(ck->names, arena_printf(ck->arena, "%s %s", prefix, name));
}

static const char *item_key(checker *ck, const ast_item *item) {
  switch (item->kind) {
  case AST_ITEM_LET: return item->as.let.name.text;
  case AST_ITEM_FUNCTION: return item->as.function.name.text;
  case AST_ITEM_ODE: return key_of(ck, "equation", item->as.ode.state.text);
  case AST_ITEM_EVENT: return key_of(ck, "event", item->as.event.name.text);
  case AST_ITEM_DEFAULT:
    return item->as.fallback.target->kind == AST_MEMBER
               ? key_of(ck, "default", item->as.fallback.target->as.member.name.text)
               : NULL;
  default: return NULL;
  }
}

static span item_name_at(const flat_item *item) {
  if (item->entry != NULL)
    return item->entry->name.at;
  switch (item->ast->kind) {
  case AST_ITEM_LET: return item->ast->as.let.name.at;
  case AST_ITEM_FUNCTION: return item->ast->as.function.name.at;
  case AST_ITEM_ODE: return item->ast->as.ode.state.at;
  case AST_ITEM_EVENT: return item->ast->as.event.name.at;
  default: return item->ast->at;
  }
}

static const char *item_subject(const flat_item *item) {
  switch (item->ast->kind) {
  case AST_ITEM_ODE: return "an equation of";
  case AST_ITEM_EVENT: return "the event";
  case AST_ITEM_DEFAULT: return "the default of";
  default: return "the name";
  }
}

/* An item of the same name: of a base it is replaced, of the component itself it is a clash. */
static void add_flat(component_builder *b, flat_item item, uint32_t own_start) {
  for (uint32_t i = 0; item.name != NULL && i < b->items.len; i++) {
    flat_item *old = &b->items.data[i];
    if (old->name != item.name || old->is_dropped)
      continue;
    if (i >= own_start) {
      diag *d = diag_report(b->ck->sink, DIAG_E0202, item_name_at(&item), "%s `%s` is declared twice",
                            item_subject(&item), strrchr(item.name, ' ') != NULL
                                                     ? strrchr(item.name, ' ') + 1
                                                     : item.name);
      diag_note(d, item_name_at(old), "it is declared here first");
      return;
    }
    if (old->ast->kind == item.ast->kind) {
      *old = item;
      return;
    }
    old->is_dropped = true;
  }
  vec_push(b->ck->arena, &b->items, item);
}

static const ast_entry_list *entries_of(const ast_item *item) {
  return item->kind <= AST_ITEM_TIMER ? &item->as.entries : NULL;
}

static void add_items(component_builder *b, const component_def *def) {
  uint32_t own_start = b->items.len;
  for (uint32_t i = 0; i < def->ast->items.len; i++) {
    const ast_item *item = def->ast->items.data[i];
    const ast_entry_list *entries = entries_of(item);
    if (!fits_here(b, item))
      continue;
    for (uint32_t k = 0; entries != NULL && k < entries->len; k++)
      add_flat(b,
               (flat_item){.ast = item, .entry = &entries->data[k],
                           .name = entries->data[k].name.text, .home = def->home},
               own_start);
    if (entries == NULL)
      add_flat(b, (flat_item){.ast = item, .name = item_key(b->ck, item), .home = def->home},
               own_start);
  }
}

static const component_def *find_base(component_builder *b, const component_def *def) {
  const ast_name *name = &def->ast->base;
  uint32_t index;
  if (!map_find(def->home->components, name->text, &index)) {
    name_list known = {0};
    for (uint32_t i = 0; i < map_count(def->home->components); i++)
      vec_push(b->ck->arena, &known, map_key_at(def->home->components, i));
    report_unknown(b->ck, name->at, DIAG_E0201, "the component", name->text, &known);
    return NULL;
  }
  const component_def *base = &b->ck->component_defs.data[index];
  if (base->ast->kind == def->ast->kind)
    return base;
  diag *d = diag_report(b->ck->sink, DIAG_E0203, name->at, "`%s` is %s: %s cannot extend it",
                        name->text, component_word((component_kind)base->ast->kind),
                        component_word((component_kind)def->ast->kind));
  diag_note(d, base->at, "it is declared here");
  return NULL;
}

/* From the farthest base to the component itself. */
static void collect_chain(component_builder *b, const component_def **chain, uint32_t *count) {
  const component_def *def = b->def;
  for (*count = 0; def != NULL; def = def->ast->base.text != NULL ? find_base(b, def) : NULL) {
    for (uint32_t i = 0; i < *count; i++)
      if (chain[i] == def) {
        diag_report(b->ck->sink, DIAG_E0401, def->ast->base.at,
                    "`%s` extends itself in a circle", def->name);
        return;
      }
    if (*count == LIMIT_IMPORT_DEPTH) {
      diag_report(b->ck->sink, DIAG_E0901, def->ast->base.at,
                  "components extend each other more than %d deep", LIMIT_IMPORT_DEPTH);
      return;
    }
    chain[(*count)++] = def;
  }
}

/* ---- the head ---- */

static void take_head(component_builder *b, const component_def *def) {
  checker *ck = b->ck;
  const ast_component *ast = def->ast;
  bool is_synapse = ast->kind == AST_SYNAPSE;
  if (ast->timescale.text != NULL && is_synapse)
    refuse(ck, ast->timescale.at, "a timescale of a synapse",
           "a contribution is evaluated at every tick of its fastest participant");
  else if (ast->timescale.text != NULL) {
    uint32_t timescale = timescale_find(ck, ast->timescale);
    b->c->timescale = timescale == NONE ? 0 : timescale;
  }
  if (ast->solver.name.text != NULL)
    solver_find(ck, &ast->solver, &b->solver);
  if (ast->coupling.text != NULL && strcmp(ast->coupling.text, "linear") == 0)
    refuse(ck, ast->coupling.at, "`coupling linear`", "leave it out: `coupling hold` is the default");
  else if (ast->coupling.text != NULL && strcmp(ast->coupling.text, "hold") != 0)
    diag_report(ck->sink, DIAG_E0201, ast->coupling.at,
                "the coupling `%s` is not known: it is `hold` or `linear`", ast->coupling.text);
  if (ast->precision.text != NULL && strcmp(ast->precision.text, "double") != 0)
    refuse(ck, ast->precision.at, arena_printf(ck->arena, "`precision %s`", ast->precision.text),
           "all numbers are doubles");
}

/* ---- declarations ---- */

void param_range_check(checker *ck, const model_param *p, const model_expr *value, span at) {
  double v;
  if (!p->has_range || !constant_value(value, NULL, &v) || (v >= p->lo && v <= p->hi))
    return;
  const char *unit = dim_is_none(p->unit) ? "" : dim_name(ck->arena, p->unit);
  diag *d = diag_report(ck->sink, DIAG_E0408, at, "%g %s is outside of the range of `%s`: %g to %g %s",
                        v, unit, p->name, p->lo, p->hi, unit);
  diag_note(d, p->at, "the range is declared here");
}

static bool value_and_unit(expr_env *env, const ast_entry *entry, model_expr **value, dim *unit) {
  const char *what = arena_printf(env->ck->arena, "`%s`", entry->name.text);
  *unit = dim_unknown();
  if (entry->value == NULL)
    return false;
  if (entry->unit != NULL) {
    *unit = unit_check(env->ck, entry->unit);
    *value = expr_of_unit(env, entry->value, *unit, what);
  } else {
    *value = expr_number(env, entry->value, NULL);
    if (*value != NULL)
      *unit = (*value)->unit;
  }
  return *value != NULL;
}

static void check_range(component_builder *b, const ast_entry *entry, model_param *p) {
  if (entry->low == NULL || entry->high == NULL || dim_is_unknown(p->unit))
    return;
  expr_env env = env_constant(b->ck, NULL, "a range");
  const char *what = arena_printf(b->ck->arena, "the range of `%s`", p->name);
  if (!expr_constant(&env, entry->low, p->unit, what, &p->lo) ||
      !expr_constant(&env, entry->high, p->unit, what, &p->hi))
    return;
  if (p->lo > p->hi) {
    diag_report(b->ck->sink, DIAG_E0408, span_join(entry->low->at, entry->high->at),
                "the range of `%s` is empty: its first end is the larger", p->name);
    return;
  }
  p->has_range = true;
  param_range_check(b->ck, p, p->value, entry->value->at);
}

/* A param that is bad keeps its place with an unknown unit, so that its uses stay silent. */
static void declare_param(component_builder *b, const flat_item *item) {
  expr_env env = scope_for(b, 0, "a param", "");
  env.has_partners = false;
  env.param_limit = b->c->params.len;
  env.home = item->home;
  model_param p = {.name = item->name, .at = item->entry->name.at};
  value_and_unit(&env, item->entry, &p.value, &p.unit);
  check_range(b, item->entry, &p);
  vec_push(b->ck->arena, &b->c->params, p);
}

static void declare_state(component_builder *b, const flat_item *item) {
  expr_env env = scope_for(b, ALLOW_PLACE | ALLOW_RANDOM, "an initial value", item->name);
  env.has_partners = false;
  env.home = item->home;
  model_state s = {.name = item->name, .at = item->entry->name.at};
  value_and_unit(&env, item->entry, &s.initial, &s.unit);
  vec_push(b->ck->arena, &b->c->states, s);
}

static combine_kind combiner_of(component_builder *b, const ast_name *name) {
  static const char *const words[] = {[COMBINE_MEAN] = "mean", [COMBINE_SUM] = "sum",
                                      [COMBINE_MAX] = "max",   [COMBINE_MIN] = "min",
                                      [COMBINE_LAST] = "last"};
  if (name->text == NULL)
    return COMBINE_NONE;
  for (int i = COMBINE_MEAN; i <= COMBINE_LAST; i++)
    if (strcmp(words[i], name->text) == 0)
      return (combine_kind)i;
  diag_report(b->ck->sink, DIAG_E0201, name->at,
              "an input cannot be combined by `%s`: it is mean, sum, max, min or last", name->text);
  return COMBINE_NONE;
}

static void declare_input(component_builder *b, const flat_item *item) {
  model_input in = {.name = item->name, .at = item->entry->name.at,
                    .unit = item->entry->unit != NULL ? unit_check(b->ck, item->entry->unit)
                                                      : dim_none(),
                    .combine = combiner_of(b, &item->entry->combiner)};
  vec_push(b->ck->arena, &b->c->inputs, in);
}

static void declare_timer(component_builder *b, const flat_item *item) {
  expr_env env = scope_for(b, ALLOW_PLACE | ALLOW_RANDOM, "an initial value", item->name);
  env.home = item->home;
  model_timer t = {.name = item->name, .at = item->entry->name.at};
  if (item->entry->value != NULL)
    t.initial = duration_check(&env, item->entry->value,
                               b->ck->model->timescales.data[b->c->timescale].dt, "a timer", false);
  vec_push(b->ck->arena, &b->c->timers, t);
}

static void declare_noise(component_builder *b, const flat_item *item) {
  model_noise n = {.name = item->name, .at = item->entry->name.at};
  vec_push(b->ck->arena, &b->c->noises, n);
}

static void declare_let(component_builder *b, const flat_item *item) {
  pending_let let = {.ast = item->ast, .name = item->name, .at = item->ast->as.let.name.at,
                     .home = item->home};
  vec_push(b->ck->arena, &b->lets, let);
}

static void declare_event(component_builder *b, const flat_item *item) {
  model_event e = {.name = item->ast->as.event.name.text, .is_spike = item->ast->as.event.is_spike,
                   .at = item->ast->at};
  if (e.is_spike)
    e.name = intern_cstr(b->ck->names, "spike");
  if (b->c->events.len == LIMIT_EVENTS)
    diag_report(b->ck->sink, DIAG_E0901, item->ast->at, "a component has more than %u events",
                LIMIT_EVENTS);
  else
    vec_push(b->ck->arena, &b->c->events, e);
}

typedef void item_action(component_builder *b, const flat_item *item);

static void for_items(component_builder *b, ast_item_kind kind, item_action *action) {
  for (uint32_t i = 0; i < b->items.len; i++)
    if (b->items.data[i].ast->kind == kind && !b->items.data[i].is_dropped)
      action(b, &b->items.data[i]);
}

static void check_refractory(component_builder *b, const flat_item *item) {
  uint32_t event = component_find_event(b->c, intern_cstr(b->ck->names, item->ast->as.event.name.text));
  if (item->ast->as.event.refractory == NULL || event == NONE)
    return;
  expr_env env = scope_for(b, 0, "a refractory time", "");
  env.home = item->home;
  b->c->events.data[event].refractory =
      duration_check(&env, item->ast->as.event.refractory,
                     b->ck->model->timescales.data[b->c->timescale].dt, "the refractory time", false);
}

/* ---- lets ---- */

pending_let *builder_find_let(component_builder *b, const char *name) {
  for (uint32_t i = 0; i < b->lets.len; i++)
    if (b->lets.data[i].name == name)
      return &b->lets.data[i];
  return NULL;
}

static void report_circle(component_builder *b, const pending_let *let, span use) {
  uint32_t start = 0;
  while (start < b->let_path.len && &b->lets.data[b->let_path.data[start]] != let)
    start++;
  text circle = text_new(b->ck->arena);
  for (uint32_t i = start; i < b->let_path.len; i++)
    text_printf(&circle, "%s -> ", b->lets.data[b->let_path.data[i]].name);
  text_puts(&circle, let->name);
  diag *d = diag_report(b->ck->sink, DIAG_E0401, let->at, "lets refer to each other in a circle: %s",
                        text_cstr(&circle));
  diag_note(d, use, "the circle closes here");
  diag_hint(d, "make one of them a `state`: it then holds the value of the step before");
}

bool builder_check_let(component_builder *b, pending_let *let, span use) {
  enum { NEW, BEING_CHECKED, DONE };
  if (let->status == DONE)
    return !let->is_bad;
  if (let->status == BEING_CHECKED) {
    report_circle(b, let, use);
    return false;
  }
  if (b->let_path.len >= LIMIT_NESTING) {
    diag_report(b->ck->sink, DIAG_E0901, let->at, "lets depend on each other more than %d deep",
                LIMIT_NESTING);
    return false;
  }
  let->status = BEING_CHECKED;
  vec_push(b->ck->arena, &b->let_path, (uint32_t)(let - b->lets.data));
  expr_env env = b->env;
  env.allow = b->c->kind == COMPONENT_SYNAPSE ? IN_VALUES & ~ALLOW_PLACE : IN_VALUES;
  env.where = "a let";
  env.home = let->home;
  model_let out = {.name = let->name, .at = let->at};
  out.value = expr_check(&env, let->ast->as.let.value, NULL);
  b->let_path.len--;
  let->status = DONE;
  let->is_bad = out.value == NULL;
  if (let->is_bad) /* keeps its name, so that readers elsewhere stay silent */
    out.value = expr_literal(b->ck, 0, dim_unknown(), let->at);
  let->index = b->c->lets.len;
  vec_push(b->ck->arena, &b->c->lets, out);
  return !let->is_bad;
}

static void check_lets(component_builder *b) {
  for (uint32_t i = 0; i < b->lets.len; i++)
    builder_check_let(b, &b->lets.data[i], b->lets.data[i].at);
}

/* ---- events and blocks ---- */

static model_expr *check_when(expr_env *env, const ast_when *when) {
  if (when->kind == AST_WHEN_TRUE)
    return expr_bool(env, when->value);
  model_expr *value = expr_number(env, when->value, NULL);
  if (value == NULL)
    return NULL;
  model_expr *threshold =
      expr_of_unit(env, when->threshold, value->unit,
                   arena_printf(env->ck->arena, "`%s`", expr_text(env->ck, when->value)));
  return expr_binary(env->ck, when->kind == AST_WHEN_RISES_ABOVE ? MX_GT : MX_LT, value, threshold,
                     when->at);
}

static const char *block_key(component_builder *b, block_kind kind, const char *word) {
  return arena_printf(b->ck->arena, "%s%u", word, ++b->block_counts[kind]);
}

static model_on *add_block(component_builder *b, const flat_item *item, block_kind kind,
                           const ast_block *block, const char *key) {
  model_on *on = vec_add(b->ck->arena, &b->c->blocks);
  on->kind = kind;
  on->at = item->ast->at;
  expr_env env = scope_for(b, IN_BLOCKS, "a block", key);
  env.home = item->home;
  block_env block_scope = {.env = &env, .local_count = &b->c->local_count, .population = NONE};
  block_check(&block_scope, block, &on->body);
  return on;
}

static void check_event(component_builder *b, const flat_item *item) {
  const char *name = intern_cstr(b->ck->names, item->ast->as.event.name.text);
  uint32_t event = component_find_event(b->c, name);
  if (event == NONE)
    return;
  expr_env env = scope_for(b, IN_VALUES, "a condition", "");
  env.home = item->home;
  b->c->events.data[event].when = check_when(&env, &item->ast->as.event.when);
  if (item->ast->as.event.block != NULL)
    add_block(b, item, BLOCK_EVENT, item->ast->as.event.block, name)->event = event;
}

static void report_unknown_event(component_builder *b, const ast_name *name) {
  name_list known = {0};
  for (uint32_t i = 0; i < b->c->events.len; i++)
    vec_push(b->ck->arena, &known, b->c->events.data[i].name);
  report_unknown(b->ck, name->at, DIAG_E0407, "the event", name->text, &known);
}

static void check_on(component_builder *b, const flat_item *item) {
  const ast_name *partner = &item->ast->as.on.partner, *name = &item->ast->as.on.event;
  if (partner->text != NULL) {
    diag_report(b->ck->sink, DIAG_E0407, partner->at,
                "`%s` is known in synapses only: %s reacts to its own events", partner->text,
                component_word(b->c->kind));
    return;
  }
  uint32_t event = component_find_event(b->c, intern_cstr(b->ck->names, name->text));
  if (event == NONE) {
    report_unknown_event(b, name);
    return;
  }
  const char *key = arena_printf(b->ck->arena, "on_%s", name->text);
  add_block(b, item, BLOCK_EVENT, item->ast->as.on.block, block_key(b, BLOCK_EVENT, key))->event = event;
}

static void check_every(component_builder *b, const flat_item *item) {
  expr_env env = scope_for(b, 0, "the period of a block", "");
  env.home = item->home;
  model_expr *period =
      duration_check(&env, item->ast->as.every.period,
                     b->ck->model->timescales.data[b->c->timescale].dt, "the period", true);
  add_block(b, item, BLOCK_EVERY, item->ast->as.every.block, block_key(b, BLOCK_EVERY, "every"))
      ->period = period;
}

static void check_each_step(component_builder *b, const flat_item *item) {
  add_block(b, item, BLOCK_EACH_STEP, item->ast->as.each_step.block,
            block_key(b, BLOCK_EACH_STEP, "each_step"));
}

static item_action *action_of(ast_item_kind kind) {
  switch (kind) {
  case AST_ITEM_EVENT: return check_event;
  case AST_ITEM_ON: return check_on;
  case AST_ITEM_EVERY: return check_every;
  case AST_ITEM_EACH_STEP: return check_each_step;
  case AST_ITEM_ODE: return ode_check;
  default: return NULL;
  }
}

/* ---- synapses ---- */

static bool target_side(component_builder *b, const ast_expr *target, model_side *side) {
  if (target->kind == AST_MEMBER && target->as.member.object->kind == AST_NAME) {
    const char *partner = target->as.member.object->as.name.text;
    if (strcmp(partner, "post") == 0) {
      *side = SIDE_POST;
      return true;
    }
    if (strcmp(partner, "astro") == 0) {
      refuse(b->ck, target->at, "a contribution to the astrocyte of a synapse",
             "a connection from the neurons to the astrocytes, with a synapse of its own, does the "
             "same");
      return false;
    }
  }
  if (target->kind != AST_BAD) {
    diag *d = diag_report(b->ck->sink, DIAG_E0409, target->at,
                          "a synapse contributes to inputs of its target only, not to `%s`",
                          expr_text(b->ck, target));
    diag_hint(d, "write `post.NAME += value`");
  }
  return false;
}

static bool find_target_input(component_builder *b, const ast_expr *target, model_side side,
                              uint32_t *input) {
  const model_component *partner = b->env.side[side].component;
  const ast_name *name = &target->as.member.name;
  model_ref_kind kind;
  name_list known = {0};
  if (component_find(partner, name->text, &kind, input) && kind == REF_INPUT)
    return true;
  if (component_find(partner, name->text, &kind, input)) {
    diag_report(b->ck->sink, DIAG_E0409, name->at,
                "`%s` is %s of `%s`; a synapse can contribute to inputs only", name->text,
                kind_word(kind), partner->name);
    return false;
  }
  for (uint32_t i = 0; i < partner->inputs.len; i++)
    vec_push(b->ck->arena, &known, partner->inputs.data[i].name);
  report_unknown(b->ck, name->at, DIAG_E0201,
                 arena_printf(b->ck->arena, "in `%s` the input", partner->name), name->text, &known);
  return false;
}

static void check_contribution(component_builder *b, const flat_item *item) {
  const ast_expr *target = item->ast->as.contribution.target;
  expr_env env = scope_for(b, IN_VALUES, "a contribution", "");
  env.home = item->home;
  model_contribution c = {.at = item->ast->at};
  bool is_known = target_side(b, target, &c.side) && !b->env.partners_unknown &&
                  find_target_input(b, target, c.side, &c.input);
  if (!is_known) {
    expr_number(&env, item->ast->as.contribution.value, NULL);
    return;
  }
  c.value = expr_of_unit(&env, item->ast->as.contribution.value,
                         b->env.side[c.side].component->inputs.data[c.input].unit,
                         arena_printf(b->ck->arena, "`%s`", expr_text(b->ck, target)));
  if (c.value != NULL)
    vec_push(b->ck->arena, &b->c->contributions, c);
}

static void check_default(component_builder *b, const flat_item *item) {
  const ast_expr *target = item->ast->as.fallback.target;
  bool is_astro = target->kind == AST_MEMBER && target->as.member.object->kind == AST_NAME &&
                  strcmp(target->as.member.object->as.name.text, "astro") == 0;
  if (!is_astro) {
    if (target->kind != AST_BAD)
      diag_report(b->ck->sink, DIAG_E0409, target->at,
                  "a default stands for a value of the astrocyte: `default astro.NAME = value`");
    return;
  }
  expr_env env = scope_for(b, 0, "a default", "");
  env.has_partners = false;
  env.home = item->home;
  const model_component *astro = b->env.side[SIDE_ASTRO].component;
  model_ref_kind kind;
  uint32_t index;
  if (astro == NULL || b->env.partners_unknown) {
    expr_check(&env, item->ast->as.fallback.value, NULL);
    return;
  }
  const ast_name *name = &target->as.member.name;
  if (!component_find(astro, name->text, &kind, &index) || kind == REF_NOISE) {
    if (!b->ck->is_broken)
      diag_report(b->ck->sink, DIAG_E0201, name->at, "`%s` has no value `%s`", astro->name, name->text);
    return;
  }
  model_expr *value =
      expr_of_unit(&env, item->ast->as.fallback.value, component_item_unit(astro, kind, index),
                   arena_printf(b->ck->arena, "`%s`", expr_text(b->ck, target)));
  if (value == NULL)
    return;
  vec_reserve(b->ck->arena, &b->c->astro_defaults, b->c->astro_defaults.len + 1);
  uint32_t last = b->c->astro_defaults.len++;
  b->c->astro_defaults.data[last].kind = kind;
  b->c->astro_defaults.data[last].item = index;
  b->c->astro_defaults.data[last].value = value;
}

/* ---- the whole ---- */

static void declare_items(component_builder *b) {
  for_items(b, AST_ITEM_INPUT, declare_input);
  for_items(b, AST_ITEM_NOISE, declare_noise);
  for_items(b, AST_ITEM_EVENT, declare_event);
  for_items(b, AST_ITEM_PARAM, declare_param);
  for_items(b, AST_ITEM_STATE, declare_state);
  for_items(b, AST_ITEM_TIMER, declare_timer);
  for_items(b, AST_ITEM_LET, declare_let);
  for_items(b, AST_ITEM_EVENT, check_refractory);
}

static void check_items(component_builder *b) {
  check_lets(b);
  for (uint32_t i = 0; i < b->items.len; i++) {
    item_action *action = action_of(b->items.data[i].ast->kind);
    if (action != NULL && !b->items.data[i].is_dropped)
      action(b, &b->items.data[i]);
  }
  for_items(b, AST_ITEM_REACTION, reaction_check);
  for_items(b, AST_ITEM_CONTRIBUTION, check_contribution);
  for_items(b, AST_ITEM_DEFAULT, check_default);
}

static void finish_usage(component_builder *b) {
  b->usage->lets = ARENA_ARRAY(b->ck->arena, bool, b->c->lets.len + 1);
  for (uint32_t i = 0; i < b->lets.len; i++)
    b->usage->lets[b->lets.data[i].index] = b->lets.data[i].is_used || b->lets.data[i].is_bad;
}

void component_build(checker *ck, uint32_t def, const expr_env *partners, model_component *out,
                     component_usage *usage) {
  const component_def *d = &ck->component_defs.data[def];
  component_builder b = {.ck = ck, .def = d, .c = out, .usage = usage, .solver = SOLVER_automatic};
  *out = (model_component){.kind = (component_kind)d->ast->kind, .name = d->name,
                           .doc = d->doc != NULL ? d->doc : "", .at = d->at,
                           .pre_component = NONE, .post_component = NONE, .astro_component = NONE};
  b.env = *partners;
  b.env.builder = &b;
  b.env.draws = &b.draws;
  b.env.param_limit = NONE;
  b.env.has_partners = d->ast->kind == AST_SYNAPSE;
  b.env.side[SIDE_SELF] = (expr_side){.component = out, .usage = usage};
  const component_def *chain[LIMIT_IMPORT_DEPTH];
  uint32_t count;
  collect_chain(&b, chain, &count);
  for (uint32_t i = count; i-- > 0;) {
    take_head(&b, chain[i]);
    add_items(&b, chain[i]);
  }
  uint32_t input_count = b.items.len;
  usage->inputs = ARENA_ARRAY(ck->arena, bool, input_count + 1);
  declare_items(&b);
  check_items(&b);
  finish_usage(&b);
}

uint32_t component_for_population(checker *ck, uint32_t def) {
  for (uint32_t i = 0; i < ck->infos.len; i++)
    if (ck->infos.data[i].def == def)
      return i;
  component_info info = {.def = def};
  model_component component;
  component_usage *usage = ARENA_NEW(ck->arena, component_usage);
  expr_env env = env_constant(ck, NULL, "a component");
  component_build(ck, def, &env, &component, usage);
  info.usage = usage;
  vec_push(ck->arena, &ck->infos, info);
  vec_push(ck->arena, &ck->model->components, component);
  return ck->model->components.len - 1;
}
