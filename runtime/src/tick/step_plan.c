/* SPDX-License-Identifier: MIT */
/* step_plan.c - which elements each thread steps, and with which others. */
#include "base/costs.h"
#include "state/slices.h"
#include "tick/step_internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static int compare_cohorts(const void *a, const void *b) {
  const step_cohort *x = a, *y = b;
  if (x->every != y->every)
    return (x->every > y->every) - (x->every < y->every);
  return (x->fused > y->fused) - (x->fused < y->fused);
}

static bool belongs(const step_cohort *c, const sim_population *p) {
  return c->every == p->every && c->fused == p->fused;
}

static void find_cohorts(const sim *s, struct step_plan *plan) {
  for (nsa_population_id p = {0}; p.id < s->program->populations_count; p.id++) {
    uint32_t c = 0;
    while (c < plan->cohort_count && !belongs(&plan->cohorts[c], &s->populations[p.id]))
      c++;
    if (c == plan->cohort_count) {
      plan->cohorts[c].every = s->populations[p.id].every;
      plan->cohorts[c].fused = s->populations[p.id].fused;
      plan->cohort_count++;
    }
  }
  qsort(plan->cohorts, plan->cohort_count, sizeof *plan->cohorts, compare_cohorts);
}

static uint32_t add_slice(sim *s, step_tile *tiles, nsa_population_id p, uint32_t slice) {
  sim_population *state = &s->populations[p.id];
  uint32_t begin = slice_begin(state->count, slice, s->thread_count), count = 0;
  uint32_t end = slice_begin(state->count, slice + 1, s->thread_count);
  for (; begin < end; begin += NSA_TILE)
    tiles[count++] = (step_tile){.population = p,
                                 .number = state->tile_count++,
                                 .begin = begin,
                                 .end = end - begin < NSA_TILE ? end : begin + NSA_TILE};
  return count;
}

static uint32_t fill_cohort(sim *s, step_cohort *c) {
  uint64_t elements = 0;
  for (nsa_population_id p = {0}; p.id < s->program->populations_count; p.id++) {
    if (!belongs(c, &s->populations[p.id]))
      continue;
    c->populations[c->population_count++] = p;
    elements += s->populations[p.id].count;
  }
  uint32_t count = 0;
  for (uint32_t t = 0; t < s->thread_count; t++) {
    for (uint32_t i = 0; i < c->population_count; i++)
      count += add_slice(s, c->tiles + count, c->populations[i], t);
    c->slices[t + 1] = count;
  }
  c->seconds = elements >= SURELY_DIVIDED_ELEMENTS ? INFINITY : COST_OF_STEP * (double)elements;
  return count;
}

struct step_plan *step_plan_new(sim *s) {
  uint32_t n = s->program->populations_count;
  uint64_t tiles = 0;
  for (nsa_population_id p = {0}; p.id < n; p.id++)
    tiles += sim_most_tiles(s, p);
  struct step_plan *plan = calloc(1, sizeof *plan);
  if (!plan)
    return NULL;
  for (nsa_population_id p = {0}; p.id < n; p.id++)
    s->populations[p.id].tile_count = 0;
  plan->cohorts = calloc(n + 1, sizeof *plan->cohorts);
  plan->populations = calloc(n + 1, sizeof *plan->populations);
  plan->tiles = calloc(tiles + 1, sizeof *plan->tiles);
  plan->slices = calloc((n + 1) * ((size_t)s->thread_count + 1), sizeof *plan->slices);
  if (!plan->cohorts || !plan->populations || !plan->tiles || !plan->slices) {
    step_plan_free(plan);
    return NULL;
  }
  find_cohorts(s, plan);
  nsa_population_id *populations = plan->populations;
  uint32_t *slices = plan->slices;
  step_tile *next = plan->tiles;
  for (uint32_t c = 0; c < plan->cohort_count; c++) {
    step_cohort *cohort = &plan->cohorts[c];
    cohort->populations = populations;
    cohort->tiles = next;
    cohort->slices = slices;
    next += fill_cohort(s, cohort);
    plan->is_large = plan->is_large || isinf(cohort->seconds);
    populations += cohort->population_count;
    slices += s->thread_count + 1;
  }
  return plan;
}

void step_plan_free(struct step_plan *plan) {
  if (!plan)
    return;
  free(plan->cohorts);
  free(plan->populations);
  free(plan->tiles);
  free(plan->slices);
  free(plan);
}

/* ---- fused steps ---- */

static bool make_fused_room(sim *s, nsa_population_id p) {
  sim_population *state = &s->populations[p.id];
  uint32_t events = s->program->populations[p.id].events_count;
  size_t tiles = (size_t)sim_most_tiles(s, p), words = (size_t)state->padded / 64 + 1;
  state->fused_steps = calloc(tiles * events + 1, sizeof *state->fused_steps);
  state->fused_failed = calloc(tiles + 1, sizeof *state->fused_failed);
  state->fused_rows = calloc(FUSE_MOST * words * events + 1, sizeof *state->fused_rows);
  s->allocated +=
      FUSE_MOST * words * events * sizeof *state->fused_rows + tiles * (events + 1) * sizeof *state->fused_steps;
  return state->fused_steps && state->fused_failed && state->fused_rows;
}

bool step_fuse(sim *s, char error[SIM_ERROR_SIZE]) {
  for (nsa_population_id p = {0}; p.id < s->program->populations_count; p.id++) {
    s->populations[p.id].fused = nsa_fused_steps(s->program, p);
    if (s->populations[p.id].fused == 1 || make_fused_room(s, p))
      continue;
    snprintf(error, SIM_ERROR_SIZE, "out of memory for what the %" PRIu32 " elements of '%s' fire in %d steps",
             s->populations[p.id].count, s->program->populations[p.id].name, FUSE_MOST);
    return false;
  }
  step_plan_free(s->plan);
  s->plan = step_plan_new(s);
  if (!s->plan)
    snprintf(error, SIM_ERROR_SIZE, "out of memory for the plan of the steps");
  return s->plan != NULL;
}
