/* SPDX-License-Identifier: MIT */
/* plugin.c - kinds of worlds from shared libraries, which others wrote: their tables are looked at before anybody
 * relies on them. */
#include "nsa_environments.h"

#include <dlfcn.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 4096, MOST_NAME = 64, MOST_ROWS = 256 };

__attribute__((format(printf, 2, 3))) static bool refuse(char *error, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(error, NSA_ENVIRONMENT_ERROR, format, arguments);
  va_end(arguments);
  return false;
}

/* ---- names ---- */

static bool is_name(const char *s) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  static const char digits[] = "0123456789";
  size_t len = s ? strlen(s) : 0;
  if (len == 0 || len > MOST_NAME || strchr(digits, s[0]))
    return false;
  for (size_t i = 0; i < len; i++)
    if (!strchr(letters, s[i]) && !strchr(digits, s[i]))
      return false;
  return true;
}

/* A table of rows that begin with a name and a unit: settings, channels, figures. */
typedef struct {
  const char *what;
  const void *rows;
  uint32_t count;
  size_t row_size;
} name_table;

static const nsa_environment_name *row_of(const name_table *t, uint32_t i) {
  return (const nsa_environment_name *)(const void *)((const char *)t->rows + i * t->row_size);
}

static bool check_names(const name_table *t, uint32_t most, char *error) {
  if (t->count > most)
    return refuse(error, "it has %u %ss; %u are possible", t->count, t->what, most);
  if (t->count > 0 && !t->rows)
    return refuse(error, "it has %u %ss, and no table of them", t->count, t->what);
  for (uint32_t i = 0; i < t->count; i++) {
    const nsa_environment_name *row = row_of(t, i);
    if (!is_name(row->name))
      return refuse(error, "its %s %u has no name of letters, digits and _", t->what, i);
    if (!row->unit)
      return refuse(error, "its %s '%s' has no unit; that of a plain number is \"\"", t->what, row->name);
    for (uint32_t k = 0; k < i; k++)
      if (strcmp(row_of(t, k)->name, row->name) == 0)
        return refuse(error, "it has the %s '%s' twice", t->what, row->name);
  }
  return true;
}

/* ---- what a kind has ---- */

static bool check_setting(const nsa_environment_setting *s, char *error) {
  if ((unsigned)s->kind > NSA_SETTING_NUMBERS)
    return refuse(error, "its setting '%s' is of kind %d, which is none", s->name, (int)s->kind);
  if (s->kind == NSA_SETTING_TEXT)
    return true;
  if (!(s->low <= s->high))
    return refuse(error, "the bounds of its setting '%s', %g to %g, hold nothing", s->name, s->low, s->high);
  bool has_value = s->is_needed || s->kind == NSA_SETTING_NUMBERS;
  return has_value || (s->value >= s->low && s->value <= s->high) ||
         refuse(error, "the value of its setting '%s', %g, is outside of its bounds", s->name, s->value);
}

static bool check_functions(const nsa_environment_kind *k, char *error) {
  const struct {
    const char *name;
    bool is_there;
  } functions[] = {{"describe", k->describe != NULL}, {"create", k->create != NULL},
                   {"destroy", k->destroy != NULL},   {"reset", k->reset != NULL},
                   {"step", k->step != NULL},         {"measure", k->measure != NULL || k->figure_count == 0}};
  for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
    if (!functions[i].is_there)
      return refuse(error, "it has no function '%s'", functions[i].name);
  int of_state = (k->size != NULL) + (k->save != NULL) + (k->restore != NULL);
  return of_state == 0 || of_state == 3 ||
         refuse(error, "it has some of the functions 'size', 'save' and 'restore'; all three go together");
}

static bool check_kind(const nsa_environment_kind *k, char *error) {
  if (!k)
    return refuse(error, "its function %s gives nothing", NSA_ENVIRONMENT_PLUGIN);
  if (k->abi != NSA_ENVIRONMENT_ABI)
    return refuse(error, "it is of version %u of nsa_environment.h, this nsa of version %d; build it again", k->abi,
                  NSA_ENVIRONMENT_ABI);
  const name_table settings = {"setting", k->settings, k->setting_count, sizeof *k->settings};
  const name_table channels = {"channel", k->channels, k->channel_count, sizeof *k->channels};
  const name_table figures = {"figure", k->figures, k->figure_count, sizeof *k->figures};
  if (!is_name(k->name))
    return refuse(error, "its kind has no name of letters, digits and _");
  if (!check_names(&settings, MOST_ROWS, error) || !check_names(&channels, NSA_ENVIRONMENT_CHANNELS, error) ||
      !check_names(&figures, MOST_ROWS, error))
    return false;
  for (uint32_t i = 0; i < k->setting_count; i++)
    if (!check_setting(&k->settings[i], error))
      return false;
  return check_functions(k, error);
}

/* ---- loading ---- */

/* A path without a slash would be looked for among the system's libraries. */
static void *open_library(const char *path, char *error) {
  char at[PATH_SIZE];
  snprintf(at, sizeof at, "%s%s", strchr(path, '/') ? "" : "./", path);
  void *library = dlopen(at, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    refuse(error, "it cannot be loaded: %s", dlerror());
  return library;
}

const nsa_environment_kind *nsa_environment_load(const char *path, char error[NSA_ENVIRONMENT_ERROR]) {
  void *library = open_library(path, error);
  nsa_environment_plugin_fn *function = NULL;
  if (!library)
    return NULL;
  *(void **)(void *)&function = dlsym(library, NSA_ENVIRONMENT_PLUGIN); /* as POSIX wants it written */
  const nsa_environment_kind *kind = function ? function() : NULL;
  if (!function)
    refuse(error, "it has no function %s", NSA_ENVIRONMENT_PLUGIN);
  else if (check_kind(kind, error))
    return kind;
  dlclose(library);
  return NULL;
}

/* ---- shapes ---- */

static bool check_action(const nsa_environment_action *a, char *error) {
  if (!a->unit)
    return refuse(error, "its action has no unit; that of choices is \"\"");
  if (a->length == 0 || (a->choices > 0 && a->length != 1))
    return refuse(error, "its action has %u numbers%s", a->length, a->choices > 0 ? "; a choice is one" : "");
  if (a->choices > 0 && (a->low != 0 || a->high != a->choices - 1))
    return refuse(error, "its action has %u choices, but goes from %g to %g", a->choices, a->low, a->high);
  return (a->low <= a->high) || refuse(error, "the bounds of its action, %g to %g, hold nothing", a->low, a->high);
}

bool nsa_environment_describe(const nsa_environment_kind *kind, const nsa_environment_value *values,
                              nsa_environment_shape *shape, char error[NSA_ENVIRONMENT_ERROR]) {
  snprintf(error, NSA_ENVIRONMENT_ERROR, "its settings do not go together");
  *shape = (nsa_environment_shape){.action = {.unit = ""}};
  if (!kind->describe(values, shape, error))
    return false;
  for (uint32_t i = 0; i < kind->channel_count; i++)
    if (shape->counts[i] == 0)
      return refuse(error, "its channel '%s' has no numbers", kind->channels[i].name);
  return check_action(&shape->action, error);
}
