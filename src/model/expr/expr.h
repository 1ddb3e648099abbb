/* SPDX-License-Identifier: MIT */
/* expr.h - from expressions of the AST to typed ones: names resolved, units checked and converted, functions put in.
 *
 * Each returns NULL (or false) after an error, which it has reported. */
#ifndef NSA_MODEL_EXPR_EXPR_H
#define NSA_MODEL_EXPR_EXPR_H

#include "model/expr/scope.h"

/* The scope of an expression whose value must be known before the run. */
expr_env env_constant(checker *ck, const binding *bindings, const char *where);
dim unit_check(checker *ck, const ast_unit *unit); /* unknown after an error */
/* `in nM` behind a value of this unit: the same unit, shown so. E0301 where it is another. */
dim unit_chosen(checker *ck, const ast_expr *e, dim unit, const ast_unit *shown);
/* want: the unit that the context expects, or NULL; it only decides where an error is shown. */
model_expr *expr_check(expr_env *env, const ast_expr *e, const dim *want);
model_expr *expr_number(expr_env *env, const ast_expr *e, const dim *want);
model_expr *expr_bool(expr_env *env, const ast_expr *e);
/* A number of this unit; `what` names what it is for: "`v`". */
model_expr *expr_of_unit(expr_env *env, const ast_expr *e, dim want, const char *what);
/* The same, and its value must be known now. */
bool expr_constant(expr_env *env, const ast_expr *e, dim want, const char *what, double *out);
bool expr_constant_count(expr_env *env, const ast_expr *e, const char *what, double lo, double hi, uint32_t *out);

/* ---- names (resolve.c) ---- */

model_expr *resolve_name(expr_env *env, const ast_expr *e);
model_expr *resolve_member(expr_env *env, const ast_expr *e);
/* `digit[k]`: its pixels; `maze.here[i]`. */
model_expr *resolve_indexed(expr_env *env, const ast_expr *e);
/* An image of a pattern; NONE after an error. */
uint32_t image_find(expr_env *env, const ast_expr *e);
/* Notes that somebody reads this item, or adds to it. */
void side_mark_used(const expr_side *side, model_ref_kind kind, uint32_t item);
/* E0503; default_text: what a default would have to name. */
void report_no_astrocyte(const expr_env *env, span at, const char *what, const char *default_text);

/* ---- environments (world.c) ---- */

/* `maze.here`: the channel; false after an error. member is about an environment. */
bool channel_named(expr_env *env, const ast_expr *member, uint32_t *channel);
/* `maze.here[3]`, or `pole.angle` where the channel has one number: the channel, and what stands in the brackets, or
 * NULL. e is about an environment; false after an error. */
bool channel_entry(expr_env *env, const ast_expr *e, uint32_t *channel, const ast_expr **entry);
/* entry_at: where it was written. */
model_expr *channel_read(checker *ck, uint32_t channel, model_expr *entry, span entry_at, span at);
/* `count(POPULATION.EVENT)` in the scores of a decision. */
model_expr *resolve_window_count(expr_env *env, const ast_expr *e);

/* ---- calls (call.c) ---- */

model_expr *call_check(expr_env *env, const ast_expr *e);
/* home: where its own calls are looked up; is_own: it is an item of the component. */
const ast_function *function_find(expr_env *env, const char *name, bool *is_own, file_scope **home);
bool builtin_find(const char *name, model_builtin *fn);

#endif
