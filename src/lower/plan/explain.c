/* SPDX-License-Identifier: MIT */
/* explain.c - the plan in words, for `nsa explain`: what was decided, and why. */
#include "lower/plan/builders.h"
#include "support/text.h"
#include <ctype.h>
#include <math.h>
#include <string.h>

/* ---- of populations and connections ---- */

static void explain_params(const lower_context *ctx, bool is_connection, uint32_t owner, const char *name) {
  const model_component *c = component_of(ctx, is_connection, owner);
  for (uint32_t k = 0; k < c->params.len; k++)
    if (lower_is_varied(ctx, is_connection, owner, k))
      lower_decide(ctx, name, "parameter", "%s: one value for each %s", c->params.data[k].name,
                   is_connection ? "link" : "element");
}

/* One line for all states of a group that have one solver for one reason. */
static void explain_choice(const system_plan *s, uint32_t i, const uint32_t *first_held, bool *is_told) {
  const equation_system *of = s->system;
  arena *a = of->ctx->arena;
  const solve_choice *own = &s->choices[i];
  const char *names = NULL, *reason = own->reason ? own->reason : "as the model says";
  for (uint32_t j = i; j < of->n; j++) {
    const solve_choice *other = &s->choices[j];
    if (other->group != own->group || other->solver != own->solver || other->reason != own->reason)
      continue;
    const char *name = of->component->states.data[of->odes[j]->state].name;
    names = names ? arena_printf(a, "%s, %s", names, name) : name;
    is_told[j] = true;
  }
  const solver_row *solver = &solver_rows[own->solver];
  const char *order = solver->order > 0 ? arena_printf(a, ", order %g", solver->order) : "";
  uint32_t held = first_held[own->group];
  if (held != NSA_NONE && solver->order > 1)
    order = arena_printf(a, "%s, but 1 by %s, which stands still over the step", order,
                         of->component->states.data[of->odes[held]->state].name);
  if (own->solver == SOLVER_adaptive)
    reason = arena_printf(a, "%s; tolerance %g, at most %u sub-steps", reason, s->solve.options[i].tolerance,
                          s->solve.options[i].substeps);
  if (own->depends_on_values)
    reason = arena_printf(a, "%s; so at the values of the file, which --set and variants may change", reason);
  lower_decide(of->ctx, of->name, "solver", "%s: %s%s (%s)", names, solver->words, order, reason);
}

static void explain_choices(const system_plan *s) {
  bool *is_told = ARENA_ARRAY(s->system->ctx->arena, bool, s->system->n);
  const uint32_t *first_held = plan_first_held(s->system->ctx, &s->solve, s->choices);
  for (uint32_t i = 0; i < s->system->n; i++)
    if (!is_told[i])
      explain_choice(s, i, first_held, is_told);
}

static void explain_stage_solvers(const system_plan *s) {
  const equation_system *of = s->system;
  const solver_row *solver = &solver_rows[s->set->solver];
  for (uint32_t i = 0; i < of->n; i++) {
    const char *why =
        of->odes[i]->solver == SOLVER_automatic ? "as those that it is coupled with" : "as the model says";
    if (s->set->solver == SOLVER_adaptive)
      why = arena_printf(of->ctx->arena, "%s; tolerance %g, at most %u sub-steps, common to all", why,
                         s->set->options.tolerance, s->set->options.substeps);
    lower_decide(of->ctx, of->name, "solver", "%s: %s, order %g (%s; contributions at its stages)",
                 of->component->states.data[of->odes[i]->state].name, solver->words, solver->order, why);
  }
}

/* A step may be fine on purpose: for others' sake, or what an experiment asks. What links do counts as the equations
 * do. */
static void explain_step(const system_plan *s, double coupling_rate) {
  const equation_system *of = s->system;
  double fastest = s->spectrum.fastest, dt = s->solve.dt, coupled = fastest;
  if (!(fastest > 0))
    return;
  if (coupling_rate * fastest > 1)
    coupled = 1 / coupling_rate;
  if (dt < 1e-3 * coupled)
    lower_decide(of->ctx, of->name, "timescale",
                 "a step of up to %.3g ms would still resolve it, at a fraction of the time", coupled / 100);
  lower_decide(of->ctx, of->name, "timescale",
               "time constants %.4g to %.4g ms at the initial state; step %.4g ms (%.3g of the fastest)", fastest,
               s->spectrum.slowest, dt, dt / fastest);
}

static void explain_system(const system_plan *s, double coupling_rate) {
  if (!s->system || s->is_refused)
    return;
  if (s->set)
    explain_stage_solvers(s);
  else
    explain_choices(s);
  explain_step(s, coupling_rate);
}

/* ---- populations ---- */

static void explain_slopes(const lower_context *ctx, uint32_t population, const population_plan *plan) {
  const model_component *c = component_of_population(ctx, population);
  for (uint32_t k = 0; k < c->odes.len; k++)
    if (plan->states[c->odes.data[k].state].is_extrapolated)
      lower_decide(ctx, ctx->m->populations.data[population].name, "coupling",
                   "%s: others read it between two ticks as it goes on from its last step (linear)",
                   c->states.data[c->odes.data[k].state].name);
}

static void explain_bound(const lower_context *ctx, const coupling_bound *b, uint32_t population) {
  double dt = ctx->m->timescales.data[b->timescale].dt;
  for (uint32_t i = 0; i < b->populations.len; i++)
    if (b->populations.data[i] == population)
      lower_decide(ctx, ctx->m->populations.data[population].name, "coupling",
                   "links couple at rates up to %.4g /ms%s; %s %.3g ms", b->rate, b->is_staged ? " (with its own)" : "",
                   isfinite(b->limit) ? "stable below" : "any step, as sub-steps adapt:",
                   isfinite(b->limit) ? b->limit / b->rate : dt);
}

static void explain_split(const lower_context *ctx, uint32_t population) {
  const model *m = ctx->m;
  const char *name = m->populations.data[population].name;
  const model_component *c = component_of_population(ctx, population);
  const model_stage_set *set = &m->stage_sets.data[m->populations.data[population].stage_set];
  for (uint32_t k = 0; set->is_diffusing && k < m->diffusions.len; k++)
    if (m->diffusions.data[k].population == population)
      lower_decide(
          ctx, name, "coupling",
          "%s diffuses implicitly, half a step before the solvers and half a step behind them: order 2, stable for any step",
          c->states.data[m->diffusions.data[k].state].name);
  if (set->is_diffusing)
    return;
  text others = text_new(ctx->arena);
  for (uint32_t k = 0; k < set->populations.len; k++)
    if (set->populations.data[k] != population)
      text_printf(&others, "%s %s", others.len ? "," : " together with",
                  m->populations.data[set->populations.data[k]].name);
  lower_decide(ctx, name, "coupling", "contributions at each of %u stages%s", solve_tableau_of(set->solver)->stages,
               others.len ? text_cstr(&others) : "");
}

static void explain_precision(const lower_context *ctx, uint32_t population, const population_plan *plan) {
  const char *name = ctx->m->populations.data[population].name;
  if (plan->is_single)
    lower_decide(ctx, name, "precision", "single: states, inputs and parameters of elements are floats%s",
                 plan->keeps_doubles ? ", but for those that events or links add to at once" : "");
  else if (ctx->m->precision != NSA_PRECISION_DOUBLE)
    lower_decide(ctx, name, "precision", "double");
}

static void explain_population(const lower_context *ctx, const lower_plan *plan, uint32_t population) {
  uint32_t own = component_of_population(ctx, population)->timescale;
  const uint32_t *order = lower_timescales_by_length(ctx);
  const population_plan *of = &plan->populations[population];
  const system_plan *systems = plan->systems[population];
  double rate = lower_coupling_rate(&plan->coupling, population);
  explain_params(ctx, false, population, ctx->m->populations.data[population].name);
  explain_slopes(ctx, population, of);
  for (uint32_t k = 0; k < plan->coupling.len; k++)
    explain_bound(ctx, &plan->coupling.data[k], population);
  if (!of->is_split)
    explain_system(&systems[own], rate);
  for (uint32_t k = 0; k < ctx->m->timescales.len; k++)
    if (order[k] != own)
      explain_system(&systems[order[k]], rate);
  if (of->is_split) {
    explain_split(ctx, population);
    explain_system(&systems[own], rate);
  }
  explain_precision(ctx, population, of);
}

/* ---- connections ---- */

static void explain_states(const lower_context *ctx, uint32_t connection, const connection_plan *plan) {
  static const char *const keepers[] = {"each link", "each source", "each target", "each astrocyte"};
  const char *name = ctx->m->connections.data[connection].name;
  for (uint32_t k = 0; k < plan->state_count; k++) {
    const state_plan *s = &plan->states[k];
    const char *state = component_of_connection(ctx, connection)->states.data[k].name, *keeper = keepers[s->home];
    if (s->is_summed)
      lower_decide(
          ctx, name, "state",
          "%s: its sum is kept for each element that it is added to, none for a link: it decays in proportion to "
          "itself and is only summed up",
          state);
    else if (s->advance == ADVANCE_AT_EVENTS)
      lower_decide(ctx, name, "state", "%s: one value for %s, advanced in closed form when an event needs it%s", state,
                   keeper, lower_follows_partner(plan, s->home) ? ", and at the ticks of its slow partner" : "");
    else if (s->advance == ADVANCE_BY_CLOCK)
      lower_decide(ctx, name, "state", "%s: one value for %s, advanced at every step: %s", state, keeper, s->why);
    else
      lower_decide(ctx, name, "state", "%s: one value for %s%s", state, keeper,
                   s->is_changing ? ", changed by events" : "");
  }
}

/* Of a quotient that was split (terms.c): the 1 has the place of the whole. */
static bool is_reciprocal(const model_expr *e) {
  return e->kind == MX_DIV && e->args[0]->at.start == e->at.start && e->args[0]->at.end == e->at.end;
}

/* Whether a text is one name or number, which needs no brackets as a divisor. */
static bool is_one_word(const char *source, uint32_t len) {
  uint32_t k = 0;
  while (k < len && (isalnum((unsigned char)source[k]) || strchr("._", source[k])))
    k++;
  return k == len;
}

/* A factor as its author wrote it. Its span leaves out brackets around the whole and behind the last term. */
static void add_factor_text(const lower_context *ctx, text *t, const model_expr *e) {
  bool is_divisor = is_reciprocal(e);
  if (is_divisor)
    e = e->args[1];
  size_t len;
  const char *source = diag_file_text(ctx->sink, e->at.file, &len) + e->at.start;
  uint32_t length = e->at.end - e->at.start;
  bool is_sum = e->kind == MX_ADD || e->kind == MX_SUB || e->kind == MX_SELECT;
  bool is_bracketed = is_sum || (is_divisor && !is_one_word(source, length));
  int open = 0;
  for (uint32_t k = 0; k < length; k++)
    open += (source[k] == '(') - (source[k] == ')');
  text_printf(t, "%s%s", is_divisor ? "1/" : "", is_bracketed ? "(" : "");
  text_add(t, source, length);
  text_printf(t, "%s%s", open > 0 ? ")" : "", is_bracketed ? ")" : "");
}

static const char *join_factors(const lower_context *ctx, factors f) {
  text t = text_new(ctx->arena);
  for (uint32_t k = 0; k < f.count; k++) {
    if (f.list[k]->at.file == UINT32_MAX)
      continue;
    if (t.len)
      text_puts(&t, " * ");
    add_factor_text(ctx, &t, f.list[k]);
  }
  return t.len ? text_cstr(&t) : "1";
}

static void explain_term(const lower_context *ctx, const term_plan *t) {
  const model_connection *mc = &ctx->m->connections.data[t->connection];
  if (t->kind == TERM_STENCIL)
    lower_decide(ctx, mc->name, "link sum", "a stencil over %u grid neighbours, no stored links: %s", mc->rule.degree,
                 join_factors(ctx, t->target));
  else if (t->kind != TERM_TOTAL)
    lower_decide(ctx, mc->name, "link sum", "%s (once a target) * sum over links of %s (once a %s) * %s (a link)",
                 join_factors(ctx, t->target), join_factors(ctx, t->source.factors),
                 t->from == SIDE_ASTRO ? "partner" : "source", join_factors(ctx, t->weight));
}

static void explain_partner(const lower_context *ctx, uint32_t connection) {
  const model_connection *mc = &ctx->m->connections.data[connection];
  if (!mc->has_partner)
    return;
  const char *near = ctx->m->populations.data[mc->partner_of == SIDE_PRE ? mc->source : mc->target].name;
  bool may_be_absent = mc->has_partner_per_link && component_of_connection(ctx, connection)->astro_defaults.len;
  lower_decide(ctx, mc->name, "partner", "one of %s for each %s%s", ctx->m->populations.data[mc->partner].name,
               mc->has_partner_per_link ? "link" : arena_printf(ctx->arena, "element of %s", near),
               may_be_absent ? ", or none" : "");
}

static void explain_connection(const lower_context *ctx, uint32_t connection, const connection_plan *plan) {
  uint32_t own = component_of_connection(ctx, connection)->timescale;
  const uint32_t *order = lower_timescales_by_length(ctx);
  explain_params(ctx, true, connection, ctx->m->connections.data[connection].name);
  explain_states(ctx, connection, plan);
  for (uint32_t k = 0; k < plan->terms.len; k++)
    explain_term(ctx, &plan->terms.data[k]);
  explain_system(&plan->systems[own], 0);
  for (uint32_t k = 0; k < ctx->m->timescales.len; k++)
    if (order[k] != own)
      explain_system(&plan->systems[order[k]], 0);
  explain_partner(ctx, connection);
}

void plan_explain(const lower_context *ctx, const lower_plan *plan) {
  for (uint32_t k = 0; k < ctx->m->populations.len; k++)
    explain_population(ctx, plan, k);
  for (uint32_t k = 0; k < ctx->m->connections.len; k++)
    explain_connection(ctx, k, &plan->connections[k]);
  plan_explain_phase_sets(ctx);
  plan_explain_environments(ctx);
}
