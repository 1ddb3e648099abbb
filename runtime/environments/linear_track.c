/* SPDX-License-Identifier: MIT */
/* linear_track.c - a track with a reward at its ends, at one after the other. */
#include "environments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS, LENGTH, LAPS, LIMIT, REWARD };

static const nsa_environment_setting settings[] = {
    [CELLS] = {.name = "cells", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 20, .low = 2, .high = 100000},
    [LENGTH] = {.name = "length", .unit = "um", .kind = NSA_SETTING_NUMBER, .value = 2e6, .low = 1e-3, .high = 1e12},
    [LAPS] = {.name = "laps", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 1, .low = 1, .high = 1e9},
    [LIMIT] = {.name = "limit", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 0, .low = 0, .high = 1e9},
    [REWARD] = {.name = "reward", .unit = "", .kind = NSA_SETTING_NUMBER, .value = 1, .low = -1e9, .high = 1e9},
};

enum { HERE, POSITION, AT_END };

static const nsa_environment_name channels[] = {
    [HERE] = {"here", ""}, [POSITION] = {"position", "um"}, [AT_END] = {"at_end", ""}};

static const nsa_environment_name figures[] = {{"laps", ""}};

enum { LEFT, RIGHT, ACTIONS };

typedef struct {
  uint64_t here, steps, laps;
  uint64_t wants_left; /* the reward is at cell 0. No bool: what is saved has no padding */
} run;

typedef struct {
  const nsa_environment_value *values;
  uint64_t cells, limit;
  run now;
} track;

static bool describe(const nsa_environment_value *v, nsa_environment_shape *shape, char *error) {
  (void)error;
  *shape = (nsa_environment_shape){.counts = {[HERE] = (uint64_t)v[CELLS].value, [POSITION] = 1, [AT_END] = 2},
                                   .action = {.choices = ACTIONS, .length = 1, .high = ACTIONS - 1, .unit = ""}};
  return true;
}

/* Nothing is drawn. */
static void *create(const nsa_environment_value *v, uint64_t key, char *error) {
  track *t = calloc(1, sizeof *t);
  (void)key;
  snprintf(error, NSA_ENVIRONMENT_ERROR, "out of memory");
  if (t != NULL)
    *t = (track){.values = v, .cells = (uint64_t)v[CELLS].value, .limit = (uint64_t)v[LIMIT].value};
  return t;
}

static void show(const track *t, double *const *out) {
  out[HERE][t->now.here] = 1;
  out[POSITION][0] = ((double)t->now.here + 0.5) / (double)t->cells * t->values[LENGTH].value;
  out[AT_END][LEFT] = t->now.here == 0 ? 1 : 0;
  out[AT_END][RIGHT] = t->now.here + 1 == t->cells ? 1 : 0;
}

static bool reset(void *world, uint64_t trial, double *const *out, char *error) {
  track *t = world;
  (void)trial;
  (void)error;
  t->now = (run){0};
  memset(out[HERE], 0, t->cells * sizeof(double));
  show(t, out);
  return true;
}

/* A lap is a way from one end to the other; the wall stops the agent where it is. */
static bool step(void *world, const double *action, double *const *out, nsa_environment_outcome *outcome, char *error) {
  track *t = world;
  (void)error;
  out[HERE][t->now.here] = 0;
  if (action[0] == LEFT)
    t->now.here -= t->now.here > 0;
  else
    t->now.here += t->now.here + 1 < t->cells;
  t->now.steps++;
  show(t, out);
  bool arrives = out[AT_END][t->now.wants_left ? LEFT : RIGHT] == 1;
  t->now.laps += arrives;
  t->now.wants_left ^= arrives;
  bool is_over = t->now.laps >= (uint64_t)t->values[LAPS].value;
  *outcome = (nsa_environment_outcome){.reward = arrives ? t->values[REWARD].value : 0,
                                       .terminated = is_over,
                                       .truncated = !is_over && t->limit > 0 && t->now.steps >= t->limit,
                                       .succeeded = is_over};
  return true;
}

static void measure(const void *world, double *out) { out[0] = (double)((const track *)world)->now.laps; }

SAVES_NOW_OF(track)

static bool restore(void *world, const void *bytes, size_t length, char *error) {
  track *t = world;
  run now;
  if (!environment_restore(&now, sizeof now, bytes, length, error))
    return false;
  if (now.here < t->cells)
    t->now = now;
  else
    snprintf(error, NSA_ENVIRONMENT_ERROR, "these bytes are of a track with more cells");
  return now.here < t->cells;
}

const nsa_environment_kind environment_linear_track = {
    .abi = NSA_ENVIRONMENT_ABI,
    .name = "linear_track",
    .settings = settings,
    .setting_count = COUNT_OF(settings),
    .channels = channels,
    .channel_count = COUNT_OF(channels),
    .figures = figures,
    .figure_count = COUNT_OF(figures),
    .describe = describe,
    .create = create,
    .destroy = free,
    .reset = reset,
    .step = step,
    .measure = measure,
    .size = size,
    .save = save,
    .restore = restore,
};
