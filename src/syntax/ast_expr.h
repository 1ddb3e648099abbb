/* SPDX-License-Identifier: MIT */
/* ast_expr.h - names, units and expressions as they were written; see ast.h. */
#ifndef NSA_SYNTAX_AST_EXPR_H
#define NSA_SYNTAX_AST_EXPR_H

#include "diag/diag.h"
#include "support/vec.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct ast_expr ast_expr;

typedef VEC(ast_expr *) ast_expr_list;

/* A name where it was written. text is NULL when an optional name is absent. */
typedef struct {
  const char *text;
  span at;
} ast_name;
typedef VEC(ast_name) ast_name_list;

/* ------------------------------------------------------------------------------------ units */

/* One factor of a unit: "cm^2" behind a slash is {"cm", -2}. The prefix is still in the name. */
typedef struct {
  const char *name;
  double exponent; /* negative in the denominator */
  span at;
} ast_unit_factor;

/* nS/cm^2   /ms/mV   %   1 (the dimensionless unit of a declaration: no factors) */
typedef struct {
  span at;
  const char *text; /* as written, no spaces */
  VEC(ast_unit_factor) factors;
} ast_unit;

/* ------------------------------------------------------------------------------ expressions */

typedef enum {
  AST_BAD,    /* reported already */
  AST_NUMBER, /* 3   0.5   1e-4   10 ms   5%   0.1 /ms */
  AST_STRING, /* "edges.csv" */
  AST_NAME,   /* v   t   dt   pre   post   astro   spike   refractory */
  AST_MEMBER, /* pre.v   glia.Ca   nsa.astrocyte.li_rinzel (a chain of members) */
  AST_INDEX,  /* digit[k]   sheet.v[0..9]   A[rows 0..9, columns 3..5] */
  AST_CALL,   /* hill(Ca, k3, 2)   recognition(s.spike during test, among learn, window 1 s) */
  AST_UNARY,  /* -x   not x */
  AST_BINARY, /* a + b - c   a*b/c   a^b   a < b   a and b and c */
  AST_IF,     /* if c then a else b */
  AST_LIST,   /* [0, 5, 1] */
  AST_TUPLE,  /* (0, 0) */
  AST_RANGE,  /* 0..9, both ends included */
  AST_SIZE    /* 79 x 79 */
} ast_expr_kind;

typedef enum {
  AST_OP_ADD,
  AST_OP_SUB,
  AST_OP_MUL,
  AST_OP_DIV,
  AST_OP_POW,
  AST_OP_LT,
  AST_OP_LE,
  AST_OP_GT,
  AST_OP_GE,
  AST_OP_EQ,
  AST_OP_NE,
  AST_OP_AND,
  AST_OP_OR,
  AST_OP_NOT,
  AST_OP_NEG
} ast_op;

/* One selector inside [ ]: an index or a range, of elements or along an axis of the grid. */
typedef struct {
  span at;
  const char *axis; /* "rows", "columns", … as written; NULL for elements */
  ast_expr *value;  /* an AST_RANGE or any expression */
} ast_selector;
typedef VEC(ast_selector) ast_selector_list;

/* One argument of a call: [keyword] value [during WHEN] [over AXIS] [per ENVIRONMENT.trial], or name = value. */
typedef struct {
  span at;
  ast_name keyword;              /* "among", "window", "stride": before the value */
  ast_name name;                 /* the name of a named argument: tolerance = 1e-6 */
  ast_expr *value;               /* for among: an AST_NAME, the phase */
  ast_expr *during;              /* as that of a window */
  ast_name over;                 /* "time" or "elements" */
  ast_name per_environment, per; /* "trial" or "step" */
} ast_arg;
typedef VEC(ast_arg) ast_arg_list;

struct ast_expr {
  ast_expr_kind kind;
  uint32_t depth;     /* 1 for a leaf, 1 + the deepest child otherwise */
  span at;            /* parentheses around an expression are not part of it */
  bool parenthesised; /* it was written in parentheses */
  union {
    struct {
      const char *digits; /* the literal without unit, as written: "0.5", "1e-4" */
      ast_unit *unit;     /* NULL: a plain number */
    } number;
    struct {
      const char *text; /* without quotes, escapes resolved, NUL-terminated, holds no NUL */
    } string;
    struct {
      const char *text;
    } name;
    struct {
      ast_expr *object;
      ast_name name;
    } member;
    struct {
      ast_expr *object;
      ast_selector_list selectors; /* at least one */
    } index;
    struct {
      ast_name function;
      ast_arg_list args;
    } call;
    struct {
      ast_op op; /* AST_OP_NEG, AST_OP_NOT */
      ast_expr *operand;
    } unary;
    /* Operators of one precedence, to be read from the left: operands.len == ops.len + 1 >= 2.
     * + - mix in one chain, * / likewise; `and` and `or` have chains of their own; comparisons
     * and ^ always have exactly two operands. */
    struct {
      ast_expr_list operands;
      VEC(ast_op) ops;
    } binary;
    struct {
      ast_expr *condition, *then_value, *else_value;
    } cond;
    struct {
      ast_expr_list values;
    } list; /* AST_LIST, AST_TUPLE */
    struct {
      ast_expr *low, *high;
    } range;
    struct {
      ast_expr *rows, *columns;
    } size;
  } as;
};

#endif
