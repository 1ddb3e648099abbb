/* SPDX-License-Identifier: MIT */
/* one_run.h - one run of a command: the model as it stands or one of its variants, from its network to its results. */
#ifndef NSA_RUNTIME_ONE_RUN_H
#define NSA_RUNTIME_ONE_RUN_H

#include "observe/measure.h"
#include "observe/record.h"
#include "observe/results.h"
#include "run/branches.h"
#include "run/options.h"

enum { EXIT_OK = 0, EXIT_ENVIRONMENT = 2, EXIT_NUMERICAL = 3, EXIT_SIGNAL = 128 };
enum { MAX_STAGES = 16 };

/* What all runs of one command share. */
typedef struct {
  const nsa_program *program; /* with the length of --for */
  const nsa_kernel_entry *kernels;
  const run_options *options;
  const nsa_run_info *info;
  const char *model_file; /* absolute; of an executable its own; NULL: it is not known */
  int argc;               /* the options, as typed */
  char *const *argv;
  double first_step_end; /* of the first run */
  branches *branches;    /* that runs of this program share; NULL: there are none */
} run_command;

/* One run: the model as it stands or one of its variants. */
typedef struct {
  run_command *command;
  uint32_t variant;  /* NSA_NONE */
  const char *label; /* for messages, when there are several runs; else NULL */
  results results;
  checkpoint_series checkpoints;
  checkpoint *origin;   /* of a run that goes on, until its state is restored */
  const branch *branch; /* of a variant that goes on from the state of the model as it stands; NULL: it does not */
  char origin_path[SERIES_PATH], origin_folder[RESULTS_PATH], new_folder[RESULTS_PATH + 16];
  uint64_t first_tick;              /* from which it goes on */
  char begun[2][RESULTS_PATH + 16]; /* files of them, until the first step */
  sim *sim;
  recorder *recorder;
  measurer *measurer;
  double *values; /* of measures */
  bool has_values;
  char *json; /* what came out, for --json; NULL: nothing did */
  double started;
  nsa_stage_time stages[MAX_STAGES];
  uint32_t stage_count;
  double stage_started;
} one_run;

/* All of it: says what is wrong, writes the results and the summary. Gives the exit code. */
int one_run_execute(one_run *c);
/* Gives back all but the values of measures, and their JSON. */
void one_run_release(one_run *c);

/* The name of its variant; NULL: it is the model as it stands. */
const char *one_run_variant(const one_run *c);

/* Where its files are; NULL: nowhere. */
const char *one_run_place(const one_run *c);

/* "nsa run: LABEL: error"; gives EXIT_ENVIRONMENT. */
int one_run_complain(const one_run *c, const char *error);

#endif
