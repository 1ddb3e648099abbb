/* SPDX-License-Identifier: MIT */
/* source_terms.c - what a source, or a third partner, computes once for all its links: fused into its step, or in a
 * function of its own. */
#include "lower/expr/expr.h"

/* What is smaller than this, in internal units, counts as nothing: sums may skip it. */
#define NEGLIGIBLE_SOURCE_TERM 1e-60
#define LOG_OF_NEGLIGIBLE (-138.15510557964274)

/* A saturating factor, exp(x) or sigmoid(x), of which x is so low that it counts as nothing. Most
 * neurons are at rest at most times: then the function is not even evaluated. */
static ir_value saturating_factor(scope *s, const model_expr *e) {
  ir_builder *b = s->b;
  ir_value x = lower_expr(s, e->args[0]);
  ir_value counts = ir_binary(b, IR_OP_ge, x, ir_number(b, LOG_OF_NEGLIGIBLE));
  ir_unary(b, IR_OP_skip_begin, counts);
  ir_value y = ir_math(b, e->fn == BUILTIN_exp ? "exp" : "sigmoid", &x, 1);
  ir_nullary(b, IR_OP_skip_end, 0);
  return ir_select(b, counts, y, ir_number(b, 0));
}

static bool is_saturating(const model_expr *e) {
  return e->kind == MX_CALL && (e->fn == BUILTIN_exp || e->fn == BUILTIN_sigmoid);
}

/* Its values are written in the model: none of them is negligible by accident. */
static bool is_choice_of_numbers(const model_expr *e) {
  return e->kind == MX_SELECT && e->args[1]->kind == MX_NUMBER && e->args[2]->kind == MX_NUMBER;
}

static ir_value source_product(scope *s, const source_plan *source) {
  ir_value product = IR_NO_VALUE;
  for (uint32_t k = 0; k < source->factors.count; k++) {
    const model_expr *e = source->factors.list[k];
    ir_value x = is_saturating(e) ? saturating_factor(s, e) : lower_expr(s, e);
    product = k ? ir_binary(s->b, IR_OP_mul, product, x) : x;
  }
  return product;
}

void lower_source_term(scope *s, const source_plan *source) {
  ir_builder *b = s->b;
  ir_value x = source_product(s, source);
  bool is_plain = source->is_exact || (source->factors.count == 1 && (is_saturating(source->factors.list[0]) ||
                                                                      is_choice_of_numbers(source->factors.list[0])));
  if (!is_plain) {
    ir_value small = ir_binary(b, IR_OP_lt, ir_unary(b, IR_OP_abs, x), ir_number(b, NEGLIGIBLE_SOURCE_TERM));
    x = ir_select(b, small, ir_number(b, 0), x);
  }
  const source_fields *f = &s->l->sources[source->number];
  ir_store(b, f->field, x);
  ir_store(b, f->active, ir_binary(b, IR_OP_ne, x, ir_number(b, 0))); /* NaN counts */
}
