/* SPDX-License-Identifier: MIT */
/* experiment.h - checks the experiment: signals, stimuli, records, measures, variants. Each goes through ck->decls and
 * fills its lists of the model. */
#ifndef NSA_MODEL_EXPERIMENT_EXPERIMENT_H
#define NSA_MODEL_EXPERIMENT_EXPERIMENT_H

#include "model/names/checker.h"

void signals_check(checker *ck);
void stimuli_check(checker *ck); /* patterns, present, drive, blocks of phases */
/* Presentations that repeat become one each; after the length of the run is known. */
void stimuli_repeat(checker *ck);
void records_check(checker *ck);
void measures_check(checker *ck);
void variants_check(checker *ck);
/* Times of components that overrides, variants and --set change are rounded to whole steps too. */
void settings_check(checker *ck);

#endif
