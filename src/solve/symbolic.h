/* SPDX-License-Identifier: MIT */
/* symbolic.h - fragments with algebra: equal operations are made once, and terms that are plainly zero and factors of
 * one vanish. This is for derivatives and what is computed from them; the equations themselves are inlined as written.
 *
 * The simplifications hold for finite values (x*0 is 0), not for every bit of NaN and -0. */
#ifndef NSA_SOLVE_SYMBOLIC_H
#define NSA_SOLVE_SYMBOLIC_H

#include "ir/build.h"

typedef struct symbolic symbolic;

symbolic *symbolic_new(arena *a, uint32_t arg_count);

/* Copies what the outputs of f need. replace: per argument of f a value, or IR_NO_VALUE to keep the
 * argument; NULL keeps all. outputs[i]: value of output i. */
void symbolic_copy(symbolic *s, const ir_fragment *f, const ir_value *replace, ir_value *outputs);

ir_value symbolic_number(symbolic *s, double x);
ir_value symbolic_unary(symbolic *s, ir_opcode op, ir_value x);
ir_value symbolic_binary(symbolic *s, ir_opcode op, ir_value x, ir_value y);
ir_value symbolic_select(symbolic *s, ir_value cond, ir_value x, ir_value y);
ir_value symbolic_math(symbolic *s, const char *name, const ir_value *args, uint32_t count);

bool symbolic_is_number(const symbolic *s, ir_value v, double x);

/* d values[i] / d argument into derivatives[i]. At a kink of a select, min, max or abs the derivative is that of the
 * branch taken (of abs at 0 it is 0). It is selected, so that the other branch has no influence. The derivative of
 * floor, ceil, round, sign and step is 0. So is one that has no bound at the edge of a function's domain. */
void symbolic_derive(symbolic *s, const ir_value *values, uint32_t count, uint32_t argument, ir_value *derivatives);

/* Per operation whether it depends on an argument of the set (per argument). */
bool *symbolic_dependence(const symbolic *s, const bool *in_set);
/* Of one value: 0 does not depend on the set, 1 an affine function of it, 2 neither. Costs what the value needs, as
 * the next ones do. */
uint8_t symbolic_linearity(const symbolic *s, const bool *in_set, ir_value v);
bool symbolic_depends(const symbolic *s, const bool *in_set, ir_value v);
/* Marks the arguments that these values read (per argument). */
void symbolic_mark_read(const symbolic *s, const ir_value *values, uint32_t count, bool *is_read);

/* A fragment with these outputs and no dead parts. */
ir_fragment *symbolic_fragment(const symbolic *s, const ir_value *outputs, uint32_t count);

#endif
