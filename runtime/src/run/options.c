/* SPDX-License-Identifier: MIT */
#include "base/units.h"
#include "nsa_session.h"
#include "nsa_starter.h"
#include "nsa_ticks.h"
#include "nsa_units.h"
#include "run/names.h"
#include "run/options_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_THREADS = 1024 };
#define MAX_TICKS 9007199254740992.0 /* 2^53: tick numbers are exact in f64 */

/* ---- names ---- */

static size_t minimum(size_t a, size_t b) { return a < b ? a : b; }

static const char *variant_name(const nsa_program *p, uint32_t i) { return p->variants[i].name; }
static const char *pattern_name(const nsa_program *p, uint32_t i) { return p->patterns[i].name; }
static const char *option_name(const nsa_program *p, uint32_t i) {
  (void)p;
  return nsa_run_options[i].name;
}

/* ---- one function an option ---- */

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
  X("--set", "NAME=VALUE", option_take_set, "set a parameter, e.g. --set exc.tau_m=\"25 ms\"; may be repeated")        \
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
  X("--resume-allow", "WHAT", option_take_resume_allow,                                                                \
    "what may have changed since: some of model,seed,step,links,missing,size")                                         \
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

/* The param of the top level that the variant wants otherwise, or NULL. */
static const char *other_global(const run_options *options, const nsa_program *program, const nsa_variant *v) {
  for (uint32_t k = 0; k < program->globals_count; k++) {
    const nsa_global *g = &program->globals[k];
    const double *own = variant_global(v, k);
    if (isnan(options->globals[k]) && !(own ? *own == g->value : !g->is_of_variant))
      return g->name;
  }
  return NULL;
}

static bool has_other_components(const nsa_program *program, const nsa_variant *v) {
  for (uint32_t k = 0; k < program->variants_count; k++)
    if (program->variants[k].is_compiled && v != &program->variants[k])
      return true;
  return v && v->modifies && !v->is_compiled;
}

bool options_suit_variant(const run_options *options, const nsa_program *program, uint32_t variant, char *error,
                          size_t error_size) {
  const nsa_variant *v = variant == NSA_NONE ? NULL : &program->variants[variant];
  const char *name = other_global(options, program, v);
  bool has_others = has_other_components(program, v);
  if (name || has_others)
    snprintf(error, error_size,
             "%s%s has %s%s than %s compiled here; build it with `nsa build FILE%s%s`, or use nsa run",
             v ? "variant " : "the model without a variant", v ? v->name : "", has_others ? "other " : "another ",
             has_others ? "equations" : name, has_others ? "were" : "was", v ? " --variant " : "", v ? v->name : "");
  return !name && !has_others;
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
  out->patterns = calloc((size_t)argc + 1, sizeof *out->patterns);
  out->globals = calloc((size_t)program->globals_count + 1, sizeof *out->globals);
  out->sources = calloc((size_t)program->environments_count + 1, sizeof *out->sources);
  if (!out->patterns || !out->globals || !out->sources)
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
