/* SPDX-License-Identifier: MIT */
/* option_set.c - --set: what it may name, and the value in its unit and range. */
#include "base/units.h"
#include "nsa_session.h"
#include "nsa_units.h"
#include "run/options_internal.h"

#include <stdlib.h>
#include <string.h>

/* What --set can name: a param of the top level; a param, or what a state starts with, of a population or connection,
 * or of a component: of all that are made of it. */
typedef struct {
  const char *name, *unit;
  uint64_t dimension;
  uint32_t has_range;
  double lo, hi;
  bool is_global;
  uint32_t index; /* into the program's globals */
} settable_param;

static const char *settable_name(const nsa_program *p, uint32_t i) { return p->settables[i].name; }
static const char *global_name(const nsa_program *p, uint32_t i) { return p->globals[i].name; }
/* What --set takes: params of the top level, then those of populations and connections. */
static const char *param_name(const nsa_program *p, uint32_t i) {
  return i < p->globals_count ? global_name(p, i) : settable_name(p, i - p->globals_count);
}

static bool refuse_dimension(parse *p, const settable_param *param, uint64_t dimension, const char *value) {
  char given[64];
  const char *wanted = param->unit;
  units_dimension_name(dimension, given, sizeof given);
  if (param->dimension == 0)
    return option_refuse(p, "--set %s: it is a plain number, but \"%.40s\" is in %s", param->name, value, given);
  if (dimension == 0)
    return option_refuse(p, "--set %s: \"%.40s\" has no unit; it wants one such as %s", param->name, value, wanted);
  return option_refuse(p, "--set %s: it is in %s, but \"%.40s\" is in %s", param->name, wanted, value, given);
}

static bool refuse_range(parse *p, const settable_param *param, const char *value) {
  char low[UNITS_NUMBER], high[UNITS_NUMBER];
  const char *wanted = units_shown(param->unit);
  units_print_exactly(nsa_show_written(param->lo, param->unit), low);
  units_print_exactly(nsa_show_written(param->hi, param->unit), high);
  return option_refuse(p, "--set %s: \"%.40s\" is outside its range, %s to %s%s%s", param->name, value, low, high,
                       wanted[0] ? " " : "", wanted);
}

/* ---- names that --set cannot take ---- */

/* What stands before the dot of a name; len of it. */
static bool belongs_to(const char *name, const char *owner, size_t len) {
  return strncmp(name, owner, len) == 0 && name[len] == '.';
}

/* " `exc.tau`, `exc.C`": the parameters of an owner, as many as fit. */
static void list_parameters(const nsa_program *program, const char *owner, size_t len, char *out, size_t size) {
  out[0] = 0;
  for (uint32_t i = 0; i < program->settables_count; i++) {
    const char *name = settable_name(program, i);
    if (!program->settables[i].is_initial && belongs_to(name, owner, len) && strlen(out) + strlen(name) + 8 < size)
      snprintf(out + strlen(out), size - strlen(out), "%s%s", out[0] ? ", " : "", name);
  }
  if (!out[0])
    snprintf(out, size, "none");
}

typedef struct {
  const char *name, *component;
} owner;

static uint32_t owner_count(const nsa_program *program) {
  return program->populations_count + program->connections_count;
}

/* A population, or a connection. */
static owner owner_at(const nsa_program *program, uint32_t i) {
  if (i < program->populations_count)
    return (owner){program->populations[i].name, program->populations[i].component};
  const nsa_connection *c = &program->connections[i - program->populations_count];
  return (owner){c->name, c->synapse};
}

/* "exc, inh": the populations of a component, or the connections of a synapse. */
static void list_owners(const nsa_program *program, const char *component, size_t len, char *out, size_t size) {
  out[0] = 0;
  for (uint32_t i = 0; i < owner_count(program); i++) {
    owner o = owner_at(program, i);
    if (strlen(o.component) == len && strncmp(o.component, component, len) == 0 &&
        strlen(out) + strlen(o.name) + 8 < size)
      snprintf(out + strlen(out), size - strlen(out), "%s%s", out[0] ? ", " : "", o.name);
  }
}

/* NULL: there is none, and no component of this name. */
static const char *first_of_component(const nsa_program *program, const char *component, size_t len) {
  for (uint32_t i = 0; i < owner_count(program); i++) {
    owner o = owner_at(program, i);
    if (strlen(o.component) == len && strncmp(o.component, component, len) == 0)
      return o.name;
  }
  return NULL;
}

static bool is_owner(const nsa_program *program, const char *name, size_t len) {
  for (uint32_t i = 0; i < owner_count(program); i++) {
    const char *own = owner_at(program, i).name;
    if (strlen(own) == len && strncmp(own, name, len) == 0)
      return true;
  }
  return false;
}

/* Of an input fields are called "exc.I.external", say. */
static bool is_input(const nsa_program *program, const char *name) {
  for (uint32_t i = 0; i < program->fields_count; i++) {
    uint32_t kind = program->fields[i].kind;
    const char *field = program->fields[i].name;
    size_t len = strlen(name);
    if ((kind == NSA_FIELD_INPUT || kind == NSA_FIELD_EXTERNAL) && strncmp(field, name, len) == 0 &&
        (field[len] == 0 || field[len] == '.'))
      return true;
  }
  return false;
}

/* An author who names an input, or something that a component has not, is told what there is. */
static bool refuse_setting(parse *p, const char *name) {
  const nsa_program *program = p->program;
  const char *dot = strrchr(name, '.');
  size_t len = dot != NULL ? (size_t)(dot - name) : strlen(name);
  char known[400];
  if (is_input(program, name)) {
    list_parameters(program, name, len, known, sizeof known);
    return option_refuse(p, "--set: %.80s is an input; a drive in the model gives it values (params of it: %s)", name,
                         known);
  }
  uint32_t near = name_nearest(program, program->settables_count, settable_name, name);
  const char *own = first_of_component(program, name, len);
  if (own != NULL) {
    char owners[200];
    list_owners(program, name, len, owners, sizeof owners);
    list_parameters(program, own, strlen(own), known, sizeof known);
    return option_refuse(p, "--set: \"%.80s\" is no param of the component %.*s; of it there are %s, with %s", name,
                         (int)len, name, owners, known);
  }
  bool is_near = near != NSA_NONE && name_distance(name, settable_name(program, near)) <= 1 + (strlen(name) - len) / 3;
  if (!is_owner(program, name, len) || is_near)
    return option_refuse_name(p, "parameter", program->globals_count + program->settables_count, param_name, name);
  list_parameters(program, name, len, known, sizeof known);
  return option_refuse(p, "--set: \"%.80s\" is no param; %.*s has %s", name, (int)len, name, known);
}

/* ---- what is set ---- */

/* A population or connection comes before a component of the same name. */
bool nsa_setting_means(const nsa_program *program, const char *name, uint32_t settable) {
  const char *own = program->settables[settable].name, *own_dot = strrchr(own, '.'), *dot = strrchr(name, '.');
  if (strcmp(own, name) == 0)
    return true;
  if (!dot || !own_dot || strcmp(dot, own_dot) != 0 || is_owner(program, name, (size_t)(dot - name)))
    return false;
  for (uint32_t i = 0; i < owner_count(program); i++) {
    owner o = owner_at(program, i);
    if (belongs_to(own, o.name, strlen(o.name)) && belongs_to(name, o.component, strlen(o.component)))
      return true;
  }
  return false;
}

static bool find_param(parse *p, const char *name, settable_param *out) {
  const nsa_program *program = p->program;
  uint32_t k = name_find(program, program->globals_count, global_name, name, strlen(name));
  if (k != NSA_NONE) {
    const nsa_global *g = &program->globals[k];
    *out = (settable_param){g->name, g->unit, g->dimension, g->has_range, g->lo, g->hi, .is_global = true, .index = k};
    return true;
  }
  for (k = 0; k < program->settables_count && !nsa_setting_means(program, name, k); k++)
    ;
  if (k == program->settables_count)
    return refuse_setting(p, name);
  const nsa_settable *s = &program->settables[k];
  *out = (settable_param){name, s->unit, s->dimension, s->has_range, s->lo, s->hi, .is_global = false};
  return true;
}

/* The value of a setting, in the unit and range of what is set. */
static bool read_value(parse *p, const settable_param *param, const char *text, double *value) {
  uint64_t dimension;
  char why[160];
  if (!nsa_quantity_parse(text, value, &dimension, why, sizeof why))
    return option_refuse(p, "--set %s: %s", param->name, why);
  if (dimension != param->dimension)
    return refuse_dimension(p, param, dimension, text);
  return !param->has_range || (*value >= param->lo && *value <= param->hi) || refuse_range(p, param, text);
}

/* The compiler has put the value in. An executable can only agree with it. */
static bool take_global(parse *p, const settable_param *param, double value, const char *text) {
  char compiled[UNITS_NUMBER];
  const char *unit = units_shown(param->unit);
  p->out->globals[param->index] = value;
  if (value == p->program->globals[param->index].value)
    return true;
  units_print_exactly(nsa_show_written(p->program->globals[param->index].value, param->unit), compiled);
  return option_refuse(
      p,
      "--set %s: it is a param of the top level, and %s%s%s here since the model was compiled; build it again with "
      "`nsa build FILE --set %s=%.40s`, or use nsa run",
      param->name, compiled, unit[0] ? " " : "", unit, param->name, text);
}

/* Whether it was set by the same name: then the last value counts. */
static bool is_set_twice(parse *p, uint32_t settable, const char *text) {
  for (uint32_t i = 0; i < p->out->override_count; i++) {
    const run_override *have = &p->out->overrides[i];
    size_t len = strcspn(have->text, " =");
    if (have->settable == settable && (strcspn(text, " =") != len || strncmp(have->text, text, len) != 0))
      return !option_refuse(p, "--set %.*s and --set %.*s both set %s: leave one of them out", (int)len, have->text,
                            (int)strcspn(text, " ="), text, p->program->settables[settable].name);
  }
  return false;
}

static bool add_override(parse *p, uint32_t settable, double value, const char *text) {
  run_options *o = p->out;
  if (is_set_twice(p, settable, text))
    return false;
  run_override *grown = realloc(o->overrides, ((size_t)o->override_count + 1) * sizeof *grown);
  if (!grown)
    return option_refuse(p, "out of memory");
  o->overrides = grown;
  o->overrides[o->override_count++] = (run_override){.settable = settable, .value = value, .text = text};
  return true;
}

bool option_take_set(parse *p, const char *text) {
  const char *written;
  char name[NAME_BYTES + 1];
  settable_param param = {0};
  double value;
  if (!option_split(p, "--set", text, name, &written) || !find_param(p, name, &param) ||
      !read_value(p, &param, written, &value))
    return false;
  if (param.is_global)
    return take_global(p, &param, value, written);
  for (uint32_t k = 0; k < p->program->settables_count; k++)
    if (nsa_setting_means(p->program, name, k) && !add_override(p, k, value, text))
      return false;
  return true;
}

bool nsa_setting_parse(const nsa_program *program, const char *name, const char *text, nsa_setting_read *out) {
  parse p = {.program = program, .error = out->error, .error_size = sizeof out->error};
  settable_param param = {0};
  if (!find_param(&p, name, &param) || !read_value(&p, &param, text, &out->value))
    return false;
  out->unit = param.unit;
  out->is_global = param.is_global;
  return true;
}
