/* SPDX-License-Identifier: MIT */
/* expr.h - what loads fields: scopes, expressions, blocks, equations, source terms. */
#ifndef NSA_LOWER_EXPR_H
#define NSA_LOWER_EXPR_H

#include "lower/plan/plan.h"

ir_value lower_expr(scope *s, const model_expr *e);
/* Has the run stop where p, of a draw that is used, does not lie between 0 and 1. */
void lower_watch_probability(scope *s, const model_expr *draw, ir_value p);
/* The product of factors; 1 when there are none. */
ir_value lower_product(scope *s, model_expr *const *factors, uint32_t count);
/* round(duration / dt), at least 0: whole ticks. */
/* finite.c */
void lower_check(ir_builder *b, ir_value x);
ir_value lower_time_of(ir_builder *b, ir_value tick, double dt);
ir_value lower_nearest_tick(ir_builder *b, ir_value time, double dt);
ir_value lower_ticks(scope *s, const model_expr *duration, uint32_t timescale);
uint32_t lower_past_field(const past_values *pasts, const model_expr *ref); /* NO_FIELD: it is read as it is */
void lower_source_term(scope *s, const source_term *t);                     /* stores it, and whether it is not zero */
/* For a function of a slow component that runs at fast steps: t and what is drawn are those of the fast step. */
void lower_at_fast_steps(scope *s);
/* For a continuous contribution: t is the time of the tick of the fastest participant, whatever the clock of the links.
 */
void lower_when_contributing(scope *s, uint32_t connection);
/* What a block of a synapse adds to a state or input of a partner. */
typedef struct {
  model_side side;
  bool is_input;
  uint32_t item;
  uint32_t total; /* into the connection's totals; NSA_NONE: a state or input */
  ir_value value;
  span at; /* where it is said first */
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
/* Per equation, the truth value that its state stands still in this step; IR_NO_VALUE: it never does. */
const ir_value *lower_find_held(scope *s, const model_ode *const *odes, uint32_t n);
/* Standard normal draws of a step for a system; pop: its owner's name, in the keys. */
const ir_value *lower_draw_noise(scope *s, const char *pop, const solve_system *sys, const model_ode *const *odes);
/* Advances the equations of SELF (a population, or the clocked ones of a connection) by a step; checks the new states.
 */
void lower_equations(scope *s, block_state *state);
/* A source function, respectively the newest sum, of a connection is evaluated at stages as well. */
void lower_stage_source(lowering *l, uint32_t connection, uint32_t kernel);
void lower_stage_sum(lowering *l, uint32_t connection);
/* Its own equations by their solvers, wherever they are in the step. */
void lower_own_equations(scope *s, block_state *state);
/* The rates of a component's own equations at these states and this time, by state; IR_NO_VALUE: it has none.
 * explained: the set whose choice and time constants are to be told, or NULL. */
void lower_rates_at(scope *s, const block_state *state, ir_value time, const model_stage_set *explained,
                    ir_value *rates);
/* Advances the event-driven states of a home by `step`. */
void lower_advance_links(scope *s, block_state *state, model_side home, ir_value step);
/* Phase 3: `every` and `each step` blocks of SELF. */
void lower_clocked_blocks(scope *s, block_state *state);
/* All states as they are when the base tick `tick` begins, into the view: event-driven ones are advanced. */
void lower_load_links(scope *s, block_state *state, ir_value tick);
/* Once for each text. */
void lower_note_draw(lowering *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
uint32_t lower_add_field(lowering *l, const char *name, uint32_t domain, nsa_type type, nsa_field_kind kind,
                         double value, const dim *unit, span at);
/* Stores the value of a parameter that is not a constant, unless it was given from outside. */
/* Of a population or connection, for functions that serve both. */
typedef struct {
  lowering *l;
  bool is_connection;
  uint32_t owner;
  const char *name;
  const model_component *c;
} owner_info;
owner_info lower_owner(lowering *l, bool is_connection, uint32_t owner);
/* The fields of its parameters. */
void lower_add_params(const owner_info *o, uint32_t domain, uint32_t *param);
/* A field that the runtime fills for a connection. */
uint32_t lower_link_field(lowering *l, uint32_t connection, const char *what, uint32_t domain, nsa_type type,
                          nsa_field_kind kind);
void lower_store_param(scope *s, uint32_t field, const model_expr *value);
/* A function over the run for the uniform ones of an owner, where there are any. */
void lower_uniform_params(lowering *l, bool is_connection, uint32_t owner);
/* For values of a connection that are the same for all its links. */
scope lower_uniform_scope(lowering *l, uint32_t connection, ir_builder *b);
/* Of the links of each target or partner (fan_in), or source (fan_out). */
uint32_t lower_fan_field(lowering *l, uint32_t connection, model_side side);
uint32_t lower_distance_field(lowering *l, uint32_t connection);
uint32_t lower_copy_field(lowering *l, uint32_t connection);
/* "owner.of.what", or "owner.what" where `of` is NULL; a second kernel of that name gets a 2 behind it, and so on. */
const char *lower_kernel_name(const lowering *l, const char *owner, const char *of, const char *what);
nsa_place lower_place(lowering *l, span at);
uint64_t lower_dim_bits(dim d);
/* What the window of an input's collections starts from, where they come faster than the
 * component's ticks. */
uint32_t *lower_no_fields(lowering *l, uint32_t count);
ir_value lower_tick_of_links(const lowering *l, ir_builder *b, uint32_t connection);

#endif
