/* SPDX-License-Identifier: MIT */
/* parts.h - the parts of a component, each checked by a file of this room. */
#ifndef NSA_MODEL_COMPONENT_PARTS_H
#define NSA_MODEL_COMPONENT_PARTS_H

#include "model/expr/lets.h"

/* ---- for all of them (builder.c) ---- */

typedef void item_action(component_builder *b, const flat_item *item);
void builder_for_items(component_builder *b, ast_item_kind kind, item_action *action);
/* The builder's scope with these permissions; key_base names its random draws. */
expr_env builder_scope(component_builder *b, unsigned allow, const char *where, const char *key_base);

/* ---- one by one, in this order ---- */

/* Items of the component and its bases, and its head. */
void items_collect(component_builder *b);
/* Params, states, inputs, noises, timers, events; lets by name. */
void items_declare(component_builder *b);
item_action event_check, on_check, every_check, each_step_check;
item_action ode_check, reaction_check;
item_action contribution_check, default_check;
/* What is written behind `when`. */
void when_check(expr_env *env, const ast_when *when, model_event *ev);
/* What blocks do to conditions; when the blocks of all events are known. */
void firing_check(checker *ck, model_component *c);

bool solver_find(checker *ck, const ast_solver *s, solver_kind *out, solver_options *options);

/* ---- what a synapse adds to its ends (synapse.c) ---- */

typedef enum {
  END_FOUND,
  END_ABSENT, /* a default stands for the astrocyte: what is added goes nowhere */
  END_BAD     /* reported, or the ends are not known */
} end_result;
/* `pre.NAME`, `post.NAME`, `astro.NAME`. */
bool end_named(const ast_expr *e, model_side *side);
/* Is there somebody on this side? `what` is for the message when not. */
end_result end_check(const expr_env *env, model_side side, span at, const char *what);
/* The state (where allowed) or input that `target` names. */
end_result end_target(expr_env *env, const ast_expr *target, model_side side, bool takes_states, model_ref_kind *kind,
                      uint32_t *item);

#endif
