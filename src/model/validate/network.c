/* SPDX-License-Identifier: MIT */
/* network.c - are timescales, populations and connections what they should be? */
#include "model/validate/validate.h"

static bool validate_timescales(validation *v) {
  const model *m = v->m;
  if (m->timescales.len == 0 || !(m->base_dt > 0))
    return is_wrong(v, "there is no timescale");
  for (uint32_t k = 0; k < m->timescales.len; k++) {
    const model_timescale *t = &m->timescales.data[k];
    if (!(t->dt > 0) || t->ticks == 0 || t->dt < m->base_dt)
      return is_wrong(v, "timescale `%s` has a step of nothing, or one below the shortest", t->name);
  }
  return true;
}

/* limits: those of the owner; overridden params refer to those before them. */
static bool validate_overrides(validation *v, const expr_limits *limits, const model_override *data, uint32_t len) {
  const model_component *c = limits->side[SIDE_SELF];
  for (uint32_t k = 0; k < len; k++) {
    const model_override *o = &data[k];
    expr_limits own = *limits;
    if (o->target != REF_PARAM && o->target != REF_STATE)
      return is_wrong(v, "an override of what is no param or state");
    if (!is_index(v, o->item, o->target == REF_PARAM ? c->params.len : c->states.len, "what is overridden"))
      return false;
    own.lets = 0;
    own.params = o->target == REF_PARAM ? o->item : own.params;
    if (!validate_number(v, &own, o->value, "an override"))
      return false;
  }
  return true;
}

static bool validate_population(validation *v, uint32_t index) {
  const model *m = v->m;
  const model_population *p = &m->populations.data[index];
  v->where = arena_printf(v->arena, "population `%s`", p->name);
  if (!is_index(v, p->component, m->components.len, "its component"))
    return false;
  if (m->components.data[p->component].kind == COMPONENT_SYNAPSE)
    return is_wrong(v, "it is of a synapse");
  if (p->rows == 0 || p->cols == 0 || !(p->spacing >= 0))
    return is_wrong(v, "it has no elements, or a spacing below nothing");
  if (p->stage_set != UINT32_MAX && !is_index(v, p->stage_set, m->stage_sets.len, "its stage set"))
    return false;
  expr_limits limits = limits_in_owner(m, false, index);
  return validate_overrides(v, &limits, p->overrides.data, p->overrides.len);
}

/* ---- connections ---- */

/* Rules refer to the near end as pre, and to the other one as post. */
static expr_limits limits_between(const model *m, uint32_t near, uint32_t far) {
  return (expr_limits){.side = {NULL, &m->components.data[m->populations.data[near].component],
                                &m->components.data[m->populations.data[far].component], NULL}};
}

static bool validate_rule(validation *v, uint32_t near, uint32_t far, const model_rule *r) {
  expr_limits limits = limits_between(v->m, near, far);
  if ((uint32_t)r->kind >= nsa_rule_kind_count || (uint32_t)r->profile >= nsa_profile_kind_count)
    return is_wrong(v, "a rule or profile of no kind");
  if (r->kind == NSA_RULE_PROBABILITY)
    return validate_number(v, &limits, r->probability, "the probability of a rule");
  if (r->kind == NSA_RULE_WHERE)
    return validate_truth(v, &limits, r->condition, "the condition of a rule");
  if (r->profile != NSA_PROFILE_NONE && !(r->length > 0))
    return is_wrong(v, "a profile without a length");
  if (r->kind == NSA_RULE_TILES && (r->tile_rows == 0 || r->tile_cols == 0 || r->stride == 0))
    return is_wrong(v, "tiles of nothing");
  if (r->kind == NSA_RULE_FILE && r->path == NULL)
    return is_wrong(v, "a table without a path");
  return true;
}

static bool validate_partner(validation *v, const model_connection *c) {
  uint32_t near = c->partner_of == SIDE_PRE ? c->source : c->target;
  expr_limits limits = limits_between(v->m, c->source, c->target);
  if (!is_index(v, c->partner, v->m->populations.len, "its partner"))
    return false;
  if (c->partner_of != SIDE_PRE && c->partner_of != SIDE_POST)
    return is_wrong(v, "its partner goes with no end");
  return validate_rule(v, near, c->partner, &c->partner_rule) &&
         validate_expr(v, &limits, c->partner_probability, "the probability of a partner");
}

static bool validate_connection(validation *v, uint32_t index) {
  const model *m = v->m;
  const model_connection *c = &m->connections.data[index];
  v->where = arena_printf(v->arena, "connection `%s`", c->name);
  if (!is_index(v, c->source, m->populations.len, "its source") ||
      !is_index(v, c->target, m->populations.len, "its target") ||
      !is_index(v, c->component, m->components.len, "its synapse"))
    return false;
  const model_component *synapse = &m->components.data[c->component];
  if (synapse->kind != COMPONENT_SYNAPSE || synapse->pre_component != m->populations.data[c->source].component ||
      synapse->post_component != m->populations.data[c->target].component)
    return is_wrong(v, "its synapse is of other ends");
  expr_limits limits = limits_in_owner(m, true, index);
  return validate_rule(v, c->source, c->target, &c->rule) && (!c->has_partner || validate_partner(v, c)) &&
         validate_expr(v, &limits, c->delay, "the delay") &&
         validate_expr(v, &limits, c->delay_back, "the delay back") &&
         validate_overrides(v, &limits, c->overrides.data, c->overrides.len);
}

/* ---- coupling ---- */

static bool validate_stage_set(validation *v, const model_stage_set *s) {
  v->where = "a stage set";
  if (!is_index(v, s->timescale, v->m->timescales.len, "its timescale"))
    return false;
  if (s->populations.len == 0)
    return is_wrong(v, "it has no populations");
  for (uint32_t k = 0; k < s->populations.len; k++)
    if (!is_index(v, s->populations.data[k], v->m->populations.len, "a population of it") ||
        (k > 0 && s->populations.data[k] <= s->populations.data[k - 1] &&
         !is_wrong(v, "its populations do not ascend")))
      return false;
  return true;
}

static bool validate_diffusion(validation *v, const model_diffusion *d) {
  const model *m = v->m;
  v->where = "a diffusion";
  if (!is_index(v, d->connection, m->connections.len, "its connection") ||
      !is_index(v, d->population, m->populations.len, "its population"))
    return false;
  expr_limits links = limits_in_owner(m, true, d->connection), cells = limits_in_owner(m, false, d->population);
  return is_index(v, d->input, cells.side[SIDE_SELF]->inputs.len, "its input") &&
         is_index(v, d->state, cells.side[SIDE_SELF]->states.len, "its state") &&
         validate_expr(v, &links, d->of_links, "its coefficient of links") &&
         validate_expr(v, &cells, d->of_equation, "its coefficient of the equation");
}

bool validate_network(validation *v) {
  const model *m = v->m;
  bool is_good = validate_timescales(v);
  for (uint32_t k = 0; is_good && k < m->populations.len; k++)
    is_good = validate_population(v, k);
  for (uint32_t k = 0; is_good && k < m->connections.len; k++)
    is_good = validate_connection(v, k);
  for (uint32_t k = 0; is_good && k < m->stage_sets.len; k++)
    is_good = validate_stage_set(v, &m->stage_sets.data[k]);
  for (uint32_t k = 0; is_good && k < m->diffusions.len; k++)
    is_good = validate_diffusion(v, &m->diffusions.data[k]);
  return is_good;
}
