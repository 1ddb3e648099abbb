/* SPDX-License-Identifier: MIT */
/* connection.c - connections: their ends, rules, partners and synapses. */
#include "model/component/component.h"
#include "model/expr/expr.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "model/network/network.h"
#include "model/network/parts.h"
#include "support/limits.h"

#include <math.h>

static const ast_expr *end_name(const ast_expr *end) { return end->kind == AST_INDEX ? end->as.index.object : end; }

static uint32_t find_end(checker *ck, const ast_expr *end) {
  const ast_expr *name = end_name(end);
  if (name->kind != AST_NAME) {
    if (name->kind != AST_BAD)
      diag_report(ck->sink, DIAG_E0203, name->at, "a connection joins populations, not `%s`", expr_text(ck, name));
    return NONE;
  }
  uint32_t index = population_find(ck, name->as.name.text);
  if (index == NONE && !is_declared(ck, AST_DECL_POPULATION, name->as.name.text)) {
    name_list known = {0};
    for (uint32_t i = 0; i < ck->model->populations.len; i++)
      vec_push(ck->arena, &known, ck->model->populations.data[i].name);
    report_unknown(ck, name->at, DIAG_E0201, "the population", name->as.name.text, &known);
  }
  return index;
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
  memory_check(ck, p, at);
}

static void check_partner(checker *ck, const ast_connect *ast, model_connection *c) {
  model *m = ck->model;
  if (ast->partner == NULL)
    return;
  if (ast->partner->kind == AST_INDEX)
    refuse(ck, ast->partner->at, "a slice as the third partner", NULL);
  c->partner = find_end(ck, ast->partner);
  c->has_partner = true;
  bool is_of_source = ast->partner_of.text != NULL && strcmp(ast->partner_of.text, "pre") == 0;
  c->partner_of = is_of_source ? SIDE_PRE : SIDE_POST; /* another word was reported */
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
  if (rule_check(ck, &ends, &ast->partner_rule, &c->partner_rule) && c->partner_rule.kind == NSA_RULE_ONE_PER_SYNAPSE)
    size_partners(ck, ast, c);
  if (ast->partner_probability != NULL)
    c->partner_probability = check_partner_probability(ck, ast, c);
  c->has_partner_per_link = c->partner_probability != NULL || c->partner_rule.kind == NSA_RULE_POOL ||
                            c->partner_rule.kind == NSA_RULE_ONE_PER_SYNAPSE;
}

static void build_synapse(checker *ck, uint32_t def, model_connection *c) {
  model *m = ck->model;
  expr_env env = env_constant(ck, NULL, "a synapse");
  env.side[SIDE_PRE] = side_of_population(ck, c->source);
  env.side[SIDE_POST] = side_of_population(ck, c->target);
  if (c->has_partner && c->partner != NONE)
    env.side[SIDE_ASTRO] = side_of_population(ck, c->partner);
  env.connect_at = c->at;
  env.has_ends = true;
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

static void check_link_overrides(checker *ck, const ast_connect *ast, model_connection *c) {
  expr_env env = link_scope(ck, c, "an override of a connection");
  override_list overrides = {0};
  for (uint32_t k = 0; k < c->rule.columns.len; k++)
    if (!delay_is_column(c->rule.columns.data[k].name))
      override_by_column(&env, &c->rule.columns.data[k], k, c->name, &overrides);
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
  uint32_t def = definition_find(ck, ast->synapse, true);
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
