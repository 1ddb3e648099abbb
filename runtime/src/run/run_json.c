/* SPDX-License-Identifier: MIT */
#include "run/run_json.h"
#include "base/units.h"

#include "events/events.h"
#include "nsa_json.h"
#include "nsa_output.h"
#include "nsa_units.h"
#include "nsa_words.h"
#include "observe/record_h5.h"
#include "observe/record_measures.h"
#include "run/report.h"
#include "worlds/worlds.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef NSA_VERSION
#define NSA_VERSION "unknown"
#endif

enum { PATH_SIZE = 4096 + 32 };

static void add_text(cJSON *to, const char *name, const char *text) {
  if (text)
    cJSON_AddStringToObject(to, name, text);
}

/* cJSON's numbers are doubles; a seed has 64 bits. */
static void add_whole(cJSON *to, const char *name, uint64_t value) {
  char text[32];
  snprintf(text, sizeof text, "%" PRIu64, value);
  cJSON_AddRawToObject(to, name, text);
}

/* ---- what was run ---- */

static void add_source(cJSON *top, const run_report *report) {
  const nsa_program *program = report->program;
  cJSON *source = cJSON_AddObjectToObject(top, "source");
  char hash[40];
  snprintf(hash, sizeof hash, "%016" PRIx64 "%016" PRIx64, program->source_hash_hi, program->source_hash_lo);
  add_text(source, "path", report->info->model_path);
  add_text(source, "file", report->model_file);
  add_text(source, "hash", hash);
  cJSON *files = cJSON_AddArrayToObject(source, "files");
  for (uint32_t i = 0; i < program->files_count; i++) {
    cJSON *file = cJSON_CreateObject();
    add_text(file, "path", program->files[i].path);
    add_text(file, "text", program->files[i].text);
    cJSON_AddItemToArray(files, file);
  }
}

/* To its last bit, which cJSON's own numbers may lose; null where it is not finite. */
static void add_real(cJSON *to, const char *name, double x) {
  char digits[UNITS_NUMBER];
  units_print_exactly(x, digits);
  cJSON_AddRawToObject(to, name, isfinite(x) ? digits : "null");
}

/* A number that somebody wrote, and its unit; NULL: none. */
static void add_written(cJSON *to, double x, const char *unit) {
  add_real(to, "value", nsa_show_written(x, unit ? unit : ""));
  add_text(to, "unit", unit);
}

static void add_globals(cJSON *top, const nsa_program *program) {
  cJSON *params = cJSON_AddArrayToObject(top, "params");
  for (uint32_t i = 0; i < program->globals_count; i++) {
    cJSON *item = cJSON_CreateObject();
    add_text(item, "name", program->globals[i].name);
    add_written(item, program->globals[i].value, program->globals[i].unit);
    cJSON_AddItemToArray(params, item);
  }
}

static void add_overrides(cJSON *top, const nsa_program *program, const run_options *options) {
  cJSON *overrides = cJSON_AddArrayToObject(top, "overrides");
  for (uint32_t i = 0; i < options->override_count; i++) {
    const run_override *override = &options->overrides[i];
    const nsa_settable *settable = &program->settables[override->settable];
    cJSON *item = cJSON_CreateObject();
    add_text(item, "name", settable->name);
    add_written(item, override->value, settable->unit);
    add_text(item, "text", override->text);
    cJSON_AddItemToArray(overrides, item);
  }
  cJSON *patterns = cJSON_AddObjectToObject(top, "patterns");
  for (uint32_t i = 0; i < program->patterns_count; i++)
    add_text(patterns, program->patterns[i].name, program->patterns[i].path);
  for (uint32_t i = 0; i < options->pattern_count; i++) {
    const char *name = program->patterns[options->patterns[i].pattern].name;
    cJSON_DeleteItemFromObjectCaseSensitive(patterns, name);
    add_text(patterns, name, options->patterns[i].path);
  }
}

/* ---- with what, on what ---- */

static void add_processor(cJSON *top, const nsa_run_info *info) {
  char line[256], *name = NULL;
  FILE *cpus = info->processor ? NULL : fopen("/proc/cpuinfo", "r");
  while (cpus && !name && fgets(line, sizeof line, cpus)) {
    if (strncmp(line, "model name", 10) == 0 && (name = strchr(line, ':')))
      name += 1 + strspn(name + 1, " \t");
  }
  if (cpus)
    fclose(cpus);
  if (name)
    name[strcspn(name, "\n")] = 0;
  add_text(top, "processor", info->processor ? info->processor : name ? name : "unknown");
}

static void add_environment(cJSON *top, const nsa_run_info *info, const char *moment) {
  char hdf5[32], when[32] = "";
  cJSON *versions = cJSON_AddObjectToObject(top, "versions");
  add_text(versions, "nsa", NSA_VERSION);
  cJSON_AddNumberToObject(versions, "abi", NSA_ABI_VERSION);
  cJSON_AddNumberToObject(versions, "program", NSA_PROGRAM_VERSION);
  add_text(versions, "llvm", info->llvm_version);
  add_text(versions, "hdf5", h5_library_version(hdf5));
  add_processor(top, info);
  time_t now = time(NULL);
  struct tm utc;
  if (gmtime_r(&now, &utc))
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &utc);
  add_text(top, moment, when);
}

/* ---- the network ---- */

/* Events that a run warns of. */
static void add_counts(cJSON *item, const sim *s, nsa_population_id population) {
  cJSON *list = NULL;
  for (uint32_t k = 0; k < s->program->populations[population.id].events_count; k++) {
    const nsa_event *event = &s->program->populations[population.id].events[k];
    double repeated = report_counter(s, population, event->repeated),
           stuck = report_counter(s, population, event->stuck);
    if (!(repeated > 0) && !(stuck > 0))
      continue;
    cJSON *counts =
        cJSON_AddObjectToObject(list ? list : (list = cJSON_AddObjectToObject(item, "events")), event->name);
    cJSON_AddNumberToObject(counts, "repeated", repeated);
    cJSON_AddNumberToObject(counts, "stuck", stuck);
  }
}

static void add_populations(cJSON *top, const sim *s) {
  const char *precision = nsa_word_of_precision(s->program->precision);
  add_text(top, "precision", precision ? precision : "unknown");
  cJSON *list = cJSON_AddArrayToObject(top, "populations");
  for (nsa_population_id i = {0}; i.id < s->program->populations_count; i.id++) {
    const nsa_population *population = &s->program->populations[i.id];
    cJSON *item = cJSON_CreateObject();
    add_text(item, "name", population->name);
    add_text(item, "component", population->component);
    cJSON_AddNumberToObject(item, "elements", s->populations[i.id].global);
    cJSON_AddNumberToObject(item, "rows", population->rows);
    cJSON_AddNumberToObject(item, "columns", population->cols);
    add_real(item, "dt_ms", sim_time(s, s->populations[i.id].every));
    add_counts(item, s, i);
    cJSON_AddItemToArray(list, item);
  }
}

static void add_coverage(cJSON *item, const sim *s, const nsa_connection *connection, const sim_coverage *coverage) {
  cJSON *to = cJSON_AddObjectToObject(item, "coverage");
  add_text(to, "partner", s->program->populations[connection->partner.id].name);
  add_whole(to, "links_with", coverage->links_with);
  add_whole(to, "links_without", coverage->links_without);
  add_whole(to, "partners", coverage->partners);
  add_whole(to, "partners_unused", coverage->partners_unused);
  add_whole(to, "least", coverage->least);
  add_whole(to, "most", coverage->most);
  add_real(to, "mean", coverage->mean);
}

static void add_connections(cJSON *top, const sim *s) {
  cJSON *list = cJSON_AddArrayToObject(top, "connections");
  for (uint32_t i = 0; i < s->program->connections_count; i++) {
    const nsa_connection *connection = &s->program->connections[i];
    cJSON *item = cJSON_CreateObject();
    add_text(item, "name", connection->name);
    add_text(item, "synapse", connection->synapse);
    add_text(item, "source", s->program->populations[connection->source.id].name);
    add_text(item, "target", s->program->populations[connection->target.id].name);
    add_whole(item, "links", s->links[i].count);
    add_whole(item, "updates_at_events", events_updates(s, (nsa_connection_id){i}).at_events);
    add_whole(item, "updates_by_clock", events_updates(s, (nsa_connection_id){i}).by_clock);
    if (!nsa_population_is_none(connection->partner))
      add_coverage(item, s, connection, &s->links[i].coverage);
    cJSON_AddItemToArray(list, item);
  }
}

/* ---- what came out ---- */

/* Of a link: its number here. */
static uint32_t global_element(const sim_failure *failure, const sim *s) {
  return nsa_population_is_none(failure->population)
             ? failure->element
             : population_global(&s->populations[failure->population.id], failure->element);
}

static void add_failure(cJSON *outcome, const sim *s) {
  const sim_failure *failure = &s->failure;
  const nsa_field *field = &s->program->fields[failure->field.id];
  cJSON *to = cJSON_AddObjectToObject(outcome, "failure");
  if (!nsa_connection_is_none(failure->connection))
    add_text(to, "connection", s->program->connections[failure->connection.id].name);
  else
    add_text(to, "population", s->program->populations[failure->population.id].name);
  cJSON_AddNumberToObject(to, "element", global_element(failure, s));
  add_text(to, "variable", field->name);
  add_real(to, "time_ms", failure->time);
  if (field->at.file < s->program->files_count)
    add_text(to, "file", s->program->files[field->at.file].path);
  cJSON_AddNumberToObject(to, "line", field->at.line);
  cJSON_AddNumberToObject(to, "column", field->at.column);
}

static void add_outcome(cJSON *top, const run_report *report) {
  const sim *s = report->sim;
  cJSON *outcome = cJSON_AddObjectToObject(top, "outcome");
  add_text(outcome, "state", report->outcome);
  add_text(outcome, "message", report->message);
  if (!s)
    return;
  add_real(outcome, "time_ms", sim_time(s, s->tick));
  if (s->program->until != NSA_NONE)
    add_text(outcome, "until", s->is_over ? "reached" : "not reached");
  if (s->failed && !s->failure.text)
    add_failure(outcome, s);
}

static void add_measures(cJSON *top, const run_report *report) {
  cJSON *measures = cJSON_AddObjectToObject(top, "measures");
  const nsa_program *program = report->program;
  for (uint32_t i = 0; report->values && i < program->measures_count; i++) {
    cJSON *item = cJSON_AddObjectToObject(measures, program->measures[i].name);
    add_real(item, "value", nsa_show(nsa_unit_shift_of(program->measures[i].unit), report->values[i]));
    add_text(item, "unit", program->measures[i].unit);
  }
}

static void add_files(cJSON *top, const run_report *report) {
  const recorder *r = report->recorder;
  cJSON *files = cJSON_AddArrayToObject(top, "files");
  for (uint32_t i = 0; r && i < recorder_file_count(r); i++)
    cJSON_AddItemToArray(files, cJSON_CreateString(recorder_file(r, i)));
  char name[RECORD_MEASURES_NAME];
  for (uint32_t i = 0; report->values && record_measures_file(report->program, report->options->csv, i, name); i++)
    cJSON_AddItemToArray(files, cJSON_CreateString(name));
}

static void add_times(cJSON *top, const run_report *report) {
  const nsa_run_info *info = report->info;
  cJSON *times = cJSON_AddArrayToObject(top, "wall_times");
  for (uint32_t i = 0; i < info->stage_count + report->stage_count; i++) {
    const nsa_stage_time *stage = i < info->stage_count ? &info->stages[i] : &report->stages[i - info->stage_count];
    cJSON *item = cJSON_CreateObject();
    add_text(item, "stage", stage->name + strspn(stage->name, " "));
    cJSON_AddNumberToObject(item, "seconds", stage->seconds);
    cJSON_AddItemToArray(times, item);
  }
  cJSON_AddNumberToObject(top, "wall_seconds", report->wall_seconds);
}

/* ---- environments ---- */

static void add_numbers(cJSON *to, const char *unit, const double *values, uint32_t count) {
  cJSON *list = cJSON_AddArrayToObject(to, "value");
  for (uint32_t i = 0; i < count; i++)
    cJSON_AddItemToArray(list, cJSON_CreateNumber(nsa_show_written(values[i], unit)));
  if (unit[0])
    add_text(to, "unit", unit);
}

static void add_setting(cJSON *to, const nsa_environment_setting *setting, const nsa_given_setting *given) {
  if (setting->kind == NSA_SETTING_TEXT) {
    add_text(to, setting->name, given->has_text ? given->text : NULL);
    return;
  }
  cJSON *item = cJSON_AddObjectToObject(to, setting->name);
  if (setting->kind == NSA_SETTING_NUMBERS)
    add_numbers(item, setting->unit, given->values, given->values_count);
  else
    add_written(item, given->value, setting->unit[0] ? setting->unit : NULL);
}

static void add_environments(cJSON *top, const sim *s) {
  cJSON *list = cJSON_AddArrayToObject(top, "environments");
  for (uint32_t i = 0; i < s->program->environments_count; i++) {
    const nsa_environment *of = &s->program->environments[i];
    const nsa_environment_kind *kind = worlds_kind(s, i);
    cJSON *item = cJSON_CreateObject(), *settings = cJSON_CreateObject();
    add_text(item, "name", of->name);
    add_text(item, "source", nsa_word_of_environment_source(of->source));
    add_text(item, "kind", kind->name);
    add_text(item, "from", s->sources ? s->sources[i] : NULL);
    add_whole(item, "seed", of->has_seed ? of->seed : s->seed);
    for (uint32_t k = 0; k < of->values_count; k++)
      add_setting(settings, &kind->settings[k], &of->values[k]);
    cJSON_AddItemToObject(item, "settings", settings);
    add_whole(item, "steps", worlds_moves(s, i));
    add_whole(item, "trials", worlds_trials(s, i));
    cJSON_AddItemToArray(list, item);
  }
}

/* What is known when the network stands. */
static void add_network(cJSON *top, const run_report *report) {
  const sim *s = report->sim;
  add_real(top, "duration_ms", sim_time(s, s->is_over ? s->tick : s->program->ticks));
  cJSON_AddNumberToObject(top, "threads", s->thread_count);
  add_populations(top, s);
  add_connections(top, s);
  add_environments(top, s);
  add_whole(top, "bytes", s->allocated);
}

static cJSON *describe_outcome(const run_report *report) {
  cJSON *top = cJSON_CreateObject();
  add_text(top, "name", report->program->name);
  add_outcome(top, report);
  add_measures(top, report);
  add_text(top, "variant", report->variant);
  add_whole(top, "seed", report->options->seed);
  return top;
}

char *run_json_outcome(const run_report *report) {
  nsa_json_begin();
  cJSON *top = describe_outcome(report);
  char *text = cJSON_Print(top);
  cJSON_Delete(top);
  if (!nsa_json_ran_out())
    return text;
  free(text);
  return NULL;
}

static cJSON *describe(const run_report *report) {
  const nsa_program *program = report->program;
  cJSON *top = describe_outcome(report);
  add_globals(top, program);
  add_overrides(top, program, report->options);
  add_real(top, "dt_ms", program->base_dt);
  add_environment(top, report->info, report->sim && report->values ? "finished" : "started");
  if (report->sim)
    add_network(top, report);
  add_times(top, report);
  add_files(top, report);
  add_source(top, report);
  return top;
}

/* ---- the file ---- */

static bool write_whole(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (fd < 0)
    return false;
  bool is_good = nsa_write_all(fd, text, strlen(text)) && nsa_write_all(fd, "\n", 1) && fsync(fd) == 0;
  int why = errno;
  if (close(fd) != 0 && is_good)
    return false;
  errno = why;
  return is_good;
}

bool run_json_write(const run_report *report, char error[SIM_ERROR_SIZE]) {
  char path[PATH_SIZE], part[PATH_SIZE];
  snprintf(path, sizeof path, "%s/run.json", report->folder);
  snprintf(part, sizeof part, "%s/run.json.part", report->folder);
  nsa_json_begin();
  cJSON *top = describe(report);
  char *text = cJSON_Print(top);
  cJSON_Delete(top);
  if (nsa_json_ran_out()) {
    free(text);
    snprintf(error, SIM_ERROR_SIZE, "out of memory for %.300s", path);
    return false;
  }
  bool is_good = write_whole(part, text) && rename(part, path) == 0;
  free(text);
  if (is_good)
    return true;
  snprintf(error, SIM_ERROR_SIZE, "cannot write %.300s: %s", path, strerror(errno));
  unlink(part);
  return false;
}
