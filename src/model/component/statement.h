/* SPDX-License-Identifier: MIT */
/* statement.h - checks the statements of a block. */
#ifndef NSA_MODEL_COMPONENT_STATEMENT_H
#define NSA_MODEL_COMPONENT_STATEMENT_H

#include "model/expr/scope.h"

typedef struct {
  expr_env *env;
  uint32_t *local_count; /* counted on by each `let` of the block */
  uint32_t population;   /* blocks of phases: only statements about this one; else NONE */
} block_env;
void block_check(block_env *env, const ast_block *block, model_block *out);

#endif
