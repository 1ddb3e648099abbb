/* SPDX-License-Identifier: MIT */
/* analyse.h - the verb `nsa analyse`: from its command line to tables, files and a picture of one element's fixed
 * points. */
#ifndef NSA_DRIVER_ANALYSE_H
#define NSA_DRIVER_ANALYSE_H

#include "analyse/analyse.h"
#include "driver/arguments.h"
#include "driver/compile.h"
#include "support/text.h"

int analyse_main(arena *a, const arguments *args, compile_options options);

/* A value of the element as it is shown: `factor` internal units are one of `unit`. */
typedef struct {
  const char *name, *unit; /* "" for none */
  double factor;
} analyse_label;

/* What the command line asks for, checked against the model. */
typedef struct {
  arena *arena;
  const arguments *args;
  const model *m;
  const model_component *component;
  uint32_t population;
  const char *out; /* folder of results */
  VEC(analyse_setting) settings;
  double *low, *high; /* per state of the component; NAN: nothing is said */
  analyse_label *states;
  bool has_along, has_pulse, has_plane;
  analyse_setting along; /* of --along or --pulse; its value is the lower end */
  double along_high;
  analyse_label along_label;
  double pulse_duration; /* ms */
  uint32_t plane[2];     /* states of the component */
} analyse_plan;

/* NULL, or what is wrong with the command line. */
const char *analyse_plan_read(arena *a, const arguments *args, const model *m, analyse_plan *plan);

/* The table on stdout, and fixed_points.csv; NULL, or why it cannot be written. */
const char *analyse_tell_points(const analyse_plan *plan, const analyse_cell *cell, const analyse_point *points,
                                uint32_t count);

/* What happens along --along. */
typedef struct {
  const analyse_branch *branches;
  const analyse_cycle *cycles;
  uint32_t branch_count, cycle_count;
} analyse_diagram;

/* Tables on stdout, and files: branches, special points, cycles, a picture for each state; NULL, or why one cannot be
 * written. */
const char *analyse_tell_diagram(const analyse_plan *plan, const analyse_cell *cell, const analyse_diagram *diagram);

/* A picture and the nullclines as CSV, with the fixed points; NULL, or why they cannot be written. */
const char *analyse_tell_plane(const analyse_plan *plan, const analyse_cell *cell, const analyse_plane *plane,
                               const analyse_point *points, uint32_t count);
/* A table, also as CSV, and a picture for each state; NULL, or why they cannot be written. */
const char *analyse_tell_responses(const analyse_plan *plan, const analyse_cell *cell, const analyse_response *r,
                                   uint32_t count);

/* How the state of equation i is shown. */
const analyse_label *analyse_label_of(const analyse_plan *plan, const analyse_cell *cell, uint32_t i);
/* "Ca (uM)" */
const char *analyse_head(const analyse_plan *plan, const analyse_label *label);
/* "glia (li_rinzel)" */
const char *analyse_title(const analyse_plan *plan);
/* Of a column of numbers on stdout, below this head. */
int analyse_column_width(const char *head);
/* Into the folder of results; NULL, or why it cannot be written. */
const char *analyse_write(const analyse_plan *plan, const char *name, const text *bytes);

#endif
