/* SPDX-License-Identifier: MIT */
/* series.h - one number a trial or step of an environment, or an element, in measures. NULL after an error, which was
 * reported. */
#ifndef NSA_MODEL_EXPERIMENT_SERIES_H
#define NSA_MODEL_EXPERIMENT_SERIES_H

#include "model/experiment/measure.h"

/* `maze.steps` and `maze.trials`; e is about an environment. */
model_measure_node *series_figure(const measure_scope *s, const ast_expr *e);
/* Whether this is a call that takes a series together, `mean(maze.steps)`, by its name and what it is of. */
bool series_is_reduced(const measure_scope *s, const ast_expr *e);
/* `first`, `last`, `median`, …: what takes nothing but series together. */
void series_names(checker *ck, name_list *out);
model_measure_node *series_reduction(const measure_scope *s, const ast_expr *e);
/* `per maze.trial` of an argument makes a series of n. */
bool series_per(checker *ck, const ast_arg *arg, model_measure_node *n);
/* `over time` of all elements of the node's probe makes a series of it. */
void series_of_elements(model_measure_node *n);
/* What an operator makes of its arguments; false where they do not go together. */
bool series_join(checker *ck, model_measure_node *n);
/* "trial", "element" */
const char *series_unit(const model_measure_node *n);

#endif
