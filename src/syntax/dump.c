/* SPDX-License-Identifier: MIT */
/* dump.c - lines of a dump for expressions, statements and clauses. */
#include "syntax/dump.h"

void dump_open(dumper *d, const char *label) {
  for (uint32_t i = 0; i < d->indent; i++)
    text_puts(d->out, "  ");
  text_puts(d->out, label);
}

void dump_close(dumper *d, span at) { text_printf(d->out, "  [%u..%u)\n", at.start, at.end); }

void dump_line(dumper *d, const char *label, const char *name, span at) {
  dump_open(d, label);
  if (name != NULL)
    text_printf(d->out, " %s", name);
  dump_close(d, at);
}

void dump_name(dumper *d, const char *label, ast_name name) {
  if (name.text != NULL)
    dump_line(d, label, name.text, name.at);
}

/* ------------------------------------------------------------------------------ expressions */

void dump_exprs(dumper *d, const ast_expr_list *list) {
  for (uint32_t i = 0; i < list->len; i++)
    dump_expr(d, NULL, list->data[i]);
}

static void dump_args(dumper *d, const ast_arg_list *args) {
  for (uint32_t i = 0; i < args->len; i++) {
    const ast_arg *arg = &args->data[i];
    dump_line(d, "argument", arg->keyword.text != NULL ? arg->keyword.text : arg->name.text, arg->at);
    d->indent++;
    dump_expr(d, NULL, arg->value);
    dump_expr(d, "during", arg->during);
    dump_name(d, "over", arg->over);
    dump_name(d, "per", arg->per);
    dump_name(d, "of", arg->per_environment);
    d->indent--;
  }
}

void dump_unit(dumper *d, const ast_unit *unit) {
  if (unit == NULL)
    return;
  dump_line(d, "unit", unit->text, unit->at);
  d->indent++;
  for (uint32_t i = 0; i < unit->factors.len; i++) {
    dump_open(d, "factor");
    text_printf(d->out, " %s^%.9g", unit->factors.data[i].name, unit->factors.data[i].exponent);
    dump_close(d, unit->factors.data[i].at);
  }
  d->indent--;
}

static const char *const expr_kinds[] = {
    [AST_BAD] = "bad",       [AST_NUMBER] = "number", [AST_STRING] = "string", [AST_NAME] = "name",
    [AST_MEMBER] = "member", [AST_INDEX] = "index",   [AST_CALL] = "call",     [AST_UNARY] = "unary",
    [AST_BINARY] = "binary", [AST_IF] = "if",         [AST_LIST] = "list",     [AST_TUPLE] = "tuple",
    [AST_RANGE] = "range",   [AST_SIZE] = "size",
};

/* What the line of an expression says beside its kind. */
static void dump_expr_label(dumper *d, const ast_expr *e) {
  switch (e->kind) {
  case AST_NUMBER:
    text_printf(d->out, " %s", e->as.number.digits);
    break;
  case AST_STRING:
    text_puts(d->out, " ");
    print_string(e->as.string.text, d->out);
    break;
  case AST_NAME:
    text_printf(d->out, " %s", e->as.name.text);
    break;
  case AST_MEMBER:
    text_printf(d->out, " .%s", e->as.member.name.text);
    break;
  case AST_CALL:
    text_printf(d->out, " %s", e->as.call.function.text);
    break;
  case AST_UNARY:
    text_printf(d->out, " %s", print_op_text(e->as.unary.op));
    break;
  case AST_BINARY:
    for (uint32_t i = 0; i < e->as.binary.ops.len; i++)
      text_printf(d->out, " %s", print_op_text(e->as.binary.ops.data[i]));
    break;
  default:
    break;
  }
}

static void dump_selectors(dumper *d, const ast_selector_list *list) {
  for (uint32_t i = 0; i < list->len; i++) {
    dump_line(d, "selector", list->data[i].axis, list->data[i].at);
    d->indent++;
    dump_expr(d, NULL, list->data[i].value);
    d->indent--;
  }
}

static void dump_expr_children(dumper *d, const ast_expr *e) {
  switch (e->kind) {
  case AST_NUMBER:
    dump_unit(d, e->as.number.unit);
    break;
  case AST_MEMBER:
    dump_expr(d, NULL, e->as.member.object);
    break;
  case AST_INDEX:
    dump_expr(d, NULL, e->as.index.object);
    dump_selectors(d, &e->as.index.selectors);
    break;
  case AST_CALL:
    dump_args(d, &e->as.call.args);
    break;
  case AST_UNARY:
    dump_expr(d, NULL, e->as.unary.operand);
    break;
  case AST_BINARY:
    dump_exprs(d, &e->as.binary.operands);
    break;
  case AST_IF:
    dump_expr(d, NULL, e->as.cond.condition);
    dump_expr(d, "then", e->as.cond.then_value);
    dump_expr(d, "else", e->as.cond.else_value);
    break;
  case AST_LIST:
  case AST_TUPLE:
    dump_exprs(d, &e->as.list.values);
    break;
  case AST_RANGE:
    dump_expr(d, NULL, e->as.range.low);
    dump_expr(d, NULL, e->as.range.high);
    break;
  case AST_SIZE:
    dump_expr(d, NULL, e->as.size.rows);
    dump_expr(d, NULL, e->as.size.columns);
    break;
  default:
    break;
  }
}

void dump_expr(dumper *d, const char *role, const ast_expr *e) {
  if (e == NULL)
    return;
  dump_open(d, role != NULL ? role : "");
  text_printf(d->out, "%s%s", role != NULL ? " " : "", expr_kinds[e->kind]);
  dump_expr_label(d, e);
  dump_close(d, e->at);
  d->indent++;
  dump_expr_children(d, e);
  d->indent--;
}

/* ------------------------------------------------------------------------ statements, parts */

static void dump_stmt(dumper *d, const ast_stmt *s) {
  switch (s->kind) {
  case AST_ASSIGN:
    dump_line(d, "assign", print_assign_text(s->as.assign.op), s->at);
    d->indent++;
    dump_expr(d, NULL, s->as.assign.target);
    dump_expr(d, NULL, s->as.assign.value);
    d->indent--;
    break;
  case AST_LET:
    dump_line(d, "let", s->as.let.name.text, s->at);
    d->indent++;
    dump_expr(d, NULL, s->as.let.value);
    d->indent--;
    break;
  case AST_BRANCH:
    dump_line(d, "branch", NULL, s->at);
    d->indent++;
    dump_expr(d, NULL, s->as.branch.condition);
    dump_block(d, "then", s->as.branch.then_block);
    dump_block(d, "else", s->as.branch.else_block);
    d->indent--;
    break;
  case AST_EMIT:
    dump_line(d, "emit", s->as.emit.event.text, s->at);
    break;
  case AST_START:
    dump_line(d, "start", s->as.start.timer.text, s->at);
    d->indent++;
    dump_expr(d, NULL, s->as.start.duration);
    d->indent--;
    break;
  }
}

void dump_block(dumper *d, const char *role, const ast_block *block) {
  if (block == NULL)
    return;
  dump_line(d, role, NULL, block->at);
  d->indent++;
  for (uint32_t i = 0; i < block->stmts.len; i++)
    dump_stmt(d, block->stmts.data[i]);
  d->indent--;
}

void dump_solver(dumper *d, const ast_solver *solver) {
  if (solver->name.text == NULL)
    return;
  dump_open(d, "using");
  text_printf(d->out, " %s%s", solver->name.text, solver->in_order ? " in order" : "");
  dump_close(d, solver->at);
  d->indent++;
  dump_args(d, &solver->options);
  d->indent--;
}

void dump_rule(dumper *d, const char *role, const ast_rule *rule) {
  if (rule->name.text == NULL)
    return;
  dump_line(d, role, rule->name.text, rule->at);
  d->indent++;
  dump_args(d, &rule->args);
  d->indent--;
}

void dump_settings(dumper *d, const ast_setting_list *list) {
  for (uint32_t i = 0; i < list->len; i++) {
    dump_line(d, "setting", NULL, list->data[i].at);
    d->indent++;
    dump_expr(d, NULL, list->data[i].target);
    dump_expr(d, NULL, list->data[i].value);
    d->indent--;
  }
}

void dump_when(dumper *d, const ast_when *when) {
  static const char *const kinds[] = {"true", "rises above", "falls below"};
  if (when->value == NULL)
    return;
  dump_line(d, "when", kinds[when->kind], when->at);
  d->indent++;
  dump_expr(d, NULL, when->value);
  dump_expr(d, NULL, when->threshold);
  d->indent--;
}

void dump_function(dumper *d, const ast_function *f) {
  for (uint32_t i = 0; i < f->params.len; i++)
    dump_name(d, "parameter", f->params.data[i]);
  dump_expr(d, NULL, f->body);
}

void dump_window(dumper *d, const ast_window *w) {
  dump_expr(d, "from", w->from);
  dump_expr(d, "for", w->duration);
  dump_expr(d, "every", w->every);
  dump_expr(d, "during", w->during);
  dump_name(d, "as", w->as);
}
