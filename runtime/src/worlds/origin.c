/* SPDX-License-Identifier: MIT */
#include "worlds/origin.h"

#include "nsa_environments.h"

#include <stdlib.h>
#include <string.h>

static bool find_built_in(const sim *s, const nsa_environment *of, world_origin *origin, char error[SIM_ERROR_SIZE]) {
  (void)s;
  origin->kind = nsa_environment_find(of->kind);
  if (!origin->kind)
    snprintf(error, SIM_ERROR_SIZE, "environment '%.100s': there is no kind '%.100s'", of->name, of->kind);
  return origin->kind != NULL;
}

static world_finder *const finders[nsa_environment_source_count] = {[NSA_ENVIRONMENT_BUILT_IN] = find_built_in};

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

static bool is_shape(const sim *s, const nsa_environment *of, const nsa_environment_kind *kind,
                     const nsa_environment_shape *shape) {
  const nsa_environment_action *action = &shape->action;
  if (of->channels_count != kind->channel_count || of->figures_count != NSA_FIGURES_COMMON + kind->figure_count ||
      action->choices != of->choices || action->length != of->length || action->low != of->low ||
      action->high != of->high)
    return false;
  for (uint32_t i = 0; i < of->channels_count; i++)
    if (shape->counts[i] != s->program->channels[of->channels[i]].count)
      return false;
  return true;
}

static bool check(const sim *s, const nsa_environment *of, world_origin *origin, char error[SIM_ERROR_SIZE]) {
  nsa_environment_shape shape = {.counts = {0}};
  char why[NSA_ENVIRONMENT_ERROR] = "";
  origin->values = calloc((size_t)origin->kind->setting_count + 1, sizeof *origin->values);
  if (!origin->values) {
    snprintf(error, SIM_ERROR_SIZE, "out of memory for the settings of environment '%.100s'", of->name);
    return false;
  }
  if (origin->kind->abi != NSA_ENVIRONMENT_ABI || !take_values(of, origin)) {
    snprintf(error, SIM_ERROR_SIZE, "environment '%.100s': '%.100s' is not the kind that the model was compiled with",
             of->name, origin->kind->name);
    return false;
  }
  if (!origin->kind->describe(origin->values, &shape, why)) {
    snprintf(error, SIM_ERROR_SIZE, "environment '%.100s': %.300s", of->name, why);
    return false;
  }
  if (is_shape(s, of, origin->kind, &shape))
    return true;
  snprintf(error, SIM_ERROR_SIZE,
           "environment '%.100s': its channels or its action are not those that the model was compiled with", of->name);
  return false;
}

bool origin_find(const sim *s, const nsa_environment *of, world_origin *origin, char error[SIM_ERROR_SIZE]) {
  world_finder *find = finders[of->source];
  if (!find) {
    snprintf(error, SIM_ERROR_SIZE, "environment '%.100s' comes from nowhere", of->name);
    return false;
  }
  return find(s, of, origin, error) && check(s, of, origin, error);
}

void origin_free(world_origin *origin) { free(origin->values); }
