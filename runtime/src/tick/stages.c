/* SPDX-License-Identifier: MIT */
#include "tick/stages.h"
#include "state/kernels.h"

#include "nsa_math.h"
#include "sums/linksum.h"
#include "tick/diffusion.h"

#include <math.h>

static void run_all(sim *s, const nsa_kernel_id *kernels, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    kernel_run(s, kernels[i], &s->clock);
}

/* The contributions on the states as they are, which are those `offset` ms behind the start of the step. */
static void evaluate(sim *s, const nsa_stage_set *set, double offset) {
  nsa_clock kept = s->state_clock;
  double now = s->clock.time[set->timescale] + offset;
  for (uint32_t i = 0; i < s->program->timescales_count && i < NSA_MAX_TIMESCALES; i++) {
    s->state_clock.time[i] = now;
    s->state_clock.tick[i] = now / s->program->timescales[i].dt;
  }
  link_sums_run_stage(s, set);
  s->state_clock = kept;
}

static void run_stage(sim *s, const nsa_stage_set *set, uint32_t stage, double offset) {
  evaluate(s, set, offset);
  run_all(s, set->stages + (size_t)stage * set->populations_count, set->populations_count);
}

/* ---- sub-steps that are common to the set ---- */

/* NaN counts as the largest of all: max is not asked, which would lose it. */
static double largest_error(const sim *s, const nsa_stage_set *set) {
  double largest = 0;
  for (uint32_t p = 0; p < set->populations_count; p++) {
    const double *error = s->field_data[set->errors[p].id];
    uint32_t size = s->populations[set->populations[p].id].count;
    for (uint32_t i = 0; i < size; i++)
      if (!(error[i] <= largest))
        largest = isnan(error[i]) ? INFINITY : error[i];
  }
  return largest;
}

/* 0.9 error^(-1/5), between a fifth and five times, as `adaptive` of single elements. */
static double growth(double error) {
  double factor = 0.9 * nsa_pow_1(error, -0.2);
  factor = factor > 0.2 ? factor : 0.2;
  return factor < 5 ? factor : 5;
}

/* More sub-steps than allowed: the run stops, as the step kernels find states that are not finite. */
static void give_up(sim *s, const nsa_stage_set *set) {
  for (uint32_t p = 0; p < set->populations_count; p++) {
    const nsa_population *population = &s->program->populations[set->populations[p].id];
    for (uint32_t i = 0; i < population->states_count; i++) {
      double *x = s->field_data[population->states[i].id];
      for (uint32_t k = 0; k < s->populations[set->populations[p].id].count; k++)
        x[k] = INFINITY;
    }
  }
}

static void run_sub_steps(sim *s, const nsa_stage_set *set, double dt) {
  double *done = s->field_data[set->done.id], *length = s->field_data[set->length.id], next = dt;
  bool is_taken = false;
  *done = 0;
  for (uint32_t count = 0; count < set->substeps; count++) {
    bool is_last = next >= dt - *done;
    *length = is_last ? dt - *done : next;
    if (count == 0)
      run_stage(s, set, 0, 0);
    else
      run_all(s, is_taken ? set->accept : set->reject, set->populations_count);
    for (uint32_t stage = 1; stage < set->shares_count; stage++)
      run_stage(s, set, stage, *done + set->shares[stage] * *length);
    double error = largest_error(s, set);
    is_taken = error <= 1;
    if (is_taken && is_last)
      return;
    next = *length * growth(error);
    if (is_taken)
      *done += *length;
  }
  give_up(s, set);
}

static void run_set(sim *s, const nsa_stage_set *set) {
  double dt = s->program->timescales[set->timescale].dt;
  uint32_t number = (uint32_t)(set - s->program->stage_sets);
  run_all(s, set->prepare, set->prepare_count);
  if (set->diffusions_count) {
    diffusions_run(s, number);
    run_all(s, set->stages, set->stages_count);
    diffusions_run(s, number);
    return;
  }
  if (!nsa_field_is_none(set->length)) {
    run_sub_steps(s, set, dt);
    return;
  }
  for (uint32_t stage = 0; stage < set->shares_count; stage++)
    run_stage(s, set, stage, set->shares[stage] * dt);
}

void stages_run(sim *s, uint32_t every) {
  for (uint32_t i = 0; i < s->program->stage_sets_count; i++)
    if (s->program->timescales[s->program->stage_sets[i].timescale].ticks == every)
      run_set(s, &s->program->stage_sets[i]);
}
