/* SPDX-License-Identifier: MIT */
/* sweep_jitter.c - params that are drawn: --jitter and --samples. A value is drawn uniformly around what the variant
 * says of the param, within its range. It follows from the name of the param, the number of the sample and
 * --jitter-seed alone, so that parts, larger sweeps and other variants have the same samples. */
#include "driver/sweep.h"
#include "nsa_math.h"
#include "nsa_units.h"

#include <math.h>
#include <stdlib.h>

enum { USUAL_SAMPLES = 50 };

/* ---- the command line ---- */

/* "10%", or "glia.v3=10%" */
static const char *read_jitter(arena *a, const char *words, sweep_plan *plan) {
  const char *equals = strrchr(words, '='), *number = equals != NULL ? equals + 1 : words;
  sweep_jitter j = {.name = equals != NULL ? arena_strdup(a, words, (size_t)(equals - words)) : NULL};
  char *end;
  j.share = strtod(number, &end) / 100;
  if (end == number || strcmp(end + strspn(end, " "), "%") != 0 || !(j.share > 0 && j.share <= 1))
    return arena_printf(a, "--jitter wants a part up to 100%%, such as 10%% or glia.v3=20%%, not %s", words);
  for (uint32_t k = 0; k < plan->jitters.len; k++) {
    const char *other = plan->jitters.data[k].name;
    if (j.name == NULL ? other == NULL : other != NULL && strcmp(other, j.name) == 0)
      return arena_printf(a, "--jitter is there twice for %s", j.name != NULL ? j.name : "all params");
  }
  vec_push(a, &plan->jitters, j);
  return NULL;
}

static const char *read_number(arena *a, const char *option, const char *words, uint64_t *out) {
  char *end;
  if (words == NULL)
    return NULL;
  *out = strtoull(words, &end, 10);
  if (words[0] >= '0' && words[0] <= '9' && *end == '\0' && *out >= 1 && (double)*out <= SWEEP_MOST_POINTS)
    return NULL;
  return arena_printf(a, "%s wants a number from 1 to %.0f, not %s", option, SWEEP_MOST_POINTS, words);
}

const char *sweep_jitter_read(arena *a, const arguments *args, sweep_plan *plan) {
  const char *samples = args->values[ARGUMENT_samples], *seed = args->values[ARGUMENT_jitter_seed], *wrong = NULL;
  plan->jitter_seed = plan->samples = 1;
  for (uint32_t k = 0; wrong == NULL && k < args->jitters.len; k++)
    wrong = read_jitter(a, args->jitters.data[k], plan);
  if (wrong != NULL)
    return wrong;
  if (plan->jitters.len == 0)
    return samples != NULL || seed != NULL ? "--samples and --jitter-seed go with --jitter, such as --jitter 10%"
                                           : NULL;
  plan->samples = USUAL_SAMPLES;
  wrong = read_number(a, "--samples", samples, &plan->samples);
  return wrong != NULL ? wrong : read_number(a, "--jitter-seed", seed, &plan->jitter_seed);
}

/* ---- what is drawn ---- */

/* A param of the program: `number` of its settables, and behind them of its globals. */
typedef struct {
  const char *name, *unit;
  bool is_global, is_plain, has_range; /* plain: one number, which follows from no other */
  double lo, hi, value;
} param;

static param param_at(const nsa_program *p, uint32_t number) {
  if (number >= p->settables_count) {
    const nsa_global *g = &p->globals[number - p->settables_count];
    return (param){g->name, g->unit, true, true, g->has_range, g->lo, g->hi, g->value};
  }
  const nsa_settable *s = &p->settables[number];
  const nsa_field *f = &p->fields[s->field.id];
  bool is_plain = f->is_uniform && nsa_field_is_none(s->given);
  return (param){s->name, s->unit, false, is_plain, s->has_range, s->lo, s->hi, f->value};
}

static uint32_t param_count(const nsa_program *p) { return p->settables_count + p->globals_count; }

/* What a variant says of it. p: the program compiled with the variant's params of the top level. */
static double value_in(const nsa_program *p, uint32_t number, const char *variant) {
  double value = param_at(p, number).value;
  for (uint32_t v = 0; variant != NULL && v < p->variants_count; v++)
    for (uint32_t k = 0; strcmp(p->variants[v].name, variant) == 0 && k < p->variants[v].settings_count; k++)
      if (p->variants[v].settings[k].settable == number)
        value = p->variants[v].settings[k].value;
  return value;
}

/* Those of a component mean each of its populations, which draws its own. */
static bool means(const nsa_program *p, const char *name, uint32_t number) {
  return number < p->settables_count ? nsa_setting_means(p, name, number)
                                     : strcmp(name, p->globals[number - p->settables_count].name) == 0;
}

static const sweep_jitter *jitter_of(const nsa_program *p, const sweep_plan *plan, uint32_t number) {
  const sweep_jitter *found = NULL;
  param of = param_at(p, number);
  for (uint32_t k = 0; k < plan->jitters.len; k++) {
    const sweep_jitter *j = &plan->jitters.data[k];
    if (j->name != NULL && means(p, j->name, number))
      return j;
    if (j->name == NULL && of.is_plain && !of.is_global)
      found = j;
  }
  return found;
}

static bool is_set(const nsa_program *p, const sweep_plan *plan, uint32_t number) {
  for (uint32_t k = 0; k < plan->axes.len; k++)
    if (!plan->axes.data[k].is_drawn && means(p, plan->axes.data[k].name, number))
      return true;
  return false;
}

/* values: by variant, then param. Params that are 0 in all variants stay so. */
static void add_axis(arena *a, const param *of, uint32_t number, const double *values, double share, sweep_plan *plan,
                     uint32_t params) {
  bool is_any = false;
  sweep_axis axis = {.name = of->name, .unit = of->unit, .is_global = of->is_global, .is_drawn = true, .share = share};
  axis.low = of->has_range ? nsa_show_written(of->lo, of->unit) : -INFINITY;
  axis.high = of->has_range ? nsa_show_written(of->hi, of->unit) : INFINITY;
  axis.numbers = ARENA_ARRAY(a, double, plan->variants.len);
  for (uint32_t v = 0; v < plan->variants.len; v++) {
    axis.numbers[v] = nsa_show_written(values[(size_t)v * params + number], of->unit);
    is_any = is_any || axis.numbers[v] != 0;
  }
  if (is_any)
    vec_push(a, &plan->axes, axis);
}

static const char *check_param(arena *a, const nsa_program *p, const sweep_plan *plan, uint32_t number) {
  param of = param_at(p, number);
  if (is_set(p, plan, number))
    return arena_printf(a, "--jitter %s: --set gives it its values", of.name);
  if (of.is_plain && of.value == 0)
    return arena_printf(a, "--jitter %s: it is 0, and so is each part of it", of.name);
  return of.is_plain ? NULL
                     : arena_printf(a,
                                    "--jitter %s: it has no value of its own, as it follows from other params or "
                                    "differs between elements; draw what it follows from",
                                    of.name);
}

static const char *check_named(arena *a, const nsa_program *p, const sweep_plan *plan, const sweep_jitter *j) {
  const char **names = ARENA_ARRAY(a, const char *, param_count(p)), *wrong = NULL;
  bool is_found = false;
  for (uint32_t k = 0; wrong == NULL && k < param_count(p); k++) {
    names[k] = param_at(p, k).name;
    if (means(p, j->name, k)) {
      is_found = true;
      wrong = check_param(a, p, plan, k);
    }
  }
  if (is_found)
    return wrong;
  const char *near = diag_nearest(j->name, names, param_count(p));
  return arena_printf(a, "--jitter: there is no param `%s`%s%s%s", j->name, near ? "; did you mean `" : "",
                      near ? near : "", near ? "`?" : "");
}

static const char *check(arena *a, const nsa_program *p, const sweep_plan *plan) {
  const char *wrong = NULL;
  for (uint32_t k = 0; wrong == NULL && k < plan->jitters.len; k++)
    wrong = plan->jitters.data[k].name != NULL ? check_named(a, p, plan, &plan->jitters.data[k]) : NULL;
  for (uint32_t k = 0; wrong == NULL && k < plan->axes.len; k++)
    if (plan->axes.data[k].is_global && plan->axes.data[k].values.len > 1)
      wrong = arena_printf(a, "--set %s: with --jitter a param of the top level has one value; begin a sweep for each",
                           plan->axes.data[k].name);
  return wrong;
}

/* What each param is in a variant; one that sets params of the top level is compiled for that. */
static const char *read_values(arena *a, const compilation *c, const sweep_variant *v, double *values) {
  compilation own;
  compile_options options = *c->options;
  const nsa_program *p = c->ir->program;
  options.variant = v->name;
  if (v->is_compiled) {
    compile_start(&own, &options);
    p = compile_to(&own, STAGE_LOWER) == 0 ? own.ir->program : NULL;
  }
  for (uint32_t k = 0; p != NULL && k < param_count(p); k++)
    values[k] = value_in(p, k, v->name);
  const char *wrong = p == NULL ? arena_printf(a, "variant %s: %s", v->name, sweep_compile_failure(&own)) : NULL;
  if (v->is_compiled)
    compile_free(&own);
  return wrong;
}

const char *sweep_jitter_bind(arena *a, const compilation *c, sweep_plan *plan) {
  const nsa_program *p = c->ir->program;
  uint32_t params = param_count(p), before = plan->axes.len;
  if (plan->jitters.len == 0)
    return NULL;
  double *values = ARENA_ARRAY(a, double, (size_t)plan->variants.len *params);
  const char *wrong = check(a, p, plan);
  for (uint32_t v = 0; wrong == NULL && v < plan->variants.len; v++)
    wrong = read_values(a, c, &plan->variants.data[v], &values[(size_t)v * params]);
  for (uint32_t k = 0; wrong == NULL && k < params; k++) {
    param of = param_at(p, k);
    const sweep_jitter *j = jitter_of(p, plan, k);
    if (j != NULL && !is_set(p, plan, k))
      add_axis(a, &of, k, values, j->share, plan, params);
  }
  if (wrong == NULL && plan->axes.len == before)
    wrong = "--jitter: the model has no param with a number of its own that could be drawn";
  return wrong;
}

/* ---- draws ---- */

double sweep_drawn(const sweep_plan *plan, const sweep_axis *axis, sweep_point point) {
  double base = axis->numbers[point.variant], width = axis->share * fabs(base);
  double low = fmax(base - width, axis->low), high = fmin(base + width, axis->high);
  uint64_t key = hash_bytes(hash_start(), axis->name, strlen(axis->name)).lo ^ plan->jitter_seed;
  return nsa_rand_uniform_1(key, (double)point.sample, 0, 0, low, high);
}
