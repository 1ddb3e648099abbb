/* SPDX-License-Identifier: MIT */
/* filter.c - from raw tokens to the tokens of the grammar (see filter.h). */
#include "syntax/filter.h"

#include "syntax/tokens.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool is_in_first_column(const parse_context *ctx, uint32_t i) {
  uint32_t start = raw_at(ctx, i)->start;
  return start == 0 || ctx->file->text[start - 1] == '\n';
}

/* --------------------------------------------------------------------- giving one token */

static int give(parse_context *ctx, int kind, uint32_t raw, uint32_t start, uint32_t end, span *at) {
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
  value->name = read_string(ctx, ctx->filter.next);
  return give_raw(ctx, TOK_STRING, 1, at);
}

/* ------------------------------------------------------------------- brackets and their lack */

static void push_bracket(parse_context *ctx, int kind, uint32_t raw) {
  token_filter *f = &ctx->filter;
  if (f->open_count == LIMIT_NESTING) {
    report_limit(ctx, filter_span(ctx, raw), "brackets and blocks are nested deeper than %d", LIMIT_NESTING);
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
  diag *d = syntax_error_at(ctx, DIAG_E0101, at, "%s", message);
  diag_note(d, (span){at.file, open->start, open->start + 1}, "this `{` is not closed");
  diag_hint(d, "add `}` before this place");
}

/* A word like `population` in the first column, inside a component: the component's `}` is missing. */
static bool is_escaped_declaration(const parse_context *ctx, uint32_t i) {
  const token_filter *f = &ctx->filter;
  if (f->open_count == 0 || f->open[0].owner == TOK_FOR || !is_in_first_column(ctx, i))
    return false;
  const word_row *word = raw_word(ctx, i);
  bool is_change =
      word != NULL && (word->token == TOK_ACT || word->token == TOK_MODIFY) && f->open[0].owner == TOK_VARIANT;
  return word != NULL && (word->places & TOP) && word->token != TOK_FOR && !is_change &&
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
    report_missing_brace(ctx, (span){ctx->file->file, end, end}, "the file ends inside a block: a `}` is missing");
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
    syntax_error_at(ctx, DIAG_E0103, at, "a control character (0x%02X) is not part of the language", first);
  else {
    diag *d =
        syntax_error_at(ctx, DIAG_E0103, at, "the character %s is not part of the language", report_excerpt(ctx, at));
    if (remedy != NULL)
      diag_hint(d, "%s", remedy);
  }
  f->is_quiet = true;
  while (raw_at(ctx, f->next)->kind == TOK_BAD_CHARACTER) /* a run of them is one mistake */
    f->next++;
}

/* Operators of other languages are reported once in a statement, and read as what they mean. */
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
      diag_hint(report_token(ctx, DIAG_E0103, filter_span(ctx, i), rows[k].text), "%s", rows[k].remedy);
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

/* `: mV/ms` of a param, state or input; timers and noise have none, which is said later. In the block of an environment
 * it is that of a channel or action. `in nM` of a recording or measure. */
static bool expects_unit(const token_filter *f) {
  static const int items[] = {TOK_PARAM, TOK_STATE, TOK_INPUT, TOK_TIMER, TOK_NOISE};
  if (f->last.kind == ':' && top_bracket(f) == '{' && f->open[f->open_count - 1].owner == TOK_ENVIRONMENT)
    return true;
  if (f->last.kind == TOK_IN)
    return f->first == TOK_RECORD || f->first == TOK_MEASURE;
  for (size_t i = 0; f->last.kind == ':' && i < COUNT(items); i++)
    if (f->first == items[i])
      return true;
  return false;
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
    if (raw_at(ctx, i + 1)->kind == TOK_NUMBER && is_adjacent(ctx, i + 1) && !ends_operand(ctx->filter.last.kind))
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
  syntax_error_at(ctx, DIAG_E0101, filter_span(ctx, f->next), "this `}` closes nothing");
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
  scan_state scan = {NULL, start, ctx->arena, ctx->file->text, ctx->file->file, &ctx->file->comments};
  f->at_start = true;
  f->last.at = (span){ctx->file->file, start, start};
  raw_token token = {0, start, start};
  scan_open(&scan, ctx->file->text + start, ctx->file->len - start);
  while (!ctx->is_stopped && scan_next(&scan, &token) != 0) {
    vec_push(ctx->scratch, &f->raw, token);
    if (f->raw.len > LIMIT_TOKENS)
      report_limit(ctx, (span){ctx->file->file, token.start, token.end}, "this file has more than %u tokens",
                   LIMIT_TOKENS);
  }
  scan_close(&scan);
  vec_push(ctx->scratch, &f->raw, ((raw_token){0, token.end, token.end}));
}
