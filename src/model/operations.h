/* SPDX-License-Identifier: MIT */
/* operations.h - what expressions of the model compute, as operations of the IR: their one meaning. Lowering builds
 * kernels from it, and constants, ranges, sizes and times are the same operations evaluated, so that a number has the
 * same bits wherever it is computed: the same functions (runtime/math), in the same order, with the same products
 * rounded with their sums. */
#ifndef NSA_MODEL_OPERATIONS_H
#define NSA_MODEL_OPERATIONS_H

#include "ir/build.h"
#include "model/model.h"

/* What names (MX_REF), numbers of channels (MX_CHANNEL) and draws (MX_RANDOM) of an expression stand for, as values of
 * b. `refer` gets the first two. */
typedef ir_value expr_leaf(void *context, ir_builder *b, const model_expr *e);
typedef struct {
  expr_leaf *refer, *draw;
  void *context;
} expr_leaves;

ir_value expr_build(ir_builder *b, const expr_leaves *leaves, const model_expr *e);

/* The same as numbers (truth values are 0 and 1). */
typedef double number_leaf(void *context, const model_expr *e);
typedef struct {
  number_leaf *refer, *draw;
  void *context;
} number_leaves;

double expr_evaluate(const number_leaves *leaves, const model_expr *e);

/* The value of an expression that does not depend on the run; false where it does. params: params are evaluated by
 * their defaults; NULL: they are not constant. */
bool constant_value(const model_expr *e, const model_component *params, double *out);
/* The same with other values of some params, the last of which counts. */
bool constant_value_with(const model_expr *e, const model_component *params, const model_override *changes,
                         uint32_t count, double *out);

#endif
