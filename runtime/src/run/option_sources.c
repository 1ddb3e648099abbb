/* SPDX-License-Identifier: MIT */
/* option_sources.c - where environments are that do not come with nsa: --plugin, --environment. */
#include "base/units.h"
#include "run/options_internal.h"

#include <string.h>

static const nsa_environment *nth(const nsa_program *p, nsa_environment_source source, uint32_t n) {
  for (uint32_t i = 0; i < p->environments_count; i++)
    if (p->environments[i].source == source && n-- == 0)
      return &p->environments[i];
  return NULL;
}

static uint32_t count_of(const nsa_program *p, nsa_environment_source source) {
  uint32_t n = 0;
  while (nth(p, source, n))
    n++;
  return n;
}

static const char *plugin_name(const nsa_program *p, uint32_t i) {
  return nth(p, NSA_ENVIRONMENT_PLUGIN_SOURCE, i)->kind;
}
static const char *external_name(const nsa_program *p, uint32_t i) { return nth(p, NSA_ENVIRONMENT_EXTERNAL, i)->name; }

/* Several environments can be of one plugin. */
static bool take_source(parse *p, nsa_environment_source source, name_fn name_of, const char *name, const char *value) {
  bool is_known = false;
  for (uint32_t i = 0; i < count_of(p->program, source); i++) {
    if (strcmp(name_of(p->program, i), name) != 0)
      continue;
    p->out->sources[nth(p->program, source, i) - p->program->environments] = value;
    is_known = true;
  }
  return is_known;
}

bool option_take_plugin(parse *p, const char *text) {
  const nsa_environment_source source = NSA_ENVIRONMENT_PLUGIN_SOURCE;
  char name[NAME_BYTES + 1];
  const char *value;
  if (!option_split(p, "--plugin", text, name, &value))
    return false;
  return take_source(p, source, plugin_name, name, value) ||
         option_refuse_name(p, "plugin", count_of(p->program, source), plugin_name, name);
}

bool option_take_command(parse *p, const char *text) {
  const nsa_environment_source source = NSA_ENVIRONMENT_EXTERNAL;
  char name[NAME_BYTES + 1];
  const char *value;
  if (!option_split(p, "--environment", text, name, &value))
    return false;
  return take_source(p, source, external_name, name, value) ||
         option_refuse_name(p, "external environment", count_of(p->program, source), external_name, name);
}

bool option_take_timeout(parse *p, const char *text) {
  double time;
  uint64_t dimension;
  char why[160];
  if (!nsa_quantity_parse(text, &time, &dimension, why, sizeof why))
    return option_refuse(p, "--environment-timeout: %s; it wants a time such as \"60 s\"", why);
  if (dimension != UNITS_TIME || !(time > 0))
    return option_refuse(p, "--environment-timeout wants a time such as \"60 s\", not \"%.80s\"", text);
  p->out->answer_seconds = time / 1000;
  return true;
}

bool option_check_sources(parse *p) {
  for (uint32_t i = 0; i < p->program->environments_count; i++) {
    const nsa_environment *e = &p->program->environments[i];
    if (e->source == NSA_ENVIRONMENT_BUILT_IN || p->out->sources[i])
      continue;
    if (e->source == NSA_ENVIRONMENT_EXTERNAL)
      return option_refuse(p,
                           "environment \"%.80s\" is another process; say what starts it: --environment %.80s=COMMAND",
                           e->name, e->name);
    return option_refuse(p, "environment \"%.80s\" is of a plugin; say where that is: --plugin %.80s=FILE", e->name,
                         e->kind);
  }
  return true;
}
