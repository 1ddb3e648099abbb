/* SPDX-License-Identifier: MIT */
/* One base tick: order of phases, windows, events, slow populations, threads, failures. */
#include "run/make.h"
#include "tick/step.h"
#include "unit/cmocka_all.h"

#include "handmade.h"
#include "state/sim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- a leaky neuron: v += 0.1*(external + input - v); fires and resets at 1 ---- */

enum { V, FLAG, TERM, EXTERNAL, INPUT };

static void neuron_step(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin, uint64_t end,
                        nsa_range_out *out) {
  double *v = fields[V], *term = fields[TERM];
  const double *external = fields[EXTERNAL], *input = fields[INPUT];
  uint8_t *flag = fields[FLAG];
  (void)self, (void)clock;
  for (uint64_t i = begin; i < end; i++) {
    if (flag[i])
      v[i] = 0;
    v[i] += 0.1 * (external[i] + input[i] - v[i]);
    flag[i] = v[i] > 1;
    if (flag[i])
      out->events |= 1;
    term[i] = flag[i] ? 0.5 : 0.0;
    if (!isfinite(v[i]))
      out->nonfinite = 1;
  }
}

/* input = sum */
static void neuron_collect(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin, uint64_t end,
                           nsa_range_out *out) {
  (void)self, (void)clock, (void)out;
  memcpy((double *)fields[0] + begin, (const double *)fields[1] + begin, (end - begin) * sizeof(double));
}

/* external += 3 + i/1000 */
static void drive(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin, uint64_t end,
                  nsa_range_out *out) {
  double *external = fields[0];
  (void)self, (void)clock, (void)out;
  for (uint64_t i = begin; i < end; i++)
    external[i] += 1.5 + (double)i / 1000;
}

typedef struct {
  handmade *m;
  uint32_t population;
  nsa_field_id v, flag, term, external, input, sum;
} network;

static network network_new(uint32_t rows, uint32_t cols, uint32_t timescale) {
  network n = {.m = handmade_new(5)};
  handmade *m = n.m;
  n.population = handmade_population(m, "exc", rows, cols, timescale);
  uint32_t d = m->populations[n.population].domain;
  n.v = handmade_field(m, "exc.v", d, NSA_F64, NSA_FIELD_STATE, 0);
  n.flag = handmade_field(m, "exc.spike", d, NSA_B1, NSA_FIELD_FIRED, 0);
  n.term = handmade_field(m, "exc.term", d, NSA_F64, NSA_FIELD_SOURCE_TERM, 0);
  n.external = handmade_field(m, "exc.external", d, NSA_F64, NSA_FIELD_EXTERNAL, 0);
  n.input = handmade_field(m, "exc.I", d, NSA_F64, NSA_FIELD_INPUT, 0);
  n.sum = handmade_field(m, "exc.sum", d, NSA_F64, NSA_FIELD_SUM, 0);
  m->populations[n.population].step = handmade_kernel(m, "exc.step", NSA_ROLE_STEP, d, timescale, neuron_step, n.v,
                                                      n.flag, n.term, n.external, n.input, NSA_NO_FIELD);
  handmade_event(m, n.population, "spike", n.flag);
  handmade_state(m, n.population, n.v);
  return n;
}

static void add_links(network *n, uint32_t degree) {
  handmade *m = n->m;
  nsa_connection *c = handmade_connection(m, "rec", n->population, n->population, NSA_RULE_OUTDEGREE);
  c->rule.degree = degree;
  handmade_sum(m, (nsa_connection_id){0}, n->term, NSA_NO_FIELD, n->sum, 1);
  uint32_t d = m->populations[n->population].domain;
  m->collects[m->program.collects_count++] =
      (nsa_collect){.kernel = handmade_kernel(m, "exc.collect", NSA_ROLE_COLLECT, d, 0, neuron_collect, n->input,
                                              n->sum, NSA_NO_FIELD),
                    .population = {n->population},
                    .every = 1};
}

static void add_drive(network *n, uint64_t start, uint64_t stop) {
  uint32_t d = n->m->populations[n->population].domain;
  nsa_kernel_id kernel = handmade_kernel(n->m, "exc.drive", NSA_ROLE_STIMULUS, d, 0, drive, n->external, NSA_NO_FIELD);
  handmade_stimulus(n->m, n->population, n->external, kernel, start, stop);
}

static sim *start(handmade *m, uint32_t threads) {
  char error[SIM_ERROR_SIZE] = "";
  sim *s = sim_new(&m->program, m->entries, 1, threads, error);
  if (!s || !sim_connect(s, error) || !sim_init(s, error))
    fail_msg("%s", error);
  return s;
}

/* ---- tests ---- */

static void follows_the_definition(void **state) {
  (void)state;
  network n = network_new(1, 100, 0);
  add_links(&n, 7);
  add_drive(&n, 0, UINT64_MAX);
  n.m->program.ticks = 300;
  sim *s = start(n.m, 1);
  double v[100] = {0}, input[100] = {0};
  bool fired[100] = {0};
  uint32_t spikes = 0;
  for (int tick = 0; tick < 300; tick++) {
    assert_true(sim_step(s));
    uint32_t count = 0;
    for (uint32_t i = 0; i < 100; i++) {
      if (fired[i])
        v[i] = 0;
      v[i] += 0.1 * (1.5 + (double)i / 1000 + input[i] - v[i]);
      fired[i] = v[i] > 1;
      if (fired[i])
        assert_int_equal(s->populations[0].events[0].elements[count++], i);
    }
    assert_int_equal(s->populations[0].events[0].count, count);
    spikes += count;
    for (uint32_t i = 0; i < 100; i++) {
      input[i] = 0;
      for (uint32_t k = s->links[0].row[i]; k < s->links[0].row[i + 1]; k++)
        input[i] += fired[s->links[0].source[k]] ? 0.5 : 0;
    }
    assert_memory_equal(v, s->field_data[n.v.id], sizeof v);
    assert_memory_equal(input, s->field_data[n.input.id], sizeof input);
  }
  assert_true(spikes > 500);
  sim_free(s);
  handmade_free(n.m);
}

static void is_the_same_for_any_number_of_threads(void **state) {
  (void)state;
  enum { N = 79 * 79 };
  static double wanted[N];
  for (uint32_t threads = 1; threads <= 7; threads += threads == 4 ? 3 : 1) {
    network n = network_new(79, 79, 0);
    add_links(&n, 20);
    add_drive(&n, 3, 250);
    sim *s = start(n.m, threads);
    for (int tick = 0; tick < 300; tick++)
      assert_true(sim_step(s));
    if (threads == 1)
      memcpy(wanted, s->field_data[n.v.id], sizeof wanted);
    assert_memory_equal(wanted, s->field_data[n.v.id], sizeof wanted);
    sim_free(s);
    handmade_free(n.m);
  }
}

/* Sizes at which slices and blocks begin at different elements, or at which some threads have none; more steps than a
 * trial of one thread and one of all take. */
static void slices_join_in_order(void **state) {
  (void)state;
  static const uint32_t sizes[] = {1, 63, 70, 800, 1025, 3200, 16384 + 9};
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
    for (uint32_t threads = 1; threads <= 5; threads++) {
      network n = network_new(1, sizes[k], 0);
      add_drive(&n, 3, 1000);
      sim *s = start(n.m, threads);
      assert_true(s->populations[0].tile_count <= sim_most_tiles(s, (nsa_population_id){0}));
      uint32_t all = 0;
      for (int tick = 0; tick < 40; tick++) {
        assert_true(sim_step(s));
        const sim_fired *fired = &s->populations[0].events[0];
        uint32_t count = 0;
        for (uint32_t i = 0; i < sizes[k]; i++)
          if (((const uint8_t *)s->field_data[n.flag.id])[i])
            assert_int_equal(fired->elements[count++], i);
        assert_int_equal(fired->count, count);
        all += count;
      }
      assert_true(all > 0);
      sim_free(s);
      handmade_free(n.m);
    }
}

static void windows_are_half_open(void **state) {
  (void)state;
  network n = network_new(1, 3, 0);
  add_drive(&n, 2, 5);
  add_drive(&n, 4, 6);
  n.m->stimuli[0].phase = 0;
  n.m->phases[n.m->program.phases_count++] = (nsa_phase){.name = "learn"};
  sim *s = start(n.m, 1);
  const double *external = s->field_data[n.external.id];
  static const double wanted[] = {0, 0, 1.5, 1.5, 3, 1.5, 0, 0};
  static const int active[] = {0, 0, 1, 1, 1, 0, 0, 0, 0};
  assert_int_equal(s->phase_active[0], active[0]);
  for (int tick = 0; tick < 8; tick++) {
    assert_true(sim_step(s));
    assert_true(external[0] == wanted[tick]);
    assert_int_equal(s->phase_active[0], active[tick + 1]);
  }
  sim_free(s);
  handmade_free(n.m);
}

static void windows_come_again(void **state) {
  (void)state;
  network n = network_new(1, 3, 0);
  add_drive(&n, 1, 3);
  add_drive(&n, 0, 0);
  n.m->stimuli[0].every = 4;
  n.m->stimuli[0].phase = 0;
  n.m->stimuli[1].during = 0; /* is on with the first one */
  n.m->phases[n.m->program.phases_count++] = (nsa_phase){.name = "cue"};
  sim *s = start(n.m, 1);
  const double *external = s->field_data[n.external.id];
  for (uint64_t tick = 0; tick < 20; tick++) {
    bool is_on = tick % 4 == 1 || tick % 4 == 2;
    assert_int_equal(s->phase_active[0], is_on);
    assert_true(sim_step(s));
    assert_true(external[0] == (is_on ? 3 : 0));
  }
  sim_free(s);
  handmade_free(n.m);
}

static void slow_ones_step_in_their_last_tick(void **state) {
  (void)state;
  network n = network_new(1, 3, 1); /* 5 ticks long */
  add_drive(&n, 1, 12);             /* in base ticks 1 to 11, whatever the ticks of the population */
  sim *s = start(n.m, 1);
  const double *external = s->field_data[n.external.id], *v = s->field_data[n.v.id];
  for (int tick = 0; tick < 25; tick++) {
    double before = v[0];
    assert_true(sim_step(s));
    if ((tick + 1) % 5 != 0)
      assert_true(v[0] == before);
    assert_true(external[0] == (tick >= 1 && tick < 12 ? 1.5 : 0));
    assert_true(s->state_clock.tick[1] == (tick + 1) / 5);
    assert_true(s->clock.tick[1] == tick / 5);
  }
  sim_free(s);
  handmade_free(n.m);
}

static void set_to_minus_one(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin,
                             uint64_t end, nsa_range_out *out) {
  (void)self, (void)clock, (void)out;
  for (uint64_t i = begin; i < end; i++)
    ((double *)fields[0])[i] = -1;
}

static void phases_run_their_block_once_a_window(void **state) {
  (void)state;
  network n = network_new(1, 3, 0);
  handmade *m = n.m;
  uint32_t d = m->populations[0].domain;
  add_drive(&n, 2, 4);
  add_drive(&n, 2, 4);
  add_drive(&n, 6, 8);
  for (int i = 0; i < 3; i++)
    m->stimuli[i].phase = 0;
  m->phases[m->program.phases_count++] = (nsa_phase){.name = "learn"};
  m->phase_blocks[m->program.phase_blocks_count++] = (nsa_phase_block){
      .phase = 0,
      .population = {0},
      .kernel = handmade_kernel(m, "block", NSA_ROLE_PHASE_BLOCK, d, 0, set_to_minus_one, n.v, NSA_NO_FIELD)};
  sim *s = start(m, 1);
  const double *v = s->field_data[n.v.id];
  double wanted = 0;
  for (int tick = 0; tick < 9; tick++) {
    assert_true(sim_step(s));
    if (tick == 2 || tick == 6)
      wanted = -1;
    double external = tick == 2 || tick == 3 ? 3 : tick == 6 || tick == 7 ? 1.5 : 0;
    wanted += 0.1 * (external + 0 - wanted);
    assert_true(v[0] == wanted);
  }
  sim_free(s);
  handmade_free(m);
}

static void presents_flip_pixels_once(void **state) {
  (void)state;
  network n = network_new(40, 50, 0);
  handmade *m = n.m;
  uint32_t d = m->populations[0].domain;
  static uint8_t ink[2000];
  for (int i = 0; i < 2000; i++)
    ink[i] = i % 3 == 0;
  m->images[m->program.images_count++] =
      (nsa_image){.pattern = 0, .rows = 40, .cols = 50, .ink = ink, .ink_count = 2000};
  nsa_field_id pixel = handmade_field(m, "pixel", d, NSA_F64, NSA_FIELD_PIXEL, 0);
  nsa_field_id clean = handmade_field(m, "clean", d, NSA_F64, NSA_FIELD_PIXEL, 0);
  m->fields[clean.id].image = (nsa_image_id){0};
  add_drive(&n, 3, 6);
  m->stimuli[0].image = (nsa_image_id){0};
  m->stimuli[0].pixel = pixel;
  m->stimuli[0].flip = 0.1;
  sim *s = start(m, 1);
  double first[2000];
  const double *pixels = s->field_data[pixel.id], *cleans = s->field_data[clean.id];
  for (int tick = 0; tick < 8; tick++) {
    assert_true(sim_step(s));
    if (tick == 2)
      assert_true(pixels[0] == 0);
    if (tick == 3)
      memcpy(first, pixels, sizeof first);
    if (tick > 3)
      assert_memory_equal(first, pixels, sizeof first);
  }
  int flipped = 0;
  for (int i = 0; i < 2000; i++) {
    assert_true(cleans[i] == ink[i]);
    flipped += pixels[i] != ink[i];
  }
  assert_in_range(flipped, 150, 250);
  assert_int_equal(s->presentation_count, 1);
  assert_int_equal(s->presentations[0].onset, 3);
  sim_free(s);
  handmade_free(m);
}

static void says_what_is_not_finite(void **state) {
  (void)state;
  for (uint32_t threads = 1; threads <= 4; threads++) {
    network n = network_new(1, 3000, 0);
    sim *s = start(n.m, threads);
    assert_true(sim_step(s));
    ((double *)s->field_data[n.external.id])[2999] = INFINITY;
    ((double *)s->field_data[n.external.id])[1500] = NAN;
    assert_false(sim_step(s));
    assert_true(s->failed);
    assert_int_equal(s->failure.element, 1500);
    assert_true(nsa_field_is(s->failure.field, n.external)); /* the reason, not the state that took it up */
    assert_int_equal(s->failure.population.id, 0);
    assert_int_equal(s->failure.tick, 2);
    assert_true(s->failure.time == 0.2 && isnan(s->failure.value));
    sim_free(s);
    handmade_free(n.m);
  }
}

static void padding_never_fires_or_fails(void **state) {
  (void)state;
  network n = network_new(1, 3, 0);
  sim *s = start(n.m, 1);
  ((double *)s->field_data[n.external.id])[3] = 100;
  ((double *)s->field_data[n.external.id])[4] = NAN;
  assert_true(sim_step(s));
  assert_int_equal(s->populations[0].events[0].count, 0);
  sim_free(s);
  handmade_free(n.m);
}

static void settings_reach_every_entry(void **state) {
  (void)state;
  network n = network_new(1, 9, 0);
  handmade *m = n.m;
  nsa_field_id given = handmade_field(m, "given", 0, NSA_B1, NSA_FIELD_GIVEN, 0);
  nsa_connection *c = handmade_connection(m, "rec", 0, 0, NSA_RULE_ALL_TO_ALL);
  nsa_field_id weight = handmade_field(m, "rec.w", c->domain, NSA_F64, NSA_FIELD_PARAM, 2);
  m->settables[m->program.settables_count++] = (nsa_settable){.name = "exc.v", .field = n.v, .given = given};
  m->settables[m->program.settables_count++] = (nsa_settable){.name = "rec.w", .field = weight, .given = NSA_NO_FIELD};
  char error[SIM_ERROR_SIZE];
  sim *s = sim_new(&m->program, m->entries, 1, 1, error);
  assert_true(sim_set(s, 0, 4) && sim_set(s, 1, 8) && sim_set(s, 0, 5));
  assert_true(sim_connect(s, error) && sim_init(s, error));
  assert_int_equal(s->field_count[weight.id], 72);
  for (int i = 0; i < 9; i++)
    assert_true(((double *)s->field_data[n.v.id])[i] == 5);
  for (int i = 0; i < 72; i++)
    assert_true(((double *)s->field_data[weight.id])[i] == 8);
  assert_int_equal(*(uint8_t *)s->field_data[given.id], 1);
  sim_free(s);
  handmade_free(m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(follows_the_definition),
      cmocka_unit_test(is_the_same_for_any_number_of_threads),
      cmocka_unit_test(slices_join_in_order),
      cmocka_unit_test(windows_are_half_open),
      cmocka_unit_test(windows_come_again),
      cmocka_unit_test(slow_ones_step_in_their_last_tick),
      cmocka_unit_test(phases_run_their_block_once_a_window),
      cmocka_unit_test(presents_flip_pixels_once),
      cmocka_unit_test(says_what_is_not_finite),
      cmocka_unit_test(padding_never_fires_or_fails),
      cmocka_unit_test(settings_reach_every_entry),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
