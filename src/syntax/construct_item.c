/* SPDX-License-Identifier: MIT */
/* construct_item.c - statements, and items of components. */
#include "syntax/construct.h"

#include <string.h>

#define BIT(clause) (1u << CLAUSE_##clause)

/* ------------------------------------------------------------------------------- statements */

static ast_stmt *new_stmt(parse_context *ctx, ast_stmt_kind kind, span at) {
  ast_stmt *s = ARENA_NEW(ctx->arena, ast_stmt);
  s->kind = kind;
  s->at = at;
  s->depth = 1;
  return s;
}

ast_stmt *make_assign(parse_context *ctx, span at, ast_expr *target, int op, ast_expr *value) {
  ast_stmt *s = new_stmt(ctx, AST_ASSIGN, at);
  s->as.assign.target = target;
  s->as.assign.op = (ast_assign_op)op;
  s->as.assign.value = value;
  return s;
}

ast_stmt *make_let(parse_context *ctx, span at, ast_name name, ast_expr *value) {
  check_declared(ctx, name);
  ast_stmt *s = new_stmt(ctx, AST_LET, at);
  s->as.let.name = name;
  s->as.let.value = value;
  return s;
}

ast_stmt *make_emit(parse_context *ctx, span at, ast_name event) {
  ast_stmt *s = new_stmt(ctx, AST_EMIT, at);
  s->as.emit.event = event;
  return s;
}

ast_stmt *make_start(parse_context *ctx, span at, ast_name timer, ast_expr *duration) {
  ast_stmt *s = new_stmt(ctx, AST_START, at);
  s->as.start.timer = timer;
  s->as.start.duration = duration;
  return s;
}

static uint32_t block_depth(const ast_block *block) {
  uint32_t depth = 0;
  for (uint32_t i = 0; block != NULL && i < block->stmts.len; i++)
    if (block->stmts.data[i]->depth > depth)
      depth = block->stmts.data[i]->depth;
  return depth;
}

ast_stmt *make_branch(parse_context *ctx, span at, ast_expr *condition, ast_block *then_block, ast_block *else_block) {
  ast_stmt *s = new_stmt(ctx, AST_BRANCH, at);
  uint32_t then_depth = block_depth(then_block), else_depth = block_depth(else_block);
  s->depth = 1 + (then_depth > else_depth ? then_depth : else_depth);
  if (s->depth > LIMIT_NESTING) {
    report_limit(ctx, (span){at.file, at.start, at.start + 2}, "`if` and `else if` are nested deeper than %d",
                 LIMIT_NESTING);
    return NULL;
  }
  s->as.branch.condition = condition;
  s->as.branch.then_block = then_block;
  s->as.branch.else_block = else_block;
  return s;
}

ast_block *wrap_branch(parse_context *ctx, ast_stmt *branch) {
  ast_block *block = make_block(ctx);
  if (branch != NULL)
    block->at = branch->at;
  return append_stmt(ctx, block, branch);
}

/* ------------------------------------------------------------------------------------ items */

static ast_item *new_item(parse_context *ctx, ast_item_kind kind, span at) {
  ast_item *item = ARENA_NEW(ctx->arena, ast_item);
  item->kind = kind;
  item->at = at;
  item->doc = find_doc(ctx, at.start);
  return item;
}

ast_entry *make_entry(parse_context *ctx, span at, ast_name name, ast_unit *unit, ast_name word, ast_expr *value,
                      ast_expr *low, ast_expr *high) {
  check_declared(ctx, name);
  ast_entry *entry = ARENA_NEW(ctx->arena, ast_entry);
  *entry = (ast_entry){at, find_doc(ctx, at.start), name, unit, value, low, high, word};
  return entry;
}

/* What the entries of each kind of item may and must have. */
typedef struct {
  const char *what, *example;
  bool has_unit, has_word, has_value, needs_value, has_range;
} entry_rule;

static const entry_rule entry_rules[] = {
    [AST_ITEM_PARAM] = {"a param", "param tau = 20 ms", true, false, true, true, true},
    [AST_ITEM_STATE] = {"a state", "state v = -70 mV", true, false, true, true, false},
    [AST_ITEM_INPUT] = {"an input", "input I : pA", true, true, false, false, false},
    [AST_ITEM_NOISE] = {"a noise", "noise xi", false, false, false, false, false},
    [AST_ITEM_TIMER] = {"a timer", "timer pause = 10 ms", false, false, true, false, false},
};

static void refuse(parse_context *ctx, const entry_rule *rule, span at, const char *part) {
  diag *d = syntax_error_at(ctx, DIAG_E0101, at, "%s has no %s", rule->what, part);
  diag_hint(d, "it is written like `%s`", rule->example);
}

static void check_entry(parse_context *ctx, const entry_rule *rule, const ast_entry *entry) {
  static const char *const combiners[] = {"mean", "sum", "max", "min", "last", NULL};
  if (entry->unit != NULL && !rule->has_unit)
    refuse(ctx, rule, entry->unit->at, "unit");
  if (entry->value != NULL && !rule->has_value)
    refuse(ctx, rule, entry->value->at, "value");
  if (entry->low != NULL && !rule->has_range)
    refuse(ctx, rule, span_join(entry->low->at, entry->high->at), "range");
  if (entry->combiner.text != NULL && !rule->has_word)
    syntax_error_at(ctx, DIAG_E0101, entry->combiner.at, "`%s` does not belong to %s", entry->combiner.text,
                    rule->what);
  else
    check_word(ctx, entry->combiner, combiners, "an input combines by");
  if (entry->value == NULL && rule->needs_value) {
    diag *d = syntax_error_at(ctx, DIAG_E0101, entry->name.at, "%s needs a value", rule->what);
    diag_hint(d, "it is written like `%s`", rule->example);
  }
}

ast_item *make_entries_item(parse_context *ctx, span at, int kind, const ast_entry_list *entries) {
  ast_item *item = new_item(ctx, (ast_item_kind)kind, at);
  for (uint32_t i = 0; i < entries->len; i++)
    check_entry(ctx, &entry_rules[kind], &entries->data[i]);
  item->as.entries = *entries;
  if (entries->len == 1 && entries->data[0].doc == NULL)
    item->as.entries.data[0].doc = item->doc;
  return item;
}

ast_item *make_let_item(parse_context *ctx, span at, ast_name name, ast_expr *value) {
  check_declared(ctx, name);
  ast_item *item = new_item(ctx, AST_ITEM_LET, at);
  item->as.let.name = name;
  item->as.let.value = value;
  return item;
}

ast_item *make_function_item(parse_context *ctx, span at, const ast_function *function) {
  ast_item *item = new_item(ctx, AST_ITEM_FUNCTION, at);
  item->as.function = *function;
  return item;
}

/* The name behind `on`, where it means a timescale. */
static ast_name timescale_of(parse_context *ctx, const clause_list *clauses) {
  const ast_expr *on = find_clause(clauses, CLAUSE_ON)->expr;
  if (on == NULL)
    return (ast_name){0};
  if (on->kind == AST_NAME)
    return (ast_name){on->as.name.text, on->at};
  syntax_error_at(ctx, DIAG_E0101, on->at, "a timescale is a plain name");
  return (ast_name){0};
}

ast_item *make_ode(parse_context *ctx, span at, ast_expr *coefficient, ast_name state, ast_expr *rhs,
                   const clause_list *clauses) {
  check_clauses(ctx, clauses, BIT(ON) | BIT(USING) | BIT(UNLESS), "an equation");
  ast_item *item = new_item(ctx, AST_ITEM_ODE, at);
  item->as.ode.coefficient = coefficient;
  item->as.ode.state = state;
  item->as.ode.rhs = rhs;
  item->as.ode.timescale = timescale_of(ctx, clauses);
  item->as.ode.solver = find_clause(clauses, CLAUSE_USING)->solver;
  item->as.ode.unless = find_clause(clauses, CLAUSE_UNLESS)->expr;
  return item;
}

ast_species make_one_species(parse_context *ctx, span at, const number_token *count, ast_name state) {
  if (count == NULL)
    return (ast_species){at, NULL, state};
  bool is_whole = count->unit == NULL && strspn(count->digits, "0123456789") == strlen(count->digits);
  if (!is_whole || strspn(count->digits, "0") == strlen(count->digits))
    syntax_error_at(ctx, DIAG_E0101, at, "the number of a reaction's species is a whole number from 1 to 9");
  return (ast_species){at, count->digits, state};
}

ast_item *make_reaction(parse_context *ctx, span at, const ast_species_list *left, int is_reversible,
                        const ast_species_list *right, const clause_list *clauses) {
  check_clauses(ctx, clauses, BIT(RATES), "a reaction");
  const clause *rates = find_clause(clauses, CLAUSE_RATES);
  uint32_t wanted = is_reversible ? 2 : 1;
  if (rates->list.len != wanted)
    syntax_error_at(ctx, DIAG_E0101, rates->list.len > 0 ? rates->at : at,
                    is_reversible ? "a reaction with `<->` needs two rates: `rates forward, backward`"
                                  : "a reaction with `->` needs one rate: `rates forward`");
  ast_item *item = new_item(ctx, AST_ITEM_REACTION, at);
  item->as.reaction.left = *left;
  item->as.reaction.right = *right;
  item->as.reaction.is_reversible = is_reversible != 0;
  item->as.reaction.rates = rates->list;
  return rates->list.len == wanted ? item : NULL;
}

static ast_item *new_event(parse_context *ctx, span at, ast_name name, bool is_spike, const clause_list *clauses,
                           ast_block *block) {
  const char *what = is_spike ? "a spike" : "an event";
  check_clauses(ctx, clauses, BIT(WHEN) | BIT(REFRACTORY), what);
  const clause *when = find_clause(clauses, CLAUSE_WHEN);
  if (when->when.value == NULL) {
    diag *d = syntax_error_at(ctx, DIAG_E0101, name.at, "%s needs a condition", what);
    diag_hint(d, "`%s%s when v > v_th { … }`", is_spike ? "" : "event ", name.text);
    return NULL;
  }
  ast_item *item = new_item(ctx, AST_ITEM_EVENT, at);
  item->as.event.name = name;
  item->as.event.is_spike = is_spike;
  item->as.event.when = when->when;
  item->as.event.refractory = find_clause(clauses, CLAUSE_REFRACTORY)->expr;
  item->as.event.block = block;
  return item;
}

ast_item *make_spike(parse_context *ctx, span at, span word, const clause_list *clauses, ast_block *block) {
  return new_event(ctx, at, make_word(ctx, word, "spike"), true, clauses, block);
}

ast_item *make_event(parse_context *ctx, span at, ast_name name, const clause_list *clauses, ast_block *block) {
  check_declared(ctx, name);
  return new_event(ctx, at, name, false, clauses, block);
}

ast_item *make_on(parse_context *ctx, span at, ast_name partner, ast_name event, ast_block *block) {
  static const char *const partners[] = {"pre", "post", "astro", NULL};
  check_word(ctx, partner, partners, "before the dot stands");
  ast_item *item = new_item(ctx, AST_ITEM_ON, at);
  item->as.on.partner = partner;
  item->as.on.event = event;
  item->as.on.block = block;
  return item;
}

ast_item *make_every(parse_context *ctx, span at, ast_expr *period, ast_block *block) {
  ast_item *item = new_item(ctx, AST_ITEM_EVERY, at);
  item->as.every.period = period;
  item->as.every.block = block;
  return item;
}

ast_item *make_each_step(parse_context *ctx, span at, ast_name word, ast_block *block) {
  static const char *const words[] = {"step", NULL};
  check_word(ctx, word, words, "behind `each` stands");
  ast_item *item = new_item(ctx, AST_ITEM_EACH_STEP, at);
  item->as.each_step.block = block;
  return item;
}

static bool is_partner_member(const ast_expr *e) {
  return e->kind == AST_MEMBER && e->as.member.object->kind == AST_NAME;
}

ast_item *make_contribution(parse_context *ctx, span at, ast_expr *target, int op, span op_at, ast_expr *value) {
  if (target->kind != AST_MEMBER) {
    diag *d = syntax_error_at(ctx, DIAG_E0101, span_join(target->at, op_at), "an assignment stands only in a block");
    diag_hint(d, "write `let NAME = …` for a named expression, `dNAME/dt = …` for an equation, or "
                 "put it into `each step { … }`");
    return NULL;
  }
  if (op != AST_ASSIGN_ADD || !is_partner_member(target)) {
    diag *d = syntax_error_at(ctx, DIAG_E0101, op_at, "a contribution is written `post.NAME += …`");
    diag_hint(d, "contributions of all links add up; to set a value, use a block");
    return NULL;
  }
  ast_item *item = new_item(ctx, AST_ITEM_CONTRIBUTION, at);
  item->as.contribution.target = target;
  item->as.contribution.value = value;
  return item;
}

ast_item *make_default(parse_context *ctx, span at, ast_expr *target, ast_expr *value) {
  if (!is_partner_member(target)) {
    syntax_error_at(ctx, DIAG_E0101, target->at, "a default is written `default astro.NAME = value`");
    return NULL;
  }
  ast_item *item = new_item(ctx, AST_ITEM_DEFAULT, at);
  item->as.fallback.target = target;
  item->as.fallback.value = value;
  return item;
}
