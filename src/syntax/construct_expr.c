/* SPDX-License-Identifier: MIT */
/* construct_expr.c - expressions. Depth is kept in each node, and chains of one precedence are
 * flat, so that no later walk can overflow the stack. */
#include "syntax/construct.h"
#include "syntax/syntax.h"

#include <string.h>

static ast_expr *new_expr(parse_context *ctx, ast_expr_kind kind, span at) {
  ast_expr *e = ARENA_NEW(ctx->arena, ast_expr);
  e->kind = kind;
  e->at = at;
  e->depth = 1;
  return e;
}

/* Takes a child into account; a node that gets too deep becomes AST_BAD. */
static void hold(parse_context *ctx, ast_expr *e, const ast_expr *child) {
  if (child == NULL || e->depth > child->depth)
    return;
  if (child->depth < LIMIT_NESTING) {
    e->depth = child->depth + 1;
    return;
  }
  report_limit(ctx, (span){e->at.file, e->at.start, e->at.start + 1}, "this expression is nested deeper than %d",
               LIMIT_NESTING);
  e->kind = AST_BAD;
  e->depth = 1;
}

ast_expr *make_number(parse_context *ctx, span at, number_token number) {
  ast_expr *e = new_expr(ctx, AST_NUMBER, at);
  e->as.number.digits = number.digits;
  e->as.number.unit = number.unit;
  return e;
}

ast_expr *make_string(parse_context *ctx, ast_name string) {
  ast_expr *e = new_expr(ctx, AST_STRING, string.at);
  e->as.string.text = string.text;
  return e;
}

ast_expr *make_name(parse_context *ctx, ast_name name) {
  ast_expr *e = new_expr(ctx, AST_NAME, name.at);
  e->as.name.text = name.text;
  return e;
}

ast_expr *make_member(parse_context *ctx, span at, ast_expr *object, ast_name name) {
  ast_expr *e = new_expr(ctx, AST_MEMBER, at);
  e->as.member.object = object;
  e->as.member.name = name;
  hold(ctx, e, object);
  return e;
}

ast_expr *make_index(parse_context *ctx, span at, ast_expr *object, const ast_selector_list *list) {
  ast_expr *e = new_expr(ctx, AST_INDEX, at);
  e->as.index.object = object;
  e->as.index.selectors = *list;
  hold(ctx, e, object);
  for (uint32_t i = 0; i < list->len; i++)
    hold(ctx, e, list->data[i].value);
  return e;
}

ast_expr *make_call(parse_context *ctx, span at, ast_name function, const ast_arg_list *args) {
  ast_expr *e = new_expr(ctx, AST_CALL, at);
  e->as.call.function = function;
  e->as.call.args = *args;
  for (uint32_t i = 0; i < args->len; i++)
    hold(ctx, e, args->data[i].value);
  return e;
}

ast_expr *make_unary(parse_context *ctx, span at, ast_op op, ast_expr *operand) {
  ast_expr *e = new_expr(ctx, AST_UNARY, at);
  e->as.unary.op = op;
  e->as.unary.operand = operand;
  hold(ctx, e, operand);
  return e;
}

/* Operators of one level mix in a chain; 0 for those that never chain. */
static int chain_level(ast_op op) {
  switch (op) {
  case AST_OP_ADD:
  case AST_OP_SUB:
    return 1;
  case AST_OP_MUL:
  case AST_OP_DIV:
    return 2;
  case AST_OP_AND:
    return 3;
  case AST_OP_OR:
    return 4;
  default:
    return 0;
  }
}

static bool extends_chain(const ast_expr *left, ast_op op) {
  return left->kind == AST_BINARY && !left->parenthesised && chain_level(op) != 0 &&
         chain_level(left->as.binary.ops.data[0]) == chain_level(op);
}

ast_expr *make_binary(parse_context *ctx, span at, ast_op op, ast_expr *left, ast_expr *right) {
  ast_expr *e = left;
  if (!extends_chain(left, op)) {
    e = new_expr(ctx, AST_BINARY, at);
    vec_push(ctx->arena, &e->as.binary.operands, left);
    hold(ctx, e, left);
  }
  if (e->kind == AST_BAD)
    return e;
  e->at = at;
  vec_push(ctx->arena, &e->as.binary.operands, right);
  vec_push(ctx->arena, &e->as.binary.ops, op);
  hold(ctx, e, right);
  return e;
}

/* `4 um^n`: the power of the unit, as in `4 um^2`, or that of the quantity? Both are shown. */
static void report_two_readings(parse_context *ctx, span at, const ast_expr *base, const ast_expr *exponent) {
  const char *digits = base->as.number.digits, *unit = base->as.number.unit->text;
  text number = text_new(ctx->arena), power = text_new(ctx->arena);
  syntax_print_expr(base, &number);
  syntax_print_expr(exponent, &power);
  const char *quantity = text_cstr(&number), *n = text_cstr(&power);
  const char *slash = strrchr(unit, '/'), *last = slash != NULL ? slash : unit;
  const char *of_unit = arena_printf(ctx->arena, "%s^%s", quantity, n);
  if (exponent->kind != AST_NUMBER || exponent->as.number.unit != NULL || strchr(last, '^') != NULL) {
    const char *space = last[0] == '%' ? "" : " ";
    const char *factor =
        arena_printf(ctx->arena, "%s%s%.*s", digits, last == unit ? "" : " ", (int)(last - unit), unit);
    of_unit = arena_printf(ctx->arena, "%s * (1%s%s)^%s", factor, space, last, n);
  }
  diag *d = syntax_error_at(ctx, DIAG_E0307, at, "the exponent `%s` behind `%s` can be read in two ways", n, quantity);
  diag_hint(d, "write `%s` for the power of the unit, `(%s)^%s` for that of the quantity", of_unit, quantity, n);
}

ast_expr *make_power(parse_context *ctx, span at, ast_expr *base, ast_expr *exponent) {
  if (base->kind != AST_NUMBER || base->as.number.unit == NULL || base->parenthesised)
    return make_binary(ctx, at, AST_OP_POW, base, exponent);
  report_two_readings(ctx, at, base, exponent);
  return new_expr(ctx, AST_BAD, at);
}

ast_expr *make_if(parse_context *ctx, span at, ast_expr *condition, ast_expr *then_value, ast_expr *else_value) {
  ast_expr *e = new_expr(ctx, AST_IF, at);
  e->as.cond.condition = condition;
  e->as.cond.then_value = then_value;
  e->as.cond.else_value = else_value;
  hold(ctx, e, condition);
  hold(ctx, e, then_value);
  hold(ctx, e, else_value);
  return e;
}

ast_expr *make_paren(parse_context *ctx, ast_expr *inside) {
  (void)ctx;
  inside->parenthesised = true;
  return inside;
}

static ast_expr *with_values(parse_context *ctx, ast_expr *e, const ast_expr_list *values) {
  for (uint32_t i = 0; i < values->len; i++) {
    vec_push(ctx->arena, &e->as.list.values, values->data[i]);
    hold(ctx, e, values->data[i]);
    if (e->kind == AST_BAD)
      break;
  }
  return e;
}

ast_expr *make_tuple(parse_context *ctx, span at, ast_expr *first, const ast_expr_list *rest) {
  ast_expr *e = new_expr(ctx, AST_TUPLE, at);
  vec_push(ctx->arena, &e->as.list.values, first);
  hold(ctx, e, first);
  return with_values(ctx, e, rest);
}

ast_expr *make_list(parse_context *ctx, span at, const ast_expr_list *values) {
  return with_values(ctx, new_expr(ctx, AST_LIST, at), values);
}

ast_expr *make_range(parse_context *ctx, span at, ast_expr *low, ast_expr *high) {
  ast_expr *e = new_expr(ctx, AST_RANGE, at);
  e->as.range.low = low;
  e->as.range.high = high;
  hold(ctx, e, low);
  hold(ctx, e, high);
  return e;
}

ast_expr *make_size(parse_context *ctx, span at, ast_expr *rows, ast_expr *columns) {
  ast_expr *e = new_expr(ctx, AST_SIZE, at);
  e->as.size.rows = rows;
  e->as.size.columns = columns;
  hold(ctx, e, rows);
  hold(ctx, e, columns);
  return e;
}

ast_selector make_selector(span at, ast_name axis, ast_expr *value) { return (ast_selector){at, axis.text, value}; }

ast_arg make_arg(span at, ast_expr *value) { return (ast_arg){.at = at, .value = value}; }

ast_arg arg_keyword(ast_arg arg, ast_name keyword) {
  arg.keyword = keyword;
  arg.at = span_join(keyword.at, arg.at);
  return arg;
}

ast_arg arg_named(ast_arg arg, ast_name name) {
  arg.name = name;
  arg.at = span_join(name.at, arg.at);
  return arg;
}

ast_arg arg_during(parse_context *ctx, ast_arg arg, span at, ast_expr *during) {
  if (arg.during != NULL)
    syntax_error_at(ctx, DIAG_E0101, during->at, "an argument has one `during`");
  arg.during = during;
  arg.at = at;
  return arg;
}

ast_arg arg_over(parse_context *ctx, ast_arg arg, span at, ast_name axis) {
  static const char *const axes[] = {"time", "elements", NULL};
  check_word(ctx, axis, axes, "a reduction goes over");
  arg.over = axis;
  arg.at = at;
  return arg;
}

ast_arg arg_per(parse_context *ctx, ast_arg arg, span at, ast_name environment, ast_name unit) {
  static const char *const units[] = {"trial", "step", NULL};
  check_word(ctx, unit, units, "what is counted is counted per");
  arg.per = unit;
  arg.per_environment = environment;
  arg.at = at;
  return arg;
}

ast_name make_word(parse_context *ctx, span at, const char *word) {
  return (ast_name){intern_cstr(ctx->names, word), at};
}
