/* SPDX-License-Identifier: MIT */
/* step_internal.h - the step of a population, between the files that build its functions: step.c, and stages.c where
 * phase 4 is several functions. */
#ifndef NSA_LOWER_STEP_INTERNAL_H
#define NSA_LOWER_STEP_INTERNAL_H

#include "lower/lower_internal.h"

typedef struct {
  lowering *l;
  uint32_t population;
  const model_component *c;
  population_fields *f;
  ir_builder b;
  scope s;
  view *self;
  block_state now, loaded; /* loaded: what the fields held at the start */
  ir_value *inputs;
  bool keeps_arrived; /* what events added to inputs is looked at, not taken: another function of the step takes it */
  bool is_settled;    /* no block of an event runs in this function */
  ir_value *fired,
      *before; /* per event: fired at the end of the last tick; the previous value of a crossing's condition */
} step;

/* A function of the step: its builder, its scope, and where its parts are kept. */
void step_begin(step *st, lowering *l, uint32_t population, const char *name, nsa_role role, uint32_t *number);
/* What the fields hold, as what the function's expressions see. */
void step_load(step *st);
void step_load_inputs(step *st);
void step_add_arrived_inputs(step *st);
void step_run_signal_blocks(step *st);
/* Emitted by blocks before the step's function: it is sent there. */
void step_keep_emitted(step *st, bool is_sent);
void step_store_states(step *st);

#endif
