/* SPDX-License-Identifier: MIT */
/* run_json.h - run.json: what was run, with what, on what, and what came out. It holds everything that is needed to run
 * the model again. It is there from the start, with the state "running", and is replaced when more is known; whole or
 * not at all. */
#ifndef NSA_RUNTIME_RUN_JSON_H
#define NSA_RUNTIME_RUN_JSON_H

#include "observe/record.h"
#include "run/options.h"

typedef struct {
  const nsa_program *program;
  const sim *sim; /* NULL: there is no network yet */
  const run_options *options;
  const nsa_run_info *info;
  const char *model_file; /* absolute; NULL: it is not known */
  const char *variant;    /* NULL: the model as it stands */
  const char *folder;
  const char *outcome;      /* "running", "completed", "interrupted", "failed" */
  const char *message;      /* more about it, or NULL */
  const recorder *recorder; /* NULL: nothing was recorded */
  const double *values;     /* of measures; NULL: the run goes on */
  const nsa_stage_time *stages;
  uint32_t stage_count;
  double wall_seconds;
} run_report;

/* What came out, as it stands in run.json: state, measures, variant, seed; malloc'd. NULL: out of memory. */
char *run_json_outcome(const run_report *report);

bool run_json_write(const run_report *report, char error[SIM_ERROR_SIZE]);

#endif
