/* SPDX-License-Identifier: MIT */
#include "observe/measure.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Four cells and a connection from them; the sim is filled in by hand, 20 ticks of 0.5 ms. */
enum { CELLS = 4, TICKS = 20, LEARN = 0, TEST = 1 };

static nsa_domain domains[] = {{.name = "cells", .kind = NSA_DOMAIN_POPULATION, .connection = NSA_NO_CONNECTION},
                               {.name = "links", .kind = NSA_DOMAIN_CONNECTION, .population = NSA_NO_POPULATION}};
static nsa_field fields[] = {{.name = "cells.v", .type = NSA_F64}};
static nsa_event events[] = {{.name = "spike", .is_spike = 1}};
static nsa_population populations[] = {{.name = "cells", .events = events, .events_count = 1}};
static nsa_connection connections[] = {{.name = "links", .source = {0}, .target = {0}}};
static nsa_phase phases[] = {{"learn"}, {"test"}};

#define ALL .first = 0, .last = UINT32_MAX, .kernel = NSA_NO_KERNEL
enum { P_SPIKES, P_SOME_SPIKES, P_ARRIVALS, P_V, P_SOME_V, P_SOME_ARRIVALS, P_COUNT };
static nsa_probe probes[] = {
    [P_SPIKES] = {.event = {0}, ALL},
    [P_SOME_SPIKES] = {.event = {0}, .kernel = NSA_NO_KERNEL, .first = 1, .last = 2},
    [P_ARRIVALS] = {.domain = 1, .event = NSA_EVENT_ARRIVALS, ALL},
    [P_V] = {.event = NSA_NO_EVENT, ALL, .reduce = NSA_REDUCE_MEAN},
    [P_SOME_V] = {.event = NSA_NO_EVENT, .kernel = NSA_NO_KERNEL, .first = 2, .last = 2},
    [P_SOME_ARRIVALS] = {.domain = 1, .event = NSA_EVENT_ARRIVALS, .kernel = NSA_NO_KERNEL, .first = 1, .last = 2},
};
static uint8_t ink_a[] = {1, 1, 0, 0}, ink_b[] = {0, 0, 1, 1};
static nsa_image images[] = {{.pattern = 0, .number = 0, .rows = 2, .cols = 2, .ink = ink_a, .ink_count = 4},
                             {.pattern = 0, .number = 1, .rows = 2, .cols = 2, .ink = ink_b, .ink_count = 4}};

typedef struct {
  sim s;
  nsa_program program;
  nsa_measure_node nodes[16];
  nsa_measure measures[16];
  double v[8];
  void *data[1];
  uint64_t count[1], domain_count[2];
  uint8_t active[2];
  uint32_t spikes[CELLS], fan_out[CELLS], sources[8];
  sim_fired list;
  sim_population population;
  sim_links links;
  sim_presentation presentations[4];
  double values[16];
} fake;

static void fake_init(fake *f) {
  memset(f, 0, sizeof *f);
  f->program = (nsa_program){.base_dt = 0.5,
                             .ticks = TICKS,
                             .domains = domains,
                             .domains_count = 2,
                             .fields = fields,
                             .fields_count = 1,
                             .populations = populations,
                             .populations_count = 1,
                             .connections = connections,
                             .connections_count = 1,
                             .phases = phases,
                             .phases_count = 2,
                             .probes = probes,
                             .probes_count = P_COUNT,
                             .images = images,
                             .images_count = 2,
                             .measure_nodes = f->nodes,
                             .measures = f->measures};
  f->data[0] = f->v;
  f->domain_count[0] = f->count[0] = CELLS;
  f->domain_count[1] = 6;
  static const uint32_t sources[] = {0, 1, 2, 0, 1, 3}, fans[] = {2, 2, 1, 1};
  memcpy(f->sources, sources, sizeof sources);
  memcpy(f->fan_out, fans, sizeof fans);
  f->links = (sim_links){.count = 6, .source = f->sources, .fan_out = f->fan_out};
  f->list.elements = f->spikes;
  f->population = (sim_population){.count = CELLS, .global = CELLS, .padded = 8, .every = 1, .events = &f->list};
  f->s = (sim){.program = &f->program,
               .base_step = nsa_step_of(f->program.base_dt),
               .field_data = f->data,
               .field_count = f->count,
               .links = &f->links,
               .domain_count = f->domain_count,
               .populations = &f->population,
               .phase_active = f->active,
               .images = images,
               .presentations = f->presentations};
}

static void add(fake *f, nsa_measure_node node) {
  uint32_t i = f->program.measure_nodes_count++;
  f->nodes[i] = node;
  f->measures[f->program.measures_count++] = (nsa_measure){.name = "m", .unit = "1", .node = i};
}

typedef void (*tick_fn)(fake *f, uint64_t tick);

/* v is 0, 1, 2, … up to tick 12, then falls; cell 2 is 10 higher; cells 0 and 2 spike at every
 * third tick; learning lasts from 2 to 8 ticks. */
static void plain_tick(fake *f, uint64_t tick) {
  for (uint32_t i = 0; i < CELLS; i++)
    f->v[i] = (double)(tick <= 12 ? tick : 24 - tick) + (i == 2 ? 10 : 0);
  f->spikes[0] = 0;
  f->spikes[1] = 2;
  f->list.count = tick % 3 == 0 && tick > 0 ? 2 : 0;
  f->active[LEARN] = tick >= 2 && tick < 8;
}

static void run(fake *f, tick_fn at_tick, uint64_t ticks) {
  char error[SIM_ERROR_SIZE];
  measurer *m = measurer_new(&f->s, error);
  assert_non_null(m);
  for (uint64_t tick = 0; tick <= ticks; tick++) {
    f->s.tick = tick;
    at_tick(f, tick);
    measurer_observer(m).after_tick(m, &f->s);
  }
  measurer_finish(m, &f->s, f->values);
  measurer_free(m);
}

#define ALWAYS .phase = NSA_NONE

static void events_are_counted(void **state) {
  (void)state;
  fake f;
  fake_init(&f);
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_COUNT, .probe = P_SPIKES, ALWAYS});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_COUNT, .probe = P_SOME_SPIKES, ALWAYS});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_COUNT, .probe = P_SPIKES, .phase = LEARN});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_COUNT, .probe = P_ARRIVALS, ALWAYS});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_RATE, .probe = P_SPIKES, ALWAYS});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_RATE, .probe = P_SPIKES, .phase = LEARN});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_COUNT, .probe = P_SOME_ARRIVALS, ALWAYS});
  run(&f, plain_tick, TICKS);
  assert_true(f.values[0] == 12); /* ticks 3 to 18 */
  assert_true(f.values[1] == 6);
  assert_true(f.values[2] == 4); /* ticks 3 and 6 */
  assert_true(f.values[3] == 6 * (2 + 1));
  assert_true(f.values[4] == 12 / (4 * 10.0));
  assert_true(f.values[5] == 4 / (4 * 3.0));
  assert_true(f.values[6] == 6); /* of links 1 and 2 only that of cell 2 */
}

static void values_over_time(void **state) {
  (void)state;
  fake f;
  fake_init(&f);
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_MAX, .probe = P_V, .every = 1, ALWAYS});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_TIME_OF_MAX, .probe = P_V, .every = 1, ALWAYS});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_MIN, .probe = P_V, .every = 1, ALWAYS});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_MEAN, .probe = P_V, .every = 10, ALWAYS});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_MEAN, .probe = P_V, .every = 1, .phase = LEARN});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_TIME_ABOVE, .probe = P_V, .every = 1, .number = 12.25, ALWAYS});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_TIME_ABOVE, .probe = P_V, .every = 6, .number = 12.25, ALWAYS});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_TIME_ABOVE, .probe = P_V, .every = 1, .number = -1, ALWAYS});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_TIME_ABOVE, .probe = P_V, .every = 1, .number = -1, .phase = LEARN});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_MAX, .probe = P_SOME_V, .every = 1, ALWAYS});
  run(&f, plain_tick, TICKS);
  assert_true(f.values[0] == 14.5);
  assert_true(f.values[1] == 6.0); /* ms: tick 12 */
  assert_true(f.values[2] == 2.5);
  assert_true(f.values[3] == 2.5 + (0 + 10 + 4) / 3.0);
  assert_true(f.values[4] == 2.5 + 4.5); /* ticks 2 to 7 */
  assert_true(f.values[5] == 5 * 0.5);   /* ticks 10 to 14 */
  assert_true(f.values[6] == 6 * 0.5);   /* the sample at tick 12 stands until 18 */
  assert_true(f.values[7] == 10.0);      /* not longer than the run */
  assert_true(f.values[8] == 3.0);
  assert_true(f.values[9] == 22);
}

static void arithmetic(void **state) {
  (void)state;
  fake f;
  fake_init(&f);
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_NUMBER, .number = 3});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_NUMBER, .number = 4});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_ADD, .a = 0, .b = 1});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_SUB, .a = 0, .b = 1});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_MUL, .a = 0, .b = 1});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_DIV, .a = 0, .b = 1});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_NEG, .a = 0});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_POW, .a = 0, .b = 1});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_DURATION, ALWAYS});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_DURATION, .phase = LEARN});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_SIZE, .probe = P_V});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_SIZE, .probe = P_ARRIVALS});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_RECOGNITION, .probe = P_SPIKES, .phase = TEST, .among = NSA_NONE});
  run(&f, plain_tick, TICKS);
  static const double expected[] = {3, 4, 7, -1, 12, 0.75, -3, 81, 10, 3, 4, 6};
  for (uint32_t i = 0; i < 12; i++)
    assert_true(f.values[i] == expected[i]);
  assert_true(isnan(f.values[12])); /* nothing was presented */
}

static void a_run_that_was_cut_short(void **state) {
  (void)state;
  fake f;
  fake_init(&f);
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_DURATION, ALWAYS});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_DURATION, .phase = LEARN});
  add(&f, (nsa_measure_node){.kind = NSA_MEASURE_TIME_ABOVE, .probe = P_V, .every = 4, .number = -1, ALWAYS});
  run(&f, plain_tick, 5);
  assert_true(f.values[0] == 2.5);
  assert_true(f.values[1] == 1.5);
  assert_true(f.values[2] == 2.5);
}

/* Windows of 6 ticks: image a from 2 (two spikes of cells 0 and 1 each, one of cell 3), image b
 * from 10 (two spikes of cell 2, one of cell 3, two of cell 0). A threshold of 1 is best: (1 + 1)/2
 * and (0.5 + 0.5)/2. */
static void recognition_tick(fake *f, uint64_t tick) {
  static const char *const script[TICKS + 1] = {
      [1] = "23", [2] = "01", [7] = "013", [8] = "23", [10] = "02", [12] = "023", [16] = "3", [17] = "3"};
  f->list.count = 0;
  for (const char *c = script[tick] ? script[tick] : ""; *c; c++)
    f->spikes[f->list.count++] = (uint32_t)(*c - '0');
  f->active[LEARN] = tick < 2;
  f->active[TEST] = tick >= 2 && tick < 4;
}

static void recognition_of_images(void **state) {
  (void)state;
  fake f;
  fake_init(&f);
  f.presentations[0] = (sim_presentation){.phase = TEST, .image = {1}, .onset = 10, .stop = 12};
  f.presentations[1] = (sim_presentation){.phase = LEARN, .image = {0}, .onset = 0, .stop = 2};
  f.presentations[2] = (sim_presentation){.phase = TEST, .image = {0}, .onset = 2, .stop = 4};
  f.presentations[3] = (sim_presentation){.phase = TEST, .image = {1}, .onset = TICKS, .stop = TICKS + 2};
  f.s.presentation_count = 4;
  nsa_measure_node node = {
      .kind = NSA_MEASURE_RECOGNITION, .probe = P_SPIKES, .phase = TEST, .among = NSA_NONE, .number = 3.0};
  add(&f, node);
  node.among = LEARN;
  add(&f, node);
  node.number = 4.5; /* windows of 9 ticks overlap */
  node.among = NSA_NONE;
  add(&f, node);
  run(&f, recognition_tick, TICKS);
  assert_true(f.values[0] == (1.0 + 0.5) / 2);
  assert_true(f.values[1] == 1.0);
  /* spikes of cells 0 to 3: 3 2 2 2 for a, 2 0 2 3 for b; a threshold of 2 leaves one cell each */
  assert_true(f.values[2] == 0.75);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(events_are_counted),       cmocka_unit_test(values_over_time),      cmocka_unit_test(arithmetic),
      cmocka_unit_test(a_run_that_was_cut_short), cmocka_unit_test(recognition_of_images),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
