/* SPDX-License-Identifier: MIT */
/* checker.h - what one run of model_check knows: the declarations of all files, and the maps from names to them.
 *
 * The author's mistakes are reported to `sink`, and the check goes on. An expression that cannot be understood is NULL:
 * something was reported for it already. Whatever contains it becomes NULL too, without another report. All memory is
 * of `arena`, the arena of the compile. Indices are those of the model's lists; NONE is the index of nothing. */
#ifndef NSA_MODEL_NAMES_CHECKER_H
#define NSA_MODEL_NAMES_CHECKER_H

#include "model/units/units.h"
#include "support/map.h"
#include "support/text.h"

#define NONE UINT32_MAX

typedef struct file_scope file_scope;

/* A time of a component that must be a whole number of steps. */
typedef struct {
  const char *component;
  const model_expr *value;
  double dt;        /* ms, of the steps */
  const char *what; /* "the refractory time" */
  bool needs_tick;  /* it is at least one step */
} duration_use;

typedef struct {
  const char *name; /* as it is known in the file that uses it */
  const ast_component *ast;
  const char *doc;
  span at;
  file_scope *home;
  uint32_t modified; /* the definition that it changes, or NONE */
  bool is_modified;  /* another one changes it, in all its uses */
} component_def;

typedef struct {
  const char *name;
  const ast_function *ast;
  file_scope *home;
  bool is_used;
} function_def;

/* The components and functions that a file can name. */
struct file_scope {
  map *components, *functions; /* into the checker's lists */
  bool is_main;
};

/* Which inputs and lets of a component somebody reads. */
typedef struct {
  bool *inputs, *lets;
  bool has_place; /* x or y are used: the populations must be spaced */
} component_usage;

typedef struct {
  uint32_t def; /* into component_defs */
  component_usage *usage;
} component_info;

typedef struct {
  arena *arena;
  interner *names;
  diag_sink *sink;
  const model_options *options;
  model *model;
  VEC(component_def) component_defs;
  VEC(function_def) function_defs;
  VEC(component_info) infos;   /* parallel to model->components */
  VEC(const ast_decl *) decls; /* of the main file and what it extends, in order */
  file_scope *main;
  map *files; /* imported: path -> index of scopes */
  VEC(file_scope *) scopes;
  map *globals, *environments, *timescales, *signals, *populations, *connections, *patterns, *phases, *windows,
      *phase_homes, *measures, *variants;
  map *record_names;
  uint32_t import_depth;
  bool is_broken;              /* a file could not be read: a missing name may be no mistake */
  double state_bytes;          /* of all populations */
  VEC(duration_use) durations; /* those of components that follow from params */
  map *silent;                 /* names whose declaration was refused */
  map *stimulus_counts;        /* by target and phase */
  uint32_t rounds;             /* of the outermost loop being walked, with the loops inside it */
  uint32_t calls;              /* functions put in for the outermost call being checked */
} checker;

typedef VEC(const char *) name_list; /* for hints */

#endif
