/* SPDX-License-Identifier: MIT */
/* model_validate finds what is damaged in a model, and nothing in one that is not. */
#include "model/dump.h"
#include "unit/model/checked.h"

static const char source[] =
    "neuron n { param a = 2, tau = 20 ms\n state v = 0 mV, w = 0 mV\n input I : mV/ms\n timer busy\n"
    "let x = v / tau\n let y = x * a\n"
    "dv/dt = I - y unless refractory\n dw/dt = -w / tau\n"
    "spike when v > 10 mV refractory 2 ms {\n let old = v\n v = 0 mV\n"
    "if old > 1 mV { start busy for 3 ms } } }\n"
    "synapse s { param g = 1 mV/ms\n state q = 0\n dq/dt = -q / 5 ms\n on pre { q += 1 }\n"
    "post.I += g * q }\n"
    "population p : n[4] { v = 1 mV * i }\n population r : n[2 x 2]\n"
    "connect p -> r via s by probability(0.5) delay 1 ms\n"
    "connect two: p -> p via s by where(pre.i < post.i)\n"
    "drive p.I = 1 mV/ms from 1 ms for 2 ms as on_time\n drive r.spike = [1 ms, 2 ms]\n"
    "signal go from 1 ms\n on on_time { p.w = 0 mV }\n"
    "record p.v\n measure m = mean(p.v during on_time)\n measure k = m + m\n"
    "environment w : external { channel c[4] : mV, action go = 4 }\n"
    "act w = first(p.spike, p.v) else argmax(count(p.spike)) among w.c every 4 ms window 2 ms as choice\n"
    "drive r.I = w.c[i]/(1 ms)\n signal went at w.step\n on went { p.w = 0 mV }\n record w\n record w.c\n"
    "measure n = first(w.steps)\n"
    "variant other { p.a = 3, act w = sample(1) }\n run until w.trials == 3 for 10 ms\n";

/* ---- damages ---- */

#define NEURON (&m->components.data[0])
#define SYNAPSE (&m->components.data[1])
#define BODY (&NEURON->blocks.data[0].body)

static void no_timescale(model *m) { m->timescales.len = 0; }
static void step_of_nothing(model *m) { m->timescales.data[0].dt = 0; }
static void component_of_population(model *m) { m->populations.data[0].component = 9; }
static void population_of_synapse(model *m) { m->populations.data[0].component = 1; }
static void empty_population(model *m) { m->populations.data[1].rows = 0; }
static void override_of_let(model *m) { m->populations.data[0].overrides.data[0].target = REF_LET; }
static void source_of_connection(model *m) { m->connections.data[0].source = 2; }
static void synapse_of_others(model *m) { SYNAPSE->post_component = 1; }
static void probability_missing(model *m) { m->connections.data[0].rule.probability = NULL; }
static void condition_is_number(model *m) { m->connections.data[1].rule.condition = m->connections.data[0].delay; }
static void delay_reads_nobody(model *m) {
  m->connections.data[0].delay->kind = MX_REF;
  m->connections.data[0].delay->ref.kind = REF_STATE;
  m->connections.data[0].delay->ref.side = SIDE_ASTRO;
}
static void let_before_its_own(model *m) { NEURON->lets.data[0].value->args[0]->ref.kind = REF_LET; }
static void param_reads_later(model *m) {
  NEURON->params.data[0].value->kind = MX_REF;
  NEURON->params.data[0].value->ref.item = 1;
}
static void initial_of_other_unit(model *m) { NEURON->states.data[0].unit = dim_none(); }
static void initial_missing(model *m) { NEURON->states.data[1].initial = NULL; }
static void two_equations(model *m) { NEURON->odes.data[1].state = 0; }
static void equation_of_no_state(model *m) { NEURON->odes.data[0].state = 2; }
static void rate_missing(model *m) { NEURON->odes.data[0].rate = NULL; }
static void rate_is_truth(model *m) { NEURON->odes.data[0].rate = NEURON->odes.data[0].unless; }
static void condition_is_rate(model *m) { NEURON->events.data[0].when = NEURON->odes.data[0].rate; }
static void sum_of_units(model *m) { NEURON->odes.data[0].rate->args[0]->unit = dim_none(); }
static void operator_of_one(model *m) { NEURON->odes.data[0].rate->args[1] = NULL; }
static void solver_unknown(model *m) { NEURON->odes.data[0].solver = SOLVER_COUNT; }
static void event_of_block(model *m) { NEURON->blocks.data[0].event = 1; }
static void statement_sets_param(model *m) { BODY->data[1].target = REF_PARAM; }
static void local_out_of_range(model *m) { NEURON->local_count = 0; }
static void branch_on_number(model *m) { BODY->data[2].value = BODY->data[0].value; }
static void timer_out_of_range(model *m) { BODY->data[2].then_block.data[0].item = 1; }
static void adds_in_other_unit(model *m) { SYNAPSE->blocks.data[0].body.data[0].side = SIDE_POST; }
static void sets_partner(model *m) {
  SYNAPSE->blocks.data[0].body.data[0].side = SIDE_POST;
  SYNAPSE->blocks.data[0].body.data[0].kind = STMT_SET;
}
static void contribution_to_self(model *m) { SYNAPSE->contributions.data[0].side = SIDE_SELF; }
static void contribution_to_nobody(model *m) { SYNAPSE->contributions.data[0].side = SIDE_ASTRO; }
static void input_of_stimulus(model *m) { m->stimuli.data[0].input = 1; }
static void window_backwards(model *m) { m->stimuli.data[0].stop = 0.5; }
static void phase_out_of_range(model *m) { m->stimuli.data[0].phase = 2; }
static void event_of_drive(model *m) { m->event_drives.data[0].event = 1; }
static void times_descend(model *m) { m->event_drives.data[0].times.data[0] = 5; }
static void phase_block_of_nobody(model *m) { m->phase_blocks.data[0].population = 2; }
static void record_of_nobody(model *m) { m->records.data[0].probe.owner = 2; }
static void record_of_nothing(model *m) { m->records.data[0].probe.value = NULL; }
static void measure_of_itself(model *m) { m->measures.data[1].value->args[0]->ref = 1; }
static void measure_of_one(model *m) { m->measures.data[1].value->args[1] = NULL; }
static void param_of_variant(model *m) { m->variants.data[0].sets.data[0].item = 2; }

static void block_of_both(model *m) { m->phase_blocks.data[1].phase = 0; }
static void signal_of_block(model *m) { m->phase_blocks.data[1].signal = 2; }
static void channel_out_of_range(model *m) { m->stimuli.data[1].value->args[0]->ref.item = 1; }
static void channel_of_other(model *m) { m->channels.data[0].environment = 1; }
static void channel_of_record(model *m) { m->records.data[1].probe.last = 4; }
static void figures_missing(model *m) { m->environments.data[0].figures.len = 2; }
static void window_too_long(model *m) { m->acts.data[0].window = 5; }
static void phase_of_act(model *m) { m->acts.data[0].phase = 2; }
static void decides_not(model *m) { m->acts.data[0].decoders.len = 1; }
static void decoder_of_others(model *m) { m->environments.data[0].shape.action.choices = 5; }
static void decoder_of_numbers(model *m) { m->acts.data[0].decoders.data[1].kind = NSA_DECODER_VECTOR; }
static void event_of_decoder(model *m) { m->acts.data[0].decoders.data[0].event = 1; }
static void count_of_nothing(model *m) { m->acts.data[0].decoders.data[1].scores->ref.item = 1; }
static void among_nothing(model *m) { m->acts.data[0].decoders.data[1].among = 1; }
static void act_of_variant(model *m) { m->variants.data[0].acts.data[0].environment = 1; }
static void trials_of_nobody(model *m) { m->trial_records.data[0].environment = 1; }
static void figure_of_measure(model *m) { m->measures.data[2].value->args[0]->figure = 3; }
static void series_of_number(model *m) { m->measures.data[2].value->args[0]->is_series = false; }
static void measure_of_series(model *m) { m->measures.data[2].value->is_series = true; }
static void until_of_nobody(model *m) { m->until->args[0]->environment = 1; }

#define DAMAGE(name, words) {#name, name, words}
static const struct {
  const char *name;
  void (*damage)(model *m);
  const char *words; /* of what is found */
} damages[] = {
    DAMAGE(no_timescale, "no timescale"),
    DAMAGE(step_of_nothing, "a step of nothing"),
    DAMAGE(component_of_population, "population `p`: its component is number 9 of 3"),
    DAMAGE(population_of_synapse, "it is of a synapse"),
    DAMAGE(empty_population, "population `r`: it has no elements"),
    DAMAGE(override_of_let, "an override of what"),
    DAMAGE(source_of_connection, "its source"),
    DAMAGE(synapse_of_others, "its synapse is of other ends"),
    DAMAGE(probability_missing, "the probability of a rule: nothing"),
    DAMAGE(condition_is_number, "a truth value is needed"),
    DAMAGE(delay_reads_nobody, "a side where nobody is"),
    DAMAGE(let_before_its_own, "component `n`: x: a reference to what is not there, or comes later"),
    DAMAGE(param_reads_later, "component `n`: a: a reference"),
    DAMAGE(initial_of_other_unit, "v: its initial value has another unit"),
    DAMAGE(initial_missing, "w: nothing is there"),
    DAMAGE(two_equations, "`v` has two equations"),
    DAMAGE(equation_of_no_state, "the state of an equation is number 2 of 2"),
    DAMAGE(rate_missing, "the equation of `v`: nothing"),
    DAMAGE(rate_is_truth, "a number is needed"),
    DAMAGE(condition_is_rate, "spike: a truth value is needed"),
    DAMAGE(sum_of_units, "units that differ"),
    DAMAGE(operator_of_one, "too few or too many arguments"),
    DAMAGE(solver_unknown, "no solver"),
    DAMAGE(event_of_block, "the event of a block is number 1 of 1"),
    DAMAGE(statement_sets_param, "what is no state"),
    DAMAGE(local_out_of_range, "a let of a block"),
    DAMAGE(branch_on_number, "the condition of an `if`"),
    DAMAGE(timer_out_of_range, "a timer is number 1 of 1"),
    DAMAGE(adds_in_other_unit, "a statement in another unit"),
    DAMAGE(sets_partner, "more than add to a partner"),
    DAMAGE(contribution_to_self, "a contribution to a side"),
    DAMAGE(contribution_to_nobody, "a contribution to a side"),
    DAMAGE(input_of_stimulus, "its input is number 1 of 1"),
    DAMAGE(window_backwards, "a window that ends before"),
    DAMAGE(phase_out_of_range, "a phase is number 2 of 2"),
    DAMAGE(event_of_drive, "its event"),
    DAMAGE(times_descend, "do not ascend"),
    DAMAGE(phase_block_of_nobody, "a population is number 2"),
    DAMAGE(record_of_nobody, "a population is number 2"),
    DAMAGE(record_of_nothing, "what it looks at: nothing"),
    DAMAGE(measure_of_itself, "an earlier measure"),
    DAMAGE(measure_of_one, "too few or too many"),
    DAMAGE(block_of_both, "it waits for a phase and a signal"),
    DAMAGE(signal_of_block, "its signal is number 2 of 2"),
    DAMAGE(channel_out_of_range, "a channel that is not there"),
    DAMAGE(channel_of_other, "environment `w`: a channel is of another environment"),
    DAMAGE(channel_of_record, "record `w.c`: numbers that a channel does not have"),
    DAMAGE(figures_missing, "no figures or no action"),
    DAMAGE(window_too_long, "a decision: a window that does not fit"),
    DAMAGE(phase_of_act, "its phase is number 2 of 2"),
    DAMAGE(decides_not, "its last decoder may not decide"),
    DAMAGE(decoder_of_others, "other entries than there are choices"),
    DAMAGE(decoder_of_numbers, "a choice where numbers are needed"),
    DAMAGE(event_of_decoder, "its event is number 1 of 1"),
    DAMAGE(count_of_nothing, "its scores: a reference to what is not there"),
    DAMAGE(among_nothing, "a channel is number 1 of 1"),
    DAMAGE(act_of_variant, "variant `other`: an environment is number 1 of 1"),
    DAMAGE(trials_of_nobody, "an environment is number 1 of 1"),
    DAMAGE(figure_of_measure, "measure `n`: a figure is number 3 of 3"),
    DAMAGE(series_of_number, "a number is taken together as a series"),
    DAMAGE(measure_of_series, "measure `n`: a series that should be a number, or the other way round"),
    DAMAGE(until_of_nobody, "the run: an environment is number 1 of 1"),
    DAMAGE(param_of_variant, "a param or state is number 2 of 2"),
};

static void a_sound_model_is_valid(void **state) {
  (void)state;
  checked c = check_text(source);
  assert_no_errors(&c);
  assert_null(model_validate(c.arena, c.model));
  checked_free(&c);
}

static void each_damage_is_found(void **state) {
  (void)state;
  for (size_t k = 0; k < sizeof damages / sizeof *damages; k++) {
    checked c = check_text(source);
    assert_no_errors(&c);
    damages[k].damage((model *)(uintptr_t)c.model);
    const char *wrong = model_validate(c.arena, c.model);
    if (wrong == NULL || strstr(wrong, damages[k].words) == NULL)
      fail_msg("%s: found \"%s\", not \"%s\"", damages[k].name, wrong != NULL ? wrong : "nothing", damages[k].words);
    checked_free(&c);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_sound_model_is_valid), cmocka_unit_test(each_damage_is_found)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
