/* SPDX-License-Identifier: MIT */
/* parts.h - the parts of an experiment, each checked by a file of this room. */
#ifndef NSA_MODEL_EXPERIMENT_PARTS_H
#define NSA_MODEL_EXPERIMENT_PARTS_H

#include "model/expr/scope.h"

/* Visits the declarations of the experiment, those inside of `for` once for each round. */
typedef void decl_visitor(checker *ck, const ast_decl *d, const binding *bindings);
void for_each_decl(checker *ck, decl_visitor *visit);

/* ---- stimuli ---- */

void pattern_check(checker *ck, const ast_decl *d);
uint32_t phase_named(checker *ck, ast_name name); /* made where it is new; NONE where the text is NULL */
/* `during PHASE`, `during 100 s..300 s`: NONE without an error where it is NULL. */
uint32_t phase_find(checker *ck, const ast_expr *during, const binding *bindings);
bool window_time(checker *ck, const ast_expr *e, const binding *bindings, const char *what, bool needs_tick,
                 double *out); /* true, and nothing, where e is NULL */
/* Start, stop, period and phase of a stimulus; false after an error. */
bool window_check(checker *ck, const ast_window *w, const binding *bindings, model_stimulus *s);
void phase_block_check(checker *ck, const ast_decl *d);
/* `drive POPULATION.EVENT = [10 ms, 20 ms]` or `= file("spikes.csv")`; slice: AST_INDEX or NULL. */
void event_drive_check(checker *ck, const ast_decl *d, const binding *bindings, model_event_drive *e,
                       const ast_expr *slice);

/* Who sets params ("a variant"), and which ("`POPULATION.PARAM` or ..."): for messages. no_states: why it does not say
 * what states start with; NULL: it may. */
typedef struct {
  const char *who, *which, *no_states;
} param_setter;
/* What the name of a setting's owner means: the population or connection of this name, else all users of a component of
 * this name. */
typedef struct {
  bool is_connection;
  uint32_t owner;
} setting_target;
typedef VEC(setting_target) target_list;
void setting_targets(checker *ck, const char *name, target_list *out);
/* One set for each of these. */
void param_setting_check(checker *ck, const ast_setting *s, const param_setter *by, model_sets *out);
/* Whether a window of the phase begins or ends within a step of dt, and when, in ms. */
bool window_within_step(checker *ck, uint32_t phase, double dt, double *at);
/* Whether a window of one phase overlaps one of the other, and when first, in ms. */
bool windows_overlap(checker *ck, uint32_t phase, uint32_t other, double *at);

/* The checkpoint that a variant begins at; NONE after an error, and where there is none. */
uint32_t checkpoint_find(checker *ck, ast_name name);
/* Whether a variant that begins at a checkpoint sets nothing that is made when the run begins; false after an error. */
bool checkpoint_allows(checker *ck, const ast_decl *variant);
/* Whether a time, ms, lies within a step of dt. */
bool time_within_step(double time, double dt);

/* What a variant decides instead; false after an error. */
bool act_of_variant(checker *ck, const ast_act *act, model_act *out);

/* Whether the entries of channels that elements read by their place are there: in a value, or a block; either may be
 * NULL. */
bool entries_check(checker *ck, uint32_t population, const model_expr *value, const model_block *block);

/* ---- records and measures ---- */

/* What a recording or measure looks at. */
bool probe_check(checker *ck, const ast_expr *e, const binding *bindings, model_probe *out);
bool probe_is_single(const model_probe *p);
/* `mean(x)`, `sum(x)`, `max(x)`, `min(x)`. */
bool is_reduction(const ast_expr *e, nsa_reduce_kind *kind);

#endif
