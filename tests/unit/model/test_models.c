/* SPDX-License-Identifier: MIT */
/* Networks and experiments, and the whole model of the paper. */
#include "unit/model/checked.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define ASSERT_EXPR(c, owner, e, expected) assert_string_equal(expr_shown((c), (owner), (e)), (expected))

static const char cells[] = "neuron n { param tau = 20 ms in 1 ms..1 s\n state v = 0 mV\n"
                            "input I : mV/ms\n tau * dv/dt = -v + tau*I\n"
                            "spike when v > 1 mV { v = 0 mV } }\n"
                            "astrocyte g { state Ca = 0\n input J\n dCa/dt = (J - Ca) /s\n"
                            "let gate = Ca > 1 }\n"
                            "synapse s { param k = 1 /ms\n state w = 1\n"
                            "default astro.Ca = 2\n"
                            "post.I += k*w*astro.Ca*(pre.v - post.v)/post.fan_in }\n";

static checked check_with_cells(const char *more) {
  static char source[8192];
  snprintf(source, sizeof source, "%s%s", cells, more);
  return check_text(source);
}

static void each_connection_has_its_own_synapse(void **state) {
  (void)state;
  checked c = check_with_cells("population a : n[4 x 4]\npopulation b : g[2 x 2]\n"
                               "connect one: a -> a via s by all_to_all with b by tiles(2 x 2)\n"
                               "connect two: a -> a via s by all_to_all { w = uniform(0, 1) }\n");
  assert_no_errors(&c);
  const model_connection *one = &c.model->connections.data[0], *two = &c.model->connections.data[1];
  assert_int_not_equal(one->component, two->component);
  const model_component *s1 = &c.model->components.data[one->component];
  const model_component *s2 = &c.model->components.data[two->component];
  ASSERT_EXPR(&c, s1, s1->contributions.data[0].value, "((((k * w) * astro.Ca) * (pre.v - post.v)) / post.fan_in)");
  ASSERT_EXPR(&c, s2, s2->contributions.data[0].value, "((((k * w) * 2) * (pre.v - post.v)) / post.fan_in)");
  assert_int_equal(s1->astro_defaults.len, 1);
  ASSERT_EXPR(&c, s2, two->overrides.data[0].value, "uniform(0, 1)@two.w#0");
  assert_int_equal(one->partner_rule.stride, 2);
  assert_false(one->allow_self);
  checked_free(&c);
}

static void slices_become_conditions(void **state) {
  (void)state;
  checked c = check_with_cells("population a : n[4 x 5]\n"
                               "connect one: a[rows 1..2] -> a via s by all_to_all\n"
                               "connect two: a -> a[0..3] via s by probability(0.5)\n");
  assert_no_errors(&c);
  const model_component *s = &c.model->components.data[c.model->connections.data[0].component];
  assert_int_equal(c.model->connections.data[0].rule.kind, NSA_RULE_WHERE);
  ASSERT_EXPR(&c, s, c.model->connections.data[0].rule.condition, "((pre.i >= 5) and (pre.i <= 14))");
  ASSERT_EXPR(&c, s, c.model->connections.data[1].rule.probability, "if(((post.i >= 0) and (post.i <= 3)), 0.5, 0)");
  checked_free(&c);
}

static void partner_conditions_go_from_near_to_far(void **state) {
  (void)state;
  checked c = check_with_cells("population a : n[4 x 4]\npopulation b : g[2 x 2]\n"
                               "connect one: a -> a via s by all_to_all with b by "
                               "where(astro.row == floor(post.row/2))\n");
  assert_no_errors(&c);
  const model_component *s = &c.model->components.data[c.model->connections.data[0].component];
  ASSERT_EXPR(&c, s, c.model->connections.data[0].partner_rule.condition, "(post.row == floor((pre.row / 2)))");
  checked_free(&c);
}

static void loops_are_unrolled(void **state) {
  (void)state;
  checked c = check_with_cells("population a : n[10]\n"
                               "for k in 0..2 { drive a.I = k * 1 mV/ms from 10 ms + k*20 ms for 5 ms as up }\n"
                               "for k, d in [5, 7] { drive a.I[0..3] = d*1 mV/ms*sin(2*pi*5 Hz*t) from k*1 s }\n"
                               "on up { let z = 2*a.v;  a.v = z;  if a.v > 3 mV { a.v = 0 mV } }\n"
                               "run 2 s\n");
  assert_no_errors(&c);
  const model *m = c.model;
  const model_component *n = component_named(&c, "n");
  assert_int_equal(m->stimuli.len, 5);
  assert_true(m->stimuli.data[2].start == 50 && m->stimuli.data[2].stop == 55);
  assert_int_equal(m->stimuli.data[2].phase, 0);
  ASSERT_EXPR(&c, n, m->stimuli.data[2].value, "(2 * 1)");
  assert_string_equal(m->stimuli.data[2].key, "a.I/up2");
  assert_true(isinf(m->stimuli.data[4].stop) && m->stimuli.data[4].start == 1000);
  assert_int_equal(m->stimuli.data[4].value->kind, MX_SELECT);
  assert_int_equal(m->phase_blocks.len, 1);
  assert_int_equal(m->phase_blocks.data[0].body.len, 3);
  assert_int_equal(m->phase_blocks.data[0].local_count, 1);
  assert_true(m->duration == 2000);
  checked_free(&c);
}

static void records_and_measures(void **state) {
  (void)state;
  checked c = check_with_cells("population a : n[10]\npopulation b : g[3]\n"
                               "connect a -> a via s by indegree(3)\n"
                               "drive a.I = 1 mV/ms for 5 ms as up\n"
                               "record a.spike\nrecord a.v[2..5] every 1 ms during up\n"
                               "record mean(b.Ca)\nrecord a.v*2 as double\nrecord s.w\n"
                               "measure hits = count(a.spike during up)\n"
                               "measure cost = 2 pJ*count(s.pre) + 0.5 nJ*hits\n"
                               "measure rates = rate(a.spike)\n"
                               "measure high = time_above(mean(b.Ca), 0.5)\n"
                               "measure one = max(b.Ca[1])\nmeasure all = mean(b.Ca)\n"
                               "measure top = mean(max(b.Ca))\n");
  assert_no_errors(&c);
  const model *m = c.model;
  const char *names[] = {"a.spike", "a.v", "mean_b.Ca", "double", "s.w"};
  assert_int_equal(m->records.len, 5);
  for (uint32_t i = 0; i < 5; i++)
    assert_string_equal(m->records.data[i].name, names[i]);
  assert_true(m->records.data[0].probe.is_event);
  assert_int_equal(m->records.data[1].probe.first, 2);
  assert_int_equal(m->records.data[1].probe.last, 5);
  assert_int_equal(m->records.data[1].phase, 0);
  assert_true(m->records.data[4].probe.is_connection);
  assert_int_equal(m->measures.data[0].value->kind, NSA_MEASURE_COUNT);
  assert_int_equal(m->measures.data[0].value->phase, 0);
  assert_string_equal(dim_name(c.arena, m->measures.data[1].value->unit), "aJ");
  assert_true(m->measures.data[1].value->args[1]->args[1]->is_ref);
  assert_string_equal(dim_name(c.arena, m->measures.data[2].value->unit), "1/ms");
  assert_int_equal(m->measures.data[3].value->probe.reduce, NSA_REDUCE_MEAN);
  assert_true(m->measures.data[3].value->threshold == 0.5);
  assert_int_equal(m->measures.data[4].value->probe.reduce, NSA_REDUCE_NONE);
  assert_int_equal(m->measures.data[5].value->probe.reduce, NSA_REDUCE_MEAN);
  assert_int_equal(m->measures.data[6].value->probe.reduce, NSA_REDUCE_MAX);
  assert_int_equal(m->measures.data[6].value->kind, NSA_MEASURE_MEAN);
  checked_free(&c);
}

static void variants_reach_all_users(void **state) {
  (void)state;
  checked c = check_with_cells("population a : n[10]\npopulation b : n[10]\n"
                               "connect one: a -> b via s by one_to_one\n"
                               "connect two: b -> a via s by one_to_one\n"
                               "variant slow { n.tau = 50 ms, s.k = 2 /ms, a.tau = 30 ms }\n");
  assert_no_errors(&c);
  const model_variant *v = &c.model->variants.data[0];
  assert_int_equal(v->sets.len, 5);
  assert_false(v->sets.data[0].is_connection);
  assert_true(v->sets.data[2].is_connection);
  assert_true(v->sets.data[3].value->number == 2);
  assert_true(v->sets.data[4].value->number == 30);
  checked_free(&c);
}

/* The one diagnostic of the text, by its code; "" when there is none. */
static const char *only_code(const checked *c) {
  static char code[8];
  char *shown = NULL;
  size_t len;
  FILE *out = open_memstream(&shown, &len);
  diag_print_json(c->sink, out);
  fclose(out);
  const char *found = strstr(shown, "\"code\":\"");
  snprintf(code, sizeof code, "%.5s", found != NULL ? found + 8 : "");
  free(shown);
  return code;
}

static void a_run_needs_populations_and_a_time(void **state) {
  (void)state;
  model_options run = {.needs_run = true};
  const char *texts[] = {"neuron n { state v = 0 }\n", "neuron n { state v = 0 }\npopulation p : n[3]\n"};
  for (int i = 0; i < 2; i++) {
    checked c = check_with(texts[i], &run);
    assert_string_equal(only_code(&c), "E0604");
    checked_free(&c);
    c = check_text(texts[i]);
    assert_no_errors(&c);
    checked_free(&c);
  }
}

static void patterns_come_from_elsewhere(void **state) {
  (void)state;
  const char *source = getenv("SRC");
  if (source == NULL)
    skip();
  arena *a = arena_new();
  model_pattern_replacement other = {"d", arena_printf(a, "%s/examples/digits/{}.pgm", source)};
  model_options options = {.patterns = &other, .pattern_count = 1};
  const char *text = "pattern d[10] = images(\"nowhere/{}.pgm\")\n";
  checked c = check_text(text);
  assert_string_equal(only_code(&c), "E0001");
  checked_free(&c);
  c = check_with(text, &options);
  assert_no_errors(&c);
  assert_string_equal(c.model->patterns.data[0].path, other.path);
  checked_free(&c);
  arena_free(a);
}

static void models_of_the_compiler_are_imported(void **state) {
  (void)state;
  const char *source = getenv("SRC");
  if (source == NULL)
    skip();
  arena *a = arena_new();
  const char *folders[] = {arena_printf(a, "%s/runtime/models", source), NULL};
  model_options options = {.model_folders = folders};
  checked c = check_with("import nsa.neuron.lif as cell\npopulation p : cell[3] { tau_m = 10 ms }\n", &options);
  assert_no_errors(&c);
  assert_string_equal(component_named(&c, "cell")->states.data[0].name, "v");
  checked_free(&c);
  arena_free(a);
}

static void the_paper_checks(void **state) {
  (void)state;
  const char *source = getenv("SRC");
  if (source == NULL)
    skip();
  arena *a = arena_new();
  checked c = check_file(arena_printf(a, "%s/examples/working_memory.nsa", source));
  assert_no_errors(&c);
  assert_int_equal(c.model->populations.len, 2);
  assert_int_equal(c.model->connections.len, 3);
  assert_int_equal(c.model->populations.data[0].rows, 79);
  const model_connection *excitatory = &c.model->connections.data[0];
  assert_true(excitatory->has_partner);
  assert_int_equal(excitatory->partner_rule.stride, 3);
  assert_true(c.model->stimuli.len >= 12);
  assert_true(c.model->measures.len >= 3);
  checked_free(&c);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_connection_has_its_own_synapse),
      cmocka_unit_test(slices_become_conditions),
      cmocka_unit_test(partner_conditions_go_from_near_to_far),
      cmocka_unit_test(loops_are_unrolled),
      cmocka_unit_test(records_and_measures),
      cmocka_unit_test(variants_reach_all_users),
      cmocka_unit_test(a_run_needs_populations_and_a_time),
      cmocka_unit_test(patterns_come_from_elsewhere),
      cmocka_unit_test(models_of_the_compiler_are_imported),
      cmocka_unit_test(the_paper_checks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
