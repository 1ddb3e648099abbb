/* SPDX-License-Identifier: MIT */
/* sweep.h - many runs of one model: `nsa sweep`.
 *
 * A *point* is one run: a value for each *axis* (a --set with several values, or a param that is drawn), a variant and
 * a seed. A *setting* is a combination of values of --set, a *sample* what was drawn. Points are numbered: the seed
 * changes fastest, then the variant, the sample, and the last axis of --set. Each point is a session of its own, on one
 * thread, and gives the same bits as `nsa run` with its settings. Values of axes are texts until a session reads them.
 */
#ifndef NSA_DRIVER_SWEEP_H
#define NSA_DRIVER_SWEEP_H

#include "driver/arguments.h"
#include "driver/compile.h"
#include "driver/json.h"
#include "nsa_session.h"
#include "support/file.h"

typedef struct {
  const char *name;         /* "glia.IP3", or "N": a param of the top level */
  const char *words;        /* "0.3uM..0.7uM:41" */
  double count;             /* of values, before they are made */
  VEC(const char *) values; /* "0.3 uM" */
  double *numbers;  /* the same in internal units; after sweep_plan_bind. Drawn: around which, by variant, shown */
  const char *unit; /* in which they are shown */
  bool is_global;   /* compiled in */
  bool is_drawn;    /* by --jitter: has no list of values, but */
  double share;     /* of the value in the variant, on both sides */
  double low, high; /* not beyond these; shown */
} sweep_axis;

typedef struct {
  const char *name; /* NULL: the model as it stands */
  bool is_compiled; /* it sets params of the top level */
} sweep_variant;

typedef struct {
  const char *name; /* NULL: all params that have a number of their own, but for those of the top level */
  double share;
} sweep_jitter;

typedef struct {
  const arguments *args;
  VEC(sweep_axis) axes; /* those of --set first, then those that are drawn */
  VEC(sweep_variant) variants;
  VEC(uint64_t) seeds;
  VEC(sweep_jitter) jitters;
  uint64_t samples, jitter_seed; /* samples: 1 where nothing is drawn */
  VEC(char *) options;           /* of every session: --for, --pattern */
  uint32_t jobs;
  uint32_t part, parts; /* every parts-th point, from number part on, from 0; 0 of 1: all */
  bool is_merge;        /* nothing is run: tables of parts become one */
  const char *out;      /* folder of results */
  uint64_t point_count;
} sweep_plan;

/* What a point is made of. */
typedef struct {
  uint64_t seed;
  uint32_t variant; /* into the plan's */
  uint64_t sample;
  uint64_t setting; /* number of the combination of values of --set */
} sweep_point;

/* Points beyond this are a typing error, and do not fit into a table that somebody reads. */
#define SWEEP_MOST_POINTS 10000000.0

enum { SWEEP_ERROR = NSA_SESSION_ERROR };

/* The verb. options: what the command line says of compiling. An exit code. */
int sweep_main(arena *a, const arguments *args, compile_options options);

/* ---- sweep_plan.c ---- */

/* Both ends have one unit, as it was typed. */
typedef struct {
  double from, to;
  const char *unit;
} sweep_ends;

/* "0.3uM..0.7uM", or "0.3..0.7uM". NULL, or what is wrong with who's range. */
const char *sweep_ends_read(arena *a, const char *who, const char *words, sweep_ends *ends);
/* "0.3 uM", as --set takes it, to the last bit. */
const char *sweep_quantity(arena *a, double number, const char *unit);
/* From the command line. NULL, or a sentence that says what is wrong. */
const char *sweep_plan_read(arena *a, const arguments *args, sweep_plan *plan);
/* Finds axes and variants in the program, checks each value. */
const char *sweep_plan_bind(arena *a, const nsa_program *program, sweep_plan *plan);
sweep_point sweep_point_at(const sweep_plan *plan, uint64_t number);
/* Which of its values an axis of --set has in a combination. */
uint32_t sweep_value_of(const sweep_plan *plan, uint32_t axis, uint64_t setting);
/* The value of an axis, in its unit, and as --set takes it: "0.3 uM". */
double sweep_shown_value(const sweep_plan *plan, uint32_t axis, sweep_point point);
const char *sweep_words_of(arena *a, const sweep_plan *plan, uint32_t axis, sweep_point point);
uint64_t sweep_setting_count(const sweep_plan *plan);
/* The runs of a setting and variant: of each sample one a seed. */
uint64_t sweep_run_count(const sweep_plan *plan);
uint64_t sweep_point_of(const sweep_plan *plan, uint64_t setting, uint32_t variant, uint64_t run);

/* ---- sweep_jitter.c ---- */

/* From the command line. NULL, or a sentence that says what is wrong. */
const char *sweep_jitter_read(arena *a, const arguments *args, sweep_plan *plan);
/* Adds an axis for each param that is drawn, behind those of --set and with all variants. */
const char *sweep_jitter_bind(arena *a, const compilation *c, sweep_plan *plan);
/* In the axis's unit. */
double sweep_drawn(const sweep_plan *plan, const sweep_axis *axis, sweep_point point);

/* ---- sweep_table.c: results, and what was there already ---- */

typedef enum { POINT_OPEN, POINT_OK, POINT_FAILED } point_state; /* failed: numerically; the reason is kept */

typedef struct {
  const sweep_plan *plan;
  const nsa_program *program;
  hash128 model;      /* of all that decides what a point gives, but for the point */
  uint8_t *states;    /* by point: point_state */
  double *values;     /* by point, then measure, as they are shown: in the measures' units */
  char **reasons;     /* by point: malloc'd, or NULL */
  int journal;        /* rows as they come, so that a sweep that is killed goes on where it was */
  char *journal_path; /* in the arena */
} sweep_table;

/* Reads what earlier runs left in the folder of results, and opens the journal. */
const char *sweep_table_open(arena *a, const sweep_plan *plan, const compilation *c, sweep_table *t);
/* values: in internal units. Notes a point and writes its row to the journal. reason: malloc'd, becomes the table's.
 * errno where that failed, or 0. */
int sweep_table_add(sweep_table *t, uint64_t point, point_state state, const double *values, char *reason);
/* Writes the table, whole, in the order of points, and removes the journal. */
const char *sweep_table_write(arena *a, sweep_table *t);
void sweep_table_close(sweep_table *t);
/* This machine's points: those of its part. */
bool sweep_is_own(const sweep_plan *plan, uint64_t point);

/* Whether a point is open, and this machine's. */
bool sweep_is_to_run(const sweep_table *t, uint64_t point);

/* ---- sweep_point.c ---- */

typedef struct {
  nsa_session_end end;
  double *values; /* by measure, NAN where there is none */
  char *reason;   /* malloc'd, or NULL */
} sweep_outcome;

/* Who runs it to its end. */
typedef struct {
  /* NULL: nsa_session_run does. program: the session's. False with a sentence in error. */
  bool (*run)(void *self, const nsa_program *program, nsa_session *session, nsa_session_end *end,
              char error[SWEEP_ERROR]);
  void *self;
  uint32_t at_once; /* sessions that share the memory */
} sweep_runner;

/* more: a --set beside those of the axes, or NULL. measures: how many the model has; one that was compiled with another
 * value and has others fails. Values are in the arena. */
sweep_outcome sweep_point_run(arena *a, const sweep_plan *plan, const compilation *c, const nsa_inputs *inputs,
                              sweep_point point, const char *more, sweep_runner by, uint32_t measures);
/* What is wrong with a model that was not to be compiled, as it would be printed; malloc'd. */
char *sweep_compile_failure(const compilation *c);

/* ---- sweep_run.c ---- */

/* Runs the points that are open. An exit code; messages are on stderr. first: the model compiled with the first values.
 */
int sweep_run(sweep_table *t, compilation *first);

/* ---- sweep_summary.c ---- */

/* Statistics over the seeds: of each setting, measure and variant a line on `out`, and all of them in sweep.json,
 * beside the table. NULL, or what is wrong. */
const char *sweep_summary(arena *a, const sweep_table *t, const compilation *c, FILE *out);
/* "settings" of an object: what --set says, by name. */
void sweep_json_settings(cJSON *o, const sweep_plan *plan, uint64_t setting);

/* ---- sweep_ranks.c: nothing where nothing is drawn ---- */

/* The strongest rank correlations of a setting. */
void sweep_ranks_print(const sweep_table *t, uint64_t setting, FILE *out);
/* All of them. */
void sweep_ranks_json(cJSON *top, const sweep_table *t);

#endif
