/* SPDX-License-Identifier: MIT */
/* rule_env.h - checking one connection rule: what the files of rules share (rule.c, rule_graph.c). */
#ifndef NSA_MODEL_NETWORK_RULE_ENV_H
#define NSA_MODEL_NETWORK_RULE_ENV_H

#include "model/network/parts.h"

typedef struct {
  checker *ck;
  const rule_ends *ends;
  const ast_rule *ast;
  model_rule *out;
} rule_env;

static inline double rule_size(const model_population *p) { return (double)p->rows * p->cols; }

/* False after an error. */
bool rule_has_args(rule_env *r, uint32_t least, uint32_t most);
bool rule_is_link_count_good(rule_env *r, double links);
/* A rule that makes no links of an element to itself cannot be asked for them. */
bool rule_makes_no_selves(rule_env *r);
/* E0502: the rule does not fit, for a reason that goes on behind its name. */
diag *rule_misfit(rule_env *r, const char *reason);

/* ---- rules of rule_graph.c ---- */

bool rule_check_scale_free(rule_env *r);
bool rule_check_small_world(rule_env *r);

#endif
