/* SPDX-License-Identifier: MIT */
/* ir_internal.h - what the files of src/ir share. */
#ifndef NSA_IR_INTERNAL_H
#define NSA_IR_INTERNAL_H

#include "ir/ir.h"

/* What is wrong with `op` as operation number `position` of f (its arguments are operations before it),
 * or NULL. Types, carried things and the number of arguments; not the rules that need a whole function.
 * p may be NULL (a fragment). Messages live in `a`. */
const char *ir_check_op(arena *a, const ir_program *p, const ir_function *f, const ir_op *op, uint32_t position);

/* The type that the operation's result has: of the field for those that carry one. */
ir_type ir_result_type(const ir_program *p, const ir_op *op);

const char *ir_type_word(ir_type type);

/* Numbers as the text form has them: shortest decimals, NaNs with their bits. */
void ir_print_number(text *out, double x);
void ir_print_quoted(text *out, const char *s);

/* The tables of *program other than domains, fields and kernels, as text. */
void ir_tables_print(const nsa_program *program, text *out);

/* A cursor over the text form. The first mistake is kept; afterwards nothing is read any more. */
typedef struct {
  arena *arena;
  const char *at, *end;
  uint32_t line;
  const char *error; /* "line 12: ..." */
} ir_cursor;

void ir_cursor_fail(ir_cursor *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The value whose word comes next. */
uint32_t ir_cursor_word_of(ir_cursor *c, const char *(*word)(uint32_t), const char *what);
/* Skips blanks; true and eaten when the next character is `mark`. */
bool ir_cursor_accept(ir_cursor *c, char mark);
bool ir_cursor_expect(ir_cursor *c, char mark);
/* The next word (letters, digits, _, beginning with a letter) into buffer; false when there is none. */
bool ir_cursor_word(ir_cursor *c, char *buffer, size_t size);
bool ir_cursor_expect_word(ir_cursor *c, const char *word);
uint64_t ir_cursor_wide(ir_cursor *c);   /* decimal or 0x */
uint32_t ir_cursor_number(ir_cursor *c); /* or `none`, which is NSA_NONE */
double ir_cursor_real(ir_cursor *c);
const char *ir_cursor_string(ir_cursor *c); /* "quoted"; "" after a mistake */

/* What ir_tables_print wrote. */
void ir_tables_read(ir_cursor *c, nsa_program *program);

#endif
