/* SPDX-License-Identifier: MIT */
/* sweep_ranks.c - which param matters: rank correlations of measures with what was drawn. */
#include "driver/json.h"
#include "driver/statistics.h"
#include "driver/sweep.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_SHOWN = 12 };

typedef struct {
  uint32_t measure, axis, n;
  double rho; /* NAN: one of the two is always the same */
} correlation;

typedef struct {
  correlation *list; /* the strongest first */
  uint32_t count;
} correlations;

static int by_strength(const void *a, const void *b) {
  const correlation *x = a, *y = b;
  double p = isnan(x->rho) ? -1 : fabs(x->rho), q = isnan(y->rho) ? -1 : fabs(y->rho);
  if (p != q)
    return p < q ? 1 : -1;
  if (x->measure != y->measure)
    return x->measure < y->measure ? -1 : 1;
  return (x->axis > y->axis) - (x->axis < y->axis);
}

/* Over the runs in which the measure has a value. room: four numbers a run. */
static correlation correlate(const sweep_table *t, uint64_t setting, uint32_t variant, uint32_t measure, uint32_t axis,
                             double *room) {
  uint64_t runs = sweep_run_count(t->plan);
  double *x = room, *y = room + runs;
  correlation c = {.measure = measure, .axis = axis};
  for (uint64_t k = 0; k < runs; k++) {
    uint64_t point = sweep_point_of(t->plan, setting, variant, k);
    double value = t->values[point * t->program->measures_count + measure];
    if (t->states[point] != POINT_OK || isnan(value))
      continue;
    x[c.n] = sweep_shown_value(t->plan, axis, sweep_point_at(t->plan, point));
    y[c.n++] = value;
  }
  c.rho = statistics_spearman(x, y, c.n, room + 2 * runs);
  return c;
}

/* Of all measures and params of a setting and variant. */
static correlations correlate_all(arena *a, const sweep_table *t, uint64_t setting, uint32_t variant) {
  uint32_t measures = t->program->measures_count, axes = t->plan->axes.len;
  double *room = ARENA_ARRAY(a, double, 4 * sweep_run_count(t->plan));
  correlations all = {.list = ARENA_ARRAY(a, correlation, (size_t)measures * axes)};
  for (uint32_t m = 0; m < measures; m++)
    for (uint32_t k = 0; k < axes; k++)
      if (t->plan->axes.data[k].is_drawn)
        all.list[all.count++] = correlate(t, setting, variant, m, k, room);
  qsort(all.list, all.count, sizeof *all.list, by_strength);
  return all;
}

static void print_variant(const sweep_table *t, uint64_t setting, uint32_t variant, FILE *out) {
  arena *a = arena_new();
  const sweep_variant *v = &t->plan->variants.data[variant];
  correlations all = correlate_all(a, t, setting, variant);
  for (uint32_t k = 0; k < all.count && k < MOST_SHOWN && !isnan(all.list[k].rho); k++)
    fprintf(out, "%-20s %-14s %5u %11.3f  %s\n", t->program->measures[all.list[k].measure].name,
            v->name != NULL ? v->name : "base", all.list[k].n, all.list[k].rho,
            t->plan->axes.data[all.list[k].axis].name);
  arena_free(a);
}

void sweep_ranks_print(const sweep_table *t, uint64_t setting, FILE *out) {
  if (t->plan->jitters.len == 0)
    return;
  fprintf(out, "%-20s %-14s %5s %11s  param\n", "measure", "variant", "n", "rank corr.");
  for (uint32_t v = 0; v < t->plan->variants.len; v++)
    print_variant(t, setting, v, out);
  if (t->plan->samples > 2)
    fprintf(out, "(with a param that has no influence, one in 20 is beyond %.2g by chance)\n",
            1.96 / sqrt((double)t->plan->samples - 1));
}

static void json_variant(cJSON *list, const sweep_table *t, uint64_t setting, uint32_t variant) {
  arena *a = arena_new();
  const sweep_variant *v = &t->plan->variants.data[variant];
  correlations all = correlate_all(a, t, setting, variant);
  for (uint32_t k = 0; k < all.count; k++) {
    const correlation *c = &all.list[k];
    cJSON *o = json_object(list);
    sweep_json_settings(o, t->plan, setting);
    cJSON_AddStringToObject(o, "variant", v->name != NULL ? v->name : "base");
    cJSON_AddStringToObject(o, "measure", t->program->measures[c->measure].name);
    cJSON_AddStringToObject(o, "param", t->plan->axes.data[c->axis].name);
    json_number(o, "n", c->n);
    json_number(o, "rho", c->rho);
  }
  arena_free(a);
}

void sweep_ranks_json(cJSON *top, const sweep_table *t) {
  if (t->plan->jitters.len == 0)
    return;
  cJSON *list = cJSON_AddArrayToObject(top, "rank_correlations");
  for (uint64_t k = 0; k < sweep_setting_count(t->plan); k++)
    for (uint32_t v = 0; v < t->plan->variants.len; v++)
      json_variant(list, t, k, v);
}
