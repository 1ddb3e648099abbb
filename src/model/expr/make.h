/* SPDX-License-Identifier: MIT */
/* make.h - makes typed expressions of values whose units were checked.
 *
 * NULL in, NULL out. NULL with a diagnostic where the whole becomes too large. */
#ifndef NSA_MODEL_EXPR_MAKE_H
#define NSA_MODEL_EXPR_MAKE_H

#include "model/names/checker.h"

model_expr *expr_new(checker *ck, model_expr_kind kind, dim unit, span at);
model_expr *expr_literal(checker *ck, double value, dim unit, span at);
model_expr *expr_unary(checker *ck, model_expr_kind kind, model_expr *a, span at);
model_expr *expr_binary(checker *ck, model_expr_kind kind, model_expr *a, model_expr *b, span at);
model_expr *expr_select(checker *ck, model_expr *condition, model_expr *a, model_expr *b, span at);
model_expr *expr_ref(checker *ck, model_ref_kind kind, model_side side, uint32_t item, dim unit, span at);

#endif
