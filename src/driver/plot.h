/* SPDX-License-Identifier: MIT */
/* plot.h - pictures of results: `nsa plot`.
 *
 * A *run* is a folder with a run.json; several are drawn into the same panels. An *item* is what a panel shows of them:
 * a recording, some elements of it, a measure. Functions give NULL, or a sentence that says what is wrong. */
#ifndef NSA_DRIVER_PLOT_H
#define NSA_DRIVER_PLOT_H

#include "driver/arguments.h"
#include "nsa_recordings.h"
#include "plot/plot.h"

#include <cjson/cJSON.h>

typedef struct {
  const char *folder, *label; /* for the legend */
  const cJSON *json;          /* run.json */
} plot_run;

typedef struct {
  const char *name;
  bool has_range; /* elements first..last of it alone */
  uint64_t first, last;
} plot_item;

typedef enum { ITEM_UNKNOWN, ITEM_VALUES, ITEM_EVENTS, ITEM_MEASURE } plot_item_kind;

/* What an item is in one run. */
typedef struct {
  plot_item_kind kind;
  const nsa_recording *parts; /* windows of values, in order of time; events: one */
  uint32_t part_count;
  double value; /* of a measure; NAN: it has no data */
  const char *unit;
} plot_data;

typedef struct {
  arena *arena;
  const arguments *args;
  VEC(plot_run) runs;
  cJSON *sweep; /* sweep.json, or NULL */
  VEC(cJSON *) read;
  VEC(nsa_recordings) files;
  VEC(const char *) paths; /* of them */
  VEC(const plot *) panels;
  double at; /* ms; NAN: the end */
} plot_job;

/* The verb. An exit code. */
int plot_main(arena *a, const arguments *args);

/* ---- plot_results.c: what there is ---- */

/* A folder with a run, or with runs in its folders, as variants have; or with a sweep. */
const char *plot_open(plot_job *job, const char *folder);
void plot_close(plot_job *job);
/* What has the name in the run; kind ITEM_UNKNOWN: nothing has. */
const char *plot_find(plot_job *job, const plot_run *run, const char *name, plot_data *out);
/* The names of what the first run has: recordings, or where there are none measures. */
typedef VEC(const char *) plot_names;
const char *plot_list(plot_job *job, plot_names *recordings, plot_names *measures);
/* Rows and columns of a population; false: it is none. */
bool plot_grid(const plot_run *run, const char *population, uint32_t *rows, uint32_t *columns);
/* "glia.Ca (uM)" */
const char *plot_head(arena *a, const char *name, const char *unit);
/* A number, as JSON has it; NAN: there is none. */
double plot_number(const cJSON *object, const char *name);
const char *plot_text(const cJSON *object, const char *name);

/* ---- plot_items.c, plot_sweep.c: panels ---- */

const char *plot_items(plot_job *job);
const char *plot_sweep(plot_job *job);
/* A panel of which the words must be one of the names. */
const char *plot_unknown(plot_job *job, const char *words, const plot_names *names);

#endif
