/* SPDX-License-Identifier: MIT */
/* Conditioning by hand; hitting times of a track in closed form; the pole against SciPy; a chain's frequencies. */
#include "unit/environments/played.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* After the four above. */
#include <cmocka.h>

/* ---- conditioning ---- */

static void conditioning_course(double trace, const char *cs, const char *us) {
  played p;
  played_begin(&p, "conditioning");
  played_number(&p, "before", 2);
  played_number(&p, "cs", 3);
  played_number(&p, "trace", trace);
  played_number(&p, "us", 2);
  played_number(&p, "reward", 4);
  played_number(&p, "response_reward", -1);
  assert_true(played_open(&p, 1));
  played_reset(&p, 0);
  size_t last = strlen(cs) - 1;
  for (size_t k = 0; k <= last; k++) {
    assert_true(played_channel(&p, "cs")[0] == cs[k] - '0' && played_channel(&p, "us")[0] == us[k] - '0');
    played_step(&p, (double)(k % 2)); /* responses in steps 1, 3, 5, ... */
    double us_after = k < last ? us[k + 1] - '0' : 0;
    assert_true(p.last.reward == 4 * us_after - (double)(k % 2) && p.last.terminated == (k == last));
  }
  /* Of the steps from 2 to before the US, those with odd numbers; step 1 is before the CS. */
  assert_true(played_figure(&p, "anticipated") == (trace == 0 ? 1 : 2) && played_figure(&p, "false_responses") == 1);
  assert_true(p.last.succeeded);
  played_close(&p);
}

static void delay_and_trace(void **state) {
  (void)state;
  conditioning_course(0, "0011100", "0000011");
  conditioning_course(2, "001110000", "000000011");
}

static void what_is_drawn(void **state) {
  (void)state;
  played p;
  played_begin(&p, "conditioning");
  played_number(&p, "before", 3);
  played_number(&p, "before_most", 6);
  played_number(&p, "us_probability", 0.25);
  assert_true(played_open(&p, 8));
  enum { TRIALS = 8000 };
  double with_us = 0, before[8] = {0};
  for (uint64_t trial = 0; trial < TRIALS; trial++) {
    played_reset(&p, trial);
    int steps = 0;
    bool has_us = false;
    while (played_channel(&p, "cs")[0] == 0) {
      played_step(&p, 0);
      steps++;
    }
    do {
      played_step(&p, 0);
      has_us = has_us || p.last.reward == 1;
    } while (!p.last.terminated);
    assert_true(steps >= 3 && steps <= 6 && !p.last.succeeded);
    before[steps]++;
    with_us += has_us;
  }
  for (int k = 3; k <= 6; k++)
    assert_true(fabs(before[k] / TRIALS - 0.25) < 4 * sqrt(0.25 * 0.75 / TRIALS));
  assert_true(fabs(with_us / TRIALS - 0.25) < 4 * sqrt(0.25 * 0.75 / TRIALS));
  played_close(&p);
}

/* ---- the track ---- */

/* From one end to the other of n + 1 cells a random walk whose ends hold it takes n (n + 1) steps; and as many back. */
static void a_random_runner(void **state) {
  (void)state;
  played p;
  played_begin(&p, "linear_track");
  played_number(&p, "cells", 8);
  played_number(&p, "laps", 3);
  played_number(&p, "length", 800);
  assert_true(played_open(&p, 1));
  enum { TRIALS = 4000 };
  double sum = 0, squares = 0;
  for (uint64_t trial = 0; trial < TRIALS; trial++) {
    played_reset(&p, trial);
    double steps = 0, reward = 0;
    do {
      played_step(&p, floor(2 * nsa_environment_uniform(3, trial, (uint64_t)steps)));
      reward += p.last.reward;
      steps++;
    } while (!p.last.terminated);
    assert_true(reward == 3 && played_figure(&p, "laps") == 3 && played_channel(&p, "here")[7] == 1);
    sum += steps;
    squares += steps * steps;
  }
  double mean = sum / TRIALS;
  assert_true(fabs(mean - 3 * 7 * 8) < 3 * sqrt((squares / TRIALS - mean * mean) / TRIALS));
  played_reset(&p, 0);
  assert_true(played_channel(&p, "position")[0] == 50 && played_channel(&p, "at_end")[0] == 1);
  played_step(&p, 1);
  assert_true(played_channel(&p, "position")[0] == 150 && played_channel(&p, "at_end")[0] == 0);
  played_close(&p);
}

/* ---- the pole ---- */

/* Twelve pushes from the start of key 3, trial 2. SI: by DOP853 of SciPy 1.10 with rtol 1e-13, and by Euler steps in
 * Python. */
static const double finely[] = {-0.13153226537341775, -0.7592765905436486, 0.1937349381960159, 1.4852580649226048};
static const double euler[] = {-0.12346443642605807, -0.7574074514136373, 0.17570773117802746, 1.4357914145211217};

static void pushes(const char *method, const double *expected, double allowed) {
  static const char *const names[] = {"position", "velocity", "angle", "angular_velocity"};
  static const double scales[] = {1e6, 1e3, 1, 1e-3};
  played p;
  played_begin(&p, "cartpole");
  played_text(&p, "method", method);
  assert_true(played_open(&p, 3));
  played_reset(&p, 2);
  for (int k = 0; k < 12; k++) {
    played_step(&p, (k * k + k / 3) % 2);
    assert_true(p.last.reward == 1 && !p.last.terminated);
  }
  for (int i = 0; i < 4; i++)
    assert_true(fabs(played_channel(&p, names[i])[0] / scales[i] - expected[i]) <= allowed * fabs(expected[i]));
  played_close(&p);
}

static void the_pole_falls_as_published(void **state) {
  (void)state;
  pushes("euler", euler, 1e-12);
  pushes("rk4", finely, 1e-9);
}

/* Pushed one way, under a pole without weight: after n steps of Euler's method it is n (n - 1)/2 * 10 m/s^2 * (20 ms)^2
 * away, 2.38 m at n = 35. */
static void the_cart_leaves_the_track(void **state) {
  (void)state;
  played p;
  for (int way = 0; way < 2; way++) {
    played_begin(&p, "cartpole");
    played_number(&p, "pole", 1e-6);
    played_number(&p, "lean", 1000);
    played_number(&p, "start", 0);
    assert_true(played_open(&p, 1));
    played_reset(&p, 0);
    for (int n = 1; n <= 36; n++) {
      played_step(&p, way);
      double away = (way ? 1 : -1) * n * (n - 1) / 2 * 10 * 0.0004;
      assert_true(fabs(played_channel(&p, "position")[0] / 1e6 - away) < 1e-3);
      assert_true(p.last.terminated == (n == 36) && !p.last.succeeded);
    }
    played_close(&p);
  }
}

/* 20000 episodes of an independent simulation in Python: 22.238 +- 0.084 steps; Gymnasium users know it as about 22. */
static void a_random_policy_holds_it_22_steps(void **state) {
  (void)state;
  played p;
  played_begin(&p, "cartpole");
  assert_true(played_open(&p, 5));
  enum { TRIALS = 10000 };
  double steps = 0;
  for (uint64_t trial = 0; trial < TRIALS; trial++) {
    played_reset(&p, trial);
    uint64_t k = 0;
    do {
      played_step(&p, nsa_environment_uniform(6, trial, k++) < 0.5);
    } while (!p.last.terminated && !p.last.truncated);
    steps += (double)k;
    assert_true(played_figure(&p, "worst_angle") > 0);
  }
  assert_true(fabs(steps / TRIALS - 22.238) < 4 * sqrt(0.084 * 0.084 + 2 * 0.084 * 0.084));
  played_close(&p);
}

/* ---- patterns ---- */

static uint32_t shown(const played *p, const char *channel, uint32_t count) {
  const double *x = played_channel(p, channel);
  uint32_t k = 0;
  while (k < count && x[k] == 0)
    k++;
  return k;
}

/* Frequencies of pairs are the matrix, those of patterns its stationary distribution. */
static void a_chain(void **state) {
  (void)state;
  const double matrix[] = {0.1, 0.9, 0, 0.2, 0.2, 0.6, 0.3, 0.6, 0.1};
  played p;
  played_begin(&p, "pattern_stream");
  played_number(&p, "patterns", 3);
  played_numbers(&p, "transitions", matrix, 9);
  played_number(&p, "length", 60000);
  assert_true(played_open(&p, 2));
  played_reset(&p, 0);
  assert_true(played_channel(&p, "expected")[0] == 0 && shown(&p, "previous", 3) == 3);
  double pairs[9] = {0}, from[3] = {0}, surprises = 0, hits = 0;
  uint32_t last = shown(&p, "shown", 3);
  do {
    played_step(&p, (last + 1) % 3);
    uint32_t now = shown(&p, "shown", 3);
    assert_int_equal(shown(&p, "previous", 3), last);
    bool is_likely = now == (last == 0 ? 1 : last == 1 ? 2 : 1);
    assert_true(played_channel(&p, "expected")[0] == is_likely);
    assert_true(p.last.reward == (now == (last + 1) % 3));
    surprises += !is_likely;
    hits += p.last.reward;
    pairs[3 * last + now]++;
    from[last]++;
    last = now;
  } while (!p.last.terminated);
  assert_true(played_figure(&p, "surprises") == surprises && played_figure(&p, "predicted") == hits);
  for (int k = 0; k < 9; k++)
    assert_true(fabs(pairs[k] / from[k / 3] - matrix[k]) <= 4 * sqrt(matrix[k] * (1 - matrix[k]) / from[k / 3]));
  double x[3] = {1.0 / 3, 1.0 / 3, 1.0 / 3}; /* the stationary distribution, by a thousand steps */
  for (int round = 0; round < 1000; round++) {
    double y[3] = {0};
    for (int k = 0; k < 9; k++)
      y[k % 3] += x[k / 3] * matrix[k];
    memcpy(x, y, sizeof x);
  }
  for (int k = 0; k < 3; k++)
    assert_true(fabs(from[k] / 60000 - x[k]) < 0.01);
  played_close(&p);
}

static void a_ring_with_surprises(void **state) {
  (void)state;
  played p;
  played_begin(&p, "pattern_stream");
  played_number(&p, "patterns", 5);
  played_number(&p, "surprise", 0.2);
  played_number(&p, "length", 20000);
  assert_true(played_open(&p, 2));
  played_reset(&p, 0);
  double pairs_of[5][5] = {{0}}, from[5] = {0};
  do {
    uint32_t last = shown(&p, "shown", 5);
    played_step(&p, 0);
    assert_true(played_channel(&p, "expected")[0] == (shown(&p, "shown", 5) == (last + 1) % 5));
    pairs_of[last][shown(&p, "shown", 5)]++;
    from[last]++;
  } while (!p.last.terminated);
  for (int k = 0; k < 25; k++) { /* all others alike */
    double share = k % 5 == (k / 5 + 1) % 5 ? 0.8 : 0.05;
    assert_true(fabs(pairs_of[k / 5][k % 5] / from[k / 5] - share) < 4 * sqrt(share * (1 - share) / from[k / 5]));
  }
  assert_true(fabs(played_figure(&p, "surprises") / 20000 - 0.2) < 4 * sqrt(0.16 / 20000));
  played_close(&p);
}

/* Pairs 0 1, 2 3, 4 5: the second is expected but for surprises; of the first nothing is known. */
static void pairs(void **state) {
  (void)state;
  played p;
  played_begin(&p, "pattern_stream");
  played_number(&p, "patterns", 6);
  played_text(&p, "order", "pairs");
  played_number(&p, "surprise", 0.1);
  played_number(&p, "length", 30000);
  assert_true(played_open(&p, 7));
  played_reset(&p, 0);
  double first[6] = {0}, firsts = 0, seconds = 0, surprises = 0;
  do {
    uint32_t last = shown(&p, "shown", 6);
    played_step(&p, 0);
    uint32_t now = shown(&p, "shown", 6);
    assert_true(played_channel(&p, "expected")[0] == (last % 2 == 0 && now == last + 1));
    firsts += last % 2;
    first[now] += last % 2;
    seconds += last % 2 == 0;
    surprises += last % 2 == 0 && now != last + 1;
  } while (!p.last.terminated);
  assert_true(fabs(surprises / seconds - 0.1) < 4 * sqrt(0.09 / seconds));
  for (int k = 0; k < 6; k++)
    assert_true(fabs(first[k] / firsts - (k % 2 ? 0 : 1.0 / 3)) <= (k % 2 ? 0 : 4 * sqrt(2.0 / 9 / firsts)));
  played_close(&p);
}

/* ---- all of them ---- */

static void settle_needs(played *p, const char *kind) {
  static const double probabilities[] = {0.5, 0.25};
  played_begin(p, kind);
  if (strcmp(kind, "bandit") == 0)
    played_numbers(p, "probabilities", probabilities, 2);
  if (strcmp(kind, "pattern_stream") == 0)
    played_number(p, "patterns", 4);
}

/* Channels are filled; states are saved and restored; the same key gives the same world. */
static void every_world(void **state) {
  (void)state;
  uint32_t count;
  const nsa_environment_kind *const *kinds = nsa_environment_list(&count);
  assert_int_equal(count, 6);
  for (uint32_t k = 0; k < count; k++) {
    played p, q;
    settle_needs(&p, kinds[k]->name);
    settle_needs(&q, kinds[k]->name);
    assert_true(played_open(&p, 31) && played_open(&q, 31));
    for (uint32_t c = 0; c < p.kind->channel_count; c++)
      for (uint64_t i = 0; i < p.shape.counts[c]; i++)
        p.channels[c][i] = NAN;
    played_reset(&p, 3);
    for (uint32_t c = 0; c < p.kind->channel_count; c++)
      for (uint64_t i = 0; i < p.shape.counts[c]; i++)
        assert_true(isfinite(p.channels[c][i]));
    char bytes[512];
    size_t size = p.kind->size(p.world);
    assert_true(size <= sizeof bytes);
    played_step(&p, 1);
    p.kind->save(p.world, bytes);
    played_reset(&q, 0);
    assert_true(q.kind->restore(q.world, bytes, size, q.error));
    assert_false(q.kind->restore(q.world, bytes, size - 1, q.error));
    for (uint32_t c = 0; c < p.kind->channel_count; c++)
      memcpy(q.channels[c], p.channels[c], p.shape.counts[c] * sizeof(double));
    for (int i = 0; i < 30 && !p.last.terminated; i++) {
      played_step(&p, i % 2);
      played_step(&q, i % 2);
      for (uint32_t c = 0; c < p.kind->channel_count; c++)
        assert_memory_equal(p.channels[c], q.channels[c], p.shape.counts[c] * sizeof(double));
      assert_true(p.last.reward == q.last.reward && p.last.terminated == q.last.terminated);
    }
    played_close(&p);
    played_close(&q);
  }
}

/* Numbers that a key has part in: all that is shown, and the rewards, over some trials. */
static double sum_of_play(const char *kind, uint64_t key, uint64_t first_trial) {
  played p;
  settle_needs(&p, kind);
  if (strcmp(kind, "gridworld") == 0)
    played_number(&p, "walls", 0.3);
  if (strcmp(kind, "conditioning") == 0)
    played_number(&p, "before_most", 500);
  assert_true(played_open(&p, key));
  double sum = 0;
  for (uint64_t trial = first_trial; trial < first_trial + 3; trial++) {
    played_reset(&p, trial);
    for (int i = 0; i < 40 && !p.last.terminated; i++) {
      for (uint32_t c = 0; c < p.kind->channel_count; c++)
        for (uint64_t k = 0; k < p.shape.counts[c]; k++)
          sum += p.channels[c][k] * (double)(1 + (k + 7 * (uint64_t)i) % 97);
      played_step(&p, i * i % 3 % 2);
      sum += 1000 * p.last.reward * (i + 1);
    }
    p.last.terminated = false;
  }
  played_close(&p);
  return sum;
}

/* Some key of ten gives another world; the track alone draws nothing. */
static void keys_and_trials(void **state) {
  (void)state;
  uint32_t count;
  const nsa_environment_kind *const *kinds = nsa_environment_list(&count);
  for (uint32_t k = 0; k < count; k++) {
    const char *kind = kinds[k]->name;
    int keys = 0, trials = 0;
    for (uint64_t other = 1; other <= 10; other++) {
      assert_true(sum_of_play(kind, other, 0) == sum_of_play(kind, other, 0));
      keys += sum_of_play(kind, 0, 0) != sum_of_play(kind, other, 0);
      trials += sum_of_play(kind, 0, 0) != sum_of_play(kind, 0, 3 * other);
    }
    assert_true((keys > 0) == (strcmp(kind, "linear_track") != 0));
    assert_true((trials > 0) == (strcmp(kind, "linear_track") != 0 && strcmp(kind, "gridworld") != 0));
  }
}

/* A state of a larger world would lead out of the channels. */
static void states_of_other_worlds(void **state) {
  (void)state;
  static const char *const sizes[][2] = {
      {"gridworld", "rows"}, {"linear_track", "cells"}, {"pattern_stream", "patterns"}};
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
    played large, small;
    char bytes[256];
    settle_needs(&large, sizes[k][0]);
    settle_needs(&small, sizes[k][0]);
    played_number(&large, sizes[k][1], 30);
    played_number(&small, sizes[k][1], 2);
    assert_true(played_open(&large, 3) && played_open(&small, 3));
    played_reset(&large, 0);
    played_reset(&small, 0);
    for (int i = 0; i < 29; i++)
      played_step(&large, 1);
    large.kind->save(large.world, bytes);
    assert_false(small.kind->restore(small.world, bytes, large.kind->size(large.world), small.error));
    assert_non_null(strstr(small.error, "these bytes are"));
    played_step(&small, 1); /* it still has its own state */
    played_close(&large);
    played_close(&small);
  }
}

static void mistakes(void **state) {
  (void)state;
  const double rows[] = {0.5, 0.5, 0.5, 0.4};
  played p;
  played_begin(&p, "pattern_stream");
  played_number(&p, "patterns", 2);
  played_numbers(&p, "transitions", rows, 4);
  assert_false(played_open(&p, 1));
  assert_non_null(strstr(p.error, "row 1 of `transitions` sums up to 0.9, not to 1"));
  played_numbers(&p, "transitions", rows, 3);
  assert_false(played_open(&p, 1));
  assert_non_null(strstr(p.error, "has 3 numbers; 2 patterns need 2 x 2"));
  played_begin(&p, "pattern_stream");
  played_number(&p, "patterns", 5);
  played_text(&p, "order", "pairs");
  assert_false(played_open(&p, 1));
  assert_non_null(strstr(p.error, "5 patterns are not pairs"));
  played_text(&p, "order", "circle");
  assert_false(played_open(&p, 1));
  assert_non_null(strstr(p.error, "not \"circle\""));
  played_begin(&p, "cartpole");
  played_text(&p, "method", "verlet");
  assert_false(played_open(&p, 1));
  assert_non_null(strstr(p.error, "not \"verlet\""));
  played_begin(&p, "conditioning");
  played_number(&p, "before_most", 2);
  assert_false(played_open(&p, 1));
  assert_non_null(strstr(p.error, "`before_most` is less than `before`: 2 and 5 steps"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(delay_and_trace),
      cmocka_unit_test(what_is_drawn),
      cmocka_unit_test(a_random_runner),
      cmocka_unit_test(the_pole_falls_as_published),
      cmocka_unit_test(the_cart_leaves_the_track),
      cmocka_unit_test(a_random_policy_holds_it_22_steps),
      cmocka_unit_test(a_chain),
      cmocka_unit_test(a_ring_with_surprises),
      cmocka_unit_test(pairs),
      cmocka_unit_test(every_world),
      cmocka_unit_test(keys_and_trials),
      cmocka_unit_test(states_of_other_worlds),
      cmocka_unit_test(mistakes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
