/* SPDX-License-Identifier: MIT */
/* experiment.h - checks the experiment: environments, signals, decisions, stimuli, records, measures, variants. Each
 * goes through ck->decls and fills its lists of the model. */
#ifndef NSA_MODEL_EXPERIMENT_EXPERIMENT_H
#define NSA_MODEL_EXPERIMENT_EXPERIMENT_H

#include "model/names/checker.h"

void environments_check(checker *ck); /* before signals, which they send */
void signals_check(checker *ck);
/* Decisions; their windows are those of phases. */
void acts_check(checker *ck);
void phases_check(checker *ck); /* declared ones */
void phase_sets_check(checker *ck);
void phase_sets_check_windows(checker *ck); /* when the length of the run is known */
void stimuli_check(checker *ck);            /* patterns, present, drive, blocks of phases */
/* Presentations that repeat become one each; after the length of the run is known. */
void stimuli_repeat(checker *ck);
void records_check(checker *ck);
void measures_check(checker *ck);
/* The condition of the options, behind all measures. */
void where_check(checker *ck);
/* `until COND`; NULL after an error. */
model_measure_node *until_check(checker *ck, const ast_expr *condition);
void checkpoints_check(checker *ck);       /* before variants */
void checkpoints_check_times(checker *ck); /* when the length of the run is known */
/* What lies behind the end of the run. */
void beyond_check(checker *ck);
void variants_check(checker *ck);
/* Times of components that overrides, variants and --set change are rounded to whole steps too. */
void settings_check(checker *ck);

#endif
