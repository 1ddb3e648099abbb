/* SPDX-License-Identifier: MIT */
/* decoder.h - one decoder of a decision. */
#ifndef NSA_MODEL_EXPERIMENT_DECODER_H
#define NSA_MODEL_EXPERIMENT_DECODER_H

#include "model/names/checker.h"

typedef struct {
  checker *ck;
  uint32_t environment;
  const char *key; /* of its random draws */
} decoder_place;

/* among: `maze.free`, or NULL. False after an error. */
bool decoder_check(const decoder_place *place, const ast_expr *value, const ast_expr *among, model_decoder *out);
/* The numbers of an action that is a vector. */
bool vector_check(const decoder_place *place, const ast_expr *value, model_decoder *out);

#endif
