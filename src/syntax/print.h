/* SPDX-License-Identifier: MIT */
/* print.h - inside the syntax stage: expressions as text. */
#ifndef NSA_SYNTAX_PRINT_H
#define NSA_SYNTAX_PRINT_H

#include "syntax/syntax.h"

const char *print_op_text(ast_op op);            /* "+", "and", … */
const char *print_assign_text(ast_assign_op op); /* "=", "+=", … */
const char *print_component_text(ast_component_kind kind);
void print_args(const ast_arg_list *args, text *out);
void print_string(const char *s, text *out);

#endif
