/* SPDX-License-Identifier: MIT */
#include "scripted.h"

#include "nsa_environments.h"
#include "run/make.h"
#include "tick/step.h"
#include "unit/cmocka_all.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- a world that does what it is told: a trial of `limit` moves; the reward is the action ---- */

typedef struct {
  double limit, steps;
  uint64_t trial;
} world_state;

double fault, free_now[3];
uint32_t resets;
bool truncates;
uint64_t last_key;

static const nsa_environment_name channel_names[] = {{"here", ""}, {"free", ""}};
static const nsa_environment_name figure_names[] = {{"length", ""}};
static const nsa_environment_setting settings[] = {
    {.name = "limit", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 3, .low = 1, .high = 1e9},
    {.name = "vector", .unit = "", .kind = NSA_SETTING_WHOLE, .value = 0, .low = 0, .high = 1}};

static bool describe(const nsa_environment_value *values, nsa_environment_shape *shape, char *error) {
  (void)error;
  shape->counts[HERE] = shape->counts[FREE] = 3;
  bool is_vector = values[1].value != 0;
  shape->action = is_vector ? (nsa_environment_action){0, 2, -1, 1, ""} : (nsa_environment_action){3, 1, 0, 2, ""};
  return true;
}

static void *create(const nsa_environment_value *values, uint64_t key, char *error) {
  last_key = key;
  if (fault == 4) {
    snprintf(error, NSA_ENVIRONMENT_ERROR, "there is no such maze");
    return NULL;
  }
  world_state *w = calloc(1, sizeof *w);
  w->limit = values[0].value;
  return w;
}

/* here: trial, steps, last action. */
static void show(const world_state *w, double action, double *const *channels) {
  channels[HERE][0] = (double)w->trial;
  channels[HERE][1] = w->steps;
  channels[HERE][2] = action;
  memcpy(channels[FREE], free_now, sizeof free_now);
}

static bool reset(void *world, uint64_t trial, double *const *channels, char *error) {
  world_state *w = world;
  (void)error;
  resets++;
  w->trial = trial;
  w->steps = 0;
  show(w, -1, channels);
  return true;
}

static bool step(void *world, const double *action, double *const *channels, nsa_environment_outcome *outcome,
                 char *error) {
  world_state *w = world;
  w->steps++;
  outcome->reward = action[0];
  outcome->terminated = w->steps == w->limit && !truncates;
  outcome->truncated = w->steps == w->limit && truncates;
  outcome->succeeded = action[0] > 0;
  show(w, action[0], channels);
  if (fault == 1)
    outcome->reward = NAN;
  if (fault == 2)
    channels[HERE][1] = INFINITY;
  if (fault == 3)
    snprintf(error, NSA_ENVIRONMENT_ERROR, "the arm is broken");
  return fault != 3;
}

static void measure(const void *world, double *figures) { figures[0] = 10 * ((const world_state *)world)->steps; }

static const nsa_environment_kind script = {.abi = NSA_ENVIRONMENT_ABI,
                                            .name = "script",
                                            .settings = settings,
                                            .setting_count = 2,
                                            .channels = channel_names,
                                            .channel_count = CHANNELS,
                                            .figures = figure_names,
                                            .figure_count = 1,
                                            .describe = describe,
                                            .create = create,
                                            .destroy = free,
                                            .reset = reset,
                                            .step = step,
                                            .measure = measure};

const nsa_environment_kind *nsa_environment_find(const char *name) {
  return strcmp(name, script.name) == 0 ? &script : NULL;
}

const nsa_environment_kind *const *nsa_environment_list(uint32_t *count) {
  static const nsa_environment_kind *const all[] = {&script};
  *count = 1;
  return all;
}

/* ---- cells that fire at the times of a table, and have the values of another ---- */

bool fires[TICKS + 1][CELLS];
double value[TICKS + 1][CELLS];

static void cells_step(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin, uint64_t end,
                       nsa_range_out *out) {
  double *v = fields[0];
  uint8_t *flag = fields[1];
  const handmade *m = self;
  uint32_t ticks = m->timescales[m->populations[0].timescale].ticks;
  uint32_t time = ((uint32_t)clock->tick[m->populations[0].timescale] + 1) * ticks;
  for (uint64_t i = begin; i < end; i++) {
    v[i] = i < CELLS ? value[time][i] : 0;
    flag[i] = i < CELLS && fires[time][i];
    out->events |= flag[i];
  }
}

loop *loop_new(uint32_t timescale, uint32_t environments) {
  loop *l = calloc(1, sizeof *l);
  handmade *m = l->m = handmade_new(4);
  memset(fires, 0, sizeof fires);
  memset(value, 0, sizeof value);
  fault = 0;
  resets = 0;
  truncates = false;
  for (int i = 0; i < CELLS; i++)
    free_now[i] = 1;
  uint32_t p = handmade_population(m, "cells", 1, CELLS, timescale);
  l->domain = m->populations[p].domain;
  l->v = handmade_field(m, "cells.v", l->domain, NSA_F64, NSA_FIELD_STATE, 0);
  l->flag = handmade_field(m, "cells.spike", l->domain, NSA_B1, NSA_FIELD_FIRED, 0);
  m->populations[p].step =
      handmade_kernel(m, "cells.step", NSA_ROLE_STEP, l->domain, timescale, cells_step, l->v, l->flag, NSA_NO_FIELD);
  handmade_event(m, p, "spike", l->flag);
  l->events = handmade_probe(m, l->domain, 0, NSA_NO_FIELD, NSA_REDUCE_NONE);
  l->values = handmade_probe(m, l->domain, NSA_NONE, l->v, NSA_REDUCE_NONE);
  m->phases[m->program.phases_count++] = (nsa_phase){"decide"};
  m->program.ticks = TICKS;
  static const char *const figures[] = {"steps", "reward", "success", "length"};
  for (int i = 0; i < 4; i++)
    l->figures[i] = (nsa_unit_name){figures[i], ""};
  for (uint32_t e = 0; e < environments; e++) {
    l->channels[e][HERE] = handmade_channel(m, e ? "b.here" : "a.here", 3);
    l->channels[e][FREE] = handmade_channel(m, e ? "b.free" : "a.free", 3);
    l->given[e][0] = (nsa_given_setting){.name = "limit", .value = 3};
    l->given[e][1] = (nsa_given_setting){.name = "vector", .value = 0};
    m->environments[m->program.environments_count++] = (nsa_environment){.name = e ? "b" : "a",
                                                                         .source = NSA_ENVIRONMENT_BUILT_IN,
                                                                         .kind = "script",
                                                                         .values = l->given[e],
                                                                         .values_count = 2,
                                                                         .channels = l->channels[e],
                                                                         .channels_count = CHANNELS,
                                                                         .choices = 3,
                                                                         .length = 1,
                                                                         .low = 0,
                                                                         .high = 2,
                                                                         .unit = "",
                                                                         .figures = l->figures,
                                                                         .figures_count = 4,
                                                                         .key = e};
    for (int i = 0; i < 2; i++)
      l->decoders[e][i] =
          (nsa_decoder){.kind = NSA_DECODER_ARGMAX, .scores = l->values, .tie = NSA_NONE, .among = NSA_NONE, .key = 77};
    m->acts[m->program.acts_count++] = (nsa_act){
        .environment = e, .phase = 0, .every = 10, .window = 6, .decoders = l->decoders[e], .decoders_count = 1};
  }
  for (uint32_t k = 0; k < nsa_moment_count; k++)
    l->at[k] = handmade_signal(m, "at", 0, k);
  return l;
}

void loop_start(loop *l) {
  char error[SIM_ERROR_SIZE] = "";
  l->sim = sim_new(&l->m->program, l->m->entries, 1, 1, error);
  if (!l->sim || !sim_connect(l->sim, error) || !sim_init(l->sim, error))
    fail_msg("%s", error);
}

void loop_free(loop *l) {
  sim_free(l->sim);
  handmade_free(l->m);
  free(l);
}

double heard(const loop *l, nsa_moment moment) {
  const uint8_t *flag = l->sim->field_data[l->at[moment].id - 1];
  const double *x = l->sim->field_data[l->at[moment].id];
  return *flag ? *x : NAN;
}

const double *here(const loop *l, uint32_t environment) {
  return l->sim->field_data[l->m->channels[l->channels[environment][HERE]].field.id];
}

double run_to(loop *l, uint64_t time) {
  while (l->sim->tick < time)
    assert_true(sim_step(l->sim));
  return worlds_has_moved(l->sim, 0) ? worlds_last_move(l->sim, 0)->action[0] : -1;
}
