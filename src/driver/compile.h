/* SPDX-License-Identifier: MIT */
/* compile.h - the way of a model from its file to its run: the list of stages.
 *
 * The table in stages.c is the order of the stages, with what each prints for `nsa emit` and how its product is
 * validated. A stage reads what the stages before it made, and the options; what it has made is const afterwards, but
 * for the IR, which `optimise` changes. All lives in the compilation's arena, until compile_free. */
#ifndef NSA_DRIVER_COMPILE_H
#define NSA_DRIVER_COMPILE_H

#include "build/build.h"
#include "diag/diag.h"
#include "driver/arguments.h"
#include "lower/lower.h"
#include "syntax/syntax.h"

typedef enum {
  STAGE_PARSE,
  STAGE_CHECK,
  STAGE_IMAGES,
  STAGE_PLAN, /* the last that can find mistakes of the model's author */
  STAGE_LOWER,
  STAGE_OPTIMISE,
  STAGE_TARGET,
  STAGE_EMIT,
  STAGE_OPTIMISE_LLVM,
  STAGE_GENERATE,
  STAGE_LINK,
  STAGE_RUN,
  STAGE_COUNT
} compile_stage_id;

typedef struct {
  const char *path;
  /* ---- the model ---- */
  bool needs_run;                /* the file must be an experiment */
  const char *precision;         /* instead of the model's; NULL: the model's */
  bool in_double;                /* everything, whatever the model says */
  const char *refined;           /* timescale of which each step becomes `refine` steps; NULL: every timescale */
  uint32_t refine;               /* 0 and 1: steps are as written */
  const char *const *timescales; /* "slow=1 ms", in place of what the file says */
  uint32_t timescale_count;
  const char *const *records; /* "mean(glia.Ca) every 10 ms", beside what the file records */
  uint32_t record_count;
  const char *const *allowed; /* folders of --allow */
  uint32_t allowed_count;
  const char *const
      *settings; /* "n.tau=3 ms" of --set, for what is told of them before the run; "N=10" is compiled in */
  uint32_t setting_count;
  const char *where;     /* a condition over measures, which becomes the last one; NULL: none */
  const char *open;      /* a param of the top level that stays a name: for stages up to the check */
  const char *variant;   /* whose params of the top level are compiled in; NULL: the file's */
  bool has_all_variants; /* the run is of all: those with params of the top level are compiled for it, each by itself */
  const model_pattern_replacement *patterns;
  uint32_t pattern_count;
  const driver_plugin *plugins;
  uint32_t plugin_count;
  /* ---- IR ---- */
  bool analyse_timescales; /* warn where steps do not fit the equations */
  bool equations_only;     /* populations step by their equations alone, and have rates */
  bool draws_at_mean;      /* without noise: nothing is drawn at random but what a run starts with */
  const char *last_pass;   /* of the optimiser; NULL: all */
  bool validate_passes;    /* the IR is validated after each */
  /* ---- machine code ---- */
  bool interpret;     /* none: kernels walk the IR as it is lowered */
  const char *width;  /* lanes of a vector; NULL: what suits the processor */
  bool use_cache;     /* of objects */
  bool is_text;       /* modules and machine code are to be printed */
  bool is_executable; /* linked into one, not into this process */
  const char *output; /* the executable; NULL: named after the model */
  bool is_verbose;    /* what the linker says is shown */
  /* ---- the run ---- */
  char *const *run; /* options, as typed */
  uint32_t run_count;
  int starter;          /* nsa_starter_socket */
  double process_start; /* compile_seconds when main began */
} compile_options;

typedef struct compilation compilation;
struct compilation {
  const compile_options *options;
  arena *arena;
  interner *names;
  diag_sink *sink;
  const char *failure;   /* of the world (a file that cannot be read): one line; exit code 2 */
  compile_stage_id next; /* the first stage that has not run */
  nsa_stage_time times[STAGE_COUNT];
  uint32_t time_count;
  /* ---- products, in order ---- */
  const ast_file *ast;
  VEC(const ast_decl *) timescales; /* those of the options, parsed */
  VEC(const ast_decl *) settings;   /* likewise; those that are no quantities are left to the run */
  VEC(const ast_decl *) records;    /* likewise */
  const ast_expr *where;            /* likewise */
  nsa_input_folders inputs;         /* below which the model may name files */
  const model *model;
  const nsa_image *images; /* by the model's images */
  lower_report report;     /* of the plan */
  const lower_plan *plan;
  ir_program *ir;
  build_target target;
  build_modules *modules; /* until the objects are made */
  build_objects objects;
  build_jit *jit;                  /* NULL: interpreted, or an executable */
  const nsa_kernel_entry *entries; /* by the program's kernels */
  compilation *variants;           /* by variant: those that are compiled by themselves; NULL: none */
};

typedef struct {
  const char *name;
  /* An exit code; but for 0 later stages cannot go on (the sink or `failure` says why). */
  int (*run)(compilation *c);
  /* What is wrong with its product, or NULL: a bug of ours. */
  const char *(*validate)(const compilation *c);
  void (*dump)(const compilation *c, text *out); /* NULL: nothing to see */
  argument_id option;                            /* of `nsa emit`, that asks for the dump */
  bool is_of_compiler;                           /* left out where the IR is interpreted */
} compile_stage;

extern const compile_stage compile_stages[STAGE_COUNT];

/* Nothing has run yet. compile_free when done, whatever happens in between. */
void compile_start(compilation *c, const compile_options *options);
/* Runs the stages up to `last` that have not run yet. Returns an exit code (0, 1 the model has errors, 2 the world, 70
 * a bug; of STAGE_RUN the run's); diagnostics are in the sink, not yet printed. */
int compile_to(compilation *c, compile_stage_id last);
/* Both, and tells on stderr what the model's author must know, before machine code is made of it, and what fails. */
int compile_telling(compilation *c, const compile_options *options, compile_stage_id last, const char *verb);
void compile_free(compilation *c);
/* compile_free where the process is about to end with this code, which it gives back. */
int compile_end(compilation *c, int code);

double compile_seconds(void); /* CLOCK_MONOTONIC */

#endif
