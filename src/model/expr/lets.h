/* SPDX-License-Identifier: MIT */
/* lets.h - a component that is being checked, as its own expressions see it: its items, and its lets, which are checked
 * when they are first needed. */
#ifndef NSA_MODEL_EXPR_LETS_H
#define NSA_MODEL_EXPR_LETS_H

#include "model/expr/scope.h"

typedef struct {
  const ast_item *ast;
  const char *name;
  span at;
  file_scope *home;
  uint32_t status; /* 0 new, 1 being checked, 2 done */
  uint32_t index;  /* in the component, when done */
  bool is_used, is_bad;
} pending_let;

typedef struct {
  const ast_item *ast;
  const ast_entry *entry;   /* of params, states, ...: one flat item each */
  const char *name;         /* what makes it replaceable; NULL: it only adds */
  const component_def *def; /* in which it stands */
  bool is_dropped;
} flat_item;

struct component_builder {
  checker *ck;
  const component_def *def;
  model_component *c;
  component_usage *usage;
  VEC(flat_item) items;
  map *item_at; /* by name, those that are not dropped */
  VEC(pending_let) lets;
  VEC(uint32_t) let_path; /* lets being checked, for circles */
  expr_env env;           /* with the ends filled in */
  uint32_t draws;
  uint32_t block_counts[BLOCK_EACH_STEP + 1];
  solver_kind solver;
  solver_options options;
  bool has_own_clock; /* the head of a synapse names a timescale: its equations go by it */
};

/* What values and blocks of a component may use. */
enum { IN_VALUES = ALLOW_STATE | ALLOW_TIME | ALLOW_DT | ALLOW_PLACE, IN_BLOCKS = IN_VALUES | ALLOW_RANDOM };

pending_let *builder_find_let(component_builder *b, const char *name);
/* Checks a let when first used; false when it is bad. */
bool builder_check_let(component_builder *b, pending_let *let, span use);
/* All of them. */
void lets_check(component_builder *b);

#endif
