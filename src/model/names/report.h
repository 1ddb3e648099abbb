/* SPDX-License-Identifier: MIT */
/* report.h - what is said about units and unknown names, and texts for messages.
 *
 * Texts are of the checker's arena. */
#ifndef NSA_MODEL_NAMES_REPORT_H
#define NSA_MODEL_NAMES_REPORT_H

#include "model/names/checker.h"

/* The source text of an expression, shortened. */
const char *expr_text(checker *ck, const ast_expr *e);
/* So exactly that it reads back as the same double. */
const char *number_text(checker *ck, double x);
/* "in nM", "a plain number" */
const char *unit_phrase(checker *ck, dim unit);
/* "0.7 nM", in the unit in which such values are shown. */
const char *quantity_text(checker *ck, double x, dim unit);
/* Whether it is a number that may simply lack its unit: 3, -3, 2*3. */
bool expr_is_plain_literal(const ast_expr *e);
/* Says that units differ: E0302 when a number lacks its unit, else E0301. */
void report_units(checker *ck, const ast_expr *offender, dim got, dim want, const char *what, span what_at);

/* What was declared, but refused or wrong: that was said already, so that its uses are silent. */
enum { SILENT_NAME, SILENT_ENVIRONMENT };
void name_silence(checker *ck, const char *name);
bool name_is_silent(const checker *ck, const char *name);
bool environment_is_silent(const checker *ck, const ast_expr *member); /* `ENV.NAME` of one that could not be made */
void report_unknown(checker *ck, span at, diag_code code, const char *what, const char *name, const name_list *known);
/* What is there instead, the nearest first, also by case. */
void hint_at_units(checker *ck, diag *d, const char *name);
void hint_at_names(checker *ck, diag *d, const char *name, const name_list *known);

/* E0801: this version cannot do it. */
void refuse(checker *ck, span at, const char *feature, const char *hint);
/* Whether p lies between 0 and 1; an error where not. */
bool probability_check(checker *ck, span at, double p);

#endif
