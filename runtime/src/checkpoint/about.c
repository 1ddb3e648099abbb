/* SPDX-License-Identifier: MIT */
#include "checkpoint/about.h"

#include "base/hash.h"
#include "base/units.h"
#include "nsa_json.h"
#include "nsa_units.h"
#include "tick/phase_sets.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#ifndef NSA_VERSION
#define NSA_VERSION "unknown"
#endif

/* ---- hashes ---- */

/* Of all that decides about the state: not of its length, and not of how its source is laid out. */
static bool hash_program(const nsa_program *program, uint64_t *hash) {
  nsa_program p = *program;
  size_t len;
  p.ticks = p.source_hash_lo = p.source_hash_hi = 0;
  p.folders_count = p.files_count = 0;
  uint8_t *bytes = nsa_program_write_unplaced(&p, &len);
  hash64 h = hash64_begin();
  if (bytes)
    hash64_add(&h, bytes, len);
  free(bytes);
  *hash = hash64_end(&h);
  return bytes != NULL;
}

static void add_array(hash64 *h, const void *array, uint64_t count, size_t size) {
  if (array)
    hash64_add(h, array, (size_t)count * size);
}

/* Who is linked with whom: with another seed the weights would sit on other links. */
static uint64_t hash_links(const sim *s, nsa_connection_id c) {
  const sim_links *links = &s->links[c.id];
  hash64 h = hash64_begin();
  hash64_add(&h, &links->count, sizeof links->count);
  add_array(&h, links->row, (uint64_t)s->populations[s->program->connections[c.id].target.id].count + 1, 4);
  add_array(&h, links->source, links->count, 4);
  add_array(&h, links->partner, links->count, 4);
  add_array(&h, links->has_partner, links->count, 1);
  return hash64_end(&h);
}

/* ---- saying it ---- */

static void add_bits(cJSON *to, const char *name, uint64_t value) {
  char text[24];
  snprintf(text, sizeof text, "%016" PRIx64, value);
  cJSON_AddStringToObject(to, name, text);
}

static void add_real(cJSON *to, const char *name, double value) {
  char text[40];
  snprintf(text, sizeof text, "%.17g", value);
  cJSON_AddRawToObject(to, name, text);
}

static void add_populations(cJSON *top, const sim *s) {
  cJSON *list = cJSON_AddArrayToObject(top, "populations");
  for (uint32_t p = 0; p < s->program->populations_count; p++) {
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "name", s->program->populations[p].name);
    cJSON_AddNumberToObject(item, "elements", s->populations[p].global);
    add_real(item, "dt_ms", sim_time(s, s->populations[p].every));
    cJSON_AddItemToArray(list, item);
  }
}

static void add_connections(cJSON *top, const sim *s) {
  cJSON *list = cJSON_AddArrayToObject(top, "connections");
  for (nsa_connection_id c = {0}; c.id < s->program->connections_count; c.id++) {
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "name", s->program->connections[c.id].name);
    add_real(item, "links", (double)s->links[c.id].count);
    add_bits(item, "hash", hash_links(s, c));
    cJSON_AddItemToArray(list, item);
  }
}

/* Whether a param is one number. What counts is the run's own: what phases set follows from the model. */
static bool is_number(const sim *s, uint32_t settable) {
  nsa_field_id field = s->program->settables[settable].field;
  return !s->program->settables[settable].is_initial && s->program->fields[field.id].is_uniform &&
         s->field_data[field.id];
}

/* Those that --set may change, as far as they are numbers. */
static void add_params(cJSON *top, const sim *s) {
  cJSON *params = cJSON_AddObjectToObject(top, "params");
  for (uint32_t i = 0; i < s->program->settables_count; i++)
    if (is_number(s, i))
      add_real(params, s->program->settables[i].name, phase_sets_own_value(s, i));
}

char *about_print(const sim *s, const char *variant) {
  uint64_t hash;
  nsa_json_begin();
  cJSON *top = cJSON_CreateObject();
  bool is_good = hash_program(s->program, &hash);
  cJSON_AddStringToObject(top, "program", s->program->name);
  cJSON_AddStringToObject(top, "variant", variant ? variant : "");
  cJSON_AddStringToObject(top, "nsa", NSA_VERSION);
  add_bits(top, "program_hash", hash);
  add_bits(top, "seed", s->seed);
  add_bits(top, "tick", s->tick);
  add_real(top, "time_ms", sim_time(s, s->tick));
  add_real(top, "base_dt_ms", s->program->base_dt);
  cJSON_AddNumberToObject(top, "threads", s->thread_count);
  add_populations(top, s);
  add_connections(top, s);
  add_params(top, s);
  char *text = cJSON_Print(top);
  cJSON_Delete(top);
  if (is_good && !nsa_json_ran_out())
    return text;
  free(text);
  return NULL;
}

/* ---- reading it ---- */

static bool take_text(const cJSON *from, const char *name, char *out, size_t size) {
  const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(from, name));
  if (text)
    snprintf(out, size, "%s", text);
  return text != NULL;
}

static bool take_bits(const cJSON *from, const char *name, uint64_t *out) {
  const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(from, name));
  char *end = NULL;
  if (text)
    *out = strtoull(text, &end, 16);
  return end && end != text && *end == 0;
}

static bool take_number(const cJSON *from, const char *name, double *out) {
  const cJSON *item = cJSON_GetObjectItemCaseSensitive(from, name);
  if (cJSON_IsNumber(item))
    *out = item->valuedouble;
  return cJSON_IsNumber(item);
}

static bool take_all(const cJSON *json, checkpoint_about *out) {
  bool is_good = take_text(json, "program", out->program, sizeof out->program) &&
                 take_text(json, "variant", out->variant, sizeof out->variant) &&
                 take_bits(json, "program_hash", &out->program_hash) && take_bits(json, "seed", &out->seed) &&
                 take_bits(json, "tick", &out->tick) && take_number(json, "base_dt_ms", &out->base_dt);
  return is_good && out->tick < (uint64_t)1 << 53;
}

bool about_parse(const char *text, size_t length, checkpoint_about *out) {
  cJSON *json = cJSON_ParseWithLength(text, length);
  bool is_good = take_all(json, out);
  cJSON_Delete(json);
  return is_good;
}

/* ---- the report ---- */

const char *const checkpoint_allowed_words[] = {"model", "seed", "step", "links", "missing", "size", NULL};

void about_report(checkpoint_way *way, const char *format, ...) {
  va_list arguments;
  way->changes++;
  if (!way->report)
    return;
  va_start(arguments, format);
  vfprintf(way->report, format, arguments);
  fputc('\n', way->report);
  va_end(arguments);
}

bool about_allows(checkpoint_way *way, checkpoint_allowed what, const char *differs, char error[SIM_ERROR_SIZE]) {
  uint32_t bit = 0;
  while (1u << bit != what)
    bit++;
  way->needed |= what;
  if (way->allowed & what)
    about_report(way, "%s", differs);
  else
    snprintf(error, SIM_ERROR_SIZE, "%.350s; --resume-allow %s goes on all the same", differs,
             checkpoint_allowed_words[bit]);
  return (way->allowed & what) != 0;
}

/* ---- whether it fits ---- */

static const char *kind_of_run(const char *variant) { return variant[0] ? "variant " : "the model without a variant"; }

static bool fits_name(const checkpoint_about *is, checkpoint_way *way, const sim *s, char error[SIM_ERROR_SIZE]) {
  char text[SIM_ERROR_SIZE];
  const char *variant = way->variant ? way->variant : "";
  snprintf(text, sizeof text, "it is of the model '%.100s', and this is '%.100s'", is->program, s->program->name);
  if (strncmp(is->program, s->program->name, sizeof is->program - 1) != 0 &&
      !about_allows(way, ALLOW_MODEL, text, error))
    return false;
  snprintf(text, sizeof text, "it is of %s%.100s, and this is not: %s%.100s", kind_of_run(is->variant), is->variant,
           is->variant[0] ? "add --variant " : "leave --variant out", is->variant);
  return strcmp(is->variant, variant) == 0 || about_allows(way, ALLOW_MODEL, text, error);
}

static bool fits_numbers(const checkpoint_about *is, checkpoint_way *way, const sim *s, char error[SIM_ERROR_SIZE]) {
  char text[SIM_ERROR_SIZE];
  snprintf(text, sizeof text, "its step is %g ms, and that of the model %g ms", is->base_dt, s->program->base_dt);
  if (is->base_dt != s->program->base_dt && !about_allows(way, ALLOW_STEP, text, error))
    return false;
  snprintf(text, sizeof text, "its seed is %" PRIu64 ": add --seed %" PRIu64, is->seed, is->seed);
  return is->seed == s->seed || about_allows(way, ALLOW_SEED, text, error);
}

static bool compare_programs(const checkpoint_about *is, checkpoint_way *way, const sim *s,
                             char error[SIM_ERROR_SIZE]) {
  uint64_t hash = 0;
  bool is_good = hash_program(s->program, &hash);
  snprintf(error, SIM_ERROR_SIZE, "out of memory");
  way->is_edited = is->program_hash != hash || way->needed != 0;
  return is_good;
}

static const cJSON *connection_named(const cJSON *json, const char *name) {
  const cJSON *item;
  cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(json, "connections")) {
    const char *its = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "name"));
    if (its && strcmp(its, name) == 0)
      return item;
  }
  return NULL;
}

/* A connection that is new has no links that could be others. */
static bool fits_links(const cJSON *json, checkpoint_way *way, const sim *s, char error[SIM_ERROR_SIZE]) {
  for (nsa_connection_id c = {0}; c.id < s->program->connections_count; c.id++) {
    char text[SIM_ERROR_SIZE];
    const char *name = s->program->connections[c.id].name;
    const cJSON *item = connection_named(json, name);
    uint64_t hash = 0;
    if ((!item && way->is_edited) || (take_bits(item, "hash", &hash) && hash == hash_links(s, c)))
      continue;
    snprintf(text, sizeof text, "the links of '%.100s' are others than they were then", name);
    if (!about_allows(way, ALLOW_LINKS, text, error))
      return false;
    way->is_edited = true;
  }
  return true;
}

bool about_fits(const char *text, size_t length, checkpoint_way *way, const sim *s, char error[SIM_ERROR_SIZE]) {
  checkpoint_about is = {.program = ""};
  cJSON *json = cJSON_ParseWithLength(text, length);
  snprintf(error, SIM_ERROR_SIZE, "it does not say what it is of");
  bool is_good = take_all(json, &is) && fits_name(&is, way, s, error) && fits_numbers(&is, way, s, error) &&
                 compare_programs(&is, way, s, error) && fits_links(json, way, s, error);
  cJSON_Delete(json);
  return is_good;
}

/* ---- params that are others now ---- */

static void tell_change(const nsa_settable *settable, double now, double then, checkpoint_way *way) {
  char is[UNITS_NUMBER], was[UNITS_NUMBER];
  const char *unit = units_shown(settable->unit), *space = unit[0] ? " " : "";
  units_print_exactly(nsa_show_written(now, settable->unit), is);
  units_print_exactly(nsa_show_written(then, settable->unit), was);
  about_report(way, "%s is %s%s%s from here; when the checkpoint was written it was %s%s%s", settable->name, is, space,
               unit, was, space, unit);
}

void about_tell_changes(const char *text, size_t length, checkpoint_way *way, const sim *s) {
  cJSON *json = cJSON_ParseWithLength(text, length);
  const cJSON *params = cJSON_GetObjectItemCaseSensitive(json, "params");
  for (uint32_t i = 0; i < s->program->settables_count; i++) {
    const nsa_settable *settable = &s->program->settables[i];
    double then = 0;
    if (!is_number(s, i) || !take_number(params, settable->name, &then))
      continue;
    double now = phase_sets_own_value(s, i);
    if (now != then)
      tell_change(settable, now, then, way);
  }
  cJSON_Delete(json);
}
