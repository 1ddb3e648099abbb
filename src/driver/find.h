/* SPDX-License-Identifier: MIT */
/* find.h - where a condition over measures changes its answer along a param: `nsa find`.
 *
 * Bisection, for each seed by itself, side by side: each run is a point of a sweep (sweep.h). Numbers of a param are in
 * the unit of the range as it was typed. */
#ifndef NSA_DRIVER_FIND_H
#define NSA_DRIVER_FIND_H

#include "driver/sweep.h"

typedef struct {
  sweep_plan sweep; /* seeds, jobs, and what --set says, of a value each */
  const char *name; /* "glia.IP3" */
  const char *condition;
  sweep_ends ends;
  double tolerance;
  bool is_global; /* compiled in: anew for each value */
} find_plan;

typedef enum {
  FIND_INTERRUPTED,
  FIND_FOUND,
  FIND_SAME,     /* the same answer at both ends: is_true_above */
  FIND_NO_VALUE, /* of something that is compared */
  FIND_FAILED    /* a run */
} find_state;

typedef struct {
  find_state state;
  double low, high;   /* between these */
  bool is_true_above; /* of the condition */
  uint32_t runs;
  char *reason; /* malloc'd: FAILED, NO_VALUE */
} find_result;  /* of a seed */

/* The verb. options: what the command line says of compiling. An exit code. */
int find_main(arena *a, const arguments *args, compile_options options);

/* ---- find_plan.c ---- */

/* From the command line. NULL, or a sentence that says what is wrong. */
const char *find_plan_read(arena *a, const arguments *args, find_plan *plan);
/* What the program says of the param and of --set. */
const char *find_plan_bind(arena *a, const nsa_program *program, find_plan *plan);

/* ---- find_print.c ---- */

/* Results by seed. */
void find_print(arena *a, const find_plan *plan, const find_result *results, FILE *out);
void find_print_json(arena *a, const find_plan *plan, const find_result *results, FILE *out);

#endif
