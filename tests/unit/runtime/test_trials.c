/* SPDX-License-Identifier: MIT */
/* Moves and trials: figures, series, the end of a run, vectors, draws, failures. */
#include "scripted.h"

#include "observe/measure.h"
#include "run/make.h"
#include "tick/step.h"
#include "unit/cmocka_all.h"
#include "worlds/choose.h"

#include <math.h>
#include <string.h>

/* ---- trials ---- */

static void a_trial_that_is_over_is_reset_at_once(void **state) {
  (void)state;
  loop *l = loop_new(0, 1);
  value[6][2] = value[16][2] = value[26][1] = 1;
  loop_start(l);
  assert_true(here(l, 0)[2] == -1 && resets == 1);
  run_to(l, 5);
  assert_true(here(l, 0)[1] == 0);
  run_to(l, 6);
  assert_true(here(l, 0)[1] == 1 && here(l, 0)[2] == 2);
  run_to(l, 26);
  assert_true(here(l, 0)[0] == 1 && here(l, 0)[1] == 0 && here(l, 0)[2] == -1);
  assert_true(worlds_has_ended_trial(l->sim, 0));
  assert_int_equal(worlds_last_move(l->sim, 0)->trial, 0);
  assert_int_equal(worlds_last_move(l->sim, 0)->trial_start, 0);
  run_to(l, 36);
  assert_int_equal(worlds_last_move(l->sim, 0)->trial_start, 26);
  assert_int_equal(worlds_trials(l->sim, 0), 1); /* the second one is cut */
  double wanted[] = {3, 5, 1, 30};
  for (uint32_t k = 0; k < 4; k++) {
    world_series figure = worlds_figure(l->sim, 0, k);
    assert_int_equal(figure.count, 1);
    assert_true(figure.values[0] == wanted[k]);
  }
  loop_free(l);
}

static void a_limit_truncates(void **state) {
  (void)state;
  loop *l = loop_new(0, 1);
  truncates = true;
  loop_start(l);
  run_to(l, 27);
  assert_true(heard(l, NSA_MOMENT_TRUNCATED) == 1 && isnan(heard(l, NSA_MOMENT_TERMINATED)));
  assert_true(heard(l, NSA_MOMENT_RESET) == 1);
  assert_int_equal(worlds_trials(l->sim, 0), 1);
  loop_free(l);
}

static uint64_t key_of(uint64_t seed, uint64_t name, bool has_own, uint64_t own) {
  char error[SIM_ERROR_SIZE] = "";
  loop *l = loop_new(0, 1);
  nsa_environment *e = &l->m->environments[0];
  e->key = name;
  e->has_seed = has_own;
  e->seed = own;
  l->sim = sim_new(&l->m->program, l->m->entries, seed, 1, error);
  assert_true(sim_connect(l->sim, error) && sim_init(l->sim, error));
  loop_free(l);
  return last_key;
}

static void draws_follow_from_seed_and_name(void **state) {
  (void)state;
  assert_true(key_of(1, 5, false, 0) == key_of(1, 5, false, 9));
  assert_true(key_of(1, 5, false, 0) != key_of(2, 5, false, 0));
  assert_true(key_of(1, 5, false, 0) != key_of(1, 6, false, 0));
  assert_true(key_of(1, 5, true, 7) == key_of(2, 5, true, 7));
  assert_true(key_of(1, 5, true, 7) == key_of(7, 5, false, 0));
}

/* All decide before any world moves. */
static void two_worlds_see_channels_from_before(void **state) {
  (void)state;
  loop *l = loop_new(0, 2);
  nsa_field_id field = l->m->channels[l->channels[0][HERE]].field; /* trial, steps, action of the first world */
  l->decoders[1][0].scores = handmade_probe(l->m, l->m->fields[field.id].domain, NSA_NONE, field, NSA_REDUCE_NONE);
  value[6][2] = value[16][2] = 1;
  loop_start(l);
  run_to(l, 6);
  assert_true(worlds_last_move(l->sim, 1)->action[0] == 0); /* 0, 0, -1 */
  run_to(l, 16);
  assert_true(worlds_last_move(l->sim, 1)->action[0] == 2); /* 0, 1, 2 */
  assert_true(here(l, 1)[1] == 2);
  loop_free(l);
}

/* ---- vectors ---- */

static loop *vector_loop(void) {
  loop *l = loop_new(0, 1);
  l->given[0][1].value = 1;
  nsa_environment *e = &l->m->environments[0];
  e->choices = 0;
  e->length = 2;
  e->low = -1;
  e->high = 1;
  uint32_t mean = handmade_probe(l->m, l->domain, NSA_NONE, l->v, NSA_REDUCE_MEAN);
  uint32_t now = handmade_node(l->m, (nsa_measure_node){.kind = NSA_MEASURE_NOW, .probe = mean});
  uint32_t two = handmade_node(l->m, (nsa_measure_node){.kind = NSA_MEASURE_NUMBER, .number = 2, .probe = NSA_NONE});
  uint32_t first =
      handmade_node(l->m, (nsa_measure_node){.kind = NSA_MEASURE_MUL, .a = now, .b = two, .probe = NSA_NONE});
  uint32_t events = handmade_node(l->m, (nsa_measure_node){.kind = NSA_MEASURE_WINDOW_COUNT, .probe = l->events});
  uint32_t second = handmade_node(l->m, (nsa_measure_node){.kind = NSA_MEASURE_NEG, .a = events, .probe = NSA_NONE});
  static uint32_t nodes[2];
  nodes[0] = first;
  nodes[1] = second;
  l->decoders[0][0] = (nsa_decoder){.kind = NSA_DECODER_VECTOR,
                                    .scores = NSA_NONE,
                                    .tie = NSA_NONE,
                                    .among = NSA_NONE,
                                    .nodes = nodes,
                                    .nodes_count = 2};
  return l;
}

static void a_vector_is_made_and_kept_in_bounds(void **state) {
  (void)state;
  loop *l = vector_loop();
  value[6][0] = 0.75; /* mean 0.25 */
  fires[2][1] = true;
  value[16][0] = 30;
  fires[13][1] = fires[14][1] = true;
  loop_start(l);
  run_to(l, 6);
  const double *action = worlds_last_move(l->sim, 0)->action;
  assert_true(action[0] == 0.5 && action[1] == -1);
  run_to(l, 7);
  assert_true(heard(l, NSA_MOMENT_ACTION) == 0.5);
  run_to(l, 16);
  assert_true(action[0] == 1 && action[1] == -1);
  value[26][0] = -0.75;
  run_to(l, 26);
  assert_true(action[0] == -0.5 && action[1] == 0);
  run_to(l, 27);
  assert_true(heard(l, NSA_MOMENT_REWARD) == -0.5);
  loop_free(l);
}

/* ---- measures and the end ---- */

static double measured(loop *l, measurer *m, uint32_t index) {
  double values[HANDMADE_MAX];
  measurer_finish(m, l->sim, values);
  return values[index];
}

static uint32_t add_measure(loop *l, uint32_t node) {
  l->m->measures[l->m->program.measures_count] = (nsa_measure){.name = "m", .unit = "", .node = node};
  return l->m->program.measures_count++;
}

static uint32_t reduced(loop *l, nsa_measure_kind kind, uint32_t series) {
  return add_measure(l, handmade_node(l->m, (nsa_measure_node){.kind = kind, .a = series, .probe = NSA_NONE}));
}

static measurer *observe(loop *l) {
  char error[SIM_ERROR_SIZE];
  measurer *m = measurer_new(l->sim, error);
  assert_non_null(m);
  sim_observer o = measurer_observer(m);
  sim_observe(l->sim, o);
  o.after_tick(o.self, l->sim);
  return m;
}

static void series_have_one_value_a_trial_or_step(void **state) {
  (void)state;
  loop *l = loop_new(0, 1);
  l->given[0][0].value = 2; /* trials end at 16, 36, 56 */
  handmade *m = l->m;
  nsa_measure_node figure = {
      .kind = NSA_MEASURE_FIGURE, .environment = 0, .figure = NSA_FIGURE_REWARD, .probe = NSA_NONE, .phase = NSA_NONE};
  nsa_measure_node count = {
      .kind = NSA_MEASURE_COUNT, .environment = 0, .per = NSA_PER_TRIAL, .probe = l->events, .phase = NSA_NONE};
  uint32_t reward = handmade_node(m, figure), trial_events = handmade_node(m, count);
  count.per = NSA_PER_STEP;
  uint32_t step_events = handmade_node(m, count);
  count.kind = NSA_MEASURE_UPDATES;
  count.probe = l->values;
  uint32_t step_updates = handmade_node(m, count);
  uint32_t two = handmade_node(m, (nsa_measure_node){.kind = NSA_MEASURE_NUMBER, .number = 2, .probe = NSA_NONE});
  uint32_t tail =
      handmade_node(m, (nsa_measure_node){.kind = NSA_MEASURE_TAIL, .a = reward, .b = two, .probe = NSA_NONE});
  uint32_t sum =
      handmade_node(m, (nsa_measure_node){.kind = NSA_MEASURE_ADD, .a = reward, .b = trial_events, .probe = NSA_NONE});
  uint32_t doubled =
      handmade_node(m, (nsa_measure_node){.kind = NSA_MEASURE_MUL, .a = sum, .b = two, .probe = NSA_NONE});
  value[6][2] = value[16][1] = value[26][1] = value[36][1] = value[46][2] = value[56][2] = 1; /* 3, 2, 4 */
  fires[0][0] = fires[3][0] = fires[6][1] = fires[15][1] = true;    /* trial 0: 3, 6, 15; a tick has no end at 0 */
  fires[16][1] = fires[36][0] = fires[37][0] = fires[57][0] = true; /* 1: 16; 2: 36, 37; cut: 57 */
  struct {
    uint32_t measure;
    double wanted;
  } all[] = {
      {reduced(l, NSA_MEASURE_SERIES_FIRST, reward), 3},      {reduced(l, NSA_MEASURE_SERIES_LAST, reward), 4},
      {reduced(l, NSA_MEASURE_SERIES_MEAN, reward), 3},       {reduced(l, NSA_MEASURE_SERIES_MEDIAN, reward), 3},
      {reduced(l, NSA_MEASURE_SERIES_MEDIAN, tail), 3},       {reduced(l, NSA_MEASURE_SERIES_MIN, reward), 2},
      {reduced(l, NSA_MEASURE_SERIES_MAX, reward), 4},        {reduced(l, NSA_MEASURE_SERIES_SUM, tail), 6},
      {reduced(l, NSA_MEASURE_SERIES_SUM, trial_events), 6},  {reduced(l, NSA_MEASURE_SERIES_FIRST, trial_events), 3},
      {reduced(l, NSA_MEASURE_SERIES_LAST, trial_events), 2}, {reduced(l, NSA_MEASURE_SERIES_FIRST, step_events), 1},
      {reduced(l, NSA_MEASURE_SERIES_SUM, step_events), 6},   {reduced(l, NSA_MEASURE_SERIES_FIRST, step_updates), 18},
      {reduced(l, NSA_MEASURE_SERIES_MAX, step_updates), 30}, {reduced(l, NSA_MEASURE_SERIES_FIRST, doubled), 12},
      {reduced(l, NSA_MEASURE_SERIES_MIN, doubled), 6},       {reduced(l, NSA_MEASURE_SERIES_LAST, doubled), 12}};
  loop_start(l);
  measurer *meter = observe(l);
  run_to(l, 60);
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    double x = measured(l, meter, all[i].measure);
    if (x != all[i].wanted)
      fail_msg("measure %d is %g and not %g", (int)i, x, all[i].wanted);
  }
  measurer_free(meter);
  loop_free(l);
}

/* A step belongs to the windows in which it begins: three windows of six steps of three cells. */
static void steps_in_a_phase_are_counted(void **state) {
  (void)state;
  loop *l = loop_new(0, 1);
  nsa_measure_node updates = {.kind = NSA_MEASURE_UPDATES, .probe = l->values, .phase = 0};
  uint32_t all = add_measure(l, handmade_node(l->m, updates));
  updates.phase = NSA_NONE;
  uint32_t whole = add_measure(l, handmade_node(l->m, updates));
  loop_start(l);
  measurer *meter = observe(l);
  run_to(l, 26);
  assert_true(measured(l, meter, all) == 3 * (6 + 6 + 6));
  assert_true(measured(l, meter, whole) == 3 * 26);
  measurer_free(meter);
  loop_free(l);
}

static void no_trial_no_number(void **state) {
  (void)state;
  loop *l = loop_new(0, 1);
  nsa_measure_node figure = {.kind = NSA_MEASURE_FIGURE, .environment = 0, .figure = 0, .probe = NSA_NONE};
  uint32_t steps = handmade_node(l->m, figure);
  uint32_t all[] = {reduced(l, NSA_MEASURE_SERIES_FIRST, steps), reduced(l, NSA_MEASURE_SERIES_MEAN, steps),
                    reduced(l, NSA_MEASURE_SERIES_MEDIAN, steps), reduced(l, NSA_MEASURE_SERIES_SUM, steps)};
  loop_start(l);
  measurer *meter = observe(l);
  run_to(l, 20);
  for (int i = 0; i < 4; i++)
    assert_true(isnan(measured(l, meter, all[i])));
  measurer_free(meter);
  loop_free(l);
}

static uint64_t end_of(uint32_t figure, nsa_measure_kind compare, double number) {
  loop *l = loop_new(0, 1);
  handmade *m = l->m;
  l->given[0][0].value = 2;
  value[36][2] = 1; /* rewards of trials: 0, 2, 0 */
  nsa_measure_node node = {.kind = NSA_MEASURE_FIGURE, .environment = 0, .figure = figure, .probe = NSA_NONE};
  uint32_t x;
  if (figure == NSA_NONE) {
    node.kind = NSA_MEASURE_TRIALS;
    x = handmade_node(m, node);
  } else {
    uint32_t series = handmade_node(m, node);
    x = handmade_node(m, (nsa_measure_node){.kind = NSA_MEASURE_SERIES_MAX, .a = series, .probe = NSA_NONE});
  }
  uint32_t n = handmade_node(m, (nsa_measure_node){.kind = NSA_MEASURE_NUMBER, .number = number, .probe = NSA_NONE});
  m->program.until = handmade_node(m, (nsa_measure_node){.kind = compare, .a = x, .b = n, .probe = NSA_NONE});
  loop_start(l);
  measurer *meter = observe(l);
  while (l->sim->tick < TICKS && !l->sim->is_over)
    assert_true(sim_step(l->sim));
  uint64_t end = l->sim->tick;
  measurer_free(meter);
  loop_free(l);
  return end;
}

static void a_condition_ends_the_run(void **state) {
  (void)state;
  assert_int_equal(end_of(NSA_NONE, NSA_MEASURE_EQ, 2), 36);
  assert_int_equal(end_of(NSA_NONE, NSA_MEASURE_GE, 3), 56);
  assert_int_equal(end_of(NSA_NONE, NSA_MEASURE_EQ, 7), TICKS);
  assert_int_equal(end_of(NSA_NONE, NSA_MEASURE_LT, 7), 6); /* true from the first move on */
  assert_int_equal(end_of(NSA_FIGURE_REWARD, NSA_MEASURE_GT, 1), 36);
  assert_int_equal(end_of(NSA_FIGURE_REWARD, NSA_MEASURE_NE, 5), 16); /* an empty series compares false */
}

/* ---- draws ---- */

/* The share of uniform numbers that lead to each choice is its probability. */
static void draws_have_their_probabilities(void **state) {
  (void)state;
  enum { N = 100000 };
  double weights[] = {1, NAN, 3, 0, 4}, scores[] = {0.5, -1, NAN, 2, -INFINITY};
  double samples[5] = {0}, softmax[5] = {0}, all = exp(0.5) + exp(-1.0) + exp(2.0);
  for (int k = 0; k < N; k++) {
    double u = (k + 0.5) / N, work[5];
    samples[choose_sample(weights, 5, u)] += 1.0 / N;
    memcpy(work, scores, sizeof work);
    softmax[choose_softmax(work, 5, u)] += 1.0 / N;
  }
  double wanted_samples[] = {0.125, 0, 0.375, 0, 0.5};
  double wanted_softmax[] = {exp(0.5) / all, exp(-1.0) / all, 0, exp(2.0) / all, 0};
  for (int i = 0; i < 5; i++) {
    assert_true(fabs(samples[i] - wanted_samples[i]) < 2.0 / N);
    assert_true(fabs(softmax[i] - wanted_softmax[i]) < 2.0 / N);
  }
}

static void what_cannot_be_chosen_is_none(void **state) {
  (void)state;
  double none[] = {NAN, NAN}, zero[] = {0, 0}, equal[] = {1, 1}, low[] = {-INFINITY, -INFINITY};
  assert_int_equal(choose_largest(none, 2), NSA_NONE);
  assert_int_equal(choose_sample(none, 2, 0.5), NSA_NONE);
  assert_int_equal(choose_sample(zero, 2, 0.5), NSA_NONE);
  assert_int_equal(choose_softmax(none, 2, 0.5), NSA_NONE);
  assert_int_equal(choose_softmax(low, 2, 0.5), NSA_NONE);
  assert_int_equal(choose_largest(equal, 2), 0);
  double small[] = {5e-324, 0};
  assert_int_equal(choose_sample(small, 2, 0x1.fffffffffffffp-1), 0);
}

/* A sample of one weight for all: each of three is chosen a third of the time, and never what is left out. */
static void a_run_samples_evenly(void **state) {
  (void)state;
  loop *l = loop_new(0, 1);
  enum { DECISIONS = 6000 };
  l->m->program.ticks = 2 * DECISIONS;
  l->m->acts[0].every = 2;
  l->m->acts[0].window = 1;
  l->decoders[0][0] = (nsa_decoder){
      .kind = NSA_DECODER_SAMPLE, .scores = NSA_NONE, .tie = NSA_NONE, .among = l->channels[0][FREE], .key = 9};
  l->m->populations[0].step = NSA_NO_KERNEL;
  double counts[3] = {0};
  loop_start(l);
  for (uint64_t k = 0; k < DECISIONS; k++)
    counts[(int)run_to(l, 2 * k + 1)]++;
  double chi = 0;
  for (int i = 0; i < 3; i++)
    chi += (counts[i] - DECISIONS / 3.0) * (counts[i] - DECISIONS / 3.0) / (DECISIONS / 3.0);
  assert_true(chi < 13.8); /* of two degrees of freedom: 1 in 1000 */
  loop_free(l);
}

/* ---- failures ---- */

static void fails(loop *l, const char *text, bool is_of_world) {
  while (l->sim->tick < TICKS && sim_step(l->sim))
    ;
  assert_true(l->sim->failed);
  assert_string_equal(l->sim->failure.text, text);
  assert_int_equal(l->sim->failure.is_of_world, is_of_world);
  assert_int_equal(l->sim->failure.tick, 6);
  loop_free(l);
}

static void faults_of_the_world_are_told(void **state) {
  (void)state;
  static const char *const texts[] = {"environment 'a' gives a reward of nan", "environment 'a' shows inf in a.here[1]",
                                      "environment 'a': the arm is broken"};
  for (int i = 0; i < 3; i++) {
    loop *l = loop_new(0, 1);
    fault = i + 1;
    loop_start(l);
    fails(l, texts[i], true);
  }
  char error[SIM_ERROR_SIZE] = "";
  loop *l = loop_new(0, 1);
  fault = 4;
  l->sim = sim_new(&l->m->program, l->m->entries, 1, 1, error);
  assert_true(sim_connect(l->sim, error));
  assert_false(sim_init(l->sim, error));
  assert_string_equal(error, "environment 'a': there is no such maze");
  loop_free(l);
  l = loop_new(0, 1);
  l->m->channels[0].count = 4; /* the model was compiled with another kind of this name */
  l->sim = sim_new(&l->m->program, l->m->entries, 1, 1, error);
  assert_true(sim_connect(l->sim, error));
  assert_false(sim_init(l->sim, error));
  assert_non_null(strstr(error, "not those that the model was compiled with"));
  loop_free(l);
}

static void what_cannot_be_decided_is_told(void **state) {
  (void)state;
  loop *l = loop_new(0, 1);
  l->decoders[0][0].among = l->channels[0][FREE];
  memset(free_now, 0, sizeof free_now);
  loop_start(l);
  fails(l, "the decision for 'a' has nothing to choose: all of a.free are 0", false);
  l = loop_new(0, 1);
  l->decoders[0][0].kind = NSA_DECODER_SAMPLE;
  loop_start(l);
  fails(l, "the decision for 'a' has nothing to choose: no score is above 0", false);
  l = loop_new(0, 1);
  l->decoders[0][0].kind = NSA_DECODER_SAMPLE;
  value[6][1] = -0.5;
  loop_start(l);
  fails(l, "the decision for 'a' has a score of -0.5 for choice 1", false);
  l = loop_new(0, 1);
  value[6][2] = NAN;
  loop_start(l);
  fails(l, "the decision for 'a' has a score of nan for choice 2", false);
  l = loop_new(0, 1);
  value[6][0] = INFINITY;
  loop_start(l);
  fails(l, "the decision for 'a' has a score of inf for choice 0", false);
  l = vector_loop();
  value[6][2] = NAN;
  loop_start(l);
  fails(l, "the decision for 'a' gives nan as number 0 of the action", false);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_trial_that_is_over_is_reset_at_once),
      cmocka_unit_test(a_limit_truncates),
      cmocka_unit_test(draws_follow_from_seed_and_name),
      cmocka_unit_test(two_worlds_see_channels_from_before),
      cmocka_unit_test(a_vector_is_made_and_kept_in_bounds),
      cmocka_unit_test(series_have_one_value_a_trial_or_step),
      cmocka_unit_test(steps_in_a_phase_are_counted),
      cmocka_unit_test(no_trial_no_number),
      cmocka_unit_test(a_condition_ends_the_run),
      cmocka_unit_test(draws_have_their_probabilities),
      cmocka_unit_test(what_cannot_be_chosen_is_none),
      cmocka_unit_test(a_run_samples_evenly),
      cmocka_unit_test(faults_of_the_world_are_told),
      cmocka_unit_test(what_cannot_be_decided_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
