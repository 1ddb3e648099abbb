/* SPDX-License-Identifier: MIT */
/* build.h - appending operations to a function.
 *
 * Each ir_* of a builder appends one operation and gives its value. Types of arguments are checked: a wrong one is a
 * bug of ours and aborts. Everything lives in the builder's arena. */
#ifndef NSA_IR_BUILD_H
#define NSA_IR_BUILD_H

#include "ir/ir.h"

/* Conditions under which what is built now is used; what is computed where they do not hold is nobody's. */
typedef struct ir_taken {
  ir_value condition;
  bool is_negated;
  const struct ir_taken *outer;
} ir_taken;

typedef struct {
  ir_program *program; /* NULL for fragments that touch no fields */
  arena *arena;
  ir_function *function;
  span at;               /* given to the operations that are added */
  bool is_single;        /* likewise, where they can be */
  const ir_taken *taken; /* NULL: always */
} ir_builder;

ir_builder ir_builder_on(ir_program *p, ir_function *f);
ir_value ir_add_op(ir_builder *b, ir_op op); /* checks types; fills in the result's type */
ir_value ir_number(ir_builder *b, double x);
ir_value ir_bool(ir_builder *b, bool x);
ir_value ir_nullary(ir_builder *b, ir_opcode op, uint32_t aux);
ir_value ir_unary(ir_builder *b, ir_opcode op, ir_value x);
/* The number of an entry of that domain in the whole population. */
ir_value ir_index_number(ir_builder *b, ir_value index, uint32_t domain);
/* The entry of an array of `count` that x says, or the nearest one. */
ir_value ir_entry(ir_builder *b, ir_value x, uint32_t count);
ir_value ir_binary(ir_builder *b, ir_opcode op, ir_value x, ir_value y);
ir_value ir_ternary(ir_builder *b, ir_opcode op, ir_value x, ir_value y, ir_value z);
ir_value ir_select(ir_builder *b, ir_value cond, ir_value x, ir_value y); /* f64 or b1 by the type of x */
ir_value ir_load(ir_builder *b, nsa_field_id field);
ir_value ir_load_at(ir_builder *b, nsa_field_id field, ir_value index);
void ir_store(ir_builder *b, nsa_field_id field, ir_value x);
void ir_store_at(ir_builder *b, nsa_field_id field, ir_value index, ir_value x);
/* A function of nsa_math.def by name ("exp", "pow"): math1..math3. */
ir_value ir_math(ir_builder *b, const char *name, const ir_value *args, uint32_t count);
/* x^n for a whole n by repeated squaring (1/x^|n| for negative n); 0.5 as sqrt; else pow. */
ir_value ir_power(ir_builder *b, ir_value x, ir_value y);
ir_value ir_random(ir_builder *b, ir_opcode op, uint64_t key, uint32_t timescale, ir_value who_a, ir_value who_b,
                   ir_value x, ir_value y);
/* expm / oucov: n, all arguments. */
ir_value ir_tuple_op(ir_builder *b, ir_opcode op, uint32_t n, const ir_value *args, uint32_t count);
/* A loop of `count` variables, with their values before it; its end, with their next values. Both are tuples. */
enum { IR_MOST_LOOP_VARIABLES = 65536 };
ir_value ir_loop_begin(ir_builder *b, const ir_value *variables, uint32_t count);
ir_value ir_loop_end(ir_builder *b, ir_value begin, ir_value again, const ir_value *next, uint32_t count);
ir_value ir_get(ir_builder *b, ir_value tuple, uint32_t entry);
/* Appends a copy of an operation of `from` whose arguments are value_of[its arguments]. */
ir_value ir_copy_op(ir_builder *b, const ir_function *from, const ir_op *op, const ir_value *value_of);

/* Exponentials of multiples of one quantity become powers of one, of the same value to 1e-12 in exprel, 2e-14 in
 * others. */
void ir_merge_exponentials(ir_program *p, ir_function *f);
/* Products that only a sum uses are rounded with it: a*b + c becomes fma. */
void ir_contract(ir_program *p);

/* ---- fragments: pure functions of arguments, used for right-hand sides ---- */

/* Ops: arg/barg, constants, arithmetic, maths, truth values, selects. Outputs are values of `body`. */
typedef struct {
  ir_function *body;
  uint32_t arg_count; /* arguments are numbered 0 .. arg_count - 1 */
  VEC(ir_value) outputs;
} ir_fragment;

ir_fragment *ir_fragment_new(arena *a);
ir_builder ir_builder_in(arena *a, ir_fragment *f);
/* Per operation of the body whether an output needs it. */
bool *ir_fragment_live(arena *a, const ir_fragment *f);
void ir_contract_fragment(arena *a, ir_fragment *f); /* as ir_contract */
/* Copies the fragment into b with its arguments replaced by values of b; outputs[i] gets the value of output
 * i. Dead parts are not copied. */
void ir_inline(ir_builder *b, const ir_fragment *f, const ir_value *args, ir_value *outputs);

#endif
