/* SPDX-License-Identifier: MIT */
/* What arms pay, how often, and when they change. */
#include "unit/environments/played.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* After the four above. */
#include <cmocka.h>

static const double probabilities[] = {0.1, 0.7, 0.4};

static void arms_pay_their_share(void **state) {
  (void)state;
  for (uint32_t arm = 0; arm < 3; arm++) {
    played p;
    played_begin(&p, "bandit");
    played_numbers(&p, "probabilities", probabilities, 3);
    played_number(&p, "reward", 2);
    assert_true(played_open(&p, 11));
    assert_int_equal(p.shape.action.choices, 3);
    double paid = 0;
    enum { PULLS = 20000 };
    for (uint64_t trial = 0; trial < PULLS; trial++) {
      played_reset(&p, trial);
      played_step(&p, arm);
      assert_true(p.last.terminated && (p.last.reward == 0 || p.last.reward == 2));
      assert_true(played_channel(&p, "paid")[arm] == p.last.reward / 2 && p.last.succeeded == (p.last.reward > 0));
      assert_true(played_figure(&p, "best") == (arm == 1));
      paid += p.last.reward / 2;
    }
    double q = probabilities[arm], error = sqrt(q * (1 - q) / PULLS);
    assert_true(fabs(paid / PULLS - q) < 4 * error);
    played_close(&p);
  }
}

static void arms_change(void **state) {
  (void)state;
  played p;
  const double sure[] = {1, 0, 0};
  played_begin(&p, "bandit");
  played_numbers(&p, "probabilities", sure, 3);
  played_number(&p, "swap", 10);
  played_number(&p, "length", 3);
  assert_true(played_open(&p, 1));
  for (uint64_t trial = 0; trial < 60; trial++) {
    uint32_t good = (uint32_t)((3 - trial / 10 % 3) % 3); /* 0, 2, 1, 0, ... */
    played_reset(&p, trial);
    for (uint32_t arm = 0; arm < 3; arm++) {
      played_step(&p, arm);
      assert_true(p.last.reward == (arm == good) && p.last.terminated == (arm == 2));
    }
    assert_true(fabs(played_figure(&p, "best") - 1.0 / 3) < 1e-15);
  }
  played_close(&p);
}

/* Each pull of a trial is drawn by itself: both payments as often as q squared says. */
static void pulls_of_a_trial(void **state) {
  (void)state;
  played p;
  const double equal[] = {0.5, 0.5, 0.2};
  enum { TRIALS = 4000 };
  double both = 0;
  played_begin(&p, "bandit");
  played_numbers(&p, "probabilities", equal, 3);
  played_number(&p, "length", 2);
  assert_true(played_open(&p, 5));
  for (uint64_t trial = 0; trial < TRIALS; trial++) {
    played_reset(&p, trial);
    played_step(&p, 0);
    bool has_paid = p.last.reward > 0;
    played_step(&p, 1); /* as good as the one before: both are best */
    both += has_paid && p.last.reward > 0;
    assert_true(played_figure(&p, "best") == 1);
  }
  assert_true(fabs(both / TRIALS - 0.25) < 4 * sqrt(0.25 * 0.75 / TRIALS));
  played_close(&p);
}

static void mistakes(void **state) {
  (void)state;
  played p;
  played_begin(&p, "bandit");
  played_numbers(&p, "probabilities", probabilities, 1);
  assert_false(played_open(&p, 1));
  assert_non_null(strstr(p.error, "2 to 10000 arms, not 1"));
  played_close(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(arms_pay_their_share),
      cmocka_unit_test(arms_change),
      cmocka_unit_test(pulls_of_a_trial),
      cmocka_unit_test(mistakes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
