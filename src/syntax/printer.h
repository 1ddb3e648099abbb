/* SPDX-License-Identifier: MIT */
/* printer.h - inside `nsa fmt`: lines, comments and blocks, shared by items and declarations. */
#ifndef NSA_SYNTAX_PRINTER_H
#define NSA_SYNTAX_PRINTER_H

#include "syntax/print.h"

enum { WIDTH = 100, INDENT = 2, HANGING_INDENT = 4 };

typedef struct {
  const ast_file *file;
  text *out;
  size_t line_start; /* in out */
  uint32_t indent;
  uint32_t comment; /* the next one to be printed */
  bool is_first;    /* nothing was printed in this block: no blank line yet */
  bool is_flat;     /* all on one line */
} printer;

/* What stands in a block: a list of things of one kind. */
typedef struct body body;
struct body {
  const void *list;
  uint32_t count;
  const char *separator; /* on one line */
  span (*place)(const body *b, uint32_t i);
  uint32_t (*head_end)(const body *b, uint32_t i);
  void (*print)(printer *p, const body *b, uint32_t i);
};

size_t printer_column(const printer *p);
void printer_newline(printer *p);
void printer_indent(printer *p);
/* All comments that begin before this place, each on a line of its own. */
void printer_comments_before(printer *p, uint32_t before);
/* Ends the line, with the comment that stands behind byte `end` on its source line. */
void printer_end_line(printer *p, uint32_t end);
bool printer_has_comment(const printer *p, span at);
/* The things of a body, one a line; then the comments before byte `end`. */
void printer_lines(printer *p, const body *b, uint32_t end);
/* " { … }" */
void printer_block(printer *p, span braces, const body *b);

/* What is printed between these goes to the next line where it would not fit. */
size_t printer_begin_clause(printer *p);
void printer_end_clause(printer *p, size_t start);

/* " word expr", " word name"; nothing where there is no expr or name. */
void printer_expr(printer *p, const ast_expr *e);
void printer_word_expr(printer *p, const char *word, const ast_expr *e);
void printer_clause_expr(printer *p, const char *word, const ast_expr *e);
void printer_word_name(printer *p, const char *word, ast_name name);
void printer_clause_name(printer *p, const char *word, ast_name name);
void printer_solver(printer *p, const ast_solver *solver);
void printer_when(printer *p, const ast_when *when);
void printer_function(printer *p, const ast_function *f);

void printer_settings(printer *p, span braces, const ast_setting_list *list);
void printer_setting(printer *p, const ast_setting *s);
void printer_environment(printer *p, const ast_decl *d);
void printer_act(printer *p, const ast_act *act);
/* Or what changes one. */
void printer_component(printer *p, const ast_decl *d);
void printer_variant(printer *p, const ast_decl *d);
void printer_stmts(printer *p, const ast_block *block);
void printer_entries(printer *p, const ast_item *item); /* "param a = 1, b = 2" */
void printer_items(printer *p, span braces, const ast_item_list *list);

#endif
