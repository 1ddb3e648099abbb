/* SPDX-License-Identifier: MIT */
/* analyse.h - the verb `nsa analyse`: from its command line to tables, files and a picture of one element's fixed
 * points. */
#ifndef NSA_DRIVER_ANALYSE_H
#define NSA_DRIVER_ANALYSE_H

#include "analyse/analyse.h"
#include "driver/arguments.h"
#include "driver/compile.h"

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
} analyse_plan;

/* NULL, or what is wrong with the command line. */
const char *analyse_plan_read(arena *a, const arguments *args, const model *m, analyse_plan *plan);

/* The table on stdout, and fixed_points.csv; NULL, or why it cannot be written. */
const char *analyse_tell_points(const analyse_plan *plan, const analyse_cell *cell, const analyse_point *points,
                                uint32_t count);

#endif
