/* SPDX-License-Identifier: MIT */
/* arguments.h - a command line, split into what is the compiler's (options.def) and what is the run's
 * (nsa_run_options).
 *
 * Takes the words as typed, the verb first. Words are not copied, lists are in the arena. Only the names of options and
 * the number of their arguments are looked at; whoever uses a value checks it. */
#ifndef NSA_DRIVER_ARGUMENTS_H
#define NSA_DRIVER_ARGUMENTS_H

#include "model/model.h"

typedef enum {
#define OPTION(id, name, argument, verbs, help) ARGUMENT_##id,
#include "driver/options.def"
#undef OPTION
  ARGUMENT_COUNT
} argument_id;

typedef struct {
  const char *name, *path;
} driver_plugin;

typedef struct {
  int argc; /* as typed */
  char **argv;
  const char *verb, *file; /* file: NULL when none was given */
  /* Behind the file: of `analyse` the population, of `find` what is asked, of `plot` items. */
  VEC(const char *) words;
  const char *values[ARGUMENT_COUNT];      /* NULL: not given; "" for options without an argument */
  VEC(char *) run;                         /* options of the run, as typed, in order */
  VEC(const char *) timescales;            /* the values of --timescale */
  VEC(const char *) records;               /* those of --record */
  VEC(const char *) allowed;               /* those of --allow */
  VEC(const char *) ranges;                /* those of --range */
  VEC(const char *) jitters;               /* those of --jitter */
  VEC(const char *) others;                /* those of --with */
  VEC(model_pattern_replacement) patterns; /* those of --pattern among them */
  VEC(driver_plugin) plugins;              /* those of --plugin */
  VEC(const char *) settings;              /* those of --set */
  const char *variant;                     /* of --variant, or NULL */
  bool has_all_variants;                   /* --variants all */
  const char *out;                         /* of --out, or NULL */
  const char *resumed;                     /* the checkpoint of --resume, or NULL */
  bool has_processes;                      /* --environment */
  bool has_no_results, has_no_sandbox;
} arguments;

/* False after a message on stderr: usage, exit code 2. */
bool arguments_parse(arena *a, int argc, char **argv, arguments *out);
/* The options of a verb, for its help. */
void arguments_print(const char *verb, FILE *out);

#endif
