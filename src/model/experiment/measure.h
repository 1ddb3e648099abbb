/* SPDX-License-Identifier: MIT */
/* measure.h - expressions of measures: numbers and arithmetic, whatever the calls and names in them are. Those of a
 * measure, of the condition of `run until`, and of an action that is a vector differ in these.
 *
 * NULL after an error, which was reported. */
#ifndef NSA_MODEL_EXPERIMENT_MEASURE_H
#define NSA_MODEL_EXPERIMENT_MEASURE_H

#include "model/names/checker.h"

typedef struct measure_scope measure_scope;
struct measure_scope {
  checker *ck;
  const char *what; /* "a measure": for messages */
  bool has_conditions;
  model_measure_node *(*call)(const measure_scope *s, const ast_expr *e);
  model_measure_node *(*name)(const measure_scope *s, const ast_expr *e);
  model_measure_node *(*place)(const measure_scope *s, const ast_expr *e); /* AST_MEMBER, AST_INDEX */
};

model_measure_node *measure_tree(const measure_scope *s, const ast_expr *e);
model_measure_node *measure_new(checker *ck, nsa_measure_kind kind, dim unit, span at);
model_measure_node *measure_malformed(checker *ck, span at, const char *message, const char *hint);
bool measure_has_args(checker *ck, const ast_expr *e, uint32_t wanted);
bool measure_is_condition(const model_measure_node *n);
/* pi, e, and params of the top level. others: further names, for the message; NULL: there are none. */
model_measure_node *measure_number_named(checker *ck, const ast_expr *e, void (*others)(checker *ck, name_list *out));

/* ---- series (series.c) ---- */

/* `maze.steps` and `maze.trials`; e is about an environment. */
model_measure_node *series_figure(const measure_scope *s, const ast_expr *e);
/* Whether this is a call that takes a series together, `mean(maze.steps)`, by its name and what it is of. */
bool series_is_reduced(checker *ck, const ast_expr *e);
/* `first`, `last`, `median`, …: what takes nothing but series together. */
void series_names(checker *ck, name_list *out);
model_measure_node *series_reduction(const measure_scope *s, const ast_expr *e);
/* `per maze.trial` of an argument makes a series of n. */
bool series_per(checker *ck, const ast_arg *arg, model_measure_node *n);
/* What an operator makes of a and b, one of which may be NULL; false where they do not go together. */
bool series_join(checker *ck, model_measure_node *n, const model_measure_node *a, const model_measure_node *b);

#endif
