/* SPDX-License-Identifier: MIT */
/* construct.h - what the actions of nsa.y call: one constructor a rule.
 *
 * A constructor never fails. Where something is wrong (a clause that does not belong, a reserved
 * word that is declared) it reports that and returns what could be made of the rest, NULL for a declaration,
 * item or statement that must be left out. append_* take NULL and add nothing. */
#ifndef NSA_SYNTAX_CONSTRUCT_H
#define NSA_SYNTAX_CONSTRUCT_H

#include "syntax/filter.h"
#include "syntax/report.h"

/* Every clause: its id and its words. */
#define CLAUSES(X)                                                                                                     \
  X(VIA, "via")                                                                                                        \
  X(BY, "by")                                                                                                          \
  X(WITH, "with")                                                                                                      \
  X(SELF, "self")                                                                                                      \
  X(DELAY, "delay")                                                                                                    \
  X(ON, "on")                                                                                                          \
  X(USING, "using")                                                                                                    \
  X(COUPLING, "coupling")                                                                                              \
  X(PRECISION, "precision")                                                                                            \
  X(EXTENDS, "extends")                                                                                                \
  X(UNLESS, "unless")                                                                                                  \
  X(SPACED, "spaced")                                                                                                  \
  X(REFRACTORY, "refractory")                                                                                          \
  X(AMPLITUDE, "amplitude")                                                                                            \
  X(FLIP, "flip")                                                                                                      \
  X(FROM, "from")                                                                                                      \
  X(FOR, "for")                                                                                                        \
  X(AT, "at")                                                                                                          \
  X(EVERY, "every")                                                                                                    \
  X(WINDOW, "window")                                                                                                  \
  X(AMONG, "among")                                                                                                    \
  X(DURING, "during")                                                                                                  \
  X(AS, "as")                                                                                                          \
  X(IN, "in")                                                                                                          \
  X(WHEN, "when")                                                                                                      \
  X(RATES, "rates")

typedef enum {
#define X(id, text) CLAUSE_##id,
  CLAUSES(X)
#undef X
      CLAUSE_COUNT
} clause_kind;

/* One clause; which members mean something depends on its kind. */
typedef struct {
  clause_kind kind;
  span at;
  ast_expr *expr, *second;
  ast_name name;
  ast_unit *unit;
  ast_rule rule, second_rule;
  ast_solver solver;
  ast_when when;
  ast_expr_list list;
  ast_self self;
} clause;
typedef VEC(clause) clause_list;

typedef struct {
  bool is_present;
  span at;
  ast_setting_list list;
  ast_act_list acts;      /* of a variant */
  ast_decl_list modifies; /* likewise */
} settings_block;

typedef struct {
  span at; /* of the braces; empty: there are none */
  ast_world_list list;
} world_block;

/* Lists. */
ast_decl_list *make_decls(parse_context *ctx);
ast_item_list *make_items(parse_context *ctx);
ast_block *make_block(parse_context *ctx);
ast_expr_list *make_exprs(parse_context *ctx);
ast_arg_list *make_args(parse_context *ctx);
ast_selector_list *make_selectors(parse_context *ctx);
ast_name_list *make_names(parse_context *ctx);
ast_entry_list *make_entries(parse_context *ctx);
ast_species_list *make_species(parse_context *ctx);
clause_list *make_clauses(parse_context *ctx);
settings_block make_settings(parse_context *ctx);
ast_decl_list *append_decl(parse_context *ctx, ast_decl_list *list, ast_decl *decl);
ast_item_list *append_item(parse_context *ctx, ast_item_list *list, ast_item *item);
ast_block *append_stmt(parse_context *ctx, ast_block *block, ast_stmt *stmt);
ast_expr_list *append_expr(parse_context *ctx, ast_expr_list *list, ast_expr *expr);
ast_arg_list *append_arg(parse_context *ctx, ast_arg_list *list, ast_arg arg);
ast_selector_list *append_selector(parse_context *ctx, ast_selector_list *list, ast_selector s);
ast_name_list *append_name(parse_context *ctx, ast_name_list *list, ast_name name);
ast_entry_list *append_entry(parse_context *ctx, ast_entry_list *list, const ast_entry *entry);
ast_species_list *append_species(parse_context *ctx, ast_species_list *list, ast_species one);
clause_list *append_clause(parse_context *ctx, clause_list *list, clause c, span at);
settings_block append_setting(parse_context *ctx, settings_block block, ast_setting setting);
settings_block append_act(parse_context *ctx, settings_block block, const ast_act *act);
settings_block append_modify(parse_context *ctx, settings_block block, ast_decl *modify);
world_block append_world_entry(parse_context *ctx, world_block block, ast_world_entry entry);
world_block close_world(span at, world_block block);
settings_block close_settings(span at, settings_block block);
ast_block *close_block(parse_context *ctx, span at, ast_block *block);

/* Expressions. */
ast_expr *make_number(parse_context *ctx, span at, number_token number);
ast_expr *make_string(parse_context *ctx, ast_name string);
ast_expr *make_name(parse_context *ctx, ast_name name);
ast_expr *make_member(parse_context *ctx, span at, ast_expr *object, ast_name name);
ast_expr *make_index(parse_context *ctx, span at, ast_expr *object, const ast_selector_list *list);
ast_expr *make_call(parse_context *ctx, span at, ast_name function, const ast_arg_list *args);
ast_expr *make_unary(parse_context *ctx, span at, ast_op op, ast_expr *operand);
ast_expr *make_binary(parse_context *ctx, span at, ast_op op, ast_expr *left, ast_expr *right);
ast_expr *make_power(parse_context *ctx, span at, ast_expr *base, ast_expr *exponent);
ast_expr *make_if(parse_context *ctx, span at, ast_expr *condition, ast_expr *then_value, ast_expr *else_value);
ast_expr *make_paren(parse_context *ctx, ast_expr *inside);
ast_expr *make_tuple(parse_context *ctx, span at, ast_expr *first, const ast_expr_list *rest);
ast_expr *make_list(parse_context *ctx, span at, const ast_expr_list *values);
ast_expr *make_range(parse_context *ctx, span at, ast_expr *low, ast_expr *high);
ast_expr *make_size(parse_context *ctx, span at, ast_expr *rows, ast_expr *columns);
ast_selector make_selector(span at, ast_name axis, ast_expr *value);
ast_arg make_arg(span at, ast_expr *value);
ast_arg arg_keyword(ast_arg arg, ast_name keyword);
ast_arg arg_named(ast_arg arg, ast_name name);
ast_arg arg_during(parse_context *ctx, ast_arg arg, span at, ast_expr *during);
ast_arg arg_over(parse_context *ctx, ast_arg arg, span at, ast_name axis);
ast_arg arg_per(parse_context *ctx, ast_arg arg, span at, ast_name environment, ast_name unit);
ast_name make_word(parse_context *ctx, span at, const char *word);

/* Clauses. */
clause clause_name(clause_kind kind, ast_name name);
clause clause_expr(clause_kind kind, ast_expr *expr);
clause clause_in(ast_unit *unit);
clause clause_rule(ast_rule rule);
clause clause_with(ast_expr *partner, ast_name of, ast_rule rule, ast_rule probability);
clause clause_self(int self);
clause clause_delay(ast_expr *delay, ast_expr *back);
clause clause_using(ast_solver solver);
clause clause_when(ast_when when);
clause clause_rates(const ast_expr_list *rates);
ast_rule make_rule(parse_context *ctx, span at, ast_name name, const ast_arg_list *args);
ast_solver make_solver(parse_context *ctx, span at, ast_name name, ast_name order, const ast_arg_list *options);
ast_when make_when(span at, ast_when_kind kind, ast_expr *value, ast_expr *threshold);
ast_setting make_setting(parse_context *ctx, span at, ast_expr *target, ast_expr *value);

/* Statements. */
ast_stmt *make_assign(parse_context *ctx, span at, ast_expr *target, int op, ast_expr *value);
ast_stmt *make_let(parse_context *ctx, span at, ast_name name, ast_expr *value);
ast_stmt *make_emit(parse_context *ctx, span at, ast_name event);
ast_stmt *make_start(parse_context *ctx, span at, ast_name timer, ast_expr *duration);
ast_stmt *make_branch(parse_context *ctx, span at, ast_expr *condition, ast_block *then_block, ast_block *else_block);
ast_block *wrap_branch(parse_context *ctx, ast_stmt *branch);

/* Items. */
ast_entry *make_entry(parse_context *ctx, span at, ast_name name, ast_unit *unit, ast_name word, ast_expr *value,
                      ast_expr *low, ast_expr *high);
ast_species make_one_species(parse_context *ctx, span at, const number_token *count, ast_name state);
ast_item *make_entries_item(parse_context *ctx, span at, int kind, const ast_entry_list *entries);
ast_item *make_let_item(parse_context *ctx, span at, ast_name name, ast_expr *value);
ast_item *make_function_item(parse_context *ctx, span at, const ast_function *function);
ast_item *make_ode(parse_context *ctx, span at, ast_expr *coefficient, ast_name state, ast_expr *rhs,
                   const clause_list *clauses);
ast_item *make_reaction(parse_context *ctx, span at, const ast_species_list *left, int is_reversible,
                        const ast_species_list *right, const clause_list *clauses);
ast_item *make_spike(parse_context *ctx, span at, span word, const clause_list *clauses, ast_block *block);
ast_item *make_event(parse_context *ctx, span at, ast_name name, const clause_list *clauses, ast_block *block);
ast_item *make_on(parse_context *ctx, span at, ast_name partner, ast_name event, ast_block *block);
ast_item *make_every(parse_context *ctx, span at, ast_expr *period, ast_block *block);
ast_item *make_each_step(parse_context *ctx, span at, ast_name word, ast_block *block);
ast_item *make_contribution(parse_context *ctx, span at, ast_expr *target, int op, span op_at, ast_expr *value);
ast_item *make_default(parse_context *ctx, span at, ast_expr *target, ast_expr *value);

/* Declarations. */
ast_function *make_function(parse_context *ctx, ast_name name, const ast_name_list *params, ast_expr *body);
ast_decl *make_broken(parse_context *ctx);
ast_decl *make_extends(parse_context *ctx, span at, ast_name path);
ast_decl *make_import_file(parse_context *ctx, span at, ast_name path, const clause_list *clauses);
ast_decl *make_import_path(parse_context *ctx, span at, const ast_name_list *parts, span path_at,
                           const clause_list *clauses);
ast_decl *make_precision(parse_context *ctx, span at, ast_name word);
ast_decl *make_params(parse_context *ctx, span at, const ast_entry_list *entries);
ast_decl *make_timescale(parse_context *ctx, span at, ast_name name, ast_expr *step);
ast_decl *make_component(parse_context *ctx, span at, int kind, ast_name name, const clause_list *clauses,
                         const ast_item_list *items, span body);
ast_decl *make_modify(parse_context *ctx, span at, ast_name name, const clause_list *clauses,
                      const ast_item_list *items, span body);
ast_decl *make_function_decl(parse_context *ctx, span at, const ast_function *function);
ast_decl *make_population(parse_context *ctx, span at, ast_name name, ast_name component, ast_expr *size,
                          const clause_list *clauses, settings_block overrides);
ast_decl *make_connect(parse_context *ctx, span at, ast_name name, ast_expr *source, ast_expr *target,
                       const clause_list *clauses, settings_block overrides);
ast_decl *make_pattern(parse_context *ctx, span at, ast_name name, ast_expr *count, ast_expr *value);
ast_decl *make_loop(parse_context *ctx, span at, const ast_name_list *names, ast_expr *over, const ast_decl_list *body,
                    span block);
ast_decl *make_present(parse_context *ctx, span at, ast_expr *pattern, const clause_list *clauses);
ast_decl *make_drive(parse_context *ctx, span at, ast_expr *target, ast_expr *value, const clause_list *clauses);
ast_decl *make_phase(parse_context *ctx, span at, ast_name name, const clause_list *clauses);
ast_decl *make_phase_block(parse_context *ctx, span at, ast_name phase, ast_block *block);
ast_world_entry make_world_setting(span at, ast_name name, ast_expr *value);
ast_world_entry make_world_channel(parse_context *ctx, span at, ast_name name, ast_expr *count, ast_unit *unit);
ast_world_entry make_world_choice(parse_context *ctx, span at, ast_name name, ast_expr *choices);
ast_world_entry make_world_vector(parse_context *ctx, span at, ast_name name, ast_expr *count, ast_unit *unit,
                                  ast_expr *low, ast_expr *high);
ast_decl *make_environment(parse_context *ctx, span at, ast_name name, ast_name kind, ast_name plugin,
                           world_block world);
ast_act *make_act(parse_context *ctx, span at, ast_name environment, ast_expr *value, const clause_list *clauses);
ast_act *append_decoder(parse_context *ctx, span at, ast_act *act, ast_expr *value, const clause_list *clauses);
ast_decl *make_act_decl(parse_context *ctx, span at, const ast_act *act);
ast_decl *make_phase_set(parse_context *ctx, span at, ast_name phase, settings_block settings);
ast_decl *make_signal(parse_context *ctx, span at, ast_name name, ast_expr *value, const clause_list *clauses);
ast_decl *make_record(parse_context *ctx, span at, ast_expr *value, const clause_list *clauses);
ast_decl *make_measure(parse_context *ctx, span at, ast_name name, ast_name_list *indices, ast_expr *value,
                       const clause_list *clauses);
ast_decl *make_checkpoint(parse_context *ctx, span at, ast_name name, ast_expr *time);
ast_decl *make_variant(parse_context *ctx, span at, ast_name name, ast_name from, settings_block settings);
ast_decl *make_run(parse_context *ctx, span at, ast_expr *duration);
ast_decl *make_run_until(parse_context *ctx, span at, ast_expr *condition, const clause_list *clauses);
void finish_file(parse_context *ctx, const ast_decl_list *decls);

/* Shared by the constructors' files. */
ast_decl *new_decl(parse_context *ctx, ast_decl_kind kind, span at);
/* Reports a declared name that is reserved. */
void check_declared(parse_context *ctx, ast_name name);
/* The ## lines right above byte `start`, joined; NULL when there are none. */
const char *find_doc(parse_context *ctx, uint32_t start);
/* Reports clauses beyond `allowed` (bits 1u << CLAUSE_x); `what` is "a connection" or the like. */
void check_clauses(parse_context *ctx, const clause_list *list, uint32_t allowed, const char *what);
/* The clause of that kind, or an empty one. */
const clause *find_clause(const clause_list *list, clause_kind kind);
/* Reports when `word` is none of the words (ends with NULL). */
void check_word(parse_context *ctx, ast_name word, const char *const *words, const char *what);

#endif
