/* SPDX-License-Identifier: MIT */
/* cartpole.c - a pole on a cart that is pushed left or right.
 *
 * Barto, Sutton and Anderson 1983 (doi 10.1109/TSMC.1983.6313077), without friction, with the constants of their code
 * as the Gymnasium environment CartPole has them: masses 1 and 0.1 kg, half of the pole's length 0.5 m, pushes of 10 N,
 * 20 ms a step, over when the pole leans more than 12 degrees or the cart is 2.4 m away. "euler" is their integration;
 * "rk4" has `substeps` steps of a fourth-order method in each. Inside, numbers are in m, s, kg; channels are in nsa's
 * units. */
#include "environments.h"
#include "nsa_math.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { METHOD, SUBSTEPS, TIME, FORCE, CART, POLE, HALF_LENGTH, LEAN, AWAY, START, LIMIT };

static const nsa_environment_setting settings[] = {
    [METHOD] = {.name = "method", .unit = "", .kind = NSA_SETTING_TEXT, .text = "euler"},
    [SUBSTEPS] = {.name = "substeps", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 10, .low = 1, .high = 1e5},
    [TIME] = {.name = "step", .unit = "ms", .kind = NSA_SETTING_NUMBER, .value = 20, .low = 1e-3, .high = 1e4},
    [FORCE] = {.name = "force", .unit = "", .kind = NSA_SETTING_NUMBER, .value = 10, .low = 0, .high = 1e6},
    [CART] = {.name = "cart", .unit = "", .kind = NSA_SETTING_NUMBER, .value = 1, .low = 1e-6, .high = 1e6},
    [POLE] = {.name = "pole", .unit = "", .kind = NSA_SETTING_NUMBER, .value = 0.1, .low = 1e-6, .high = 1e6},
    [HALF_LENGTH] =
        {.name = "half_length", .unit = "um", .kind = NSA_SETTING_NUMBER, .value = 5e5, .low = 1, .high = 1e9},
    [LEAN] =
        {.name = "lean", .unit = "", .kind = NSA_SETTING_NUMBER, .value = 0.20943951023931953, .low = 0, .high = 1e3},
    [AWAY] = {.name = "away", .unit = "um", .kind = NSA_SETTING_NUMBER, .value = 2.4e6, .low = 0, .high = 1e12},
    [START] = {.name = "start", .unit = "", .kind = NSA_SETTING_NUMBER, .value = 0.05, .low = 0, .high = 10},
    [LIMIT] = {.name = "limit", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 500, .low = 0, .high = 1e9},
};

enum { POSITION, VELOCITY, ANGLE, ANGULAR_VELOCITY, STATES };

static const nsa_environment_name channels[] = {[POSITION] = {"position", "um"},
                                                [VELOCITY] = {"velocity", "um/ms"},
                                                [ANGLE] = {"angle", ""},
                                                [ANGULAR_VELOCITY] = {"angular_velocity", "1/ms"}};

/* What one of SI is in nsa's units. */
static const double scales[STATES] = {[POSITION] = 1e6, [VELOCITY] = 1e3, [ANGLE] = 1, [ANGULAR_VELOCITY] = 1e-3};

static const nsa_environment_name figures[] = {{"worst_angle", ""}};

typedef struct {
  double x[STATES], worst;
  uint64_t steps;
} course;

typedef struct {
  const nsa_environment_value *values;
  uint64_t key, limit;
  bool is_euler;
  double half_length, time, away; /* m, s */
  course now;
} cartpole;

static bool describe(const nsa_environment_value *v, nsa_environment_shape *shape, char *error) {
  const char *method = v[METHOD].text ? v[METHOD].text : "";
  *shape =
      (nsa_environment_shape){.counts = {1, 1, 1, 1}, .action = {.choices = 2, .length = 1, .high = 1, .unit = ""}};
  if (strcmp(method, "euler") == 0 || strcmp(method, "rk4") == 0)
    return true;
  snprintf(error, NSA_ENVIRONMENT_ERROR, "`method` is \"euler\", as published, or \"rk4\", not \"%.40s\"", method);
  return false;
}

static void *create(const nsa_environment_value *v, uint64_t key, char *error) {
  cartpole *c = calloc(1, sizeof *c);
  snprintf(error, NSA_ENVIRONMENT_ERROR, "out of memory");
  if (c != NULL)
    *c = (cartpole){.values = v,
                    .key = key,
                    .limit = (uint64_t)v[LIMIT].value,
                    .is_euler = strcmp(v[METHOD].text, "euler") == 0,
                    .half_length = v[HALF_LENGTH].value / 1e6,
                    .time = v[TIME].value / 1e3,
                    .away = v[AWAY].value / 1e6};
  return c;
}

/* ---- the equations ---- */

static void rates(const cartpole *c, double force, const double x[STATES], double out[STATES]) {
  static const double gravity = 9.8;
  double mass = c->values[CART].value + c->values[POLE].value, moment = c->values[POLE].value * c->half_length;
  double sine = nsa_sin_1(x[ANGLE]), cosine = nsa_cos_1(x[ANGLE]), spin = x[ANGULAR_VELOCITY];
  double push = (force + moment * spin * spin * sine) / mass;
  double turn = (gravity * sine - cosine * push) /
                (c->half_length * (4.0 / 3.0 - c->values[POLE].value * cosine * cosine / mass));
  out[POSITION] = x[VELOCITY];
  out[VELOCITY] = push - moment * turn * cosine / mass;
  out[ANGLE] = spin;
  out[ANGULAR_VELOCITY] = turn;
}

static void step_euler(cartpole *c, double force) {
  double k[STATES];
  rates(c, force, c->now.x, k);
  for (int i = 0; i < STATES; i++)
    c->now.x[i] += c->time * k[i];
}

static void step_rk4(cartpole *c, double force, double h) {
  static const double ahead[] = {0, 0.5, 0.5, 1}, weight[] = {1, 2, 2, 1};
  double k[STATES] = {0}, sum[STATES] = {0}, at[STATES];
  for (int stage = 0; stage < 4; stage++) {
    for (int i = 0; i < STATES; i++)
      at[i] = c->now.x[i] + ahead[stage] * h * k[i];
    rates(c, force, at, k);
    for (int i = 0; i < STATES; i++)
      sum[i] += weight[stage] * k[i];
  }
  for (int i = 0; i < STATES; i++)
    c->now.x[i] += h / 6 * sum[i];
}

/* ---- trials ---- */

static double size_of(double x) { return x < 0 ? -x : x; }

static void show(const cartpole *c, double *const *out) {
  for (int i = 0; i < STATES; i++)
    out[i][0] = c->now.x[i] * scales[i];
}

static bool reset(void *world, uint64_t trial, double *const *out, char *error) {
  cartpole *c = world;
  (void)error;
  c->now = (course){0};
  for (uint64_t i = 0; i < STATES; i++)
    c->now.x[i] = c->values[START].value * (2 * nsa_environment_uniform(c->key, trial, i) - 1);
  show(c, out);
  return true;
}

static bool step(void *world, const double *action, double *const *out, nsa_environment_outcome *outcome, char *error) {
  cartpole *c = world;
  (void)error;
  double force = action[0] == 1 ? c->values[FORCE].value : -c->values[FORCE].value;
  uint64_t substeps = (uint64_t)c->values[SUBSTEPS].value;
  if (c->is_euler)
    step_euler(c, force);
  for (uint64_t k = 0; !c->is_euler && k < substeps; k++)
    step_rk4(c, force, c->time / (double)substeps);
  double lean = size_of(c->now.x[ANGLE]);
  c->now.worst = lean > c->now.worst ? lean : c->now.worst;
  c->now.steps++;
  show(c, out);
  bool has_fallen = !(lean <= c->values[LEAN].value && size_of(c->now.x[POSITION]) <= c->away);
  bool is_long = !has_fallen && c->limit > 0 && c->now.steps >= c->limit;
  *outcome =
      (nsa_environment_outcome){.reward = 1, .terminated = has_fallen, .truncated = is_long, .succeeded = is_long};
  return true;
}

static void measure(const void *world, double *out) { out[0] = ((const cartpole *)world)->now.worst; }

SAVES_NOW_OF(cartpole)

static bool restore(void *world, const void *bytes, size_t length, char *error) {
  return environment_restore(&((cartpole *)world)->now, sizeof(course), bytes, length, error);
}

const nsa_environment_kind environment_cartpole = {
    .abi = NSA_ENVIRONMENT_ABI,
    .name = "cartpole",
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
