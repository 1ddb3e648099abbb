/* SPDX-License-Identifier: MIT */
/* network.c - timescales, populations, connections and their overrides. */
#include "model/check.h"
#include "support/limits.h"

#include <math.h>

/* ---- timescales ---- */

static const double default_step = 0.1; /* ms */

/* `on events` says something else of an equation. */
static void check_timescale_name(checker *ck, const ast_name *name) {
  if (strcmp(name->text, "events") != 0)
    return;
  diag *d = diag_report(ck->sink, DIAG_E0204, name->at,
                        "`events` cannot be a timescale: `on events` means that an equation of a "
                        "synapse goes from event to event");
  diag_hint(d, "give it another name");
}

static void refine_step(const checker *ck, model_timescale *t) {
  const model_options *o = ck->options;
  if (o->refine > 1 && (!o->refined || !strcmp(o->refined, t->name)))
    t->dt /= o->refine;
}

/* What stands on the command line wins, the last of a name. */
static const ast_decl *timescale_given(const checker *ck, const ast_decl *d) {
  for (uint32_t k = ck->options->timescale_count; k-- > 0;)
    if (strcmp(ck->options->timescales[k]->as.timescale.name.text, d->as.timescale.name.text) == 0)
      return ck->options->timescales[k];
  return d;
}

static void add_timescale(checker *ck, const ast_decl *d) {
  expr_env env = env_constant(ck, NULL, "a timescale");
  model_timescale t = {.name = d->as.timescale.name.text, .at = d->as.timescale.name.at, .ticks = 1};
  check_timescale_name(ck, &d->as.timescale.name);
  bool is_known = expr_constant(&env, d->as.timescale.step, dim_ms, arena_printf(ck->arena, "`%s`", t.name), &t.dt);
  if (is_known && t.dt <= 0)
    diag_report(ck->sink, DIAG_E0601, d->as.timescale.step->at, "a step must be longer than nothing");
  if (!is_known || t.dt <= 0)
    t.dt = 0; /* known by name, so that its uses are no errors */
  if (ck->model->timescales.len == LIMIT_TIMESCALES) {
    diag_report(ck->sink, DIAG_E0901, d->at, "a model has more than %u timescales", LIMIT_TIMESCALES);
    return;
  }
  refine_step(ck, &t);
  map_insert(ck->timescales, t.name, ck->model->timescales.len);
  vec_push(ck->arena, &ck->model->timescales, t);
}

static void count_ticks(checker *ck, model_timescale *t) {
  double ticks = t->dt / ck->model->base_dt, whole = floor(ticks + 0.5);
  if (t->dt == 0 || (fabs(ticks - whole) <= 1e-6 && whole <= 4e9)) {
    t->ticks = t->dt == 0 ? 1 : (uint32_t)whole;
    return;
  }
  diag *d = diag_report(ck->sink, DIAG_E0601, t->at,
                        "`%s` (%.9g ms) is not a whole multiple of the fastest timescale (%.9g ms)", t->name, t->dt,
                        ck->model->base_dt);
  diag_hint(d, "%.9g ms or %.9g ms would be", floor(ticks) * ck->model->base_dt, ceil(ticks) * ck->model->base_dt);
}

void timescales_check(checker *ck) {
  model *m = ck->model;
  for (uint32_t i = 0; i < ck->decls.len; i++)
    if (ck->decls.data[i]->kind == AST_DECL_TIMESCALE)
      add_timescale(ck, timescale_given(ck, ck->decls.data[i]));
  for (uint32_t i = 0; i < ck->options->timescale_count; i++)
    timescale_find(ck, ck->options->timescales[i]->as.timescale.name); /* one that is not there is an error */
  if (m->timescales.len == 0) {
    model_timescale t = {.name = "default", .dt = default_step, .at = SPAN_NONE};
    refine_step(ck, &t);
    vec_push(ck->arena, &m->timescales, t);
  }
  for (uint32_t i = 0; i < m->timescales.len; i++)
    if (m->timescales.data[i].dt > 0 && (m->base_dt == 0 || m->timescales.data[i].dt < m->base_dt))
      m->base_dt = m->timescales.data[i].dt;
  if (m->base_dt == 0)
    m->base_dt = default_step;
  for (uint32_t i = 0; i < m->timescales.len; i++) {
    count_ticks(ck, &m->timescales.data[i]);
    if (m->timescales.data[i].dt == 0)
      m->timescales.data[i].dt = m->base_dt;
  }
}

/* ---- overrides ---- */

static bool find_overridden(const expr_env *env, const ast_expr *target, const char *owner, model_override *out) {
  checker *ck = env->ck;
  const model_component *c = env->side[SIDE_SELF].component;
  if (target->kind != AST_NAME) {
    if (target->kind != AST_BAD)
      diag_report(ck->sink, DIAG_E0203, target->at, "an override names a param or a state of `%s` itself", c->name);
    return false;
  }
  const char *name = target->as.name.text;
  if (!component_find(c, name, &out->target, &out->item)) {
    name_list known = {0};
    for (uint32_t i = 0; i < c->params.len; i++)
      vec_push(ck->arena, &known, c->params.data[i].name);
    for (uint32_t i = 0; i < c->states.len; i++)
      vec_push(ck->arena, &known, c->states.data[i].name);
    report_unknown(ck, target->at, DIAG_E0201, arena_printf(ck->arena, "in `%s` the param or state", c->name), name,
                   &known);
    return false;
  }
  if (out->target == REF_PARAM || out->target == REF_STATE)
    return true;
  diag_report(ck->sink, DIAG_E0203, target->at,
              "`%s` is %s; `%s` can override params and initial values of states only", name, kind_word(out->target),
              owner);
  return false;
}

static void check_override(const expr_env *outer, const ast_setting *s, const char *owner, override_list *out) {
  checker *ck = outer->ck;
  const model_component *c = outer->side[SIDE_SELF].component;
  model_override o = {.at = s->at};
  uint32_t draws = 0;
  if (!find_overridden(outer, s->target, owner, &o))
    return;
  const char *name = s->target->as.name.text;
  expr_env env = *outer;
  env.param_limit = o.target == REF_PARAM ? o.item : NONE;
  env.draws = &draws;
  env.key_base = arena_printf(ck->arena, "%s.%s", owner, name);
  env.target = bare_of_item(c, o.target, o.item);
  o.value =
      expr_of_unit(&env, s->value, component_item_unit(c, o.target, o.item), arena_printf(ck->arena, "`%s`", name));
  if (o.target == REF_PARAM)
    param_range_check(ck, &c->params.data[o.item], o.value, s->value->at);
  for (uint32_t i = 0; i < out->len; i++)
    if (out->data[i].target == o.target && out->data[i].item == o.item) {
      diag *d = diag_report(ck->sink, DIAG_E0202, s->target->at, "`%s` is overridden twice", name);
      diag_note(d, out->data[i].at, "it is overridden here first");
      return;
    }
  if (o.value != NULL)
    vec_push(ck->arena, out, o);
}

void overrides_check(const expr_env *env, const ast_setting_list *settings, const char *owner, override_list *out) {
  for (uint32_t i = 0; i < settings->len; i++)
    check_override(env, &settings->data[i], owner, out);
}

/* ---- populations ---- */

uint32_t population_find(checker *ck, const char *name) {
  uint32_t index;
  return map_find(ck->populations, name, &index) ? index : NONE;
}

uint32_t connection_find(checker *ck, const char *name) {
  uint32_t index;
  return map_find(ck->connections, name, &index) ? index : NONE;
}

static uint32_t find_definition(checker *ck, ast_name name, bool wants_synapse) {
  uint32_t index;
  if (!map_find(ck->main->components, name.text, &index)) {
    name_list known = {0};
    for (uint32_t i = 0; i < map_count(ck->main->components); i++) {
      const component_def *def = &ck->component_defs.data[map_value_at(ck->main->components, i)];
      if ((def->ast->kind == AST_SYNAPSE) == wants_synapse)
        vec_push(ck->arena, &known, map_key_at(ck->main->components, i));
    }
    report_unknown(ck, name.at, DIAG_E0201, wants_synapse ? "the synapse" : "the component", name.text, &known);
    return NONE;
  }
  const component_def *def = &ck->component_defs.data[index];
  if ((def->ast->kind == AST_SYNAPSE) == wants_synapse)
    return index;
  diag *d = diag_report(ck->sink, DIAG_E0203, name.at,
                        wants_synapse ? "`%s` is not a synapse: a connection needs one"
                                      : "`%s` is a synapse: a population holds neurons or astrocytes",
                        name.text);
  diag_note(d, def->at, "it is declared here");
  return NONE;
}

static bool check_size(checker *ck, const ast_expr *size, model_population *p) {
  const double most = 4294967294.0;
  expr_env env = env_constant(ck, NULL, "a size");
  p->rows = p->cols = 1;
  p->has_no_size = size == NULL;
  if (size == NULL)
    return true;
  if (size->kind != AST_SIZE)
    return expr_constant_count(&env, size, "the size of a population", 1, most, &p->cols);
  p->is_grid = true;
  bool is_good = expr_constant_count(&env, size->as.size.rows, "the number of rows", 1, most, &p->rows);
  return expr_constant_count(&env, size->as.size.columns, "the number of columns", 1, most, &p->cols) && is_good;
}

static const char *bytes_text(checker *ck, double bytes) {
  static const char *const words[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  int i = 0;
  for (; bytes >= 1000 && i < 6; i++)
    bytes /= 1000;
  return arena_printf(ck->arena, "%.3g %s", bytes, words[i]);
}

static void check_memory(checker *ck, const model_population *p, span at) {
  const model_component *c = &ck->model->components.data[p->component];
  double elements = (double)p->rows * p->cols;
  uint32_t variables = c->states.len + c->inputs.len + c->timers.len + p->overrides.len + 1;
  double bytes = elements * 8 * variables;
  if (ck->state_bytes + bytes <= LIMIT_STATE_BYTES && elements < 4294967295.0) {
    ck->state_bytes += bytes;
    return;
  }
  diag *d = diag_report(ck->sink, DIAG_E0901, at,
                        "`%s` is too large: %.0f elements x 8 B x %u variables = %s; all "
                        "populations together may take %s",
                        p->name, elements, variables, bytes_text(ck, bytes), bytes_text(ck, LIMIT_STATE_BYTES));
  diag_hint(d, "a smaller population, or several models");
}

/* Where the corner of the grid lies: behind `at`. */
static void check_corner(checker *ck, const ast_expr *corner, model_population *p) {
  expr_env env = env_constant(ck, NULL, "a place");
  if (corner == NULL)
    return;
  if (corner->kind != AST_TUPLE || corner->as.list.values.len != 2) {
    diag_report(ck->sink, DIAG_E0501, corner->at, "a place has two lengths: `spaced 100 um at (50 um, 50 um)`");
    return;
  }
  expr_constant(&env, corner->as.list.values.data[0], dim_um, "the x of a place", &p->at_x);
  expr_constant(&env, corner->as.list.values.data[1], dim_um, "the y of a place", &p->at_y);
}

static void check_spacing(checker *ck, const ast_expr *spacing, model_population *p) {
  expr_env env = env_constant(ck, NULL, "a spacing");
  if (spacing == NULL || !expr_constant(&env, spacing, dim_um, "a spacing", &p->spacing) || p->spacing > 0)
    return;
  diag_report(ck->sink, DIAG_E0501, spacing->at, "a spacing must be longer than nothing");
  p->spacing = 0;
}

static void check_places(checker *ck, const model_population *p) {
  if (p->spacing > 0 || !ck->infos.data[p->component].usage->has_place)
    return;
  diag *d =
      diag_report(ck->sink, DIAG_E0501, p->at, "`%s` uses x or y, which are lengths, so its population needs a spacing",
                  ck->model->components.data[p->component].name);
  diag_hint(d, "write `... spaced 10 um`");
}

/* The scope of values that belong to single elements of a population. */
static expr_env element_scope(checker *ck, const model_population *p, const char *where) {
  expr_env env = env_constant(ck, NULL, where);
  env.side[SIDE_SELF] = (expr_side){.component = &ck->model->components.data[p->component], .population = p};
  env.allow = ALLOW_PLACE | ALLOW_RANDOM;
  return env;
}

static void add_population(checker *ck, const ast_decl *decl) {
  const ast_population *ast = &decl->as.population;
  model_population p = {.name = ast->name.text, .at = ast->name.at};
  bool has_size = check_size(ck, ast->size, &p);
  check_spacing(ck, ast->spacing, &p);
  check_corner(ck, ast->corner, &p);
  uint32_t def = find_definition(ck, ast->component, false);
  if (def == NONE) {
    name_silence(ck, p.name);
    return;
  }
  p.component = component_for_population(ck, def);
  check_places(ck, &p);
  expr_env env = element_scope(ck, &p, "an override");
  override_list overrides = {0};
  overrides_check(&env, &ast->overrides, p.name, &overrides);
  p.overrides.data = overrides.data;
  p.overrides.len = overrides.len;
  if (has_size)
    check_memory(ck, &p, ast->size != NULL ? ast->size->at : ast->name.at);
  map_insert(ck->populations, p.name, ck->model->populations.len);
  vec_push(ck->arena, &ck->model->populations, p);
}

static uint32_t count_decls(checker *ck, ast_decl_kind kind) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < ck->decls.len; i++)
    count += ck->decls.data[i]->kind == kind;
  return count;
}

/* Expressions point into these lists while they are checked: they must not move. */
void populations_check(checker *ck) {
  uint32_t populations = count_decls(ck, AST_DECL_POPULATION);
  vec_reserve(ck->arena, &ck->model->populations, populations);
  vec_reserve(ck->arena, &ck->model->components, populations + count_decls(ck, AST_DECL_CONNECT));
  for (uint32_t i = 0; i < ck->decls.len; i++)
    if (ck->decls.data[i]->kind == AST_DECL_POPULATION)
      add_population(ck, ck->decls.data[i]);
}

/* ---- connections ---- */

static const ast_expr *end_name(const ast_expr *end) { return end->kind == AST_INDEX ? end->as.index.object : end; }

static bool declares_population(checker *ck, const char *name) {
  for (uint32_t i = 0; i < ck->decls.len; i++)
    if (ck->decls.data[i]->kind == AST_DECL_POPULATION && ck->decls.data[i]->as.population.name.text == name)
      return true;
  return false;
}

static uint32_t find_end(checker *ck, const ast_expr *end) {
  const ast_expr *name = end_name(end);
  if (name->kind != AST_NAME) {
    if (name->kind != AST_BAD)
      diag_report(ck->sink, DIAG_E0203, name->at, "a connection joins populations, not `%s`", expr_text(ck, name));
    return NONE;
  }
  uint32_t index = population_find(ck, name->as.name.text);
  if (index == NONE && !declares_population(ck, name->as.name.text)) {
    name_list known = {0};
    for (uint32_t i = 0; i < ck->model->populations.len; i++)
      vec_push(ck->arena, &known, ck->model->populations.data[i].name);
    report_unknown(ck, name->at, DIAG_E0201, "the population", name->as.name.text, &known);
  }
  return index;
}

static expr_side side_of_population(checker *ck, uint32_t population) {
  const model_population *p = &ck->model->populations.data[population];
  return (expr_side){.component = &ck->model->components.data[p->component],
                     .usage = ck->infos.data[p->component].usage,
                     .population = p};
}

/* The ends of the links themselves. */
static rule_ends ends_of_links(checker *ck, const model_connection *c, const char *part) {
  return (rule_ends){.source = &ck->model->populations.data[c->source],
                     .target = &ck->model->populations.data[c->target],
                     .source_side = SIDE_PRE,
                     .target_side = SIDE_POST,
                     .is_same = c->source == c->target,
                     .allow_self = c->allow_self,
                     .says_self = true,
                     .key = arena_printf(ck->arena, "%s/%s", c->name, part)};
}

static model_expr *check_partner_probability(checker *ck, const ast_connect *ast, const model_connection *c) {
  rule_ends ends = ends_of_links(ck, c, "with_probability");
  return rule_partner_probability(ck, &ends, ast->partner_probability);
}

static bool is_end_of(const model_connection *c, uint32_t population) {
  return c->source == population || c->target == population || (c->has_partner && c->partner == population);
}

/* one_per_synapse: the partner's population, declared without a size, gets an element for each link. */
static void size_partners(checker *ck, const ast_connect *ast, const model_connection *c) {
  model *m = ck->model;
  model_population *p = &m->populations.data[c->partner];
  span at = ast->partner_rule.at;
  bool is_used = c->source == c->partner || c->target == c->partner;
  for (uint32_t i = 0; i < m->connections.len; i++)
    is_used = is_used || is_end_of(&m->connections.data[i], c->partner);
  if (is_used || !p->has_no_size) {
    diag *d = diag_report(ck->sink, DIAG_E0502, at,
                          is_used ? "`%s` gets an element for each link here, but is used in a connection before"
                                  : "`%s` gets an element for each link here, but has a size already",
                          p->name);
    diag_hint(d, is_used ? "connections that use it come after this one"
                         : "declare it without a size: `population NAME : COMPONENT`");
    return;
  }
  rule_ends ends = ends_of_links(ck, c, "by");
  double links = rule_link_count(&ends, &c->rule);
  if (links < 0) {
    refuse(ck, at, "`one_per_synapse` with a rule whose number of links is drawn",
           "rules with a known number of links work: indegree, outdegree, one_to_one, all_to_all, neighbours, ...");
    return;
  }
  p->has_no_size = false;
  p->cols = links >= 1 && links <= LIMIT_LINKS ? (uint32_t)links : 1;
  check_memory(ck, p, at);
}

static void check_partner(checker *ck, const ast_connect *ast, model_connection *c) {
  model *m = ck->model;
  if (ast->partner == NULL)
    return;
  if (ast->partner->kind == AST_INDEX)
    refuse(ck, ast->partner->at, "a slice as the third partner", NULL);
  c->partner = find_end(ck, ast->partner);
  c->has_partner = true;
  c->partner_of = SIDE_POST;
  if (ast->partner_of.text != NULL && strcmp(ast->partner_of.text, "pre") == 0)
    c->partner_of = SIDE_PRE;
  else if (ast->partner_of.text != NULL && strcmp(ast->partner_of.text, "post") != 0)
    diag_report(ck->sink, DIAG_E0203, ast->partner_of.at, "the third partner goes with `pre` or `post`, not with `%s`",
                ast->partner_of.text);
  if (c->partner == NONE)
    return;
  uint32_t near = c->partner_of == SIDE_PRE ? c->source : c->target;
  rule_ends ends = {.source = &m->populations.data[near],
                    .target = &m->populations.data[c->partner],
                    .source_side = c->partner_of,
                    .target_side = SIDE_ASTRO,
                    .is_partner = true,
                    .allow_self = true,
                    .key = arena_printf(ck->arena, "%s/with", c->name)};
  if (rule_check(ck, &ends, &ast->partner_rule, &c->partner_rule) && c->partner_rule.kind == RULE_ONE_PER_SYNAPSE)
    size_partners(ck, ast, c);
  if (ast->partner_probability != NULL)
    c->partner_probability = check_partner_probability(ck, ast, c);
  c->has_partner_per_link = c->partner_probability != NULL || c->partner_rule.kind == RULE_POOL ||
                            c->partner_rule.kind == RULE_ONE_PER_SYNAPSE;
}

static void build_synapse(checker *ck, uint32_t def, model_connection *c) {
  model *m = ck->model;
  expr_env env = env_constant(ck, NULL, "a synapse");
  env.side[SIDE_PRE] = side_of_population(ck, c->source);
  env.side[SIDE_POST] = side_of_population(ck, c->target);
  if (c->has_partner && c->partner != NONE)
    env.side[SIDE_ASTRO] = side_of_population(ck, c->partner);
  env.connect_at = c->at;
  env.has_partners = true;
  env.near = c->partner_of;
  model_component *out = vec_add(ck->arena, &m->components);
  component_info info = {.def = def, .usage = ARENA_NEW(ck->arena, component_usage)};
  component_build(ck, def, &env, out, info.usage);
  vec_push(ck->arena, &ck->infos, info);
  out->pre_component = m->populations.data[c->source].component;
  out->post_component = m->populations.data[c->target].component;
  if (env.side[SIDE_ASTRO].component != NULL)
    out->astro_component = m->populations.data[c->partner].component;
  c->component = m->components.len - 1;
}

expr_env link_scope(checker *ck, const model_connection *c, const char *where) {
  const model *m = ck->model;
  expr_env env = env_constant(ck, NULL, where);
  env.side[SIDE_SELF] = (expr_side){.component = &m->components.data[c->component]};
  env.side[SIDE_PRE] = side_of_population(ck, c->source);
  env.side[SIDE_POST] = side_of_population(ck, c->target);
  env.has_partners = true;
  env.near = c->partner_of;
  env.allow = ALLOW_RANDOM | ALLOW_DISTANCE;
  env.has_distance_unit = m->populations.data[c->source].spacing > 0 && m->populations.data[c->target].spacing > 0;
  return env;
}

static void check_link_overrides(checker *ck, const ast_connect *ast, model_connection *c) {
  expr_env env = link_scope(ck, c, "an override of a connection");
  override_list overrides = {0};
  overrides_check(&env, &ast->overrides, c->name, &overrides);
  c->overrides.data = overrides.data;
  c->overrides.len = overrides.len;
}

static void check_rule(checker *ck, const ast_connect *ast, model_connection *c) {
  bool is_same = c->source == c->target;
  bool is_one_to_one = ast->rule.name.text != NULL && strcmp(ast->rule.name.text, "one_to_one") == 0;
  c->allow_self = ast->self == AST_SELF_YES || (ast->self == AST_SELF_DEFAULT && (!is_same || is_one_to_one));
  rule_ends ends = ends_of_links(ck, c, "by");
  ends.says_self = ast->self != AST_SELF_DEFAULT;
  if (!rule_check(ck, &ends, &ast->rule, &c->rule))
    return;
  rule_slice(ck, &ends, ast->source, SIDE_PRE, &c->rule);
  rule_slice(ck, &ends, ast->target, SIDE_POST, &c->rule);
}

static void add_connection(checker *ck, const ast_decl *decl) {
  const ast_connect *ast = &decl->as.connect;
  const ast_name *name = ast->name.text != NULL ? &ast->name : &ast->synapse;
  model_connection c = {.name = name->text, .at = name->at, .partner = NONE, .partner_of = SIDE_POST};
  c.source = find_end(ck, ast->source);
  c.target = find_end(ck, ast->target);
  uint32_t def = find_definition(ck, ast->synapse, true);
  bool has_ends = c.source != NONE && c.target != NONE;
  if (has_ends) {
    check_rule(ck, ast, &c);
    check_partner(ck, ast, &c);
  }
  if (!has_ends || def == NONE || (c.has_partner && c.partner == NONE)) {
    name_silence(ck, c.name);
    return;
  }
  build_synapse(ck, def, &c);
  check_link_overrides(ck, ast, &c);
  delays_check(ck, ast, &c);
  combiners_check(ck, &c);
  coupling_take(ck, ast, &c);
  map_insert(ck->connections, c.name, ck->model->connections.len);
  vec_push(ck->arena, &ck->model->connections, c);
}

void connections_check(checker *ck) {
  for (uint32_t i = 0; i < ck->decls.len; i++)
    if (ck->decls.data[i]->kind == AST_DECL_CONNECT)
      add_connection(ck, ck->decls.data[i]);
}
