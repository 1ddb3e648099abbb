/* SPDX-License-Identifier: MIT */
/* select.h - the population or connection that an expression of the experiment is about, and which of its elements. */
#ifndef NSA_MODEL_EXPR_SELECT_H
#define NSA_MODEL_EXPR_SELECT_H

#include "model/expr/scope.h"

/* The first population or connection that is named in an expression; NULL: none. */
const char *owner_of(checker *ck, const ast_expr *e);

/* The elements first to last (inclusive) that lie in the columns left to right. */
typedef struct {
  uint32_t first, last, left, right;
} element_slice;
/* What `POPULATION[...]` selects; p: NULL for a connection. False after an error. */
bool selector_slice(expr_env *env, const ast_expr *index, const model_population *p, element_slice *out);
/* The same where elements must follow one another. */
bool selector_range(expr_env *env, const ast_expr *index, const model_population *p, uint32_t *first, uint32_t *last);
/* Whether an element is selected; NULL after an error. */
model_expr *selector_condition(expr_env *env, const ast_expr *index, const model_population *p, model_side side);

#endif
