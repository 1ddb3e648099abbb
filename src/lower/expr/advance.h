/* SPDX-License-Identifier: MIT */
/* advance.h - what changes states: blocks, equations, states of links.
 *
 * Takes a scope whose SELF has states in its view, and what blocks have changed so far (block_state); leaves the new
 * values in both. Nothing is stored: the caller does. */
#ifndef NSA_LOWER_ADVANCE_H
#define NSA_LOWER_ADVANCE_H

#include "lower/expr/expr.h"

/* What a block of a synapse adds to a state or input of a partner. */
typedef struct {
  model_side side;
  bool is_input;
  uint32_t item;
  const term_plan *total; /* of a state of which only sums are kept; NULL: it goes to a state or input */
  ir_value value;
  span at;        /* where it is said first */
  VEC(span) said; /* wherever it is said, and may come to be not finite */
} block_increment;
typedef VEC(block_increment) block_increments;
/* The values that blocks change, while a function is being built. */
typedef struct {
  ir_value *states, *timers, *emitted; /* timers: then the refractory ends, by event; emitted: events, then signals */
  ir_value *repeated; /* by event: how often it was emitted when it had been already; IR_NO_VALUE: not counted */
  uint32_t state_count, timer_count, event_count;
  block_increments increments; /* of blocks of a synapse: all there can be, made before */
} block_state;
void lower_block(scope *s, block_state *state, const model_block *block);
/* Makes the increments that a block can have, from zero. */
void lower_find_increments(scope *s, block_state *state, const model_block *block);
/* Runs the block for the lanes where cond is true. */
void lower_block_if(scope *s, block_state *state, const model_block *block, ir_value cond);
/* Standard normal draws of a step for a system; pop: its owner's name, in the keys. */
const ir_value *lower_draw_noise(scope *s, const char *pop, const solve_system *sys, const model_ode *const *odes);
/* Advances the equations of SELF (a population, or the clocked ones of a connection) by a step; checks the new states.
 */
void lower_equations(scope *s, block_state *state);
/* A source function, or the newest sum, of a connection is evaluated at stages as well. */
void lower_stage_source(lowering *l, uint32_t connection, nsa_kernel_id kernel);
void lower_stage_sum(lowering *l, uint32_t connection);
/* Its own equations by their solvers, wherever they are in the step. */
void lower_own_equations(scope *s, block_state *state);
/* The rates of a component's own equations at these states and this time, by state; IR_NO_VALUE: it has none. */
void lower_rates_at(scope *s, const block_state *state, ir_value time, ir_value *rates);
/* Advances the event-driven states of a home by `step`. */
void lower_advance_links(scope *s, block_state *state, model_side home, ir_value step);
/* Phase 3: `every` and `each step` blocks of SELF. */
void lower_clocked_blocks(scope *s, block_state *state);
/* All states as they are when the base tick `tick` begins, into the view: event-driven ones are advanced. */
void lower_load_links(scope *s, block_state *state, ir_value tick);
/* Those of one home; the others are zero. */
void lower_load_links_of(scope *s, block_state *state, ir_value tick, int home);

/* ---- which statement gave a value (setters.c) ---- */

/* The function being built gives the field x, as it is said at a place: for the message of a run that x ends. */
void lower_note_setter(scope *s, nsa_field_id field, ir_value x, span at);
/* The field of a state of SELF. */
nsa_field_id lower_state_field(const scope *s, uint32_t state);
/* Whether x is finite for sure: a number, a parameter, or a state as it was stored. */
bool lower_is_sound(const ir_builder *b, ir_value x);

#endif
