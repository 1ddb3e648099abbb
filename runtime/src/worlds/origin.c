/* SPDX-License-Identifier: MIT */
#include "worlds/origin.h"

#include "nsa_environments.h"
#include "worlds/process.h"

#include <stdlib.h>
#include <string.h>

static bool refuse(const nsa_environment *of, char error[SIM_ERROR_SIZE], const char *what, const char *why) {
  snprintf(error, SIM_ERROR_SIZE, "environment '%.100s': %.100s%.300s", of->name, what, why);
  return false;
}

/* ---- kinds ---- */

static const char *source_of(const sim *s, const nsa_environment *of) {
  return s->sources ? s->sources[of - s->program->environments] : NULL;
}

static bool find_kind(const sim *s, const nsa_environment *of, world_origin *origin, char error[SIM_ERROR_SIZE]) {
  char why[NSA_ENVIRONMENT_ERROR] = "";
  const char *path = source_of(s, of);
  if (of->source == NSA_ENVIRONMENT_BUILT_IN) {
    origin->kind = nsa_environment_find(of->kind);
    return origin->kind || refuse(of, error, "there is no kind ", of->kind);
  }
  origin->kind = path ? nsa_environment_load(path, why) : NULL;
  return origin->kind || refuse(of, error, path ? path : "its plugin was not given", path ? why : "");
}

/* ---- values ---- */

static bool take_value(const nsa_environment *of, const nsa_environment_setting *setting, uint32_t i,
                       nsa_environment_value *value) {
  const nsa_given_setting *given = i < of->values_count ? &of->values[i] : NULL;
  if (!given || strcmp(given->name, setting->name) != 0)
    return false;
  *value = (nsa_environment_value){.is_given = given->is_given != 0,
                                   .value = given->value,
                                   .text = given->has_text ? given->text : NULL,
                                   .values = given->values,
                                   .count = given->values_count};
  return true;
}

static bool take_values(const nsa_environment *of, world_origin *origin) {
  const nsa_environment_kind *kind = origin->kind;
  bool is_good = kind->setting_count == of->values_count;
  for (uint32_t i = 0; is_good && i < kind->setting_count; i++)
    is_good = take_value(of, &kind->settings[i], i, &origin->values[i]);
  return is_good;
}

/* ---- the shape ---- */

/* "here" of "maze.here" */
static const char *channel_name(const nsa_channel *c) { return strrchr(c->name, '.') + 1; }

static bool is_shape(const sim *s, const nsa_environment *of, const nsa_environment_kind *kind,
                     const nsa_environment_shape *shape) {
  const nsa_environment_action *action = &shape->action;
  if (of->channels_count != kind->channel_count || of->figures_count != NSA_FIGURES_COMMON + kind->figure_count ||
      action->choices != of->choices || action->length != of->length || action->low != of->low ||
      action->high != of->high)
    return false;
  for (uint32_t i = 0; i < of->channels_count; i++)
    if (shape->counts[i] != s->program->channels[of->channels[i]].count ||
        strcmp(kind->channels[i].name, channel_name(&s->program->channels[of->channels[i]])) != 0)
      return false;
  return true;
}

static bool check_shape(const sim *s, const nsa_environment *of, const world_origin *origin,
                        char error[SIM_ERROR_SIZE]) {
  nsa_environment_shape shape;
  char why[NSA_ENVIRONMENT_ERROR];
  if (!nsa_environment_describe(origin->kind, origin->values, &shape, why))
    return refuse(of, error, "", why);
  return is_shape(s, of, origin->kind, &shape) ||
         refuse(of, error, "its channels or its action are not those that the model was compiled with", "");
}

static bool find_described(const sim *s, const nsa_environment *of, world_origin *origin, char error[SIM_ERROR_SIZE]) {
  if (!find_kind(s, of, origin, error))
    return false;
  origin->values = calloc((size_t)origin->kind->setting_count + 1, sizeof *origin->values);
  if (!origin->values)
    return refuse(of, error, "out of memory for its settings", "");
  if (!take_values(of, origin))
    return refuse(of, error, origin->kind->name, " does not have the settings that the model was compiled with");
  return check_shape(s, of, origin, error);
}

/* ---- processes ---- */

static char *hello_of(const sim *s, const nsa_environment *of) {
  process_channel channels[NSA_ENVIRONMENT_CHANNELS];
  const nsa_environment_action action = {
      .choices = of->choices, .length = of->length, .low = of->low, .high = of->high, .unit = of->wire_unit};
  for (uint32_t i = 0; i < of->channels_count; i++) {
    const nsa_channel *c = &s->program->channels[of->channels[i]];
    channels[i] = (process_channel){.name = channel_name(c), .unit = c->wire_unit, .count = c->count};
  }
  return process_hello(of->name, channels, of->channels_count, &action);
}

static bool find_process(const sim *s, const nsa_environment *of, world_origin *origin, char error[SIM_ERROR_SIZE]) {
  const char *command = source_of(s, of);
  if (!command)
    return refuse(of, error, "nothing was given that starts its process", "");
  origin->kind = &process_kind;
  origin->values = calloc(PROCESS_VALUES, sizeof *origin->values);
  origin->hello = hello_of(s, of);
  if (!origin->values || !origin->hello)
    return refuse(of, error, "out of memory for its process", "");
  origin->values[PROCESS_HELLO].text = origin->hello;
  origin->values[PROCESS_COMMAND].text = command;
  origin->values[PROCESS_STARTER].value = s->starter;
  origin->values[PROCESS_TIMEOUT].value = s->answer_seconds;
  return true;
}

bool origin_find(const sim *s, const nsa_environment *of, world_origin *origin, char error[SIM_ERROR_SIZE]) {
  bool is_process = of->source == NSA_ENVIRONMENT_EXTERNAL;
  return is_process ? find_process(s, of, origin, error) : find_described(s, of, origin, error);
}

void origin_free(world_origin *origin) {
  free(origin->values);
  free(origin->hello);
}
