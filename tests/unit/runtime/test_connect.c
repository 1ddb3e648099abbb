/* SPDX-License-Identifier: MIT */
/* Every rule by its definition, partners, fields, errors. */
#include "run/make.h"
#include "unit/cmocka_all.h"

#include "handmade.h"
#include "links/connect.h"
#include "links/connect_place.h"
#include "state/sim.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sim *try_seed(handmade *m, uint64_t seed, char error[SIM_ERROR_SIZE]) {
  sim *s = sim_new(&m->program, m->entries, seed, 1, error);
  if (s && sim_connect(s, error) && sim_init(s, error))
    return s;
  sim_free(s);
  return NULL;
}

static sim *start(handmade *m) {
  char error[SIM_ERROR_SIZE] = "";
  sim *s = try_seed(m, 1, error);
  if (!s)
    fail_msg("%s", error);
  return s;
}

static void end(sim *s, handmade *m) {
  sim_free(s);
  handmade_free(m);
}

static void fails_with(handmade *m, const char *what) {
  char error[SIM_ERROR_SIZE] = "";
  assert_null(try_seed(m, 1, error));
  if (!strstr(error, what))
    fail_msg("'%s' lacks '%s'", error, what);
  assert_non_null(strstr(error, "handmade.nsa:7:3: connection 'ab'"));
  handmade_free(m);
}

/* Populations a and b, and connection ab between them. */
static handmade *two(uint32_t ar, uint32_t ac, uint32_t br, uint32_t bc, nsa_rule_kind rule, nsa_connection **c) {
  handmade *m = handmade_new(5);
  handmade_population(m, "a", ar, ac, 0);
  handmade_population(m, "b", br, bc, 0);
  *c = handmade_connection(m, "ab", 0, 1, rule);
  return m;
}

static handmade *one(uint32_t rows, uint32_t cols, nsa_rule_kind rule, nsa_connection **c) {
  handmade *m = handmade_new(5);
  handmade_population(m, "a", rows, cols, 0);
  *c = handmade_connection(m, "ab", 0, 0, rule);
  return m;
}

static void check_order(const sim *s, uint32_t c) {
  const sim_links *links = &s->links[c];
  uint32_t targets = s->populations[s->program->connections[c].target.id].count;
  assert_int_equal(links->row[0], 0);
  assert_int_equal(links->row[targets], links->count);
  uint64_t in = 0, out = 0;
  for (uint32_t t = 0; t < targets; t++) {
    in += links->fan_in[t];
    assert_int_equal(links->fan_in[t], links->row[t + 1] - links->row[t]);
    for (uint32_t k = links->row[t]; k + 1 < links->row[t + 1]; k++)
      assert_true(links->source[k] < links->source[k + 1]);
  }
  for (uint32_t i = 0; i < s->populations[s->program->connections[c].source.id].count; i++)
    out += links->fan_out[i];
  assert_true(in == links->count && out == links->count);
}

static void check_row(const sim *s, uint32_t target, const uint32_t *sources, uint32_t count) {
  const sim_links *links = &s->links[0];
  assert_int_equal(links->row[target + 1] - links->row[target], count);
  assert_memory_equal(links->source + links->row[target], sources, count * sizeof *sources);
}

#define ROW(s, target, ...)                                                                                            \
  check_row(s, target, (const uint32_t[]){__VA_ARGS__}, sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static void one_to_one(void **state) {
  (void)state;
  nsa_connection *c;
  handmade *m = two(1, 5, 1, 5, NSA_RULE_ONE_TO_ONE, &c);
  sim *s = start(m);
  check_order(s, 0);
  for (uint32_t i = 0; i < 5; i++)
    ROW(s, i, i);
  end(s, m);
  m = two(1, 5, 1, 6, NSA_RULE_ONE_TO_ONE, &c);
  fails_with(m, "'a' has 5, 'b' has 6");
}

static void all_to_all(void **state) {
  (void)state;
  nsa_connection *c;
  handmade *m = one(1, 4, NSA_RULE_ALL_TO_ALL, &c);
  sim *s = start(m);
  check_order(s, 0);
  ROW(s, 0, 1, 2, 3);
  ROW(s, 2, 0, 1, 3);
  end(s, m);
  m = one(1, 4, NSA_RULE_ALL_TO_ALL, &c);
  c->allow_self = 1;
  s = start(m);
  assert_int_equal(s->links[0].count, 16);
  end(s, m);
  m = two(1000, 1000, 1000, 1000, NSA_RULE_ALL_TO_ALL, &c);
  fails_with(m, "all_to_all makes 1000000000000 links");
}

static void degrees(void **state) {
  (void)state;
  static const uint32_t ks[] = {1, 30, 60, 99, 100}; /* by rejection and by selection */
  for (int by_target = 0; by_target < 2; by_target++)
    for (int i = 0; i < 5; i++) {
      nsa_connection *c;
      handmade *m = two(1, by_target ? 100 : 200, 1, by_target ? 200 : 100,
                        by_target ? NSA_RULE_INDEGREE : NSA_RULE_OUTDEGREE, &c);
      c->rule.degree = ks[i];
      sim *s = start(m);
      check_order(s, 0); /* strictly ascending: none twice */
      const uint32_t *fan = by_target ? s->links[0].fan_in : s->links[0].fan_out;
      for (int k = 0; k < 200; k++)
        assert_int_equal(fan[k], ks[i]);
      end(s, m);
    }
  nsa_connection *c;
  handmade *m = one(1, 100, NSA_RULE_OUTDEGREE, &c);
  c->rule.degree = 100;
  fails_with(m, "'a' has only 99");
}

/* Each target is as likely as any other: chi-square of 100 bins of 200 expected. */
static void uniform_draws_are_uniform(void **state) {
  (void)state;
  static const uint32_t ks[] = {20, 60};
  for (int i = 0; i < 2; i++) {
    nsa_connection *c;
    handmade *m = two(1, 20000 / ks[i], 1, 100, NSA_RULE_OUTDEGREE, &c);
    c->rule.degree = ks[i];
    sim *s = start(m);
    double chi2 = 0, expected = (double)s->links[0].count / 100;
    for (int t = 0; t < 100; t++)
      chi2 += pow(s->links[0].fan_in[t] - expected, 2) / expected;
    assert_true(chi2 < 149); /* p = 1e-3 for 99 degrees; drawing without repetition makes it smaller */
    end(s, m);
  }
}

static void distances_follow_their_kernel(void **state) {
  (void)state;
  static const nsa_profile_kind kernels[] = {NSA_PROFILE_EXPONENTIAL, NSA_PROFILE_GAUSSIAN};
  for (int i = 0; i < 2; i++) {
    nsa_connection *c;
    handmade *m = one(301, 301, NSA_RULE_OUTDEGREE, &c);
    m->populations[0].spacing = 10;
    c->rule.degree = 5;
    c->rule.profile = kernels[i];
    c->rule.length = 300; /* um: 30 steps */
    sim *s = start(m);
    check_order(s, 0);
    double sum = 0, squares = 0, count = 0, east = 0;
    for (uint32_t t = 0; t < 301 * 301; t++)
      for (uint32_t k = s->links[0].row[t]; k < s->links[0].row[t + 1]; k++) {
        uint32_t source = s->links[0].source[k];
        if (source / 301 < 140 || source / 301 > 160 || source % 301 < 140 || source % 301 > 160)
          continue;
        double d = place_distance(&m->populations[0], source, &m->populations[0], t);
        sum += d;
        squares += d * d;
        east += (double)(t % 301) - (double)(source % 301);
        count++;
      }
    assert_true(count == 21 * 21 * 5);
    if (i == 0)
      assert_true(fabs(sum / count - 300) < 20); /* sd 300/sqrt(2205) = 6; truncation takes about 6 */
    else
      assert_true(fabs(sqrt(squares / count) - 300) < 20);
    assert_true(fabs(east / count) < 3);
    end(s, m);
  }
}

static void too_far_partners_are_an_error(void **state) {
  (void)state;
  nsa_connection *c;
  handmade *m = one(20, 20, NSA_RULE_OUTDEGREE, &c);
  c->rule.degree = 300;
  c->rule.profile = NSA_PROFILE_EXPONENTIAL;
  c->rule.length = 0.1;
  fails_with(m, "of 300 partners");
}

static void links_depend_on_seed_and_name_alone(void **state) {
  (void)state;
  uint32_t *kept = NULL;
  for (int run = 0; run < 4; run++) {
    handmade *m = handmade_new(5);
    handmade_population(m, "a", 1, 500, 0);
    if (run == 1)
      handmade_connection(m, "other", 0, 0, NSA_RULE_OUTDEGREE)->rule.degree = 3;
    nsa_connection *c = handmade_connection(m, run == 2 ? "renamed" : "ab", 0, 0, NSA_RULE_OUTDEGREE);
    c->rule.degree = 10;
    char error[SIM_ERROR_SIZE];
    sim *s = try_seed(m, run == 3 ? 2 : 1, error);
    const uint32_t *source = s->links[run == 1].source;
    if (run == 0) {
      kept = malloc(5000 * sizeof *kept);
      memcpy(kept, source, 5000 * sizeof *kept);
    }
    assert_int_equal(memcmp(kept, source, 5000 * sizeof *kept) == 0, run < 2);
    end(s, m);
  }
  free(kept);
}

static void neighbours(void **state) {
  (void)state;
  nsa_connection *c;
  handmade *m = one(3, 4, NSA_RULE_NEIGHBOURS, &c);
  c->rule.degree = 4;
  sim *s = start(m);
  check_order(s, 0);
  ROW(s, 0, 1, 4);
  ROW(s, 5, 1, 4, 6, 9);
  ROW(s, 11, 7, 10);
  assert_int_equal(s->links[0].count, 34);
  end(s, m);
  m = one(3, 4, NSA_RULE_NEIGHBOURS, &c);
  c->rule.degree = 8;
  c->is_stencil = 1;
  nsa_field_id fan = handmade_field(m, "a.fan_in", m->populations[0].domain, NSA_F64, NSA_FIELD_FAN_IN, 0);
  m->fields[fan.id].connection.id = 0;
  s = start(m);
  assert_null(s->links[0].source);
  assert_int_equal(s->links[0].count, 58);
  const double *in = s->field_data[fan.id];
  assert_true(in[0] == 3 && in[1] == 5 && in[5] == 8);
  assert_int_equal(s->links[0].fan_out[5], 8);
  end(s, m);
}

static void tiles(void **state) {
  (void)state;
  nsa_connection *c;
  handmade *m = two(7, 7, 2, 2, NSA_RULE_TILES, &c);
  c->rule.tile_rows = c->rule.tile_cols = 4;
  c->rule.stride = 3;
  sim *s = start(m);
  check_order(s, 0);
  assert_int_equal(s->links[0].count, 64);
  ROW(s, 1, 3, 4, 5, 6, 10, 11, 12, 13, 17, 18, 19, 20, 24, 25, 26, 27);
  end(s, m);
  m = two(2, 2, 7, 7, NSA_RULE_TILES, &c); /* the same from the other side */
  c->rule.tile_rows = c->rule.tile_cols = 4;
  c->rule.stride = 3;
  s = start(m);
  check_order(s, 0);
  assert_int_equal(s->links[0].count, 64);
  ROW(s, 0, 0);
  ROW(s, 24, 0, 1, 2, 3);
  end(s, m);
}

static void nearest(void **state) {
  (void)state;
  nsa_connection *c;
  handmade *m = two(1, 6, 1, 2, NSA_RULE_NEAREST, &c);
  sim *s = start(m);
  ROW(s, 0, 0, 1, 2);
  ROW(s, 1, 3, 4, 5);
  end(s, m);
  m = two(1, 2, 1, 5, NSA_RULE_NEAREST, &c); /* the middle one lies between: the first */
  s = start(m);
  ROW(s, 2, 0);
  ROW(s, 3, 1);
  end(s, m);
  m = two(4, 4, 2, 2, NSA_RULE_NEAREST, &c);
  m->populations[0].spacing = 10;
  m->populations[1].spacing = 30; /* reaches from 0 to 60 um, the others from 0 to 40 */
  s = start(m);
  ROW(s, 0, 0, 1, 2, 4, 5, 6, 8, 9, 10);
  ROW(s, 3, 15);
  end(s, m);
}

/* ---- conditions ---- */

static void condition_kernel(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin,
                             uint64_t end_, nsa_range_out *out) {
  const uint32_t *source = fields[0], *target = fields[1];
  const double *distance = fields[2];
  (void)self, (void)clock, (void)out;
  for (uint64_t i = begin; i < end_; i++)
    ((uint8_t *)fields[3])[i] = source[i] % 1000 == target[i] && distance[i] < 1500;
}

static void share_kernel(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin, uint64_t end_,
                         nsa_range_out *out) {
  const uint32_t *source = fields[0];
  (void)self, (void)clock, (void)out;
  for (uint64_t i = begin; i < end_; i++)
    ((double *)fields[1])[i] = source[i] < 1000 ? 0.1 : source[i] < 2000 ? 0 : 1;
}

/* A constant: what the field is already. */
static void half_kernel(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin, uint64_t end_,
                        nsa_range_out *out) {
  (void)self, (void)fields, (void)clock, (void)begin, (void)end_, (void)out;
  for (uint64_t i = begin; i < end_; i++)
    ((double *)fields[0])[i] = 0.5;
}

static void where(void **state) {
  (void)state;
  nsa_connection *c;
  handmade *m = two(1, 3000, 1, 10, NSA_RULE_WHERE, &c);
  m->populations[0].spacing = m->populations[1].spacing = 1; /* from one corner, not on one patch */
  uint32_t d = handmade_domain(m, "pairs", NSA_DOMAIN_CANDIDATES, 0);
  c->rule.candidate_source = handmade_field(m, "pre", d, NSA_INDEX, NSA_FIELD_SCRATCH, 0);
  c->rule.candidate_target = handmade_field(m, "post", d, NSA_INDEX, NSA_FIELD_SCRATCH, 0);
  c->rule.candidate_distance = handmade_field(m, "distance", d, NSA_F64, NSA_FIELD_SCRATCH, 0);
  c->rule.result = handmade_field(m, "holds", d, NSA_B1, NSA_FIELD_SCRATCH, 0);
  c->rule.condition =
      handmade_kernel(m, "condition", NSA_ROLE_CANDIDATE, d, 0, condition_kernel, c->rule.candidate_source,
                      c->rule.candidate_target, c->rule.candidate_distance, c->rule.result, NSA_NO_FIELD);
  sim *s = start(m);
  check_order(s, 0);
  assert_int_equal(s->links[0].count, 20);
  ROW(s, 3, 3, 1003);
  end(s, m);
}

static void probability(void **state) {
  (void)state;
  nsa_connection *c;
  handmade *m = two(1, 2050, 1, 100, NSA_RULE_PROBABILITY, &c);
  uint32_t d = handmade_domain(m, "pairs", NSA_DOMAIN_CANDIDATES, 0);
  c->rule.candidate_source = handmade_field(m, "pre", d, NSA_INDEX, NSA_FIELD_SCRATCH, 0);
  c->rule.result = handmade_field(m, "p", d, NSA_F64, NSA_FIELD_SCRATCH, 0);
  c->rule.condition = handmade_kernel(m, "p", NSA_ROLE_CANDIDATE, d, 0, share_kernel, c->rule.candidate_source,
                                      c->rule.result, NSA_NO_FIELD);
  sim *s = start(m);
  check_order(s, 0);
  uint64_t drawn = s->links[0].count - 5000;
  assert_in_range(drawn, 9600, 10400); /* 10000, sd 95 */
  for (uint32_t i = 1000; i < 2000; i++)
    assert_int_equal(s->links[0].fan_out[i], 0);
  for (uint32_t i = 2000; i < 2050; i++)
    assert_int_equal(s->links[0].fan_out[i], 100);
  end(s, m);
}

/* ---- files ---- */

static handmade *from_file(const char *text) {
  FILE *file = fopen("edges.csv", "wb");
  fputs(text, file);
  fclose(file);
  nsa_connection *c;
  handmade *m = two(1, 5, 1, 4, NSA_RULE_FILE, &c);
  c->rule.path = "edges.csv";
  return m;
}

static void files(void **state) {
  (void)state;
  handmade *m = from_file("source,target\r\n# a comment\n\n4, 0\n 2 ,1\r\n1,1\n0,3\n2,1");
  sim *s = start(m);
  assert_int_equal(s->links[0].count, 5);
  ROW(s, 0, 4);
  ROW(s, 1, 1, 2, 2);
  ROW(s, 3, 0);
  end(s, m);
  m = from_file("");
  s = start(m);
  assert_int_equal(s->links[0].count, 0);
  end(s, m);
  fails_with(from_file("0,1\n5,0\n"), "edges.csv:2: 'a' has the elements 0 to 4");
  fails_with(from_file("0,99999999999999999999999\n"), "edges.csv:1: 'b' has the elements 0 to 3");
  fails_with(from_file("0;1\n"), "expected a comma");
  fails_with(from_file("0,1,2\n"), "something follows");
  fails_with(from_file("0,-1\n"), "expected two whole numbers");
  fails_with(from_file("0,1\nsource,target\n"), "edges.csv:2: expected two whole numbers");
  static char line[2000];
  memset(line, '1', sizeof line - 1);
  fails_with(from_file(line), "the line is too long");
  m = from_file("");
  m->connections[0].rule.path = "nowhere.csv";
  fails_with(m, "cannot open 'nowhere.csv'");
}

/* ---- fields and partners ---- */

static void fields_of_links(void **state) {
  (void)state;
  nsa_connection *c;
  handmade *m = two(4, 4, 2, 2, NSA_RULE_ALL_TO_ALL, &c);
  m->populations[0].spacing = 10;
  m->populations[1].spacing = 20;
  nsa_field_id source = c->link_source = handmade_field(m, "source", c->domain, NSA_INDEX, NSA_FIELD_LINK_SOURCE, 0);
  nsa_field_id target = c->link_target = handmade_field(m, "target", c->domain, NSA_INDEX, NSA_FIELD_LINK_TARGET, 0);
  nsa_field_id distance = c->link_distance =
      handmade_field(m, "distance", c->domain, NSA_F64, NSA_FIELD_LINK_DISTANCE, 0);
  nsa_field_id out = handmade_field(m, "a.fan_out", m->populations[0].domain, NSA_F64, NSA_FIELD_FAN_OUT, 0);
  nsa_field_id in = handmade_field(m, "b.fan_in", m->populations[1].domain, NSA_F64, NSA_FIELD_FAN_IN, 0);
  m->fields[out.id].connection = m->fields[in.id].connection = (nsa_connection_id){0};
  sim *s = start(m);
  const uint32_t *sources = s->field_data[source.id], *targets = s->field_data[target.id];
  const double *distances = s->field_data[distance.id];
  assert_int_equal(s->domain_count[c->domain], 64);
  for (uint32_t k = 0; k < 64; k++) {
    assert_int_equal(sources[k], k % 16);
    assert_int_equal(targets[k], k / 16);
    double dx = 5 + 10.0 * (sources[k] % 4) - (10 + 20.0 * (targets[k] % 2));
    double dy = 5 + 10.0 * (sources[k] / 4) - (10 + 20.0 * (targets[k] / 2));
    assert_true(distances[k] == sqrt(dx * dx + dy * dy));
  }
  for (int i = 0; i < 16; i++)
    assert_true(((double *)s->field_data[out.id])[i] == 4);
  for (int i = 0; i < 4; i++)
    assert_true(((double *)s->field_data[in.id])[i] == 16);
  end(s, m);
}

static handmade *with_partners(uint32_t rows, uint32_t partner_rows, nsa_rule_kind kind, bool has_default) {
  nsa_connection *c;
  handmade *m = one(rows, rows, NSA_RULE_ALL_TO_ALL, &c);
  c->partner = (nsa_population_id){handmade_population(m, "glia", partner_rows, partner_rows, 0)};
  c->partner_rule.kind = kind;
  c->partner_rule.tile_rows = c->partner_rule.tile_cols = 4;
  c->partner_rule.stride = 3;
  c->has_default = has_default;
  uint32_t d = m->populations[0].domain;
  c->partner_index = handmade_field(m, "partner", d, NSA_INDEX, NSA_FIELD_PARTNER, 0);
  c->partner_known = handmade_field(m, "known", d, NSA_B1, NSA_FIELD_PARTNER_KNOWN, 0);
  nsa_field_id served = handmade_field(m, "glia.fan_in", m->populations[1].domain, NSA_F64, NSA_FIELD_FAN_IN, 0);
  c->partner_fan = served;
  return m;
}

static void partners_by_tiles(void **state) {
  (void)state;
  handmade *m = with_partners(8, 2, NSA_RULE_TILES, true); /* tiles cover rows and columns 0 to 6 */
  sim *s = start(m);
  const uint32_t *index = s->field_data[m->connections[0].partner_index.id];
  const uint8_t *known = s->field_data[m->connections[0].partner_known.id];
  const double *served = s->field_data[m->program.fields_count - 1];
  for (uint32_t row = 0; row < 8; row++)
    for (uint32_t col = 0; col < 8; col++) {
      bool is_in = row < 7 && col < 7;
      assert_int_equal(known[row * 8 + col], is_in);
      assert_int_equal(index[row * 8 + col], is_in ? (row >= 3) * 2 + (col >= 3) : 0);
    }
  assert_true(served[0] == 9 * 63 && served[3] == 16 * 63);
  const sim_coverage *coverage = &s->links[0].coverage;
  assert_int_equal(coverage->links_with, 49 * 63);
  assert_int_equal(coverage->links_without, 15 * 63);
  assert_int_equal(coverage->least, 9 * 63);
  assert_int_equal(coverage->most, 16 * 63);
  assert_int_equal(coverage->partners_unused, 0);
  assert_true(coverage->mean == 49 * 63 / 4.0);
  end(s, m);
  fails_with(with_partners(8, 2, NSA_RULE_TILES, false), "have no partner in 'glia'");
}

/* Links that each have a partner: fields of the links. */
static handmade *with_own_partners(uint32_t near, uint32_t partners, nsa_rule_kind kind, uint32_t size) {
  nsa_connection *c;
  handmade *m = one(1, near, NSA_RULE_ALL_TO_ALL, &c);
  c->allow_self = 1;
  c->partner = (nsa_population_id){handmade_population(m, "glia", 1, partners, 0)};
  c->partner_rule.kind = kind;
  c->partner_rule.degree = size;
  c->partner_per_link = 1;
  c->partner_index = handmade_field(m, "partner", c->domain, NSA_INDEX, NSA_FIELD_PARTNER, 0);
  c->partner_known = handmade_field(m, "known", c->domain, NSA_B1, NSA_FIELD_PARTNER_KNOWN, 0);
  c->partner_fan = handmade_field(m, "glia.fan_in", m->populations[1].domain, NSA_F64, NSA_FIELD_FAN_IN, 0);
  return m;
}

/* Each of the 300 links of a target draws from its pool of 5 of 40. */
static void random_pools(void **state) {
  (void)state;
  enum { NEAR = 300, PARTNERS = 40, SIZE = 5 };
  handmade *m = with_own_partners(NEAR, PARTNERS, NSA_RULE_POOL, SIZE);
  sim *s = start(m);
  const uint32_t *partner = s->field_data[m->connections[0].partner_index.id];
  double in_pools[PARTNERS] = {0};
  for (uint32_t t = 0; t < NEAR; t++) {
    uint32_t drawn[PARTNERS] = {0}, different = 0;
    for (uint32_t k = 0; k < NEAR; k++)
      drawn[partner[t * NEAR + k]]++;
    for (uint32_t i = 0; i < PARTNERS; i++) {
      if (!drawn[i])
        continue;
      different++;
      in_pools[i]++;
      assert_in_range(drawn[i], 60 - 40, 60 + 40); /* six standard deviations */
    }
    assert_int_equal(different, SIZE);
  }
  for (uint32_t i = 0; i < PARTNERS; i++) /* NEAR * SIZE / PARTNERS = 37.5 */
    assert_true(in_pools[i] > 37.5 - 35 && in_pools[i] < 37.5 + 35);
  assert_int_equal(s->links[0].coverage.links_with, NEAR * NEAR);
  end(s, m);
}

static void block_pools(void **state) {
  (void)state;
  handmade *m = with_own_partners(6, 18, NSA_RULE_POOL, 3);
  m->connections[0].partner_rule.pool_block = 1;
  sim *s = start(m);
  const uint32_t *partner = s->field_data[m->connections[0].partner_index.id];
  for (uint32_t k = 0; k < 36; k++)
    assert_int_equal(partner[k] / 3, k / 6);
  end(s, m);
  m = with_own_partners(6, 3, NSA_RULE_POOL, 1);
  m->connections[0].partner_rule.pool_block = 1;
  s = start(m);
  partner = s->field_data[m->connections[0].partner_index.id];
  for (uint32_t k = 0; k < 36; k++)
    assert_int_equal(partner[k], k / 12);
  const double *served = s->field_data[m->connections[0].partner_fan.id];
  assert_true(served[0] == 12 && served[1] == 12 && served[2] == 12);
  end(s, m);
  m = with_own_partners(6, 10, NSA_RULE_POOL, 3);
  m->connections[0].partner_rule.pool_block = 1;
  fails_with(m, "evenly");
}

static void half_of_the_links_have_partners(void **state) {
  (void)state;
  handmade *m = with_own_partners(200, 50, NSA_RULE_POOL, 50);
  nsa_connection *c = &m->connections[0];
  uint32_t d = handmade_domain(m, "glia?", NSA_DOMAIN_CANDIDATES, 0);
  nsa_rule *rule = &c->partner_probability;
  rule->kind = NSA_RULE_PROBABILITY;
  rule->probability = -1;
  rule->candidate_source = handmade_field(m, "glia?.source", d, NSA_INDEX, NSA_FIELD_LINK_SOURCE, 0);
  rule->candidate_target = handmade_field(m, "glia?.target", d, NSA_INDEX, NSA_FIELD_LINK_TARGET, 0);
  rule->candidate_distance = handmade_field(m, "glia?.distance", d, NSA_F64, NSA_FIELD_LINK_DISTANCE, 0);
  rule->result = handmade_field(m, "glia?.result", d, NSA_F64, NSA_FIELD_SCRATCH, 0.5);
  rule->condition = handmade_kernel(m, "glia?", NSA_ROLE_CANDIDATE, d, 0, half_kernel, rule->result, NSA_NO_FIELD);
  c->has_default = 1;
  sim *s = start(m);
  const sim_coverage *coverage = &s->links[0].coverage;
  assert_in_range(coverage->links_with, 20000 - 600, 20000 + 600);
  assert_int_equal(coverage->links_with + coverage->links_without, 40000);
  const uint8_t *known = s->field_data[c->partner_known.id];
  uint64_t with = 0;
  for (uint32_t k = 0; k < 40000; k++)
    with += known[k];
  assert_int_equal(with, coverage->links_with);
  end(s, m);
}

static void partners_nearby_and_one_to_one(void **state) {
  (void)state;
  handmade *m = with_partners(6, 2, NSA_RULE_NEAREST, false);
  sim *s = start(m);
  const uint32_t *index = s->field_data[m->connections[0].partner_index.id];
  for (uint32_t i = 0; i < 36; i++)
    assert_int_equal(index[i], i / 6 / 3 * 2 + i % 6 / 3);
  end(s, m);
  m = with_partners(3, 3, NSA_RULE_ONE_TO_ONE, false);
  s = start(m);
  index = s->field_data[m->connections[0].partner_index.id];
  for (uint32_t i = 0; i < 9; i++)
    assert_int_equal(index[i], i);
  end(s, m);
  fails_with(with_partners(3, 2, NSA_RULE_ONE_TO_ONE, false), "one to one");
}

/* ---- forecast ---- */

static void forecast_is_near_what_is_allocated(void **state) {
  (void)state;
  handmade *m = handmade_new(5);
  handmade_population(m, "a", 79, 79, 0);
  handmade_population(m, "b", 26, 26, 0);
  nsa_connection *c = handmade_connection(m, "aa", 0, 0, NSA_RULE_OUTDEGREE);
  c->rule.degree = 40;
  c = handmade_connection(m, "ab", 0, 1, NSA_RULE_TILES);
  c->rule.tile_rows = c->rule.tile_cols = 4;
  c->rule.stride = 3;
  c = handmade_connection(m, "bb", 1, 1, NSA_RULE_NEIGHBOURS);
  c->rule.degree = 8;
  c = handmade_connection(m, "ba", 1, 0, NSA_RULE_NEAREST);
  uint32_t d = m->populations[0].domain;
  nsa_field_id term = NSA_NO_FIELD;
  for (int i = 0; i < 8; i++)
    term = handmade_field(m, "a.x", d, NSA_F64, NSA_FIELD_STATE, 0);
  nsa_field_id weight = handmade_field(m, "aa.w", m->connections[0].domain, NSA_F64, NSA_FIELD_PARAM, 0);
  handmade_sum(m, (nsa_connection_id){0}, term, weight, term, 1);
  nsa_memory_forecast forecast = nsa_forecast_memory(&m->program);
  sim *s = start(m);
  uint64_t links = 0;
  for (uint32_t i = 0; i < 4; i++)
    links += s->links[i].count;
  assert_int_equal(forecast.links, links);
  double ratio = (double)forecast.total_bytes / (double)s->allocated;
  if (ratio < 0.9 || ratio > 1.1)
    fail_msg("forecast %g of what is allocated", ratio);
  end(s, m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_to_one),
      cmocka_unit_test(all_to_all),
      cmocka_unit_test(degrees),
      cmocka_unit_test(uniform_draws_are_uniform),
      cmocka_unit_test(distances_follow_their_kernel),
      cmocka_unit_test(too_far_partners_are_an_error),
      cmocka_unit_test(links_depend_on_seed_and_name_alone),
      cmocka_unit_test(neighbours),
      cmocka_unit_test(tiles),
      cmocka_unit_test(nearest),
      cmocka_unit_test(where),
      cmocka_unit_test(probability),
      cmocka_unit_test(files),
      cmocka_unit_test(fields_of_links),
      cmocka_unit_test(partners_by_tiles),
      cmocka_unit_test(random_pools),
      cmocka_unit_test(block_pools),
      cmocka_unit_test(half_of_the_links_have_partners),
      cmocka_unit_test(partners_nearby_and_one_to_one),
      cmocka_unit_test(forecast_is_near_what_is_allocated),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
