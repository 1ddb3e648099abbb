/* SPDX-License-Identifier: MIT */
#ifndef NSA_SOLVE_SYMBOLIC_INTERNAL_H
#define NSA_SOLVE_SYMBOLIC_INTERNAL_H

#include "ir/needed.h"
#include "solve/symbolic.h"
#include "support/hash_table.h"

/* What walks write down per operation that they meet. */
typedef struct {
  ir_walk walk;
  VEC(ir_value) value; /* derivatives, copies */
  VEC(uint8_t) class;  /* dependence, linearity */
} symbolic_scratch;

struct symbolic {
  ir_fragment *fragment;
  ir_builder b; /* on the fragment */
  hash_table table;
  symbolic_scratch *scratch;
};

/* The operations that these values need, in their order; until the next walk. */
const ir_walk *symbolic_walk(const symbolic *s, const ir_value *values, uint32_t count);

/* Valid until the next operation is added. */
const ir_op *symbolic_op_of(const symbolic *s, ir_value v);

/* ---- algebra, for formulas ---- */

static inline ir_value sym_add(symbolic *s, ir_value x, ir_value y) { return symbolic_binary(s, IR_OP_add, x, y); }
static inline ir_value sym_sub(symbolic *s, ir_value x, ir_value y) { return symbolic_binary(s, IR_OP_sub, x, y); }
static inline ir_value sym_mul(symbolic *s, ir_value x, ir_value y) { return symbolic_binary(s, IR_OP_mul, x, y); }
static inline ir_value sym_div(symbolic *s, ir_value x, ir_value y) { return symbolic_binary(s, IR_OP_div, x, y); }
static inline ir_value sym_neg(symbolic *s, ir_value x) { return symbolic_unary(s, IR_OP_neg, x); }
static inline ir_value sym_num(symbolic *s, double x) { return symbolic_number(s, x); }

#endif
