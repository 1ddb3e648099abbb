/* SPDX-License-Identifier: MIT */
/* report.c - syntax errors in the author's terms.
 *
 * The parser knows which tokens it would have taken. A message about these is the last resort: first come the
 * mistakes that people make. A small function in the table `mistakes` recognises each of them. */
#include "syntax/report.h"
#include "syntax/syntax.h"

#include "grammar/nsa.tab.h"
#include "support/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { EXCERPT_BYTES = 40, PHRASES_MAX = 6 };

/* What the parser would have taken, by the names of nsa.y. */
typedef struct {
  const char *const *names;
  int count;
} expectation;

static bool expects(const expectation *e, const char *name) {
  for (int i = 0; i < e->count; i++)
    if (strcmp(e->names[i], name) == 0)
      return true;
  return false;
}

/* -------------------------------------------------------------------------------- reporting */

static void stop(parse_context *ctx) { ctx->is_stopped = true; }

diag *syntax_error_at(parse_context *ctx, diag_code code, span at, const char *format, ...) {
  va_list args;
  va_start(args, format);
  char message[512];
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  diag *d = diag_report(ctx->sink, code, at, "%s", message);
  if (++ctx->error_count == LIMIT_SYNTAX_ERRORS) {
    diag_note(d, SPAN_NONE, "after %u syntax errors the rest of the file is not read", LIMIT_SYNTAX_ERRORS);
    stop(ctx);
  }
  return d;
}

void report_limit(parse_context *ctx, span at, const char *format, ...) {
  if (ctx->is_stopped)
    return;
  va_list args;
  va_start(args, format);
  char message[256];
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  diag_report(ctx->sink, DIAG_E0901, at, "%s", message);
  stop(ctx);
}

/* Characters that must not reach a terminal: controls, and those that are invisible or turn the
 * direction of text (U+200B..F, U+2028..E, U+2060..F, U+FEFF). */
static bool is_safe(const char *s, uint32_t n) {
  const unsigned char *b = (const unsigned char *)s;
  if (n == 1)
    return b[0] >= 0x20 && b[0] != 0x7F;
  if (n == 2)
    return !(b[0] == 0xC2 && b[1] < 0xA0);
  if (n == 3 && b[0] == 0xE2 && b[1] == 0x80)
    return !((b[2] >= 0x8B && b[2] <= 0x8F) || (b[2] >= 0xA8 && b[2] <= 0xAE));
  if (n == 3 && b[0] == 0xE2 && b[1] == 0x81)
    return b[2] < 0xA0 || b[2] > 0xAF;
  return !(n == 3 && b[0] == 0xEF && b[1] == 0xBB);
}

const char *report_excerpt(parse_context *ctx, span at) {
  const char *s = ctx->file->text;
  text out = text_new(ctx->scratch);
  text_puts(&out, "`");
  uint32_t i = at.start;
  while (i < at.end && i - at.start < EXCERPT_BYTES && s[i] != '\n') {
    uint32_t n = scan_character_length(s + i, at.end - i);
    if (is_safe(s + i, n))
      text_add(&out, s + i, n);
    else
      text_puts(&out, "?");
    i += n;
  }
  text_puts(&out, i < at.end ? "…`" : "`");
  return text_cstr(&out);
}

/* ------------------------------------------------------------------------ known mistakes */

static const char *source_text(parse_context *ctx, span at) {
  return intern(ctx->names, ctx->file->text + at.start, at.end - at.start);
}

/* 2 tau    10 msec    4x4    100 uM ms */
static bool number_then_name(parse_context *ctx, span at, const expectation *e) {
  (void)e;
  const token_filter *f = &ctx->filter;
  if (f->before.kind != TOK_NUMBER || f->last.kind != TOK_NAME)
    return false;
  const char *number = source_text(ctx, f->before.at);
  const char *name = source_text(ctx, at);
  if (strchr(number, ' ') != NULL && syntax_is_unit_name(name, strlen(name))) {
    diag_hint(syntax_error_at(ctx, DIAG_E0105, at, "a second unit, `%s`, follows `%s`", name, number),
              "a unit is one word: write `%s*%s` (or `/`)", number, name);
    return true;
  }
  const char *unit = syntax_suggest_unit(ctx->scratch, name);
  diag *d = syntax_error_at(ctx, DIAG_E0105, at, "%s is no unit, but follows a number", report_excerpt(ctx, at));
  if (unit != NULL)
    diag_hint(d, "did you mean `%s %s`?", number, unit);
  else if (name[0] == 'x' && name[1] != '\0' && strspn(name + 1, "0123456789") == strlen(name + 1))
    diag_hint(d, "a size is written `%s x %s`", number, name + 1);
  else
    diag_hint(d, "to multiply, write `%s*%s`", number, name);
  return true;
}

/* (a + b   [1, 2 */
static bool bracket_not_closed(parse_context *ctx, span at, const expectation *e) {
  (void)e;
  const token_filter *f = &ctx->filter;
  if (f->open_count == 0)
    return false;
  const open_bracket *open = &f->open[f->open_count - 1];
  bool at_end = f->last.kind == TOK_NEWLINE || f->last.kind == 0 ||
                (filter_is_first_on_line(ctx, f->last.raw) && f->last.raw != f->first_raw);
  if (open->kind == '{' || !at_end)
    return false;
  diag *d = syntax_error_at(ctx, DIAG_E0101, (span){at.file, open->start, open->start + 1}, "this `%c` is not closed",
                            open->kind);
  diag_hint(d, "its `%c` is missing before the end of the statement", open->kind == '(' ? ')' : ']');
  return true;
}

static bool reserved_as_name(parse_context *ctx, span at, const expectation *e) {
  const token_filter *f = &ctx->filter;
  bool is_word = f->last.kind != TOK_NAME && f->last.kind != 0 && f->last.kind != TOK_NEWLINE;
  if (!is_word || !expects(e, "a name") || filter_is_first_on_line(ctx, f->last.raw) || at.end == at.start ||
      !filter_is_reserved(ctx->file->text + at.start, at.end - at.start))
    return false;
  syntax_error_at(ctx, DIAG_E0204, at, "%s is a reserved word and cannot be used as a name", report_excerpt(ctx, at));
  return true;
}

/* if a = b { … } */
static bool assignment_in_condition(parse_context *ctx, span at, const expectation *e) {
  if (ctx->filter.last.kind != '=' || !expects(e, "=="))
    return false;
  diag *d = syntax_error_at(ctx, DIAG_E0101, at, "`=` does not belong in an expression");
  diag_hint(d, "to compare, write `==`");
  return true;
}

/* spike if v > -50 mV { … } */
static bool if_for_when(parse_context *ctx, span at, const expectation *e) {
  if (ctx->filter.last.kind != TOK_IF || !expects(e, "when"))
    return false;
  diag *d = syntax_error_at(ctx, DIAG_E0101, at, "the condition of an event stands behind `when`");
  diag_hint(d, "write `when` instead of `if`");
  return true;
}

/* set 300 ms..500 ms { … }    and a duration that has a line of its own */
static bool number_for_name(parse_context *ctx, span at, const expectation *e) {
  const token_filter *f = &ctx->filter;
  bool is_set = f->first == TOK_SET;
  if ((!is_set && f->first != TOK_FOR) || f->last.raw != f->first_raw + 1 || f->last.kind != TOK_NUMBER ||
      !expects(e, "a name"))
    return false;
  diag *d = syntax_error_at(ctx, DIAG_E0101, at,
                            is_set ? "`set` takes the name of a phase" : "a line that begins with `for` is a loop");
  if (is_set)
    diag_hint(d, "declare one: `phase NAME from 300 ms for 200 ms`");
  else
    diag_hint(d, "a duration belongs on the line of its statement: write `for %s` behind the line above",
              source_text(ctx, at));
  return true;
}

/* a < b < c */
static bool chained_comparison(parse_context *ctx, span at, const expectation *e) {
  static const int kinds[] = {'<', '>', TOK_LE, TOK_GE, TOK_EQ, TOK_NE};
  bool is_comparison = false;
  for (size_t i = 0; i < COUNT(kinds); i++)
    is_comparison = is_comparison || kinds[i] == ctx->filter.last.kind;
  if (!is_comparison || !expects(e, "'+'"))
    return false;
  diag *d = syntax_error_at(ctx, DIAG_E0101, at, "comparisons do not chain");
  diag_hint(d, "write `a < b and b < c`");
  return true;
}

/* dv/dt -v/tau    and an equation inside a block */
static bool broken_equation(parse_context *ctx, span at, const expectation *e) {
  const token_filter *f = &ctx->filter;
  if (f->before.kind == TOK_DERIV && expects(e, "'='")) {
    diag *d =
        syntax_error_at(ctx, DIAG_E0101, at, "an equation needs `=` behind %s", report_excerpt(ctx, f->before.at));
    diag_hint(d, "`%s = …`", source_text(ctx, f->before.at));
    return true;
  }
  if (f->last.kind != TOK_DERIV)
    return false;
  diag *d = syntax_error_at(ctx, DIAG_E0101, at, "an equation stands directly in a component");
  diag_hint(d, "blocks hold assignments; at the top level there are no equations");
  return true;
}

static void note_open_block(parse_context *ctx, diag *d) {
  const token_filter *f = &ctx->filter;
  if (f->open_count == 0)
    return;
  uint32_t start = f->open[f->open_count - 1].start;
  diag_note(d, (span){ctx->file->file, start, start + 1}, "the block begins here");
}

/* A declaration inside a component, an item at the top level or inside a block. */
static bool wrong_place(parse_context *ctx, span at, const expectation *e) {
  static const int items[] = {TOK_PARAM, TOK_STATE, TOK_INPUT,    TOK_NOISE, TOK_TIMER,   TOK_SPIKE,
                              TOK_EVENT, TOK_EVERY, TOK_REACTION, TOK_EACH,  TOK_DEFAULT, TOK_LET};
  const token_filter *f = &ctx->filter;
  if (f->last.raw != f->first_raw || (!expects(e, "population") && !expects(e, "param") && !expects(e, "emit")))
    return false;
  bool is_item = false;
  for (size_t i = 0; i < COUNT(items); i++)
    is_item = is_item || items[i] == f->last.kind;
  if (!is_item && !filter_is_top_word(f->last.kind) && f->last.kind != TOK_FUNCTION)
    return false;
  diag *d = syntax_error_at(ctx, DIAG_E0101, at,
                            is_item ? "%s stands directly in a neuron, astrocyte or synapse"
                                    : "%s does not belong inside this block",
                            report_excerpt(ctx, at));
  note_open_block(ctx, d);
  return true;
}

/* popluation exc : lif[3] */
static bool misspelt_word(parse_context *ctx, span at, const expectation *e) {
  static const char *const starts[] = {
#define WORD(text, token, places) text,
#include "syntax/words.def"
  };
  (void)e;
  const token_filter *f = &ctx->filter;
  bool is_second = f->last.raw == f->first_raw + 1 && f->first == TOK_NAME &&
                   (f->last.kind == TOK_NAME || f->last.kind == TOK_STRING || f->last.kind == TOK_NUMBER);
  bool is_first = f->last.raw == f->first_raw && f->last.kind == TOK_NAME;
  if (!is_first && !is_second)
    return false;
  span word = is_first ? at : filter_span(ctx, f->first_raw);
  const char *nearest = diag_nearest(source_text(ctx, word), starts, COUNT(starts));
  diag *d =
      syntax_error_at(ctx, DIAG_E0101, word, "%s begins no declaration, item or statement", report_excerpt(ctx, word));
  if (nearest != NULL && strcmp(nearest, source_text(ctx, word)) != 0)
    diag_hint(d, "did you mean `%s`?", nearest);
  return true;
}

typedef bool mistake(parse_context *ctx, span at, const expectation *e);

static mistake *const mistakes[] = {
    number_then_name, bracket_not_closed, broken_equation, assignment_in_condition, if_for_when,
    number_for_name,  chained_comparison, wrong_place,     misspelt_word,           reserved_as_name,
};

/* -------------------------------------------------------------------------- the last resort */

/* Tokens that come in crowds, and what to say for all of them. Where the tell-tale token is
 * expected, the members are left out and the phrase is said once. */
static const struct {
  const char *phrase, *tell_tale;
  const char *members[30];
} crowds[] = {
    {"a declaration",
     "population",
     {"neuron",
      "astrocyte",
      "synapse",
      "timescale",
      "function",
      "on",
      "population",
      "connect",
      "pattern",
      "for",
      "present",
      "drive",
      "environment",
      "act",
      "record",
      "measure",
      "modify",
      "checkpoint",
      "variant",
      "import",
      "extends",
      "run",
      "signal",
      "phase",
      "set",
      "precision",
      "'}'",
      "the end of the file",
      "the end of the line"}},
    {"an item", "param", {"param",        "state",
                          "input",        "let",
                          "spike",        "every",
                          "function",     "noise",
                          "timer",        "reaction",
                          "event",        "on",
                          "each",         "default",
                          "a derivative", "a number",
                          "a string",     "a name",
                          "refractory",   "if",
                          "not",          "'('",
                          "'['",          "'-'",
                          "'}'",          "the end of the line"}},
    {"a statement", "emit", {"let", "if", "emit", "start", "a name", "'}'", "the end of the line"}},
    {"an expression",
     "a number",
     {"a number", "a string", "a name", "refractory", "if", "not", "'('", "'['", "'-'", "a word of an argument"}},
    {"an operator", "'+'", {"'+'", "'-'", "'*'", "'/'", "'^'",   "'<'",   "'>'", "<=", ">=",   "==",     "!=", "and",
                            "or",  "'.'", "'['", "'('", "rises", "falls", "..",  "x",  "over", "during", "per"}},
    {"a clause", "via", {"via",        "by",        "with",      "no",      "self",   "delay",  "on",
                         "using",      "coupling",  "precision", "extends", "unless", "spaced", "at",
                         "refractory", "amplitude", "flip",      "from",    "for",    "every",  "during",
                         "as",         "when",      "rates",     "window",  "among",  "in"}},
};

typedef struct {
  const char *list[PHRASES_MAX];
  uint32_t count;
} phrases;

static void add_phrase(phrases *p, const char *phrase) {
  for (uint32_t i = 0; i < p->count; i++)
    if (strcmp(p->list[i], phrase) == 0)
      return;
  if (p->count < PHRASES_MAX)
    p->list[p->count++] = phrase;
}

/* The phrase of the crowd in which this token stands here, or NULL. */
static const char *crowd_of(const char *name, const expectation *e) {
  for (size_t i = 0; i < COUNT(crowds); i++) {
    if (!expects(e, crowds[i].tell_tale))
      continue;
    for (size_t k = 0; k < COUNT(crowds[i].members) && crowds[i].members[k] != NULL; k++)
      if (strcmp(crowds[i].members[k], name) == 0)
        return crowds[i].phrase;
  }
  return NULL;
}

/* "'+'" -> "`+`", "else" -> "`else`", "a name" stays. */
static const char *token_phrase(parse_context *ctx, const char *name) {
  size_t len = strlen(name);
  if (name[0] == '\'' && len == 3)
    return arena_printf(ctx->scratch, "`%c`", name[1]);
  return strchr(name, ' ') != NULL ? name : arena_printf(ctx->scratch, "`%s`", name);
}

static const char *list_expected(parse_context *ctx, const expectation *e) {
  phrases p = {.count = 0};
  for (int i = 0; i < e->count; i++) {
    const char *crowd = crowd_of(e->names[i], e);
    add_phrase(&p, crowd != NULL ? crowd : token_phrase(ctx, e->names[i]));
  }
  text out = text_new(ctx->scratch);
  for (uint32_t i = 0; i < p.count; i++)
    text_printf(&out, "%s%s", i == 0 ? "" : i + 1 == p.count ? " or " : ", ", p.list[i]);
  return p.count == 0 ? "nothing more" : text_cstr(&out);
}

static const char *describe_unexpected(parse_context *ctx, span at) {
  switch (ctx->filter.last.kind) {
  case 0:
    return "the file ends here";
  case TOK_NEWLINE:
    return "the statement ends here";
  default:
    return arena_printf(ctx->scratch, "%s is not expected here", report_excerpt(ctx, at));
  }
}

static void report_unexpected(parse_context *ctx, span at, const expectation *e) {
  syntax_error_at(ctx, DIAG_E0101, at, "%s; expected %s", describe_unexpected(ctx, at), list_expected(ctx, e));
}

void report_syntax_error(parse_context *ctx, span at, const char *const *expected, int count) {
  expectation e = {expected, count};
  bool is_said = ctx->filter.is_quiet || ctx->is_stopped;
  for (size_t i = 0; i < COUNT(mistakes) && !is_said; i++)
    is_said = mistakes[i](ctx, at, &e);
  if (!is_said)
    report_unexpected(ctx, at, &e);
  filter_recover(ctx);
}

void report_parser_failure(parse_context *ctx, span at, const char *message) {
  (void)
      message; /* bison says "memory exhausted" when its stack has YYMAXDEPTH entries; it calls this for nothing else */
  report_limit(ctx, at, "expressions and blocks are nested deeper than %d", LIMIT_NESTING);
}
