/* SPDX-License-Identifier: MIT */
/* A process that has a part of a population: what goes by global numbers is what it would be in the whole. */
#include "unit/cmocka_all.h"

#include "handmade.h"
#include "links/connect.h"
#include "run/make.h"
#include "stimuli/stimulus.h"

#include <string.h>

enum { FIRST = 37, COUNT = 21 };

static sim *whole(handmade *m) {
  char error[SIM_ERROR_SIZE] = "";
  sim *s = sim_new(&m->program, m->entries, 1, 2, error);
  if (!s)
    fail_msg("%s", error);
  return s;
}

/* The elements FIRST, FIRST + 1, ... of a population alone. */
static sim *part(handmade *m, uint32_t population) {
  sim *s = whole(m);
  s->populations[population].first = FIRST;
  s->populations[population].count = COUNT;
  s->first[m->populations[population].domain] = FIRST;
  return s;
}

static void numbers_are_turned_into_one_another(void **state) {
  (void)state;
  sim_population p = {.first = 10, .count = 5, .global = 40};
  uint32_t begin, end;
  assert_int_equal(population_global(&p, 3), 13);
  assert_int_equal(population_local(&p, 13), 3);
  assert_true(population_has(&p, 10) && population_has(&p, 14) && !population_has(&p, 9) && !population_has(&p, 15));
  population_local_range(&p, 0, UINT32_MAX, &begin, &end);
  assert_true(begin == 0 && end == 5);
  population_local_range(&p, 12, 13, &begin, &end);
  assert_true(begin == 2 && end == 4);
  population_local_range(&p, 0, 9, &begin, &end);
  assert_true(begin == end);
  population_local_range(&p, 15, 20, &begin, &end);
  assert_true(begin == end);
}

/* ---- links ---- */

typedef struct {
  nsa_rule_kind kind;
  uint32_t degree, tile, stride;
  double probability;
} rule_case;

static const rule_case rules[] = {
    {.kind = NSA_RULE_ONE_TO_ONE},
    {.kind = NSA_RULE_ALL_TO_ALL},
    {.kind = NSA_RULE_PROBABILITY, .probability = 0.2},
    {.kind = NSA_RULE_INDEGREE, .degree = 7},
    {.kind = NSA_RULE_INDEGREE, .degree = 70},
    {.kind = NSA_RULE_OUTDEGREE, .degree = 8},
    {.kind = NSA_RULE_NEIGHBOURS, .degree = 8},
    {.kind = NSA_RULE_TILES, .tile = 3, .stride = 2},
    {.kind = NSA_RULE_NEAREST},
};

/* Two populations of 9 x 9; each link has a partner of its own among 100. */
static handmade *linked(const rule_case *rule) {
  handmade *m = handmade_new(5);
  handmade_population(m, "a", 9, 9, 0);
  handmade_population(m, "b", 9, 9, 0);
  handmade_population(m, "glia", 1, 100, 0);
  nsa_connection *c = handmade_connection(m, "ab", 0, 1, rule->kind);
  c->rule.degree = rule->degree;
  c->rule.tile_rows = c->rule.tile_cols = rule->tile;
  c->rule.stride = rule->stride;
  c->rule.probability = rule->probability;
  c->partner = (nsa_population_id){2};
  c->partner_per_link = 1;
  c->partner_rule.kind = NSA_RULE_POOL;
  c->partner_rule.degree = 5;
  return m;
}

static void connect(sim *s) {
  char error[SIM_ERROR_SIZE] = "";
  if (!connect_build(s, (nsa_connection_id){0}, error))
    fail_msg("%s", error);
}

static void links_of_a_part_are_those_of_the_whole(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
    handmade *m = linked(&rules[i]);
    sim *all = whole(m), *some = part(m, 1);
    connect(all);
    connect(some);
    const sim_links *a = &all->links[0], *b = &some->links[0];
    uint32_t from = a->row[FIRST], links = a->row[FIRST + COUNT] - from;
    assert_int_equal(b->count, links);
    for (uint32_t t = 0; t <= COUNT; t++)
      assert_int_equal(b->row[t], a->row[FIRST + t] - from);
    assert_memory_equal(b->source, a->source + from, links * sizeof *b->source);
    assert_memory_equal(b->partner, a->partner + from, links * sizeof *b->partner);
    sim_free(all);
    sim_free(some);
    handmade_free(m);
  }
}

/* ---- stimuli ---- */

static void nothing(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin, uint64_t end,
                    nsa_range_out *out) {
  (void)self, (void)fields, (void)clock, (void)begin, (void)end, (void)out;
}

static void begin_stimuli(sim *s) {
  char error[SIM_ERROR_SIZE] = "";
  if (!stimuli_prepare(s, error))
    fail_msg("%s", error);
  stimuli_before_step(s, (nsa_population_id){0}, 0);
}

static void pixels_are_those_of_the_whole(void **state) {
  (void)state;
  handmade *m = handmade_new(5);
  handmade_population(m, "a", 10, 10, 0);
  uint32_t d = m->populations[0].domain;
  static uint8_t ink[100];
  for (int i = 0; i < 100; i++)
    ink[i] = i % 3 == 0;
  m->images[m->program.images_count++] = (nsa_image){.rows = 10, .cols = 10, .ink = ink, .ink_count = 100};
  nsa_field_id flipped = handmade_field(m, "flipped", d, NSA_F64, NSA_FIELD_PIXEL, 0);
  nsa_field_id clean = handmade_field(m, "clean", d, NSA_F64, NSA_FIELD_PIXEL, 0);
  m->fields[clean.id].image = (nsa_image_id){0};
  nsa_field_id external = handmade_field(m, "external", d, NSA_F64, NSA_FIELD_EXTERNAL, 0);
  nsa_kernel_id kernel = handmade_kernel(m, "drive", NSA_ROLE_STIMULUS, d, 0, nothing, external, NSA_NO_FIELD);
  nsa_stimulus *stimulus = handmade_stimulus(m, 0, external, kernel, 0, 10);
  stimulus->image = (nsa_image_id){0};
  stimulus->pixel = flipped;
  stimulus->flip = 0.3;
  sim *all = whole(m), *some = part(m, 0);
  begin_stimuli(all);
  begin_stimuli(some);
  const nsa_field_id fields[] = {clean, flipped};
  for (int k = 0; k < 2; k++) {
    const double *a = all->field_data[fields[k].id], *b = some->field_data[fields[k].id];
    assert_memory_equal(b, a + FIRST, COUNT * sizeof *b);
  }
  assert_true(memcmp(all->field_data[clean.id], all->field_data[flipped.id], 100 * sizeof(double)) != 0);
  sim_free(all);
  sim_free(some);
  handmade_free(m);
}

static void driven_elements_are_those_of_the_whole(void **state) {
  (void)state;
  handmade *m = handmade_new(5);
  handmade_population(m, "a", 1, 100, 0);
  nsa_field_id flag = handmade_field(m, "driven", m->populations[0].domain, NSA_B1, NSA_FIELD_FIRED, 0);
  double now[] = {0.1};
  nsa_event_drive drives[] = {
      {.field = flag, .repeated = NSA_NO_FIELD, .times = now, .times_count = 1, .first = 30, .last = 40},
      {.field = flag, .repeated = NSA_NO_FIELD, .times = now, .times_count = 1, .first = 50, .last = 50},
      {.field = flag, .repeated = NSA_NO_FIELD, .times = now, .times_count = 1, .first = 90, .last = 99},
  };
  m->program.event_drives = drives;
  m->program.event_drives_count = 3;
  sim *s = part(m, 0);
  begin_stimuli(s);
  const uint8_t *flags = s->field_data[flag.id];
  for (uint32_t k = 0; k < COUNT; k++) {
    uint32_t element = population_global(&s->populations[0], k);
    assert_int_equal(flags[k], element <= 40 || element == 50);
  }
  sim_free(s);
  handmade_free(m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_are_turned_into_one_another),
      cmocka_unit_test(links_of_a_part_are_those_of_the_whole),
      cmocka_unit_test(pixels_are_those_of_the_whole),
      cmocka_unit_test(driven_elements_are_those_of_the_whole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
