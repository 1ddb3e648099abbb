/* SPDX-License-Identifier: MIT */
/* builders.h - the parts that make the plan, in the order in which they are asked (plan.c). */
#ifndef NSA_LOWER_BUILDERS_H
#define NSA_LOWER_BUILDERS_H

#include "lower/plan/plan.h"

/* What phases set can be set: E0606. */
void plan_check_phase_sets(const lower_context *ctx);
void plan_explain_phase_sets(const lower_context *ctx); /* part of plan_explain */
/* How its links and partners are found. */
void plan_rules(const lower_context *ctx, uint32_t connection, connection_plan *plan);
/* The events and signals at which links run blocks; states are known. */
void plan_arrivals(const lower_context *ctx, uint32_t connection, connection_plan *plan);
/* How each state of a connection is kept. */
void plan_states(const lower_context *ctx, uint32_t connection, connection_plan *plan);
/* How its contributions are split; states and is_stencil are known. */
void plan_terms(const lower_context *ctx, uint32_t connection, connection_plan *plan);
/* The values of pre that an expression at links reads and that change, each once. */
void plan_pasts(const lower_context *ctx, uint32_t connection, const model_expr *e, term_plan *t);
/* Of all populations: what is known of the connections is whether their links do anything by the clock. */
const population_plan *plan_populations(const lower_context *ctx, const connection_plan *connections);
/* What of a population is single; what is added to its states is known. */
void plan_precision(const lower_context *ctx, uint32_t population, const connection_plan *connections,
                    population_plan *plan);
/* Of one population, by input. */
const input_plan *plan_inputs(const lower_context *ctx, uint32_t population, const population_plan *of,
                              const population_terms *terms);
/* What stimuli share, and what records and measures look at; how states are kept is known. */
experiment_plan plan_experiment(const lower_context *ctx, const connection_plan *connections);
coupling_bounds plan_coupling(const lower_context *ctx); /* warns of steps that are too long: W0401 */
/* By timescale, the solvers of a population's equations, and of a connection's clocked ones. */
const system_plan *plan_population_systems(const lower_context *ctx, uint32_t population);
const system_plan *plan_connection_systems(const lower_context *ctx, uint32_t connection, const connection_plan *plan);
/* What advances the event-driven states of a home. */
system_plan plan_at_events(const lower_context *ctx, uint32_t connection, model_side home, const connection_plan *plan);
/* By groups (solve_choice): the first state that an equation of the group reads and that another solver advances. It
 * stands still over the step, so the group is of order 1. NSA_NONE: there is none. */
const uint32_t *plan_first_held(const lower_context *ctx, const solve_system *sys, const solve_choice *choices);
/* What is lost where equations have different solvers: W0406, W0407. odes: of the system's states. */
void plan_warn_of_mixes(const lower_context *ctx, const model_component *c, const solve_system *sys,
                        const model_ode *const *odes, const solve_choice *choices);
/* Puts what was decided into the report. */
void plan_explain(const lower_context *ctx, const lower_plan *plan);
void plan_explain_environments(const lower_context *ctx); /* part of it */

#endif
