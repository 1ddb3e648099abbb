/* SPDX-License-Identifier: MIT */
#include "observe/record_trials.h"

#include "nsa_units.h"
#include "observe/record_h5_before.h"
#include "observe/results_folder.h"
#include "worlds/worlds.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMN_NAME = 32, FEW_COLUMNS = 3 };

/* The same table in both formats. */
typedef struct {
  h5_table *h5;
  csv_file *csv;         /* or NULL */
  double *row;           /* in internal units, until it is put */
  nsa_unit_shift *shown; /* by column */
  uint32_t count;
  uint64_t taken, csv_bytes; /* rows; of the run before, bytes of whole ones */
} table;

struct trial_recording {
  uint32_t environment;
  const h5_file *file;
  table steps, trials;
  uint32_t action_count, figure_count;
  bool is_new; /* of a run that goes on: there is none of it */
};

/* ---- opening ---- */

static bool open_table(table *t, h5_file *file, const char *name, csv_file *csv, const h5_column *columns,
                       uint32_t count) {
  *t = (table){.csv = csv, .count = count};
  t->row = calloc((size_t)count + 1, sizeof *t->row);
  t->shown = calloc((size_t)count + 1, sizeof *t->shown);
  for (uint32_t i = 0; t->shown && i < count; i++)
    t->shown[i] = nsa_unit_shift_of(columns[i].units);
  t->h5 = t->row && t->shown ? h5_add_table(file, name, columns, count) : NULL;
  for (uint32_t i = 0; csv && i < count; i++) {
    csv_put_text(csv, i ? "," : "");
    csv_put_head(csv, columns[i].name, columns[i].units);
  }
  if (csv)
    csv_put_text(csv, "\n");
  return t->h5 != NULL;
}

static bool open_steps(trial_recording *r, const nsa_environment *of, h5_file *file, csv_file *csv) {
  uint32_t count = 0, most = 5 + of->length;
  h5_column *columns = calloc(most, sizeof *columns);
  char(*names)[COLUMN_NAME] = calloc((size_t)of->length + 1, sizeof *names);
  bool is_good = columns && names;
  if (is_good) {
    columns[count++] = (h5_column){"time", "ms", false};
    columns[count++] = (h5_column){"trial", "", true};
    for (uint32_t k = 0; k < of->length; k++) {
      snprintf(names[k], COLUMN_NAME, of->choices ? "action" : "action[%" PRIu32 "]", k);
      columns[count++] = (h5_column){names[k], of->unit, of->choices != 0};
    }
    columns[count++] = (h5_column){"reward", "", false};
    columns[count++] = (h5_column){"terminated", "", true};
    columns[count++] = (h5_column){"truncated", "", true};
    is_good = open_table(&r->steps, file, "steps", csv, columns, count);
  }
  free(columns);
  free(names);
  return is_good;
}

static bool open_trials(trial_recording *r, const nsa_environment *of, h5_file *file, csv_file *csv) {
  uint32_t count = 0;
  h5_column *columns = calloc((size_t)FEW_COLUMNS + of->figures_count, sizeof *columns);
  if (!columns)
    return false;
  columns[count++] = (h5_column){"trial", "", true};
  columns[count++] = (h5_column){"start", "ms", false};
  columns[count++] = (h5_column){"end", "ms", false};
  for (uint32_t k = 0; k < of->figures_count; k++) {
    bool is_whole = k == NSA_FIGURE_STEPS || k == NSA_FIGURE_SUCCESS;
    columns[count++] = (h5_column){of->figures[k].name, of->figures[k].unit, is_whole};
  }
  bool is_good = open_table(&r->trials, file, "trials", csv, columns, count);
  free(columns);
  return is_good;
}

trial_recording *trial_recording_new(const sim *s, uint32_t environment, h5_file *file, csv_file *const csv_files[2]) {
  const nsa_environment *of = &s->program->environments[environment];
  trial_recording *r = calloc(1, sizeof *r);
  if (!r)
    return NULL;
  r->environment = environment;
  r->file = file;
  r->action_count = of->length;
  r->figure_count = of->figures_count;
  if (open_steps(r, of, file, csv_files[0]) && open_trials(r, of, file, csv_files[1]))
    return r;
  trial_recording_free(r);
  return NULL;
}

void trial_recording_free(trial_recording *r) {
  if (!r)
    return;
  free(r->steps.row);
  free(r->steps.shown);
  free(r->trials.row);
  free(r->trials.shown);
  free(r);
}

/* ---- taking ---- */

static void put_row(table *t) {
  t->taken++;
  for (uint32_t i = 0; i < t->count; i++)
    t->row[i] = nsa_show(t->shown[i], t->row[i]);
  h5_put_row(t->h5, t->row);
  for (uint32_t i = 0; t->csv && i < t->count; i++) {
    csv_put_text(t->csv, i ? "," : "");
    csv_put_number(t->csv, t->row[i]);
  }
  if (t->csv)
    csv_put_text(t->csv, "\n");
}

static void take_step(trial_recording *r, const sim *s, const world_move *move) {
  double *x = r->steps.row;
  *x++ = sim_time(s, move->tick);
  *x++ = (double)move->trial;
  memcpy(x, move->action, r->action_count * sizeof *x);
  x += r->action_count;
  *x++ = move->outcome.reward;
  *x++ = move->outcome.terminated;
  *x++ = move->outcome.truncated;
  put_row(&r->steps);
}

static void take_trial(trial_recording *r, const sim *s, const world_move *move) {
  double *x = r->trials.row;
  *x++ = (double)move->trial;
  *x++ = sim_time(s, move->trial_start);
  *x++ = sim_time(s, move->tick);
  for (uint32_t k = 0; k < r->figure_count; k++) {
    world_series figure = worlds_figure(s, r->environment, k);
    *x++ = figure.values[(figure.count - 1) * figure.stride];
  }
  put_row(&r->trials);
}

void trial_recording_take(trial_recording *r, const sim *s) {
  if (!worlds_has_moved(s, r->environment))
    return;
  const world_move *move = worlds_last_move(s, r->environment);
  take_step(r, s, move);
  if (worlds_has_ended_trial(s, r->environment))
    take_trial(r, s, move);
}

/* ---- a run that goes on ---- */

static void keep_table(table *t, keeper *k) {
  t->csv_bytes = t->csv ? csv_written(t->csv) : 0;
  KEEP_VALUE(k, t->taken);
  KEEP_VALUE(k, t->csv_bytes);
}

void trial_recording_keep(trial_recording *r, const char *name, keeper *k) {
  keep_begin(k, "recordings", name);
  r->is_new = k->is_left;
  keep_table(&r->steps, k);
  keep_table(&r->trials, k);
  keep_end(k);
}

static bool continue_table(const trial_recording *r, table *t, const char *name, const char *folder,
                           char error[SIM_ERROR_SIZE]) {
  char path[FOLDER_PATH];
  folder_path(folder, h5_path(r->file), path);
  if (!h5_table_before(t->h5, path, name, t->taken, error))
    return false;
  if (!t->csv || csv_continue(t->csv, folder, t->csv_bytes))
    return true;
  snprintf(error, SIM_ERROR_SIZE, "%s", csv_error(t->csv));
  return false;
}

bool trial_recording_continue(trial_recording *r, const char *folder, char error[SIM_ERROR_SIZE]) {
  return r->is_new || (continue_table(r, &r->steps, "steps", folder, error) &&
                       continue_table(r, &r->trials, "trials", folder, error));
}

void trial_recording_begin(trial_recording *r) { r->steps.taken = r->trials.taken = 0; }
