/* SPDX-License-Identifier: MIT */
/* tables.h - the tables of the program: network, experiment, signals, precision. */
#ifndef NSA_LOWER_TABLES_H
#define NSA_LOWER_TABLES_H

#include "lower/expr/advance.h"
#include "lower/expr/fields.h"

/* Such fields are looked at beside states; when all functions and tables are there. */
void lower_watched_probabilities(lowering *l);
void lower_connection_table(lowering *l, uint32_t connection); /* rules and partner */
void lower_drives(lowering *l);                                /* patterns, stimuli, events from outside */
void lower_observations(lowering *l);                          /* records, measures, variants, the length of the run */
void lower_signal_fields(lowering *l);
void lower_signals(lowering *l);   /* their schedules */
void lower_channels(lowering *l);  /* and their fields */
void lower_decisions(lowering *l); /* environments, acts and what they count; before probes */
/* Of a decision; act: into the plan's. */
window_counts lower_counts_of(const lowering *l, uint32_t act);
/* Which fields and operations are of single precision; when all functions and tables are there. */
void lower_precision(lowering *l);
/* Whether that will make f compute with floats. */
bool lower_is_narrowed(const lowering *l, const ir_function *f);

#endif
