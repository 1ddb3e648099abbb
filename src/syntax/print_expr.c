/* SPDX-License-Identifier: MIT */
/* print_expr.c - expressions in the canonical layout.
 *
 * + - and comparisons stand between spaces; * / ^ stand close, unless a quantity is next to them:
 * `5 mV / s` divides by s, while `5 mV/s` is another quantity. Parentheses stay as written. */
#include "syntax/print.h"

static const char *const op_texts[] = {
    [AST_OP_ADD] = "+", [AST_OP_SUB] = "-",   [AST_OP_MUL] = "*", [AST_OP_DIV] = "/",   [AST_OP_POW] = "^",
    [AST_OP_LT] = "<",  [AST_OP_LE] = "<=",   [AST_OP_GT] = ">",  [AST_OP_GE] = ">=",   [AST_OP_EQ] = "==",
    [AST_OP_NE] = "!=", [AST_OP_AND] = "and", [AST_OP_OR] = "or", [AST_OP_NOT] = "not", [AST_OP_NEG] = "-",
};

static const char *const assign_texts[] = {
    [AST_ASSIGN_SET] = "=",  [AST_ASSIGN_ADD] = "+=", [AST_ASSIGN_SUB] = "-=",
    [AST_ASSIGN_MUL] = "*=", [AST_ASSIGN_DIV] = "/=",
};

const char *print_op_text(ast_op op) { return op_texts[op]; }
const char *print_component_text(ast_component_kind kind) {
  static const char *const words[] = {
      [AST_NEURON] = "neuron", [AST_ASTROCYTE] = "astrocyte", [AST_SYNAPSE] = "synapse"};
  return words[kind];
}

const char *print_assign_text(ast_assign_op op) { return assign_texts[op]; }

static void print_number(const ast_expr *e, text *out) {
  text_puts(out, e->as.number.digits);
  const ast_unit *unit = e->as.number.unit;
  if (unit != NULL)
    text_printf(out, "%s%s", unit->text[0] == '%' ? "" : " ", unit->text);
}

void print_string(const char *s, text *out) {
  text_puts(out, "\"");
  for (; *s != '\0'; s++)
    text_printf(out, "%s%c", *s == '"' || *s == '\\' ? "\\" : "", *s);
  text_puts(out, "\"");
}

/* Does a quantity stand at an end of what is printed for this operand? */
static bool has_quantity_edge(const ast_expr *e) {
  if (e->parenthesised)
    return false;
  switch (e->kind) {
  case AST_NUMBER:
    return e->as.number.unit != NULL;
  case AST_UNARY:
    return has_quantity_edge(e->as.unary.operand);
  case AST_BINARY:
    return has_quantity_edge(e->as.binary.operands.data[0]) ||
           has_quantity_edge(e->as.binary.operands.data[e->as.binary.operands.len - 1]);
  case AST_IF:
    return true;
  default:
    return false;
  }
}

static bool is_tight(const ast_expr *e) {
  ast_op op = e->as.binary.ops.data[0];
  if (op != AST_OP_MUL && op != AST_OP_DIV && op != AST_OP_POW)
    return false;
  for (uint32_t i = 0; i < e->as.binary.operands.len; i++)
    if (has_quantity_edge(e->as.binary.operands.data[i]))
      return false;
  return true;
}

static void print_binary(const ast_expr *e, text *out) {
  const char *space = is_tight(e) ? "" : " ";
  syntax_print_expr(e->as.binary.operands.data[0], out);
  for (uint32_t i = 0; i < e->as.binary.ops.len; i++) {
    text_printf(out, "%s%s%s", space, op_texts[e->as.binary.ops.data[i]], space);
    syntax_print_expr(e->as.binary.operands.data[i + 1], out);
  }
}

static void print_selectors(const ast_selector_list *list, text *out) {
  text_puts(out, "[");
  for (uint32_t i = 0; i < list->len; i++) {
    if (i > 0)
      text_puts(out, ", ");
    if (list->data[i].axis != NULL)
      text_printf(out, "%s ", list->data[i].axis);
    syntax_print_expr(list->data[i].value, out);
  }
  text_puts(out, "]");
}

static void print_arg(const ast_arg *arg, text *out) {
  if (arg->keyword.text != NULL)
    text_printf(out, "%s ", arg->keyword.text);
  if (arg->name.text != NULL)
    text_printf(out, "%s = ", arg->name.text);
  syntax_print_expr(arg->value, out);
  if (arg->during != NULL) {
    text_puts(out, " during ");
    syntax_print_expr(arg->during, out);
  }
  if (arg->over.text != NULL)
    text_printf(out, " over %s", arg->over.text);
  if (arg->per.text != NULL)
    text_printf(out, " per %s.%s", arg->per_environment.text, arg->per.text);
}

void print_args(const ast_arg_list *args, text *out) {
  text_puts(out, "(");
  for (uint32_t i = 0; i < args->len; i++) {
    if (i > 0)
      text_puts(out, ", ");
    print_arg(&args->data[i], out);
  }
  text_puts(out, ")");
}

static void print_values(const ast_expr_list *values, const char *open, const char *close, text *out) {
  text_puts(out, open);
  for (uint32_t i = 0; i < values->len; i++) {
    if (i > 0)
      text_puts(out, ", ");
    syntax_print_expr(values->data[i], out);
  }
  text_puts(out, close);
}

static void print_pair(const ast_expr *a, const char *between, const ast_expr *b, text *out) {
  syntax_print_expr(a, out);
  text_puts(out, between);
  syntax_print_expr(b, out);
}

static void print_bare(const ast_expr *e, text *out) {
  switch (e->kind) {
  case AST_BAD:
    text_puts(out, "?");
    break;
  case AST_NUMBER:
    print_number(e, out);
    break;
  case AST_STRING:
    print_string(e->as.string.text, out);
    break;
  case AST_NAME:
    text_puts(out, e->as.name.text);
    break;
  case AST_MEMBER:
    syntax_print_expr(e->as.member.object, out);
    text_printf(out, ".%s", e->as.member.name.text);
    break;
  case AST_INDEX:
    syntax_print_expr(e->as.index.object, out);
    print_selectors(&e->as.index.selectors, out);
    break;
  case AST_CALL:
    text_puts(out, e->as.call.function.text);
    print_args(&e->as.call.args, out);
    break;
  case AST_UNARY:
    text_printf(out, "%s%s", op_texts[e->as.unary.op], e->as.unary.op == AST_OP_NOT ? " " : "");
    syntax_print_expr(e->as.unary.operand, out);
    break;
  case AST_BINARY:
    print_binary(e, out);
    break;
  case AST_IF:
    text_puts(out, "if ");
    print_pair(e->as.cond.condition, " then ", e->as.cond.then_value, out);
    text_puts(out, " else ");
    syntax_print_expr(e->as.cond.else_value, out);
    break;
  case AST_LIST:
    print_values(&e->as.list.values, "[", "]", out);
    break;
  case AST_TUPLE:
    print_values(&e->as.list.values, "(", ")", out);
    break;
  case AST_RANGE:
    print_pair(e->as.range.low, "..", e->as.range.high, out);
    break;
  case AST_SIZE:
    print_pair(e->as.size.rows, " x ", e->as.size.columns, out);
    break;
  }
}

void syntax_print_expr(const ast_expr *expr, text *out) {
  if (expr->parenthesised)
    text_puts(out, "(");
  print_bare(expr, out);
  if (expr->parenthesised)
    text_puts(out, ")");
}
