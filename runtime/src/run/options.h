/* SPDX-License-Identifier: MIT */
/* options.h - the command line of a run.
 *
 * Takes argv (options only) and the program, for its names and units. Gives run_options, or one line that says what is
 * wrong and what would be right. Strings point into argv. */
#ifndef NSA_RUNTIME_OPTIONS_H
#define NSA_RUNTIME_OPTIONS_H

#include "checkpoint/series.h"

typedef struct {
  uint32_t settable; /* into program->settables */
  double value;      /* internal units */
  const char *text;  /* "sheet.a=0.1 /ms", as typed */
} run_override;

typedef struct {
  uint32_t pattern;
  const char *path; /* with {} */
} run_pattern;

typedef struct {
  bool help, csv, json, float32, force, time, quiet, no_results, no_sandbox, all_variants;
  bool has_checkpoints, has_keep, resumes;
  checkpoint_plan checkpoints;
  uint32_t resume_allowed; /* checkpoint_allowed */
  const char *resume_file; /* NULL: the newest in the folder of results */
  uint32_t variant;        /* into program->variants, or NSA_NONE */
  uint64_t seed;
  uint64_t max_memory;   /* bytes; 0: what the machine has */
  uint32_t at_once;      /* runs that share it; 0 and 1: this one alone. Not parsed: who calls sets it */
  uint32_t threads;      /* 0: as many as there are cores */
  const char *out;       /* NULL: the program's name with .out */
  uint64_t ticks;        /* length of the run */
  double *globals;       /* by param of the top level: what --set says of it; NAN: nothing */
  const char **sources;  /* per environment: the file of its plugin, the command of its process; NULL: built in */
  double answer_seconds; /* that a process has */
  uint64_t max_output;   /* bytes of recordings; 0: no limit */
  int starter;           /* of processes: its socket. Not parsed: who calls sets it */
  run_override *overrides;
  uint32_t override_count;
  run_pattern *patterns;
  uint32_t pattern_count;
} run_options;

/* False: error has a sentence with the remedy (usage, exit code 2). Release with options_free, also
 * after a failure. */
bool options_parse(const nsa_program *program, int argc, char *const *argv, run_options *out, char *error,
                   size_t error_size);
void options_free(run_options *options);

/* Whether the params of the top level that a variant (NSA_NONE: the model without one) has were compiled in. --set wins
 * over them. */
bool options_suit_variant(const run_options *options, const nsa_program *program, uint32_t variant, char *error,
                          size_t error_size);

/* Hands settings and images to a sim that has no links yet. What wins: file, population, variant (NSA_NONE: none),
 * --set. False with a sentence in error. */
bool options_apply(const run_options *options, uint32_t variant, sim *s, char error[SIM_ERROR_SIZE]);

/* The table of options, two columns. */
void options_print(FILE *to);

#endif
