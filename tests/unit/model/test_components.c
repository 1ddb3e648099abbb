/* SPDX-License-Identifier: MIT */
/* Components: expressions, functions put in, order of lets, equations, extension, blocks. */
#include "unit/model/checked.h"

#define ASSERT_EXPR(c, owner, e, expected) assert_string_equal(expr_shown((c), (owner), (e)), (expected))

static void equations_lose_their_coefficient(void **state) {
  (void)state;
  checked c = check_text("neuron n { param tau = 20 ms, R = 1 GOhm\n"
                         "state v = -70 mV, w = 0\n"
                         "input I : pA\n"
                         "tau * dv/dt = -(v + 70 mV) + R*I unless refractory\n"
                         "dw/dt = -w/tau using euler in order\n"
                         "spike when v > 0 mV refractory 2 ms { v = -70 mV } }\n"
                         "population p : n[3]\n");
  assert_no_errors(&c);
  const model_component *n = component_named(&c, "n");
  ASSERT_EXPR(&c, n, ode_of(n, "v")->rate, "((-((v + 70)) + (R * I)) / tau)");
  ASSERT_EXPR(&c, n, ode_of(n, "v")->unless, "refractory");
  assert_int_equal(ode_of(n, "v")->solver, SOLVER_automatic);
  ASSERT_EXPR(&c, n, ode_of(n, "w")->rate, "(-(w) / tau)");
  assert_int_equal(ode_of(n, "w")->solver, SOLVER_euler_in_order);
  assert_true(n->events.data[0].is_spike);
  ASSERT_EXPR(&c, n, n->events.data[0].refractory, "2");
  assert_int_equal(n->blocks.data[0].kind, BLOCK_EVENT);
  checked_free(&c);
}

static void noise_is_taken_apart(void **state) {
  (void)state;
  checked c = check_text("neuron n { param tau = 20 ms, s = 2 mV\n"
                         "state v = 0 mV, u = 0 mV\n noise xi, eta\n"
                         "tau * dv/dt = -v + s*sqrt(2*tau)*xi - s*sqrt(tau)*eta\n"
                         "du/dt = (if u > v then s else 0 mV)*xi/sqrt(tau) }\n"
                         "population p : n[3]\n");
  assert_no_errors(&c);
  const model_component *n = component_named(&c, "n");
  const model_ode *v = ode_of(n, "v"), *u = ode_of(n, "u");
  ASSERT_EXPR(&c, n, v->rate, "(-(v) / tau)");
  ASSERT_EXPR(&c, n, v->noise.data[0], "(((s * sqrt((2 * tau))) * 1) / tau)");
  ASSERT_EXPR(&c, n, v->noise.data[1], "(-(((s * sqrt(tau)) * 1)) / tau)");
  ASSERT_EXPR(&c, n, u->rate, "0");
  ASSERT_EXPR(&c, n, u->noise.data[0], "((if((u > v), s, 0) * 1) / sqrt(tau))");
  ASSERT_EXPR(&c, n, u->noise.data[1], "nothing");
  checked_free(&c);
}

static void functions_are_put_in(void **state) {
  (void)state;
  checked c = check_text("function square(a) = a*a\n"
                         "neuron n { param k = 3\n state v = 1, w = 0 mV\n"
                         "function scaled(b) = k*square(b)\n"
                         "let a = scaled(v + 1)\n"
                         "dv/dt = (a + square(w)/(1 mV^2)) /s }\n"
                         "population p : n[3]\n");
  assert_no_errors(&c);
  const model_component *n = component_named(&c, "n");
  ASSERT_EXPR(&c, n, let_named(n, "a")->value, "(k * ((v + 1) * (v + 1)))");
  assert_true(dim_equal(ode_of(n, "v")->rate->unit, (dim){.q = {-4}}));
  checked_free(&c);
}

static void doubling_functions_hit_a_limit(void **state) {
  (void)state;
  checked c = check_text("function d(a) = a + a\n"
                         "neuron n { state v = 1\n"
                         "dv/dt = d(d(d(d(d(d(d(d(d(d(d(d(d(d(d(d(d(d(d(d(d(d(d(d(v)))))))))))))))))))))))) /s }\n");
  assert_int_equal(diag_error_count(c.sink), 1);
  checked_free(&c);
}

static void lets_come_in_order_of_need(void **state) {
  (void)state;
  checked c = check_text("neuron n { state v = 1\n"
                         "let a = b + c\n let b = c*2\n let c = v\n let on_now = a > b\n"
                         "dv/dt = (if on_now then a else b) /s }\n"
                         "population p : n[3]\n");
  assert_no_errors(&c);
  const model_component *n = component_named(&c, "n");
  const char *order[] = {"c", "b", "a", "on_now"};
  assert_int_equal(n->lets.len, 4);
  for (uint32_t i = 0; i < 4; i++)
    assert_string_equal(n->lets.data[i].name, order[i]);
  assert_true(n->lets.data[3].value->is_bool);
  checked_free(&c);
}

static void extension_adds_and_replaces(void **state) {
  (void)state;
  checked c = check_text("neuron base using rk4 { param a = 1, b = a + 1\n state v = 0\n"
                         "dv/dt = (a - v) /s\n spike when v > 1 { v = 0 } }\n"
                         "neuron more extends base { param a = 5\n state w = 0\n"
                         "dv/dt = (b - v) /s\n dw/dt = v /s\n spike when v > 2 { v = 1 } }\n"
                         "population p : more[3]\n");
  assert_no_errors(&c);
  const model_component *n = component_named(&c, "more");
  assert_int_equal(n->params.len, 2);
  assert_string_equal(n->params.data[0].name, "a");
  ASSERT_EXPR(&c, n, n->params.data[0].value, "5");
  ASSERT_EXPR(&c, n, n->params.data[1].value, "(a + 1)");
  assert_int_equal(n->odes.len, 2);
  assert_int_equal(n->events.len, 1);
  ASSERT_EXPR(&c, n, n->events.data[0].when, "(v > 2)");
  assert_int_equal(ode_of(n, "w")->solver, SOLVER_rk4);
  checked_free(&c);
}

static void reactions_follow_mass_action(void **state) {
  (void)state;
  checked c = check_text("astrocyte n { param k = 1 /uM^2/s, l = 2 /s\n"
                         "state A = 1 uM, B = 2 uM, C = 0 uM\n"
                         "reaction A + 2*B <-> C rates k, l\n dA/dt = 3 uM/s }\n"
                         "population p : n[3]\n");
  assert_no_errors(&c);
  const model_component *n = component_named(&c, "n");
  ASSERT_EXPR(&c, n, ode_of(n, "A")->rate, "(0.003 - ((((k * A) * B) * B) - (l * C)))");
  ASSERT_EXPR(&c, n, ode_of(n, "B")->rate, "-((2 * ((((k * A) * B) * B) - (l * C))))");
  ASSERT_EXPR(&c, n, ode_of(n, "C")->rate, "((((k * A) * B) * B) - (l * C))");
  checked_free(&c);
}

static void blocks_name_their_draws(void **state) {
  (void)state;
  checked c = check_text("neuron n { state v = uniform(0, 1)\n timer pause = uniform(0 s, 1 s)\n"
                         "dv/dt = -v /s\n event up when v rises above 0.5 { v = normal(0, 1) }\n"
                         "each step { if not pause { let z = uniform(0, 1)\n v = z + uniform(0, 1);"
                         " start pause for 3 ms } }\n each step { emit up } }\n"
                         "population p : n[3] { v = uniform(2, 3) }\n");
  assert_no_errors(&c);
  const model_component *n = component_named(&c, "n");
  ASSERT_EXPR(&c, n, n->states.data[0].initial, "uniform(0, 1)@v#0");
  ASSERT_EXPR(&c, n, n->timers.data[0].initial, "uniform(0, 1000)@pause#0");
  ASSERT_EXPR(&c, n, n->events.data[0].when, "(v > 0.5)");
  ASSERT_EXPR(&c, n, n->blocks.data[0].body.data[0].value, "normal(0, 1)@up#0");
  const model_stmt *branch = &n->blocks.data[1].body.data[0];
  ASSERT_EXPR(&c, n, branch->value, "not(pause)");
  ASSERT_EXPR(&c, n, branch->then_block.data[0].value, "uniform(0, 1)@each_step1#0");
  ASSERT_EXPR(&c, n, branch->then_block.data[1].value, "(local0 + uniform(0, 1)@each_step1#1)");
  assert_int_equal(branch->then_block.data[2].kind, STMT_START);
  assert_int_equal(n->blocks.data[2].body.data[0].kind, STMT_EMIT);
  assert_int_equal(n->local_count, 1);
  ASSERT_EXPR(&c, n, c.model->populations.data[0].overrides.data[0].value, "uniform(2, 3)@p.v#0");
  checked_free(&c);
}

static void names_win_over_units(void **state) {
  (void)state;
  checked c = check_text("neuron n { param s = 3, e = 2\n state v = 0\n"
                         "let a = s*e\n let b = 1/ms\n let c = exp(v)*pi\n"
                         "dv/dt = a*b*c }\npopulation p : n[3]\n");
  assert_no_errors(&c);
  const model_component *n = component_named(&c, "n");
  ASSERT_EXPR(&c, n, let_named(n, "a")->value, "(s * e)");
  assert_true(dim_equal(let_named(n, "b")->value->unit, (dim){.q = {-4}}));
  checked_free(&c);
}

static void slower_equations_keep_their_clock(void **state) {
  (void)state;
  checked c = check_text("timescale fast = 0.1 ms\ntimescale slow = 10 ms\n"
                         "neuron n { state v = 0, w = 0\n dv/dt = -v /s\n dw/dt = v /s on slow }\n"
                         "astrocyte g on slow { state Ca = 0\n dCa/dt = 1 /s }\n"
                         "population p : n[3]\npopulation q : g[3]\n");
  assert_no_errors(&c);
  assert_true(c.model->base_dt == 0.1);
  assert_int_equal(c.model->timescales.data[1].ticks, 100);
  assert_int_equal(ode_of(component_named(&c, "n"), "w")->timescale, 1);
  assert_int_equal(component_named(&c, "g")->timescale, 1);
  checked_free(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equations_lose_their_coefficient),
      cmocka_unit_test(noise_is_taken_apart),
      cmocka_unit_test(functions_are_put_in),
      cmocka_unit_test(doubling_functions_hit_a_limit),
      cmocka_unit_test(lets_come_in_order_of_need),
      cmocka_unit_test(extension_adds_and_replaces),
      cmocka_unit_test(reactions_follow_mass_action),
      cmocka_unit_test(blocks_name_their_draws),
      cmocka_unit_test(names_win_over_units),
      cmocka_unit_test(slower_equations_keep_their_clock),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
