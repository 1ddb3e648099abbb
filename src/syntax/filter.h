/* SPDX-License-Identifier: MIT */
/* filter.h - the state of one parse, and the filter between scanner and grammar.
 *
 * The filter reads the whole file as raw tokens and hands the grammar what it expects: words as
 * keywords only where they are meant so, numbers with their units, dNAME/dt on the left of an
 * equation, and a NEWLINE at the end of each statement. After an error it goes on at the end of the
 * statement, so that one mistake gives one message. */
#ifndef NSA_SYNTAX_FILTER_H
#define NSA_SYNTAX_FILTER_H

#include "support/limits.h"
#include "support/map.h"
#include "syntax/scan.h"

union NSA_STYPE;

/* A number as the grammar gets it. */
typedef struct {
  const char *digits;
  ast_unit *unit; /* NULL: none */
} number_token;

typedef struct {
  int kind;
  uint32_t raw; /* its first raw token */
  span at;
} given_token;

typedef struct {
  int kind;  /* '(' '[' '{' */
  int owner; /* first token of the statement in which it stands */
  uint32_t start;
} open_bracket;

typedef struct {
  raw_token_list raw; /* ends with one of kind 0 */
  uint32_t next;      /* the raw token to be read next */
  open_bracket open[LIMIT_NESTING];
  uint32_t open_count;
  given_token last, before; /* what the grammar got last, and before that */
  uint32_t first_raw;       /* the statement's first raw token, */
  int first;                /* and its kind */
  bool at_start;            /* the next token begins a statement */
  bool has_assign;          /* the statement had its = */
  bool is_quiet;            /* an error of this statement was reported */
  bool must_end;            /* give a NEWLINE next, whatever comes */
  uint32_t missing;         /* closing braces to supply */
} token_filter;

typedef struct parse_context {
  arena *arena;   /* of the tree */
  arena *scratch; /* freed after the parse */
  interner *names;
  diag_sink *sink;
  ast_file *file;
  token_filter filter;
  uint32_t error_count;
  bool is_stopped; /* a limit was hit: the rest of the file is not read */
  map *forms;      /* of names beyond ASCII: where each is first written, by the raw token; NULL: none so far */
} parse_context;

/* Reads all raw tokens from byte `start` on. */
void filter_open(parse_context *ctx, uint32_t start);
int filter_next(parse_context *ctx, union NSA_STYPE *value, span *at);
/* After a syntax error at the last token: go to the end of the statement. */
void filter_recover(parse_context *ctx);
/* Whether this text is a reserved word. */
bool filter_is_reserved(const char *s, size_t len);
/* A raw token's span, and its text as a name. */
span filter_span(const parse_context *ctx, uint32_t raw);
bool filter_is_first_on_line(const parse_context *ctx, uint32_t raw);
/* Whether this grammar token is a keyword of the top level alone. */
bool filter_is_top_word(int token);

#endif
