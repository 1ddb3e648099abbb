/* SPDX-License-Identifier: MIT */
/* duration.h - times that must be whole steps. */
#ifndef NSA_MODEL_EXPR_DURATION_H
#define NSA_MODEL_EXPR_DURATION_H

#include "model/expr/scope.h"

/* time, rounded to whole steps of dt (both ms), with a warning where that changes it. After an error it is one step. */
double whole_ticks(checker *ck, span at, double time, double dt, const char *what, bool needs_tick);
/* A duration: a time, looked at by whole_ticks where it is known. Those of components are kept in ck->durations. */
model_expr *duration_check(expr_env *env, const ast_expr *e, double dt, const char *what, bool needs_tick);

#endif
