/* SPDX-License-Identifier: MIT */
/* record_measures.h - measures of many values, at the end of a run: measures.h5, a group of each with what its values
 * are of (element, trial or step) and the values; with CSV also measures.NAME.csv. */
#ifndef NSA_RUNTIME_RECORD_MEASURES_H
#define NSA_RUNTIME_RECORD_MEASURES_H

#include "observe/measure.h"

/* Nothing where the program has none. False with a sentence in error. */
bool record_measures(const measurer *m, const sim *s, const char *folder, bool with_csv, char error[SIM_ERROR_SIZE]);

/* The names of the files, as they lie in the folder: number i; false: there are no more. */
enum { RECORD_MEASURES_NAME = 300 };
bool record_measures_file(const nsa_program *program, bool with_csv, uint32_t i, char name[RECORD_MEASURES_NAME]);

#endif
