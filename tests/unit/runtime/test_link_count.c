/* SPDX-License-Identifier: MIT */
/* How many links each rule is said to make, against those that are built. */
#include "run/make.h"
#include "unit/cmocka_all.h"

#include "handmade.h"
#include "nsa_link_count.h"
#include "state/sim.h"

#include <math.h>
#include <stdio.h>

enum { KINDS = nsa_rule_kind_count };

typedef struct {
  nsa_rule_kind kind;
  uint32_t source_rows, source_cols, target_rows, target_cols; /* no target_rows: one population */
  uint32_t degree, tile, stride;
  double probability;
  bool allow_self;
  double of_a_target; /* links of a target in the middle of its grid, or on average; 0: not looked at */
} rule_case;

static const rule_case cases[] = {
    {.kind = NSA_RULE_ONE_TO_ONE, 1, 40, 1, 40, .of_a_target = 1},
    {.kind = NSA_RULE_ALL_TO_ALL, 3, 7, 2, 5, .of_a_target = 21},
    {.kind = NSA_RULE_ALL_TO_ALL, 3, 7, .of_a_target = 20},
    {.kind = NSA_RULE_ALL_TO_ALL, 3, 7, .allow_self = true, .of_a_target = 21},
    {.kind = NSA_RULE_PROBABILITY, 1, 400, 1, 300, .probability = 0.05, .of_a_target = 20},
    {.kind = NSA_RULE_PROBABILITY, 1, 401, .probability = 0.25, .of_a_target = 100},
    {.kind = NSA_RULE_PROBABILITY, 1, 400, .probability = 0.25, .allow_self = true, .of_a_target = 100},
    {.kind = NSA_RULE_INDEGREE, 1, 50, 1, 20, .degree = 7, .of_a_target = 7},
    {.kind = NSA_RULE_OUTDEGREE, 1, 50, 1, 20, .degree = 8, .of_a_target = 20},
    {.kind = NSA_RULE_NEIGHBOURS, 5, 7, .degree = 4, .of_a_target = 4},
    {.kind = NSA_RULE_NEIGHBOURS, 5, 7, .degree = 8, .of_a_target = 8},
    {.kind = NSA_RULE_NEIGHBOURS, 1, 9, .degree = 4, .of_a_target = 2},
    {.kind = NSA_RULE_NEIGHBOURS, 1, 9, .degree = 8, .of_a_target = 2},
    {.kind = NSA_RULE_NEIGHBOURS, 2, 9, .degree = 4, .of_a_target = 3},
    {.kind = NSA_RULE_NEIGHBOURS, 2, 9, .degree = 8, .of_a_target = 5},
    {.kind = NSA_RULE_NEIGHBOURS, 1, 2, .degree = 4, .of_a_target = 1},
    {.kind = NSA_RULE_TILES, 13, 11, 4, 3, .tile = 4, .stride = 3},
    {.kind = NSA_RULE_TILES, 4, 3, 13, 11, .tile = 4, .stride = 3},
    {.kind = NSA_RULE_TILES, 3, 3, 12, 12, .tile = 2, .stride = 4},
    {.kind = NSA_RULE_NEAREST, 12, 12, 3, 3},
    {.kind = NSA_RULE_NEAREST, 3, 3, 12, 12, .of_a_target = 1},
    {.kind = NSA_RULE_SCALE_FREE, 1, 3000, .degree = 1, .of_a_target = 2},
    {.kind = NSA_RULE_SCALE_FREE, 1, 3000, .degree = 3, .of_a_target = 6},
    {.kind = NSA_RULE_SCALE_FREE, 1, 5, .degree = 4},
    {.kind = NSA_RULE_SMALL_WORLD, 1, 60, .degree = 6, .of_a_target = 6},
};
enum { CASES = sizeof cases / sizeof *cases };

static handmade *model_of(const rule_case *of) {
  handmade *m = handmade_new(5);
  handmade_population(m, "a", of->source_rows, of->source_cols, 0);
  if (of->target_rows)
    handmade_population(m, "b", of->target_rows, of->target_cols, 0);
  nsa_connection *c = handmade_connection(m, "ab", 0, of->target_rows ? 1 : 0, of->kind);
  c->rule.degree = of->degree;
  c->rule.tile_rows = c->rule.tile_cols = of->tile;
  c->rule.stride = of->stride;
  c->rule.probability = of->probability;
  c->allow_self = of->allow_self;
  return m;
}

static sim *build(handmade *m) {
  char error[SIM_ERROR_SIZE] = "";
  sim *s = sim_new(&m->program, m->entries, 1, 1, error);
  if (!s || !sim_connect(s, error))
    fail_msg("%s", error);
  return s;
}

static nsa_link_rule rule_of(const rule_case *of) {
  bool is_one = of->target_rows == 0;
  return (nsa_link_rule){.kind = of->kind,
                         .source_rows = of->source_rows,
                         .source_cols = of->source_cols,
                         .target_rows = is_one ? of->source_rows : of->target_rows,
                         .target_cols = is_one ? of->source_cols : of->target_cols,
                         .leaves_out_self = is_one && !of->allow_self,
                         .degree = of->degree,
                         .tile_rows = of->tile,
                         .tile_cols = of->tile,
                         .stride = of->stride,
                         .share = of->probability};
}

/* Five standard deviations of a binomial distribution; 0 where nothing is drawn. */
static double tolerance(const rule_case *of, double links) {
  return of->kind == NSA_RULE_PROBABILITY ? 5 * sqrt(links * (1 - of->probability)) : 0;
}

static double links_of_a_target(const rule_case *of, const sim *s, const nsa_link_rule *rule) {
  uint32_t targets = rule->target_rows * rule->target_cols,
           middle = rule->target_rows / 2 * rule->target_cols + rule->target_cols / 2;
  return of->kind == NSA_RULE_NEIGHBOURS ? s->links[0].fan_in[middle] : (double)s->links[0].count / targets;
}

static void counts_are_those_of_links(void **state) {
  (void)state;
  for (int i = 0; i < CASES; i++) {
    handmade *m = model_of(&cases[i]);
    sim *s = build(m);
    nsa_link_rule rule = rule_of(&cases[i]);
    nsa_link_count count = nsa_count_links(&rule);
    double built = (double)s->links[0].count, forecast = nsa_forecast_links(&m->program, (nsa_connection_id){0}).links;
    if (fabs(count.all - built) > tolerance(&cases[i], count.all) || forecast != count.all)
      fail_msg("case %d: %g links are counted, %g forecast, %g built", i, count.all, forecast, built);
    double each = links_of_a_target(&cases[i], s, &rule);
    /* what a growing graph begins with has fewer edges */
    if (cases[i].of_a_target > 0 &&
        (count.of_a_target != cases[i].of_a_target ||
         fabs(each - count.of_a_target) > 0.01 * each + tolerance(&cases[i], count.all) / s->populations[0].count))
      fail_msg("case %d: a target is said to have %g links, and has %g", i, count.of_a_target, each);
    sim_free(s);
    handmade_free(m);
  }
}

static void no_rule_is_forgotten(void **state) {
  (void)state;
  bool is_here[KINDS] = {[NSA_RULE_WHERE] = true,
                         [NSA_RULE_FILE] = true, /* below */
                         [NSA_RULE_POOL] = true,
                         [NSA_RULE_ONE_PER_SYNAPSE] = true /* of partners */};
  for (int i = 0; i < CASES; i++)
    is_here[cases[i].kind] = true;
  for (int kind = 0; kind < KINDS; kind++)
    if (!is_here[kind])
      fail_msg("rule %d has no case here", kind);
}

static void tables_are_counted_by_line(void **state) {
  (void)state;
  FILE *file = fopen("table.csv", "w");
  fputs("0,1\n1,2\n2,0\n", file);
  fclose(file);
  handmade *m = model_of(&(rule_case){.kind = NSA_RULE_FILE, 1, 3});
  m->connections[0].rule.path = "table.csv";
  sim *s = build(m);
  assert_int_equal(s->links[0].count, 3);
  assert_true(nsa_forecast_links(&m->program, (nsa_connection_id){0}).links == 3);
  sim_free(s);
  handmade_free(m);
}

/* What a condition leaves is not known: at most all pairs. */
static void conditions_are_bounds(void **state) {
  (void)state;
  nsa_link_rule rule = {NSA_RULE_WHERE, 2, 3, 2, 3, .leaves_out_self = true, .share = NAN};
  assert_true(nsa_count_links(&rule).all == 30 && nsa_count_links(&rule).of_a_target == 1);
  rule.share = 0.4;
  assert_true(nsa_count_links(&rule).all == 12 && nsa_count_links(&rule).of_a_target == 2);
  rule.share = 0.1;
  assert_true(nsa_count_links(&rule).of_a_target == 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(counts_are_those_of_links),
      cmocka_unit_test(no_rule_is_forgotten),
      cmocka_unit_test(tables_are_counted_by_line),
      cmocka_unit_test(conditions_are_bounds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
