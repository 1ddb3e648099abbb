/* SPDX-License-Identifier: MIT */
/* conditioning.c - a conditioned stimulus (CS), then an unconditioned one (US): delay or trace conditioning. */
#include "environments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BEFORE, BEFORE_MOST, CS, TRACE, US, US_PROBABILITY, REWARD, RESPONSE_REWARD };

static const nsa_environment_setting settings[] = {
    [BEFORE] = {.name = "before", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 5, .low = 0, .high = 1e6},
    [BEFORE_MOST] = {.name = "before_most", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 0, .low = 0, .high = 1e6},
    [CS] = {.name = "cs", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 5, .low = 1, .high = 1e6},
    [TRACE] = {.name = "trace", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 0, .low = 0, .high = 1e6},
    [US] = {.name = "us", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 1, .low = 1, .high = 1e6},
    [US_PROBABILITY] = {.name = "us_probability", .unit = "", .kind = NSA_SETTING_NUMBER, .value = 1, .high = 1},
    [REWARD] = {.name = "reward", .unit = "", .kind = NSA_SETTING_NUMBER, .value = 1, .low = -1e9, .high = 1e9},
    [RESPONSE_REWARD] =
        {.name = "response_reward", .unit = "", .kind = NSA_SETTING_NUMBER, .value = 0, .low = -1e9, .high = 1e9},
};

enum { CS_ON, US_ON };

static const nsa_environment_name channels[] = {[CS_ON] = {"cs", ""}, [US_ON] = {"us", ""}};

enum { ANTICIPATED, FALSE_RESPONSES };

static const nsa_environment_name figures[] = {
    [ANTICIPATED] = {"anticipated", ""}, [FALSE_RESPONSES] = {"false_responses", ""}};

/* step: where the trial is; it begins with `before` steps of nothing. */
typedef struct {
  uint64_t trial, step, before, anticipated, false_responses;
  uint64_t has_us; /* no bool: what is saved has no padding */
} course;

typedef struct {
  const nsa_environment_value *values;
  uint64_t key, cs, trace, us;
  course now;
} conditioning;

static bool describe(const nsa_environment_value *v, nsa_environment_shape *shape, char *error) {
  if (v[BEFORE_MOST].is_given && v[BEFORE_MOST].value < v[BEFORE].value) {
    snprintf(error, NSA_ENVIRONMENT_ERROR, "`before_most` is less than `before`: %g and %g steps", v[BEFORE_MOST].value,
             v[BEFORE].value);
    return false;
  }
  *shape = (nsa_environment_shape){.counts = {[CS_ON] = 1, [US_ON] = 1},
                                   .action = {.choices = 2, .length = 1, .high = 1, .unit = ""}};
  return true;
}

static void *create(const nsa_environment_value *v, uint64_t key, char *error) {
  conditioning *c = calloc(1, sizeof *c);
  snprintf(error, NSA_ENVIRONMENT_ERROR, "out of memory");
  if (c != NULL)
    *c = (conditioning){.values = v,
                        .key = key,
                        .cs = (uint64_t)v[CS].value,
                        .trace = (uint64_t)v[TRACE].value,
                        .us = (uint64_t)v[US].value};
  return c;
}

static bool is_in(uint64_t step, uint64_t start, uint64_t length) { return step >= start && step - start < length; }

static uint64_t us_start(const conditioning *c) { return c->now.before + c->cs + c->trace; }

static bool is_us_on(const conditioning *c) { return c->now.has_us && is_in(c->now.step, us_start(c), c->us); }

static void show(const conditioning *c, double *const *out) {
  out[CS_ON][0] = is_in(c->now.step, c->now.before, c->cs) ? 1 : 0;
  out[US_ON][0] = is_us_on(c) ? 1 : 0;
}

static bool reset(void *world, uint64_t trial, double *const *out, char *error) {
  conditioning *c = world;
  (void)error;
  uint64_t least = (uint64_t)c->values[BEFORE].value, most = (uint64_t)c->values[BEFORE_MOST].value;
  c->now = (course){.trial = trial, .before = least};
  if (most > least)
    c->now.before = least + environment_choice(c->key, trial, 0, most - least + 1);
  c->now.has_us = nsa_environment_uniform(c->key, trial, 1) < c->values[US_PROBABILITY].value;
  show(c, out);
  return true;
}

/* The action is the response to what was shown before this step. A response from the begin of the CS on and before the
 * US anticipates it. */
static bool step(void *world, const double *action, double *const *out, nsa_environment_outcome *outcome, char *error) {
  conditioning *c = world;
  (void)error;
  if (action[0] == 1) {
    c->now.anticipated += is_in(c->now.step, c->now.before, c->cs + c->trace);
    c->now.false_responses += c->now.step < c->now.before;
  }
  double reward = action[0] == 1 ? c->values[RESPONSE_REWARD].value : 0;
  c->now.step++;
  show(c, out);
  *outcome = (nsa_environment_outcome){.reward = reward + (is_us_on(c) ? c->values[REWARD].value : 0),
                                       .terminated = c->now.step >= us_start(c) + c->us,
                                       .succeeded = c->now.anticipated > 0};
  return true;
}

static void measure(const void *world, double *out) {
  const conditioning *c = world;
  out[ANTICIPATED] = (double)c->now.anticipated;
  out[FALSE_RESPONSES] = (double)c->now.false_responses;
}

SAVES_NOW_OF(conditioning)

static bool restore(void *world, const void *bytes, size_t length, char *error) {
  return environment_restore(&((conditioning *)world)->now, sizeof(course), bytes, length, error);
}

const nsa_environment_kind environment_conditioning = {
    .abi = NSA_ENVIRONMENT_ABI,
    .name = "conditioning",
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
