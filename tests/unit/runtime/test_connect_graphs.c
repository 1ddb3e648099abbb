/* SPDX-License-Identifier: MIT */
/* Rules that make graphs, against what is known of these. */
#include "run/make.h"
#include "unit/cmocka_all.h"

#include "handmade.h"
#include "state/sim.h"

#include <math.h>

/* A population of n elements, and links of it by the rule. */
static sim *graph_of(handmade *m, uint32_t n, nsa_rule rule) {
  char error[SIM_ERROR_SIZE] = "";
  handmade_population(m, "a", 1, n, 0);
  nsa_connection *c = handmade_connection(m, "aa", 0, 0, rule.kind);
  c->rule.degree = rule.degree;
  c->rule.rewiring = rule.rewiring;
  sim *s = sim_new(&m->program, m->entries, 1, 1, error);
  if (!s || !sim_connect(s, error) || !sim_init(s, error))
    fail_msg("%s", error);
  return s;
}

static void end(sim *s, handmade *m) {
  sim_free(s);
  handmade_free(m);
}

static bool has_source(const sim_links *links, uint32_t target, uint32_t source) {
  for (uint32_t k = links->row[target]; k < links->row[target + 1]; k++)
    if (links->source[k] == source)
      return true;
  return false;
}

/* Each target's sources ascend; both directions of each edge are there, once; no element is linked with itself. */
static void check_edges(const sim_links *links, uint32_t n) {
  for (uint32_t t = 0; t < n; t++) {
    assert_true(links->fan_in[t] == links->row[t + 1] - links->row[t] && links->fan_in[t] == links->fan_out[t]);
    for (uint32_t k = links->row[t]; k < links->row[t + 1]; k++) {
      assert_true(links->source[k] != t && has_source(links, links->source[k], t));
      assert_true(k == links->row[t] || links->source[k] > links->source[k - 1]);
    }
  }
}

/* Barabasi and Albert: the share of elements with k edges tends to 2m(m+1)/(k(k+1)(k+2)). */
static void scale_free_graphs(void **state) {
  (void)state;
  enum { N = 20000, M = 2 };
  handmade *m = handmade_new(5);
  sim *s = graph_of(m, N, (nsa_rule){.kind = NSA_RULE_SCALE_FREE, .degree = M});
  const sim_links *links = &s->links[0];
  check_edges(links, N);
  assert_int_equal(links->count, M * (M + 1) + 2 * M * (N - M - 1));
  uint32_t with_degree[8] = {0}, most = 0;
  for (uint32_t t = 0; t < N; t++) {
    uint32_t degree = links->fan_in[t];
    assert_true(degree >= M);
    if (degree < 8)
      with_degree[degree]++;
    most = degree > most ? degree : most;
  }
  for (uint32_t k = M; k < 8; k++) {
    double expected = N * 2.0 * M * (M + 1) / (k * (k + 1.0) * (k + 2.0));
    assert_true(fabs(with_degree[k] - expected) < 5 * sqrt(expected));
  }
  assert_true(most > 150); /* hubs: of the order of m sqrt(N) */
  end(s, m);
}

/* Links of i that are linked with each other, over all pairs of them; mean over the elements. */
static double clustering(const sim_links *links, uint32_t n) {
  double sum = 0;
  for (uint32_t t = 0; t < n; t++) {
    uint32_t begin = links->row[t], degree = links->row[t + 1] - begin, closed = 0;
    for (uint32_t a = 0; a < degree; a++)
      for (uint32_t b = 0; b < a; b++)
        closed += has_source(links, links->source[begin + a], links->source[begin + b]);
    sum += degree > 1 ? 2.0 * closed / (degree * (degree - 1.0)) : 0;
  }
  return sum / n;
}

/* Watts and Strogatz: k n / 2 edges whatever p; a ring for p = 0, whose clustering is 3 (k - 2)/(4 (k - 1)) and falls
 * as (1 - p)^3 (Barrat and Weigt 2000); at p = 1 each element keeps k/2 edges of its own and gets others at random. */
static void small_worlds(void **state) {
  (void)state;
  enum { N = 4000, K = 10 };
  static const double probabilities[] = {0, 0.05, 0.3, 1};
  for (int i = 0; i < 4; i++) {
    double p = probabilities[i], ring = 3 * (K - 2) / (4.0 * (K - 1)), moments[2] = {0};
    handmade *m = handmade_new(5);
    sim *s = graph_of(m, N, (nsa_rule){.kind = NSA_RULE_SMALL_WORLD, .degree = K, .rewiring = p});
    const sim_links *links = &s->links[0];
    check_edges(links, N);
    assert_int_equal(links->count, K * N);
    uint32_t on_ring = 0;
    for (uint32_t t = 0; t < N; t++) {
      assert_true(links->fan_in[t] >= K / 2);
      moments[0] += links->fan_in[t];
      moments[1] += links->fan_in[t] * links->fan_in[t];
      for (uint32_t k = links->row[t]; k < links->row[t + 1]; k++) {
        uint32_t from = links->source[k], apart = (t + N - from) % N;
        on_ring += apart <= K / 2 || apart >= N - K / 2;
      }
    }
    double kept = 1 - p + p * K / (N - 1.0), links_count = K * (double)N;
    assert_true(fabs(on_ring / links_count - kept) <= 5 * sqrt(kept * (1 - kept) * 2 / links_count) + 1e-12);
    /* Rewired ends arrive as a Poisson process of rate p k/2; those that are kept are a binomial draw. */
    double variance = moments[1] / N - moments[0] * moments[0] / N / N, expected = K / 2 * p * (1 + (1 - p));
    assert_true(fabs(variance - expected) <= 0.15 * expected);
    assert_true(fabs(clustering(links, N) - ring * pow(1 - p, 3)) < 0.02);
    end(s, m);
  }
  handmade *m = handmade_new(5); /* everybody is linked with everybody */
  sim *s = graph_of(m, 5, (nsa_rule){.kind = NSA_RULE_SMALL_WORLD, .degree = 4, .rewiring = 1});
  assert_int_equal(s->links[0].count, 20);
  end(s, m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(scale_free_graphs),
      cmocka_unit_test(small_worlds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
