/* SPDX-License-Identifier: MIT */
/* equations.c - the equations of a component as systems for src/solve.
 *
 * The right-hand sides become a fragment of (states, t, others). What does not change with the
 * states or with t within a step is computed once in the step function and handed in as an
 * argument; truth values that do not depend on the states are among these, so that conditions on t
 * are decided at the start of the step. */
#include "lower/expr/expr.h"
#include "support/file.h"

typedef struct {
  lowering *l;
  scope *host;
  bool is_connection, is_at_events;
  uint32_t owner;
  const char *name;
  const model_component *component;
  ir_builder b; /* of the fragment */
  ir_fragment *fragment;
  uint32_t n;
  uint32_t *argument_of_state; /* by state; NSA_NONE: not of this system */
  VEC(ir_value) values;        /* per argument from n + 1 on */
  VEC(bool) is_invariant;
  VEC(const model_expr *) sources;
  ir_value *lets;
  uint32_t first_source; /* values of those before it are of another time */
  uint32_t flow_count;
  int32_t *gain; /* n x flow_count */
} system_builder;

/* Partners stand still during a step of their synapse. */
static bool moves_within_step(system_builder *sb, const model_expr *e) {
  uint32_t bits = lower_dependence(sb->l->ctx, sb->is_connection, sb->owner, e).side[SIDE_SELF];
  return e->is_bool ? (bits & DEPENDS_STATE) != 0 : (bits & (DEPENDS_STATE | DEPENDS_TIME)) != 0;
}

/* What can differ from step to step; of partners nothing can between two events. */
static uint32_t standing_dependence(system_builder *sb, const model_expr *e) {
  dependence d = lower_dependence(sb->l->ctx, sb->is_connection, sb->owner, e);
  uint32_t bits = d.side[SIDE_SELF];
  for (int s = SIDE_PRE; s <= SIDE_ASTRO; s++)
    bits |= sb->is_at_events ? d.side[s] & DEPENDS_INVARIANT : d.side[s];
  return bits;
}

/* An argument that carries the host's value of e. */
static ir_value host_argument(system_builder *sb, const model_expr *e) {
  uint32_t k = sb->first_source;
  while (k < sb->sources.len && sb->sources.data[k] != e)
    k++;
  if (k == sb->sources.len) {
    uint32_t bits = standing_dependence(sb, e);
    vec_push(sb->l->arena, &sb->values, lower_expr(sb->host, e));
    vec_push(sb->l->arena, &sb->is_invariant, (bits & ~(uint32_t)DEPENDS_INVARIANT) == 0);
    vec_push(sb->l->arena, &sb->sources, e);
  }
  return ir_nullary(&sb->b, e->is_bool ? IR_OP_barg : IR_OP_arg, sb->n + 1 + k);
}

static ir_value fragment_expr(system_builder *sb, const model_expr *e);

static ir_value fragment_ref(system_builder *sb, const model_expr *e) {
  if (e->ref.kind == REF_TIME)
    return ir_nullary(&sb->b, IR_OP_arg, sb->n);
  if (e->ref.kind == REF_STATE) {
    uint32_t argument = sb->argument_of_state[e->ref.item];
    return argument == NSA_NONE ? host_argument(sb, e) : ir_nullary(&sb->b, IR_OP_arg, argument);
  }
  ir_value *memo = &sb->lets[e->ref.item];
  if (*memo == IR_NO_VALUE)
    *memo = fragment_expr(sb, sb->component->lets.data[e->ref.item].value);
  return *memo;
}

/* Reuses expr.c for one operator: its arguments are lowered here and handed over as locals of a
 * scope on the fragment. */
static ir_value fragment_node(system_builder *sb, const model_expr *e) {
  model_expr node = *e, refs[3];
  ir_value locals[3];
  for (uint32_t k = 0; k < 3 && e->args[k]; k++) {
    if (e->args[k]->kind == MX_NUMBER)
      continue;
    locals[k] = fragment_expr(sb, e->args[k]);
    refs[k] = (model_expr){.kind = MX_REF, .is_bool = e->args[k]->is_bool, .at = SPAN_NONE};
    refs[k].ref.kind = REF_LOCAL;
    refs[k].ref.item = k;
    node.args[k] = &refs[k];
  }
  view none = {.index = IR_NO_VALUE, .known = IR_NO_VALUE};
  scope s = {.l = sb->l, .b = &sb->b, .locals = locals, .connection = NSA_NONE, .distance = NO_FIELD};
  s.side[SIDE_SELF] = &none;
  return lower_expr(&s, &node);
}

/* A product as what stands above and below its one line: divisions are what equations wait for. What stands still below
 * becomes a reciprocal above. */
typedef struct {
  ir_value above, below; /* IR_NO_VALUE: 1 */
} quotient;

static void multiply(system_builder *sb, ir_value *product, ir_value x) {
  *product = *product == IR_NO_VALUE ? x : ir_binary(&sb->b, IR_OP_mul, *product, x);
}

static ir_value reciprocal(system_builder *sb, const model_expr *e) {
  model_expr *one = ARENA_NEW(sb->l->arena, model_expr), *inverse = ARENA_NEW(sb->l->arena, model_expr);
  *one = (model_expr){.kind = MX_NUMBER, .number = 1, .at = e->at};
  *inverse = (model_expr){.kind = MX_DIV, .at = e->at};
  inverse->args[0] = one;
  inverse->args[1] = (model_expr *)(uintptr_t)e;
  return host_argument(sb, inverse);
}

static void gather_factors(system_builder *sb, const model_expr *e, bool is_below, quotient *q) {
  bool moves = moves_within_step(sb, e);
  if (moves && (e->kind == MX_MUL || e->kind == MX_DIV)) {
    gather_factors(sb, e->args[0], is_below, q);
    gather_factors(sb, e->args[1], e->kind == MX_DIV ? !is_below : is_below, q);
  } else if (!is_below) {
    multiply(sb, &q->above, fragment_expr(sb, e));
  } else if (moves) {
    multiply(sb, &q->below, fragment_expr(sb, e));
  } else {
    multiply(sb, &q->above, e->kind == MX_NUMBER ? ir_number(&sb->b, 1 / e->number) : reciprocal(sb, e));
  }
}

static ir_value fragment_product(system_builder *sb, const model_expr *e) {
  quotient q = {IR_NO_VALUE, IR_NO_VALUE};
  gather_factors(sb, e, false, &q);
  if (q.above == IR_NO_VALUE)
    q.above = ir_number(&sb->b, 1);
  return q.below == IR_NO_VALUE ? q.above : ir_binary(&sb->b, IR_OP_div, q.above, q.below);
}

static ir_value fragment_expr(system_builder *sb, const model_expr *e) {
  if (e->kind == MX_NUMBER)
    return ir_number(&sb->b, e->number);
  if (!moves_within_step(sb, e))
    return host_argument(sb, e);
  if (e->kind == MX_MUL || e->kind == MX_DIV)
    return fragment_product(sb, e);
  return e->kind == MX_REF ? fragment_ref(sb, e) : fragment_node(sb, e);
}

static bool is_of_system(const system_of *of, const model_ode *ode) {
  if (of->advance == NULL)
    return ode->timescale == of->timescale;
  return of->advance[ode->state] == of->wanted && of->home[ode->state] == of->of_home &&
         (of->wanted != ADVANCE_BY_CLOCK || ode->timescale == of->timescale);
}

static void forget_fragment_lets(system_builder *sb) {
  for (uint32_t k = 0; k < sb->component->lets.len; k++)
    sb->lets[k] = IR_NO_VALUE;
}

static system_builder start_system(scope *s, const system_of *of, const model_ode **odes) {
  lowering *l = s->l;
  const view *self = s->side[SIDE_SELF];
  const model_component *c = self->component;
  system_builder sb = {.l = l,
                       .host = s,
                       .is_connection = self->is_connection,
                       .is_at_events = of->advance != NULL && of->wanted == ADVANCE_AT_EVENTS,
                       .owner = self->owner,
                       .component = c};
  sb.name = self->is_connection ? l->m->connections.data[self->owner].name : l->m->populations.data[self->owner].name;
  sb.fragment = ir_fragment_new(l->arena);
  sb.b = ir_builder_in(l->arena, sb.fragment);
  sb.argument_of_state = lower_no_fields(l, c->states.len);
  sb.lets = ARENA_ARRAY(l->arena, ir_value, c->lets.len);
  forget_fragment_lets(&sb);
  for (uint32_t k = 0; k < c->odes.len; k++) {
    const model_ode *ode = &c->odes.data[k];
    if (!is_of_system(of, ode))
      continue;
    sb.argument_of_state[ode->state] = sb.n;
    odes[sb.n++] = ode;
  }
  return sb;
}

/* Reactions that move states of the system: what rates are without them, then their flows, as further outputs. */
static void add_flows(system_builder *sb, const model_ode *const *odes) {
  const model_component *c = sb->component;
  VEC(const model_reaction *) used = {0};
  for (uint32_t j = 0; j < c->reactions.len; j++) {
    const model_reaction *r = &c->reactions.data[j];
    bool is_used = false;
    for (uint32_t k = 0; k < r->gains.len; k++)
      is_used = is_used || sb->argument_of_state[r->gains.data[k].state] != NSA_NONE;
    if (is_used)
      vec_push(sb->l->arena, &used, r);
  }
  sb->flow_count = used.len;
  sb->gain = ARENA_ARRAY(sb->l->arena, int32_t, (size_t)sb->n *used.len);
  for (uint32_t i = 0; i < sb->n && used.len; i++) {
    sb->b.at = odes[i]->at;
    vec_push(sb->l->arena, &sb->fragment->outputs,
             odes[i]->own ? fragment_expr(sb, odes[i]->own) : ir_number(&sb->b, 0));
  }
  for (uint32_t j = 0; j < used.len; j++) {
    sb->b.at = used.data[j]->at;
    vec_push(sb->l->arena, &sb->fragment->outputs, fragment_expr(sb, used.data[j]->flow));
    for (uint32_t k = 0; k < used.data[j]->gains.len; k++) {
      uint32_t argument = sb->argument_of_state[used.data[j]->gains.data[k].state];
      if (argument != NSA_NONE)
        sb->gain[argument * used.len + j] = used.data[j]->gains.data[k].gain;
    }
  }
}

/* Rates, then noise coefficients, then what reactions share, as the fragment's outputs. */
static void fill_fragment(system_builder *sb, const model_ode *const *odes) {
  for (uint32_t i = 0; i < sb->n; i++) {
    sb->b.at = odes[i]->at;
    vec_push(sb->l->arena, &sb->fragment->outputs, fragment_expr(sb, odes[i]->rate));
  }
  for (uint32_t i = 0; i < sb->n; i++)
    for (uint32_t k = 0; k < sb->component->noises.len; k++) {
      sb->b.at = odes[i]->at;
      const model_expr *factor = k < odes[i]->noise.len ? odes[i]->noise.data[k] : NULL;
      ir_value x = factor ? fragment_expr(sb, factor) : ir_number(&sb->b, 0);
      vec_push(sb->l->arena, &sb->fragment->outputs, x);
    }
  add_flows(sb, odes);
  sb->fragment->arg_count = sb->n + 1 + sb->values.len;
}

/* ---- the spike that ends an element's step ---- */

/* One whose blocks reset what its condition reads: its upstroke need not go on. An event of the component, or NSA_NONE.
 */
static uint32_t resetting_spike(const system_builder *sb) {
  for (uint32_t k = 0; k < sb->component->events.len && !sb->is_connection; k++)
    if (sb->component->events.data[k].is_spike && sb->component->events.data[k].is_reset)
      return k;
  return NSA_NONE;
}

static model_expr *negated(arena *a, const model_expr *e) {
  model_expr *no = ARENA_NEW(a, model_expr);
  *no = (model_expr){.kind = MX_NOT, .is_bool = true, .at = e->at};
  no->args[0] = (model_expr *)(uintptr_t)e;
  return no;
}

static ir_value and_also(system_builder *sb, ir_value x, const model_expr *e) {
  return ir_binary(&sb->b, IR_OP_and, x, fragment_expr(sb, e));
}

/* What must be at the start of the step: it is not refractory, and a crossing has not been before. */
static ir_value may_spike(system_builder *sb, uint32_t number) {
  const model_event *ev = &sb->component->events.data[number];
  arena *a = sb->l->arena;
  ir_value may = ir_bool(&sb->b, true);
  model_expr *refractory = ARENA_NEW(a, model_expr);
  *refractory = (model_expr){.kind = MX_REF, .is_bool = true, .at = ev->at, .ref = {REF_REFRACTORY, SIDE_SELF, number}};
  if (ev->refractory)
    may = ir_binary(&sb->b, IR_OP_and, may, host_argument(sb, negated(a, refractory)));
  return ev->is_crossing ? ir_binary(&sb->b, IR_OP_and, may, host_argument(sb, negated(a, ev->when))) : may;
}

/* Whether the spike would happen if the step ended with the states given; what stands still is as at its end. */
static const ir_fragment *make_stop(system_builder *sb, uint32_t number) {
  const model_event *ev = &sb->component->events.data[number];
  view *self = sb->host->side[SIDE_SELF], now = *self;
  ir_builder *b = sb->host->b, rates = sb->b;
  ir_fragment *stop = ir_fragment_new(sb->l->arena);
  sb->b = ir_builder_in(sb->l->arena, stop);
  sb->b.at = ev->at;
  ir_value spikes = may_spike(sb, number);
  self->tick = ir_binary(b, IR_OP_add, self->tick, ir_number(b, 1));
  self->time = lower_time_of(b, self->tick, sb->l->m->timescales.data[self->component->timescale].dt);
  view_forget_lets(self);
  forget_fragment_lets(sb);
  sb->first_source = sb->sources.len;
  spikes = and_also(sb, spikes, ev->when);
  if (ev->also)
    spikes = and_also(sb, spikes, ev->also);
  vec_push(sb->l->arena, &stop->outputs, spikes);
  *self = now;
  view_forget_lets(self);
  sb->b = rates;
  sb->fragment->arg_count = stop->arg_count = sb->n + 1 + sb->values.len;
  return stop;
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
static const bool *find_upstrokes(const system_builder *sb, const solve_system *sys, uint32_t spike,
                                  const model_ode *const *odes) {
  bool *found = ARENA_ARRAY(sb->l->arena, bool, sb->n), any = false;
  for (uint32_t i = 0; i < sb->n; i++) {
    uint32_t state = odes[i]->state;
    found[i] = is_set_by(sb->component, spike, state) && solve_is_curved(sb->l->arena, sys, i) &&
               !lower_links_read(sb->l->ctx, sb->owner, state);
    any = any || found[i];
  }
  return any ? found : NULL;
}

static void add_stop(system_builder *sb, solve_system *sys, const system_of *of, const model_ode *const *odes) {
  uint32_t spike = resetting_spike(sb);
  bool has_substeps = false;
  for (uint32_t i = 0; i < sys->n; i++)
    has_substeps = has_substeps || sys->solver[i] == SOLVER_adaptive || sys->solver[i] == SOLVER_implicit;
  if (spike == NSA_NONE || of->timescale != sb->component->timescale)
    return;
  sys->is_upstroke = find_upstrokes(sb, sys, spike, odes);
  if (!has_substeps && sys->is_upstroke == NULL)
    return;
  sys->stop = make_stop(sb, spike);
  sys->is_invariant = sb->is_invariant.data;
}

/* ---- choosing methods, and the timescale analysis ---- */

/* Contributions that are held, and drives that change, are of first order; diffusion that is split off of second. */
static double order_of_inputs(const system_builder *sb) {
  const model *m = sb->l->m;
  double order = 9;
  for (uint32_t k = 0; k < m->connections.len; k++) {
    const model_connection *mc = &m->connections.data[k];
    bool contributes = mc->target == sb->owner && component_of_connection(sb->l->ctx, k)->contributions.len;
    if (contributes && mc->coupling != COUPLING_STAGES)
      order = mc->coupling == COUPLING_IMPLICIT && order > 2 ? 2 : 1;
  }
  for (uint32_t k = 0; k < m->stimuli.len; k++)
    if (m->stimuli.data[k].population == sb->owner && m->stimuli.data[k].value->kind != MX_NUMBER)
      order = 1;
  return order;
}

static void note_order(system_builder *sb, const char *state, solver_kind solver) {
  double most = sb->is_connection ? 9 : order_of_inputs(sb), order = solver_rows[solver].order;
  if (solver == SOLVER_adaptive && most == 9) /* its error is what the tolerance leaves, not the step */
    return;
  lower_order o = {sb->name, state, most < 9 && (order == 0 || order > most) ? most : order};
  vec_push(sb->l->arena, &sb->l->report->orders, o);
}

static const double *numbers_at_start(system_builder *sb, const model_ode *const *odes) {
  double *x = ARENA_ARRAY(sb->l->arena, double, sb->n + 1 + sb->values.len);
  for (uint32_t i = 0; i < sb->n; i++)
    x[i] = lower_evaluate(sb->l->ctx, sb->is_connection, sb->owner,
                          lower_initial_value(sb->l->ctx, sb->is_connection, sb->owner, REF_STATE, odes[i]->state))
               .value;
  for (uint32_t k = 0; k < sb->sources.len; k++)
    x[sb->n + 1 + k] = lower_evaluate(sb->l->ctx, sb->is_connection, sb->owner, sb->sources.data[k]).value;
  return x;
}

/* Of the system's states, those for which a question is answered with yes. */
static bool *find_states(system_builder *sb, const model_ode *const *odes,
                         bool (*is_so)(const lower_context *ctx, bool is_connection, uint32_t owner, uint32_t state)) {
  bool *found = ARENA_ARRAY(sb->l->arena, bool, sb->n);
  for (uint32_t i = 0; i < sb->n; i++)
    found[i] = is_so(sb->l->ctx, sb->is_connection, sb->owner, odes[i]->state);
  return found;
}

static bool is_refused(system_builder *sb, const solve_system *sys, const model_ode *const *odes) {
  for (uint32_t i = 0; i < sys->n; i++) {
    const char *refusal = solve_refuses(sb->l->arena, sys, i, sys->solver[i]);
    if (!refusal)
      continue;
    diag *d = diag_report(sb->l->sink, DIAG_E0403, odes[i]->at, "`using %s` cannot take the equation of `%s`: %s",
                          solver_rows[sys->solver[i]].words, sb->component->states.data[odes[i]->state].name, refusal);
    diag_hint(d, "leave `using` away to let the compiler choose, or use another solver");
    return true;
  }
  return false;
}

/* One line for all states of a group that have one solver for one reason. */
static void explain_choices(system_builder *sb, const solve_system *sys, const model_ode *const *odes,
                            const solve_choice *choices) {
  arena *a = sb->l->arena;
  bool *is_told = ARENA_ARRAY(a, bool, sys->n);
  for (uint32_t i = 0; i < sys->n; i++)
    note_order(sb, sb->component->states.data[odes[i]->state].name, choices[i].solver);
  for (uint32_t i = 0; i < sys->n; i++) {
    const solve_choice *own = &choices[i];
    const char *names = NULL, *reason = own->reason ? own->reason : "as the model says";
    for (uint32_t j = i; j < sys->n && !is_told[i]; j++) {
      const solve_choice *other = &choices[j];
      if (other->group != own->group || other->solver != own->solver || other->reason != own->reason)
        continue;
      const char *name = sb->component->states.data[odes[j]->state].name;
      names = names ? arena_printf(a, "%s, %s", names, name) : name;
      is_told[j] = j != i;
    }
    if (is_told[i])
      continue;
    const char *order =
        solver_rows[own->solver].order > 0 ? arena_printf(a, ", order %g", solver_rows[own->solver].order) : "";
    if (own->solver == SOLVER_adaptive)
      reason = arena_printf(a, "%s; tolerance %g, at most %u sub-steps", reason, sys->options[i].tolerance,
                            sys->options[i].substeps);
    if (own->depends_on_values)
      reason = arena_printf(a, "%s; so at the values of the file, which --set and variants may change", reason);
    lower_decide(sb->l->ctx, sb->name, "solver", "%s: %s%s (%s)", names, solver_rows[own->solver].words, order, reason);
  }
}

static bool choose_solvers(system_builder *sb, solve_system *sys, const model_ode *const *odes, solver_kind *solvers) {
  solver_options *options = ARENA_ARRAY(sb->l->arena, solver_options, sys->n);
  for (uint32_t i = 0; i < sys->n; i++) {
    solvers[i] = odes[i]->solver;
    options[i] = odes[i]->solver == SOLVER_automatic ? (solver_options){SOLVE_USUAL_TOLERANCE, SOLVE_USUAL_SUBSTEPS}
                                                     : odes[i]->options;
  }
  sys->solver = solvers;
  sys->options = options;
  const solve_choice *choices =
      solve_choose(sb->l->arena, sys, numbers_at_start(sb, odes), find_states(sb, odes, lower_is_reset),
                   find_states(sb, odes, lower_is_set));
  for (uint32_t i = 0; i < sys->n; i++) {
    for (uint32_t j = 0; j < sys->n && choices[i].solver == SOLVER_adaptive; j++) /* who joins takes the options too */
      if (choices[i].reason && !choices[j].reason && choices[j].solver == SOLVER_adaptive &&
          choices[j].group == choices[i].group)
        options[i] = odes[j]->options;
    solvers[i] = choices[i].solver;
  }
  if (is_refused(sb, sys, odes))
    return false;
  explain_choices(sb, sys, odes, choices);
  lower_warn_of_mixes(sb->l->ctx, sb->component, sys, odes, choices);
  return true;
}

/* A step may be fine on purpose: for others' sake, or what an experiment asks. What links do counts as the equations
 * do. */
static void explain_coarser(system_builder *sb, const solve_system *sys, double fastest) {
  double coupled = sb->is_connection ? 0 : lower_coupling_rate(&sb->l->plan->coupling, sb->owner);
  if (coupled * fastest > 1)
    fastest = 1 / coupled;
  if (sys->dt < 1e-3 * fastest)
    lower_decide(sb->l->ctx, sb->name, "timescale",
                 "a step of up to %.3g ms would still resolve it, at a fraction of the time", fastest / 100);
}

static void analyse(system_builder *sb, const solve_system *sys, const model_ode *const *odes) {
  const char *pop = sb->name;
  solve_spectrum sp = solve_analyse(sb->l->arena, sys, numbers_at_start(sb, odes));
  if (!(sp.fastest > 0))
    return;
  explain_coarser(sb, sys, sp.fastest);
  double ratio = sys->dt / sp.fastest;
  lower_decide(sb->l->ctx, pop, "timescale",
               "time constants %.4g to %.4g ms at the initial state; step %.4g ms (%.3g of the fastest)", sp.fastest,
               sp.slowest, sys->dt, ratio);
  if (!sb->l->options->analyse_timescales)
    return;
  for (uint32_t i = 0; i < sys->n; i++) {
    double limit = solver_rows[sys->solver[i]].stability_limit,
           fastest = limit > 0 ? solve_fastest(sb->l->arena, sys, &sp, i) : 0;
    if (fastest <= 0 || sys->dt / fastest < limit / 2)
      continue;
    diag *d = diag_report(sb->l->sink, DIAG_W0401, odes[i]->at,
                          "the step of %.4g ms is long for `%s`: its fastest time constant is %.4g "
                          "ms (%s becomes unstable at %.3g times that)",
                          sys->dt, pop, fastest, solver_rows[sys->solver[i]].words, limit);
    diag_hint(d, "use a timescale of at most %.3g ms, or `using implicit` or `using exponential_euler`", fastest / 5);
    return;
  }
}

/* ---- one system ---- */

static const span *spans_of(const system_builder *sb, const model_ode *const *odes) {
  span *at = ARENA_ARRAY(sb->l->arena, span, sb->n);
  for (uint32_t i = 0; i < sb->n; i++)
    at[i] = odes[i]->at;
  return at;
}

static void advance(scope *s, block_state *state, const system_of *of) {
  lowering *l = s->l;
  const model_component *c = s->side[SIDE_SELF]->component;
  const model_ode **odes = ARENA_ARRAY(l->arena, const model_ode *, c->odes.len);
  system_builder sb = start_system(s, of, odes);
  if (!sb.n)
    return;
  fill_fragment(&sb, odes);
  solve_system sys = {.n = sb.n,
                      .noise_count = c->noises.len,
                      .flow_count = sb.flow_count,
                      .gain = sb.gain,
                      .at = spans_of(&sb, odes),
                      .rates = sb.fragment,
                      .is_invariant = sb.is_invariant.data,
                      .held = lower_find_held(s, odes, sb.n),
                      .dt = l->m->timescales.data[of->timescale].dt,
                      .has_step = of->step != IR_NO_VALUE,
                      .step = of->step};
  sys.gauss_count = sys.noise_count ? sys.noise_count + sys.n : 0;
  solver_kind *solvers = ARENA_ARRAY(l->arena, solver_kind, sb.n);
  if (of->step != IR_NO_VALUE) { /* at events: what was asked when the advance was decided */
    for (uint32_t i = 0; i < sb.n; i++)
      solvers[i] = SOLVER_exact;
    sys.solver = solvers;
  } else {
    if (!choose_solvers(&sb, &sys, odes, solvers))
      return;
    analyse(&sb, &sys, odes);
    add_stop(&sb, &sys, of, odes);
  }
  ir_value *values = ARENA_ARRAY(l->arena, ir_value, sb.fragment->arg_count);
  ir_value *next = ARENA_ARRAY(l->arena, ir_value, sb.n);
  for (uint32_t i = 0; i < sb.n; i++)
    values[i] = state->states[odes[i]->state];
  values[sb.n] = s->side[SIDE_SELF]->time;
  for (uint32_t k = 0; k < sb.values.len; k++)
    values[sb.n + 1 + k] = sb.values.data[k];
  s->b->at = odes[0]->at;
  solve_expand(s->b, &sys, values, lower_draw_noise(s, sb.name, &sys, odes), next);
  for (uint32_t i = 0; i < sb.n; i++) {
    ir_value *x = &state->states[odes[i]->state];
    s->b->at = odes[i]->at;
    *x = next[i];
    if (of->step == IR_NO_VALUE)
      ir_unary(s->b, IR_OP_check, *x);
  }
}

/* What a method makes of the states of a set is written in stages.c: here are the rates, the choice and the analysis.
 */
static void explain_stages(system_builder *sb, const model_stage_set *set, const model_ode *const *odes) {
  solver_kind *solvers = ARENA_ARRAY(sb->l->arena, solver_kind, sb->n);
  for (uint32_t i = 0; i < sb->n; i++) {
    solvers[i] = set->solver;
    note_order(sb, sb->component->states.data[odes[i]->state].name, set->solver);
    const char *why = odes[i]->solver == SOLVER_automatic ? "as those that it is coupled with" : "as the model says";
    if (set->solver == SOLVER_adaptive)
      why = arena_printf(sb->l->arena, "%s; tolerance %g, at most %u sub-steps, common to all", why,
                         set->options.tolerance, set->options.substeps);
    lower_decide(sb->l->ctx, sb->name, "solver", "%s: %s, order %g (%s; contributions at its stages)",
                 sb->component->states.data[odes[i]->state].name, solver_rows[set->solver].words,
                 solver_rows[set->solver].order, why);
  }
  solve_system sys = {.n = sb->n,
                      .rates = sb->fragment,
                      .is_invariant = sb->is_invariant.data,
                      .solver = solvers,
                      .dt = sb->l->m->timescales.data[set->timescale].dt};
  analyse(sb, &sys, odes);
}

void lower_rates_at(scope *s, const block_state *state, ir_value time, const model_stage_set *explained,
                    ir_value *rates) {
  lowering *l = s->l;
  const model_component *c = s->side[SIDE_SELF]->component;
  const model_ode **odes = ARENA_ARRAY(l->arena, const model_ode *, c->odes.len);
  system_of of = {.timescale = c->timescale, .wanted = ADVANCE_BY_CLOCK, .step = IR_NO_VALUE};
  system_builder sb = start_system(s, &of, odes);
  for (uint32_t k = 0; k < c->states.len; k++)
    rates[k] = IR_NO_VALUE;
  if (!sb.n)
    return;
  fill_fragment(&sb, odes);
  if (explained)
    explain_stages(&sb, explained, odes);
  ir_value *values = ARENA_ARRAY(l->arena, ir_value, sb.fragment->arg_count);
  ir_value *outputs = ARENA_ARRAY(l->arena, ir_value, sb.fragment->outputs.len);
  for (uint32_t i = 0; i < sb.n; i++)
    values[i] = state->states[odes[i]->state];
  values[sb.n] = time;
  for (uint32_t k = 0; k < sb.values.len; k++)
    values[sb.n + 1 + k] = sb.values.data[k];
  ir_inline(s->b, sb.fragment, values, outputs);
  for (uint32_t i = 0; i < sb.n; i++)
    rates[odes[i]->state] = outputs[i];
}

/* Where phase 4 was done by functions before: the states are new. */
static void check_states(scope *s, const block_state *state, const system_of *of) {
  const model_component *c = s->side[SIDE_SELF]->component;
  for (uint32_t k = 0; k < c->odes.len; k++) {
    s->b->at = c->odes.data[k].at;
    if (c->odes.data[k].timescale == of->timescale)
      ir_unary(s->b, IR_OP_check, state->states[c->odes.data[k].state]);
  }
}

void lower_advance_links(scope *s, block_state *state, model_side home, ir_value step) {
  const connection_fields *f = &s->l->connections[s->side[SIDE_SELF]->owner];
  system_of of = {.advance = f->advance, .home = f->home, .wanted = ADVANCE_AT_EVENTS, .of_home = home, .step = step};
  advance(s, state, &of);
}

bool lower_is_exact(scope *s, const system_of *of, uint32_t state, const char **why) {
  lowering *l = s->l;
  const model_component *c = s->side[SIDE_SELF]->component;
  const model_ode **odes = ARENA_ARRAY(l->arena, const model_ode *, c->odes.len);
  system_builder sb = start_system(s, of, odes);
  fill_fragment(&sb, odes);
  solve_system sys = {.n = sb.n,
                      .flow_count = sb.flow_count,
                      .gain = sb.gain,
                      .rates = sb.fragment,
                      .is_invariant = sb.is_invariant.data,
                      .dt = 1};
  solver_kind *solvers = ARENA_ARRAY(l->arena, solver_kind, sb.n);
  sys.solver = solvers;
  const solve_choice *choices = solve_choose(l->arena, &sys, NULL, NULL, NULL);
  for (uint32_t i = 0; i < sb.n; i++)
    if (odes[i]->state == state) {
      *why = choices[i].reason;
      return choices[i].solver == SOLVER_exact;
    }
  return false;
}

/* Equations on a timescale slower than their component's: at the ticks that end one of theirs.
 * Their step, and so their t, begins at the end of their last one. */
static void advance_slower(scope *s, block_state *state, const system_of *of) {
  lowering *l = s->l;
  uint32_t timescale = of->timescale;
  const model_component *c = s->side[SIDE_SELF]->component;
  double ratio = l->m->timescales.data[timescale].ticks / (double)l->m->timescales.data[c->timescale].ticks;
  ir_builder *b = s->b;
  ir_value done = ir_binary(b, IR_OP_add, s->side[SIDE_SELF]->tick, ir_number(b, 1));
  ir_value whole = ir_unary(b, IR_OP_floor, ir_binary(b, IR_OP_div, done, ir_number(b, ratio)));
  ir_value due = ir_binary(b, IR_OP_eq, ir_binary(b, IR_OP_mul, whole, ir_number(b, ratio)), done);
  ir_value *before = ARENA_ARRAY(l->arena, ir_value, state->state_count);
  memcpy(before, state->states, state->state_count * sizeof(ir_value));
  ir_unary(b, IR_OP_skip_begin, due);
  view *self = s->side[SIDE_SELF];
  ir_value now = self->time;
  self->time = ir_nullary(b, IR_OP_time, timescale); /* of its tick that is under way */
  view_forget_lets(self);
  advance(s, state, of);
  self->time = now;
  ir_nullary(b, IR_OP_skip_end, 0);
  for (uint32_t i = 0; i < state->state_count; i++)
    if (state->states[i] != before[i])
      state->states[i] = ir_select(b, due, state->states[i], before[i]);
  view_forget_lets(s->side[SIDE_SELF]);
}

void lower_own_equations(scope *s, block_state *state) {
  system_of of = {
      .timescale = s->side[SIDE_SELF]->component->timescale, .wanted = ADVANCE_BY_CLOCK, .step = IR_NO_VALUE};
  advance(s, state, &of);
}

/* The component's own timescale, then the slower ones, whatever the order of their declarations. */
void lower_equations(scope *s, block_state *state) {
  const lowering *l = s->l;
  const view *self = s->side[SIDE_SELF];
  uint32_t own = self->component->timescale, count = l->m->timescales.len;
  uint32_t *order = ARENA_ARRAY(l->arena, uint32_t, count);
  for (uint32_t k = 0; k < count; k++) {
    uint32_t at = k;
    for (; at && l->m->timescales.data[order[at - 1]].ticks > l->m->timescales.data[k].ticks; at--)
      order[at] = order[at - 1];
    order[at] = k;
  }
  system_of of = {.timescale = own, .wanted = ADVANCE_BY_CLOCK, .step = IR_NO_VALUE};
  if (self->is_connection) {
    of.advance = l->connections[self->owner].advance;
    of.home = l->connections[self->owner].home;
  }
  if (!self->is_connection && lower_is_split(l->ctx, self->owner))
    check_states(s, state, &of);
  else
    advance(s, state, &of);
  for (uint32_t k = 0; k < count; k++) {
    of.timescale = order[k];
    if (order[k] != own)
      advance_slower(s, state, &of);
  }
}
