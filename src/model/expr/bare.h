/* SPDX-License-Identifier: MIT */
/* bare.h - numbers that lack their unit where they are declared. */
#ifndef NSA_MODEL_EXPR_BARE_H
#define NSA_MODEL_EXPR_BARE_H

#include "model/expr/scope.h"

/* A param, a state (whose value is a number without a unit) or an input; NULL: it lacks no unit. */
const struct bare_number *bare_declared(checker *ck, const model_component *c, const char *word,
                                        const ast_entry *entry);
const struct bare_number *bare_of_item(const model_component *c, model_ref_kind kind, uint32_t item);
/* E0302 at the declaration; false where there is none such, or no unit. use: where it meets a quantity in `unit`. */
bool report_bare(expr_env *env, const struct bare_number *b, dim unit, span use);
bool report_bare_name(expr_env *env, const ast_expr *e, dim got, dim want);
/* Two that should agree in their units: at the declaration of a bare number, else at the offender. */
void report_disagreement(expr_env *env, const ast_expr *offender, dim got, const ast_expr *other, dim want);

#endif
