/* SPDX-License-Identifier: MIT */
/* model.h - a checked model: what every stage behind the front reads.
 *
 * model_check takes the AST of a file, and of what it imports and extends. It makes a model: names are resolved, units
 * checked and converted to the internal system (ms, mV, pA, um, uM um^3, K; see docs/architecture.md), functions put
 * in, constants of the experiment evaluated, lets in the order of need. It promises that all mistakes of an author are
 * found here, all of a file at once; what later stages find wrong is a bug of ours (dump.h validates a model).
 * Everything lives in the arena of the compile and is const for later stages. */
#ifndef NSA_MODEL_MODEL_H
#define NSA_MODEL_MODEL_H

#include "model/model_experiment.h"
#include "model/model_network.h"
#include "nsa_input.h"
#include "support/intern.h"
#include "syntax/ast.h"

typedef struct {
  const char *name; /* of the file, without folder and ending */
  uint32_t main_file;
  VEC(model_timescale) timescales;
  double base_dt;                  /* ms */
  VEC(model_global) globals;       /* params of the top level */
  VEC(model_component) components; /* those of populations, then one for each connection */
  VEC(model_population) populations;
  VEC(model_connection) connections;
  VEC(model_stage_set) stage_sets;
  VEC(model_diffusion) diffusions;
  VEC(model_pattern) patterns;
  VEC(model_image) images;
  VEC(model_phase) phases;
  VEC(model_phase_window) phase_windows;
  VEC(model_stimulus) stimuli;
  VEC(model_event_drive) event_drives;
  VEC(model_signal) signals;
  VEC(model_phase_block) phase_blocks;
  VEC(model_phase_set) phase_sets;
  VEC(model_record) records;
  VEC(model_measure) measures;
  uint32_t compared; /* `where` of the options is the last measure; so many before it are what it compares */
  VEC(model_channel) channels;
  VEC(model_environment) environments;
  VEC(model_act) acts;
  VEC(model_trial_record) trial_records;
  VEC(model_checkpoint) checkpoints;
  VEC(model_variant) variants;
  double duration;           /* ms; with `until` at most */
  model_measure_node *until; /* ends the run where it becomes true; NULL: the duration does */
  span run_at;
  nsa_precision precision;
} model;

/* "double", "single" or "mixed"; false for other words. */
bool model_precision_find(const char *word, nsa_precision *precision);

/* --plugin NAME=FILE: a kind of environment that was loaded from a library. */
typedef struct {
  const char *name; /* `plugin("NAME")` */
  const nsa_environment_kind *kind;
} model_plugin;

/* --pattern NAME=PATH: the images of a pattern come from other files. */
typedef struct {
  const char *name, *path;
} model_pattern_replacement;

typedef struct {
  const ast_decl *const *settings; /* --set: a variant each, `variant set { n.tau = 3 ms }`; its times are checked */
  uint32_t setting_count;
  const char *variant;               /* params of the top level are as this one says; NULL: as the file does */
  const ast_decl *const *timescales; /* --timescale: these steps instead of the file's */
  uint32_t timescale_count;
  const ast_decl *const *records; /* --record: beside the file's */
  uint32_t record_count;
  const model_pattern_replacement *patterns;
  uint32_t pattern_count;
  const model_plugin *plugins;
  uint32_t plugin_count;
  const char *precision;            /* this one instead of the file's; NULL: the file's */
  bool in_double;                   /* everything is, whatever the file and its components say */
  const nsa_input_folders *inputs;  /* below which the files lie that the model names; NULL: anywhere */
  const char *const *model_folders; /* where `import nsa.x.y` looks; NULL-terminated */
  const ast_expr *where;            /* a condition over measures: NULL, or it is made the last one */
  const char *open;                 /* a param of the top level that stays a name, for who varies it; NULL: none */
  const char *refined;              /* timescale of which each step becomes `refine` steps; NULL: every timescale */
  uint32_t refine;                  /* 0 and 1: steps are as written */
  bool needs_run; /* a file without populations or `run` is an error (run, build), not for check/fmt of libraries */
} model_options;

/* Reports to the sink; the model is usable only where the sink has no errors afterwards. Never NULL. */
model *model_check(arena *a, interner *in, diag_sink *sink, const ast_file *file, const model_options *options);

#endif
