/* SPDX-License-Identifier: MIT */
/* component.c - is a component what it should be? */
#include "model/validate/validate.h"

/* ---- declarations ---- */

/* Each refers only to those before it. */
static bool validate_in_order(validation *v, const model_component *c) {
  expr_limits limits = limits_in_component(v->m, c);
  bool is_good = true;
  for (uint32_t k = 0; is_good && k < c->params.len; k++) {
    limits.params = k;
    limits.lets = 0;
    is_good = validate_number(v, &limits, c->params.data[k].value, c->params.data[k].name);
  }
  limits.params = c->params.len;
  for (uint32_t k = 0; is_good && k < c->lets.len; k++) {
    limits.lets = k;
    is_good = c->lets.data[k].value != NULL ? validate_expr(v, &limits, c->lets.data[k].value, c->lets.data[k].name)
                                            : is_wrong(v, "%s: nothing is there", c->lets.data[k].name);
  }
  return is_good;
}

static bool validate_ranges(validation *v, const model_component *c) {
  for (uint32_t k = 0; k < c->params.len; k++)
    if (c->params.data[k].has_range && !(c->params.data[k].lo <= c->params.data[k].hi))
      return is_wrong(v, "%s: its range is empty", c->params.data[k].name);
  return true;
}

static bool validate_initial(validation *v, const model_component *c) {
  expr_limits limits = limits_in_component(v->m, c);
  bool is_good = true;
  limits.lets = 0;
  for (uint32_t k = 0; is_good && k < c->states.len; k++)
    is_good = validate_number(v, &limits, c->states.data[k].initial, c->states.data[k].name) &&
              (dim_equal(c->states.data[k].unit, c->states.data[k].initial->unit) ||
               is_wrong(v, "%s: its initial value has another unit", c->states.data[k].name));
  for (uint32_t k = 0; is_good && k < c->timers.len; k++)
    is_good = validate_expr(v, &limits, c->timers.data[k].initial, c->timers.data[k].name);
  for (uint32_t k = 0; is_good && k < c->inputs.len; k++)
    is_good =
        c->inputs.data[k].combine <= COMBINE_LAST || is_wrong(v, "%s is combined by no word", c->inputs.data[k].name);
  return is_good;
}

/* ---- equations ---- */

static bool validate_ode(validation *v, const model_component *c, const model_ode *ode, bool *has_equation) {
  expr_limits limits = limits_in_component(v->m, c);
  if (!is_index(v, ode->state, c->states.len, "the state of an equation"))
    return false;
  const model_state *state = &c->states.data[ode->state];
  const char *what = arena_printf(v->arena, "the equation of `%s`", state->name);
  if (has_equation[ode->state])
    return is_wrong(v, "`%s` has two equations", state->name);
  has_equation[ode->state] = true;
  if (ode->solver >= SOLVER_COUNT || ode->timing > ODE_CLOCK)
    return is_wrong(v, "%s goes by no solver or no clock", what);
  if (!is_index(v, ode->timescale, v->m->timescales.len, "the timescale of an equation") ||
      !validate_number(v, &limits, ode->rate, what) || !validate_expr(v, &limits, ode->unless, what) ||
      !validate_expr(v, &limits, ode->own, what))
    return false;
  if (!dim_equal(dim_mul(ode->rate->unit, (dim){.q = {4}}), state->unit))
    return is_wrong(v, "%s: its rate is not in the state's unit by ms", what);
  if (ode->noise.len > c->noises.len)
    return is_wrong(v, "%s has more noises than the component", what);
  for (uint32_t k = 0; k < ode->noise.len; k++)
    if (!validate_expr(v, &limits, ode->noise.data[k], what))
      return false;
  return true;
}

static bool validate_reaction(validation *v, const model_component *c, const model_reaction *r) {
  expr_limits limits = limits_in_component(v->m, c);
  for (uint32_t k = 0; k < r->gains.len; k++)
    if (!is_index(v, r->gains.data[k].state, c->states.len, "a species") ||
        (r->gains.data[k].gain == 0 && !is_wrong(v, "a reaction changes a species by nothing")))
      return false;
  return validate_number(v, &limits, r->flow, "the flow of a reaction");
}

static bool validate_equations(validation *v, const model_component *c) {
  bool *has_equation = ARENA_ARRAY(v->arena, bool, c->states.len + 1);
  for (uint32_t k = 0; k < c->odes.len; k++)
    if (!validate_ode(v, c, &c->odes.data[k], has_equation))
      return false;
  for (uint32_t k = 0; k < c->reactions.len; k++)
    if (!validate_reaction(v, c, &c->reactions.data[k]))
      return false;
  return true;
}

/* ---- events, blocks, links ---- */

static bool validate_event(validation *v, const model_component *c, const model_event *ev) {
  expr_limits limits = limits_in_component(v->m, c);
  if (ev->when != NULL && !validate_truth(v, &limits, ev->when, ev->name))
    return false;
  if (ev->also != NULL && !validate_truth(v, &limits, ev->also, ev->name))
    return false;
  return ev->refractory == NULL || validate_number(v, &limits, ev->refractory, ev->name);
}

static bool validate_on(validation *v, const model_component *c, const model_on *on) {
  static const model_side sides[] = {
      [BLOCK_EVENT] = SIDE_SELF, [BLOCK_PRE] = SIDE_PRE, [BLOCK_POST] = SIDE_POST, [BLOCK_ASTRO] = SIDE_ASTRO};
  expr_limits limits = limits_in_component(v->m, c);
  if (on->kind > BLOCK_EACH_STEP)
    return is_wrong(v, "a block of no kind");
  if (on->kind <= BLOCK_ASTRO) {
    const model_component *of = limits.side[sides[on->kind]];
    if (of == NULL)
      return is_wrong(v, "a block at an event of a side where nobody is");
    if (!is_index(v, on->event, of->events.len, "the event of a block"))
      return false;
  }
  if (on->kind == BLOCK_SIGNAL && !is_index(v, on->event, v->m->signals.len, "the signal of a block"))
    return false;
  if (on->kind == BLOCK_EVERY && !validate_number(v, &limits, on->period, "the period of a block"))
    return false;
  return validate_block(v, &limits, &on->body);
}

static bool validate_contribution(validation *v, const model_component *c, const model_contribution *x) {
  expr_limits limits = limits_in_component(v->m, c);
  const model_component *to = x->side <= SIDE_ASTRO ? limits.side[x->side] : NULL;
  if (x->side == SIDE_SELF || to == NULL)
    return is_wrong(v, "a contribution to a side where nobody is");
  if (!is_index(v, x->input, to->inputs.len, "the input of a contribution") ||
      !validate_number(v, &limits, x->value, "a contribution"))
    return false;
  return dim_equal(x->value->unit, to->inputs.data[x->input].unit) || is_wrong(v, "a contribution in another unit");
}

static bool validate_blocks(validation *v, const model_component *c) {
  for (uint32_t k = 0; k < c->events.len; k++)
    if (!validate_event(v, c, &c->events.data[k]))
      return false;
  for (uint32_t k = 0; k < c->blocks.len; k++)
    if (!validate_on(v, c, &c->blocks.data[k]))
      return false;
  for (uint32_t k = 0; k < c->contributions.len; k++)
    if (!validate_contribution(v, c, &c->contributions.data[k]))
      return false;
  return true;
}

bool validate_component(validation *v, const model_component *c) {
  v->where = arena_printf(v->arena, "component `%s`", c->name);
  if (c->kind > COMPONENT_SYNAPSE || c->coupling > COUPLING_IMPLICIT)
    return is_wrong(v, "of no kind, or coupled by no word");
  if (c->kind == COMPONENT_SYNAPSE &&
      (c->pre_component >= v->m->components.len || c->post_component >= v->m->components.len))
    return is_wrong(v, "a synapse without a source or target");
  return is_index(v, c->timescale, v->m->timescales.len, "its timescale") && validate_in_order(v, c) &&
         validate_ranges(v, c) && validate_initial(v, c) && validate_equations(v, c) && validate_blocks(v, c);
}
