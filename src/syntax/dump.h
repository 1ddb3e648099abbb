/* SPDX-License-Identifier: MIT */
/* dump.h - inside `nsa emit --ast`: the tree as indented lines, one a node: kind, what it is called, [first..last
 * byte).
 *
 * Each of these writes the lines of one thing, at the present indent, and nothing where the thing is absent. A label or
 * role stands in front of the kind. */
#ifndef NSA_SYNTAX_DUMP_H
#define NSA_SYNTAX_DUMP_H

#include "syntax/print.h"

typedef struct {
  text *out;
  uint32_t indent;
} dumper;

/* The beginning and the end of a line; what is said of the node beside its label comes between them. */
void dump_open(dumper *d, const char *label);
void dump_close(dumper *d, span at);
void dump_line(dumper *d, const char *label, const char *name, span at);
void dump_name(dumper *d, const char *label, ast_name name);

void dump_expr(dumper *d, const char *role, const ast_expr *e);
void dump_exprs(dumper *d, const ast_expr_list *list);
void dump_unit(dumper *d, const ast_unit *unit);
void dump_block(dumper *d, const char *role, const ast_block *block);

void dump_solver(dumper *d, const ast_solver *solver);
void dump_rule(dumper *d, const char *role, const ast_rule *rule);
void dump_settings(dumper *d, const ast_setting_list *list);
void dump_when(dumper *d, const ast_when *when);
void dump_function(dumper *d, const ast_function *f);
void dump_window(dumper *d, const ast_window *w);

#endif
