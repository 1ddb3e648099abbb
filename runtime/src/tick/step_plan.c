/* SPDX-License-Identifier: MIT */
/* step_plan.c - which elements each thread steps, and with which others. */
#include "base/costs.h"
#include "state/slices.h"
#include "tick/step_internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static int compare_groups(const void *a, const void *b) {
  const step_group *x = a, *y = b;
  if (x->every != y->every)
    return (x->every > y->every) - (x->every < y->every);
  return (x->fused > y->fused) - (x->fused < y->fused);
}

static bool belongs(const step_group *g, const sim_population *p) {
  return g->every == p->every && g->fused == p->fused;
}

static void find_groups(const sim *s, struct step_plan *plan) {
  for (uint32_t p = 0; p < s->program->populations_count; p++) {
    uint32_t g = 0;
    while (g < plan->group_count && !belongs(&plan->groups[g], &s->populations[p]))
      g++;
    if (g == plan->group_count) {
      plan->groups[g].every = s->populations[p].every;
      plan->groups[g].fused = s->populations[p].fused;
      plan->group_count++;
    }
  }
  qsort(plan->groups, plan->group_count, sizeof *plan->groups, compare_groups);
}

static uint32_t add_slice(sim *s, step_unit *units, uint32_t p, uint32_t slice) {
  sim_population *state = &s->populations[p];
  uint32_t begin = slice_begin(state->count, slice, s->thread_count), count = 0;
  uint32_t end = slice_begin(state->count, slice + 1, s->thread_count);
  for (; begin < end; begin += NSA_BLOCK)
    units[count++] = (step_unit){.population = p,
                                 .piece = state->piece_count++,
                                 .begin = begin,
                                 .end = end - begin < NSA_BLOCK ? end : begin + NSA_BLOCK};
  return count;
}

static uint32_t fill_group(sim *s, step_group *g) {
  uint64_t elements = 0;
  for (uint32_t p = 0; p < s->program->populations_count; p++) {
    if (!belongs(g, &s->populations[p]))
      continue;
    g->populations[g->population_count++] = p;
    elements += s->populations[p].count;
  }
  uint32_t count = 0;
  for (uint32_t t = 0; t < s->thread_count; t++) {
    for (uint32_t i = 0; i < g->population_count; i++)
      count += add_slice(s, g->units + count, g->populations[i], t);
    g->slices[t + 1] = count;
  }
  g->seconds = elements >= SURELY_DIVIDED_ELEMENTS ? INFINITY : COST_OF_STEP * (double)elements;
  return count;
}

struct step_plan *step_plan_new(sim *s) {
  uint32_t n = s->program->populations_count;
  uint64_t units = 0;
  for (uint32_t p = 0; p < n; p++)
    units += s->populations[p].block_count + s->thread_count;
  struct step_plan *plan = calloc(1, sizeof *plan);
  if (!plan)
    return NULL;
  for (uint32_t p = 0; p < n; p++)
    s->populations[p].piece_count = 0;
  plan->groups = calloc(n + 1, sizeof *plan->groups);
  plan->populations = calloc(n + 1, sizeof *plan->populations);
  plan->units = calloc(units + 1, sizeof *plan->units);
  plan->slices = calloc((n + 1) * ((size_t)s->thread_count + 1), sizeof *plan->slices);
  if (!plan->groups || !plan->populations || !plan->units || !plan->slices) {
    step_plan_free(plan);
    return NULL;
  }
  find_groups(s, plan);
  uint32_t *populations = plan->populations, *slices = plan->slices;
  step_unit *next = plan->units;
  for (uint32_t g = 0; g < plan->group_count; g++) {
    step_group *group = &plan->groups[g];
    group->populations = populations;
    group->units = next;
    group->slices = slices;
    next += fill_group(s, group);
    plan->is_large = plan->is_large || isinf(group->seconds);
    populations += group->population_count;
    slices += s->thread_count + 1;
  }
  return plan;
}

void step_plan_free(struct step_plan *plan) {
  if (!plan)
    return;
  free(plan->groups);
  free(plan->populations);
  free(plan->units);
  free(plan->slices);
  free(plan);
}

/* ---- passes of several steps ---- */

static bool make_pass_room(sim *s, uint32_t p) {
  sim_population *state = &s->populations[p];
  uint32_t events = s->program->populations[p].events_count;
  size_t pieces = (size_t)state->block_count + s->thread_count, words = (size_t)state->padded / 64 + 1;
  state->pass_steps = calloc(pieces * events + 1, sizeof *state->pass_steps);
  state->pass_failed = calloc(pieces + 1, sizeof *state->pass_failed);
  state->pass_rows = calloc(FUSE_MOST * words * events + 1, sizeof *state->pass_rows);
  s->allocated +=
      FUSE_MOST * words * events * sizeof *state->pass_rows + pieces * (events + 1) * sizeof *state->pass_steps;
  return state->pass_steps && state->pass_failed && state->pass_rows;
}

bool step_fuse(sim *s, char error[SIM_ERROR_SIZE]) {
  for (uint32_t p = 0; p < s->program->populations_count; p++) {
    s->populations[p].fused = nsa_fused_steps(s->program, p);
    if (s->populations[p].fused == 1 || make_pass_room(s, p))
      continue;
    snprintf(error, SIM_ERROR_SIZE, "out of memory for what the %" PRIu32 " elements of '%s' fire in %d steps",
             s->populations[p].count, s->program->populations[p].name, FUSE_MOST);
    return false;
  }
  step_plan_free(s->plan);
  s->plan = step_plan_new(s);
  if (!s->plan)
    snprintf(error, SIM_ERROR_SIZE, "out of memory for the plan of the steps");
  return s->plan != NULL;
}
