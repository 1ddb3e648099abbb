/* SPDX-License-Identifier: MIT */
/* places.h - places of elements (i, row, col, x, y), and the constants that the language knows. */
#ifndef NSA_MODEL_EXPR_PLACES_H
#define NSA_MODEL_EXPR_PLACES_H

#include "model/expr/scope.h"

bool place_find(const char *name, model_ref_kind *kind);
void place_names(checker *ck, name_list *out);
/* The place of the element on a side. Where its population is known, x and y are computed from its grid. */
model_expr *place_ref(expr_env *env, model_side side, model_ref_kind kind, span at);
/* What a side is called in the result: the two ends of a partner's rule become those of a link. */
model_side side_in_result(const expr_env *env, model_side side);
/* pi, e, faraday, gas_constant, true, false; NULL: it is none of them. */
model_expr *constant_find(checker *ck, const char *name, span at);

#endif
