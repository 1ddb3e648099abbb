/* SPDX-License-Identifier: MIT */
/* arm.c - a plugin: an arm of two links in a plane, whose hand is to reach a target.
 *
 * The action is how fast the two joints turn (radians a step, -0.2 to 0.2). Each trial has another target within reach;
 * it is over where the hand is near enough. The reward is how much nearer the hand came, in lengths of the arm, and one
 * more at the target. Lengths are in um, as nsa has them inside. */
#include "nsa_environment.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { LENGTH, NEAR, LIMIT, SETTINGS };
enum { JOINTS, HAND, TARGET, CHANNELS };

static const nsa_environment_setting settings[SETTINGS] = {
    [LENGTH] = {"length", "um", NSA_SETTING_NUMBER, .value = 6e5, .low = 1, .high = 1e7}, /* of both links together */
    [NEAR] = {"near", "", NSA_SETTING_NUMBER, .value = 0.1, .low = 0.001, .high = 1},     /* parts of the length */
    [LIMIT] = {"limit", "", NSA_SETTING_WHOLE, .value = 200, .low = 1, .high = 1e9},
};
static const nsa_environment_name channels[CHANNELS] = {
    [JOINTS] = {"joints", ""}, [HAND] = {"hand", "um"}, [TARGET] = {"target", "um"}};
static const nsa_environment_name figures[] = {{"closest", "um"}};

typedef struct {
  double x, y;
} point;

typedef struct {
  const nsa_environment_value *values;
  uint64_t key, steps;
  double joints[2], closest;
  point target;
} arm;

static bool describe(const nsa_environment_value *values, nsa_environment_shape *shape, char *error) {
  (void)values;
  (void)error;
  shape->counts[JOINTS] = shape->counts[HAND] = shape->counts[TARGET] = 2;
  shape->action = (nsa_environment_action){.length = 2, .low = -0.2, .high = 0.2, .unit = ""};
  return true;
}

static void *create(const nsa_environment_value *values, uint64_t key, char *error) {
  arm *a = calloc(1, sizeof *a);
  if (a == NULL) {
    snprintf(error, NSA_ENVIRONMENT_ERROR, "out of memory");
    return NULL;
  }
  a->values = values;
  a->key = key;
  return a;
}

static void destroy(void *world) { free(world); }

static point hand_of(const arm *a) {
  double half = a->values[LENGTH].value / 2, first = a->joints[0], second = first + a->joints[1];
  return (point){half * (cos(first) + cos(second)), half * (sin(first) + sin(second))};
}

static double distance_to(const arm *a, point hand) { return hypot(hand.x - a->target.x, hand.y - a->target.y); }

static void show(const arm *a, double *const *out) {
  point hand = hand_of(a);
  for (int i = 0; i < 2; i++)
    out[JOINTS][i] = a->joints[i];
  out[HAND][0] = hand.x;
  out[HAND][1] = hand.y;
  out[TARGET][0] = a->target.x;
  out[TARGET][1] = a->target.y;
}

/* Stretched to the right; the target is somewhere in the ring from 0.3 to 0.9 of the length. */
static bool reset(void *world, uint64_t trial, double *const *out, char *error) {
  arm *a = world;
  (void)error;
  double angle = 6.283185307179586 * nsa_environment_uniform(a->key, trial, 0);
  double radius = a->values[LENGTH].value * (0.3 + 0.6 * nsa_environment_uniform(a->key, trial, 1));
  a->target = (point){radius * cos(angle), radius * sin(angle)};
  a->joints[0] = a->joints[1] = 0;
  a->steps = 0;
  a->closest = distance_to(a, hand_of(a));
  show(a, out);
  return true;
}

static bool step(void *world, const double *action, double *const *out, nsa_environment_outcome *outcome, char *error) {
  arm *a = world;
  (void)error;
  double length = a->values[LENGTH].value, before = distance_to(a, hand_of(a));
  for (int i = 0; i < 2; i++)
    a->joints[i] += action[i];
  a->steps++;
  double after = distance_to(a, hand_of(a));
  bool is_there = after <= a->values[NEAR].value * length;
  a->closest = after < a->closest ? after : a->closest;
  *outcome = (nsa_environment_outcome){.reward = (before - after) / length + is_there,
                                       .terminated = is_there,
                                       .truncated = !is_there && a->steps >= a->values[LIMIT].value,
                                       .succeeded = is_there};
  show(a, out);
  return true;
}

static void measure(const void *world, double *out) { out[0] = ((const arm *)world)->closest; }

static const nsa_environment_kind kind = {
    .abi = NSA_ENVIRONMENT_ABI,
    .name = "arm",
    .settings = settings,
    .setting_count = SETTINGS,
    .channels = channels,
    .channel_count = CHANNELS,
    .figures = figures,
    .figure_count = sizeof figures / sizeof figures[0],
    .describe = describe,
    .create = create,
    .destroy = destroy,
    .reset = reset,
    .step = step,
    .measure = measure,
};

__attribute__((visibility("default"))) nsa_environment_plugin_fn nsa_environment_plugin;
const nsa_environment_kind *nsa_environment_plugin(void) { return &kind; }
