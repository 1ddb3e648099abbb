/* SPDX-License-Identifier: MIT */
/* report.c - what is said about units and unknown names. */
#include "model/names/report.h"
#include "syntax/syntax.h"

#include <strings.h>

const char *expr_text(checker *ck, const ast_expr *e) {
  enum { LONGEST = 48 };
  text out = text_new(ck->arena);
  syntax_print_expr(e, &out);
  const char *s = text_cstr(&out);
  if (strlen(s) <= LONGEST)
    return s;
  size_t cut = LONGEST - 3;
  while (cut > 0 && ((unsigned char)s[cut] & 0xC0) == 0x80) /* not inside a character */
    cut--;
  return arena_printf(ck->arena, "%.*s...", (int)cut, s);
}

const char *number_text(checker *ck, double x) {
  text out = text_new(ck->arena);
  text_number(&out, x);
  return text_cstr(&out);
}

const char *quantity_text(checker *ck, double x, dim unit) {
  const char *shown = dim_shown(ck->arena, unit);
  const char *number = number_text(ck, nsa_show_written(x, shown));
  return strcmp(shown, "1") == 0 ? number : arena_printf(ck->arena, "%s %s", number, shown);
}

/* 3, -3, 2*3: a number that may simply lack its unit. */
bool expr_is_plain_literal(const ast_expr *e) {
  if (e->kind == AST_NUMBER)
    return e->as.number.unit == NULL;
  if (e->kind == AST_UNARY)
    return e->as.unary.op == AST_OP_NEG && expr_is_plain_literal(e->as.unary.operand);
  if (e->kind != AST_BINARY)
    return false;
  for (uint32_t i = 0; i < e->as.binary.operands.len; i++)
    if (!expr_is_plain_literal(e->as.binary.operands.data[i]))
      return false;
  return true;
}

static bool is_quantity_literal(const ast_expr *e) {
  if (e->kind == AST_UNARY && e->as.unary.op == AST_OP_NEG)
    e = e->as.unary.operand;
  return e->kind == AST_NUMBER && e->as.number.unit != NULL;
}

const char *unit_phrase(checker *ck, dim unit) {
  return dim_is_none(unit) ? "a plain number" : arena_printf(ck->arena, "in %s", dim_shown(ck->arena, unit));
}

/* "multiply by a conductance (nS)": what makes one unit of the other, when that has a name. */
static void hint_at_factor(checker *ck, diag *d, const char *name, dim got, dim want) {
  dim factor, inverse;
  if (!dim_try_div(want, got, &factor) || !dim_try_div(got, want, &inverse))
    return;
  if (dim_word(factor) != NULL)
    diag_hint(d, "multiply `%s` by %s (%s)?", name, dim_word(factor), dim_name(ck->arena, factor));
  else if (dim_word(inverse) != NULL)
    diag_hint(d, "divide `%s` by %s (%s)?", name, dim_word(inverse), dim_name(ck->arena, inverse));
}

static void report_missing_unit(checker *ck, const ast_expr *e, dim want, const char *what, span what_at) {
  const char *unit = dim_shown(ck->arena, want);
  diag *d = diag_report(ck->sink, DIAG_E0302, e->at, "`%s` needs a unit: %s is in %s", expr_text(ck, e), what, unit);
  if (what_at.file != NONE)
    diag_note(d, what_at, "this is in %s", unit);
  if (e->kind == AST_BINARY)
    diag_hint(d, "give its numbers units, so that it is in %s", unit);
  else /* "1/ms" is written "/ms" behind a number */
    diag_hint(d, "write `%s %s`", expr_text(ck, e), strncmp(unit, "1/", 2) == 0 ? unit + 1 : unit);
}

void report_units(checker *ck, const ast_expr *offender, dim got, dim want, const char *what, span what_at) {
  if (dim_is_unknown(got) || dim_is_unknown(want))
    return;
  if (dim_is_none(got) && expr_is_plain_literal(offender)) {
    report_missing_unit(ck, offender, want, what, what_at);
    return;
  }
  const char *name = expr_text(ck, offender);
  diag *d;
  if (dim_is_none(want) && is_quantity_literal(offender)) {
    d = diag_report(ck->sink, DIAG_E0302, offender->at, "`%s` has a unit, but %s is a plain number", name, what);
  } else {
    d = diag_report(ck->sink, DIAG_E0301, offender->at, "`%s` is %s, but %s is %s", name, unit_phrase(ck, got), what,
                    unit_phrase(ck, want));
    hint_at_factor(ck, d, name, got, want);
  }
  if (what_at.file != NONE)
    diag_note(d, what_at, "this is %s", unit_phrase(ck, want));
}

/* ---- unknown names ---- */

static bool differs_in_case(const char *a, const char *b) { return strcasecmp(a, b) == 0; }

/* How far a known name is from what was written; upper and lower case hardly count. */
static uint32_t farness(const char *name, const char *known) {
  enum { FAR = 64 };
  return differs_in_case(name, known) ? 0 : 1 + text_distance(name, known, FAR);
}

enum { MOST_NAMES = 40 };

typedef struct {
  const char *name;
  uint32_t farness;
} near_name;

/* Puts a name into the list of the nearest, which is sorted; those that are equally far keep their order. */
static void keep_if_near(near_name *list, uint32_t *count, near_name next) {
  for (uint32_t i = 0; i < *count; i++)
    if (strcmp(list[i].name, next.name) == 0)
      return;
  uint32_t k = *count;
  if (*count < MOST_NAMES)
    ++*count;
  else if (next.farness >= list[--k].farness)
    return;
  for (; k > 0 && list[k - 1].farness > next.farness; k--)
    list[k] = list[k - 1];
  list[k] = next;
}

/* "did you mean `IP3`? there are `IP3`, `Ca`, `h`" */
void hint_at_names(checker *ck, diag *d, const char *name, const name_list *known) {
  near_name near[MOST_NAMES];
  uint32_t count = 0;
  for (uint32_t i = 0; i < known->len; i++)
    keep_if_near(near, &count, (near_name){known->data[i], farness(name, known->data[i])});
  if (count == 0)
    return;
  const char *nearest = diag_nearest(name, &near[0].name, 1);
  /* Everything is near to a name of two letters. */
  bool is_meant = nearest != NULL && (strlen(name) > 2 || differs_in_case(name, nearest));
  text out = text_new(ck->arena);
  if (is_meant)
    text_printf(&out, "did you mean `%s`?%s", nearest, count > 1 ? " " : "");
  for (uint32_t i = 0; i < count && !(is_meant && count == 1); i++)
    text_printf(&out, "%s`%s`", i > 0 ? ", " : count > 1 ? "there are " : "there is ", near[i].name);
  if (known->len > count && count == MOST_NAMES)
    text_puts(&out, ", ...");
  diag_hint(d, "%s", text_cstr(&out));
}

void hint_at_units(checker *ck, diag *d, const char *name) {
  const char *meant = syntax_suggest_unit(ck->arena, name);
  if (meant != NULL)
    diag_hint(d, "did you mean `%s`?", meant);
  else
    diag_hint(
        d, "there are `s V A S F Ohm M mol m g Hz J W N K C` with the prefixes `f p n u m k M G`, and `cm min h %%`");
}

void name_silence(checker *ck, const char *name) { map_replace(ck->silent, name, SILENT_NAME); }

bool name_is_silent(const checker *ck, const char *name) {
  uint32_t unused;
  return ck->is_broken || map_find(ck->silent, name, &unused);
}

bool environment_is_silent(const checker *ck, const ast_expr *member) {
  uint32_t silent;
  return member->kind == AST_MEMBER && member->as.member.object->kind == AST_NAME &&
         map_find(ck->silent, member->as.member.object->as.name.text, &silent) && silent == SILENT_ENVIRONMENT;
}

void report_unknown(checker *ck, span at, diag_code code, const char *what, const char *name, const name_list *known) {
  if (name_is_silent(ck, name))
    return;
  hint_at_names(ck, diag_report(ck->sink, code, at, "%s `%s` is not known", what, name), name, known);
}

void refuse(checker *ck, span at, const char *feature, const char *hint) {
  diag *d = diag_report(ck->sink, DIAG_E0801, at, "this version cannot yet do %s", feature);
  if (hint != NULL)
    diag_hint(d, "%s", hint);
}

bool probability_check(checker *ck, span at, double p) {
  if (p >= 0 && p <= 1)
    return true;
  diag_report(ck->sink, DIAG_E0408, at, "a probability lies between 0 and 1, not at %s", number_text(ck, p));
  return false;
}
