/* SPDX-License-Identifier: MIT */
/* parts.h - the parts of populations and connections, each checked by a file of this room. */
#ifndef NSA_MODEL_NETWORK_PARTS_H
#define NSA_MODEL_NETWORK_PARTS_H

#include "model/expr/scope.h"

/* ---- populations ---- */

typedef VEC(model_override) override_list;
/* env: SIDE_SELF is the component whose items are overridden. */
/* What a table says of each link, where the column is that of a param or state. */
void override_by_column(const expr_env *env, model_column *column, uint32_t number, const char *owner,
                        override_list *out);
void overrides_check(const expr_env *env, const ast_setting_list *settings, const char *owner, override_list *out);
/* The definition of a component, into ck->component_defs; NONE after an error. */
uint32_t definition_find(checker *ck, ast_name name, bool wants_synapse);
/* Counts the memory of a population whose size has become known. */
void memory_check(checker *ck, const model_population *p, span at);

/* ---- rules (rule.c) ---- */

/* What a connection rule can refer to; astro only for the rule of partners. */
typedef struct {
  const model_population *source, *target;
  model_side source_side, target_side; /* names of the two in conditions */
  bool is_partner, is_same;            /* a rule of partners; both ends are one population */
  bool allow_self, says_self;          /* links to oneself; whether the connection says so, or not so */
  const char *key;
} rule_ends;
bool rule_check(checker *ck, const rule_ends *ends, const ast_rule *ast, model_rule *out);
/* How many links a rule makes that has been checked; negative where that is known in a run only. */
double rule_link_count(const rule_ends *ends, const model_rule *rule);
/* A probability that links are drawn with; NULL after an error. */
model_expr *rule_partner_probability(checker *ck, const rule_ends *ends, const ast_expr *e);
/* The condition that an end lies in its slice is made part of the rule. */
void rule_slice(checker *ck, const rule_ends *ends, const ast_expr *end, model_side side, model_rule *rule);

/* ---- what a connection carries (link.c) ---- */

uint32_t population_on_end(const model_connection *c, model_side side);
const model_component *component_on_end(const checker *ck, const model_connection *c, model_side side);
expr_side side_of_population(checker *ck, uint32_t population);
/* The scope of values that belong to single links. */
expr_env link_scope(checker *ck, const model_connection *c, const char *where);
/* Whether a column of this name is a delay. */
bool delay_is_column(const char *name);
void delays_check(checker *ck, const ast_connect *ast, model_connection *c);
/* Inputs of slow components say how they combine what comes between two of their steps. */
void combiners_check(checker *ck, const model_connection *c);
/* Whether links feed an input more often than its component steps. */
bool link_feeds_slower(const checker *ck, uint32_t population, uint32_t input);

/* ---- coupling ---- */

/* What a connection, its synapse or the components that it contributes to say. */
void coupling_take(checker *ck, const ast_connect *ast, model_connection *c);
/* Whether `coupling implicit` can take a connection; what is diffused goes into model.diffusions. */
bool diffusion_check(checker *ck, uint32_t connection);

#endif
