/* SPDX-License-Identifier: MIT */
/* checked.h - a source text brought through the front, and its expressions as text. */
#ifndef NSA_TESTS_MODEL_CHECKED_H
#define NSA_TESTS_MODEL_CHECKED_H

#include "model/model.h"
#include "unit/cmocka_all.h"

#include <string.h>

typedef struct {
  arena *arena;
  diag_sink *sink;
  model *model;
} checked;

checked check_text(const char *source);
checked check_with(const char *source, const model_options *options);
checked check_file(const char *path);
void checked_free(checked *c);
/* Fails the test, with the diagnostics, when there are any errors. */
void assert_no_errors(const checked *c);

/* The component of the first population that has this name. */
const model_component *component_named(const checked *c, const char *name);
const model_param *param_named(const model_component *c, const char *name);
const model_let *let_named(const model_component *c, const char *name);
const model_ode *ode_of(const model_component *c, const char *state);

/* Fully bracketed, with names of items: "((v - v_rest) / tau)"; values of ends as "pre.v". */
const char *expr_shown(const checked *c, const model_component *owner, const model_expr *e);

#endif
