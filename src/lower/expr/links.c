/* SPDX-License-Identifier: MIT */
/* links.c - states of links, as they are at a tick: event-driven ones are advanced to it. */
#include "lower/expr/advance.h"

static ir_value load_at_home(scope *s, nsa_field_id field, model_side home) {
  ir_value index = s->side[home]->index;
  return index == IR_NO_VALUE ? ir_load(s->b, field) : ir_load_at(s->b, field, index);
}

/* The states of one home, or of all (SIDE_COUNT); the others are zero. */
enum { SIDE_COUNT = SIDE_ASTRO + 1 };

void lower_load_links_of(scope *s, block_state *state, ir_value tick, int only) {
  lowering *l = s->l;
  view *self = s->side[SIDE_SELF];
  const model_component *c = self->component;
  const connection_fields *f = &l->connections[self->owner];
  *state = (block_state){.state_count = c->states.len, .event_count = l->m->signals.len};
  state->states = ARENA_ARRAY(l->arena, ir_value, c->states.len);
  state->emitted = ARENA_ARRAY(l->arena, ir_value, l->m->signals.len);
  state->timers = state->repeated = ARENA_ARRAY(l->arena, ir_value, 0); /* synapses have none */
  for (uint32_t k = 0; k < l->m->signals.len; k++)
    state->emitted[k] = ir_bool(s->b, false);
  const state_plan *states = l->plan->connections[self->owner].states;
  for (uint32_t k = 0; k < c->states.len; k++)
    state->states[k] = states[k].is_summed || (only != SIDE_COUNT && (int)states[k].home != only)
                           ? ir_number(s->b, 0)
                           : load_at_home(s, f->state[k], states[k].home);
  view_show(self, state->states, NULL);
  for (int home = SIDE_SELF; home <= SIDE_ASTRO; home++) {
    if (nsa_field_is_none(f->advanced[home]) || (only != SIDE_COUNT && home != only))
      continue;
    ir_value last = load_at_home(s, f->advanced[home], (model_side)home);
    ir_value ticks = ir_binary(s->b, IR_OP_sub, tick, last);
    double dt = l->m->timescales.data[lower_clock_of_links(l->ctx, self->owner)].dt;
    ir_value step = ir_binary(s->b, IR_OP_mul, ticks, ir_number(s->b, dt));
    lower_advance_links(s, state, (model_side)home, step);
  }
}

void lower_load_links(scope *s, block_state *state, ir_value tick) { lower_load_links_of(s, state, tick, SIDE_COUNT); }
