/* SPDX-License-Identifier: MIT */
/* lowered.h - a source text brought to the IR, unoptimised, and how to look at it. */
#ifndef NSA_TESTS_LOWERED_H
#define NSA_TESTS_LOWERED_H

#include "lower/lower.h"
#include "unit/cmocka_all.h"

#include <stdio.h>
#include <string.h>

typedef struct {
  arena *arena;
  diag_sink *sink;
  ir_program *ir; /* NULL when lowering refused */
  const nsa_program *program;
  lower_report report;
} lowered;

/* Fails the test when the text is no valid model, or what lowering makes is no valid IR. */
lowered lower_text(const char *source);
void lowered_free(lowered *w);

const ir_function *function_named(const lowered *w, const char *name); /* NULL: none */
nsa_field_id field_named(const lowered *w, const char *name);          /* NSA_NONE: none */
const nsa_settable *settable_named(const lowered *w, const char *name);

/* Number of operations of this kind; field: only those on it, or NSA_NONE. */
uint32_t count_ops(const ir_function *f, ir_opcode op, nsa_field_id field);
/* Place of the first operation of this kind (on this field, or NSA_NONE) at or behind `from`; fails the test when
 * there is none. */
uint32_t find_op(const ir_function *f, ir_opcode op, nsa_field_id field, uint32_t from);
/* Calls of one elementary function. */
uint32_t count_maths(const ir_function *f, const char *name);
/* Whether the operation stands in a skip region. */
bool is_skipped(const ir_function *f, uint32_t place);

/* Fails the test unless the report says exactly this about the topic of this subject. */
void assert_decided(const lowered *w, const char *subject, const char *topic, const char *line);

#endif
