/* SPDX-License-Identifier: MIT */
/* words.c - which words are keywords where they stand, and where a statement ends. */
#include "syntax/syntax.h"
#include "syntax/tokens.h"

static const word_row words[] = {
#define WORD(text, token, places) {text, TOK_##token, places},
#include "syntax/words.def"
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

bool is_semicolon(const parse_context *ctx, uint32_t i) { return raw_is(ctx, i, ";"); }

uint32_t skip_newlines(const parse_context *ctx, uint32_t i) {
  while (raw_at(ctx, i)->kind == TOK_NEWLINE && !is_semicolon(ctx, i))
    i++;
  return i;
}

span filter_span(const parse_context *ctx, uint32_t raw) {
  const raw_token *token = raw_at(ctx, raw);
  return (span){ctx->file->file, token->start, token->end};
}

bool filter_is_first_on_line(const parse_context *ctx, uint32_t raw) {
  return raw == 0 || raw_at(ctx, raw - 1)->kind == TOK_NEWLINE;
}

/* ---------------------------------------------------------------------------- words */

static const word_row *find_word(const char *s, size_t len) {
  for (size_t i = 0; i < COUNT(words); i++)
    if (words[i].text[0] == s[0] && strlen(words[i].text) == len && memcmp(words[i].text, s, len) == 0)
      return &words[i];
  return NULL;
}

const word_row *raw_word(const parse_context *ctx, uint32_t i) {
  return raw_at(ctx, i)->kind == TOK_NAME ? find_word(raw_text(ctx, i), raw_len(ctx, i)) : NULL;
}

bool filter_is_reserved(const char *s, size_t len) {
  const word_row *word = len > 0 ? find_word(s, len) : NULL;
  return word != NULL && (word->places & RESERVED) != 0;
}

bool filter_is_top_word(int token) {
  for (size_t i = 0; i < COUNT(words); i++)
    if (words[i].token == token)
      return (words[i].places & TOP) != 0;
  return false;
}

static bool is_one_of(int kind, const int *kinds) {
  for (; *kinds != 0; kinds++)
    if (*kinds == kind)
      return true;
  return false;
}

/* One of these behind a word shows that the word is a name: `run = 3`, `delay * 2`. */
static bool makes_a_name(const parse_context *ctx, uint32_t i) {
  int kind = raw_at(ctx, i)->kind;
  static const int kinds[] = {'=',        '.',    '[',    '*',    '/',        '^',          ',',
                              ')',        ']',    '<',    '>',    TOK_ADD_TO, TOK_SUB_FROM, TOK_MUL_BY,
                              TOK_DIV_BY, TOK_LE, TOK_GE, TOK_EQ, TOK_NE,     TOK_TO,       0};
  bool is_half_number = kind == '.' && raw_at(ctx, i + 1)->kind == TOK_NUMBER;
  return is_one_of(kind, kinds) && !is_half_number;
}

bool ends_operand(int kind) {
  static const int kinds[] = {TOK_NAME, TOK_NUMBER, TOK_STRING, TOK_UNIT, ')', ']', TOK_SELF, TOK_REFRACTORY, 0};
  return is_one_of(kind, kinds);
}

static bool begins_operand(int kind) { return kind == TOK_NAME || kind == TOK_NUMBER || kind == '('; }

/* Operators between two operands: a line that begins with one continues the line before. */
static bool is_infix(int kind) {
  static const int kinds[] = {'+',        '-',           '*',       '/',           '^',        '<',
                              '>',        TOK_LE,        TOK_GE,    TOK_EQ,        TOK_NE,     TOK_BAD_AND,
                              TOK_BAD_OR, TOK_BAD_POWER, ',',       '=',           TOK_ADD_TO, TOK_SUB_FROM,
                              TOK_MUL_BY, TOK_DIV_BY,    TOK_ARROW, TOK_BOTH_WAYS, TOK_TO,     0};
  return is_one_of(kind, kinds);
}

/* A line that ends with this goes on in the next. */
static bool wants_more(int kind) {
  static const int kinds[] = {':',      '.',    TOK_AND,     TOK_OR,    TOK_NOT,   TOK_THEN,
                              TOK_ELSE, TOK_IN, TOK_BY_SIZE, TOK_ABOVE, TOK_BELOW, 0};
  if (is_infix(kind) || is_one_of(kind, kinds))
    return true;
  for (size_t i = 0; i < COUNT(words); i++)
    if (words[i].token == kind)
      return (words[i].places & CLAUSE) != 0 && kind != TOK_SELF;
  return false;
}

int top_bracket(const token_filter *f) { return f->open_count > 0 ? f->open[f->open_count - 1].kind : 0; }

/* Words that are keywords only behind certain other words. */
static bool may_follow(const parse_context *ctx, const word_row *word, uint32_t i) {
  int last = ctx->filter.last.kind;
  switch (word->token) {
  case TOK_ABOVE:
  case TOK_BELOW:
    return last == TOK_RISES || last == TOK_FALLS;
  case TOK_SELF:
    return last == TOK_NO || ends_operand(last);
  case TOK_WHEN:
    return last == TOK_SPIKE || ends_operand(last);
  case TOK_UNTIL:
    return last == TOK_RUN && !makes_a_name(ctx, i + 1);
  case TOK_BY_SIZE:
    return ends_operand(last) && begins_operand(raw_at(ctx, i + 1)->kind);
  default:
    return ends_operand(last);
  }
}

/* A statement, or an entry behind a comma of a block that holds more than settings. */
static bool begins_entry(const token_filter *f) {
  const open_bracket *open = f->open_count > 0 ? &f->open[f->open_count - 1] : NULL;
  return f->at_start || (f->last.kind == ',' && open != NULL && open->kind == '{' &&
                         (open->owner == TOK_ENVIRONMENT || open->owner == TOK_VARIANT));
}

/* The grammar token for the word at i, by what stands before and behind it. */
int classify_word(const parse_context *ctx, uint32_t i) {
  const token_filter *f = &ctx->filter;
  const word_row *word = raw_word(ctx, i);
  if (word == NULL || f->last.kind == '.')
    return TOK_NAME;
  if (word->places & RESERVED)
    return word->token;
  int next = raw_at(ctx, i + 1)->kind;
  if (begins_entry(f))
    return (word->places & START) && !makes_a_name(ctx, i + 1) ? word->token : TOK_NAME;
  if ((word->places & ARGUMENT) && (top_bracket(f) == '(' || top_bracket(f) == '[')) {
    bool opens = f->last.kind == '(' || f->last.kind == '[' || f->last.kind == ',';
    return opens && (next == TOK_NAME || next == TOK_NUMBER) ? TOK_ARGWORD : TOK_NAME;
  }
  return (word->places & FOLLOW) && may_follow(ctx, word, i) ? word->token : TOK_NAME;
}

/* ---------------------------------------------------------------------- ends of statements */

bool is_component_word(int kind) {
  return kind == TOK_NEURON || kind == TOK_ASTROCYTE || kind == TOK_SYNAPSE || kind == TOK_MODIFY;
}

/* A line beginning with `on`: the clause `on TIMESCALE`, or a new `on EVENT { … }`? */
static bool on_continues(const parse_context *ctx, uint32_t i) {
  int first = ctx->filter.first, behind = raw_at(ctx, skip_newlines(ctx, i + 2))->kind;
  if (is_component_word(first))
    return true;
  if (first == TOK_PRESENT) /* `on POPULATION.INPUT`, or `on PHASE { … }` behind a complete one */
    return behind != '{';
  return raw_at(ctx, i + 1)->kind == TOK_NAME && behind != '{' && behind != '.';
}

/* A line beginning with `for`: the time of `run until COND`, or a loop? */
static bool for_continues(const parse_context *ctx, uint32_t i) {
  const word_row *in = raw_word(ctx, i + 2);
  bool is_loop = raw_at(ctx, i + 2)->kind == ',' || (in != NULL && in->token == TOK_IN);
  return ctx->filter.first == TOK_RUN && !is_loop;
}

/* Does a line that begins with raw token i belong to the statement before it? */
bool line_continues(const parse_context *ctx, uint32_t i) {
  int kind = raw_at(ctx, i)->kind;
  if (is_infix(kind) || kind == '{')
    return true;
  const word_row *word = raw_word(ctx, i);
  if (word == NULL)
    return false;
  if (word->token == TOK_EVERY) /* begins an item of a component; at the top level it is a clause alone */
    return filter_is_top_word(ctx->filter.first) && !is_component_word(ctx->filter.first);
  if (word->places & RESERVED) {
    static const int kinds[] = {TOK_ELSE, TOK_THEN, TOK_AND, TOK_OR, TOK_REFRACTORY, 0};
    return is_one_of(word->token, kinds);
  }
  if (makes_a_name(ctx, i + 1))
    return false;
  if (word->token == TOK_FOR)
    return for_continues(ctx, i);
  return word->token == TOK_ON ? on_continues(ctx, i) : (word->places & CLAUSE) != 0;
}

/* Whether the NEWLINE at raw token i ends the statement. */
bool newline_ends(const parse_context *ctx, uint32_t i) {
  const token_filter *f = &ctx->filter;
  if (f->at_start)
    return false;
  if (is_semicolon(ctx, i))
    return true;
  if (top_bracket(f) == '(' || top_bracket(f) == '[' || wants_more(f->last.kind))
    return false;
  return !line_continues(ctx, skip_newlines(ctx, i));
}
