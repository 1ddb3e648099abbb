/* SPDX-License-Identifier: MIT */
/* Synapses: what their blocks add to their ends, when their equations go on, delays, and signals. */
#include "unit/model/checked.h"

#include <math.h>
#include <stdio.h>

#define ASSERT_EXPR(c, owner, e, expected) assert_string_equal(expr_shown((c), (owner), (e)), (expected))

static const char cells[] = "timescale fast = 0.1 ms\ntimescale slow = 10 ms\n"
                            "signal reward\n"
                            "neuron n on slow { state v = 0\n input I sum\n dv/dt = (I - v) /s\n"
                            "spike when v > 1 { v = 0 }\n event calm when v < 0 }\n"
                            "neuron q { state v = 0\n input I\n dv/dt = (I - v) /s\n"
                            "spike when v > 1 { v = 0;  emit reward } \n"
                            "on reward { v += reward } }\n"
                            "astrocyte g on slow { state Ca = 0\n input J sum\n"
                            "dCa/dt = (J - Ca) /s\n event release when Ca > 1 { Ca = 0 } }\n";

static checked check_with_cells(const char *more) {
  static char source[8192];
  snprintf(source, sizeof source, "%s%s", cells, more);
  return check_text(source);
}

static const model_component *synapse_of(const checked *c, uint32_t connection) {
  return &c->model->components.data[c->model->connections.data[connection].component];
}

static void assert_adds(const checked *c, const model_component *owner, const model_stmt *s, model_stmt_kind kind,
                        model_side side, model_ref_kind target, uint32_t item, const char *value) {
  assert_int_equal(s->kind, kind);
  assert_int_equal(s->side, side);
  assert_int_equal(s->target, target);
  assert_int_equal(s->item, item);
  ASSERT_EXPR(c, owner, s->value, value);
}

static void blocks_know_their_partner_and_event(void **state) {
  (void)state;
  checked c = check_with_cells("synapse s { state w = 1\n"
                               "on pre { post.v += w;  post.I -= pre.v;  astro.J += 2 }\n"
                               "on post.calm { w = 0 }\n on astro.release { w *= 2 }\n"
                               "on reward { w += reward;  emit reward }\n"
                               "every 20 ms { w = 1 }\n each step { w = 2 } }\n"
                               "population a : q[3]\npopulation b : n[3]\npopulation d : g[3]\n"
                               "connect a -> b via s by all_to_all with d by nearest\n");
  assert_no_errors(&c);
  static const block_kind kinds[] = {BLOCK_PRE, BLOCK_POST, BLOCK_ASTRO, BLOCK_SIGNAL, BLOCK_EVERY, BLOCK_EACH_STEP};
  const model_component *s = synapse_of(&c, 0);
  assert_int_equal(s->blocks.len, 6);
  for (uint32_t i = 0; i < s->blocks.len; i++)
    assert_int_equal(s->blocks.data[i].kind, kinds[i]);
  assert_int_equal(s->blocks.data[0].event, 0);
  assert_int_equal(s->blocks.data[1].event, 1);
  assert_int_equal(s->blocks.data[2].event, 0);
  const model_stmt *body = s->blocks.data[0].body.data;
  assert_adds(&c, s, &body[0], STMT_ADD, SIDE_POST, REF_STATE, 0, "w");
  assert_adds(&c, s, &body[1], STMT_SUB, SIDE_POST, REF_INPUT, 0, "pre.v");
  assert_adds(&c, s, &body[2], STMT_ADD, SIDE_ASTRO, REF_INPUT, 0, "2");
  const model_block *at_signal = &s->blocks.data[3].body;
  assert_int_equal(at_signal->data[0].value->ref.kind, REF_SIGNAL);
  assert_int_equal(at_signal->data[1].kind, STMT_EMIT);
  assert_true(at_signal->data[1].is_signal);
  ASSERT_EXPR(&c, s, s->blocks.data[4].period, "20");
  const model_component *q = component_named(&c, "q");
  assert_true(q->blocks.data[0].body.data[1].is_signal);
  assert_int_equal(q->blocks.data[1].kind, BLOCK_SIGNAL);
  checked_free(&c);
}

static void absent_astrocytes_get_nothing(void **state) {
  (void)state;
  checked c = check_with_cells("synapse s { state w = 1\n default astro.Ca = 3\n"
                               "on pre { post.v += astro.Ca;  astro.J += 2 }\n"
                               "on astro.release { w *= astro.x }\n astro.J += w }\n"
                               "population a : q[3]\n"
                               "connect a -> a via s by all_to_all\n");
  assert_no_errors(&c);
  const model_component *s = synapse_of(&c, 0);
  assert_int_equal(s->blocks.len, 1);
  assert_int_equal(s->blocks.data[0].body.len, 1);
  ASSERT_EXPR(&c, s, s->blocks.data[0].body.data[0].value, "3");
  assert_int_equal(s->contributions.len, 0);
  checked_free(&c);
}

static void equations_say_when_they_go_on(void **state) {
  (void)state;
  checked c = check_with_cells("synapse s { state a = 1, b = 1, d = 1, f = 1, h = 1, r = 1, p = 1\n"
                               "da/dt = -a /s\n db/dt = -b /s on events\n dd/dt = -d /s on slow\n"
                               "df/dt = -f /s using rk4\n dh/dt = -h /s using exact\n"
                               "reaction r <-> p rates 1 /s, 2 /s }\n"
                               "synapse k on slow { state a = 1\n da/dt = -a /s }\n"
                               "population a : q[3]\npopulation b : n[3]\n"
                               "connect a -> b via s by all_to_all\n"
                               "connect a -> b via k by all_to_all\n"
                               "connect bb: b -> b via s by all_to_all\n");
  assert_no_errors(&c);
  static const struct {
    const char *state;
    ode_timing timing;
    uint32_t timescale;
  } rows[] = {{"a", ODE_AUTOMATIC, 0}, {"b", ODE_EVENTS, 0},    {"d", ODE_CLOCK, 1},    {"f", ODE_CLOCK, 0},
              {"h", ODE_AUTOMATIC, 0}, {"r", ODE_AUTOMATIC, 0}, {"p", ODE_AUTOMATIC, 0}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const model_ode *ode = ode_of(synapse_of(&c, 0), rows[i].state);
    assert_int_equal(ode->timing, rows[i].timing);
    assert_int_equal(ode->timescale, rows[i].timescale);
  }
  assert_int_equal(synapse_of(&c, 0)->timescale, 0);
  assert_int_equal(synapse_of(&c, 1)->timescale, 1);
  assert_int_equal(ode_of(synapse_of(&c, 1), "a")->timing, ODE_CLOCK);
  assert_int_equal(synapse_of(&c, 2)->timescale, 1);
  checked_free(&c);
}

static void contributions_go_to_any_partner(void **state) {
  (void)state;
  checked c = check_with_cells("synapse s { post.I += 1\n pre.I += 2\n astro.J += 3 }\n"
                               "population a : q[3]\npopulation d : g[3]\n"
                               "connect a -> a via s by all_to_all with d by nearest\n");
  assert_no_errors(&c);
  static const model_side sides[] = {SIDE_POST, SIDE_PRE, SIDE_ASTRO};
  const model_component *s = synapse_of(&c, 0);
  assert_int_equal(s->contributions.len, 3);
  for (uint32_t i = 0; i < 3; i++)
    assert_int_equal(s->contributions.data[i].side, sides[i]);
  checked_free(&c);
}

static void delays_may_depend_on_the_link(void **state) {
  (void)state;
  checked c = check_with_cells("synapse s { param d = 1 ms\n on pre { post.v += 1 } }\n"
                               "population a : q[3 x 3]\n"
                               "connect one: a -> a via s by all_to_all delay d*distance"
                               " + uniform(0 ms, 1 ms) back 2 ms\n"
                               "connect two: a -> a via s by all_to_all\n");
  assert_no_errors(&c);
  const model_connection *one = &c.model->connections.data[0], *two = &c.model->connections.data[1];
  ASSERT_EXPR(&c, synapse_of(&c, 0), one->delay, "((d * distance) + uniform(0, 1)@one/delay#0)");
  ASSERT_EXPR(&c, synapse_of(&c, 0), one->delay_back, "2");
  assert_null(two->delay);
  assert_null(two->delay_back);
  checked_free(&c);
}

static void signals_add_their_times(void **state) {
  (void)state;
  checked c = check_text("signal s\nsignal s from 1 s\n"
                         "signal s = 2 + uniform(0, 1) from 2 s for 1 s every 100 ms\n"
                         "signal light = 3 mV from 5 ms\nsignal bare\n"
                         "signal at_once every 1 ms\n");
  assert_no_errors(&c);
  assert_int_equal(c.model->signals.len, 4);
  const model_signal *s = &c.model->signals.data[0];
  assert_int_equal(s->schedule.len, 2);
  assert_true(s->schedule.data[0].start == 1000 && s->schedule.data[0].every == 0);
  assert_true(isinf(s->schedule.data[0].stop));
  assert_true(s->schedule.data[0].value->kind == MX_NUMBER && s->schedule.data[0].value->number == 1);
  assert_true(s->schedule.data[1].stop == 3000 && s->schedule.data[1].every == 100);
  assert_string_equal(s->schedule.data[1].value->args[1]->key, "s/signal1#0");
  assert_true(dim_equal(c.model->signals.data[1].unit, (dim){.q = {0, 4}}));
  assert_int_equal(c.model->signals.data[2].schedule.len, 0);
  assert_int_equal(c.model->signals.data[3].schedule.len, 1);
  assert_true(c.model->signals.data[3].schedule.data[0].start == 0);
  assert_null(c.model->signals.data[3].schedule.data[0].value);
  checked_free(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blocks_know_their_partner_and_event), cmocka_unit_test(absent_astrocytes_get_nothing),
      cmocka_unit_test(equations_say_when_they_go_on),       cmocka_unit_test(contributions_go_to_any_partner),
      cmocka_unit_test(delays_may_depend_on_the_link),       cmocka_unit_test(signals_add_their_times),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
