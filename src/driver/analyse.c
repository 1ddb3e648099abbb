/* SPDX-License-Identifier: MIT */
/* analyse.c - the verb: check the model, take one element of a population, tell where it rests. */
#include "driver/analyse.h"
#include "nsa_text.h"

#include <math.h>
#include <unistd.h>

static int complain(const char *message) {
  nsa_complain("nsa analyse", "%s", message);
  return 2;
}

static const char *follow(const analyse_plan *plan, analyse_cell *cell) {
  double low = plan->along.value, high = plan->along_high;
  analyse_diagram d = {0};
  d.branches = analyse_branches(cell, low, high, &d.branch_count);
  d.cycles = analyse_cycles(cell, d.branches, d.branch_count, low, high, &d.cycle_count);
  return analyse_tell_diagram(plan, cell, &d);
}

static const char *pulse(const analyse_plan *plan, analyse_cell *cell) {
  enum { VALUES = 41 };
  double low = plan->along.value, high = plan->along_high;
  uint32_t count = low < high ? VALUES : 1;
  const analyse_response *r = analyse_responses(cell, analyse_cell_usual(cell), low, high, count, plan->pulse_duration);
  return r != NULL ? analyse_tell_responses(plan, cell, r, count)
                   : "--pulse: there is no stable rest from which a pulse could start";
}

/* The equation of a state of the component. */
static uint32_t equation_of(const analyse_cell *cell, uint32_t state) {
  uint32_t i = 0;
  while (i < analyse_cell_size(cell) && analyse_cell_state(cell, i) != state)
    i++;
  return i;
}

static const char *rest(const analyse_plan *plan, analyse_cell *cell) {
  uint32_t count, at[2];
  bool is_given[2];
  const analyse_point *points = analyse_fixed_points(cell, 0, &count);
  const char *wrong = analyse_tell_points(plan, cell, points, count);
  for (uint32_t k = 0; k < 2 && plan->has_plane; k++) {
    at[k] = equation_of(cell, plan->plane[k]);
    is_given[k] = !isnan(plan->low[plan->plane[k]]);
    if (at[k] == analyse_cell_size(cell))
      return arena_printf(plan->arena, "--plane: `%s` has no equation", plan->states[plan->plane[k]].name);
  }
  if (wrong != NULL || !plan->has_plane)
    return wrong;
  analyse_plane plane = analyse_plane_of(cell, 0, at[0], at[1], is_given, points, count);
  return analyse_tell_plane(plan, cell, &plane, points, count);
}

static const char *analyse(compilation *c, const analyse_plan *plan, bool *is_refused) {
  analyse_options options = {.population = plan->population,
                             .settings = plan->settings.data,
                             .setting_count = plan->settings.len,
                             .equations_only = plan->args->values[ARGUMENT_equations_only] != NULL,
                             .low = plan->low,
                             .high = plan->high,
                             .along = plan->has_along || plan->has_pulse ? &plan->along : NULL};
  analyse_cell *cell = analyse_cell_new(c->arena, c->sink, c->model, &options);
  *is_refused = cell == NULL;
  if (cell == NULL)
    return NULL;
  if (plan->has_along)
    return follow(plan, cell);
  return plan->has_pulse ? pulse(plan, cell) : rest(plan, cell);
}

static int analyse_checked(compilation *c, const arguments *args) {
  analyse_plan plan;
  bool is_refused = false;
  const char *wrong = analyse_plan_read(c->arena, args, c->model, &plan);
  if (wrong == NULL)
    wrong = analyse(c, &plan, &is_refused);
  return wrong != NULL ? complain(wrong) : is_refused ? 1 : 0;
}

/* The name in "NAME=A..B" */
static const char *name_of(arena *a, const char *words) {
  return words != NULL ? arena_strdup(a, words, strcspn(words, "= ")) : NULL;
}

/* Diagnostics are told at the end: an analysis finds some itself. */
int analyse_main(arena *a, const arguments *args, compile_options options) {
  compilation c;
  const char *const *values = args->values;
  options.open = name_of(a, values[ARGUMENT_along] != NULL ? values[ARGUMENT_along] : values[ARGUMENT_pulse]);
  compile_start(&c, &options);
  int code = compile_to(&c, STAGE_CHECK);
  if (!code)
    code = analyse_checked(&c, args);
  if (c.failure != NULL)
    complain(c.failure);
  else if (args->values[ARGUMENT_json] != NULL)
    diag_print_json(c.sink, stdout);
  else
    diag_print(c.sink, stderr, isatty(STDERR_FILENO) != 0);
  return compile_end(&c, code);
}
