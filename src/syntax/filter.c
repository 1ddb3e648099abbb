/* SPDX-License-Identifier: MIT */
/* filter.c - from raw tokens to the tokens of the grammar (see filter.h). */
#include "syntax/filter.h"

#include "grammar/nsa.tab.h"
#include "syntax/report.h"
#include "syntax/syntax.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RESERVED = 1, START = 2, TOP = 4, FOLLOW = 8, CLAUSE = 16, ARGUMENT = 32 };

typedef struct {
  const char *text;
  int token;
  unsigned places;
} word_row;

static const word_row words[] = {
#define WORD(text, token, places) {text, TOK_##token, places},
#include "syntax/words.def"
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---------------------------------------------------------------- looking at raw tokens */

static const raw_token *raw_at(const parse_context *ctx, uint32_t i) {
  const raw_token_list *raw = &ctx->filter.raw;
  return &raw->data[i < raw->len ? i : raw->len - 1];
}

static const char *raw_text(const parse_context *ctx, uint32_t i) {
  return ctx->file->text + raw_at(ctx, i)->start;
}

static uint32_t raw_len(const parse_context *ctx, uint32_t i) {
  return raw_at(ctx, i)->end - raw_at(ctx, i)->start;
}

static bool raw_is(const parse_context *ctx, uint32_t i, const char *wanted) {
  size_t n = strlen(wanted);
  return raw_len(ctx, i) == n && memcmp(raw_text(ctx, i), wanted, n) == 0;
}

/* Nothing stands between raw tokens i - 1 and i. */
static bool is_adjacent(const parse_context *ctx, uint32_t i) {
  return i > 0 && raw_at(ctx, i - 1)->end == raw_at(ctx, i)->start;
}

static bool is_semicolon(const parse_context *ctx, uint32_t i) { return raw_is(ctx, i, ";"); }

static uint32_t skip_newlines(const parse_context *ctx, uint32_t i) {
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

static bool is_in_first_column(const parse_context *ctx, uint32_t i) {
  uint32_t start = raw_at(ctx, i)->start;
  return start == 0 || ctx->file->text[start - 1] == '\n';
}

/* ---------------------------------------------------------------------------- words */

static const word_row *find_word(const char *s, size_t len) {
  for (size_t i = 0; i < COUNT(words); i++)
    if (words[i].text[0] == s[0] && strlen(words[i].text) == len &&
        memcmp(words[i].text, s, len) == 0)
      return &words[i];
  return NULL;
}

static const word_row *raw_word(const parse_context *ctx, uint32_t i) {
  return raw_at(ctx, i)->kind == TOK_NAME ? find_word(raw_text(ctx, i), raw_len(ctx, i)) : NULL;
}

bool filter_is_reserved(const char *s, size_t len) {
  const word_row *word = len > 0 ? find_word(s, len) : NULL;
  return word != NULL && (word->places & RESERVED) != 0;
}

bool syntax_is_reserved_word(const char *s, size_t len) { return filter_is_reserved(s, len); }

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

/* Behind a word, these show that it is the name of something: `run = 3`, `delay * 2`. */
static bool makes_a_name(const parse_context *ctx, uint32_t i) {
  int kind = raw_at(ctx, i)->kind;
  static const int kinds[] = {'=', '.', '[', '*', '/', '+', '-', '^', ',', ')', ']', '<', '>',
                              TOK_ADD_TO, TOK_SUB_FROM, TOK_MUL_BY, TOK_DIV_BY, TOK_LE, TOK_GE,
                              TOK_EQ, TOK_NE, TOK_TO, 0};
  bool is_half_number = kind == '.' && raw_at(ctx, i + 1)->kind == TOK_NUMBER;
  return is_one_of(kind, kinds) && !is_half_number;
}

static bool ends_operand(int kind) {
  static const int kinds[] = {TOK_NAME, TOK_NUMBER, TOK_STRING, TOK_UNIT, ')', ']',
                              TOK_SELF, TOK_REFRACTORY, 0};
  return is_one_of(kind, kinds);
}

static bool begins_operand(int kind) {
  return kind == TOK_NAME || kind == TOK_NUMBER || kind == '(';
}

/* Operators that stand between two things: a line that begins with one goes on the line before. */
static bool is_infix(int kind) {
  static const int kinds[] = {'+', '-', '*', '/', '^', '<', '>', TOK_LE, TOK_GE, TOK_EQ, TOK_NE,
                              TOK_BAD_AND, TOK_BAD_OR, TOK_BAD_POWER, ',', '=', TOK_ADD_TO,
                              TOK_SUB_FROM, TOK_MUL_BY, TOK_DIV_BY, TOK_ARROW, TOK_BOTH_WAYS,
                              TOK_TO, 0};
  return is_one_of(kind, kinds);
}

/* A line that ends with this goes on in the next. */
static bool wants_more(int kind) {
  static const int kinds[] = {':', '.', TOK_AND, TOK_OR, TOK_NOT, TOK_THEN, TOK_ELSE, TOK_IN,
                              TOK_BY_SIZE, TOK_ABOVE, TOK_BELOW, 0};
  if (is_infix(kind) || is_one_of(kind, kinds))
    return true;
  for (size_t i = 0; i < COUNT(words); i++)
    if (words[i].token == kind)
      return (words[i].places & CLAUSE) != 0 && kind != TOK_SELF;
  return false;
}

static int top_bracket(const token_filter *f) {
  return f->open_count > 0 ? f->open[f->open_count - 1].kind : 0;
}

/* Words that follow only certain others. */
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
  case TOK_BY_SIZE:
    return ends_operand(last) && begins_operand(raw_at(ctx, i + 1)->kind);
  default:
    return ends_operand(last);
  }
}

/* The grammar token for the word at i, by what stands before and behind it. */
static int classify_word(const parse_context *ctx, uint32_t i) {
  const token_filter *f = &ctx->filter;
  const word_row *word = raw_word(ctx, i);
  if (word == NULL || f->last.kind == '.')
    return TOK_NAME;
  if (word->places & RESERVED)
    return word->token;
  int next = raw_at(ctx, i + 1)->kind;
  if (f->at_start)
    return (word->places & START) && !makes_a_name(ctx, i + 1) ? word->token : TOK_NAME;
  if (word->places & ARGUMENT) {
    bool opens = f->last.kind == '(' || f->last.kind == '[' || f->last.kind == ',';
    bool is_inside = top_bracket(f) == '(' || top_bracket(f) == '[';
    return opens && is_inside && (next == TOK_NAME || next == TOK_NUMBER) ? TOK_ARGWORD : TOK_NAME;
  }
  return (word->places & FOLLOW) && may_follow(ctx, word, i) ? word->token : TOK_NAME;
}

/* ---------------------------------------------------------------------- ends of statements */

static bool is_component_word(int kind) {
  return kind == TOK_NEURON || kind == TOK_ASTROCYTE || kind == TOK_SYNAPSE;
}

/* A line beginning with `on`: the clause `on TIMESCALE`, or a new `on EVENT { … }`? */
static bool on_continues(const parse_context *ctx, uint32_t i) {
  int first = ctx->filter.first;
  if (is_component_word(first) || first == TOK_PRESENT)
    return true;
  int behind = raw_at(ctx, skip_newlines(ctx, i + 2))->kind;
  return raw_at(ctx, i + 1)->kind == TOK_NAME && behind != '{' && behind != '.';
}

/* Does a line that begins with raw token i belong to the statement before it? */
static bool line_continues(const parse_context *ctx, uint32_t i) {
  int kind = raw_at(ctx, i)->kind;
  if (is_infix(kind) || kind == '{')
    return true;
  const word_row *word = raw_word(ctx, i);
  if (word == NULL)
    return false;
  if (word->places & RESERVED) {
    static const int kinds[] = {TOK_ELSE, TOK_THEN, TOK_AND, TOK_OR, TOK_REFRACTORY, 0};
    return is_one_of(word->token, kinds);
  }
  if (makes_a_name(ctx, i + 1))
    return false;
  return word->token == TOK_ON ? on_continues(ctx, i) : (word->places & CLAUSE) != 0;
}

/* Whether the NEWLINE at raw token i ends the statement. */
static bool newline_ends(const parse_context *ctx, uint32_t i) {
  const token_filter *f = &ctx->filter;
  if (f->at_start)
    return false;
  if (is_semicolon(ctx, i))
    return true;
  if (top_bracket(f) == '(' || top_bracket(f) == '[' || wants_more(f->last.kind))
    return false;
  return !line_continues(ctx, skip_newlines(ctx, i));
}

/* --------------------------------------------------------------------------------- units */

/* "^2" or "^-1" behind a unit's name, at raw token i; gives the raw token behind it. */
static uint32_t read_exponent(const parse_context *ctx, uint32_t i, int32_t *exponent) {
  *exponent = 1;
  if (raw_at(ctx, i)->kind != '^' || !is_adjacent(ctx, i))
    return i;
  uint32_t at = i + 1;
  bool is_negative = raw_at(ctx, at)->kind == '-' && is_adjacent(ctx, at);
  if (is_negative)
    at++;
  const char *digits = raw_text(ctx, at);
  uint32_t len = raw_len(ctx, at);
  if (raw_at(ctx, at)->kind != TOK_NUMBER || !is_adjacent(ctx, at) ||
      len > LIMIT_UNIT_EXPONENT_DIGITS || strspn(digits, "0123456789") < len)
    return i;
  int32_t value = 0;
  for (uint32_t k = 0; k < len; k++)
    value = value * 10 + (digits[k] - '0');
  if (value == 0)
    return i;
  *exponent = is_negative ? -value : value;
  return at + 1;
}

static bool is_unit_word(const parse_context *ctx, uint32_t i, bool any_word) {
  return raw_at(ctx, i)->kind == TOK_NAME &&
         (any_word || syntax_is_unit_name(raw_text(ctx, i), raw_len(ctx, i)));
}

static uint32_t add_factor(parse_context *ctx, ast_unit *unit, uint32_t i, int32_t sign) {
  int32_t exponent;
  uint32_t next = read_exponent(ctx, i + 1, &exponent);
  ast_unit_factor factor = {intern(ctx->names, raw_text(ctx, i), raw_len(ctx, i)), sign * exponent,
                            filter_span(ctx, i)};
  vec_push(ctx->arena, &unit->factors, factor);
  return next;
}

/* The unit at raw token i, if there is one; *next is then the raw token behind it. any_word: a word
 * is taken as a unit even where it is none, for the model to complain about. */
static ast_unit *read_unit(parse_context *ctx, uint32_t i, bool any_word, uint32_t *next) {
  ast_unit draft = {0};
  uint32_t at = i;
  if (raw_at(ctx, at)->kind == '%') {
    ast_unit_factor percent = {intern_cstr(ctx->names, "%"), 1, filter_span(ctx, at)};
    vec_push(ctx->arena, &draft.factors, percent);
    at++;
  } else if (is_unit_word(ctx, at, any_word)) {
    at = add_factor(ctx, &draft, at, 1);
  } else if (any_word && raw_is(ctx, at, "1")) {
    at++;
  } else if (raw_at(ctx, at)->kind != '/' || (!any_word && is_adjacent(ctx, at))) {
    return NULL; /* `1/ms` is a division, `1 /ms` a quantity */
  }
  while (raw_at(ctx, at)->kind == '/' && (at == i || is_adjacent(ctx, at)) &&
         is_adjacent(ctx, at + 1) && is_unit_word(ctx, at + 1, any_word))
    at = add_factor(ctx, &draft, at + 1, -1);
  if (at == i)
    return NULL;
  ast_unit *unit = ARENA_NEW(ctx->arena, ast_unit);
  *unit = draft;
  unit->at = span_join(filter_span(ctx, i), filter_span(ctx, at - 1));
  unit->text = intern(ctx->names, ctx->file->text + unit->at.start, unit->at.end - unit->at.start);
  *next = at;
  return unit;
}

/* --------------------------------------------------------------------- giving one token */

static int give(parse_context *ctx, int kind, uint32_t raw, uint32_t start, uint32_t end,
                span *at) {
  token_filter *f = &ctx->filter;
  *at = (span){ctx->file->file, start, end};
  if (f->at_start) {
    f->first = kind;
    f->first_raw = raw;
  }
  f->before = f->last;
  f->last = (given_token){kind, raw, *at};
  f->at_start = kind == TOK_NEWLINE || kind == '{';
  if (kind == '=' || (kind >= TOK_ADD_TO && kind <= TOK_DIV_BY))
    f->has_assign = true;
  if (f->at_start)
    f->has_assign = false;
  if (kind == TOK_NEWLINE)
    f->is_quiet = f->must_end = false;
  return kind;
}

static int give_raw(parse_context *ctx, int kind, uint32_t count, span *at) {
  uint32_t i = ctx->filter.next;
  ctx->filter.next += count;
  return give(ctx, kind, i, raw_at(ctx, i)->start, raw_at(ctx, i + count - 1)->end, at);
}

/* A NEWLINE that is not in the text, behind the last token. */
static int give_end(parse_context *ctx, span *at) {
  uint32_t place = ctx->filter.last.at.end;
  return give(ctx, TOK_NEWLINE, ctx->filter.next, place, place, at);
}

/* An error inside a statement, found before the grammar: the grammar's own errors about the same
 * statement would only repeat it. */
static diag *report_token(parse_context *ctx, diag_code code, span at, const char *message) {
  ctx->filter.is_quiet = true;
  return report_error(ctx, code, at, "%s", message);
}

/* A name of at most LIMIT_NAME_BYTES. */
static ast_name read_name(parse_context *ctx, uint32_t i) {
  span at = filter_span(ctx, i);
  uint32_t len = raw_len(ctx, i);
  if (len > LIMIT_NAME_BYTES) {
    diag *d = report_error(ctx, DIAG_E0901, (span){at.file, at.start, at.start + 1},
                           "this name is longer than %d bytes", LIMIT_NAME_BYTES);
    diag_hint(d, "names become names of files and of groups in them");
    len = LIMIT_NAME_BYTES;
  }
  return (ast_name){intern(ctx->names, raw_text(ctx, i), len), at};
}

/* dNAME/dt, where an equation may begin: at the start of a statement or behind the `*` of its
 * coefficient. Elsewhere `delay/dt` is a division. */
static bool is_derivative(const parse_context *ctx, uint32_t i) {
  const token_filter *f = &ctx->filter;
  if (f->has_assign || top_bracket(f) != '{' || raw_len(ctx, i) < 2 || raw_text(ctx, i)[0] != 'd' ||
      raw_at(ctx, i + 1)->kind != '/' || !raw_is(ctx, i + 2, "dt"))
    return false;
  return f->at_start || (f->last.kind == '*' && raw_at(ctx, i + 3)->kind == '=');
}

static int give_derivative(parse_context *ctx, NSA_STYPE *value, span *at) {
  uint32_t i = ctx->filter.next;
  value->name = read_name(ctx, i);
  value->name.text = intern_cstr(ctx->names, value->name.text + 1);
  value->name.at.start++;
  return give_raw(ctx, TOK_DERIV, 3, at);
}

static int give_word(parse_context *ctx, NSA_STYPE *value, span *at) {
  uint32_t i = ctx->filter.next;
  if (is_derivative(ctx, i))
    return give_derivative(ctx, value, at);
  value->name = read_name(ctx, i);
  return give_raw(ctx, classify_word(ctx, i), 1, at);
}

/* The digits of a number from raw token i; "5." and ".5" are repaired with a message. */
static uint32_t read_digits(parse_context *ctx, uint32_t i, const char **digits) {
  uint32_t at = i;
  while (raw_at(ctx, at + 1)->kind == '.' && is_adjacent(ctx, at + 1))
    at += is_adjacent(ctx, at + 2) && raw_at(ctx, at + 2)->kind == TOK_NUMBER ? 2 : 1;
  span place = span_join(filter_span(ctx, i), filter_span(ctx, at));
  *digits = intern(ctx->names, raw_text(ctx, i), raw_len(ctx, i));
  if (at != i) {
    diag *d = report_token(ctx, DIAG_E0102, place, "a point in a number stands between two digits");
    if (at == i + 1)
      diag_hint(d, "write `%s` or `%s.0`", *digits, *digits);
  } else if (raw_len(ctx, i) > LIMIT_NUMBER_BYTES) {
    report_error(ctx, DIAG_E0901, (span){place.file, place.start, place.start + 1},
                 "this number is longer than %d characters", LIMIT_NUMBER_BYTES);
    *digits = "0";
  } else if (!isfinite(strtod(*digits, NULL))) {
    report_error(ctx, DIAG_E0102, place, "this number is too large for double precision");
    *digits = "0";
  }
  return at + 1;
}

static int give_number(parse_context *ctx, NSA_STYPE *value, span *at) {
  uint32_t i = ctx->filter.next;
  uint32_t next = read_digits(ctx, i, &value->number.digits);
  value->number.unit = read_unit(ctx, next, false, &next);
  return give_raw(ctx, TOK_NUMBER, next - i, at);
}

/* ".5" */
static int give_half_number(parse_context *ctx, NSA_STYPE *value, span *at) {
  uint32_t i = ctx->filter.next;
  uint32_t len = raw_len(ctx, i + 1) < LIMIT_NUMBER_BYTES ? raw_len(ctx, i + 1) : 1;
  value->number.digits = arena_printf(ctx->arena, "0.%.*s", (int)len, raw_text(ctx, i + 1));
  diag *d = report_token(ctx, DIAG_E0102, span_join(filter_span(ctx, i), filter_span(ctx, i + 1)),
                         "a point in a number stands between two digits");
  diag_hint(d, "write `%s`", value->number.digits);
  uint32_t next = i + 2;
  value->number.unit = read_unit(ctx, next, false, &next);
  return give_raw(ctx, TOK_NUMBER, next - i, at);
}

static int give_string(parse_context *ctx, NSA_STYPE *value, span *at) {
  uint32_t i = ctx->filter.next;
  bool is_open = raw_at(ctx, i)->kind == TOK_OPEN_STRING;
  span place = filter_span(ctx, i);
  if (is_open) {
    diag *d = report_token(ctx, DIAG_E0104, (span){place.file, place.start, place.start + 1},
                           "this string is not closed on its line");
    diag_hint(d, "end it with `\"`");
  }
  text out = text_new(ctx->arena);
  const char *s = ctx->file->text;
  for (uint32_t k = place.start + 1; k < place.end - (is_open ? 0 : 1); k++) {
    char c = s[k];
    if (c == '\\' && k + 1 < place.end) {
      c = s[++k];
      if (c != '"' && c != '\\')
        report_token(ctx, DIAG_E0103, (span){place.file, k - 1, k + 1},
                     "in a string only `\\\"` and `\\\\` begin with a backslash");
    } else if ((unsigned char)c < 0x20 && c != '\t') {
      report_token(ctx, DIAG_E0103, (span){place.file, k, k + 1},
                   "a control character stands in this string");
      c = ' ';
    }
    text_add(&out, &c, 1);
  }
  value->name = (ast_name){intern_cstr(ctx->names, text_cstr(&out)), place};
  return give_raw(ctx, TOK_STRING, 1, at);
}

/* ------------------------------------------------------------------- brackets and their lack */

static void push_bracket(parse_context *ctx, int kind, uint32_t raw) {
  token_filter *f = &ctx->filter;
  if (f->open_count == LIMIT_NESTING) {
    report_limit(ctx, filter_span(ctx, raw), "brackets and blocks are nested deeper than %d",
                 LIMIT_NESTING);
    return;
  }
  int owner = f->at_start ? kind : f->first;
  f->open[f->open_count++] = (open_bracket){kind, owner, raw_at(ctx, raw)->start};
}

static void pop_to_brace(token_filter *f) {
  while (f->open_count > 0 && f->open[f->open_count - 1].kind != '{')
    f->open_count--;
}

static int give_bracket(parse_context *ctx, span *at) {
  token_filter *f = &ctx->filter;
  uint32_t i = f->next;
  int kind = raw_at(ctx, i)->kind;
  if (kind == '(' || kind == '[' || kind == '{') {
    push_bracket(ctx, kind, i);
    if (ctx->is_stopped)
      return 0;
  } else if (f->open_count > 0 && top_bracket(f) == (kind == ')' ? '(' : kind == ']' ? '[' : '{')) {
    f->open_count--;
  }
  return give_raw(ctx, kind, 1, at);
}

static void report_missing_brace(parse_context *ctx, span at, const char *message) {
  const open_bracket *open = &ctx->filter.open[0];
  diag *d = report_error(ctx, DIAG_E0101, at, "%s", message);
  diag_note(d, (span){at.file, open->start, open->start + 1}, "this `{` is not closed");
  diag_hint(d, "add `}` before this place");
}

/* A word like `population` in the first column, inside a component: its `}` is missing. */
static bool is_escaped_declaration(const parse_context *ctx, uint32_t i) {
  const token_filter *f = &ctx->filter;
  if (f->open_count == 0 || f->open[0].owner == TOK_FOR || !is_in_first_column(ctx, i))
    return false;
  const word_row *word = raw_word(ctx, i);
  return word != NULL && (word->places & TOP) && word->token != TOK_FOR &&
         (raw_at(ctx, i + 1)->kind == TOK_NAME || raw_at(ctx, i + 1)->kind == TOK_NUMBER);
}

static void close_all(parse_context *ctx) {
  pop_to_brace(&ctx->filter);
  for (uint32_t k = 0; k < ctx->filter.open_count; k++)
    if (ctx->filter.open[k].kind == '{')
      ctx->filter.missing++;
  ctx->filter.open_count = 0;
}

static int give_missing_brace(parse_context *ctx, span *at) {
  token_filter *f = &ctx->filter;
  f->missing--;
  uint32_t place = f->last.at.end;
  return give(ctx, '}', f->next, place, place, at);
}

static int give_file_end(parse_context *ctx, span *at) {
  token_filter *f = &ctx->filter;
  if (!f->at_start)
    return give_end(ctx, at);
  if (f->open_count > 0) {
    uint32_t end = raw_at(ctx, f->next)->start;
    report_missing_brace(ctx, (span){ctx->file->file, end, end},
                         "the file ends inside a block: a `}` is missing");
    close_all(ctx);
    return give_missing_brace(ctx, at);
  }
  return give_raw(ctx, 0, 1, at);
}

/* ------------------------------------------------------------------------------ characters */

static void report_bad_character(parse_context *ctx) {
  token_filter *f = &ctx->filter;
  uint32_t i = f->next;
  span at = filter_span(ctx, i);
  const char *remedy = scan_character_remedy(raw_text(ctx, i), raw_len(ctx, i));
  unsigned char first = (unsigned char)*raw_text(ctx, i);
  if (first < 0x20 || first == 0x7F)
    report_error(ctx, DIAG_E0103, at, "a control character (0x%02X) is not part of the language",
                 first);
  else {
    diag *d = report_error(ctx, DIAG_E0103, at, "the character %s is not part of the language",
                           report_excerpt(ctx, at));
    if (remedy != NULL)
      diag_hint(d, "%s", remedy);
  }
  f->is_quiet = true;
  while (raw_at(ctx, f->next)->kind == TOK_BAD_CHARACTER) /* a run of them is one mistake */
    f->next++;
}

/* Operators of other languages: said once, and read as what they mean. */
static int give_foreign(parse_context *ctx, span *at) {
  static const struct {
    int kind, meaning;
    const char *text, *remedy;
  } rows[] = {{TOK_BAD_AND, TOK_AND, "`&&` is not part of the language", "write `and`"},
              {TOK_BAD_OR, TOK_OR, "`||` is not part of the language", "write `or`"},
              {TOK_BAD_POWER, '^', "`**` is not part of the language", "write `^` for a power"},
              {TOK_BAD_NOT, TOK_NOT, "`!` is not part of the language", "write `not`"}};
  uint32_t i = ctx->filter.next;
  for (size_t k = 0; k < COUNT(rows); k++)
    if (rows[k].kind == raw_at(ctx, i)->kind) {
      diag_hint(report_token(ctx, DIAG_E0103, filter_span(ctx, i), rows[k].text), "%s",
                rows[k].remedy);
      return give_raw(ctx, rows[k].meaning, 1, at);
    }
  return give_raw(ctx, raw_at(ctx, i)->kind, 1, at);
}

/* ------------------------------------------------------------------------------- next token */

/* Behind a block its statement ends, unless `else` follows. */
static bool block_ends(const parse_context *ctx) {
  const token_filter *f = &ctx->filter;
  if (f->last.kind != '}' || f->at_start)
    return false;
  const word_row *word = raw_word(ctx, skip_newlines(ctx, f->next));
  return word == NULL || word->token != TOK_ELSE;
}

/* `: mV/ms` of a param, state or input. */
static bool expects_unit(const token_filter *f) {
  return f->last.kind == ':' &&
         (f->first == TOK_PARAM || f->first == TOK_STATE || f->first == TOK_INPUT);
}

static int give_by_kind(parse_context *ctx, NSA_STYPE *value, span *at) {
  uint32_t i = ctx->filter.next;
  int kind = raw_at(ctx, i)->kind;
  switch (kind) {
  case TOK_NAME:
    return give_word(ctx, value, at);
  case TOK_NUMBER:
    return give_number(ctx, value, at);
  case TOK_STRING:
  case TOK_OPEN_STRING:
    return give_string(ctx, value, at);
  case '(':
  case ')':
  case '[':
  case ']':
  case '{':
    return give_bracket(ctx, at);
  case '.':
    if (raw_at(ctx, i + 1)->kind == TOK_NUMBER && is_adjacent(ctx, i + 1) &&
        !ends_operand(ctx->filter.last.kind))
      return give_half_number(ctx, value, at);
    return give_raw(ctx, kind, 1, at);
  default:
    return give_foreign(ctx, at);
  }
}

static int give_closing_brace(parse_context *ctx, span *at) {
  token_filter *f = &ctx->filter;
  if (!f->at_start)
    return give_end(ctx, at);
  pop_to_brace(f);
  if (f->open_count > 0)
    return give_bracket(ctx, at);
  report_error(ctx, DIAG_E0101, filter_span(ctx, f->next), "this `}` closes nothing");
  f->next++;
  return -1;
}

/* One step: a token, or -1 where something was skipped. */
static int next_or_skip(parse_context *ctx, NSA_STYPE *value, span *at) {
  token_filter *f = &ctx->filter;
  if (f->must_end || block_ends(ctx))
    return give_end(ctx, at);
  if (f->missing > 0)
    return f->at_start ? give_missing_brace(ctx, at) : give_end(ctx, at);
  uint32_t i = f->next;
  ast_unit *unit = expects_unit(f) ? read_unit(ctx, i, true, &i) : NULL;
  if (unit != NULL) {
    value->unit = unit;
    return give_raw(ctx, TOK_UNIT, i - f->next, at);
  }
  switch (raw_at(ctx, i)->kind) {
  case 0:
    return give_file_end(ctx, at);
  case TOK_NEWLINE:
    if (newline_ends(ctx, i))
      return give_raw(ctx, TOK_NEWLINE, 1, at);
    f->next++;
    return -1;
  case '}':
    return give_closing_brace(ctx, at);
  case TOK_BAD_CHARACTER:
    report_bad_character(ctx);
    return -1;
  default:
    break;
  }
  if (f->at_start && is_escaped_declaration(ctx, i)) {
    report_missing_brace(ctx, filter_span(ctx, i),
                         "a declaration of the top level stands inside a block: a `}` is missing");
    close_all(ctx);
    return give_missing_brace(ctx, at);
  }
  return give_by_kind(ctx, value, at);
}

int filter_next(parse_context *ctx, NSA_STYPE *value, span *at) {
  int kind = -1;
  while (kind < 0 && !ctx->is_stopped)
    kind = next_or_skip(ctx, value, at);
  if (!ctx->is_stopped)
    return kind;
  uint32_t place = ctx->filter.last.at.end;
  *at = (span){ctx->file->file, place, place};
  return 0;
}

/* -------------------------------------------------------------------------------- recovery */

/* The raw token at which the statement that holds raw token i ends, blocks in it included. */
static uint32_t find_statement_end(parse_context *ctx, uint32_t i, bool stops_at_brace) {
  uint32_t depth = 0;
  for (;; i++) {
    int kind = raw_at(ctx, i)->kind;
    if (kind == 0 || (kind == '}' && depth == 0) || (kind == '{' && depth == 0 && stops_at_brace))
      return i;
    if (depth > 0 && is_escaped_declaration(ctx, i))
      return i;
    if (kind == '{')
      depth++;
    else if (kind == '}' && --depth == 0) {
      const word_row *word = raw_word(ctx, skip_newlines(ctx, i + 1));
      if (word == NULL || word->token != TOK_ELSE)
        return i + 1;
    } else if (kind == TOK_NEWLINE && depth == 0 &&
               (is_semicolon(ctx, i) || !line_continues(ctx, skip_newlines(ctx, i))))
      return i;
  }
}

void filter_recover(parse_context *ctx) {
  token_filter *f = &ctx->filter;
  given_token bad = f->last;
  bool has_body = is_component_word(f->first) || f->first == TOK_FOR;
  if (bad.kind == 0 || (bad.kind == '{' && has_body))
    return;
  if (bad.kind == '{')
    f->open_count--;
  pop_to_brace(f);
  if (bad.kind == TOK_NEWLINE)
    return;
  bool is_fresh_line = filter_is_first_on_line(ctx, bad.raw) && bad.raw != f->first_raw;
  f->next = is_fresh_line ? bad.raw : find_statement_end(ctx, bad.raw, has_body);
  f->must_end = raw_at(ctx, f->next)->kind != '{' || !has_body;
  f->at_start = false;
}

/* ----------------------------------------------------------------------------- reading all */

void filter_open(parse_context *ctx, uint32_t start) {
  token_filter *f = &ctx->filter;
  scan_state scan = {NULL, start, ctx->arena, ctx->file->text, ctx->file->file,
                     &ctx->file->comments};
  f->at_start = true;
  f->last.at = (span){ctx->file->file, start, start};
  raw_token token = {0, start, start};
  if (!scan_open(&scan, ctx->file->text + start, ctx->file->len - start))
    report_limit(ctx, f->last.at, "there is no memory to read this file");
  while (!ctx->is_stopped && scan_next(&scan, &token) != 0) {
    vec_push(ctx->scratch, &f->raw, token);
    if (f->raw.len > LIMIT_TOKENS)
      report_limit(ctx, (span){ctx->file->file, token.start, token.end},
                   "this file has more than %u tokens", LIMIT_TOKENS);
  }
  scan_close(&scan);
  vec_push(ctx->scratch, &f->raw, ((raw_token){0, token.end, token.end}));
}
