/* SPDX-License-Identifier: MIT */
/* plot_results.c - folders of results: their run.json or sweep.json, their recordings. */
#include "driver/plot.h"
#include "nsa_json.h"
#include "support/exhausted.h"
#include "support/file.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum { MOST_JSON = 1 << 28 };

/* ---- JSON ---- */

double plot_number(const cJSON *object, const char *name) {
  const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
  return cJSON_IsNumber(item) ? item->valuedouble : NAN;
}

const char *plot_text(const cJSON *object, const char *name) {
  const char *words = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
  return words != NULL ? words : "";
}

/* NULL with *wrong. */
static cJSON *read_json(plot_job *job, const char *path, const char **wrong) {
  size_t len;
  const char *error;
  char *bytes = file_read(job->arena, path, MOST_JSON, &len, &error);
  if (bytes == NULL) {
    *wrong = arena_printf(job->arena, "cannot read %s: %s", path, error);
    return NULL;
  }
  nsa_json_begin();
  cJSON *json = cJSON_ParseWithLength(bytes, len);
  if (nsa_json_ran_out())
    exhausted();
  if (cJSON_IsObject(json)) {
    vec_push(job->arena, &job->read, json);
    return json;
  }
  cJSON_Delete(json);
  *wrong = arena_printf(job->arena, "%s is no JSON object; it may be damaged, or of another program", path);
  return NULL;
}

/* ---- folders ---- */

static bool has_file(arena *a, const char *folder, const char *name) { return file_exists(file_join(a, folder, name)); }

static const char *add_run(plot_job *job, const char *folder, const char *label) {
  const char *wrong = NULL;
  cJSON *json = read_json(job, file_join(job->arena, folder, "run.json"), &wrong);
  plot_run run = {folder, label, json};
  if (json != NULL)
    vec_push(job->arena, &job->runs, run);
  return wrong;
}

/* `base` comes first. */
static int by_name(const void *a, const void *b) {
  const char *x = *(const char *const *)a, *y = *(const char *const *)b;
  int is_x = strcmp(x, "base") == 0, is_y = strcmp(y, "base") == 0;
  return is_x != is_y ? is_y - is_x : strcmp(x, y);
}

/* Of variants. */
static const char *add_folders(plot_job *job, const char *folder) {
  plot_names names = {0};
  const char *wrong = NULL;
  DIR *dir = opendir(folder);
  if (dir == NULL)
    return arena_printf(job->arena, "cannot read %s: %s", folder, strerror(errno));
  for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
    if (entry->d_name[0] != '.' && strstr(entry->d_name, ".part") == NULL &&
        has_file(job->arena, file_join(job->arena, folder, entry->d_name), "run.json"))
      vec_push(job->arena, &names, arena_strdup(job->arena, entry->d_name, strlen(entry->d_name)));
  closedir(dir);
  if (names.len == 0)
    return arena_printf(job->arena, "%s holds no results of nsa: there is neither a run.json nor a sweep.json in it",
                        folder);
  qsort(names.data, names.len, sizeof *names.data, by_name);
  for (uint32_t k = 0; k < names.len && wrong == NULL; k++)
    wrong = add_run(job, file_join(job->arena, folder, names.data[k]), names.data[k]);
  return wrong;
}

/* The folder's own name. */
static const char *label_of(arena *a, const char *folder) {
  size_t len = strlen(folder), from;
  while (len > 1 && folder[len - 1] == '/')
    len--;
  for (from = len; from > 0 && folder[from - 1] != '/'; from--) {
  }
  return arena_strdup(a, folder + from, len - from);
}

const char *plot_open(plot_job *job, const char *folder) {
  const char *wrong = NULL;
  if (has_file(job->arena, folder, "run.json"))
    return add_run(job, folder, label_of(job->arena, folder));
  if (!has_file(job->arena, folder, "sweep.json"))
    return add_folders(job, folder);
  job->sweep = read_json(job, file_join(job->arena, folder, "sweep.json"), &wrong);
  return wrong;
}

void plot_close(plot_job *job) {
  for (uint32_t k = 0; k < job->read.len; k++)
    cJSON_Delete(job->read.data[k]);
  for (uint32_t k = 0; k < job->files.len; k++)
    nsa_recordings_free(&job->files.data[k]);
}

/* ---- recordings ---- */

static bool is_file_of(const plot_run *run, const char *name) {
  const cJSON *file;
  cJSON_ArrayForEach(file, cJSON_GetObjectItemCaseSensitive(run->json, "files")) {
    const char *own = cJSON_GetStringValue(file);
    if (own != NULL && strchr(own, '/') == NULL && strcmp(own, name) == 0)
      return true;
  }
  return false;
}

/* Each file is read once. */
static const char *read_file(plot_job *job, const plot_run *run, const char *name, const nsa_recordings **out) {
  const char *path = file_join(job->arena, run->folder, name);
  char error[NSA_RECORDING_ERROR];
  nsa_recordings all;
  for (uint32_t k = 0; k < job->paths.len; k++)
    if (strcmp(job->paths.data[k], path) == 0) {
      *out = &job->files.data[k];
      return NULL;
    }
  if (!nsa_recordings_read(path, &all, error))
    return arena_printf(job->arena, "%s", error);
  vec_push(job->arena, &job->files, all);
  vec_push(job->arena, &job->paths, path);
  *out = &job->files.data[job->files.len - 1];
  return NULL;
}

/* spikes.h5, which has a population for each item; all other files are of one. */
static bool is_shared(const char *file, const nsa_recordings *all) {
  return strcmp(file, "spikes.h5") == 0 && all->count > 0 && all->list[0].is_events;
}

static void take_parts(const char *file, const nsa_recordings *all, plot_data *out) {
  if (all->count == 0 || is_shared(file, all))
    return;
  bool is_events = all->list[0].is_events;
  *out = (plot_data){.kind = is_events ? ITEM_EVENTS : ITEM_VALUES,
                     .parts = all->list,
                     .part_count = is_events ? 1 : all->count,
                     .unit = all->list[0].unit};
}

/* "cells.spike", of spikes.h5. */
static void take_spikes(const nsa_recordings *all, const char *name, plot_data *out) {
  for (uint32_t k = 0; k < all->count; k++) {
    size_t len = strlen(all->list[k].owner);
    if (strncmp(all->list[k].owner, name, len) == 0 && strcmp(name + len, ".spike") == 0)
      *out = (plot_data){.kind = ITEM_EVENTS, .parts = &all->list[k], .part_count = 1, .unit = ""};
  }
}

static void take_measure(const plot_run *run, const char *name, plot_data *out) {
  const cJSON *measures = cJSON_GetObjectItemCaseSensitive(run->json, "measures");
  const cJSON *it = cJSON_GetObjectItemCaseSensitive(measures, name);
  if (it != NULL)
    *out = (plot_data){.kind = ITEM_MEASURE, .value = plot_number(it, "value"), .unit = plot_text(it, "unit")};
}

const char *plot_find(plot_job *job, const plot_run *run, const char *name, plot_data *out) {
  const char *file = arena_printf(job->arena, "%s.h5", name), *wrong = NULL;
  const nsa_recordings *all;
  *out = (plot_data){.kind = ITEM_UNKNOWN};
  if (is_file_of(run, file) && (wrong = read_file(job, run, file, &all)) == NULL)
    take_parts(file, all, out);
  if (wrong == NULL && out->kind == ITEM_UNKNOWN && is_file_of(run, "spikes.h5") && strstr(name, ".spike") != NULL &&
      (wrong = read_file(job, run, "spikes.h5", &all)) == NULL)
    take_spikes(all, name, out);
  if (wrong == NULL && out->kind == ITEM_UNKNOWN)
    take_measure(run, name, out);
  return wrong;
}

static void list_file(plot_job *job, const char *file, const nsa_recordings *all, plot_names *to) {
  if (!is_shared(file, all) && all->count > 0)
    vec_push(job->arena, to, arena_strdup(job->arena, file, strlen(file) - strlen(".h5")));
  for (uint32_t k = 0; is_shared(file, all) && k < all->count; k++)
    vec_push(job->arena, to, arena_printf(job->arena, "%s.spike", all->list[k].owner));
}

const char *plot_list(plot_job *job, plot_names *recordings, plot_names *measures) {
  const plot_run *run = &job->runs.data[0];
  const cJSON *item;
  cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(run->json, "files")) {
    const char *file = cJSON_GetStringValue(item), *ending = file != NULL ? strrchr(file, '.') : NULL;
    const nsa_recordings *all;
    if (ending == NULL || strcmp(ending, ".h5") != 0 || strcmp(file, "measures.h5") == 0 || strchr(file, '/') != NULL)
      continue;
    const char *wrong = read_file(job, run, file, &all);
    if (wrong != NULL)
      return wrong;
    list_file(job, file, all, recordings);
  }
  cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(run->json, "measures"))
      vec_push(job->arena, measures, item->string);
  return NULL;
}

/* ---- words ---- */

bool plot_grid(const plot_run *run, const char *population, uint32_t *rows, uint32_t *columns) {
  const cJSON *item;
  cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(run->json, "populations")) {
    double r = plot_number(item, "rows"), c = plot_number(item, "columns");
    if (strcmp(plot_text(item, "name"), population) != 0 || !(r >= 1 && c >= 1 && r * c < 1e8))
      continue;
    *rows = (uint32_t)r;
    *columns = (uint32_t)c;
    return true;
  }
  return false;
}

const char *plot_head(arena *a, const char *name, const char *unit) {
  bool has_unit = unit[0] != '\0' && strcmp(unit, "1") != 0;
  return has_unit ? arena_printf(a, "%s (%s)", name, unit) : name;
}

const char *plot_unknown(plot_job *job, const char *words, const plot_names *names) {
  const char *near = diag_nearest(words, names->data, names->len);
  text list = text_new(job->arena);
  for (uint32_t k = 0; k < names->len; k++)
    text_printf(&list, "%s%s", k > 0 ? ", " : "", names->data[k]);
  if (names->len == 0)
    return arena_printf(job->arena, "there is no `%s` in these results: they have neither recordings nor measures",
                        words);
  return arena_printf(job->arena, "there is no `%s` in these results%s%s%s; they have %s", words,
                      near != NULL ? ", did you mean `" : "", near != NULL ? near : "", near != NULL ? "`?" : "",
                      text_cstr(&list));
}
