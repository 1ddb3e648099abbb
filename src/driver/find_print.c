/* SPDX-License-Identifier: MIT */
#include "driver/find.h"
#include "driver/json.h"
#include "driver/statistics.h"
#include "nsa_json.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static double threshold_of(const find_result *r) {
  return r->state == FIND_FOUND ? r->low + (r->high - r->low) / 2 : NAN;
}

typedef struct {
  uint32_t n;
  double mean, sd;
  interval of_mean;
} over_seeds;

static over_seeds summarise(arena *a, const find_plan *plan, const find_result *results) {
  uint32_t count = plan->sweep.seeds.len;
  double *values = ARENA_ARRAY(a, double, count);
  double *room = ARENA_ARRAY(a, double, STATISTICS_RESAMPLES + (size_t)count);
  over_seeds s = {0};
  for (uint32_t k = 0; k < count; k++)
    if (results[k].state == FIND_FOUND)
      values[s.n++] = threshold_of(&results[k]);
  s.mean = statistics_mean(values, s.n);
  s.sd = statistics_sd(values, s.n);
  s.of_mean = statistics_interval(statistics_mean, values, s.n, room);
  return s;
}

static const char *shown(arena *a, const find_plan *plan, double x) {
  return arena_printf(a, "%.7g%s%s", x, *plan->ends.unit ? " " : "", plan->ends.unit);
}

void find_print(arena *a, const find_plan *plan, const find_result *results, FILE *out) {
  const sweep_plan *sweep = &plan->sweep;
  uint32_t found = 0;
  for (uint32_t k = 0; k < sweep->seeds.len; k++) {
    const find_result *r = &results[k];
    if (r->state != FIND_FOUND)
      continue;
    fprintf(out, "seed %-6" PRIu64 " %s = %s: %s below, %s above, to %.2g%s%s, in %u runs\n", sweep->seeds.data[k],
            plan->name, shown(a, plan, threshold_of(r)), r->is_true_above ? "false" : "true",
            r->is_true_above ? "true" : "false", (r->high - r->low) / 2, *plan->ends.unit ? " " : "", plan->ends.unit,
            r->runs);
    found++;
  }
  if (found > 1) {
    over_seeds s = summarise(a, plan, results);
    fprintf(out, "mean        %s = %s, sd %.3g, 95 %% of the mean %.7g to %.7g, of %u seeds\n", plan->name,
            shown(a, plan, s.mean), s.sd, s.of_mean.low, s.of_mean.high, s.n);
  }
  if (found > 0)
    fprintf(out, "(the answer of \"%s\" is taken to change once between %.6g and %s)\n", plan->condition,
            plan->ends.from, shown(a, plan, plan->ends.to));
}

static void json_seed(cJSON *list, const find_plan *plan, uint32_t seed, const find_result *r) {
  static const char *const states[] = {
      [FIND_FOUND] = "found", [FIND_SAME] = "same", [FIND_NO_VALUE] = "no value", [FIND_FAILED] = "failed"};
  cJSON *o = json_object(list);
  bool is_found = r->state == FIND_FOUND;
  json_number(o, "seed", (double)plan->sweep.seeds.data[seed]);
  cJSON_AddStringToObject(o, "outcome", states[r->state]);
  json_number(o, "threshold", threshold_of(r));
  json_number(o, "low", is_found ? r->low : NAN);
  json_number(o, "high", is_found ? r->high : NAN);
  if (is_found || r->state == FIND_SAME)
    cJSON_AddBoolToObject(o, "true_above", r->is_true_above);
  if (r->reason != NULL)
    cJSON_AddStringToObject(o, "reason", r->reason);
  json_number(o, "runs", r->runs);
}

void find_print_json(arena *a, const find_plan *plan, const find_result *results, FILE *out) {
  nsa_json_begin();
  cJSON *root = cJSON_CreateObject();
  over_seeds s = summarise(a, plan, results);
  cJSON_AddStringToObject(root, "param", plan->name);
  cJSON_AddStringToObject(root, "unit", plan->ends.unit);
  cJSON_AddStringToObject(root, "where", plan->condition);
  json_number(root, "from", plan->ends.from);
  json_number(root, "to", plan->ends.to);
  json_number(root, "tolerance", plan->tolerance);
  cJSON *seeds = cJSON_AddArrayToObject(root, "seeds");
  for (uint32_t k = 0; k < plan->sweep.seeds.len; k++)
    json_seed(seeds, plan, k, &results[k]);
  json_number(root, "n", s.n);
  json_number(root, "mean", s.mean);
  json_number(root, "sd", s.sd);
  json_number(root, "mean_low", s.of_mean.low);
  json_number(root, "mean_high", s.of_mean.high);
  char *content = json_text(root);
  fprintf(out, "%s\n", content);
  free(content);
}
