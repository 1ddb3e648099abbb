/* SPDX-License-Identifier: MIT */
/* What a step function does in which order, what it may skip; parameters, settings, time windows. */
#include "unit/lower/lowered.h"

static const char phases[] = "timescale fast = 0.1 ms\n"
                             "neuron cell {\n"
                             "  state v = 0 mV, w = 0 mV, y = 0\n"
                             "  input I : mV/ms\n"
                             "  timer busy\n"
                             "  dv/dt = -v/10 ms + I using euler\n"
                             "  spike when v > 10 mV refractory 2 ms { v = 0 mV }\n"
                             "  each step { w = max(w, 3 mV) }\n"
                             "  every 1 ms { if not busy { y += 1; start busy for 3 ms } }\n"
                             "}\n"
                             "synapse syn { post.I += 0.1 /ms * tanh(pre.v / 1 mV) * 1 mV }\n"
                             "population a : cell[16]\n"
                             "connect link: a -> a via syn by all_to_all\n"
                             "record a.v every 1 ms\nrun 1 ms\n";

/* Inputs, clocked blocks, equations, conditions, source terms, stores. */
static void test_order_of_phases(void **state) {
  (void)state;
  lowered w = lower_text(phases);
  const ir_function *f = function_named(&w, "a.step");
  uint32_t input = find_op(f, IR_OP_load, field_named(&w, "a.I"), 0);
  uint32_t each_step = find_op(f, IR_OP_max, NSA_NO_FIELD, input);
  uint32_t checked = find_op(f, IR_OP_check, NSA_NO_FIELD, each_step);
  uint32_t event = find_op(f, IR_OP_event, field_named(&w, "a.spike"), checked);
  uint32_t source = find_op(f, IR_OP_store, w.program->sums[0].source_term, event);
  find_op(f, IR_OP_store, field_named(&w, "a.v"), source);
  lowered_free(&w);
}

/* What fired is dealt with by a function that runs where something did; the step's begins with all flags down. */
static void test_reset_stands_apart(void **state) {
  (void)state;
  lowered w = lower_text(phases);
  const ir_function *f = function_named(&w, "a.settle"), *step = function_named(&w, "a.step");
  uint32_t fired = find_op(f, IR_OP_load, field_named(&w, "a.spike"), 0);
  uint32_t reset = find_op(f, IR_OP_skip_begin, NSA_NO_FIELD, fired);
  find_op(f, IR_OP_store, field_named(&w, "a.v"), reset);
  assert_int_equal(count_ops(step, IR_OP_load, field_named(&w, "a.spike")), 0);
  assert_int_equal(w.program->populations[0].lowers_flags, 1);
  lowered_free(&w);
}

/* A block that reads an input waits for the step, which puts the input together. */
static void test_reset_that_reads_an_input_is_part_of_the_step(void **state) {
  (void)state;
  lowered w =
      lower_text("timescale fast = 0.1 ms\n"
                 "neuron cell { state v = 0 mV\n input I : mV\n dv/dt = -v/10 ms\n spike when v > 1 mV { v = I } }\n"
                 "population a : cell[16]\ndrive a.I = 1 mV for 1 ms\nrecord a.v every 1 ms\nrun 1 ms\n");
  find_op(function_named(&w, "a.step"), IR_OP_load, field_named(&w, "a.spike"), 0);
  assert_true(nsa_kernel_is_none(w.program->populations[0].settle));
  assert_int_equal(w.program->populations[0].lowers_flags, 0);
  lowered_free(&w);
}

/* No state is stored before the source terms, so that all loads are of the last tick. */
static void test_states_are_stored_once_at_the_end(void **state) {
  (void)state;
  lowered w = lower_text(phases);
  const ir_function *f = function_named(&w, "a.step");
  static const char *const names[] = {"a.v", "a.w", "a.y", "a.busy"};
  for (uint32_t k = 0; k < 4; k++) {
    nsa_field_id field = field_named(&w, names[k]);
    assert_int_equal(count_ops(f, IR_OP_load, field), 1);
    assert_int_equal(count_ops(f, IR_OP_store, field), 1);
  }
  lowered_free(&w);
}

static void test_rare_blocks_can_be_skipped(void **state) {
  (void)state;
  lowered w = lower_text(phases);
  const ir_function *f = function_named(&w, "a.step");
  assert_int_equal(count_ops(f, IR_OP_skip_begin, NSA_NO_FIELD), count_ops(f, IR_OP_skip_end, NSA_NO_FIELD));
  assert_true(is_skipped(f, find_op(f, IR_OP_store, field_named(&w, "a.spike.refractory"), 0)));
  assert_false(is_skipped(f, find_op(f, IR_OP_max, NSA_NO_FIELD, 0)));
  assert_false(is_skipped(f, find_op(f, IR_OP_check, NSA_NO_FIELD, 0)));
  assert_true(is_skipped(f, find_op(f, IR_OP_event, NSA_NO_FIELD, 0)));
  lowered_free(&w);
}

/* A saturating factor of a source is not evaluated where it counts as nothing. */
static void test_saturating_source_is_skipped(void **state) {
  (void)state;
  lowered w = lower_text("neuron cell { state v = 0 mV\n input I : mV/ms\n dv/dt = -v/10 ms + I }\n"
                         "synapse syn { post.I += sigmoid(pre.v / 1 mV) * 1 mV/ms }\n"
                         "timescale fast = 0.1 ms\npopulation a : cell[16]\n"
                         "connect link: a -> a via syn by all_to_all\nrecord a.v every 1 ms\nrun 1 ms\n");
  const ir_function *f = function_named(&w, "a.step");
  assert_int_equal(count_maths(f, "sigmoid"), 1);
  uint32_t call = find_op(f, IR_OP_math1, NSA_NO_FIELD, find_op(f, IR_OP_skip_begin, NSA_NO_FIELD, 0));
  assert_int_equal(f->ops.data[call].aux, ir_math_find("sigmoid"));
  assert_true(is_skipped(f, call));
  lowered_free(&w);
}

/* ---- parameters ---- */

static const char parameters[] = "timescale fast = 0.1 ms\n"
                                 "neuron cell {\n"
                                 "  param tau = 10 ms in 1 ms..100 ms, double_tau = 2*tau, spread = 1\n"
                                 "  state v = 1\n"
                                 "  dv/dt = -v/double_tau * spread\n"
                                 "}\n"
                                 "population a : cell[16] { spread = uniform(1, 2) }\n"
                                 "population b : cell[16] { tau = 5 ms }\n"
                                 "variant slow { a.tau = 50 ms }\n"
                                 "record a.v every 1 ms\nrun 1 ms\n";

static void test_settables(void **state) {
  (void)state;
  lowered w = lower_text(parameters);
  const nsa_settable *tau = settable_named(&w, "a.tau");
  assert_non_null(tau);
  assert_true(nsa_field_is(tau->field, field_named(&w, "a.tau")));
  assert_string_equal(tau->unit, "ms");
  assert_int_equal(tau->has_range, 1);
  assert_true(tau->lo == 1 && tau->hi == 100);
  assert_int_equal(w.program->fields[tau->field.id].is_uniform, 1);
  assert_true(w.program->fields[tau->field.id].value == 10);
  assert_true(w.program->fields[field_named(&w, "b.tau").id].value == 5);
  assert_int_equal(w.program->fields[field_named(&w, "a.spread").id].is_uniform, 0);
  lowered_free(&w);
}

/* A parameter that follows from another is computed before the first step, unless it was itself set. */
static void test_derived_parameter(void **state) {
  (void)state;
  lowered w = lower_text(parameters);
  const nsa_settable *derived = settable_named(&w, "a.double_tau");
  assert_non_null(derived);
  assert_false(nsa_field_is_none(derived->given));
  assert_int_equal(w.program->fields[derived->given.id].type, NSA_B1);
  const ir_function *f = function_named(&w, "a.parameters");
  assert_non_null(f);
  assert_int_equal(f->role, NSA_ROLE_INIT);
  assert_int_equal(f->domain, 0);
  find_op(f, IR_OP_load, derived->given, 0);
  find_op(f, IR_OP_store, derived->field, find_op(f, IR_OP_load, field_named(&w, "a.tau"), 0));
  lowered_free(&w);
}

static void test_variants_name_settables(void **state) {
  (void)state;
  lowered w = lower_text(parameters);
  assert_int_equal(w.program->variants_count, 1);
  assert_int_equal(w.program->variants[0].settings_count, 1);
  const nsa_setting *s = &w.program->variants[0].settings[0];
  assert_ptr_equal(&w.program->settables[s->settable], settable_named(&w, "a.tau"));
  assert_true(s->value == 50);
  lowered_free(&w);
}

/* ---- timescales, refusals ---- */

/* A slow target takes the mean of what came since its last step. */
static void test_windows_of_slow_targets(void **state) {
  (void)state;
  lowered w = lower_text("timescale fast = 0.1 ms\ntimescale slow = 10 ms\n"
                         "neuron cell on fast { state v = 1\n dv/dt = -v/10 ms }\n"
                         "astrocyte glial on slow { state c = 0\n input J : 1/ms mean\n dc/dt = -c/1 s + J }\n"
                         "synapse syn { post.J += pre.v / 1 ms }\n"
                         "population a : cell[16]\npopulation g : glial[4]\n"
                         "connect link: a -> g via syn by all_to_all\nrecord g.c every 10 ms\nrun 20 ms\n");
  assert_int_equal(w.program->timescales[1].ticks, 100);
  assert_int_equal(w.program->collects_count, 1);
  assert_int_equal(w.program->collects[0].every, 1);
  const ir_function *step = function_named(&w, "g.step");
  nsa_field_id window = field_named(&w, "g.J.window");
  uint32_t divided = find_op(step, IR_OP_div, NSA_NO_FIELD, find_op(step, IR_OP_load, window, 0));
  assert_true(step->ops.data[step->ops.data[divided].args[1]].number == 100);
  find_op(step, IR_OP_store, window, divided);                                 /* the window starts anew */
  uint32_t seen = find_op(step, IR_OP_store, field_named(&w, "g.J"), divided); /* what others see of it */
  assert_int_equal(step->ops.data[seen].args[0], divided);
  lowered_free(&w);
}

static void test_refused_solver(void **state) {
  (void)state;
  lowered w = lower_text("timescale fast = 0.1 ms\nneuron cell { state x = 1\n dx/dt = -x^2/1 ms using exact }\n"
                         "population a : cell[4]\nrecord a.x every 1 ms\nrun 1 ms\n");
  assert_null(w.ir);
  assert_int_equal(diag_error_count(w.sink), 1);
  lowered_free(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_order_of_phases),
      cmocka_unit_test(test_reset_stands_apart),
      cmocka_unit_test(test_reset_that_reads_an_input_is_part_of_the_step),
      cmocka_unit_test(test_states_are_stored_once_at_the_end),
      cmocka_unit_test(test_rare_blocks_can_be_skipped),
      cmocka_unit_test(test_saturating_source_is_skipped),
      cmocka_unit_test(test_settables),
      cmocka_unit_test(test_derived_parameter),
      cmocka_unit_test(test_variants_name_settables),
      cmocka_unit_test(test_windows_of_slow_targets),
      cmocka_unit_test(test_refused_solver),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
