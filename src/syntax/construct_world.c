/* SPDX-License-Identifier: MIT */
/* construct_world.c - environments and decisions. */
#include "syntax/construct.h"

#define BIT(clause) (1u << CLAUSE_##clause)

/* ---- environments ---- */

ast_world_entry make_world_setting(span at, ast_name name, ast_expr *value) {
  return (ast_world_entry){.kind = AST_WORLD_SETTING, .at = at, .name = name, .value = value};
}

ast_world_entry make_world_channel(parse_context *ctx, span at, ast_name name, ast_expr *count, ast_unit *unit) {
  check_declared(ctx, name);
  return (ast_world_entry){.kind = AST_WORLD_CHANNEL, .at = at, .name = name, .count = count, .unit = unit};
}

ast_world_entry make_world_choice(parse_context *ctx, span at, ast_name name, ast_expr *choices) {
  check_declared(ctx, name);
  return (ast_world_entry){.kind = AST_WORLD_CHOICE, .at = at, .name = name, .value = choices};
}

ast_world_entry make_world_vector(parse_context *ctx, span at, ast_name name, ast_expr *count, ast_unit *unit,
                                  ast_expr *low, ast_expr *high) {
  check_declared(ctx, name);
  return (ast_world_entry){AST_WORLD_VECTOR, at, name, NULL, count, unit, low, high};
}

ast_decl *make_environment(parse_context *ctx, span at, ast_name name, ast_name kind, ast_name plugin,
                           world_block world) {
  check_declared(ctx, name);
  ast_decl *d = new_decl(ctx, AST_DECL_ENVIRONMENT, at);
  d->as.environment.name = name;
  d->as.environment.kind = kind;
  d->as.environment.plugin = plugin;
  d->as.environment.entries = world.list;
  d->as.environment.block = world.at;
  return d;
}

/* ---- decisions ---- */

static void set_once(parse_context *ctx, ast_expr **place, const clause *c, const char *word) {
  if (c->expr != NULL && *place != NULL)
    syntax_error_at(ctx, DIAG_E0101, c->at, "`%s` is given twice", word);
  else if (c->expr != NULL)
    *place = c->expr;
}

ast_act *append_decoder(parse_context *ctx, span at, ast_act *act, ast_expr *value, const clause_list *clauses) {
  check_clauses(ctx, clauses, BIT(AMONG) | BIT(EVERY) | BIT(WINDOW) | BIT(AS), "`act`");
  const clause *as = find_clause(clauses, CLAUSE_AS);
  ast_decoder decoder = {value->at, value, find_clause(clauses, CLAUSE_AMONG)->expr};
  vec_push(ctx->arena, &act->decoders, decoder);
  act->at = at;
  set_once(ctx, &act->every, find_clause(clauses, CLAUSE_EVERY), "every");
  set_once(ctx, &act->window, find_clause(clauses, CLAUSE_WINDOW), "window");
  if (as->name.text != NULL && act->as.text != NULL)
    syntax_error_at(ctx, DIAG_E0101, as->at, "`as` is given twice");
  else if (as->name.text != NULL)
    act->as = as->name;
  check_declared(ctx, as->name);
  return act;
}

ast_act *make_act(parse_context *ctx, span at, ast_name environment, ast_expr *value, const clause_list *clauses) {
  ast_act *act = ARENA_NEW(ctx->arena, ast_act);
  act->environment = environment;
  return append_decoder(ctx, at, act, value, clauses);
}

ast_decl *make_act_decl(parse_context *ctx, span at, const ast_act *act) {
  ast_decl *d = new_decl(ctx, AST_DECL_ACT, at);
  d->as.act = *act;
  return d;
}
