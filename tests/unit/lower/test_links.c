/* SPDX-License-Identifier: MIT */
/* Contributions are split into what is computed once a source, once a link and once a target. */
#include "unit/lower/lowered.h"

/* Two cells and a partner, a synapse with this body, connected by this rule. */
static lowered with_rule(const char *body, const char *behind_via) {
  char source[2048];
  snprintf(source, sizeof source,
           "timescale fast = 0.1 ms\n"
           "neuron cell { param k = 2\n  state v = 0 mV, x = 0.5\n  input I : mV/ms\n"
           "  dv/dt = -v/10 ms + I\n  dx/dt = -x/20 ms }\n"
           "astrocyte glial { state c = 1\n  dc/dt = -c/1 s }\n"
           "synapse syn { %s }\n"
           "population a : cell[4 x 4]\npopulation g : glial[2 x 2]\n"
           "connect link: a -> a via syn %s\nrecord a.v every 1 ms\nrun 1 ms\n",
           body, behind_via);
  return lower_text(source);
}

static lowered with(const char *body) { return with_rule(body, "by outdegree(3)"); }

/* source, weight, target: as `explain` words them. */
static void assert_term(const lowered *w, const char *source, const char *weight, const char *target) {
  char line[512];
  snprintf(line, sizeof line, "%s (once a target) * sum over links of %s (once a source) * %s (a link)", target, source,
           weight);
  assert_decided(w, "link", "link sum", line);
}

static void test_each_factor_at_its_side(void **state) {
  (void)state;
  lowered w = with_rule("param g = 0.1 /ms\n post.I += g * sigmoid(pre.v / 2 mV) * (0 mV - post.v)",
                        "by outdegree(3) { g = uniform(0.1 /ms, 0.2 /ms) }");
  assert_int_equal(w.program->sums_count, 1);
  const nsa_link_sum *s = &w.program->sums[0];
  assert_term(&w, "sigmoid(pre.v / 2 mV)", "g", "(0 mV - post.v)");
  assert_int_equal(w.program->fields[s->source_term.id].kind, NSA_FIELD_SOURCE_TERM);
  assert_true(nsa_field_is(s->weight, field_named(&w, "link.g"))); /* the parameter itself, no copy */
  assert_true(nsa_kernel_is_none(s->link_kernel));
  assert_int_equal(s->every, 1);
  assert_int_equal(count_maths(function_named(&w, "a.step"), "sigmoid"), 1);
  assert_int_equal(count_ops(function_named(&w, "a.collect"), IR_OP_load, s->sum), 1);
  lowered_free(&w);
}

static void test_uniform_parameter_stays_with_the_target(void **state) {
  (void)state;
  lowered w = with("param g = 0.1 /ms\n post.I += g * pre.v");
  assert_term(&w, "pre.v", "1", "g");
  assert_true(nsa_field_is_none(w.program->sums[0].weight));
  lowered_free(&w);
}

static void test_mixed_sum_is_multiplied_out(void **state) {
  (void)state;
  lowered w = with("param g = 0.1 /ms\n post.I += g * (pre.v - post.v)");
  /* The sources are summed; post.v does not differ between links, so their number is enough. */
  assert_int_equal(w.program->sums_count, 1);
  assert_term(&w, "pre.v", "1", "g");
  assert_term(&w, "1", "1", "g * post.v");
  const ir_function *collect = function_named(&w, "a.collect");
  uint32_t fan = find_op(collect, IR_OP_load, field_named(&w, "link.fan_in"), 0);
  assert_true(find_op(collect, IR_OP_neg, NSA_NO_FIELD, fan) > fan);
  lowered_free(&w);
}

static void test_quotient_is_taken_apart(void **state) {
  (void)state;
  lowered w = with("post.I += pre.v / (1 + post.x) / 1 ms");
  assert_int_equal(w.program->sums_count, 1);
  assert_true(nsa_kernel_is_none(w.program->sums[0].link_kernel));
  assert_false(nsa_field_is_none(w.program->sums[0].source_term));
  assert_int_equal(count_ops(function_named(&w, "a.collect"), IR_OP_div, NSA_NO_FIELD) > 0, 1);
  lowered_free(&w);
}

static void test_sum_of_one_side_stays_whole(void **state) {
  (void)state;
  lowered w = with("post.I += (pre.v + 2 mV*pre.x) * post.x / 1 ms");
  assert_int_equal(w.program->sums_count, 1);
  lowered_free(&w);
}

static void test_inseparable_at_each_link(void **state) {
  (void)state;
  lowered w = with("post.I += 1 mV/ms * tanh((pre.v - post.v) / 1 mV)");
  assert_int_equal(w.program->sums_count, 1);
  const nsa_link_sum *s = &w.program->sums[0];
  assert_true(nsa_field_is_none(s->source_term));
  assert_int_equal(s->every, 1);
  const ir_function *f = w.ir->functions.data[s->link_kernel.id];
  assert_int_equal(f->role, NSA_ROLE_LINK);
  assert_int_equal(count_maths(f, "tanh"), 1);
  assert_int_equal(count_ops(f, IR_OP_load_at, field_named(&w, "a.v")), 2);
  assert_int_equal(count_maths(function_named(&w, "a.step"), "tanh"), 0);
  lowered_free(&w);
}

static void test_constant_weight_is_computed_once(void **state) {
  (void)state;
  lowered w = with_rule("param g = 1, h = 1\n post.I += g * h * pre.v / 1 ms",
                        "by outdegree(3) { g = uniform(0, 1), h = uniform(0, 1) }");
  const nsa_link_sum *s = &w.program->sums[0];
  assert_int_equal(w.program->fields[s->weight.id].kind, NSA_FIELD_LINK_VALUE);
  assert_true(nsa_kernel_is_none(s->link_kernel));
  uint32_t last = w.program->init[w.program->init_count - 1].id; /* behind the parameters of links */
  assert_int_equal(count_ops(w.ir->functions.data[last], IR_OP_store, s->weight), 1);
  lowered_free(&w);
}

static void test_constant_sum_is_taken_once(void **state) {
  (void)state;
  lowered w =
      with_rule("param g = 0.1 /ms\n post.I += g * post.v", "by outdegree(3) { g = uniform(0.1 /ms, 0.2 /ms) }");
  assert_int_equal(w.program->sums_count, 1);
  assert_true(nsa_field_is_none(w.program->sums[0].source_term));
  assert_int_equal(w.program->sums[0].every, 0);
  lowered_free(&w);
}

static void test_let_of_the_synapse_is_looked_through(void **state) {
  (void)state;
  lowered w = with("let drive = pre.v - post.v\n post.I += 0.1 /ms * drive");
  assert_int_equal(w.program->sums_count, 1);
  assert_true(nsa_kernel_is_none(w.program->sums[0].link_kernel));
  lowered_free(&w);
}

static void test_partner_of_the_target(void **state) {
  (void)state;
  lowered w = with_rule("post.I += astro.c * pre.v / 1 ms", "by outdegree(3) with g by tiles(2 x 2, stride 2)");
  assert_int_equal(w.program->sums_count, 1);
  assert_true(nsa_kernel_is_none(w.program->sums[0].link_kernel));
  const ir_function *collect = function_named(&w, "a.collect");
  assert_int_equal(count_ops(collect, IR_OP_load_at, field_named(&w, "g.c")), 1);
  lowered_free(&w);
}

static void test_neighbours_become_a_stencil(void **state) {
  (void)state;
  lowered w = with_rule("param D = 0.1 /ms\n post.I += D * (pre.v - post.v)", "by neighbours(4)");
  assert_int_equal(w.program->sums_count, 0);
  assert_int_equal(w.program->connections[0].is_stencil, 1);
  const ir_function *collect = function_named(&w, "a.collect");
  assert_int_equal(count_ops(collect, IR_OP_shift, NSA_NO_FIELD), 4);
  assert_int_equal(count_ops(collect, IR_OP_load_at, field_named(&w, "a.v")), 4);
  lowered_free(&w);
}

/* In ascending order of the source: row by row. */
static void test_stencil_order(void **state) {
  (void)state;
  lowered w = with_rule("post.I += pre.v / 1 ms", "by neighbours(8)");
  const ir_function *collect = function_named(&w, "a.collect");
  uint32_t last = 0, at = 0;
  for (uint32_t k = 0; k < 8; k++) {
    at = find_op(collect, IR_OP_shift, NSA_NO_FIELD, k == 0 ? 0 : at + 1);
    uint32_t place = collect->ops.data[at].aux; /* 16 (rows + 8) + columns + 8 */
    assert_true(place > last);
    last = place;
  }
  lowered_free(&w);
}

/* A parameter that differs between links needs them stored. */
static void test_no_stencil_with_values_of_links(void **state) {
  (void)state;
  lowered w =
      with_rule("param D = 0.1 /ms\n post.I += D * pre.v", "by neighbours(4) { D = uniform(0.1 /ms, 0.2 /ms) }");
  assert_int_equal(w.program->connections[0].is_stencil, 0);
  assert_int_equal(w.program->sums_count, 1);
  lowered_free(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_each_factor_at_its_side),
      cmocka_unit_test(test_uniform_parameter_stays_with_the_target),
      cmocka_unit_test(test_mixed_sum_is_multiplied_out),
      cmocka_unit_test(test_quotient_is_taken_apart),
      cmocka_unit_test(test_sum_of_one_side_stays_whole),
      cmocka_unit_test(test_inseparable_at_each_link),
      cmocka_unit_test(test_constant_weight_is_computed_once),
      cmocka_unit_test(test_constant_sum_is_taken_once),
      cmocka_unit_test(test_let_of_the_synapse_is_looked_through),
      cmocka_unit_test(test_partner_of_the_target),
      cmocka_unit_test(test_neighbours_become_a_stencil),
      cmocka_unit_test(test_stencil_order),
      cmocka_unit_test(test_no_stencil_with_values_of_links),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
