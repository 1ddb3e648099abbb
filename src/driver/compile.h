/* SPDX-License-Identifier: MIT */
/* compile.h - one compile, from a path to a program and its IR: the list of stages.
 *
 * The table in stages.c is the order of the stages, with what each prints for `emit` and how its
 * product is validated. */
#ifndef NSA_DRIVER_COMPILE_H
#define NSA_DRIVER_COMPILE_H

#include "diag/diag.h"
#include "ir/ir.h"
#include "lower/lower.h"
#include "model/model.h"
#include "nsa_rt.h"
#include "syntax/syntax.h"

#define COMPILE_MAX_STAGES 16

typedef struct {
  const char *path;
  bool needs_run;                /* the file must be an experiment */
  bool analyse_timescales;       /* warn where steps do not fit the equations */
  bool keep_unoptimised;         /* stop before the optimiser: for the interpreter and dumps */
  const char *precision;         /* instead of the model's; NULL: the model's */
  bool in_double;                /* everything, whatever the model says */
  const char *stop_after;        /* name of a stage, or NULL */
  const char *refined;           /* timescale of which each step becomes `refine` steps; NULL: every timescale */
  uint32_t refine;               /* 0 and 1: steps are as written */
  bool equations_only;           /* populations step by their equations alone, and have rates */
  bool draws_at_mean;            /* without noise: nothing is drawn at random but what a run starts with */
  const char *const *timescales; /* "slow=1 ms", in place of what the file says */
  uint32_t timescale_count;
  const char *const *settings; /* "n.tau=3 ms" of --set, for what is told of them before the run */
  uint32_t setting_count;
  const model_pattern_replacement *patterns;
  uint32_t pattern_count;
} compile_options;

typedef struct {
  const compile_options *options;
  arena *arena;
  interner *names;
  diag_sink *sink;
  const char *failure; /* of the world (a file that cannot be read): one line; exit code 2 */
  uint32_t file;
  ast_file *ast;
  VEC(const ast_decl *) timescales; /* those of the options, parsed */
  VEC(const ast_decl *) settings;   /* likewise; those that are no quantities are left to the run */
  model *model;
  lower_report report;
  ir_program *ir;
  nsa_stage_time times[COMPILE_MAX_STAGES];
  uint32_t time_count;
} compilation;

typedef struct {
  const char *name;
  /* False when later stages cannot go on (the sink or `failure` says why). */
  bool (*run)(compilation *c);
  /* What is wrong with its product, or NULL: a bug of ours. */
  const char *(*validate)(compilation *c);
  void (*dump)(const compilation *c, text *out); /* NULL: nothing to see */
} compile_stage;

extern const compile_stage compile_stages[];
extern const uint32_t compile_stage_count;

/* Runs the stages. Returns an exit code (0, 1 the model has errors, 2 the world, 70 a bug);
 * diagnostics are in the sink, not yet printed. */
int compile_run(compilation *c, const compile_options *options);
void compile_free(compilation *c);

double compile_seconds(void); /* CLOCK_MONOTONIC */
void compile_add_time(compilation *c, const char *name, double seconds);

#endif
