/* SPDX-License-Identifier: MIT */
/* measure.h - expressions of measures: numbers and arithmetic, whatever the calls and names in them are. Those of a
 * measure, of the condition of `run until`, and of an action that is a vector differ in these.
 *
 * NULL after an error, which was reported. */
#ifndef NSA_MODEL_EXPERIMENT_MEASURE_H
#define NSA_MODEL_EXPERIMENT_MEASURE_H

#include "model/expr/scope.h"

typedef struct measure_scope measure_scope;
struct measure_scope {
  checker *ck;
  const char *what;        /* "a measure": for messages */
  const binding *bindings; /* variables of loops */
  model_measure_node *(*call)(const measure_scope *s, const ast_expr *e);
  model_measure_node *(*name)(const measure_scope *s, const ast_expr *e);
  model_measure_node *(*place)(const measure_scope *s, const ast_expr *e); /* AST_MEMBER, AST_INDEX */
};

/* Of measures: functions that look at the run, and earlier measures. */
measure_scope measure_scope_of(checker *ck, const char *what, const binding *bindings);
model_measure_node *measure_tree(const measure_scope *s, const ast_expr *e);
model_measure_node *measure_new(checker *ck, nsa_measure_kind kind, dim unit, span at);
model_measure_node *measure_malformed(checker *ck, span at, const char *message, const char *hint);
bool measure_has_args(checker *ck, const ast_expr *e, uint32_t wanted);
bool measure_is_condition(const model_measure_node *n);
/* Neither a condition nor NULL; says so. */
bool measure_is_number(checker *ck, const model_measure_node *n);
/* A condition, of numbers and not of series; says what it is else. hint: what makes a number a condition. */
bool measure_is_answer(const measure_scope *s, const ast_expr *e, const model_measure_node *n, const char *hint);
/* A number that is known before the run: an argument of a function. */
bool measure_constant(const measure_scope *s, const ast_expr *e, dim unit, const char *what, double *out);
/* pi, e, and params of the top level. others: further names, for the message; NULL: there are none. */
model_measure_node *measure_number_named(const measure_scope *s, const ast_expr *e,
                                         void (*others)(checker *ck, name_list *out));

/* An operator, a function or `if` of a, b, c, of which the last ones may be NULL. */
model_measure_node *measure_join(checker *ck, nsa_measure_kind kind, dim unit, model_measure_node *a,
                                 model_measure_node *b, model_measure_node *c, span at);

/* ---- names (measure_names.c) ---- */

typedef struct {
  const char *text; /* "peak[2]" */
  bool is_whole;    /* ends with [i]: the measure is a series */
} measure_name;
/* What a name of a loop stands for; NULL: it is none. */
const binding *measure_binding(const binding *bindings, const char *name);
/* False after an error, which was reported. */
bool measure_declared(const measure_scope *s, const ast_decl *d, measure_name *out);
/* An earlier measure by its name, `peak[2]`, `top[i]`, `top.mean`; false: it is none. */
bool measure_find(const measure_scope *s, const ast_expr *e, uint32_t *measure);
/* Whether it begins as one does: `peak[7]` where there is only `peak[2]`. */
bool measure_is_named(const measure_scope *s, const ast_expr *e);
model_measure_node *measure_reference(checker *ck, uint32_t measure, span at);
/* With those that belong to a series. */
void measure_add(checker *ck, model_measure m);

/* ---- arithmetic by name (measure_math.c) ---- */

/* `sqrt(x)`, `min(a, b)`: whether the call is one of these; with a single argument `min` and `max` are none. */
bool measure_is_math(const ast_expr *e);
void measure_math_names(checker *ck, name_list *out);
model_measure_node *measure_math(const measure_scope *s, const ast_expr *e);
model_measure_node *measure_if(const measure_scope *s, const ast_expr *e);

/* ---- values over time (measure_values.c) ---- */

/* Whether `x over time` makes a number of each element: it is neither a reduction nor a single one. */
bool measure_is_each(const ast_arg *arg);
/* The function of that kind, or none. */
typedef model_measure_node *measure_function(const measure_scope *s, const ast_expr *e, nsa_measure_kind kind);
/* Which percentile: 0..100. */
bool measure_percent(const measure_scope *s, const ast_expr *e, double *out);
measure_function *measure_of_values(nsa_measure_kind kind);

#endif
