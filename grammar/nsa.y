/* SPDX-License-Identifier: MIT */
/* nsa.y - the grammar of the language, LALR(1), without conflicts.
 *
 * What it reads are the tokens of src/syntax/filter.c: keywords only where they are meant as such,
 * whole quantities, one TOK_NEWLINE at the end of each statement (also behind a block, before a `}`
 * and before the end of the file). Every action is one call of a constructor (construct.h).
 *
 * Clauses (`by …`, `delay …`, `using …`) come in any order; which of them a declaration takes is a
 * table of the constructors, so that the message can say "`flip` does not belong to `drive`".
 *
 * After an error the filter goes to the end of the statement, and the `error NEWLINE` alternative
 * of the innermost list takes over. */

%code requires {
#include "syntax/construct.h"
}

%code {
#include "support/exhausted.h"
#include <stdlib.h>
static int nsa_lex(NSA_STYPE *value, span *at, parse_context *ctx) {
  return filter_next(ctx, value, at);
}
static void nsa_error(const span *at, parse_context *ctx, const char *message) {
  report_parser_failure(ctx, *at, message);
}
#define YYMAXDEPTH 20000
#define YYMALLOC exhausted_malloc
#define YYFREE free
}

%define api.prefix {nsa_}
%define api.token.prefix {TOK_}
%define api.pure full
%define api.location.type {span}
%define parse.error custom
%define parse.lac full
%locations
%param { parse_context *ctx }
%expect 0

%initial-action { @$ = (span){ctx->file->file, 0, 0}; }

%code {
/* A rule covers what its parts cover; an empty rule is the place behind what stands before it. */
#define YYLLOC_DEFAULT(current, rhs, n)                                                            \
  ((current) = (n) > 0 ? (span){YYRHSLOC(rhs, 1).file, YYRHSLOC(rhs, 1).start,                     \
                                YYRHSLOC(rhs, n).end}                                              \
                       : (span){YYRHSLOC(rhs, 0).file, YYRHSLOC(rhs, 0).end, YYRHSLOC(rhs, 0).end})
}

%union {
  ast_name name;
  number_token number;
  ast_unit *unit;
  ast_expr *expr;
  ast_expr_list *exprs;
  ast_arg arg;
  ast_arg_list *args;
  ast_selector selector;
  ast_selector_list *selectors;
  ast_name_list *names;
  ast_stmt *stmt;
  ast_block *block;
  ast_setting setting;
  settings_block settings;
  ast_world_entry world_entry;
  world_block world;
  ast_act *act;
  ast_entry *entry;
  ast_entry_list *entries;
  ast_species one_species;
  ast_species_list *species;
  ast_item *item;
  ast_item_list *items;
  ast_decl *decl;
  ast_decl_list *decls;
  ast_rule rule;
  ast_solver solver;
  ast_when when;
  ast_function *function;
  clause clause;
  clause_list *clauses;
  int code;
}

/* Ends and words. The texts in quotes are what the author reads in messages. */
%token END 0 "the end of the file"
%token NEWLINE "the end of the line"
%token <name> NAME "a name"
%token <name> STRING "a string"
%token <number> NUMBER "a number"
%token <unit> UNIT "a unit"
%token <name> DERIV "a derivative"
%token <name> ARGWORD "a word of an argument"

/* Reserved words. */
%token NEURON "neuron" ASTROCYTE "astrocyte" SYNAPSE "synapse"
%token PARAM "param" STATE "state" INPUT "input" LET "let"
%token IF "if" THEN "then" ELSE "else" AND "and" OR "or" NOT "not"
%token SPIKE "spike" EVERY "every"
%token <name> REFRACTORY "refractory"

/* Words that are keywords where a statement begins. */
%token TIMESCALE "timescale" FUNCTION "function" NOISE "noise" TIMER "timer" REACTION "reaction"
%token EVENT "event" ON "on" EACH "each" DEFAULT "default" START "start" EMIT "emit"
%token POPULATION "population" CONNECT "connect" PATTERN "pattern" FOR "for" PRESENT "present"
%token DRIVE "drive" ENVIRONMENT "environment" ACT "act" RECORD "record" MEASURE "measure"
%token VARIANT "variant" IMPORT "import" EXTENDS "extends" RUN "run" SIGNAL "signal"
%token PRECISION "precision" CHANNEL "channel" ACTION "action" PHASE "phase" SET "set"
%token CHECKPOINT "checkpoint" MODIFY "modify"

/* Words that are keywords behind an operand. */
%token VIA "via" BY "by" WITH "with" OF "of" DELAY "delay" BACK "back" USING "using"
%token UNLESS "unless" FROM "from" DURING "during" AS "as" COUPLING "coupling" SPACED "spaced" AT "at"
%token RISES "rises" FALLS "falls" ABOVE "above" BELOW "below" RATES "rates"
%token AMPLITUDE "amplitude" FLIP "flip" NO "no" SELF "self" IN "in" OVER "over" WHEN "when"
%token BY_SIZE "x" AMONG "among" WINDOW "window" UNTIL "until" PER "per"

%token ADD_TO "+=" SUB_FROM "-=" MUL_BY "*=" DIV_BY "/="
%token LE "<=" GE ">=" EQ "==" NE "!=" ARROW "->" BOTH_WAYS "<->" TO ".."

/* Only between scanner and filter, which reports them. */
%token BAD_CHARACTER OPEN_STRING BAD_AND BAD_OR BAD_POWER BAD_NOT

%precedence ELSE
%precedence NO_OPTIONS /* `using euler in slow`: the word belongs to the solver */
%precedence IN
%left OR
%left AND
%precedence NOT
%nonassoc '<' '>' LE GE EQ NE
%left '+' '-'
%left '*' '/'
%precedence NEGATIVE
%right '^'

%type <decls> decls
%type <decl> decl modify
%type <items> items
%type <item> item
%type <block> block stmts block_opt
%type <stmt> stmt branch
%type <settings> settings settings_block settings_opt changes
%type <world> world world_opt
%type <world_entry> world_entry
%type <act> act
%type <setting> setting
%type <expr> expr value primary postfix size_opt value_opt
%type <exprs> exprs values values_opt
%type <arg> arg
%type <args> args args_opt options_opt
%type <selector> selector
%type <selectors> selectors
%type <names> path indices loop_names param_names param_names_opt
%type <name> word_opt event_name of_opt from_opt
%type <unit> unit_opt
%type <entry> entry
%type <entries> entries
%type <one_species> one_species
%type <species> species
%type <rule> rule rule_opt
%type <solver> solver
%type <when> when
%type <function> function
%type <clause> clause plain_clause
%type <clauses> clauses plain_clauses
%type <code> component_kind assign_op self entry_kind arrow

%start file

%%

file: decls                               { finish_file(ctx, $1); }
    ;

decls: %empty                             { $$ = make_decls(ctx); }
     | decls decl NEWLINE                 { $$ = append_decl(ctx, $1, $2); }
     | decls NEWLINE
     | decls error NEWLINE                { $$ = $1; yyerrok; }
     ;

decl: EXTENDS STRING                      { $$ = make_extends(ctx, @$, $2); }
    | IMPORT STRING clauses               { $$ = make_import_file(ctx, @$, $2, $3); }
    | IMPORT path clauses                 { $$ = make_import_path(ctx, @$, $2, @2, $3); }
    | PRECISION NAME                      { $$ = make_precision(ctx, @$, $2); }
    | PARAM entries                       { $$ = make_params(ctx, @$, $2); }
    | TIMESCALE NAME '=' expr             { $$ = make_timescale(ctx, @$, $2, $4); }
    | component_kind NAME clauses '{' items '}'
                                          { $$ = make_component(ctx, @$, $1, $2, $3, $5, span_join(@4, @6)); }
    | modify                              { $$ = $1; }
    | component_kind recovered items '}'  { $$ = make_broken(ctx); }
    | component_kind error                { $$ = make_broken(ctx); yyerrok; }
    | function                            { $$ = make_function_decl(ctx, @$, $1); }
    | POPULATION NAME ':' NAME size_opt clauses settings_opt
                                          { $$ = make_population(ctx, @$, $2, $4, $5, $6, $7); }
    | CONNECT postfix ARROW postfix clauses settings_opt
                                          { $$ = make_connect(ctx, @$, (ast_name){0}, $2, $4, $5, $6); }
    | CONNECT NAME ':' postfix ARROW postfix clauses settings_opt
                                          { $$ = make_connect(ctx, @$, $2, $4, $6, $7, $8); }
    | PATTERN NAME size_opt '=' value     { $$ = make_pattern(ctx, @$, $2, $3, $5); }
    | FOR loop_names IN value '{' decls '}'
                                          { $$ = make_loop(ctx, @$, $2, $4, $6, span_join(@5, @7)); }
    | FOR recovered decls '}'             { $$ = make_broken(ctx); }
    | FOR error                           { $$ = make_broken(ctx); yyerrok; }
    | PRESENT postfix clauses             { $$ = make_present(ctx, @$, $2, $3); }
    | DRIVE postfix '=' expr clauses      { $$ = make_drive(ctx, @$, $2, $4, $5); }
    | PHASE NAME clauses                  { $$ = make_phase(ctx, @$, $2, $3); }
    | ON NAME block                       { $$ = make_phase_block(ctx, @$, $2, $3); }
    | SET NAME settings_block             { $$ = make_phase_set(ctx, @$, $2, $3); }
    | ENVIRONMENT NAME ':' NAME world_opt { $$ = make_environment(ctx, @$, $2, $4, (ast_name){0}, $5); }
    | ENVIRONMENT NAME ':' NAME '(' STRING ')' world_opt
                                          { $$ = make_environment(ctx, @$, $2, $4, $6, $8); }
    | act                                 { $$ = make_act_decl(ctx, @$, $1); }
    | SIGNAL NAME value_opt clauses       { $$ = make_signal(ctx, @$, $2, $3, $4); }
    | RECORD expr clauses                 { $$ = make_record(ctx, @$, $2, $3); }
    | MEASURE NAME indices '=' expr clauses { $$ = make_measure(ctx, @$, $2, $3, $5, $6); }
    | CHECKPOINT NAME AT expr             { $$ = make_checkpoint(ctx, @$, $2, $4); }
    | VARIANT NAME from_opt '{' changes '}'
                                          { $$ = make_variant(ctx, @$, $2, $3, close_settings(span_join(@4, @6), $5)); }
    | RUN expr                            { $$ = make_run(ctx, @$, $2); }
    | RUN UNTIL expr clauses              { $$ = make_run_until(ctx, @$, $3, $4); }
    ;

/* The head of a block was wrong, its body is read all the same, for its own errors. */
recovered: error '{'                      { yyerrok; }
         ;

modify: MODIFY NAME clauses '{' items '}' { $$ = make_modify(ctx, @$, $2, $3, $5, span_join(@4, @6)); }
      | MODIFY recovered items '}'        { $$ = make_broken(ctx); }
      | MODIFY error                      { $$ = make_broken(ctx); yyerrok; }
      ;

component_kind: NEURON                    { $$ = AST_NEURON; }
              | ASTROCYTE                 { $$ = AST_ASTROCYTE; }
              | SYNAPSE                   { $$ = AST_SYNAPSE; }
              ;

function: FUNCTION NAME '(' param_names_opt ')' '=' expr
                                          { $$ = make_function(ctx, $2, $4, $7); }
        ;

param_names_opt: %empty                   { $$ = make_names(ctx); }
               | param_names
               ;

param_names: NAME                         { $$ = append_name(ctx, make_names(ctx), $1); }
           | param_names ',' NAME         { $$ = append_name(ctx, $1, $3); }
           ;

path: NAME                                { $$ = append_name(ctx, make_names(ctx), $1); }
    | path '.' NAME                       { $$ = append_name(ctx, $1, $3); }
    ;

indices: %empty                           { $$ = make_names(ctx); }
       | indices '[' NAME ']'             { $$ = append_name(ctx, $1, $3); }
       ;

loop_names: NAME                          { $$ = append_name(ctx, make_names(ctx), $1); }
          | NAME ',' NAME                 { $$ = append_name(ctx, append_name(ctx, make_names(ctx), $1), $3); }
          ;

/* ------------------------------------------------------------------ items of a component */

items: %empty                             { $$ = make_items(ctx); }
     | items item NEWLINE                 { $$ = append_item(ctx, $1, $2); }
     | items NEWLINE
     | items error NEWLINE                { $$ = $1; yyerrok; }
     ;

item: entry_kind entries                  { $$ = make_entries_item(ctx, @$, $1, $2); }
    | LET NAME '=' expr                   { $$ = make_let_item(ctx, @$, $2, $4); }
    | function                            { $$ = make_function_item(ctx, @$, $1); }
    | DERIV '=' expr clauses              { $$ = make_ode(ctx, @$, NULL, $1, $3, $4); }
    | expr '*' DERIV '=' expr clauses     { $$ = make_ode(ctx, @$, $1, $3, $5, $6); }
    | REACTION species arrow species clauses
                                          { $$ = make_reaction(ctx, @$, $2, $3, $4, $5); }
    | SPIKE clauses block_opt             { $$ = make_spike(ctx, @$, @1, $2, $3); }
    | EVENT NAME clauses block_opt        { $$ = make_event(ctx, @$, $2, $3, $4); }
    | ON event_name block                 { $$ = make_on(ctx, @$, (ast_name){0}, $2, $3); }
    | ON NAME '.' NAME block              { $$ = make_on(ctx, @$, $2, $4, $5); }
    | EVERY expr block                    { $$ = make_every(ctx, @$, $2, $3); }
    | EACH NAME block                     { $$ = make_each_step(ctx, @$, $2, $3); }
    | postfix assign_op expr              { $$ = make_contribution(ctx, @$, $1, $2, @2, $3); }
    | DEFAULT postfix '=' expr            { $$ = make_default(ctx, @$, $2, $4); }
    ;

entry_kind: PARAM                         { $$ = AST_ITEM_PARAM; }
          | STATE                         { $$ = AST_ITEM_STATE; }
          | INPUT                         { $$ = AST_ITEM_INPUT; }
          | NOISE                         { $$ = AST_ITEM_NOISE; }
          | TIMER                         { $$ = AST_ITEM_TIMER; }
          ;

entries: entry                            { $$ = append_entry(ctx, make_entries(ctx), $1); }
       | entries ',' entry                { $$ = append_entry(ctx, $1, $3); }
       ;

entry: NAME unit_opt word_opt value_opt   { $$ = make_entry(ctx, @$, $1, $2, $3, $4, NULL, NULL); }
     | NAME unit_opt word_opt value_opt IN expr TO expr
                                          { $$ = make_entry(ctx, @$, $1, $2, $3, $4, $6, $8); }
     ;

unit_opt: %empty                          { $$ = NULL; }
        | ':' UNIT                        { $$ = $2; }
        ;

word_opt: %empty                          { $$ = (ast_name){0}; }
        | NAME
        ;

value_opt: %empty                         { $$ = NULL; }
         | '=' expr                       { $$ = $2; }
         ;

arrow: ARROW                              { $$ = 0; }
     | BOTH_WAYS                          { $$ = 1; }
     ;

species: one_species                      { $$ = append_species(ctx, make_species(ctx), $1); }
       | species '+' one_species          { $$ = append_species(ctx, $1, $3); }
       ;

one_species: NAME                         { $$ = make_one_species(ctx, @$, NULL, $1); }
           | NUMBER '*' NAME              { $$ = make_one_species(ctx, @$, &$1, $3); }
           ;

event_name: NAME
          | SPIKE                         { $$ = make_word(ctx, @$, "spike"); }
          ;

/* -------------------------------------------------------------------------------- clauses */

clauses: %empty                           { $$ = make_clauses(ctx); }
       | clauses clause                   { $$ = append_clause(ctx, $1, $2, @2); }
       ;

clause: plain_clause
      | RATES exprs                       { $$ = clause_rates($2); }
      ;

/* Those without commas, for entries of a block. */
plain_clauses: %empty                     { $$ = make_clauses(ctx); }
             | plain_clauses plain_clause { $$ = append_clause(ctx, $1, $2, @2); }
             ;

plain_clause: VIA NAME                    { $$ = clause_name(CLAUSE_VIA, $2); }
      | BY rule                           { $$ = clause_rule($2); }
      | WITH postfix of_opt BY rule rule_opt
                                          { $$ = clause_with($2, $3, $5, $6); }
      | self                              { $$ = clause_self($1); }
      | DELAY expr                        { $$ = clause_expr(CLAUSE_DELAY, $2); }
      | DELAY expr BACK expr              { $$ = clause_delay($2, $4); }
      | ON postfix                        { $$ = clause_expr(CLAUSE_ON, $2); }
      | USING solver                      { $$ = clause_using($2); }
      | COUPLING NAME                     { $$ = clause_name(CLAUSE_COUPLING, $2); }
      | PRECISION NAME                    { $$ = clause_name(CLAUSE_PRECISION, $2); }
      | EXTENDS NAME                      { $$ = clause_name(CLAUSE_EXTENDS, $2); }
      | UNLESS expr                       { $$ = clause_expr(CLAUSE_UNLESS, $2); }
      | SPACED expr                       { $$ = clause_expr(CLAUSE_SPACED, $2); }
      | AT expr                           { $$ = clause_expr(CLAUSE_AT, $2); }
      | REFRACTORY expr                   { $$ = clause_expr(CLAUSE_REFRACTORY, $2); }
      | AMPLITUDE expr                    { $$ = clause_expr(CLAUSE_AMPLITUDE, $2); }
      | FLIP expr                         { $$ = clause_expr(CLAUSE_FLIP, $2); }
      | FROM expr                         { $$ = clause_expr(CLAUSE_FROM, $2); }
      | FOR expr                          { $$ = clause_expr(CLAUSE_FOR, $2); }
      | EVERY expr                        { $$ = clause_expr(CLAUSE_EVERY, $2); }
      | WINDOW expr                       { $$ = clause_expr(CLAUSE_WINDOW, $2); }
      | AMONG postfix                     { $$ = clause_expr(CLAUSE_AMONG, $2); }
      | DURING value                      { $$ = clause_expr(CLAUSE_DURING, $2); }
      | AS NAME                           { $$ = clause_name(CLAUSE_AS, $2); }
      | IN UNIT                           { $$ = clause_in($2); }
      | WHEN when                         { $$ = clause_when($2); }
      ;

self: NO SELF                             { $$ = AST_SELF_NO; }
    | SELF                                { $$ = AST_SELF_YES; }
    ;

of_opt: %empty                            { $$ = (ast_name){0}; }
      | OF NAME                           { $$ = $2; }
      ;

rule: NAME                                { $$ = make_rule(ctx, @$, $1, NULL); }
    | NAME '(' args_opt ')'               { $$ = make_rule(ctx, @$, $1, $3); }
    ;

rule_opt: %empty                          { $$ = (ast_rule){0}; }
        | rule
        ;

solver: NAME options_opt                  { $$ = make_solver(ctx, @$, $1, (ast_name){0}, $2); }
      | NAME IN NAME options_opt          { $$ = make_solver(ctx, @$, $1, $3, $4); }
      ;

options_opt: %empty %prec NO_OPTIONS      { $$ = NULL; }
           | '(' args_opt ')'             { $$ = $2; }
           ;

when: expr                                { $$ = make_when(@$, AST_WHEN_TRUE, $1, NULL); }
    | expr RISES ABOVE expr               { $$ = make_when(@$, AST_WHEN_RISES_ABOVE, $1, $4); }
    | expr FALLS BELOW expr               { $$ = make_when(@$, AST_WHEN_FALLS_BELOW, $1, $4); }
    ;

settings_opt: %empty                      { $$ = (settings_block){0}; }
            | settings_block
            ;

settings_block: '{' settings '}'          { $$ = close_settings(@$, $2); }
              ;

settings: %empty                          { $$ = make_settings(ctx); }
        | settings setting NEWLINE        { $$ = append_setting(ctx, $1, $2); }
        | settings setting ','            { $$ = append_setting(ctx, $1, $2); }
        | settings NEWLINE
        | settings error NEWLINE          { $$ = $1; yyerrok; }
        ;

setting: postfix '=' value                { $$ = make_setting(ctx, @$, $1, $3); }
       ;

from_opt: %empty                          { $$ = (ast_name){0}; }
        | FROM NAME                       { $$ = $2; }
        ;

/* Of a variant: settings, decisions that are made otherwise, and components that are changed. */
changes: %empty                           { $$ = make_settings(ctx); }
       | changes setting NEWLINE          { $$ = append_setting(ctx, $1, $2); }
       | changes setting ','              { $$ = append_setting(ctx, $1, $2); }
       | changes act NEWLINE              { $$ = append_act(ctx, $1, $2); }
       | changes act ','                  { $$ = append_act(ctx, $1, $2); }
       | changes modify NEWLINE           { $$ = append_modify(ctx, $1, $2); }
       | changes modify NEWLINE ','       { $$ = append_modify(ctx, $1, $2); }
       | changes NEWLINE
       | changes error NEWLINE            { $$ = $1; yyerrok; }
       ;

/* --------------------------------------------------------------------------- environments */

world_opt: %empty                         { $$ = (world_block){0}; }
         | '{' world '}'                  { $$ = close_world(@$, $2); }
         ;

world: %empty                             { $$ = (world_block){0}; }
     | world world_entry NEWLINE          { $$ = append_world_entry(ctx, $1, $2); }
     | world world_entry ','              { $$ = append_world_entry(ctx, $1, $2); }
     | world NEWLINE
     | world error NEWLINE                { $$ = $1; yyerrok; }
     ;

world_entry: NAME '=' value               { $$ = make_world_setting(@$, $1, $3); }
           | CHANNEL NAME size_opt unit_opt
                                          { $$ = make_world_channel(ctx, @$, $2, $3, $4); }
           | ACTION NAME '=' expr         { $$ = make_world_choice(ctx, @$, $2, $4); }
           | ACTION NAME size_opt unit_opt IN expr TO expr
                                          { $$ = make_world_vector(ctx, @$, $2, $3, $4, $6, $8); }
           ;

/* Each decoder with its clauses; those that are about the decision stand behind the last one. */
act: ACT NAME '=' expr plain_clauses      { $$ = make_act(ctx, @$, $2, $4, $5); }
   | act ELSE expr plain_clauses          { $$ = append_decoder(ctx, @$, $1, $3, $4); }
   ;

/* ----------------------------------------------------------------------------- statements */

block_opt: %empty                         { $$ = NULL; }
         | block
         ;

block: '{' stmts '}'                      { $$ = close_block(ctx, @$, $2); }
     ;

stmts: %empty                             { $$ = make_block(ctx); }
     | stmts stmt NEWLINE                 { $$ = append_stmt(ctx, $1, $2); }
     | stmts NEWLINE
     | stmts error NEWLINE                { $$ = $1; yyerrok; }
     ;

stmt: postfix assign_op expr              { $$ = make_assign(ctx, @$, $1, $2, $3); }
    | LET NAME '=' expr                   { $$ = make_let(ctx, @$, $2, $4); }
    | branch
    | EMIT event_name                     { $$ = make_emit(ctx, @$, $2); }
    | START NAME FOR expr                 { $$ = make_start(ctx, @$, $2, $4); }
    ;

branch: IF expr block                     { $$ = make_branch(ctx, @$, $2, $3, NULL); }
      | IF expr block ELSE block          { $$ = make_branch(ctx, @$, $2, $3, $5); }
      | IF expr block ELSE branch         { $$ = make_branch(ctx, @$, $2, $3, wrap_branch(ctx, $5)); }
      ;

assign_op: '='                            { $$ = AST_ASSIGN_SET; }
         | ADD_TO                         { $$ = AST_ASSIGN_ADD; }
         | SUB_FROM                       { $$ = AST_ASSIGN_SUB; }
         | MUL_BY                         { $$ = AST_ASSIGN_MUL; }
         | DIV_BY                         { $$ = AST_ASSIGN_DIV; }
         ;

/* ---------------------------------------------------------------------------- expressions */

/* Where a range or a size may stand as well. */
value: expr
     | expr TO expr                       { $$ = make_range(ctx, @$, $1, $3); }
     | expr BY_SIZE expr                  { $$ = make_size(ctx, @$, $1, $3); }
     ;

size_opt: %empty                          { $$ = NULL; }
        | '[' value ']'                   { $$ = $2; }
        ;

expr: primary
    | '-' expr %prec NEGATIVE             { $$ = make_unary(ctx, @$, AST_OP_NEG, $2); }
    | NOT expr                            { $$ = make_unary(ctx, @$, AST_OP_NOT, $2); }
    | expr '+' expr                       { $$ = make_binary(ctx, @$, AST_OP_ADD, $1, $3); }
    | expr '-' expr                       { $$ = make_binary(ctx, @$, AST_OP_SUB, $1, $3); }
    | expr '*' expr                       { $$ = make_binary(ctx, @$, AST_OP_MUL, $1, $3); }
    | expr '/' expr                       { $$ = make_binary(ctx, @$, AST_OP_DIV, $1, $3); }
    | expr '^' expr                       { $$ = make_power(ctx, @$, $1, $3); }
    | expr '<' expr                       { $$ = make_binary(ctx, @$, AST_OP_LT, $1, $3); }
    | expr LE expr                        { $$ = make_binary(ctx, @$, AST_OP_LE, $1, $3); }
    | expr '>' expr                       { $$ = make_binary(ctx, @$, AST_OP_GT, $1, $3); }
    | expr GE expr                        { $$ = make_binary(ctx, @$, AST_OP_GE, $1, $3); }
    | expr EQ expr                        { $$ = make_binary(ctx, @$, AST_OP_EQ, $1, $3); }
    | expr NE expr                        { $$ = make_binary(ctx, @$, AST_OP_NE, $1, $3); }
    | expr AND expr                       { $$ = make_binary(ctx, @$, AST_OP_AND, $1, $3); }
    | expr OR expr                        { $$ = make_binary(ctx, @$, AST_OP_OR, $1, $3); }
    | IF expr THEN expr ELSE expr         { $$ = make_if(ctx, @$, $2, $4, $6); }
    ;

primary: NUMBER                           { $$ = make_number(ctx, @$, $1); }
       | STRING                           { $$ = make_string(ctx, $1); }
       | postfix
       | NAME '(' args_opt ')'            { $$ = make_call(ctx, @$, $1, $3); }
       | REFRACTORY                       { $$ = make_name(ctx, $1); }
       | '(' expr ')'                     { $$ = make_paren(ctx, $2); }
       | '(' expr ',' exprs ')'           { $$ = make_tuple(ctx, @$, $2, $4); }
       | '[' values_opt ']'               { $$ = make_list(ctx, @$, $2); }
       ;

postfix: NAME                             { $$ = make_name(ctx, $1); }
       | postfix '.' NAME                 { $$ = make_member(ctx, @$, $1, $3); }
       | postfix '[' selectors ']'        { $$ = make_index(ctx, @$, $1, $3); }
       ;

selectors: selector                       { $$ = append_selector(ctx, make_selectors(ctx), $1); }
         | selectors ',' selector         { $$ = append_selector(ctx, $1, $3); }
         ;

selector: value                           { $$ = make_selector(@$, (ast_name){0}, $1); }
        | ARGWORD value                   { $$ = make_selector(@$, $1, $2); }
        ;

exprs: expr                               { $$ = append_expr(ctx, make_exprs(ctx), $1); }
     | exprs ',' expr                     { $$ = append_expr(ctx, $1, $3); }
     ;

values_opt: %empty                        { $$ = make_exprs(ctx); }
          | values
          ;

values: value                             { $$ = append_expr(ctx, make_exprs(ctx), $1); }
      | values ',' value                  { $$ = append_expr(ctx, $1, $3); }
      ;

args_opt: %empty                          { $$ = make_args(ctx); }
        | args
        ;

args: arg                                 { $$ = append_arg(ctx, make_args(ctx), $1); }
    | args ',' arg                        { $$ = append_arg(ctx, $1, $3); }
    ;

arg: value                                { $$ = make_arg(@$, $1); }
   | ARGWORD value                        { $$ = arg_keyword(make_arg(@$, $2), $1); }
   | NAME '=' value                       { $$ = arg_named(make_arg(@$, $3), $1); }
   | arg DURING value                     { $$ = arg_during(ctx, $1, @$, $3); }
   | arg OVER NAME                        { $$ = arg_over(ctx, $1, @$, $3); }
   | arg PER NAME '.' NAME                { $$ = arg_per(ctx, $1, @$, $3, $5); }
   ;

%%

static int yyreport_syntax_error(const yypcontext_t *where, parse_context *ctx) {
  yysymbol_kind_t expected[YYNTOKENS + 1];
  const char *names[YYNTOKENS + 1];
  int count = yypcontext_expected_tokens(where, expected, YYNTOKENS + 1);
  for (int i = 0; i < count; i++)
    names[i] = yysymbol_name(expected[i]);
  report_syntax_error(ctx, *yypcontext_location(where), names, count < 0 ? 0 : count);
  return 0;
}
