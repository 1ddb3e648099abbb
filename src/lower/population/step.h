/* SPDX-License-Identifier: MIT */
/* step.h - what the files share that build the kernels of a step. */
#ifndef NSA_LOWER_STEP_H
#define NSA_LOWER_STEP_H

#include "lower/population/population.h"

typedef struct {
  lowering *l;
  uint32_t population;
  const model_component *c;
  const population_plan *plan;
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
void step_begin(step *st, lowering *l, uint32_t population, const char *name, nsa_role role, nsa_kernel_id *number);
/* What the fields hold, as what the function's expressions see. */
void step_load(step *st);
void step_load_items(step *st); /* the same, without showing them to expressions */
void step_load_inputs(step *st);
/* Phase 2, its end: what events added to states, and to inputs. */
void step_add_arrived(step *st);
void step_add_arrived_inputs(step *st);
/* Blocks of signals: always; where they are part of the step. */
void step_hear(step *st);
void step_run_signal_blocks(step *st);
/* Phase 1, and the conditions of crossings behind it. */
void step_run_event_blocks(step *st);
void step_previous_conditions(step *st);
/* Phase 5, on the new states; tick: that of the step. */
void step_detect_events(step *st, ir_value tick, ir_value next_tick);
void step_start_refractory(step *st, uint32_t event, ir_value fires, ir_value next_tick);
void step_send_signals(step *st);
/* Emitted by blocks before the step's function: it is sent there. */
void step_keep_emitted(step *st, bool is_sent);
void step_store_states(step *st);

#endif
