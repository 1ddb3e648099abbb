/* SPDX-License-Identifier: MIT */
#include "worlds/world.h"

#include "events/events.h"
#include "state/failure.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- making ---- */

/* Of all its random numbers. */
static uint64_t key_of(const sim *s, const nsa_environment *of) {
  uint64_t seed = of->has_seed ? of->seed : s->seed;
  return nsa_environment_mix(nsa_environment_mix(seed) ^ of->key);
}

bool world_make(sim *s, uint32_t number, world *w, char error[SIM_ERROR_SIZE]) {
  const nsa_environment *of = &s->program->environments[number];
  char why[NSA_ENVIRONMENT_ERROR] = "it cannot be made";
  *w = (world){.environment = of, .number = number, .last = {.tick = UINT64_MAX}};
  if (!origin_find(s, of, &w->origin, error))
    return false;
  w->channels = calloc((size_t)of->channels_count + 1, sizeof *w->channels);
  w->action = calloc((size_t)of->length + 1, sizeof *w->action);
  if (!w->channels || !w->action) {
    snprintf(error, SIM_ERROR_SIZE, "out of memory for the environment '%.100s'", of->name);
    return false;
  }
  w->last.action = w->action;
  for (uint32_t i = 0; i < of->channels_count; i++)
    w->channels[i] = s->field_data[s->program->channels[of->channels[i]].field.id];
  w->self = w->origin.kind->create(w->origin.values, key_of(s, of), why);
  if (!w->self)
    snprintf(error, SIM_ERROR_SIZE, "environment '%.100s': %.300s", of->name, why);
  return w->self != NULL;
}

void world_free(world *w) {
  if (w->self)
    w->origin.kind->destroy(w->self);
  origin_free(&w->origin);
  free(w->channels);
  free(w->action);
  free(w->figures);
}

/* ---- signals ---- */

void world_send(sim *s, const world *w, nsa_moment moment, double value) {
  for (nsa_signal_id i = {0}; i.id < s->program->signals_count; i.id++) {
    const nsa_signal *signal = &s->program->signals[i.id];
    if (signal->environment == w->number && signal->moment == (uint32_t)moment)
      events_send(s, i, value);
  }
}

/* ---- what it shows ---- */

static const char *name_of(double value) { return isnan(value) ? "nan" : value > 0 ? "inf" : "-inf"; }

static bool is_observation_finite(const sim *s, const world *w, char error[SIM_ERROR_SIZE]) {
  for (uint32_t c = 0; c < w->environment->channels_count; c++) {
    const nsa_channel *channel = &s->program->channels[w->environment->channels[c]];
    for (uint32_t i = 0; i < channel->count; i++) {
      if (isfinite(w->channels[c][i]))
        continue;
      snprintf(error, SIM_ERROR_SIZE, "environment '%.100s' shows %s in %.100s[%" PRIu32 "]", w->environment->name,
               name_of(w->channels[c][i]), channel->name, i);
      return false;
    }
  }
  return true;
}

/* ---- trials ---- */

bool world_reset(sim *s, world *w, char error[SIM_ERROR_SIZE]) {
  char why[NSA_ENVIRONMENT_ERROR] = "it cannot be reset";
  if (!w->origin.kind->reset(w->self, w->trial, w->channels, why)) {
    snprintf(error, SIM_ERROR_SIZE, "environment '%.100s': %.300s", w->environment->name, why);
    return false;
  }
  w->trial_start = s->tick;
  w->steps = 0;
  w->reward = 0;
  world_send(s, w, NSA_MOMENT_RESET, (double)w->trial);
  return is_observation_finite(s, w, error);
}

static bool keep_figures(world *w, char error[SIM_ERROR_SIZE]) {
  size_t width = w->environment->figures_count;
  if (w->trial_count == w->trial_capacity) {
    uint64_t capacity = w->trial_capacity * 2 + 64;
    double *grown = realloc(w->figures, capacity * width * sizeof *grown);
    if (!grown) {
      snprintf(error, SIM_ERROR_SIZE, "out of memory for %" PRIu64 " trials of environment '%.100s'", capacity,
               w->environment->name);
      return false;
    }
    w->figures = grown;
    w->trial_capacity = capacity;
  }
  double *row = w->figures + w->trial_count++ * width;
  row[NSA_FIGURE_STEPS] = (double)w->steps;
  row[NSA_FIGURE_REWARD] = w->reward;
  row[NSA_FIGURE_SUCCESS] = w->last.outcome.succeeded;
  if (w->origin.kind->measure)
    w->origin.kind->measure(w->self, row + NSA_FIGURES_COMMON);
  return true;
}

static bool end_trial(sim *s, world *w, char error[SIM_ERROR_SIZE]) {
  if (w->last.outcome.terminated)
    world_send(s, w, NSA_MOMENT_TERMINATED, 1);
  if (w->last.outcome.truncated)
    world_send(s, w, NSA_MOMENT_TRUNCATED, 1);
  if (!keep_figures(w, error))
    return false;
  w->trial++;
  return world_reset(s, w, error);
}

/* ---- moves ---- */

static bool step(sim *s, world *w, nsa_environment_outcome *outcome, char error[SIM_ERROR_SIZE]) {
  char why[NSA_ENVIRONMENT_ERROR] = "it cannot move";
  if (!w->origin.kind->step(w->self, w->action, w->channels, outcome, why)) {
    snprintf(error, SIM_ERROR_SIZE, "environment '%.100s': %.300s", w->environment->name, why);
    return false;
  }
  if (isfinite(outcome->reward))
    return is_observation_finite(s, w, error);
  snprintf(error, SIM_ERROR_SIZE, "environment '%.100s' gives a reward of %s", w->environment->name,
           name_of(outcome->reward));
  return false;
}

/* The last observation of a trial is never seen: it is reset before anybody looks. */
static bool move(sim *s, world *w, char error[SIM_ERROR_SIZE]) {
  nsa_environment_outcome outcome = {0};
  if (!step(s, w, &outcome, error))
    return false;
  w->moves++;
  w->steps++;
  w->reward += outcome.reward;
  w->last = (world_move){.tick = s->tick,
                         .trial = w->trial,
                         .trial_start = w->trial_start,
                         .steps = w->steps,
                         .action = w->action,
                         .outcome = outcome};
  world_send(s, w, NSA_MOMENT_STEP, (double)w->steps);
  if (outcome.reward != 0)
    world_send(s, w, NSA_MOMENT_REWARD, outcome.reward);
  return !(outcome.terminated || outcome.truncated) || end_trial(s, w, error);
}

bool world_move_by(sim *s, world *w, const double *action) {
  char error[SIM_ERROR_SIZE];
  memcpy(w->action, action, w->environment->length * sizeof *action);
  return move(s, w, error) || failure_tell(s, w->environment->at, true, "%s", error);
}

/* ---- its state ---- */

/* A process may be one that can, or not. */
bool world_can_be_kept(const world *w) {
  const nsa_environment_kind *kind = w->origin.kind;
  return kind->size && kind->size(w->self) > 0;
}

static void save_own(const world *w, keeper *k) {
  uint64_t size = w->origin.kind->size ? w->origin.kind->size(w->self) : 0;
  void *bytes = malloc((size_t)size + 1);
  if (!bytes || size == 0)
    keep_fail(k, bytes ? "environment '%.100s' cannot be saved" : "out of memory for environment '%.100s'",
              w->environment->name);
  else
    w->origin.kind->save(w->self, bytes);
  KEEP_VALUE(k, size);
  keep_bytes(k, bytes, (size_t)size);
  free(bytes);
}

static void restore_own(world *w, keeper *k) {
  char why[NSA_ENVIRONMENT_ERROR] = "it cannot be restored";
  uint64_t size = 0;
  if (k->is_left)
    return;
  KEEP_VALUE(k, size);
  if (k->has_failed || size > k->count || !w->origin.kind->restore) {
    keep_fail(k, "environment '%.100s' cannot be restored from it", w->environment->name);
    return;
  }
  if (!w->origin.kind->restore(w->self, k->from, (size_t)size, why))
    keep_fail(k, "environment '%.100s': %.300s", w->environment->name, why);
  k->from += size;
  k->count -= (size_t)size;
}

static void keep_last(world_move *last, keeper *k) {
  KEEP_VALUE(k, last->tick);
  KEEP_VALUE(k, last->trial);
  KEEP_VALUE(k, last->trial_start);
  KEEP_VALUE(k, last->steps);
  KEEP_VALUE(k, last->outcome.reward);
  KEEP_VALUE(k, last->outcome.terminated);
  KEEP_VALUE(k, last->outcome.truncated);
  KEEP_VALUE(k, last->outcome.succeeded);
}

void world_keep(world *w, keeper *k) {
  keep_begin(k, "worlds", w->environment->name);
  keep_shape(k, (uint64_t)w->environment->length << 32 | w->environment->figures_count);
  KEEP_VALUE(k, w->moves);
  KEEP_VALUE(k, w->trial);
  KEEP_VALUE(k, w->trial_start);
  KEEP_VALUE(k, w->steps);
  KEEP_VALUE(k, w->reward);
  keep_last(&w->last, k);
  keep_bytes(k, w->action, w->environment->length * sizeof *w->action);
  keep_list(k, &w->figures, &w->trial_count, &w->trial_capacity, w->environment->figures_count);
  if (keep_restores(k))
    restore_own(w, k);
  else
    save_own(w, k);
  keep_end(k);
}
