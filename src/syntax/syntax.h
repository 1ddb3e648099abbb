/* SPDX-License-Identifier: MIT */
/* syntax.h - from text to AST, and from AST back to text.
 *
 * The text of the file must be registered in the sink already (diag_add_file). Syntax errors are
 * reported there, all of a file in one go. */
#ifndef NSA_SYNTAX_SYNTAX_H
#define NSA_SYNTAX_SYNTAX_H

#include "diag/diag.h"
#include "support/arena.h"
#include "support/intern.h"
#include "support/text.h"
#include "syntax/ast.h"

/* Never NULL: after errors the tree holds what could be understood (see ast.h). The tree lives in
 * the arena and refers to the registered text. Files of any bytes are safe. */
ast_file *syntax_parse(arena *a, interner *in, diag_sink *sink, uint32_t file_number);

/* The one canonical layout, with comments and single blank lines kept. Printing what this printed
 * gives the same text. Meaningful for a file that was parsed without errors. */
void syntax_print(const ast_file *file, text *out);

/* The tree as indented lines, one a node. */
void syntax_dump(const ast_file *file, text *out);

/* One expression or unit in source form, for messages of later stages. */
void syntax_print_expr(const ast_expr *expr, text *out);

/* Is this word a unit, with or without a prefix ("ms", "uM", "Ohm", "%")? */
bool syntax_is_unit_name(const char *s, size_t len);

/* The unit that is meant by what is none ("mv", "sec"), or NULL. */
const char *syntax_suggest_unit(arena *a, const char *word);

#endif
