/* SPDX-License-Identifier: MIT */
/* facts.c - small questions to the model. */
#include "lower/pure/pure.h"
#include <stdarg.h>
#include <stdio.h>

void lower_decide(lowering *l, const char *subject, const char *topic, const char *format, ...) {
  char line[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  lower_decision d = {subject, topic, arena_printf(l->arena, "%s", line)};
  vec_push(l->arena, &l->report->decisions, d);
}

const char *const lower_side_words[4] = {"self", "pre", "post", "astro"};

static bool is_taken(const lowering *l, const char *name) {
  for (uint32_t k = 0; k < l->p->functions.len; k++)
    if (strcmp(l->p->functions.data[k]->name, name) == 0)
      return true;
  return false;
}

const char *lower_kernel_name(const lowering *l, const char *owner, const char *of, const char *what) {
  const char *first = arena_printf(l->arena, "%s%s%s.%s", owner, of ? "." : "", of ? of : "", what), *name = first;
  for (uint32_t k = 2; is_taken(l, name); k++)
    name = arena_printf(l->arena, "%s%u", first, k);
  return name;
}

const model_component *component_of_population(const lowering *l, uint32_t population) {
  return &l->m->components.data[l->m->populations.data[population].component];
}

const model_component *component_of_connection(const lowering *l, uint32_t connection) {
  return &l->m->components.data[l->m->connections.data[connection].component];
}

uint32_t ticks_of_population(const lowering *l, uint32_t population) {
  return l->m->timescales.data[component_of_population(l, population)->timescale].ticks;
}

bool lower_is_slow(const lowering *l, uint32_t population) { return ticks_of_population(l, population) > 1; }

bool lower_is_extrapolated(const lowering *l, uint32_t population) {
  return component_of_population(l, population)->coupling == COUPLING_LINEAR && lower_is_slow(l, population);
}

uint32_t lower_base_timescale(const lowering *l) {
  uint32_t found = 0;
  for (uint32_t k = 0; k < l->m->timescales.len; k++)
    if (l->m->timescales.data[k].ticks < l->m->timescales.data[found].ticks)
      found = k;
  return found;
}

uint32_t lower_clock_of_links(const lowering *l, uint32_t connection) {
  const model_connection *mc = &l->m->connections.data[connection];
  const uint32_t partners[] = {mc->source, mc->target, mc->partner};
  uint32_t fastest = component_of_population(l, mc->source)->timescale;
  for (int i = 1; i < (mc->has_partner ? 3 : 2); i++) {
    uint32_t other = component_of_population(l, partners[i])->timescale;
    if (l->m->timescales.data[other].ticks < l->m->timescales.data[fastest].ticks)
      fastest = other;
  }
  return l->m->timescales.data[fastest].ticks == 1 ? lower_base_timescale(l) : fastest;
}

bool state_has_equation(const model_component *c, uint32_t state) {
  for (uint32_t k = 0; k < c->odes.len; k++)
    if (c->odes.data[k].state == state)
      return true;
  return false;
}

const model_expr *lower_initial_value(const lowering *l, bool is_connection, uint32_t owner, model_ref_kind kind,
                                      uint32_t item) {
  const model_connection *mc = is_connection ? &l->m->connections.data[owner] : NULL;
  const model_population *pop = is_connection ? NULL : &l->m->populations.data[owner];
  const model_override *overrides = mc ? mc->overrides.data : pop->overrides.data;
  for (uint32_t k = mc ? mc->overrides.len : pop->overrides.len; k-- > 0;)
    if (overrides[k].target == kind && overrides[k].item == item)
      return overrides[k].value;
  const model_component *c = mc ? component_of_connection(l, owner) : component_of_population(l, owner);
  return kind == REF_PARAM ? c->params.data[item].value : c->states.data[item].initial;
}

/* An event whose condition is followed, so that its value before must be known. */
bool lower_is_crossing(const model_event *ev) { return ev->when != NULL && ev->is_crossing; }

bool lower_hears(const model_component *c) {
  for (uint32_t k = 0; k < c->blocks.len; k++)
    if (c->blocks.data[k].kind == BLOCK_SIGNAL)
      return true;
  return false;
}

bool lower_draws(lowering *l, uint32_t population, const model_expr *e) {
  return lower_self_dependence(l, false, population, e) & DEPENDS_RANDOM;
}

nsa_rule_kind lower_rule_kind(rule_kind kind) {
  static const nsa_rule_kind kinds[] = {
      [RULE_ONE_TO_ONE] = NSA_RULE_ONE_TO_ONE,
      [RULE_ALL_TO_ALL] = NSA_RULE_ALL_TO_ALL,
      [RULE_PROBABILITY] = NSA_RULE_PROBABILITY,
      [RULE_INDEGREE] = NSA_RULE_INDEGREE,
      [RULE_OUTDEGREE] = NSA_RULE_OUTDEGREE,
      [RULE_NEIGHBOURS] = NSA_RULE_NEIGHBOURS,
      [RULE_TILES] = NSA_RULE_TILES,
      [RULE_NEAREST] = NSA_RULE_NEAREST,
      [RULE_WHERE] = NSA_RULE_WHERE,
      [RULE_FILE] = NSA_RULE_FILE,
      [RULE_SCALE_FREE] = NSA_RULE_SCALE_FREE,
      [RULE_POOL] = NSA_RULE_POOL,
      [RULE_ONE_PER_SYNAPSE] = NSA_RULE_ONE_PER_SYNAPSE,
  };
  return kinds[kind];
}
