/* SPDX-License-Identifier: MIT */
/* systems.c - the solvers of equations that are advanced together, and how their time constants compare with the step.
 */
#include "lower/plan/builders.h"
#include "support/text.h"

/* ---- the spike that ends an element's step ---- */

/* One whose blocks reset what its condition reads: its upstroke need not go on. An event of the component, or NSA_NONE.
 */
static uint32_t resetting_spike(const equation_system *s) {
  for (uint32_t k = 0; k < s->component->events.len && !s->is_connection; k++)
    if (s->component->events.data[k].is_spike && s->component->events.data[k].is_reset)
      return k;
  return NSA_NONE;
}

static bool is_set_by(const model_component *c, uint32_t event, uint32_t state) {
  for (uint32_t k = 0; k < c->blocks.len; k++) {
    const model_on *on = &c->blocks.data[k];
    if (on->kind == BLOCK_EVENT && on->event == event && lower_sets_state(&on->body, state))
      return true;
  }
  return false;
}

/* Which states may run away before that spike sets them, and are seen by no link until then; NULL: none. */
static const bool *find_upstrokes(const equation_system *s, const solve_system *sys, uint32_t spike) {
  bool *found = ARENA_ARRAY(s->ctx->arena, bool, s->n), any = false;
  for (uint32_t i = 0; i < s->n; i++) {
    uint32_t state = s->odes[i]->state;
    found[i] = is_set_by(s->component, spike, state) && solve_is_curved(s->ctx->arena, sys, i) &&
               !lower_links_read(s->ctx, s->owner, state);
    any = any || found[i];
  }
  return any ? found : NULL;
}

static void add_stop(equation_system *s, solve_system *sys, uint32_t timescale) {
  uint32_t spike = resetting_spike(s);
  bool has_substeps = false;
  for (uint32_t i = 0; i < sys->n; i++)
    has_substeps = has_substeps || sys->solver[i] == SOLVER_adaptive || sys->solver[i] == SOLVER_implicit;
  if (spike == NSA_NONE || timescale != s->component->timescale)
    return;
  sys->is_upstroke = find_upstrokes(s, sys, spike);
  if (!has_substeps && sys->is_upstroke == NULL)
    return;
  lower_system_stops_at(s, spike);
  sys->stop = s->stop;
  sys->is_invariant = s->is_invariant.data;
}

/* ---- choosing methods ---- */

/* Contributions that are held, and drives that change, are of first order; diffusion that is split off of second. */
static double order_of_inputs(const equation_system *s) {
  const model *m = s->ctx->m;
  double order = 9;
  for (uint32_t k = 0; k < m->connections.len; k++) {
    const model_connection *mc = &m->connections.data[k];
    bool contributes = mc->target == s->owner && component_of_connection(s->ctx, k)->contributions.len;
    if (contributes && mc->coupling != COUPLING_STAGES)
      order = mc->coupling == COUPLING_IMPLICIT && order > 2 ? 2 : 1;
  }
  for (uint32_t k = 0; k < m->stimuli.len; k++)
    if (m->stimuli.data[k].population == s->owner && m->stimuli.data[k].value->kind != MX_NUMBER)
      order = 1;
  return order;
}

/* most: which what the equation reads allows; 9: any. */
static void note_order(const equation_system *s, const char *state, solver_kind solver, double most) {
  double order = solver_rows[solver].order;
  if (solver == SOLVER_adaptive && most == 9) /* its error is what the tolerance leaves, not the step */
    return;
  lower_order o = {s->name, state, most < 9 && (order == 0 || order > most) ? most : order};
  vec_push(s->ctx->arena, &s->ctx->report->orders, o);
}

/* Of the system's states, those for which a question is answered with yes. */
static bool *find_states(const equation_system *s,
                         bool (*is_so)(const lower_context *ctx, bool is_connection, uint32_t owner, uint32_t state)) {
  bool *found = ARENA_ARRAY(s->ctx->arena, bool, s->n);
  for (uint32_t i = 0; i < s->n; i++)
    found[i] = is_so(s->ctx, s->is_connection, s->owner, s->odes[i]->state);
  return found;
}

static bool is_refused(const equation_system *s, const solve_system *sys) {
  uint32_t i;
  const char *refusal = solve_first_refusal(s->ctx->arena, sys, &i);
  if (!refusal)
    return false;
  diag *d = diag_report(s->ctx->sink, DIAG_E0403, s->odes[i]->at, "`using %s` cannot take the equation of `%s`: %s",
                        solver_rows[sys->solver[i]].words, s->component->states.data[s->odes[i]->state].name, refusal);
  diag_hint(d, "leave `using` away to let the compiler choose, or use another solver");
  return true;
}

/* NULL: refused. */
static const solve_choice *choose_solvers(const equation_system *s, solve_system *sys, solver_kind *solvers) {
  solver_options *options = ARENA_ARRAY(s->ctx->arena, solver_options, sys->n);
  for (uint32_t i = 0; i < sys->n; i++) {
    solvers[i] = s->odes[i]->solver;
    options[i] = s->odes[i]->solver == SOLVER_automatic ? (solver_options){SOLVE_USUAL_TOLERANCE, SOLVE_USUAL_SUBSTEPS}
                                                        : s->odes[i]->options;
  }
  sys->solver = solvers;
  sys->options = options;
  const solve_choice *choices = solve_choose(s->ctx->arena, sys, lower_numbers_at_start(s),
                                             find_states(s, lower_is_reset), find_states(s, lower_is_set));
  for (uint32_t i = 0; i < sys->n; i++) {
    for (uint32_t j = 0; j < sys->n && choices[i].solver == SOLVER_adaptive; j++) /* who joins takes the options too */
      if (choices[i].reason && !choices[j].reason && choices[j].solver == SOLVER_adaptive &&
          choices[j].group == choices[i].group)
        options[i] = s->odes[j]->options;
    solvers[i] = choices[i].solver;
  }
  if (is_refused(s, sys))
    return NULL;
  double most = s->is_connection ? 9 : order_of_inputs(s);
  const uint32_t *held = plan_first_held(s->ctx, sys, choices);
  for (uint32_t i = 0; i < sys->n; i++)
    note_order(s, s->component->states.data[s->odes[i]->state].name, solvers[i],
               held[choices[i].group] != NSA_NONE ? 1 : most);
  plan_warn_of_mixes(s->ctx, s->component, sys, s->odes, choices);
  return choices;
}

/* ---- time constants ---- */

/* Warns of a step that is too long. */
static solve_spectrum analyse(const equation_system *s, const solve_system *sys) {
  const char *pop = s->name;
  solve_spectrum sp = solve_analyse(s->ctx->arena, sys, lower_numbers_at_start(s));
  if (!(sp.fastest > 0) || !s->ctx->options->analyse_timescales)
    return sp;
  for (uint32_t i = 0; i < sys->n; i++) {
    double limit = solver_rows[sys->solver[i]].stability_limit, fastest = limit > 0 ? sp.fastest_of[i] : 0;
    if (fastest <= 0 || sys->dt / fastest < limit / 2)
      continue;
    diag *d = diag_report(s->ctx->sink, DIAG_W0401, s->odes[i]->at,
                          "the step of %.4g ms is long for `%s`: its fastest time constant is %.4g "
                          "ms (%s becomes unstable at %.3g times that)",
                          sys->dt, pop, fastest, solver_rows[sys->solver[i]].words, limit);
    diag_hint(d, "use a timescale of at most %.3g ms, or `using implicit` or `using exponential_euler`", fastest / 5);
    break;
  }
  return sp;
}

/* ---- which equations are one system ---- */

/* equations: those of a timescale; of a connection the clocked ones. */
static const model_ode **find_odes(const lower_context *ctx, bool is_connection, uint32_t owner,
                                   const connection_plan *links, uint32_t timescale, uint32_t *n) {
  const model_component *c = component_of(ctx, is_connection, owner);
  const model_ode **odes = ARENA_ARRAY(ctx->arena, const model_ode *, c->odes.len);
  *n = 0;
  for (uint32_t k = 0; k < c->odes.len; k++) {
    const model_ode *ode = &c->odes.data[k];
    bool is_clocked = !links || (links->states[ode->state].advance == ADVANCE_BY_CLOCK &&
                                 links->states[ode->state].home == SIDE_SELF);
    if (is_clocked && ode->timescale == timescale)
      odes[(*n)++] = ode;
  }
  return odes;
}

static solve_system start_solve(const equation_system *s, uint32_t timescale) {
  solve_system sys = lower_solve_system(s);
  sys.noise_count = s->component->noises.len;
  sys.gauss_count = sys.noise_count ? sys.noise_count + sys.n : 0;
  sys.held = lower_equal_conditions(s->ctx, s->odes, s->n);
  sys.dt = s->ctx->m->timescales.data[timescale].dt;
  return sys;
}

static void plan_system(const lower_context *ctx, bool is_connection, uint32_t owner, const connection_plan *links,
                        uint32_t timescale, system_plan *out) {
  uint32_t n;
  const model_ode **odes = find_odes(ctx, is_connection, owner, links, timescale, &n);
  if (!n)
    return;
  out->system = lower_system(ctx, is_connection, owner, odes, n, false);
  out->solve = start_solve(out->system, timescale);
  solver_kind *solvers = ARENA_ARRAY(ctx->arena, solver_kind, n);
  out->choices = choose_solvers(out->system, &out->solve, solvers);
  out->is_refused = !out->choices;
  if (out->is_refused)
    return;
  out->spectrum = analyse(out->system, &out->solve);
  add_stop(out->system, &out->solve, timescale);
}

/* The rates at stages are those of one system, whose solver is that of the set. */
static void plan_staged(const lower_context *ctx, uint32_t population, const model_stage_set *set, system_plan *out) {
  uint32_t n;
  const model_ode **odes = find_odes(ctx, false, population, NULL, set->timescale, &n);
  if (!n)
    return;
  out->system = lower_system(ctx, false, population, odes, n, false);
  solver_kind *solvers = ARENA_ARRAY(ctx->arena, solver_kind, n);
  for (uint32_t i = 0; i < n; i++) {
    solvers[i] = set->solver;
    note_order(out->system, out->system->component->states.data[odes[i]->state].name, set->solver,
               order_of_inputs(out->system));
  }
  out->set = set;
  out->solve = lower_solve_system(out->system);
  out->solve.solver = solvers;
  out->solve.dt = ctx->m->timescales.data[set->timescale].dt;
  out->spectrum = analyse(out->system, &out->solve);
}

const system_plan *plan_population_systems(const lower_context *ctx, uint32_t population) {
  uint32_t own = component_of_population(ctx, population)->timescale;
  const uint32_t *order = lower_timescales_by_length(ctx);
  bool is_split = lower_is_split(ctx, population);
  system_plan *systems = ARENA_ARRAY(ctx->arena, system_plan, ctx->m->timescales.len);
  if (!is_split)
    plan_system(ctx, false, population, NULL, own, &systems[own]);
  for (uint32_t k = 0; k < ctx->m->timescales.len; k++)
    if (order[k] != own)
      plan_system(ctx, false, population, NULL, order[k], &systems[order[k]]);
  if (!is_split)
    return systems;
  const model_stage_set *set = &ctx->m->stage_sets.data[ctx->m->populations.data[population].stage_set];
  if (set->is_diffusing)
    plan_system(ctx, false, population, NULL, own, &systems[own]);
  else
    plan_staged(ctx, population, set, &systems[own]);
  return systems;
}

const system_plan *plan_connection_systems(const lower_context *ctx, uint32_t connection, const connection_plan *plan) {
  uint32_t own = component_of_connection(ctx, connection)->timescale;
  const uint32_t *order = lower_timescales_by_length(ctx);
  system_plan *systems = ARENA_ARRAY(ctx->arena, system_plan, ctx->m->timescales.len);
  plan_system(ctx, true, connection, plan, own, &systems[own]);
  for (uint32_t k = 0; k < ctx->m->timescales.len; k++)
    if (order[k] != own)
      plan_system(ctx, true, connection, plan, order[k], &systems[order[k]]);
  return systems;
}

/* What the advance in closed form was decided by: all equations of a home. */
system_plan plan_at_events(const lower_context *ctx, uint32_t connection, model_side home,
                           const connection_plan *plan) {
  const model_component *c = component_of_connection(ctx, connection);
  const model_ode **odes = ARENA_ARRAY(ctx->arena, const model_ode *, c->odes.len);
  uint32_t n = 0;
  for (uint32_t k = 0; k < c->odes.len; k++) {
    const state_plan *s = &plan->states[c->odes.data[k].state];
    if (s->advance == ADVANCE_AT_EVENTS && s->home == home)
      odes[n++] = &c->odes.data[k];
  }
  if (!n)
    return (system_plan){.system = NULL};
  system_plan out = {.system = lower_system(ctx, true, connection, odes, n, true)};
  out.solve = start_solve(out.system, c->timescale);
  solver_kind *solvers = ARENA_ARRAY(ctx->arena, solver_kind, n);
  for (uint32_t i = 0; i < n; i++)
    solvers[i] = SOLVER_exact;
  out.solve.solver = solvers;
  return out;
}
