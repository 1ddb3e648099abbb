/* SPDX-License-Identifier: MIT */
#include "base/units.h"
#include "nsa_session.h"
#include "nsa_starter.h"
#include "nsa_ticks.h"
#include "nsa_units.h"
#include "run/names.h"
#include "run/options_internal.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_THREADS = 1024 };
#define MAX_TICKS 9007199254740992.0 /* 2^53: tick numbers are exact in f64 */

/* What --set can name: a param of the top level, or of a population or connection. */
typedef struct {
  const char *name, *unit;
  uint64_t dimension;
  uint32_t has_range;
  double lo, hi;
  bool is_global;
  uint32_t index; /* into the program's globals or settables */
} settable_param;

bool option_refuse(parse *p, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(p->error, p->error_size, format, arguments);
  va_end(arguments);
  return false;
}

/* ---- names ---- */

static size_t minimum(size_t a, size_t b) { return a < b ? a : b; }

static const char *settable_name(const nsa_program *p, uint32_t i) { return p->settables[i].name; }
static const char *global_name(const nsa_program *p, uint32_t i) { return p->globals[i].name; }
/* What --set takes: params of the top level, then those of populations and connections. */
static const char *param_name(const nsa_program *p, uint32_t i) {
  return i < p->globals_count ? global_name(p, i) : settable_name(p, i - p->globals_count);
}
static const char *variant_name(const nsa_program *p, uint32_t i) { return p->variants[i].name; }
static const char *pattern_name(const nsa_program *p, uint32_t i) { return p->patterns[i].name; }
static const char *option_name(const nsa_program *p, uint32_t i) {
  (void)p;
  return nsa_run_options[i].name;
}

bool option_refuse_name(parse *p, const char *what, uint32_t count, name_fn name_of, const char *name) {
  uint32_t near = name_nearest(p->program, count, name_of, name);
  if (near != NSA_NONE)
    return option_refuse(p, "there is no %s \"%.80s\"; did you mean \"%s\"?", what, name, name_of(p->program, near));
  if (count == 0)
    return option_refuse(p, "there is no %s \"%.80s\"; this model has none", what, name);
  char known[400] = "";
  for (uint32_t i = 0; i < count && strlen(known) + strlen(name_of(p->program, i)) + 8 < sizeof known; i++)
    snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s", i ? ", " : "", name_of(p->program, i));
  return option_refuse(p, "there is no %s \"%.80s\"; there are: %s", what, name, known);
}

bool option_split(parse *p, const char *option, const char *text, char name[NAME_BYTES + 1], const char **value) {
  const char *equals = strchr(text, '=');
  if (!equals || equals == text || equals[1] == 0)
    return option_refuse(p, "%s wants NAME=value, not \"%.80s\"", option, text);
  size_t len = (size_t)(equals - text);
  while (len > 0 && text[len - 1] == ' ')
    len--;
  snprintf(name, NAME_BYTES + 1, "%.*s", (int)minimum(len, NAME_BYTES), text);
  *value = equals + 1;
  return true;
}

/* ---- one function an option ---- */

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

/* What stands before the last dot of a name; len of it. */
static bool belongs_to(const char *name, const char *owner, size_t len) {
  return strncmp(name, owner, len) == 0 && name[len] == '.';
}

/* " `exc.tau`, `exc.C`": the parameters of an owner, as many as fit. */
static void list_parameters(const nsa_program *program, const char *owner, size_t len, char *out, size_t size) {
  out[0] = 0;
  for (uint32_t i = 0; i < program->settables_count; i++) {
    const char *name = settable_name(program, i);
    if (belongs_to(name, owner, len) && strlen(out) + strlen(name) + 8 < size)
      snprintf(out + strlen(out), size - strlen(out), "%s%s", out[0] ? ", " : "", name);
  }
  if (!out[0])
    snprintf(out, size, "none");
}

/* "exc, inh": the populations of a component, or the connections of a synapse. */
static void list_owners(const nsa_program *program, const char *component, size_t len, char *out, size_t size) {
  out[0] = 0;
  for (uint32_t i = 0; i < program->populations_count + program->connections_count; i++) {
    bool is_population = i < program->populations_count;
    uint32_t k = is_population ? i : i - program->populations_count;
    const char *name = is_population ? program->populations[k].name : program->connections[k].name;
    const char *of = is_population ? program->populations[k].component : program->connections[k].synapse;
    if (strlen(of) == len && strncmp(of, component, len) == 0 && strlen(out) + strlen(name) + 8 < size)
      snprintf(out + strlen(out), size - strlen(out), "%s%s", out[0] ? ", " : "", name);
  }
}

static bool is_owner(const nsa_program *program, const char *name, size_t len) {
  for (uint32_t i = 0; i < program->populations_count; i++)
    if (strlen(program->populations[i].name) == len && strncmp(program->populations[i].name, name, len) == 0)
      return true;
  for (uint32_t i = 0; i < program->connections_count; i++)
    if (strlen(program->connections[i].name) == len && strncmp(program->connections[i].name, name, len) == 0)
      return true;
  return false;
}

static const char *kind_of_field(const nsa_program *program, const char *name) {
  for (uint32_t i = 0; i < program->fields_count; i++) {
    uint32_t kind = program->fields[i].kind;
    const char *field = program->fields[i].name; /* of an input "exc.I.external", say */
    size_t len = strlen(name);
    if (strncmp(field, name, len) != 0 || (field[len] != 0 && field[len] != '.'))
      continue;
    if (kind == NSA_FIELD_STATE)
      return "a state; its initial value can be set where it follows from a param: state v = v_start";
    if (kind == NSA_FIELD_INPUT || kind == NSA_FIELD_EXTERNAL)
      return "an input; a drive in the model gives it values";
  }
  return NULL;
}

/* --set takes params alone. An author who names a state, an input or a component is told what there is. */
static bool refuse_setting(parse *p, const char *name) {
  const nsa_program *program = p->program;
  const char *dot = strrchr(name, '.');
  size_t len = dot != NULL ? (size_t)(dot - name) : strlen(name);
  char known[400];
  const char *kind = kind_of_field(program, name);
  if (kind != NULL) {
    list_parameters(program, name, len, known, sizeof known);
    return option_refuse(p, "--set: %.80s is %s (params of it: %s)", name, kind, known);
  }
  uint32_t near = name_nearest(program, program->settables_count, settable_name, name);
  list_owners(program, name, len, known, sizeof known);
  if (known[0])
    return option_refuse(
        p, "--set takes POPULATION.PARAM or CONNECTION.PARAM, and \"%.*s\" is a component: of it there are %s",
        (int)minimum(len, NAME_BYTES), name, known);
  bool is_near = near != NSA_NONE && name_distance(name, settable_name(program, near)) <= 1 + (strlen(name) - len) / 3;
  if (!is_owner(program, name, len) || is_near)
    return option_refuse_name(p, "parameter", program->globals_count + program->settables_count, param_name, name);
  list_parameters(program, name, len, known, sizeof known);
  return option_refuse(p, "--set: \"%.80s\" is no param; %.*s has %s", name, (int)minimum(len, NAME_BYTES), name,
                       known);
}

static bool find_param(parse *p, const char *name, settable_param *out) {
  const nsa_program *program = p->program;
  uint32_t k = name_find(program, program->globals_count, global_name, name, strlen(name));
  if (k != NSA_NONE) {
    const nsa_global *g = &program->globals[k];
    *out = (settable_param){g->name, g->unit, g->dimension, g->has_range, g->lo, g->hi, .is_global = true, .index = k};
    return true;
  }
  k = name_find(program, program->settables_count, settable_name, name, strlen(name));
  if (k == NSA_NONE)
    return refuse_setting(p, name);
  const nsa_settable *s = &program->settables[k];
  *out = (settable_param){s->name, s->unit, s->dimension, s->has_range, s->lo, s->hi, .is_global = false, .index = k};
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

static bool take_set(parse *p, const char *text) {
  const char *written;
  char name[NAME_BYTES + 1];
  settable_param param;
  double value;
  if (!option_split(p, "--set", text, name, &written) || !find_param(p, name, &param) ||
      !read_value(p, &param, written, &value))
    return false;
  if (param.is_global)
    return take_global(p, &param, value, written);
  p->out->overrides[p->out->override_count++] = (run_override){.settable = param.index, .value = value, .text = text};
  return true;
}

bool nsa_setting_parse(const nsa_program *program, const char *name, const char *text, nsa_setting_read *out) {
  parse p = {.program = program, .error = out->error, .error_size = sizeof out->error};
  settable_param param;
  if (!find_param(&p, name, &param) || !read_value(&p, &param, text, &out->value))
    return false;
  out->unit = param.unit;
  out->is_global = param.is_global;
  return true;
}

static bool take_variant(parse *p, const char *text) {
  p->out->variant = name_find(p->program, p->program->variants_count, variant_name, text, strlen(text));
  return p->out->variant != NSA_NONE ||
         option_refuse_name(p, "variant", p->program->variants_count, variant_name, text);
}

static bool take_variants(parse *p, const char *text) {
  p->out->all_variants = strcmp(text, "all") == 0;
  return p->out->all_variants ||
         option_refuse(p, "--variants knows only \"all\"; for one of them: --variant %.80s", text);
}

static bool parse_whole(const char *text, uint64_t max, uint64_t *value) {
  *value = 0;
  for (const char *s = text; *s; s++) {
    if (*s < '0' || *s > '9')
      return false;
    uint64_t digit = (uint64_t)(*s - '0');
    if (*value > (max - digit) / 10)
      return false;
    *value = 10 * *value + digit;
  }
  return text[0] != 0;
}

static bool take_seed(parse *p, const char *text) {
  return parse_whole(text, UINT64_MAX, &p->out->seed) ||
         option_refuse(p, "--seed wants a whole number from 0, not \"%.80s\"", text);
}

static bool take_threads(parse *p, const char *text) {
  uint64_t number;
  if (!parse_whole(text, MAX_THREADS, &number) || number == 0)
    return option_refuse(p, "--threads wants a number from 1 to %d, not \"%.80s\"", MAX_THREADS, text);
  p->out->threads = (uint32_t)number;
  return true;
}

static bool take_out(parse *p, const char *text) {
  p->out->out = text;
  return text[0] != 0 || option_refuse(p, "--out wants a folder");
}

static bool take_for(parse *p, const char *text) {
  double time;
  uint64_t dimension;
  char why[160];
  if (!nsa_quantity_parse(text, &time, &dimension, why, sizeof why))
    return option_refuse(p, "--for: %s; it wants a time such as \"2 s\"", why);
  if (dimension != UNITS_TIME)
    return option_refuse(p, "--for wants a time such as \"2 s\", not \"%.80s\"", text);
  double ticks = nsa_nearest_tick(time, p->program->base_dt);
  if (!(ticks >= 1 && ticks <= MAX_TICKS))
    return option_refuse(p, "--for: \"%.80s\" is %s than this model can run; its step is %g ms", text,
                         ticks < 1 ? "shorter" : "longer", p->program->base_dt);
  p->out->ticks = (uint64_t)ticks;
  return true;
}

static bool take_pattern(parse *p, const char *text) {
  run_pattern *item = &p->out->patterns[p->out->pattern_count];
  uint32_t count = p->program->patterns_count;
  char name[NAME_BYTES + 1];
  if (!option_split(p, "--pattern", text, name, &item->path))
    return false;
  item->pattern = name_find(p->program, count, pattern_name, name, strlen(name));
  if (item->pattern == NSA_NONE)
    return option_refuse_name(p, "pattern", count, pattern_name, name);
  p->out->pattern_count++;
  const char *hole = nsa_image_hole(item->path);
  if (!hole && p->program->patterns[item->pattern].count > 1)
    return option_refuse(p, "--pattern %s: the path has no {} for the number of the image: \"%.80s\"",
                         p->program->patterns[item->pattern].name, item->path);
  return !hole || !nsa_image_hole(hole + 2) || option_refuse(p, "--pattern: more than one {} in \"%.80s\"", item->path);
}

#define FLAG(take, member)                                                                                             \
  static bool take(parse *p, const char *text) {                                                                       \
    (void)text;                                                                                                        \
    return p->out->member = true;                                                                                      \
  }
FLAG(take_csv, csv)
FLAG(take_json, json)
FLAG(take_float32, float32)
FLAG(take_force, force)
FLAG(take_time, time)
FLAG(take_quiet, quiet)
FLAG(take_no_results, no_results)
FLAG(take_no_sandbox, no_sandbox)
FLAG(take_help, help)

#define OPTIONS(X)                                                                                                     \
  X("--set", "NAME=VALUE", take_set, "set a parameter, e.g. --set exc.tau_m=\"25 ms\"; may be repeated")               \
  X("--variant", "NAME", take_variant, "run this variant of the model")                                                \
  X("--variants", "all", take_variants, "run the model and each of its variants, results side by side")                \
  X("--seed", "N", take_seed, "seed of all random numbers (default 1)")                                                \
  X("--threads", "N", take_threads, "threads (default: one a core); results do not depend on it")                      \
  X("--max-memory", "SIZE", option_take_max_memory, "refuse a run that needs more (default: what the machine has)")    \
  X("--out", "DIR", take_out, "folder for the results (default: the model's name with .out)")                          \
  X("--for", "TIME", take_for, "length of the run, e.g. \"2 s\", instead of the model's")                              \
  X("--pattern", "NAME=PATH", take_pattern, "other images for a pattern, e.g. digit=DIR/{}.pgm")                       \
  X("--plugin", "NAME=FILE", option_take_plugin, "the library of a plugin, e.g. arm=./arm.so")                         \
  X("--environment", "NAME=COMMAND", option_take_command, "what starts an external environment")                       \
  X("--environment-timeout", "TIME", option_take_timeout, "what it may take for an answer (default 60 s)")             \
  X("--csv", NULL, take_csv, "write the results as text, too")                                                         \
  X("--float32", NULL, take_float32, "write recorded values as floats of 32 bits")                                     \
  X("--max-output", "SIZE", option_take_max_output, "end where the recordings get larger, e.g. \"2 GB\"")              \
  X("--checkpoint", "\"every TIME\"", option_take_checkpoint,                                                          \
    "save the state so often, e.g. \"every 10 s\", by the clock \"every 10 min wall\"")                                \
  X("--keep", "N", option_take_keep, "how many checkpoints stay (default 2)")                                          \
  X("--resume", "[FILE.h5]", option_take_resume, "go on from a checkpoint (default: the newest of the results)")       \
  X("--force", NULL, take_force, "overwrite whatever results are there already")                                       \
  X("--no-results", NULL, take_no_results, "write no files, print the measures only")                                  \
  X("--no-sandbox", NULL, take_no_sandbox, "keep the rights to all files, programs and the network")                   \
  X("--time", NULL, take_time, "print where the time went")                                                            \
  X("--json", NULL, take_json, "print the measures and how the run ended as JSON")                                     \
  X("--quiet", NULL, take_quiet, "no progress and no summary")                                                         \
  X("--help", NULL, take_help, "print this")

typedef bool (*take_fn)(parse *p, const char *text);

#define PUBLIC_ROW(name, argument, take, help) {name, argument, help},
const nsa_option nsa_run_options[] = {OPTIONS(PUBLIC_ROW)};
const uint32_t nsa_run_option_count = sizeof nsa_run_options / sizeof nsa_run_options[0];

#define TAKE_ROW(name, argument, take, help) take,
static const take_fn takes[] = {OPTIONS(TAKE_ROW)};

/* One option at argv[*at]; its argument may stand behind a = or be the next word. */
static bool parse_option(parse *p, int argc, char *const *argv, int *at) {
  const char *word = argv[(*at)++];
  if (strncmp(word, "--", 2) != 0)
    return option_refuse(p, "unexpected \"%.80s\"; options begin with --, see --help", word);
  const char *equals = strchr(word, '=');
  char name[NAME_BYTES + 1];
  snprintf(name, sizeof name, "%.*s", (int)minimum(equals ? (size_t)(equals - word) : strlen(word), NAME_BYTES), word);
  uint32_t index = name_find(p->program, nsa_run_option_count, option_name, name, strlen(name));
  if (index == NSA_NONE) {
    uint32_t near = name_nearest(p->program, nsa_run_option_count, option_name, name);
    if (near == NSA_NONE)
      return option_refuse(p, "there is no option %.80s; see --help", name);
    return option_refuse(p, "there is no option %.80s; did you mean %s?", name, nsa_run_options[near].name);
  }
  const nsa_option *option = &nsa_run_options[index];
  if (!option->argument)
    return equals ? option_refuse(p, "%s takes no value", name) : takes[index](p, NULL);
  if (equals)
    return takes[index](p, equals + 1);
  if (option->argument[0] == '[' && (*at >= argc || !nsa_option_takes(option, argv[*at])))
    return takes[index](p, NULL);
  if (*at >= argc)
    return option_refuse(p, "%s wants %s behind it", name, option->argument);
  return takes[index](p, argv[(*at)++]);
}

static const double *variant_global(const nsa_variant *v, uint32_t global) {
  for (uint32_t i = 0; v && i < v->globals_count; i++)
    if (v->globals[i].global == global)
      return &v->globals[i].value;
  return NULL;
}

bool options_suit_variant(const run_options *options, const nsa_program *program, uint32_t variant, char *error,
                          size_t error_size) {
  const nsa_variant *v = variant == NSA_NONE ? NULL : &program->variants[variant];
  for (uint32_t k = 0; k < program->globals_count; k++) {
    const nsa_global *g = &program->globals[k];
    const double *own = variant_global(v, k);
    if (!isnan(options->globals[k]) || (own ? *own == g->value : !g->is_of_variant))
      continue;
    snprintf(error, error_size,
             "%s%s has another %s than was compiled here; build it with `nsa build FILE%s%s`, or use nsa run",
             v ? "variant " : "the model without a variant", v ? v->name : "", g->name, v ? " --variant " : "",
             v ? v->name : "");
    return false;
  }
  return true;
}

static bool parse_options(parse *p, int argc, char *const *argv) {
  for (int at = 0; at < argc && !p->out->help;)
    if (!parse_option(p, argc, argv, &at))
      return false;
  if (p->out->all_variants && p->out->variant != NSA_NONE)
    return option_refuse(p, "--variant and --variants exclude each other");
  if (!p->out->help && !(option_check_sources(p) && option_check_checkpoints(p)))
    return false;
  return p->out->help || p->out->all_variants ||
         options_suit_variant(p->out, p->program, p->out->variant, p->error, p->error_size);
}

bool options_parse(const nsa_program *program, int argc, char *const *argv, run_options *out, char *error,
                   size_t error_size) {
  parse p = {.program = program, .out = out, .error = error, .error_size = error_size};
  *out = (run_options){
      .variant = NSA_NONE, .seed = 1, .ticks = program->ticks, .answer_seconds = 60, .starter = NSA_NO_STARTER};
  out->overrides = calloc((size_t)argc + 1, sizeof *out->overrides);
  out->patterns = calloc((size_t)argc + 1, sizeof *out->patterns);
  out->globals = calloc((size_t)program->globals_count + 1, sizeof *out->globals);
  out->sources = calloc((size_t)program->environments_count + 1, sizeof *out->sources);
  if (!out->overrides || !out->patterns || !out->globals || !out->sources)
    return option_refuse(&p, "out of memory");
  for (uint32_t i = 0; i < program->globals_count; i++)
    out->globals[i] = NAN;
  return parse_options(&p, argc, argv);
}

void options_free(run_options *options) {
  free(options->overrides);
  free(options->patterns);
  free(options->globals);
  free(options->sources);
  options->sources = NULL;
  options->globals = NULL;
  options->overrides = NULL;
  options->patterns = NULL;
}

void options_print(FILE *to) {
  for (uint32_t i = 0; i < nsa_run_option_count; i++) {
    char left[64];
    const nsa_option *option = &nsa_run_options[i];
    snprintf(left, sizeof left, "%s%s%s", option->name, option->argument ? " " : "",
             option->argument ? option->argument : "");
    fprintf(to, "  %-22s %s\n", left, option->help);
  }
}
