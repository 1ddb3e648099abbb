/* SPDX-License-Identifier: MIT */
/* Sums over links: their definition, and the same bits by gather and scatter with any threads. */
#include "run/make.h"
#include "tick/step.h"
#include "unit/cmocka_all.h"

#include "handmade.h"
#include "state/sim.h"
#include "sums/linksum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  handmade *m;
  nsa_field_id term, weight, plain, weighted, weights, counts;
} sums;

static sums sums_new(uint32_t sources, uint32_t targets, uint32_t degree) {
  sums x = {.m = handmade_new(5)};
  handmade *m = x.m;
  uint32_t a = handmade_population(m, "a", 1, sources, 0), b = handmade_population(m, "b", 1, targets, 0);
  uint32_t da = m->populations[a].domain, db = m->populations[b].domain;
  nsa_connection *c = handmade_connection(m, "ab", a, b, NSA_RULE_OUTDEGREE);
  c->rule.degree = degree;
  x.term = handmade_field(m, "a.term", da, NSA_F64, NSA_FIELD_SOURCE_TERM, 0);
  x.weight = handmade_field(m, "ab.w", c->domain, NSA_F64, NSA_FIELD_LINK_VALUE, 1);
  x.plain = handmade_field(m, "b.plain", db, NSA_F64, NSA_FIELD_SUM, -1);
  x.weighted = handmade_field(m, "b.weighted", db, NSA_F64, NSA_FIELD_SUM, -1);
  x.weights = handmade_field(m, "b.weights", db, NSA_F64, NSA_FIELD_SUM, -1);
  x.counts = handmade_field(m, "b.counts", db, NSA_F64, NSA_FIELD_SUM, -1);
  handmade_sum(m, (nsa_connection_id){0}, x.term, NSA_NO_FIELD, x.plain, 1);
  handmade_sum(m, (nsa_connection_id){0}, x.term, x.weight, x.weighted, 2);
  handmade_sum(m, (nsa_connection_id){0}, NSA_NO_FIELD, x.weight, x.weights, 1);
  handmade_sum(m, (nsa_connection_id){0}, NSA_NO_FIELD, NSA_NO_FIELD, x.counts, 0);
  return x;
}

static sim *start(handmade *m, uint32_t threads) {
  char error[SIM_ERROR_SIZE] = "";
  sim *s = sim_new(&m->program, m->entries, 1, threads, error);
  if (!s || !sim_connect(s, error) || !sim_init(s, error))
    fail_msg("%s", error);
  return s;
}

static double noise(uint64_t *state) { /* xorshift, in -1 … 1 */
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return (double)(int64_t)*state / 9.3e18;
}

/* share: how many of the terms are not zero; zeros are of both signs. */
static void fill_terms(double *term, uint32_t count, double share, uint64_t *random) {
  for (uint32_t i = 0; i < count; i++) {
    bool is_zero = (noise(random) + 1) / 2 >= share;
    static const double nothing[] = {0.0, -0.0};
    term[i] = is_zero ? nothing[i % 2] : noise(random) * exp(20 * noise(random));
  }
}

static void check_against_definition(const sim *s, const sums *x, uint64_t done) {
  const sim_links *links = &s->links[0];
  const double *term = s->field_data[x->term.id], *weight = s->field_data[x->weight.id];
  const double *plain = s->field_data[x->plain.id], *weighted = s->field_data[x->weighted.id];
  const double *weights = s->field_data[x->weights.id], *counts = s->field_data[x->counts.id];
  for (uint32_t t = 0; t < s->populations[1].count; t++) {
    double a = 0, b = 0, c = 0;
    for (uint32_t k = links->row[t]; k < links->row[t + 1]; k++) {
      double one = term[links->source[k]];
      if (one != 0) {
        a += one;
        b += one * weight[k];
      }
      c += weight[k];
    }
    assert_memory_equal(&a, &plain[t], sizeof a);
    if (done % 2 == 0)
      assert_memory_equal(&b, &weighted[t], sizeof b);
    assert_memory_equal(&c, &weights[t], sizeof c);
    assert_true(counts[t] == links->row[t + 1] - links->row[t]);
  }
}

static void all_ways_follow_the_definition(void **state) {
  (void)state;
  static const struct {
    uint32_t sources, targets, degree;
  } sizes[] = {{1, 1, 1}, {9, 7, 3}, {300, 5000, 100}, {5000, 301, 20}, {4100, 9001, 50}};
  static const double shares[] = {0, 0.05, 0.5, 1};
  uint64_t random = 88172645463325252u;
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    for (uint32_t threads = 1; threads <= 3; threads += 2) {
      sums x = sums_new(sizes[i].sources, sizes[i].targets, sizes[i].degree);
      sim *s = start(x.m, threads);
      double *weight = s->field_data[x.weight.id];
      for (uint64_t k = 0; k < s->links[0].count; k++)
        weight[k] = noise(&random);
      if (s->links[0].count > 3)
        weight[3] = INFINITY;
      for (uint64_t run = 1; run <= 12; run++) {
        fill_terms(s->field_data[x.term.id], sizes[i].sources, shares[run % 4], &random);
        link_sums_force(s->sums, (int)(run / 4));
        link_sums_run(s, run);
        check_against_definition(s, &x, run);
      }
      sim_free(s);
      handmade_free(x.m);
    }
}

static void padding_of_terms_is_left_out(void **state) {
  (void)state;
  sums x = sums_new(9, 7, 3);
  sim *s = start(x.m, 1);
  double *term = s->field_data[x.term.id];
  for (int i = 0; i < 16; i++)
    term[i] = i < 9 ? (i == 8) : 100;
  link_sums_force(s->sums, 2);
  link_sums_run(s, 1);
  check_against_definition(s, &x, 1);
  sim_free(s);
  handmade_free(x.m);
}

static void links_kernel(const void *self, void *const *fields, const nsa_clock *clock, uint64_t begin, uint64_t end,
                         nsa_range_out *out) {
  const uint32_t *source = fields[0], *target = fields[1];
  double *weight = fields[2];
  (void)self, (void)out;
  for (uint64_t k = begin; k < end; k++)
    weight[k] = clock->tick[0] + source[k] + 1000.0 * target[k];
}

static void link_kernels_run_before_their_sum(void **state) {
  (void)state;
  sums x = sums_new(30, 20, 4);
  handmade *m = x.m;
  uint32_t d = m->connections[0].domain;
  m->connections[0].link_source = handmade_field(m, "source", d, NSA_INDEX, NSA_FIELD_LINK_SOURCE, 0);
  m->connections[0].link_target = handmade_field(m, "target", d, NSA_INDEX, NSA_FIELD_LINK_TARGET, 0);
  m->sums[2].link_kernel =
      handmade_kernel(m, "ab.link", NSA_ROLE_LINK, d, 0, links_kernel, m->connections[0].link_source,
                      m->connections[0].link_target, x.weight, NSA_NO_FIELD);
  sim *s = start(m, 1);
  assert_true(sim_step(s));
  assert_true(sim_step(s));
  const sim_links *links = &s->links[0];
  const double *sum = s->field_data[x.weights.id];
  for (uint32_t t = 0; t < 20; t++) {
    double wanted = 0;
    for (uint32_t k = links->row[t]; k < links->row[t + 1]; k++)
      wanted += 2.0 + links->source[k] + 1000.0 * t;
    assert_true(sum[t] == wanted);
  }
  sim_free(s);
  handmade_free(m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(all_ways_follow_the_definition),
      cmocka_unit_test(padding_of_terms_is_left_out),
      cmocka_unit_test(link_kernels_run_before_their_sum),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
