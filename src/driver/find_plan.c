/* SPDX-License-Identifier: MIT */
/* find_plan.c - from the command line to a param, its range and a condition. */
#include "driver/find.h"
#include "nsa_units.h"

#include <math.h>
#include <stdlib.h>

#define USUAL_TOLERANCE 1e-4 /* of the range */

static const char *read_words(arena *a, const arguments *args, find_plan *plan) {
  const char *const *words = args->words.data;
  if (args->words.len < 4 || strcmp(words[2], "where") != 0)
    return "what is to be found? nsa find FILE glia.IP3 0.3uM..0.5uM where \"amplitude > 0.02 uM\"";
  plan->name = words[0];
  plan->condition = words[3];
  const char *wrong = sweep_ends_read(a, plan->name, words[1], &plan->ends);
  if (wrong == NULL && !(plan->ends.from < plan->ends.to))
    wrong = arena_printf(a, "%s: the range %s is empty; its lower end comes first", plan->name, words[1]);
  return wrong;
}

/* Each run has one of each. */
static const char *check_single(arena *a, const find_plan *plan) {
  for (uint32_t k = 0; k < plan->sweep.axes.len; k++) {
    const sweep_axis *axis = &plan->sweep.axes.data[k];
    if (strcmp(axis->name, plan->name) == 0)
      return arena_printf(a, "--set %s: it is what is looked for, in its range", axis->name);
    if (axis->values.len > 1)
      return arena_printf(a, "--set %s has %u values, and takes one here: the threshold is looked for with it",
                          axis->name, axis->values.len);
  }
  return NULL;
}

const char *find_plan_read(arena *a, const arguments *args, find_plan *plan) {
  *plan = (find_plan){0};
  const char *wrong = read_words(a, args, plan);
  if (wrong == NULL)
    wrong = sweep_plan_read(a, args, &plan->sweep);
  return wrong != NULL ? wrong : check_single(a, plan);
}

/* "0.1nM", or "1%" of the range. */
static const char *read_tolerance(arena *a, const find_plan *plan, const char *words, double *out) {
  char *end, why[160];
  double width = plan->ends.to - plan->ends.from, number = strtod(words, &end), one;
  uint64_t dimension, of_param;
  bool is_share = end != words && strcmp(end + strspn(end, " "), "%") == 0;
  if (is_share)
    *out = width * number / 100;
  else if (!nsa_quantity_parse(words, &number, &dimension, why, sizeof why))
    return arena_printf(a, "--tolerance: %s; it takes a value, such as 0.1nM, or a part of the range, such as 1%%",
                        why);
  else if (!nsa_quantity_parse(sweep_quantity(a, 1, plan->ends.unit), &one, &of_param, why, sizeof why) ||
           dimension != of_param)
    return arena_printf(a, "--tolerance: %s is no quantity such as those of %s", words, plan->name);
  else
    *out = number / one;
  return *out > 0 && *out < width ? NULL : "--tolerance is above 0 and less than the range";
}

const char *find_plan_bind(arena *a, const nsa_program *program, find_plan *plan) {
  const char *wrong = sweep_plan_bind(a, program, &plan->sweep);
  const char *tolerance = plan->sweep.args->values[ARGUMENT_find_tolerance];
  const double ends[] = {plan->ends.from, plan->ends.to};
  for (uint32_t k = 0; k < 2 && wrong == NULL; k++) {
    nsa_setting_read read = {0};
    if (!nsa_setting_parse(program, plan->name, sweep_quantity(a, ends[k], plan->ends.unit), &read))
      wrong = arena_printf(a, "%s", read.error);
    plan->is_global = read.is_global;
  }
  for (uint32_t s = 0; s < program->settables_count && wrong == NULL; s++)
    for (uint32_t k = 0; k < plan->sweep.axes.len && nsa_setting_means(program, plan->name, s) && wrong == NULL; k++)
      if (nsa_setting_means(program, plan->sweep.axes.data[k].name, s))
        wrong = arena_printf(a, "--set %s: it is what is looked for, in its range", plan->sweep.axes.data[k].name);
  plan->tolerance = USUAL_TOLERANCE * (plan->ends.to - plan->ends.from);
  return wrong == NULL && tolerance != NULL ? read_tolerance(a, plan, tolerance, &plan->tolerance) : wrong;
}
