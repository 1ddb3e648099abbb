/* SPDX-License-Identifier: MIT */
/* system.c - the fragment of a system of equations. */
#include "lower/pure/system.h"
#include "model/operations.h"

/* What one fragment is built with: that of the rates, or that of the spike. */
typedef struct {
  equation_system *of;
  ir_builder b;
  uint32_t *argument_of_state; /* by state; NSA_NONE: not of this system */
  ir_value *lets;              /* memo; IR_NO_VALUE */
  uint32_t first_other;        /* those before it are of another time */
  bool is_at_end;
} fragment_builder;

static dependence dependence_of(const equation_system *s, const model_expr *e) {
  return lower_dependence(s->ctx, s->is_connection, s->owner, e);
}

/* Partners stand still during a step of their synapse. */
static bool moves_within_step(const equation_system *s, const model_expr *e) {
  uint32_t bits = dependence_of(s, e).side[SIDE_SELF];
  return e->is_bool ? (bits & DEPENDS_STATE) != 0 : (bits & (DEPENDS_STATE | DEPENDS_TIME)) != 0;
}

/* Whether it can differ from step to step; of partners nothing can between two events. */
static bool is_standing(const equation_system *s, const model_expr *e) {
  dependence d = dependence_of(s, e);
  uint32_t bits = d.side[SIDE_SELF];
  for (int side = SIDE_PRE; side <= SIDE_ASTRO; side++)
    bits |= s->is_at_events ? d.side[side] & DEPENDS_INVARIANT : d.side[side];
  return (bits & ~(uint32_t)DEPENDS_INVARIANT) == 0;
}

/* The argument that carries the value of e. */
static ir_value other_argument(fragment_builder *fb, const model_expr *e) {
  equation_system *s = fb->of;
  uint32_t k = fb->first_other;
  while (k < s->others.len && s->others.data[k].value != e)
    k++;
  if (k == s->others.len) {
    vec_push(s->ctx->arena, &s->others, ((system_argument){e, fb->is_at_end}));
    vec_push(s->ctx->arena, &s->is_invariant, is_standing(s, e));
  }
  return ir_nullary(&fb->b, e->is_bool ? IR_OP_barg : IR_OP_arg, s->n + 1 + k);
}

static ir_value fragment_expr(fragment_builder *fb, const model_expr *e);

static ir_value fragment_ref(fragment_builder *fb, const model_expr *e) {
  if (e->ref.kind == REF_TIME)
    return ir_nullary(&fb->b, IR_OP_arg, fb->of->n);
  if (e->ref.kind == REF_STATE) {
    uint32_t argument = fb->argument_of_state[e->ref.item];
    return argument == NSA_NONE ? other_argument(fb, e) : ir_nullary(&fb->b, IR_OP_arg, argument);
  }
  ir_value *memo = &fb->lets[e->ref.item];
  if (*memo == IR_NO_VALUE)
    *memo = fragment_expr(fb, fb->of->component->lets.data[e->ref.item].value);
  return *memo;
}

static ir_value local_value(void *context, ir_builder *b, const model_expr *e) {
  (void)b;
  return ((const ir_value *)context)[e->ref.item];
}

/* One operator: its arguments are built before and handed over as locals. */
static ir_value fragment_node(fragment_builder *fb, const model_expr *e) {
  model_expr node = *e, refs[3];
  ir_value locals[3];
  for (uint32_t k = 0; k < 3 && e->args[k]; k++) {
    if (e->args[k]->kind == MX_NUMBER)
      continue;
    locals[k] = fragment_expr(fb, e->args[k]);
    refs[k] = (model_expr){.kind = MX_REF, .is_bool = e->args[k]->is_bool, .at = SPAN_NONE};
    refs[k].ref.kind = REF_LOCAL;
    refs[k].ref.item = k;
    node.args[k] = &refs[k];
  }
  expr_leaves leaves = {local_value, NULL, locals}; /* draws stand still within a step */
  return expr_build(&fb->b, &leaves, &node);
}

/* A product as what stands above and below its one line: divisions are what equations wait for. What stands still below
 * becomes a reciprocal above. */
typedef struct {
  ir_value above, below; /* IR_NO_VALUE: 1 */
} quotient;

static void multiply(fragment_builder *fb, ir_value *product, ir_value x) {
  *product = *product == IR_NO_VALUE ? x : ir_binary(&fb->b, IR_OP_mul, *product, x);
}

static ir_value reciprocal(fragment_builder *fb, const model_expr *e) {
  model_expr *one = ARENA_NEW(fb->of->ctx->arena, model_expr), *inverse = ARENA_NEW(fb->of->ctx->arena, model_expr);
  *one = (model_expr){.kind = MX_NUMBER, .number = 1, .at = e->at};
  *inverse = (model_expr){.kind = MX_DIV, .at = e->at};
  inverse->args[0] = one;
  inverse->args[1] = (model_expr *)(uintptr_t)e;
  return other_argument(fb, inverse);
}

static void gather_factors(fragment_builder *fb, const model_expr *e, bool is_below, quotient *q) {
  bool moves = moves_within_step(fb->of, e);
  if (moves && (e->kind == MX_MUL || e->kind == MX_DIV)) {
    gather_factors(fb, e->args[0], is_below, q);
    gather_factors(fb, e->args[1], e->kind == MX_DIV ? !is_below : is_below, q);
  } else if (!is_below) {
    multiply(fb, &q->above, fragment_expr(fb, e));
  } else if (moves) {
    multiply(fb, &q->below, fragment_expr(fb, e));
  } else {
    multiply(fb, &q->above, e->kind == MX_NUMBER ? ir_number(&fb->b, 1 / e->number) : reciprocal(fb, e));
  }
}

static ir_value fragment_product(fragment_builder *fb, const model_expr *e) {
  quotient q = {IR_NO_VALUE, IR_NO_VALUE};
  gather_factors(fb, e, false, &q);
  if (q.above == IR_NO_VALUE)
    q.above = ir_number(&fb->b, 1);
  return q.below == IR_NO_VALUE ? q.above : ir_binary(&fb->b, IR_OP_div, q.above, q.below);
}

static ir_value fragment_expr(fragment_builder *fb, const model_expr *e) {
  if (e->kind == MX_NUMBER)
    return ir_number(&fb->b, e->number);
  if (!moves_within_step(fb->of, e))
    return other_argument(fb, e);
  if (e->kind == MX_MUL || e->kind == MX_DIV)
    return fragment_product(fb, e);
  return e->kind == MX_REF ? fragment_ref(fb, e) : fragment_node(fb, e);
}

static fragment_builder start_fragment(equation_system *s, ir_fragment *fragment) {
  const lower_context *ctx = s->ctx;
  const model_component *c = s->component;
  fragment_builder fb = {.of = s, .b = ir_builder_in(ctx->arena, fragment)};
  fb.argument_of_state = ARENA_ARRAY(ctx->arena, uint32_t, c->states.len);
  for (uint32_t k = 0; k < c->states.len; k++)
    fb.argument_of_state[k] = NSA_NONE;
  for (uint32_t i = 0; i < s->n; i++)
    fb.argument_of_state[s->odes[i]->state] = i;
  fb.lets = ARENA_ARRAY(ctx->arena, ir_value, c->lets.len);
  for (uint32_t k = 0; k < c->lets.len; k++)
    fb.lets[k] = IR_NO_VALUE;
  return fb;
}

static void add_output(fragment_builder *fb, ir_value x) { vec_push(fb->of->ctx->arena, &fb->of->rates->outputs, x); }

static bool moves_state(const fragment_builder *fb, const model_reaction *r) {
  for (uint32_t k = 0; k < r->gains.len; k++)
    if (fb->argument_of_state[r->gains.data[k].state] != NSA_NONE)
      return true;
  return false;
}

/* Reactions that move states of the system: what rates are without them, then their flows, as further outputs. */
static void add_flows(fragment_builder *fb) {
  equation_system *s = fb->of;
  VEC(const model_reaction *) used = {0};
  for (uint32_t j = 0; j < s->component->reactions.len; j++)
    if (moves_state(fb, &s->component->reactions.data[j]))
      vec_push(s->ctx->arena, &used, &s->component->reactions.data[j]);
  s->flow_count = used.len;
  s->gain = ARENA_ARRAY(s->ctx->arena, int32_t, (size_t)s->n *used.len);
  for (uint32_t i = 0; i < s->n && used.len; i++) {
    fb->b.at = s->odes[i]->at;
    add_output(fb, s->odes[i]->own ? fragment_expr(fb, s->odes[i]->own) : ir_number(&fb->b, 0));
  }
  for (uint32_t j = 0; j < used.len; j++) {
    fb->b.at = used.data[j]->at;
    add_output(fb, fragment_expr(fb, used.data[j]->flow));
    for (uint32_t k = 0; k < used.data[j]->gains.len; k++) {
      uint32_t argument = fb->argument_of_state[used.data[j]->gains.data[k].state];
      if (argument != NSA_NONE)
        s->gain[argument * used.len + j] = used.data[j]->gains.data[k].gain;
    }
  }
}

/* Rates, then noise coefficients, then what reactions share, as the fragment's outputs. */
static void fill_rates(fragment_builder *fb) {
  const equation_system *s = fb->of;
  for (uint32_t i = 0; i < s->n; i++) {
    fb->b.at = s->odes[i]->at;
    add_output(fb, fragment_expr(fb, s->odes[i]->rate));
  }
  for (uint32_t i = 0; i < s->n; i++)
    for (uint32_t k = 0; k < s->component->noises.len; k++) {
      fb->b.at = s->odes[i]->at;
      const model_expr *factor = k < s->odes[i]->noise.len ? s->odes[i]->noise.data[k] : NULL;
      add_output(fb, factor ? fragment_expr(fb, factor) : ir_number(&fb->b, 0));
    }
  add_flows(fb);
}

equation_system *lower_system(const lower_context *ctx, bool is_connection, uint32_t owner, const model_ode **odes,
                              uint32_t n, bool is_at_events) {
  equation_system *s = ARENA_NEW(ctx->arena, equation_system);
  *s = (equation_system){.ctx = ctx,
                         .is_connection = is_connection,
                         .is_at_events = is_at_events,
                         .owner = owner,
                         .name = is_connection ? ctx->m->connections.data[owner].name
                                               : ctx->m->populations.data[owner].name,
                         .component = component_of(ctx, is_connection, owner),
                         .odes = odes,
                         .n = n,
                         .rates = ir_fragment_new(ctx->arena)};
  fragment_builder fb = start_fragment(s, s->rates);
  fill_rates(&fb);
  s->others_of_rates = s->others.len;
  s->rates->arg_count = n + 1 + s->others.len;
  return s;
}

/* ---- the spike that ends an element's step ---- */

static model_expr *negated(arena *a, const model_expr *e) {
  model_expr *no = ARENA_NEW(a, model_expr);
  *no = (model_expr){.kind = MX_NOT, .is_bool = true, .at = e->at};
  no->args[0] = (model_expr *)(uintptr_t)e;
  return no;
}

/* What must be at the start of the step: it is not refractory, and a crossing has not been before. */
static ir_value may_spike(fragment_builder *fb, uint32_t number) {
  const model_event *ev = &fb->of->component->events.data[number];
  arena *a = fb->of->ctx->arena;
  ir_value may = ir_bool(&fb->b, true);
  model_expr *refractory = ARENA_NEW(a, model_expr);
  *refractory = (model_expr){.kind = MX_REF, .is_bool = true, .at = ev->at, .ref = {REF_REFRACTORY, SIDE_SELF, number}};
  if (ev->refractory)
    may = ir_binary(&fb->b, IR_OP_and, may, other_argument(fb, negated(a, refractory)));
  return ev->is_crossing ? ir_binary(&fb->b, IR_OP_and, may, other_argument(fb, negated(a, ev->when))) : may;
}

void lower_system_stops_at(equation_system *s, uint32_t event) {
  const model_event *ev = &s->component->events.data[event];
  ir_fragment *stop = ir_fragment_new(s->ctx->arena);
  fragment_builder fb = start_fragment(s, stop);
  fb.b.at = ev->at;
  ir_value spikes = may_spike(&fb, event);
  fb.first_other = s->others.len; /* what stands still is as at its end */
  fb.is_at_end = true;
  spikes = ir_binary(&fb.b, IR_OP_and, spikes, fragment_expr(&fb, ev->when));
  if (ev->also)
    spikes = ir_binary(&fb.b, IR_OP_and, spikes, fragment_expr(&fb, ev->also));
  vec_push(s->ctx->arena, &stop->outputs, spikes);
  s->rates->arg_count = stop->arg_count = s->n + 1 + s->others.len;
  s->stop = stop;
}

/* ---- what the stage asks of it ---- */

const double *lower_numbers_at_start(const equation_system *s) {
  double *x = ARENA_ARRAY(s->ctx->arena, double, s->n + 1 + s->others.len);
  for (uint32_t i = 0; i < s->n; i++) {
    const model_expr *start = lower_initial_value(s->ctx, s->is_connection, s->owner, REF_STATE, s->odes[i]->state);
    x[i] = lower_evaluate(s->ctx, s->is_connection, s->owner, start).value;
  }
  for (uint32_t k = 0; k < s->others.len; k++)
    x[s->n + 1 + k] = lower_evaluate(s->ctx, s->is_connection, s->owner, s->others.data[k].value).value;
  return x;
}

solve_system lower_solve_system(const equation_system *s) {
  span *at = ARENA_ARRAY(s->ctx->arena, span, s->n);
  for (uint32_t i = 0; i < s->n; i++)
    at[i] = s->odes[i]->at;
  return (solve_system){.n = s->n,
                        .flow_count = s->flow_count,
                        .gain = s->gain,
                        .at = at,
                        .rates = s->rates,
                        .stop = s->stop,
                        .is_invariant = s->is_invariant.data};
}

bool lower_is_exact(const equation_system *s, uint32_t state, const char **why) {
  solve_system sys = lower_solve_system(s);
  sys.dt = 1;
  sys.solver = ARENA_ARRAY(s->ctx->arena, solver_kind, s->n);
  const solve_choice *choices = solve_choose(s->ctx->arena, &sys, NULL, NULL, NULL);
  for (uint32_t i = 0; i < s->n; i++)
    if (s->odes[i]->state == state) {
      *why = choices[i].reason;
      return choices[i].solver == SOLVER_exact;
    }
  return false;
}

static bool is_same_expr(const model_expr *x, const model_expr *y) {
  if (!x || !y)
    return x == y;
  if (x->kind != y->kind || x->number != y->number || x->fn != y->fn || x->kind == MX_RANDOM ||
      x->ref.kind != y->ref.kind || x->ref.side != y->ref.side || x->ref.item != y->ref.item)
    return false;
  for (int k = 0; k < 3; k++)
    if (!is_same_expr(x->args[k], y->args[k]))
      return false;
  return true;
}

const uint32_t *lower_equal_conditions(const lower_context *ctx, const model_ode *const *odes, uint32_t n) {
  uint32_t *first = ARENA_ARRAY(ctx->arena, uint32_t, n);
  for (uint32_t i = 0; i < n; i++) {
    first[i] = odes[i]->unless ? i : NSA_NONE;
    for (uint32_t k = 0; k < i && odes[i]->unless; k++)
      if (is_same_expr(odes[k]->unless, odes[i]->unless))
        first[i] = first[k];
  }
  return first;
}
