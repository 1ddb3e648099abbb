/* SPDX-License-Identifier: MIT */
/* plan.h - what is decided of populations, connections and timescales before anything is built. */
#ifndef NSA_LOWER_PLAN_H
#define NSA_LOWER_PLAN_H

#include "lower/pure/pure.h"

/* Whether an input that is not finite shows in a state at once. */
bool lower_shows_input(const lower_context *ctx, uint32_t population, uint32_t input);
/* pasts.c: the values of pre that an expression at links reads and that change, each once; their fields are not there
 * yet. */
void lower_find_pasts(const lower_context *ctx, uint32_t connection, const model_expr *e, past_values *out);
bool lower_needs_settling(const lowering *l, uint32_t population);
bool lower_settles_apart(lowering *l, uint32_t population); /* needs it, or is faster with it */
/* What is lost where equations have different solvers: W0406, W0407. odes: of the system's states. */
void lower_warn_of_mixes(const lower_context *ctx, const model_component *c, const solve_system *sys,
                         const model_ode *const *odes, const solve_choice *choices);
/* How fast links couple, and for which steps that is stable (coupling.c). */
void lower_coupling_rates(lowering *l);
void lower_link_states(lowering *l, uint32_t connection); /* how each is kept: before its fields are made */
/* Whether links read the state of an element, in blocks, equations or contributions. */
bool lower_links_read(const lower_context *ctx, uint32_t population, uint32_t state);
/* Whether a block sets a state of its own. */
bool lower_sets_state(const model_block *block, uint32_t state);
/* Whether a block of a connection adds to a state of the population. */
bool lower_is_added_to(const lower_context *ctx, uint32_t population, uint32_t state);
/* Whether what links add to a state may go to the state itself; else it is kept apart until the end of phase 2. */
bool lower_is_added_to_directly(const lower_context *ctx, uint32_t population, uint32_t state);
bool lower_is_set_by_phase(const lower_context *ctx, uint32_t population, uint32_t state);
/* Whether a block of an event of its own sets the state; whether anything but its equation does. */
bool lower_is_reset(const lower_context *ctx, bool is_connection, uint32_t owner, uint32_t state);
bool lower_is_set(const lower_context *ctx, bool is_connection, uint32_t owner, uint32_t state);
/* Whether an expression of a synapse reads a state of its link, lets looked through. */
bool lower_reads_state(const lower_context *ctx, uint32_t connection, const model_expr *e, uint32_t state);
/* Whether the event-driven states of a home follow a slow partner's values. */
bool lower_follows_partner(const lowering *l, uint32_t connection, model_side home);
bool lower_has_probe(measure_kind kind);
/* Whether a measure reads a state of a connection's links. */
bool lower_measure_reads(const lower_context *ctx, const model_measure_node *n, uint32_t connection, uint32_t state);

#endif
