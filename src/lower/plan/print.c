/* SPDX-License-Identifier: MIT */
/* print.c - the plan as text, for `nsa emit --plan`: a line a decision, in the names of the model. */
#include "lower/plan/plan.h"
#include "nsa_words.h"
#include "support/text.h"
#include <stdarg.h>
#include <stdio.h>

typedef struct {
  const lower_context *ctx;
  const lower_plan *plan;
  text *out;
} printer;

static void say(const printer *p, const char *topic, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void say(const printer *p, const char *topic, const char *format, ...) {
  va_list args;
  char line[1024];
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  text_printf(p->out, "  %-10s %s\n", topic, line);
}

/* A list with commas between its items. */
static void item(text *list, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void item(text *list, const char *format, ...) {
  va_list args;
  char name[256];
  va_start(args, format);
  vsnprintf(name, sizeof name, format, args);
  va_end(args);
  text_printf(list, "%s%s", list->len ? ", " : "", name);
}

static const char *name_of(const printer *p, uint32_t population) {
  return p->ctx->m->populations.data[population].name;
}

static double milliseconds(const printer *p, uint32_t base_ticks) { return base_ticks * p->ctx->m->base_dt; }

/* What `nsa explain` says of it as well. */
static void print_explained(const printer *p, const char *subject) {
  for (uint32_t k = 0; k < p->ctx->report->decisions.len; k++) {
    const lower_decision *d = &p->ctx->report->decisions.data[k];
    if (!strcmp(d->subject, subject))
      say(p, d->topic, "%s", d->text);
  }
}

/* ---- populations ---- */

static const char *const settling[] = {
    [SETTLES_IN_STEP] = "in the kernel of the step",
    [SETTLES_APART] = "in a kernel of its own, for the few elements that fired",
    [SETTLES_FOR_OTHERS] = "in a kernel of its own, before others look at it",
};

static void print_tick(const printer *p, uint32_t population) {
  const population_plan *plan = &p->plan->populations[population];
  const model_component *c = component_of_population(p->ctx, population);
  if (lower_has_event_blocks(c) || plan->settle != SETTLES_IN_STEP)
    say(p, "phase 1", "%s", settling[plan->settle]);
  if (plan->is_looked_at)
    say(p, "looks", "%s look at it before its step", plan->is_split ? "kernels of its own" : "links");
  if (plan->is_added_to_at_once)
    say(p, "additions", "become part of states at once, %s",
        plan->absorbs ? "by a kernel of its own" : "not in the step");
  if (plan->fires_apart)
    say(p, "events", "from outside happen between two ticks, by a kernel of its own");
  if (plan->is_split)
    say(p, "phase 4", "in kernels of its own, before the step's");
}

static void print_states(const printer *p, uint32_t population) {
  const population_plan *plan = &p->plan->populations[population];
  const model_component *c = component_of_population(p->ctx, population);
  for (uint32_t k = 0; k < c->states.len; k++)
    if (plan->states[k].added != ADDED_NEVER)
      say(p, "state", "%s: links add to it at events, %s", c->states.data[k].name,
          plan->states[k].added == ADDED_DIRECTLY ? "one after the other" : "apart, until the end of phase 2");
}

static void print_event(const printer *p, uint32_t population, uint32_t event) {
  const event_plan *plan = &p->plan->populations[population].events[event];
  const char *name = component_of_population(p->ctx, population)->events.data[event].name;
  if (plan->is_driven)
    say(p, "event", "%s: also from outside", name);
  if (plan->is_rare)
    say(p, "event", "%s: from its condition alone, nothing is done where that does not hold", name);
  if (plan->is_remembered)
    say(p, "event", "%s: whether its condition held is kept from step to step", name);
  if (plan->keeper)
    say(p, "event", "%s: what blocks emit is kept until the step's kernel sends it", name);
  if (plan->counts_repeats)
    say(p, "event", "%s: counts how often it happens twice in one step", name);
  if (plan->counts_stuck)
    say(p, "event", "%s: counts how often its own blocks leave its condition true", name);
}

static void print_events(const printer *p, uint32_t population) {
  const population_plan *plan = &p->plan->populations[population];
  const model_component *c = component_of_population(p->ctx, population);
  for (uint32_t k = 0; k < c->events.len; k++)
    print_event(p, population, k);
  for (uint32_t k = 0; k < p->ctx->m->signals.len; k++)
    if (plan->signals[k].sender)
      say(p, "signal", "%s: sent%s", p->ctx->m->signals.data[k].name,
          plan->signals[k].keeper ? "; what blocks emit is kept until the step's kernel sends it" : "");
  for (uint32_t k = 0; k < c->blocks.len; k++)
    if (c->blocks.data[k].kind == BLOCK_SIGNAL)
      say(p, "signal", "%s: heard%s", p->ctx->m->signals.data[c->blocks.data[k].event].name,
          plan->hears != HEARS_APART          ? ""
          : lower_is_slow(p->ctx, population) ? " between two ticks, by a kernel of its own"
                                              : " before blocks of the top level, by a kernel of its own");
}

static void print_window(const printer *p, const char *name, const input_plan *plan) {
  if (!plan->is_windowed)
    return;
  say(p, "window", "%s: %s", name,
      plan->is_by_step    ? "a kernel before each fast step combines what comes to it"
      : plan->accumulates ? "collect kernels combine what comes to it"
                          : "what came is taken at the tick");
  if (plan->is_given)
    say(p, "window", "%s: what links gave is kept%s", name,
        plan->is_given_at_steps ? " from one fast step to the next" : " apart, once a tick");
}

static void print_input(const printer *p, uint32_t population, uint32_t input) {
  const input_plan *plan = &p->plan->inputs[population][input];
  const char *name = component_of_population(p->ctx, population)->inputs.data[input].name;
  if (plan->every)
    say(p, "input", "%s: collected every %g ms", name, milliseconds(p, plan->every));
  for (uint32_t k = 0; k < plan->parts.len; k++)
    say(p, "input", "%s: with what is collected every %g ms, which holds in between", name,
        milliseconds(p, plan->parts.data[k]));
  print_window(p, name, plan);
  if (plan->is_staged)
    say(p, "input", "%s: collected at stages%s", name,
        plan->keeps_held ? "; what is held meanwhile is kept apart" : "");
}

static void list_states(const printer *p, uint32_t population, text *list) {
  const population_plan *plan = &p->plan->populations[population];
  const model_component *c = component_of_population(p->ctx, population);
  for (uint32_t k = 0; k < c->states.len; k++) {
    const char *name = c->states.data[k].name;
    item(list, "%s", name);
    if (plan->states[k].added == ADDED_APART)
      item(list, "%s.arrived", name);
    if (plan->states[k].is_extrapolated)
      item(list, "%s.slope", name);
    if (plan->states[k].is_staged)
      item(list, "%s.start", name);
  }
  for (uint32_t k = 0; k < c->timers.len; k++)
    item(list, "%s", c->timers.data[k].name);
}

static void list_events(const printer *p, uint32_t population, text *list) {
  const population_plan *plan = &p->plan->populations[population];
  const model_component *c = component_of_population(p->ctx, population);
  for (uint32_t k = 0; k < c->events.len; k++) {
    const event_plan *e = &plan->events[k];
    const struct {
      bool exists;
      const char *suffix;
    } arrays[] = {{true, ""},
                  {c->events.data[k].refractory != NULL, ".refractory"},
                  {e->is_driven, ".driven"},
                  {e->counts_repeats, ".repeated"},
                  {e->counts_stuck, ".stuck"},
                  {e->is_remembered, ".before"},
                  {e->keeper != NULL, ".pending"}};
    for (uint32_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
      if (arrays[i].exists)
        item(list, "%s%s", c->events.data[k].name, arrays[i].suffix);
  }
}

static void list_inputs(const printer *p, uint32_t population, text *list) {
  const population_plan *plan = &p->plan->populations[population];
  const model_component *c = component_of_population(p->ctx, population);
  for (uint32_t k = 0; k < c->inputs.len; k++) {
    const input_plan *in = &p->plan->inputs[population][k];
    const struct {
      bool exists;
      const char *suffix;
    } arrays[] = {{in->every || in->is_windowed, ""},
                  {plan->has_stimulus[k], ".external"},
                  {plan->is_input_added_to[k], ".arrived"},
                  {in->is_given, ".given"},
                  {in->accumulates || in->is_by_step, ".window"},
                  {in->keeps_held, ".held"}};
    for (uint32_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
      if (arrays[i].exists)
        item(list, "%s%s", c->inputs.data[k].name, arrays[i].suffix);
    for (uint32_t i = 0; i < in->parts.len; i++)
      item(list, "%s.part%u", c->inputs.data[k].name, in->parts.data[i]);
  }
}

static void print_arrays(const printer *p, uint32_t population) {
  text list = text_new(p->ctx->arena);
  list_states(p, population, &list);
  list_events(p, population, &list);
  list_inputs(p, population, &list);
  say(p, "arrays", "%s", list.len ? text_cstr(&list) : "none");
}

static void print_single(const printer *p, uint32_t population) {
  const population_plan *plan = &p->plan->populations[population];
  const model_component *c = component_of_population(p->ctx, population);
  text list = text_new(p->ctx->arena);
  for (uint32_t k = 0; k < c->params.len; k++)
    if (plan->is_param_single[k])
      item(&list, "%s", c->params.data[k].name);
  for (uint32_t k = 0; k < c->states.len; k++)
    if (plan->states[k].is_single)
      item(&list, "%s", c->states.data[k].name);
  for (uint32_t k = 0; plan->is_single && k < c->inputs.len; k++)
    if (p->plan->inputs[population][k].every || p->plan->inputs[population][k].is_windowed)
      item(&list, "%s", c->inputs.data[k].name);
  if (plan->is_single)
    say(p, "single", "%s", list.len ? text_cstr(&list) : "only what kernels compute");
}

static void print_population(const printer *p, uint32_t population) {
  const model_component *c = component_of_population(p->ctx, population);
  text_printf(p->out, "population %s: %s on %s\n", name_of(p, population), c->name,
              p->ctx->m->timescales.data[c->timescale].name);
  print_explained(p, name_of(p, population));
  print_tick(p, population);
  print_states(p, population);
  print_events(p, population);
  for (uint32_t k = 0; k < c->inputs.len; k++)
    print_input(p, population, k);
  print_arrays(p, population);
  print_single(p, population);
}

/* ---- connections ---- */

static const char *const weights[] = {
    [WEIGHT_NONE] = "no weight",
    [WEIGHT_PARAM] = "a parameter of the link is the weight",
    [WEIGHT_STATE] = "a state of the link is the weight",
    [WEIGHT_ONCE] = "the weight is evaluated once, when the links are there",
    [WEIGHT_EACH] = "the weight is evaluated before each sum",
};

static const char *state_name(const printer *p, uint32_t connection, uint32_t state) {
  return component_of_connection(p->ctx, connection)->states.data[state].name;
}

static const char *split_in_words(const printer *p, const term_plan *t) {
  const char *source = !t->source.factors.count ? "no source term"
                       : t->source.is_fused     ? "the source term is made by the step's kernel of its population"
                                                : "the source term has a kernel of its own";
  const char *every =
      t->sum_every ? arena_printf(p->ctx->arena, "summed every %g ms", milliseconds(p, t->sum_every)) : "summed once";
  return arena_printf(p->ctx->arena, "split; %s%s%s; %s; %s", source, t->is_delayed ? ", seen as it was" : "",
                      t->source.counts_at_start ? ", from the start on" : "", weights[t->weight_kind], every);
}

static const char *term_in_words(const printer *p, uint32_t connection, const term_plan *t) {
  arena *a = p->ctx->arena;
  switch (t->kind) {
  case TERM_STENCIL:
    return "a stencil over grid neighbours, in the collect kernel";
  case TERM_COUNT:
    return "the same for all links of a target: their number times that";
  case TERM_TOTAL:
    return arena_printf(a, "the total of %s over links", state_name(p, connection, t->state));
  case TERM_SPLIT:
    return split_in_words(p, t);
  case TERM_WHOLE:
    return arena_printf(a, "inseparable: evaluated link by link every %g ms%s", milliseconds(p, t->sum_every),
                        t->pasts.len ? ", with what pre was" : "");
  }
  return "";
}

static void print_term(const printer *p, uint32_t connection, const term_plan *t) {
  const model_contribution *x = t->contribution;
  uint32_t to = lower_population_of_side(p->ctx, connection, x->side);
  say(p, "term", "%s%s.%s: %s", t->is_negative ? "-" : "", lower_side_words[x->side],
      component_of_population(p->ctx, to)->inputs.data[x->input].name, term_in_words(p, connection, t));
}

static void print_arrival(const printer *p, uint32_t connection, const arrival_plan *a) {
  const char *shared = a->changes_shared ? ", and one over the elements whose links share a state" : "";
  if (a->kind == BLOCK_SIGNAL) {
    say(p, "signal", "%s: heard%s", p->ctx->m->signals.data[a->event].name, shared);
    return;
  }
  model_side side = lower_side_of_block(a->kind);
  const model_component *c = component_of_population(p->ctx, lower_population_of_side(p->ctx, connection, side));
  say(p, "event", "%s of %s: a kernel over the links%s", c->events.data[a->event].name, lower_side_words[side], shared);
}

static void print_blocks(const printer *p, const connection_plan *plan, uint32_t connection) {
  for (uint32_t k = 0; k < plan->arrivals.len; k++)
    print_arrival(p, connection, &plan->arrivals.data[k]);
  if (plan->is_clocked)
    say(p, "clock", "a kernel over the links before the populations' steps");
}

static void print_rule(const printer *p, const rule_plan *plan) {
  arena *a = p->ctx->arena;
  if (!plan->rule)
    return;
  const char *word = nsa_word_of_rule_kind(plan->rule->kind);
  const char *number = plan->probability >= 0 ? arena_printf(a, " of %g", plan->probability) : "";
  const char *reach = plan->reach > 0 ? arena_printf(a, ", only up to a distance of %g", plan->reach) : "";
  say(p, "rule", "%s: %s%s%s%s%s", plan->name, word, number, plan->condition ? "; a kernel asks each pair" : "", reach,
      plan->has_copies ? ", each of its links" : "");
}

static void print_connection(const printer *p, uint32_t connection) {
  const model_connection *mc = &p->ctx->m->connections.data[connection];
  const connection_plan *plan = &p->plan->connections[connection];
  text_printf(p->out, "connection %s: %s -> %s via %s\n", mc->name, name_of(p, mc->source), name_of(p, mc->target),
              component_of_connection(p->ctx, connection)->name);
  print_explained(p, mc->name);
  print_rule(p, &plan->rule);
  print_rule(p, &plan->partner_rule);
  print_rule(p, &plan->partner_probability);
  if (plan->has_default)
    say(p, "partner", "links without one have a value for all that they read of it");
  if (plan->refresh)
    say(p, "refresh", "states at events are brought up to date every %g ms", milliseconds(p, plan->refresh));
  print_blocks(p, plan, connection);
  for (uint32_t k = 0; k < plan->terms.len; k++)
    print_term(p, connection, &plan->terms.data[k]);
}

/* ---- the experiment ---- */

static void print_stimulus(const printer *p, uint32_t k) {
  const model_stimulus *st = &p->ctx->m->stimuli.data[k];
  const stimulus_plan *plan = &p->plan->experiment.stimuli[k];
  arena *a = p->ctx->arena;
  const char *image = plan->pixels == NSA_NONE ? ""
                      : plan->pixels == k      ? "; an array of its own for pixels"
                                               : arena_printf(a, "; pixels in the array of number %u", plan->pixels);
  say(p, "stimulus", "%u: %s.%s: %s%s%s%s", k, name_of(p, st->population),
      component_of_population(p->ctx, st->population)->inputs.data[st->input].name,
      plan->kernel == k ? "a kernel of its own" : arena_printf(a, "the kernel of number %u", plan->kernel), image,
      plan->is_varying ? "; it varies" : "", plan->reads_channels ? "; it changes with an environment" : "");
}

static const char *const looks[] = {
    [PROBE_SIZE] = "how many there are",
    [PROBE_EVENTS] = "events",
    [PROBE_STORED] = "an array has it",
    [PROBE_COMPUTED] = "a kernel computes it",
};

/* Of a score that counts events: in whose windows it does so. */
static const char *window_of(const printer *p, const probe_plan *probe) {
  if (probe->act == NSA_NONE)
    return "";
  const model_act *act = p->plan->experiment.acts.data[probe->act].act;
  return arena_printf(p->ctx->arena, " in the windows of the decision for %s at %s",
                      p->ctx->m->environments.data[act->environment].name, p->ctx->m->phases.data[act->phase].name);
}

static const char *look_of(const printer *p, uint32_t probe) {
  if (probe == NSA_NONE)
    return "nothing";
  const probe_plan *plan = &p->plan->experiment.probes.data[probe];
  return arena_printf(p->ctx->arena, "%s%s", looks[plan->kind], window_of(p, plan));
}

static void print_decoder(const printer *p, const decoder_plan *plan) {
  const char *word = nsa_word_of_decoder_kind(plan->decoder->kind);
  if (plan->decoder->kind == NSA_DECODER_VECTOR)
    for (uint32_t k = 0; k < plan->nodes.len; k++)
      say(p, "decoder", "%s: number %u is node %u of the measures", word, k, plan->nodes.data[k]);
  else
    say(p, "decoder", "%s: scores: %s; ties: %s", word, look_of(p, plan->scores), look_of(p, plan->tie));
}

static void print_act(const printer *p, const act_plan *plan) {
  const model_act *act = plan->act;
  text_printf(p->out, "decision for %s: every %g ms, window %g ms, phase %s\n",
              p->ctx->m->environments.data[act->environment].name, act->every, act->window,
              p->ctx->m->phases.data[act->phase].name);
  for (uint32_t k = 0; k < plan->counts.len; k++) {
    const counted_event *c = &plan->counts.data[k];
    say(p, "counts", "%s.%s: in an array, for each element", name_of(p, c->population),
        component_of_population(p->ctx, c->population)->events.data[c->event].name);
  }
  for (uint32_t k = 0; k < plan->decoders.len; k++)
    print_decoder(p, &plan->decoders.data[k]);
}

static void print_experiment(const printer *p) {
  const experiment_plan *plan = &p->plan->experiment;
  uint32_t records = p->ctx->m->records.len;
  if (p->ctx->m->stimuli.len || plan->probes.len)
    text_printf(p->out, "experiment\n");
  for (uint32_t k = 0; k < p->ctx->m->stimuli.len; k++)
    print_stimulus(p, k);
  for (uint32_t k = 0; k < records; k++)
    say(p, "record", "%s: %s", plan->probes.data[k].name, looks[plan->probes.data[k].kind]);
  for (uint32_t k = 0; k < plan->nodes.len; k++) {
    const measure_plan *n = &plan->nodes.data[k];
    if (n->probe != NSA_NONE)
      say(p, "measure", "%s: %s: %s", plan->probes.data[n->probe].name, nsa_word_of_measure_kind(n->node->kind),
          looks[plan->probes.data[n->probe].kind]);
  }
}

/* ---- the whole ---- */

static void print_set(const printer *p, const model_stage_set *set) {
  text list = text_new(p->ctx->arena);
  for (uint32_t k = 0; k < set->populations.len; k++)
    item(&list, "%s", name_of(p, set->populations.data[k]));
  text_printf(p->out, "stages of %s: %s\n", text_cstr(&list),
              set->is_diffusing ? "solvers between two halves of diffusion" : solver_rows[set->solver].words);
}

void lower_plan_print(const lower_plan *plan, text *out) {
  const lower_context *ctx = plan->ctx;
  const printer p = {ctx, plan, out};
  for (uint32_t k = 0; k < ctx->m->populations.len; k++)
    print_population(&p, k);
  for (uint32_t k = 0; k < ctx->m->connections.len; k++)
    print_connection(&p, k);
  for (uint32_t k = 0; k < ctx->m->stage_sets.len; k++)
    print_set(&p, &ctx->m->stage_sets.data[k]);
  print_experiment(&p);
  for (uint32_t k = 0; k < ctx->m->environments.len; k++) {
    text_printf(out, "environment %s\n", ctx->m->environments.data[k].name);
    print_explained(&p, ctx->m->environments.data[k].name);
  }
  for (uint32_t k = 0; k < plan->experiment.acts.len; k++)
    print_act(&p, &plan->experiment.acts.data[k]);
}
