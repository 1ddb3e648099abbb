/* SPDX-License-Identifier: MIT */
/* bandit.c - arms that pay with a probability of their own, which may change. */
#include "environments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROBABILITIES, REWARD, LENGTH, SWAP };

static const nsa_environment_setting settings[] = {
    [PROBABILITIES] = {.name = "probabilities", .unit = "", .kind = NSA_SETTING_NUMBERS, .high = 1, .is_needed = true},
    [REWARD] = {.name = "reward", .unit = "", .kind = NSA_SETTING_NUMBER, .value = 1, .low = -1e9, .high = 1e9},
    [LENGTH] = {.name = "length", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 1, .low = 1, .high = 1e9},
    [SWAP] = {.name = "swap", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 0, .low = 0, .high = 1e9},
};

static const nsa_environment_name channels[] = {{"paid", ""}};
static const nsa_environment_name figures[] = {{"best", ""}};

typedef struct {
  uint64_t trial, steps, best; /* best: choices of the arm that paid most often, in this trial */
} play;

typedef struct {
  const nsa_environment_value *values;
  uint64_t key;
  uint32_t arms;
  play now;
} bandit;

static bool describe(const nsa_environment_value *v, nsa_environment_shape *shape, char *error) {
  uint32_t arms = v[PROBABILITIES].count;
  if (arms < 2 || arms > 10000) {
    snprintf(error, NSA_ENVIRONMENT_ERROR, "a bandit has 2 to 10000 arms, not %u: probabilities = [0.2, 0.8]", arms);
    return false;
  }
  *shape =
      (nsa_environment_shape){.counts = {arms}, .action = {.choices = arms, .length = 1, .high = arms - 1, .unit = ""}};
  return true;
}

static void *create(const nsa_environment_value *v, uint64_t key, char *error) {
  bandit *b = calloc(1, sizeof *b);
  snprintf(error, NSA_ENVIRONMENT_ERROR, "out of memory");
  if (b != NULL)
    *b = (bandit){.values = v, .key = key, .arms = v[PROBABILITIES].count};
  return b;
}

static bool reset(void *world, uint64_t trial, double *const *out, char *error) {
  bandit *b = world;
  (void)error;
  b->now = (play){.trial = trial};
  memset(out[0], 0, b->arms * sizeof(double));
  return true;
}

/* With `swap` the probabilities move on by one arm after so many trials, again and again. */
static double probability_of(const bandit *b, uint32_t arm) {
  uint64_t every = (uint64_t)b->values[SWAP].value;
  uint64_t moved = every > 0 ? b->now.trial / every : 0;
  return b->values[PROBABILITIES].values[(arm + moved) % b->arms];
}

static bool is_best(const bandit *b, uint32_t arm) {
  for (uint32_t k = 0; k < b->arms; k++)
    if (probability_of(b, k) > probability_of(b, arm))
      return false;
  return true;
}

static bool step(void *world, const double *action, double *const *out, nsa_environment_outcome *outcome, char *error) {
  bandit *b = world;
  (void)error;
  uint32_t arm = (uint32_t)action[0];
  bool pays = nsa_environment_uniform(b->key, b->now.trial, b->now.steps) < probability_of(b, arm);
  b->now.steps++;
  b->now.best += is_best(b, arm);
  memset(out[0], 0, b->arms * sizeof(double));
  out[0][arm] = pays ? 1 : 0;
  *outcome = (nsa_environment_outcome){.reward = pays ? b->values[REWARD].value : 0,
                                       .terminated = b->now.steps >= (uint64_t)b->values[LENGTH].value,
                                       .succeeded = pays};
  return true;
}

static void measure(const void *world, double *out) {
  const bandit *b = world;
  out[0] = b->now.steps > 0 ? (double)b->now.best / (double)b->now.steps : 0;
}

SAVES_NOW_OF(bandit)

static bool restore(void *world, const void *bytes, size_t length, char *error) {
  return environment_restore(&((bandit *)world)->now, sizeof(play), bytes, length, error);
}

const nsa_environment_kind environment_bandit = {
    .abi = NSA_ENVIRONMENT_ABI,
    .name = "bandit",
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
