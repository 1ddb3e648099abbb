/* SPDX-License-Identifier: MIT */
/* Decisions, tick by tick: what counts in which window, and when signals arrive. */
#include "scripted.h"

#include "run/make.h"
#include "tick/step.h"
#include "unit/cmocka_all.h"

#include <math.h>

/* ---- when, and on what ---- */

static void the_state_at_a_windows_end_decides(void **state) {
  (void)state;
  loop *l = loop_new(0, 1);
  value[5][1] = 9; /* too early */
  value[6][2] = 1;
  value[7][1] = 9; /* too late */
  value[16][1] = 1;
  loop_start(l);
  for (uint64_t time = 1; time <= 30; time++) {
    double wanted = time == 6 ? 2 : time == 16 ? 1 : time == 26 ? 0 : -1;
    assert_true(run_to(l, time) == wanted);
  }
  assert_int_equal(worlds_moves(l->sim, 0), 3);
  loop_free(l);
}

/* An event has the time of its tick's end. */
static void a_window_contains_its_start_and_not_its_end(void **state) {
  (void)state;
  struct {
    uint32_t time;
    double at_10, at_20;
  } cases[] = {{1, 1, 0}, {9, 1, 0}, {10, 0, 1}, {19, 0, 1}, {20, 0, 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    loop *l = loop_new(0, 1);
    l->m->acts[0].window = 10;
    l->m->acts[0].decoders_count = 2;
    l->decoders[0][0] =
        (nsa_decoder){.kind = NSA_DECODER_FIRST, .scores = l->events, .tie = NSA_NONE, .among = NSA_NONE};
    fires[cases[i].time][1] = true;
    loop_start(l);
    assert_true(run_to(l, 10) == cases[i].at_10);
    assert_true(run_to(l, 20) == cases[i].at_20);
    loop_free(l);
  }
}

static void between_windows_events_do_not_count(void **state) {
  (void)state;
  loop *l = loop_new(0, 1);
  l->m->acts[0].decoders_count = 2;
  l->decoders[0][0] = (nsa_decoder){.kind = NSA_DECODER_FIRST, .scores = l->events, .tie = NSA_NONE, .among = NSA_NONE};
  for (uint32_t t = 6; t < 10; t++)
    fires[t][1] = true;
  fires[12][2] = true;
  fires[13][1] = true;
  loop_start(l);
  assert_true(run_to(l, 6) == 0);
  assert_true(run_to(l, 16) == 2);
  loop_free(l);
}

static void of_those_that_fire_together_the_largest_is_first(void **state) {
  (void)state;
  for (int is_tied = 0; is_tied < 2; is_tied++) {
    loop *l = loop_new(0, 1);
    l->decoders[0][0] =
        (nsa_decoder){.kind = NSA_DECODER_FIRST, .scores = l->events, .tie = l->values, .among = NSA_NONE};
    fires[3][0] = fires[3][1] = fires[3][2] = true;
    value[3][0] = 1;
    value[3][1] = 2;
    value[3][2] = is_tied ? 2 : 3;
    loop_start(l);
    assert_true(run_to(l, 6) == (is_tied ? 1 : 2));
    loop_free(l);
  }
}

static void what_is_not_among_does_not_count(void **state) {
  (void)state;
  loop *l = loop_new(0, 1);
  l->m->acts[0].decoders_count = 2;
  l->decoders[0][0] =
      (nsa_decoder){.kind = NSA_DECODER_FIRST, .scores = l->events, .tie = NSA_NONE, .among = l->channels[0][FREE]};
  l->decoders[0][1].among = l->channels[0][FREE];
  free_now[1] = 0;
  fires[2][1] = fires[4][2] = true;
  value[16][1] = 9;
  value[16][2] = 8;
  loop_start(l);
  assert_true(run_to(l, 6) == 2);
  assert_true(run_to(l, 16) == 2);
  loop_free(l);
}

static void events_of_a_window_are_counted(void **state) {
  (void)state;
  loop *l = loop_new(0, 1);
  nsa_field_id counts = handmade_field(l->m, "cells.count", l->domain, NSA_F64, NSA_FIELD_WINDOW_COUNT, 0);
  nsa_window_count count = {.field = counts, .event = {0}};
  l->m->acts[0].counts = &count;
  l->m->acts[0].counts_count = 1;
  l->decoders[0][0].scores = handmade_probe(l->m, l->domain, NSA_NONE, counts, NSA_REDUCE_NONE);
  fires[1][0] = fires[2][1] = fires[5][1] = true;
  fires[6][0] = fires[7][0] = true; /* in no window */
  fires[10][2] = true;
  loop_start(l);
  assert_true(run_to(l, 6) == 1);
  assert_true(((double *)l->sim->field_data[counts.id])[0] == 0 || l->sim->tick == 6);
  assert_true(run_to(l, 16) == 2);
  loop_free(l);
}

static void slow_cells_are_seen_as_they_are(void **state) {
  (void)state;
  loop *l = loop_new(1, 1); /* a step of theirs is 4 ticks long */
  value[4][2] = 1;
  value[8][1] = 1;
  value[16][0] = 1;
  loop_start(l);
  assert_true(run_to(l, 6) == 2);
  assert_true(run_to(l, 16) == 0);
  loop_free(l);
  l = loop_new(1, 1);
  l->m->acts[0].decoders_count = 2;
  l->decoders[0][0] = (nsa_decoder){.kind = NSA_DECODER_FIRST, .scores = l->events, .tie = NSA_NONE, .among = NSA_NONE};
  fires[4][2] = fires[8][1] = true; /* 8: between windows */
  loop_start(l);
  assert_true(run_to(l, 6) == 2);
  assert_true(run_to(l, 16) == 0);
  loop_free(l);
}

/* ---- signals ---- */

static void who_fires_first_is_told_at_once(void **state) {
  (void)state;
  loop *l = loop_new(0, 1);
  l->m->acts[0].decoders_count = 2;
  l->decoders[0][0] = (nsa_decoder){.kind = NSA_DECODER_FIRST, .scores = l->events, .tie = NSA_NONE, .among = NSA_NONE};
  fires[3][2] = fires[4][1] = true;
  value[16][1] = 1;
  loop_start(l);
  for (uint64_t tick = 0; tick < 20; tick++) { /* tick 3 begins at time 3; in the second window nobody fires */
    run_to(l, tick + 1);
    double chosen = heard(l, NSA_MOMENT_ACTION);
    if (tick == 3 || tick == 16)
      assert_true(chosen == (tick == 3 ? 2 : 1));
    else
      assert_true(isnan(chosen));
  }
  loop_free(l);
}

/* One window is decided by its end, and in its last tick somebody fires for the next one: two actions for one tick. */
static void two_actions_of_a_tick_come_one_after_the_other(void **state) {
  (void)state;
  loop *l = loop_new(0, 1);
  l->m->acts[0].window = 10;
  l->m->acts[0].decoders_count = 2;
  l->decoders[0][0] = (nsa_decoder){.kind = NSA_DECODER_FIRST, .scores = l->events, .tie = NSA_NONE, .among = NSA_NONE};
  value[10][1] = 1;
  fires[10][2] = true;
  loop_start(l);
  run_to(l, 11);
  assert_true(heard(l, NSA_MOMENT_ACTION) == 1);
  run_to(l, 12);
  assert_true(heard(l, NSA_MOMENT_ACTION) == 2);
  run_to(l, 13);
  assert_true(isnan(heard(l, NSA_MOMENT_ACTION)));
  assert_true(run_to(l, 20) == 2);
  loop_free(l);
}

static void moments_are_sent_for_the_tick_behind(void **state) {
  (void)state;
  loop *l = loop_new(0, 1);
  value[6][2] = value[16][0] = value[26][1] = 1;
  loop_start(l);
  for (uint64_t tick = 0; tick < 30; tick++) {
    run_to(l, tick + 1);
    bool is_move = tick == 6 || tick == 16 || tick == 26, is_end = tick == 26;
    double action = tick == 6 ? 2 : tick == 16 ? 0 : 1;
    double wanted[nsa_moment_count] = {[NSA_MOMENT_ACTION] = is_move ? action : NAN,
                                       [NSA_MOMENT_STEP] = is_move ? ((double)tick + 4) / 10 : NAN,
                                       [NSA_MOMENT_REWARD] = is_move && action != 0 ? action : NAN,
                                       [NSA_MOMENT_TERMINATED] = is_end ? 1 : NAN,
                                       [NSA_MOMENT_TRUNCATED] = NAN,
                                       [NSA_MOMENT_RESET] = tick == 0 ? 0
                                                            : is_end  ? 1
                                                                      : NAN};
    for (uint32_t k = 0; k < nsa_moment_count; k++) {
      double x = heard(l, k);
      if (isnan(wanted[k]) ? !isnan(x) : x != wanted[k])
        fail_msg("moment %u of tick %d: %g", k, (int)tick, x);
    }
  }
  loop_free(l);
}

/* ---- fused steps ---- */

static void fused_steps_end_where_a_decision_falls(void **state) {
  (void)state;
  for (uint32_t timescale = 0; timescale < 2; timescale++)
    for (uint64_t window = 1; window <= 10; window++) {
      loop *l = loop_new(timescale, 1);
      for (uint32_t t = 0; t < TICKS; t++)
        value[t][t * t % 3] = 1;
      l->m->acts[0].window = window;
      loop_start(l);
      char error[SIM_ERROR_SIZE];
      assert_true(step_fuse(l->sim, error));
      for (uint64_t k = 0; k < 5; k++) {
        uint64_t stop = 10 * k + window, seen = timescale ? stop / 4 * 4 : stop;
        double wanted = seen == 0 ? 0 : (double)(seen * seen % 3);
        assert_true(run_to(l, stop) == wanted);
      }
      loop_free(l);
    }
}

/* Values of those that fire together are those of that time. */
static void fused_steps_do_not_run_across_a_tie(void **state) {
  (void)state;
  loop *l = loop_new(0, 1);
  l->decoders[0][0] =
      (nsa_decoder){.kind = NSA_DECODER_FIRST, .scores = l->events, .tie = l->values, .among = NSA_NONE};
  fires[3][0] = fires[3][2] = true;
  value[3][2] = 1;
  value[4][0] = value[6][0] = 9;
  loop_start(l);
  char error[SIM_ERROR_SIZE];
  assert_true(step_fuse(l->sim, error));
  assert_true(run_to(l, 6) == 2);
  loop_free(l);
}

/* ---- stimuli that read channels, windows of a variant ---- */

static void drive_by_channel(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin,
                             uint64_t end, nsa_range_out *out) {
  double *external = fields[0];
  const double *channel = fields[1];
  (void)self, (void)clock, (void)out;
  for (uint64_t i = begin; i < end; i++)
    external[i] += channel[1];
}

static void an_input_follows_its_channel(void **state) {
  (void)state;
  for (int is_during = 0; is_during < 2; is_during++) {
    loop *l = loop_new(0, 1);
    nsa_field_id external = handmade_field(l->m, "cells.external", l->domain, NSA_F64, NSA_FIELD_EXTERNAL, 0);
    nsa_field_id channel = l->m->channels[l->channels[0][HERE]].field;
    nsa_kernel_id kernel = handmade_kernel(l->m, "drive", NSA_ROLE_STIMULUS, l->domain, 0, drive_by_channel, external,
                                           channel, NSA_NO_FIELD);
    nsa_stimulus *st = handmade_stimulus(l->m, 0, external, kernel, 0, UINT64_MAX);
    st->reads_channels = 1;
    if (is_during)
      st->during = 0;
    loop_start(l);
    const double *x = l->sim->field_data[external.id];
    for (uint64_t tick = 0; tick < 30; tick++) {
      run_to(l, tick + 1);
      double steps = tick < 6 ? 0 : tick < 16 ? 1 : tick < 26 ? 2 : 0; /* the third ends the trial */
      assert_true(x[0] == (is_during && tick % 10 >= 6 ? 0 : steps));
    }
    loop_free(l);
  }
}

static void a_variant_has_windows_of_its_own(void **state) {
  (void)state;
  loop *l = loop_new(0, 1);
  nsa_act act = l->m->acts[0];
  act.every = 8;
  act.window = 3;
  l->m->variants[l->m->program.variants_count++] = (nsa_variant){.name = "quick", .acts = &act, .acts_count = 1};
  char error[SIM_ERROR_SIZE] = "";
  l->sim = sim_new(&l->m->program, l->m->entries, 1, 1, error);
  sim_choose_acts(l->sim, 0);
  assert_true(sim_connect(l->sim, error) && sim_init(l->sim, error));
  for (uint64_t time = 1; time < 30; time++) {
    run_to(l, time);
    assert_int_equal(worlds_has_moved(l->sim, 0), time % 8 == 3);
    assert_int_equal(l->sim->phase_active[0], time % 8 < 3);
  }
  loop_free(l);
}

/* ---- blocks of signals at the top level ---- */

static int order[64];
static uint32_t order_count;

static void note(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin, uint64_t end,
                 nsa_range_out *out) {
  (void)self, (void)fields, (void)clock, (void)begin, (void)end, (void)out;
  order[order_count++] = 1;
}
static void note_block(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin, uint64_t end,
                       nsa_range_out *out) {
  (void)self, (void)fields, (void)clock, (void)begin, (void)end, (void)out;
  order[order_count++] = 2;
}
static void note_phase(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin, uint64_t end,
                       nsa_range_out *out) {
  (void)self, (void)fields, (void)clock, (void)begin, (void)end, (void)out;
  order[order_count++] = 3;
}

static void blocks_run_in_order(void **state) {
  (void)state;
  loop *l = loop_new(0, 1);
  handmade *m = l->m;
  l->m->acts[0].window = 10; /* a window begins where the signals of the last one arrive */
  m->populations[0].hear = handmade_kernel(m, "hear", NSA_ROLE_SETTLE, l->domain, 0, note, l->v, NSA_NO_FIELD);
  nsa_kernel_id block =
      handmade_kernel(m, "on_step", NSA_ROLE_PHASE_BLOCK, l->domain, 0, note_block, l->v, NSA_NO_FIELD);
  nsa_kernel_id phase =
      handmade_kernel(m, "on_decide", NSA_ROLE_PHASE_BLOCK, l->domain, 0, note_phase, l->v, NSA_NO_FIELD);
  m->phase_blocks[m->program.phase_blocks_count++] =
      (nsa_phase_block){.phase = NSA_NONE, .signal = {NSA_MOMENT_STEP}, .population = {0}, .kernel = block};
  m->phase_blocks[m->program.phase_blocks_count++] =
      (nsa_phase_block){.phase = 0, .signal = NSA_NO_SIGNAL, .population = {0}, .kernel = phase};
  loop_start(l);
  order_count = 0;
  run_to(l, 10); /* tick 0: the first reset is heard, the phase begins */
  assert_int_equal(order_count, 2);
  assert_true(order[0] == 1 && order[1] == 3);
  run_to(l, 11);
  assert_int_equal(order_count, 5);
  assert_true(order[2] == 1 && order[3] == 2 && order[4] == 3);
  loop_free(l);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_state_at_a_windows_end_decides),
      cmocka_unit_test(a_window_contains_its_start_and_not_its_end),
      cmocka_unit_test(between_windows_events_do_not_count),
      cmocka_unit_test(of_those_that_fire_together_the_largest_is_first),
      cmocka_unit_test(what_is_not_among_does_not_count),
      cmocka_unit_test(events_of_a_window_are_counted),
      cmocka_unit_test(slow_cells_are_seen_as_they_are),
      cmocka_unit_test(who_fires_first_is_told_at_once),
      cmocka_unit_test(two_actions_of_a_tick_come_one_after_the_other),
      cmocka_unit_test(moments_are_sent_for_the_tick_behind),
      cmocka_unit_test(fused_steps_end_where_a_decision_falls),
      cmocka_unit_test(fused_steps_do_not_run_across_a_tie),
      cmocka_unit_test(an_input_follows_its_channel),
      cmocka_unit_test(a_variant_has_windows_of_its_own),
      cmocka_unit_test(blocks_run_in_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
