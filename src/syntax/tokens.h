/* SPDX-License-Identifier: MIT */
/* tokens.h - inside the filter: looking at raw tokens, words, ends of statements, literals. */
#ifndef NSA_SYNTAX_TOKENS_H
#define NSA_SYNTAX_TOKENS_H

#include "grammar/nsa.tab.h"
#include "syntax/report.h"

#include <string.h>

/* Where a word can be a keyword; see words.def. */
enum { RESERVED = 1, START = 2, TOP = 4, FOLLOW = 8, CLAUSE = 16, ARGUMENT = 32 };

typedef struct {
  const char *text;
  int token;
  unsigned places;
} word_row;

/* The raw token at i; behind the end stands the end. */
static inline const raw_token *raw_at(const parse_context *ctx, uint32_t i) {
  const raw_token_list *raw = &ctx->filter.raw;
  return &raw->data[i < raw->len ? i : raw->len - 1];
}

static inline const char *raw_text(const parse_context *ctx, uint32_t i) {
  return ctx->file->text + raw_at(ctx, i)->start;
}

static inline uint32_t raw_len(const parse_context *ctx, uint32_t i) {
  return raw_at(ctx, i)->end - raw_at(ctx, i)->start;
}

static inline bool raw_is(const parse_context *ctx, uint32_t i, const char *wanted) {
  size_t n = strlen(wanted);
  return raw_len(ctx, i) == n && memcmp(raw_text(ctx, i), wanted, n) == 0;
}

/* Nothing stands between raw tokens i - 1 and i. */
static inline bool is_adjacent(const parse_context *ctx, uint32_t i) {
  return i > 0 && raw_at(ctx, i - 1)->end == raw_at(ctx, i)->start;
}

/* words.c */
uint32_t skip_newlines(const parse_context *ctx, uint32_t i);
const word_row *raw_word(const parse_context *ctx, uint32_t i);
int top_bracket(const token_filter *f);
bool is_component_word(int kind);
/* Ends a token of this kind an operand, so that no name can follow? */
bool ends_operand(int kind);
/* The grammar token for the word at raw token i, by what stands before and behind it. */
int classify_word(const parse_context *ctx, uint32_t i);
bool is_semicolon(const parse_context *ctx, uint32_t i);
/* Does a line that begins with raw token i belong to the statement before it? */
bool line_continues(const parse_context *ctx, uint32_t i);
/* Whether the NEWLINE at raw token i ends the statement. */
bool newline_ends(const parse_context *ctx, uint32_t i);

/* literals.c. An error found here silences the grammar about the rest of the statement. */
diag *report_token(parse_context *ctx, diag_code code, span at, const char *message);
/* The unit at raw token i, if there is one; *next is then the raw token behind it. any_word: a word
 * is taken as a unit even where it is none, for the model to complain about. */
ast_unit *read_unit(parse_context *ctx, uint32_t i, bool any_word, uint32_t *next);
/* The digits of the number at raw token i; gives the raw token behind them. */
uint32_t read_digits(parse_context *ctx, uint32_t i, const char **digits);
ast_name read_name(parse_context *ctx, uint32_t i);
ast_name read_string(parse_context *ctx, uint32_t i);

#endif
