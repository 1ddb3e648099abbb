/* SPDX-License-Identifier: MIT */
/* report.h - what a run says to the person who started it: measures on stdout, everything else on
 * stderr. Text from the program (paths, source lines) is shown as nsa_text.h has it. */
#ifndef NSA_RUNTIME_REPORT_H
#define NSA_RUNTIME_REPORT_H

#include "observe/record.h"
#include "state/sim.h"

/* One column of measures: a run or a variant of it. */
typedef struct {
  const char *name;
  const double *values; /* one a measure, internal units; NULL: it did not run */
  int width;            /* report_measures finds it */
} report_column;

/* "name value unit", aligned; with more than one column a line with their names goes before. */
void report_measures(FILE *to, const nsa_program *program, report_column *columns, uint32_t column_count);

/* A warning where the run ended before the condition of `run until` was true. */
void report_until(FILE *to, const sim *s);

/* Warnings of empty recordings and of measures without a value. r: NULL where nothing is recorded. */
void report_no_data(FILE *to, const sim *s, const recorder *r, const double *values);

/* "numerical failure: …" with the equation's place and source line. */
void report_failure(FILE *to, const sim *s);
/* The same as one line, for run.json. */
void report_failure_text(const sim *s, char *text, size_t size);

/* The line of a place, and a caret below it; nothing where there is none. */
void report_place(FILE *to, const nsa_program *program, nsa_place at);

/* What an event's counter (a field, or NSA_NONE) has counted, over all elements. */
double report_counter(const sim *s, nsa_population_id population, nsa_field_id field);

/* Before the first step: warns where links that were built couple too fast for the step. */
void report_coupling(FILE *to, const sim *s);

/* Warnings of events; links and updates of each connection; the speed; where the results are (NULL: nowhere). */
void report_summary(FILE *to, const sim *s, uint64_t first, double wall_seconds, const char *folder);

/* Stages and their seconds, in two columns; ends with the time from process start to the end of the
 * first step, with both stamps. */
void report_times(FILE *to, const nsa_stage_time *stages, uint32_t count, double process_start, double first_step_end);

#endif
