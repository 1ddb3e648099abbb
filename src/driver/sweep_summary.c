/* SPDX-License-Identifier: MIT */
/* sweep_summary.c - what comes out over the seeds.
 *
 * Intervals are bootstraps of the median over seeds; a ratio of medians resamples the seeds that both variants have, in
 * pairs. */
#include "driver/json.h"
#include "driver/statistics.h"
#include "driver/sweep.h"
#include "nsa_json.h"
#include "support/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

enum { MOST_PRINTED = 60 };

/* Over the seeds of a setting and variant: NAN where there is nothing. */
typedef struct {
  uint32_t n;
  double mean, sd, median, lower, upper; /* lower, upper: quartiles */
  double low, high;                      /* 95 % of the median, by bootstrap */
  double ratio, ratio_low, ratio_high;   /* of its median to that of the model as it stands, seeds in pairs */
} statistics;

/* Values of a measure by run, NAN where there is none. */
static void read_values(const sweep_table *t, uint64_t setting, uint32_t variant, uint32_t measure, double *values) {
  for (uint64_t k = 0; k < sweep_run_count(t->plan); k++) {
    uint64_t point = sweep_point_of(t->plan, setting, variant, k);
    values[k] = t->states[point] == POINT_OK ? t->values[point * t->program->measures_count + measure] : NAN;
  }
}

static uint32_t keep_numbers(double *values, uint32_t count) {
  uint32_t n = 0;
  for (uint32_t k = 0; k < count; k++)
    if (!isnan(values[k]))
      values[n++] = values[k];
  return n;
}

/* values, base: of the same n seeds. */
static void set_ratio(const double *values, const double *base, uint32_t n, double *room, statistics *s) {
  double *ratios = room, *above = room + STATISTICS_RESAMPLES, *below = above + n;
  memcpy(above, values, n * sizeof *values);
  memcpy(below, base, n * sizeof *base);
  s->ratio = n > 0 ? statistics_median(above, n) / statistics_median(below, n) : NAN;
  uint32_t kept = 0;
  for (uint32_t b = 0; b < STATISTICS_RESAMPLES && n > 1; b++) {
    for (uint32_t k = 0; k < n; k++) {
      uint32_t i = statistics_drawn(n, b, k);
      above[k] = values[i];
      below[k] = base[i];
    }
    ratios[kept] = statistics_median(above, n) / statistics_median(below, n);
    kept += isnan(ratios[kept]) ? 0 : 1;
  }
  interval middle = statistics_middle(ratios, kept);
  s->ratio_low = middle.low;
  s->ratio_high = middle.high;
}

static uint32_t base_variant(const sweep_plan *plan) {
  uint32_t k = 0;
  while (k < plan->variants.len && plan->variants.data[k].name != NULL)
    k++;
  return k;
}

static statistics statistics_of(const sweep_table *t, uint64_t setting, uint32_t variant, uint32_t measure) {
  statistics s = {.sd = NAN, .low = NAN, .high = NAN, .ratio = NAN, .ratio_low = NAN, .ratio_high = NAN};
  uint32_t runs = (uint32_t)sweep_run_count(t->plan), base = base_variant(t->plan), pairs = 0;
  arena *a = arena_new();
  double *values = ARENA_ARRAY(a, double, runs), *others = ARENA_ARRAY(a, double, runs);
  double *room = ARENA_ARRAY(a, double, STATISTICS_RESAMPLES + 2 * (size_t)runs);
  read_values(t, setting, variant, measure, values);
  if (base < t->plan->variants.len && base != variant) {
    double *paired = ARENA_ARRAY(a, double, runs);
    read_values(t, setting, base, measure, others);
    for (uint32_t k = 0; k < runs; k++)
      if (!isnan(values[k]) && !isnan(others[k])) {
        paired[pairs] = values[k];
        others[pairs++] = others[k];
      }
    set_ratio(paired, others, pairs, room, &s);
  }
  s.n = keep_numbers(values, runs);
  s.mean = statistics_mean(values, s.n);
  s.sd = statistics_sd(values, s.n);
  interval middle = statistics_interval(statistics_median, values, s.n, room);
  s.low = middle.low;
  s.high = middle.high;
  s.median = statistics_median(values, s.n);
  s.lower = statistics_quantile(values, s.n, 0.25);
  s.upper = statistics_quantile(values, s.n, 0.75);
  arena_free(a);
  return s;
}

/* ---- all of them ---- */

typedef struct {
  const sweep_table *table;
  statistics *rows; /* by setting, variant, measure */
} summary;

static statistics *row_of(const summary *all, uint64_t setting, uint32_t variant, uint32_t measure) {
  uint64_t before = setting * all->table->plan->variants.len + variant;
  return &all->rows[before * all->table->program->measures_count + measure];
}

static summary summarise(arena *a, const sweep_table *t) {
  uint64_t settings = sweep_setting_count(t->plan);
  uint32_t variants = t->plan->variants.len, measures = t->program->measures_count;
  summary all = {t, ARENA_ARRAY(a, statistics, settings * variants * measures)};
  for (uint64_t k = 0; k < settings; k++)
    for (uint32_t v = 0; v < variants; v++)
      for (uint32_t m = 0; m < measures; m++)
        *row_of(&all, k, v, m) = statistics_of(t, k, v, m);
  return all;
}

/* ---- on stdout ---- */

static const char *variant_name(const sweep_plan *plan, uint32_t variant) {
  return plan->variants.data[variant].name != NULL ? plan->variants.data[variant].name : "base";
}

static void print_setting(const sweep_plan *plan, uint64_t setting, FILE *out) {
  uint32_t k = 0;
  for (; k < plan->axes.len && !plan->axes.data[k].is_drawn; k++)
    fprintf(out, "%s%s=%s", k ? ", " : "", plan->axes.data[k].name,
            plan->axes.data[k].values.data[sweep_value_of(plan, k, setting)]);
  if (k > 0)
    fprintf(out, "\n");
}

static void print_number(FILE *out, int width, double x) {
  if (isnan(x))
    fprintf(out, " %*s", width, "-");
  else
    fprintf(out, " %*.6g", width, x);
}

static void print_between(FILE *out, double low, double high) {
  char between[48] = "-";
  if (!isnan(low))
    snprintf(between, sizeof between, "%.4g to %.4g", low, high);
  fprintf(out, "  %-21s ", between);
}

static void print_row(const summary *all, uint64_t setting, uint32_t variant, uint32_t measure, FILE *out) {
  const sweep_table *t = all->table;
  statistics s = *row_of(all, setting, variant, measure);
  const nsa_measure *m = &t->program->measures[measure];
  char name[128];
  bool is_number = m->unit[0] == '\0' || strcmp(m->unit, "1") == 0;
  snprintf(name, sizeof name, is_number ? "%.80s" : "%.80s (%.30s)", m->name, m->unit);
  fprintf(out, "%-20s %-14s %5u", name, variant_name(t->plan, variant), s.n);
  print_number(out, 11, s.mean);
  print_number(out, 10, s.sd);
  print_number(out, 10, s.median);
  print_between(out, s.lower, s.upper);
  print_between(out, s.low, s.high);
  if (!isnan(s.ratio)) {
    fprintf(out, "%.4g", s.ratio);
    if (!isnan(s.ratio_low))
      fprintf(out, " (%.4g to %.4g)", s.ratio_low, s.ratio_high);
  }
  fprintf(out, "\n");
}

static void print_summary(const summary *all, FILE *out) {
  const sweep_table *t = all->table;
  const sweep_plan *plan = t->plan;
  uint64_t settings = sweep_setting_count(plan), shown = 0;
  uint64_t rows = (uint64_t)plan->variants.len * t->program->measures_count;
  fprintf(out, "%-20s %-14s %5s %11s %10s %10s  %-22s  %-21s%s\n", "measure", "variant", "n", "mean", "sd", "median",
          "quartiles", "95 % of the median", plan->variants.len > 1 ? " ratio of medians to base (95 %)" : "");
  for (uint64_t k = 0; k < settings && (shown == 0 || (shown + 1) * rows <= MOST_PRINTED); k++, shown++) {
    print_setting(plan, k, out);
    for (uint32_t m = 0; m < t->program->measures_count; m++)
      for (uint32_t v = 0; v < plan->variants.len; v++)
        print_row(all, k, v, m, out);
    sweep_ranks_print(t, k, out);
  }
  if (shown < settings)
    fprintf(out, "and %" PRIu64 " settings more: sweep.json has them\n", settings - shown);
}

/* ---- sweep.json ---- */

void sweep_json_settings(cJSON *o, const sweep_plan *plan, uint64_t setting) {
  cJSON *values = cJSON_AddObjectToObject(o, "settings");
  for (uint32_t k = 0; k < plan->axes.len && !plan->axes.data[k].is_drawn; k++)
    json_number(values, plan->axes.data[k].name, sweep_shown_value(plan, k, (sweep_point){.setting = setting}));
}

static void json_row(cJSON *list, const summary *all, uint64_t setting, uint32_t variant, uint32_t measure) {
  const sweep_table *t = all->table;
  statistics s = *row_of(all, setting, variant, measure);
  cJSON *o = json_object(list);
  sweep_json_settings(o, t->plan, setting);
  cJSON_AddStringToObject(o, "variant", variant_name(t->plan, variant));
  cJSON_AddStringToObject(o, "measure", t->program->measures[measure].name);
  json_number(o, "n", s.n);
  json_number(o, "mean", s.mean);
  json_number(o, "sd", s.sd);
  json_number(o, "median", s.median);
  json_number(o, "lower_quartile", s.lower);
  json_number(o, "upper_quartile", s.upper);
  json_number(o, "median_low", s.low);
  json_number(o, "median_high", s.high);
  json_number(o, "ratio_to_base", s.ratio);
  json_number(o, "ratio_low", s.ratio_low);
  json_number(o, "ratio_high", s.ratio_high);
}

static void json_axes(cJSON *top, const sweep_plan *plan) {
  cJSON *axes = cJSON_AddArrayToObject(top, "axes");
  for (uint32_t k = 0; k < plan->axes.len; k++) {
    const sweep_axis *axis = &plan->axes.data[k];
    cJSON *o = json_object(axes);
    cJSON_AddStringToObject(o, "name", axis->name);
    cJSON_AddStringToObject(o, "unit", axis->unit);
    if (axis->is_drawn)
      json_number(o, "jitter", axis->share);
    cJSON *values = cJSON_AddArrayToObject(o, axis->is_drawn ? "around" : "values");
    for (uint32_t i = 0; i < axis->values.len; i++)
      cJSON_AddItemToArray(values, cJSON_CreateString(axis->values.data[i]));
    for (uint32_t v = 0; axis->is_drawn && v < plan->variants.len; v++) /* by variant */
      cJSON_AddItemToArray(values, cJSON_CreateNumber(axis->numbers[v]));
  }
}

static void json_measures(cJSON *top, const nsa_program *program) {
  cJSON *list = cJSON_AddArrayToObject(top, "measures");
  for (uint32_t k = 0; k < program->measures_count; k++) {
    cJSON *o = json_object(list);
    cJSON_AddStringToObject(o, "name", program->measures[k].name);
    cJSON_AddStringToObject(o, "unit", program->measures[k].unit);
  }
}

static void json_source(cJSON *top, const sweep_plan *plan, const compilation *c) {
  const nsa_program *p = c->ir->program;
  cJSON *source = cJSON_AddObjectToObject(top, "source"), *files;
  cJSON_AddStringToObject(source, "path", plan->args->file);
  files = cJSON_AddArrayToObject(source, "files");
  for (uint32_t k = 0; k < p->files_count; k++) {
    cJSON *o = json_object(files);
    cJSON_AddStringToObject(o, "path", p->files[k].path);
    cJSON_AddStringToObject(o, "text", p->files[k].text);
  }
}

static void json_command(cJSON *top, const sweep_table *t, const compilation *c) {
  const sweep_plan *plan = t->plan;
  cJSON *list;
  cJSON_AddStringToObject(top, "nsa", NSA_VERSION);
  cJSON_AddStringToObject(top, "llvm", build_llvm_version(c->arena));
  cJSON_AddStringToObject(top, "processor", c->target.cpu);
  list = cJSON_AddArrayToObject(top, "command");
  for (int k = 0; k < plan->args->argc; k++)
    cJSON_AddItemToArray(list, cJSON_CreateString(plan->args->argv[k]));
  json_axes(top, plan);
  list = cJSON_AddArrayToObject(top, "variants");
  for (uint32_t k = 0; k < plan->variants.len; k++)
    cJSON_AddItemToArray(list, cJSON_CreateString(variant_name(plan, k)));
  json_number(top, "samples", (double)plan->samples);
  list = cJSON_AddArrayToObject(top, "seeds");
  for (uint32_t k = 0; k < plan->seeds.len; k++)
    cJSON_AddItemToArray(list, cJSON_CreateNumber((double)plan->seeds.data[k]));
}

static const char *write_json(arena *a, const summary *all, const compilation *c) {
  const sweep_table *t = all->table;
  nsa_json_begin();
  cJSON *top = cJSON_CreateObject();
  uint64_t failed = 0;
  const char *error = NULL, *path = file_join(a, t->plan->out, "sweep.json");
  for (uint64_t k = 0; k < t->plan->point_count; k++)
    failed += t->states[k] == POINT_FAILED;
  json_command(top, t, c);
  json_number(top, "points", (double)t->plan->point_count);
  json_number(top, "failed", (double)failed);
  json_measures(top, t->program);
  cJSON *rows = cJSON_AddArrayToObject(top, "summary");
  for (uint64_t k = 0; k < sweep_setting_count(t->plan); k++)
    for (uint32_t v = 0; v < t->plan->variants.len; v++)
      for (uint32_t m = 0; m < t->program->measures_count; m++)
        json_row(rows, all, k, v, m);
  sweep_ranks_json(top, t);
  json_source(top, t->plan, c);
  char *content = json_text(top);
  bool is_good = file_write_atomic(a, path, content, strlen(content), &error);
  free(content);
  return is_good ? NULL : arena_printf(a, "cannot write %s: %s", path, error);
}

const char *sweep_summary(arena *a, const sweep_table *t, const compilation *c, FILE *out) {
  summary all = summarise(a, t);
  const char *wrong = write_json(a, &all, c);
  if (wrong == NULL)
    print_summary(&all, out);
  return wrong;
}
