/* SPDX-License-Identifier: MIT */
/* literals.c - numbers, their units, names and strings, out of raw tokens. */
#include "syntax/syntax.h"
#include "syntax/tokens.h"

#include <math.h>
#include <stdlib.h>

/* Reports an error inside a statement that is found before the grammar sees it. The grammar then stays silent about the
 * statement, because its errors would only repeat this one. */
diag *report_token(parse_context *ctx, diag_code code, span at, const char *message) {
  ctx->filter.is_quiet = true;
  return syntax_error_at(ctx, code, at, "%s", message);
}

/* Both forms of a name are the same name, but who looks for one of them in the text does not find the other. */
static void note_form(parse_context *ctx, const char *name, uint32_t i) {
  const uint32_t told = UINT32_MAX; /* once is enough */
  uint32_t first;
  if (ctx->forms == NULL)
    ctx->forms = map_new(ctx->scratch);
  if (map_insert(ctx->forms, name, i) || !map_find(ctx->forms, name, &first) || first == told)
    return;
  bool is_as_first =
      raw_len(ctx, first) == raw_len(ctx, i) && memcmp(raw_text(ctx, first), raw_text(ctx, i), raw_len(ctx, i)) == 0;
  if (is_as_first || filter_span(ctx, first).start > filter_span(ctx, i).start)
    return;
  map_replace(ctx->forms, name, told);
  bool is_composed = raw_len(ctx, i) == strlen(name) && memcmp(raw_text(ctx, i), name, strlen(name)) == 0;
  diag *d = diag_report(ctx->sink, DIAG_W0102, filter_span(ctx, i),
                        "`%s` is written in %s characters here, and in other ones before: it is the same name", name,
                        is_composed ? "composed" : "decomposed");
  diag_note(d, filter_span(ctx, first), "here it is written otherwise");
  diag_hint(d, "an editor or `uconv -x nfc` can put the whole file into one form (NFC)");
}

/* A name of at most LIMIT_NAME_BYTES. */
ast_name read_name(parse_context *ctx, uint32_t i) {
  span at = filter_span(ctx, i);
  uint32_t len = raw_len(ctx, i);
  if (len > LIMIT_NAME_BYTES) {
    diag *d = syntax_error_at(ctx, DIAG_E0901, (span){at.file, at.start, at.start + 1},
                              "this name is longer than %d bytes", LIMIT_NAME_BYTES);
    diag_hint(d, "names become names of files and of groups in them");
    len = LIMIT_NAME_BYTES;
  }
  const char *composed = scan_compose(ctx->scratch, raw_text(ctx, i), &len);
  const char *name = intern(ctx->names, composed, len);
  if (composed != raw_text(ctx, i)) /* else it is ASCII */
    note_form(ctx, name, i);
  return (ast_name){name, at};
}

/* --------------------------------------------------------------------------------- units */

/* A number without an exponent of its own at raw token i, right behind the token before it; gives the raw token behind
 * it, or i. */
static uint32_t read_plain_number(const parse_context *ctx, uint32_t i, double *value) {
  char digits[LIMIT_UNIT_EXPONENT_BYTES + 1] = "";
  uint32_t len = raw_len(ctx, i);
  if (raw_at(ctx, i)->kind != TOK_NUMBER || !is_adjacent(ctx, i) || len > LIMIT_UNIT_EXPONENT_BYTES)
    return i;
  memcpy(digits, raw_text(ctx, i), len);
  *value = strtod(digits, NULL);
  return strspn(digits, "0123456789.") < len ? i : i + 1;
}

static uint32_t read_sign(const parse_context *ctx, uint32_t i, double *sign) {
  bool is_negative = raw_at(ctx, i)->kind == '-' && is_adjacent(ctx, i);
  *sign = is_negative ? -1 : 1;
  return is_negative ? i + 1 : i;
}

/* "(2)", "(-1/2)" from the bracket at raw token i. */
static uint32_t read_quotient(const parse_context *ctx, uint32_t i, double *value) {
  double sign, below = 1;
  uint32_t first = read_sign(ctx, i + 1, &sign), at = read_plain_number(ctx, first, value);
  if (at == first)
    return i;
  if (raw_at(ctx, at)->kind == '/' && is_adjacent(ctx, at)) {
    first = at + 1;
    at = read_plain_number(ctx, first, &below);
    if (at == first)
      return i;
  }
  *value *= sign / below;
  return raw_at(ctx, at)->kind == ')' && is_adjacent(ctx, at) ? at + 1 : i;
}

/* "^2", "^-0.5" or "^(1/2)" behind a unit's name, at raw token i; gives the raw token behind it. Anything else behind
 * the unit (a name, a blank) is left to the grammar; its constructors report that it can be read in two ways. */
static uint32_t read_exponent(const parse_context *ctx, uint32_t i, double *exponent) {
  *exponent = 1;
  if (raw_at(ctx, i)->kind != '^' || !is_adjacent(ctx, i))
    return i;
  double value, sign = 1;
  bool is_open = raw_at(ctx, i + 1)->kind == '(' && is_adjacent(ctx, i + 1);
  uint32_t first = is_open ? i + 1 : read_sign(ctx, i + 1, &sign);
  uint32_t at = is_open ? read_quotient(ctx, first, &value) : read_plain_number(ctx, first, &value);
  if (at == first)
    return i;
  *exponent = sign * value;
  return at;
}

static bool is_unit_word(const parse_context *ctx, uint32_t i, bool any_word) {
  return raw_at(ctx, i)->kind == TOK_NAME && (any_word || syntax_is_unit_name(raw_text(ctx, i), raw_len(ctx, i)));
}

static uint32_t add_factor(parse_context *ctx, ast_unit *unit, uint32_t i, int sign) {
  double exponent;
  uint32_t next = read_exponent(ctx, i + 1, &exponent);
  ast_unit_factor factor = {intern(ctx->names, raw_text(ctx, i), raw_len(ctx, i)), sign * exponent,
                            filter_span(ctx, i)};
  vec_push(ctx->arena, &unit->factors, factor);
  return next;
}

/* The unit at raw token i, if there is one; *next is then the raw token behind it. any_word: a word
 * is taken as a unit even where it is none, for the model to complain about. */
ast_unit *read_unit(parse_context *ctx, uint32_t i, bool any_word, uint32_t *next) {
  ast_unit draft = {0};
  uint32_t at = i;
  if (raw_at(ctx, at)->kind == '%' || is_unit_word(ctx, at, any_word)) {
    at = add_factor(ctx, &draft, at, 1);
  } else if (any_word && raw_is(ctx, at, "1")) {
    at++;
  } else if (raw_at(ctx, at)->kind != '/' || (!any_word && is_adjacent(ctx, at))) {
    return NULL; /* `1/ms` is a division, `1 /ms` a quantity */
  }
  while (raw_at(ctx, at)->kind == '/' && (at == i || is_adjacent(ctx, at)) && is_adjacent(ctx, at + 1) &&
         is_unit_word(ctx, at + 1, any_word))
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

/* The digits of a number from raw token i; "5." and ".5" are repaired with a message. */
uint32_t read_digits(parse_context *ctx, uint32_t i, const char **digits) {
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
    syntax_error_at(ctx, DIAG_E0901, (span){place.file, place.start, place.start + 1},
                    "this number is longer than %d characters", LIMIT_NUMBER_BYTES);
    *digits = "0";
  } else if (!isfinite(strtod(*digits, NULL))) {
    syntax_error_at(ctx, DIAG_E0102, place, "this number is too large for double precision");
    *digits = "0";
  }
  return at + 1;
}

ast_name read_string(parse_context *ctx, uint32_t i) {
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
      report_token(ctx, DIAG_E0103, (span){place.file, k, k + 1}, "a control character stands in this string");
      c = ' ';
    }
    text_add(&out, &c, 1);
  }
  return (ast_name){intern_cstr(ctx->names, out.len > 0 ? text_cstr(&out) : ""), place};
}
