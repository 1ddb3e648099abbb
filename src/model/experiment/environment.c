/* SPDX-License-Identifier: MIT */
/* environment.c - environments: their kind, what it is told, and what they then show and take. */
#include "model/experiment/experiment.h"
#include "model/expr/expr.h"
#include "model/names/lookup.h"
#include "model/names/report.h"
#include "nsa_environments.h"
#include "support/limits.h"

#include <math.h>

/* ---- settings ---- */

/* `rows` of `gridworld`: what is said about a value of it. */
typedef struct {
  checker *ck;
  const nsa_environment_setting *setting;
  const char *name; /* "`rows`" */
  dim unit;
} setting_use;

static const char *quantity(const setting_use *u, double x) { return quantity_text(u->ck, x, u->unit); }

/* "from 2 to 100", "of at least 2" */
static const char *bounds_text(const setting_use *u) {
  double low = u->setting->low, high = u->setting->high;
  arena *a = u->ck->arena;
  if (isinf(low) && isinf(high))
    return "";
  if (isinf(high))
    return arena_printf(a, " of at least %s", quantity(u, low));
  if (isinf(low))
    return arena_printf(a, " of at most %s", quantity(u, high));
  return arena_printf(a, " from %s to %s", quantity(u, low), quantity(u, high));
}

static bool check_number(const setting_use *u, const ast_expr *e, double *out) {
  expr_env env = env_constant(u->ck, NULL, "a setting of an environment");
  if (!expr_constant(&env, e, u->unit, u->name, out))
    return false;
  bool is_whole = u->setting->kind != NSA_SETTING_WHOLE || *out == floor(*out);
  if (is_whole && *out >= u->setting->low && *out <= u->setting->high)
    return true;
  diag_report(u->ck->sink, DIAG_E0408, e->at, "%s is a %snumber%s, not %s", u->name,
              u->setting->kind == NSA_SETTING_WHOLE ? "whole " : "", bounds_text(u), quantity(u, *out));
  return false;
}

static bool check_text(const setting_use *u, const ast_expr *e, const char **out) {
  if (e->kind == AST_STRING)
    *out = e->as.string.text;
  else if (e->kind != AST_BAD)
    diag_report(u->ck->sink, DIAG_E0203, e->at, "%s is a text, `\"...\"`, not `%s`", u->name, expr_text(u->ck, e));
  return e->kind == AST_STRING;
}

static bool check_numbers(const setting_use *u, const ast_expr *e, nsa_environment_value *out) {
  if (e->kind != AST_LIST) {
    if (e->kind != AST_BAD)
      diag_report(u->ck->sink, DIAG_E0203, e->at, "%s is a list of numbers, `[1, 2]`, not `%s`", u->name,
                  expr_text(u->ck, e));
    return false;
  }
  bool is_good = true;
  double *values = ARENA_ARRAY(u->ck->arena, double, e->as.list.values.len + 1);
  for (uint32_t i = 0; i < e->as.list.values.len; i++)
    is_good = check_number(u, e->as.list.values.data[i], &values[i]) && is_good;
  out->values = values;
  out->count = e->as.list.values.len;
  return is_good;
}

static bool check_value(checker *ck, const nsa_environment_setting *s, const ast_expr *e, nsa_environment_value *out) {
  setting_use u = {ck, s, arena_printf(ck->arena, "`%s`", s->name), dim_none()};
  dim_of_text(s->unit, &u.unit);
  out->is_given = true;
  switch (s->kind) {
  case NSA_SETTING_TEXT:
    return check_text(&u, e, &out->text);
  case NSA_SETTING_NUMBERS:
    return check_numbers(&u, e, out);
  default:
    return check_number(&u, e, &out->value);
  }
}

static bool check_seed(checker *ck, const ast_world_entry *entry, model_environment *e) {
  expr_env env = env_constant(ck, NULL, "a seed");
  uint32_t seed;
  e->has_seed = expr_constant_count(&env, entry->value, "a seed", 0, 4294967295.0, &seed);
  e->seed = e->has_seed ? seed : 0;
  return e->has_seed;
}

static uint32_t setting_find(const nsa_environment_kind *kind, const char *name) {
  for (uint32_t i = 0; i < kind->setting_count; i++)
    if (strcmp(kind->settings[i].name, name) == 0)
      return i;
  return NONE;
}

static bool report_setting(checker *ck, const model_environment *e, const ast_world_entry *entry) {
  name_list known = {0};
  for (uint32_t i = 0; i < e->kind->setting_count; i++)
    vec_push(ck->arena, &known, e->kind->settings[i].name);
  vec_push(ck->arena, &known, "seed");
  report_unknown(ck, entry->name.at, DIAG_E0201, arena_printf(ck->arena, "in `%s` the setting", e->kind_name),
                 entry->name.text, &known);
  return false;
}

static bool report_foreign(checker *ck, const model_environment *e, const ast_world_entry *entry) {
  diag *d = diag_report(ck->sink, DIAG_E0605, entry->at, "`%s` has channels and an action of its own", e->kind_name);
  diag_hint(d, "those of an `external` environment are declared");
  return false;
}

static bool check_entry(checker *ck, const ast_world_entry *entry, model_environment *e) {
  if (entry->kind != AST_WORLD_SETTING)
    return report_foreign(ck, e, entry);
  uint32_t setting = setting_find(e->kind, entry->name.text);
  if (setting == NONE && strcmp(entry->name.text, "seed") == 0)
    return check_seed(ck, entry, e);
  if (setting == NONE)
    return report_setting(ck, e, entry);
  return check_value(ck, &e->kind->settings[setting], entry->value, &e->values.data[setting]);
}

static bool has_what_it_needs(checker *ck, const model_environment *e) {
  bool is_good = true;
  for (uint32_t i = 0; i < e->kind->setting_count; i++) {
    if (!e->kind->settings[i].is_needed || e->values.data[i].is_given)
      continue;
    diag *d = diag_report(ck->sink, DIAG_E0605, e->at, "`%s` needs the setting `%s`", e->kind_name,
                          e->kind->settings[i].name);
    diag_hint(d, "add `%s = ...`", e->kind->settings[i].name);
    is_good = false;
  }
  return is_good;
}

/* ---- what it shows and takes ---- */

static bool report_unit(checker *ck, const model_environment *e, const char *name, const char *unit) {
  diag_report(ck->sink, DIAG_E0304, e->at, "the unit `%s` of `%s`, which the kind `%s` has, is none", unit, name,
              e->kind_name);
  return false;
}

/* The tables of a plugin may go before the model does. */
static bool unit_of_table(checker *ck, const char *unit, dim *out) {
  return dim_of_text(intern_cstr(ck->names, unit), out);
}

static bool is_free(checker *ck, const model_environment *e, const char *name, span at) {
  bool is_taken = strcmp(name, "trials") == 0;
  for (uint32_t i = 0; i < e->figures.len; i++)
    is_taken = is_taken || strcmp(e->figures.data[i].name, name) == 0;
  for (uint32_t i = e->first_channel; i < ck->model->channels.len; i++)
    is_taken = is_taken || strcmp(ck->model->channels.data[i].name, name) == 0;
  if (is_taken)
    diag_report(ck->sink, DIAG_E0202, at, "`%s` has a channel or figure `%s` already", e->name, name);
  return !is_taken;
}

static bool add_channel(checker *ck, model_environment *e, const char *name, double count, dim unit,
                        const char *wire_unit, span at) {
  if (!is_free(ck, e, name, at))
    return false;
  if (count > LIMIT_CHANNEL) {
    diag_report(ck->sink, DIAG_E0901, at, "the channel `%s` of `%s` has %.0f numbers; it may have %u", name, e->name,
                count, LIMIT_CHANNEL);
    return false;
  }
  model_channel c = {.name = name,
                     .environment = ck->model->environments.len,
                     .count = (uint64_t)count,
                     .unit = unit,
                     .wire_unit = wire_unit};
  vec_push(ck->arena, &ck->model->channels, c);
  e->channel_count++;
  return true;
}

static void add_common_figures(checker *ck, model_environment *e) {
  static const char *const names[NSA_FIGURES_COMMON] = {"steps", "reward", "success"};
  for (uint32_t i = 0; i < NSA_FIGURES_COMMON; i++)
    vec_push(ck->arena, &e->figures, ((model_figure){names[i], dim_none()}));
}

static bool add_figures(checker *ck, model_environment *e) {
  for (uint32_t i = 0; i < e->kind->figure_count; i++) {
    const nsa_environment_name *f = &e->kind->figures[i];
    model_figure figure = {.name = f->name};
    if (!unit_of_table(ck, f->unit, &figure.unit))
      return report_unit(ck, e, f->name, f->unit);
    if (!is_free(ck, e, f->name, e->at))
      return false;
    vec_push(ck->arena, &e->figures, figure);
  }
  return true;
}

static bool add_channels(checker *ck, model_environment *e) {
  for (uint32_t i = 0; i < e->kind->channel_count; i++) {
    const nsa_environment_name *c = &e->kind->channels[i];
    dim unit;
    if (!unit_of_table(ck, c->unit, &unit))
      return report_unit(ck, e, c->name, c->unit);
    if (!add_channel(ck, e, intern_cstr(ck->names, c->name), (double)e->shape.counts[i], unit, "", e->at))
      return false;
  }
  return true;
}

/* ---- kinds that have tables: built in, and plugins ---- */

static bool check_described(checker *ck, const ast_decl *d, model_environment *e) {
  char error[NSA_ENVIRONMENT_ERROR] = "";
  bool is_good = true;
  map *said = map_new(ck->arena);
  for (uint32_t i = 0; i < e->kind->setting_count; i++) {
    const nsa_environment_setting *s = &e->kind->settings[i];
    vec_push(ck->arena, &e->values, ((nsa_environment_value){.value = s->value, .text = s->text}));
  }
  for (uint32_t i = 0; i < d->as.environment.entries.len; i++) {
    const ast_world_entry *entry = &d->as.environment.entries.data[i];
    bool is_first = map_insert(said, entry->name.text, i);
    if (!is_first)
      diag_report(ck->sink, DIAG_E0202, entry->name.at, "`%s` is set twice", entry->name.text);
    is_good = is_first && check_entry(ck, entry, e) && is_good;
  }
  if (!has_what_it_needs(ck, e) || !is_good)
    return false;
  if (!nsa_environment_describe(e->kind, e->values.data, &e->shape, error)) {
    diag_report(ck->sink, DIAG_E0605, e->at, "`%s` cannot be made: %s", e->name, error);
    return false;
  }
  if (!unit_of_table(ck, e->shape.action.unit, &e->action_unit))
    return report_unit(ck, e, "action", e->shape.action.unit);
  return add_figures(ck, e) && add_channels(ck, e);
}

static bool find_built_in(checker *ck, const ast_name *name, model_environment *e) {
  e->kind = nsa_environment_find(name->text);
  if (e->kind != NULL)
    return true;
  uint32_t count;
  const nsa_environment_kind *const *kinds = nsa_environment_list(&count);
  name_list known = {0};
  for (uint32_t i = 0; i < count; i++)
    vec_push(ck->arena, &known, kinds[i]->name);
  vec_push(ck->arena, &known, "external");
  vec_push(ck->arena, &known, "plugin");
  report_unknown(ck, name->at, DIAG_E0201, "the kind of environment", name->text, &known);
  return false;
}

static bool find_plugin(checker *ck, const ast_name *name, model_environment *e) {
  const char **given = ARENA_ARRAY(ck->arena, const char *, ck->options->plugin_count);
  for (uint32_t i = 0; i < ck->options->plugin_count; i++) {
    given[i] = ck->options->plugins[i].name;
    if (strcmp(given[i], name->text) == 0)
      e->kind = ck->options->plugins[i].kind;
  }
  if (e->kind != NULL)
    return true;
  diag *d = diag_report(ck->sink, DIAG_E0605, name->at, "the plugin `%s` was not given", name->text);
  const char *near = diag_nearest(name->text, given, ck->options->plugin_count);
  if (near != NULL)
    diag_hint(d, "`%s` was: write `--plugin %s=FILE.so`", near, name->text);
  else
    diag_hint(d, "say where it is: `--plugin %s=FILE.so`", name->text);
  return false;
}

/* ---- external ones, whose channels and action are declared ---- */

static const char *unit_text(const ast_unit *unit) { return unit != NULL ? unit->text : "1"; }

static bool check_action(checker *ck, const ast_world_entry *entry, model_environment *e) {
  expr_env env = env_constant(ck, NULL, "an action");
  nsa_environment_action *a = &e->shape.action;
  if (a->length > 0) {
    diag_report(ck->sink, DIAG_E0605, entry->at, "an environment takes one action; `%s` has one already", e->name);
    return false;
  }
  a->unit = "";
  a->length = 1;
  if (entry->kind == AST_WORLD_CHOICE) {
    bool is_good = expr_constant_count(&env, entry->value, "the number of choices", 1, LIMIT_ACTION, &a->choices);
    a->high = is_good ? a->choices - 1 : 0;
    return is_good;
  }
  e->action_unit = unit_check(ck, entry->unit);
  e->wire_unit = unit_text(entry->unit);
  a->unit = dim_name(ck->arena, e->action_unit);
  const char *what = arena_printf(ck->arena, "a bound of `%s`", entry->name.text);
  if (entry->count != NULL &&
      !expr_constant_count(&env, entry->count, "the numbers of an action", 1, LIMIT_ACTION, &a->length))
    return false;
  if (dim_is_unknown(e->action_unit) || !expr_constant(&env, entry->low, e->action_unit, what, &a->low) ||
      !expr_constant(&env, entry->high, e->action_unit, what, &a->high))
    return false;
  if (a->low <= a->high)
    return true;
  diag_report(ck->sink, DIAG_E0408, span_join(entry->low->at, entry->high->at),
              "these bounds hold nothing: the first is the larger");
  return false;
}

static bool check_channel(checker *ck, const ast_world_entry *entry, model_environment *e) {
  expr_env env = env_constant(ck, NULL, "a channel");
  dim unit = unit_check(ck, entry->unit);
  uint32_t count = 1;
  if (entry->count != NULL &&
      !expr_constant_count(&env, entry->count, "the numbers of a channel", 1, LIMIT_CHANNEL, &count))
    return false;
  if (e->channel_count == NSA_ENVIRONMENT_CHANNELS) {
    diag_report(ck->sink, DIAG_E0901, entry->at, "an environment has at most %d channels", NSA_ENVIRONMENT_CHANNELS);
    return false;
  }
  e->shape.counts[e->channel_count] = count;
  return !dim_is_unknown(unit) &&
         add_channel(ck, e, entry->name.text, count, unit, unit_text(entry->unit), entry->name.at);
}

static bool check_external_entry(checker *ck, const ast_world_entry *entry, model_environment *e) {
  if (entry->kind == AST_WORLD_CHANNEL)
    return check_channel(ck, entry, e);
  if (entry->kind != AST_WORLD_SETTING)
    return check_action(ck, entry, e);
  if (strcmp(entry->name.text, "seed") == 0)
    return check_seed(ck, entry, e);
  diag *d = diag_report(ck->sink, DIAG_E0605, entry->at, "an external environment has no setting but `seed`");
  diag_hint(d, "what it needs to know stands in the command that starts it");
  return false;
}

static bool check_external(checker *ck, const ast_decl *d, model_environment *e) {
  bool is_good = true;
  for (uint32_t i = 0; i < d->as.environment.entries.len; i++)
    is_good = check_external_entry(ck, &d->as.environment.entries.data[i], e) && is_good;
  if (e->shape.action.length > 0 || !is_good || ck->is_broken)
    return is_good && e->shape.action.length > 0;
  diag *r = diag_report(ck->sink, DIAG_E0605, e->at, "the external environment `%s` declares no action", e->name);
  diag_hint(r, "add `action NAME = 4` for four choices, or `action NAME[2] : 1 in -1..1` for two numbers");
  return false;
}

/* ---- all of them ---- */

static bool check_kind(checker *ck, const ast_decl *d, model_environment *e) {
  const ast_name *kind = &d->as.environment.kind, *plugin = &d->as.environment.plugin;
  bool is_plugin = strcmp(kind->text, "plugin") == 0, is_external = strcmp(kind->text, "external") == 0;
  e->source = is_plugin     ? NSA_ENVIRONMENT_PLUGIN_SOURCE
              : is_external ? NSA_ENVIRONMENT_EXTERNAL
                            : NSA_ENVIRONMENT_BUILT_IN;
  e->kind_name = is_plugin ? plugin->text : is_external ? "" : kind->text;
  if (is_plugin != (plugin->text != NULL)) {
    diag_report(ck->sink, DIAG_E0605, kind->at,
                is_plugin ? "a plugin has a name: `plugin(\"NAME\")`" : "`%s` takes no name", kind->text);
    return false;
  }
  if (is_external)
    return check_external(ck, d, e);
  return (is_plugin ? find_plugin(ck, plugin, e) : find_built_in(ck, kind, e)) && check_described(ck, d, e);
}

static void check_environment(checker *ck, const ast_decl *d) {
  const ast_name *name = &d->as.environment.name;
  model_environment e = {.name = name->text, .at = name->at, .wire_unit = "", .first_channel = ck->model->channels.len};
  add_common_figures(ck, &e);
  if (!check_kind(ck, d, &e)) {
    map_replace(ck->silent, name->text, SILENT_ENVIRONMENT);
    ck->model->channels.len = e.first_channel;
    return;
  }
  map_insert(ck->environments, name->text, ck->model->environments.len);
  vec_push(ck->arena, &ck->model->environments, e);
}

void environments_check(checker *ck) {
  for (uint32_t i = 0; i < ck->decls.len; i++)
    if (ck->decls.data[i]->kind == AST_DECL_ENVIRONMENT)
      check_environment(ck, ck->decls.data[i]);
}
