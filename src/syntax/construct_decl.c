/* SPDX-License-Identifier: MIT */
/* construct_decl.c - declarations of the top level. */
#include "syntax/construct.h"

#include <string.h>

#define BIT(clause) (1u << CLAUSE_##clause)

static const char *const precisions[] = {"single", "double", "mixed", NULL};

ast_decl *new_decl(parse_context *ctx, ast_decl_kind kind, span at) {
  ast_decl *d = ARENA_NEW(ctx->arena, ast_decl);
  d->kind = kind;
  d->at = at;
  d->doc = find_doc(ctx, at.start);
  return d;
}

/* Populations may be called pre, post and astro; inside a synapse these words mean the ends of a link. */
static void check_population_name(parse_context *ctx, ast_name name) {
  if (strcmp(name.text, "t") == 0 || strcmp(name.text, "dt") == 0)
    check_declared(ctx, name);
}

ast_decl *make_broken(parse_context *ctx) {
  (void)ctx;
  return NULL;
}

ast_function *make_function(parse_context *ctx, ast_name name, const ast_name_list *params, ast_expr *body) {
  check_declared(ctx, name);
  for (uint32_t i = 0; i < params->len; i++)
    check_declared(ctx, params->data[i]);
  ast_function *f = ARENA_NEW(ctx->arena, ast_function);
  *f = (ast_function){name, *params, body};
  return f;
}

ast_decl *make_function_decl(parse_context *ctx, span at, const ast_function *function) {
  ast_decl *d = new_decl(ctx, AST_DECL_FUNCTION, at);
  d->as.function = *function;
  return d;
}

ast_decl *make_extends(parse_context *ctx, span at, ast_name path) {
  ast_decl *d = new_decl(ctx, AST_DECL_EXTENDS, at);
  d->as.extends.path = path;
  return d;
}

static ast_decl *new_import(parse_context *ctx, span at, const clause_list *clauses) {
  check_clauses(ctx, clauses, BIT(AS), "an import");
  ast_decl *d = new_decl(ctx, AST_DECL_IMPORT, at);
  d->as.import.as = find_clause(clauses, CLAUSE_AS)->name;
  check_declared(ctx, d->as.import.as);
  return d;
}

ast_decl *make_import_file(parse_context *ctx, span at, ast_name path, const clause_list *clauses) {
  ast_decl *d = new_import(ctx, at, clauses);
  d->as.import.file = path.text;
  d->as.import.path_at = path.at;
  return d;
}

ast_decl *make_import_path(parse_context *ctx, span at, const ast_name_list *parts, span path_at,
                           const clause_list *clauses) {
  ast_decl *d = new_import(ctx, at, clauses);
  d->as.import.parts = *parts;
  d->as.import.path_at = path_at;
  return d;
}

ast_decl *make_precision(parse_context *ctx, span at, ast_name word) {
  check_word(ctx, word, precisions, "a precision is");
  ast_decl *d = new_decl(ctx, AST_DECL_PRECISION, at);
  d->as.precision = word;
  return d;
}

ast_decl *make_params(parse_context *ctx, span at, const ast_entry_list *entries) {
  ast_decl *d = new_decl(ctx, AST_DECL_PARAM, at);
  d->as.param = make_entries_item(ctx, at, AST_ITEM_PARAM, entries);
  return d;
}

ast_decl *make_timescale(parse_context *ctx, span at, ast_name name, ast_expr *step) {
  check_declared(ctx, name);
  ast_decl *d = new_decl(ctx, AST_DECL_TIMESCALE, at);
  d->as.timescale.name = name;
  d->as.timescale.step = step;
  return d;
}

static const char *const couplings[] = {"hold", "linear", "stages", "implicit", NULL};

enum { HEAD_CLAUSES = BIT(ON) | BIT(USING) | BIT(COUPLING) | BIT(PRECISION) };

static ast_decl *new_component(parse_context *ctx, ast_decl_kind kind, span at, ast_name name,
                               const clause_list *clauses, const ast_item_list *items, span body) {
  ast_decl *d = new_decl(ctx, kind, at);
  ast_component *c = &d->as.component;
  c->name = name;
  const ast_expr *on = find_clause(clauses, CLAUSE_ON)->expr;
  if (on != NULL && on->kind == AST_NAME)
    c->timescale = (ast_name){on->as.name.text, on->at};
  else if (on != NULL)
    syntax_error_at(ctx, DIAG_E0101, on->at, "a timescale is a plain name");
  c->solver = find_clause(clauses, CLAUSE_USING)->solver;
  c->coupling = find_clause(clauses, CLAUSE_COUPLING)->name;
  check_word(ctx, c->coupling, couplings, "a coupling is");
  c->precision = find_clause(clauses, CLAUSE_PRECISION)->name;
  check_word(ctx, c->precision, precisions, "a precision is");
  c->items = *items;
  c->body = body;
  return d;
}

ast_decl *make_component(parse_context *ctx, span at, int kind, ast_name name, const clause_list *clauses,
                         const ast_item_list *items, span body) {
  static const char *const whats[] = {"a neuron", "an astrocyte", "a synapse"};
  check_declared(ctx, name);
  check_clauses(ctx, clauses, BIT(EXTENDS) | HEAD_CLAUSES, whats[kind]);
  ast_decl *d = new_component(ctx, AST_DECL_COMPONENT, at, name, clauses, items, body);
  d->as.component.kind = (ast_component_kind)kind;
  d->as.component.base = find_clause(clauses, CLAUSE_EXTENDS)->name;
  return d;
}

ast_decl *make_modify(parse_context *ctx, span at, ast_name name, const clause_list *clauses,
                      const ast_item_list *items, span body) {
  check_clauses(ctx, clauses, HEAD_CLAUSES, "`modify`");
  return new_component(ctx, AST_DECL_MODIFY, at, name, clauses, items, body);
}

ast_decl *make_population(parse_context *ctx, span at, ast_name name, ast_name component, ast_expr *size,
                          const clause_list *clauses, settings_block overrides) {
  check_population_name(ctx, name);
  check_clauses(ctx, clauses, BIT(SPACED) | BIT(AT), "a population");
  ast_decl *d = new_decl(ctx, AST_DECL_POPULATION, at);
  ast_population *p = &d->as.population;
  p->name = name;
  p->component = component;
  p->size = size;
  p->spacing = find_clause(clauses, CLAUSE_SPACED)->expr;
  p->corner = find_clause(clauses, CLAUSE_AT)->expr;
  if (p->corner != NULL && p->spacing == NULL)
    syntax_error_at(ctx, DIAG_E0101, p->corner->at, "a place without a distance between elements: `spaced 10 um at …`");
  p->has_overrides = overrides.is_present;
  p->overrides = overrides.list;
  p->block = overrides.at;
  return d;
}

/* `probability(p)` behind the rule of the third partner. */
static ast_expr *partner_probability(parse_context *ctx, const ast_rule *rule) {
  if (rule->name.text == NULL)
    return NULL;
  if (strcmp(rule->name.text, "probability") == 0 && rule->args.len == 1)
    return rule->args.data[0].value;
  syntax_error_at(ctx, DIAG_E0101, rule->at,
                  "behind the rule of the third partner stands nothing but `probability(p)`");
  return NULL;
}

static void set_partner(parse_context *ctx, ast_connect *c, const clause *with) {
  static const char *const sides[] = {"post", "pre", NULL};
  c->partner = with->expr;
  c->partner_of = with->name;
  check_word(ctx, c->partner_of, sides, "the third partner is that `of`");
  c->partner_rule = with->rule;
  c->partner_probability = partner_probability(ctx, &with->second_rule);
}

ast_decl *make_connect(parse_context *ctx, span at, ast_name name, ast_expr *source, ast_expr *target,
                       const clause_list *clauses, settings_block overrides) {
  check_declared(ctx, name);
  check_clauses(ctx, clauses, BIT(VIA) | BIT(BY) | BIT(SELF) | BIT(DELAY) | BIT(COUPLING) | BIT(WITH), "a connection");
  ast_decl *d = new_decl(ctx, AST_DECL_CONNECT, at);
  ast_connect *c = &d->as.connect;
  c->name = name;
  c->source = source;
  c->target = target;
  c->synapse = find_clause(clauses, CLAUSE_VIA)->name;
  c->rule = find_clause(clauses, CLAUSE_BY)->rule;
  c->self = find_clause(clauses, CLAUSE_SELF)->self;
  c->delay = find_clause(clauses, CLAUSE_DELAY)->expr;
  c->delay_back = find_clause(clauses, CLAUSE_DELAY)->second;
  c->coupling = find_clause(clauses, CLAUSE_COUPLING)->name;
  check_word(ctx, c->coupling, couplings, "a coupling is");
  set_partner(ctx, c, find_clause(clauses, CLAUSE_WITH));
  c->has_overrides = overrides.is_present;
  c->overrides = overrides.list;
  c->block = overrides.at;
  span ends = span_join(source->at, target->at);
  if (c->synapse.text == NULL)
    syntax_error_at(ctx, DIAG_E0101, ends, "a connection needs its synapse: `via SYNAPSE`");
  if (c->rule.name.text == NULL)
    diag_hint(syntax_error_at(ctx, DIAG_E0101, ends, "a connection needs its rule: `by RULE`"),
              "for instance `by all_to_all`, `by one_to_one`, `by probability(0.1)`");
  return c->synapse.text != NULL && c->rule.name.text != NULL ? d : NULL;
}

ast_decl *make_pattern(parse_context *ctx, span at, ast_name name, ast_expr *count, ast_expr *value) {
  check_declared(ctx, name);
  ast_decl *d = new_decl(ctx, AST_DECL_PATTERN, at);
  d->as.pattern.name = name;
  d->as.pattern.count = count;
  d->as.pattern.value = value;
  return d;
}

ast_decl *make_loop(parse_context *ctx, span at, const ast_name_list *names, ast_expr *over, const ast_decl_list *body,
                    span block) {
  ast_decl *d = new_decl(ctx, AST_DECL_FOR, at);
  for (uint32_t i = 0; i < names->len; i++)
    check_declared(ctx, names->data[i]);
  d->as.loop.names = *names;
  d->as.loop.over = over;
  d->as.loop.body = *body;
  d->as.loop.block = block;
  return d;
}

static ast_window window_of(const clause_list *clauses) {
  return (ast_window){find_clause(clauses, CLAUSE_FROM)->expr, find_clause(clauses, CLAUSE_FOR)->expr,
                      find_clause(clauses, CLAUSE_EVERY)->expr, find_clause(clauses, CLAUSE_DURING)->expr,
                      find_clause(clauses, CLAUSE_AS)->name};
}

#define WINDOW_CLAUSES (BIT(FROM) | BIT(FOR) | BIT(EVERY) | BIT(DURING) | BIT(AS))

ast_decl *make_present(parse_context *ctx, span at, ast_expr *pattern, const clause_list *clauses) {
  check_clauses(ctx, clauses, WINDOW_CLAUSES | BIT(ON) | BIT(AMPLITUDE) | BIT(FLIP), "`present`");
  ast_decl *d = new_decl(ctx, AST_DECL_PRESENT, at);
  d->as.present.pattern = pattern;
  d->as.present.target = find_clause(clauses, CLAUSE_ON)->expr;
  d->as.present.amplitude = find_clause(clauses, CLAUSE_AMPLITUDE)->expr;
  d->as.present.flip = find_clause(clauses, CLAUSE_FLIP)->expr;
  d->as.present.window = window_of(clauses);
  check_declared(ctx, d->as.present.window.as);
  if (d->as.present.target != NULL)
    return d;
  syntax_error_at(ctx, DIAG_E0101, pattern->at, "`present` needs its target: `on POPULATION.INPUT`");
  return NULL;
}

ast_decl *make_drive(parse_context *ctx, span at, ast_expr *target, ast_expr *value, const clause_list *clauses) {
  check_clauses(ctx, clauses, WINDOW_CLAUSES, "`drive`");
  ast_decl *d = new_decl(ctx, AST_DECL_DRIVE, at);
  d->as.drive.target = target;
  d->as.drive.value = value;
  d->as.drive.window = window_of(clauses);
  check_declared(ctx, d->as.drive.window.as);
  return d;
}

ast_decl *make_phase(parse_context *ctx, span at, ast_name name, const clause_list *clauses) {
  check_declared(ctx, name);
  check_clauses(ctx, clauses, BIT(FROM) | BIT(FOR) | BIT(EVERY), "a phase");
  ast_decl *d = new_decl(ctx, AST_DECL_PHASE, at);
  d->as.phase.name = name;
  d->as.phase.window = window_of(clauses);
  return d;
}

ast_decl *make_phase_block(parse_context *ctx, span at, ast_name phase, ast_block *block) {
  ast_decl *d = new_decl(ctx, AST_DECL_ON, at);
  d->as.on.phase = phase;
  d->as.on.block = block;
  return d;
}

ast_decl *make_phase_set(parse_context *ctx, span at, ast_name phase, settings_block settings) {
  ast_decl *d = new_decl(ctx, AST_DECL_SET, at);
  d->as.set.phase = phase;
  d->as.set.settings = settings.list;
  d->as.set.block = settings.at;
  return d;
}

ast_decl *make_signal(parse_context *ctx, span at, ast_name name, ast_expr *value, const clause_list *clauses) {
  check_declared(ctx, name);
  check_clauses(ctx, clauses, WINDOW_CLAUSES | BIT(WHEN) | BIT(AT), "a signal");
  ast_decl *d = new_decl(ctx, AST_DECL_SIGNAL, at);
  d->as.signal.name = name;
  d->as.signal.value = value;
  d->as.signal.when = find_clause(clauses, CLAUSE_WHEN)->when;
  d->as.signal.moment = find_clause(clauses, CLAUSE_AT)->expr;
  d->as.signal.window = window_of(clauses);
  return d;
}

ast_decl *make_record(parse_context *ctx, span at, ast_expr *value, const clause_list *clauses) {
  check_clauses(ctx, clauses, BIT(EVERY) | BIT(DURING) | BIT(AS) | BIT(IN), "`record`");
  ast_decl *d = new_decl(ctx, AST_DECL_RECORD, at);
  d->as.record.value = value;
  d->as.record.every = find_clause(clauses, CLAUSE_EVERY)->expr;
  d->as.record.during = find_clause(clauses, CLAUSE_DURING)->expr;
  d->as.record.as = find_clause(clauses, CLAUSE_AS)->name;
  d->as.record.unit = find_clause(clauses, CLAUSE_IN)->unit;
  return d;
}

ast_decl *make_measure(parse_context *ctx, span at, ast_name name, ast_name_list *indices, ast_expr *value,
                       const clause_list *clauses) {
  check_clauses(ctx, clauses, BIT(IN), "`measure`");
  check_declared(ctx, name);
  ast_decl *d = new_decl(ctx, AST_DECL_MEASURE, at);
  d->as.measure.name = name;
  d->as.measure.indices = *indices;
  d->as.measure.value = value;
  d->as.measure.unit = find_clause(clauses, CLAUSE_IN)->unit;
  return d;
}

ast_decl *make_checkpoint(parse_context *ctx, span at, ast_name name, ast_expr *time) {
  check_declared(ctx, name);
  ast_decl *d = new_decl(ctx, AST_DECL_CHECKPOINT, at);
  d->as.checkpoint.name = name;
  d->as.checkpoint.time = time;
  return d;
}

ast_decl *make_variant(parse_context *ctx, span at, ast_name name, ast_name from, settings_block settings) {
  check_declared(ctx, name);
  ast_decl *d = new_decl(ctx, AST_DECL_VARIANT, at);
  d->as.variant.name = name;
  d->as.variant.from = from;
  d->as.variant.settings = settings.list;
  d->as.variant.acts = settings.acts;
  d->as.variant.modifies = settings.modifies;
  d->as.variant.block = settings.at;
  return d;
}

ast_decl *make_run(parse_context *ctx, span at, ast_expr *duration) {
  ast_decl *d = new_decl(ctx, AST_DECL_RUN, at);
  d->as.run.duration = duration;
  return d;
}

ast_decl *make_run_until(parse_context *ctx, span at, ast_expr *condition, const clause_list *clauses) {
  check_clauses(ctx, clauses, BIT(FOR), "`run until`");
  ast_decl *d = make_run(ctx, at, find_clause(clauses, CLAUSE_FOR)->expr);
  d->as.run.until = condition;
  if (d->as.run.duration == NULL)
    diag_hint(syntax_error_at(ctx, DIAG_E0101, at, "`run until` needs a time at which the run ends in any case"),
              "add `for 1 h`");
  return d;
}

ast_setting make_setting(parse_context *ctx, span at, ast_expr *target, ast_expr *value) {
  return (ast_setting){at, find_doc(ctx, at.start), target, value};
}

void finish_file(parse_context *ctx, const ast_decl_list *decls) { ctx->file->decls = *decls; }
