/* SPDX-License-Identifier: MIT */
/* noise.c - the draws of one step of a component's noises. */
#include "lower/expr/advance.h"
#include "lower/expr/fields.h"
#include "support/file.h"

static ir_value draw_gauss(scope *s, const char *name) {
  if (s->l->options->draws_at_mean) {
    lower_note_draw(s->l, "%s", name);
    return ir_number(s->b, 0);
  }
  uint64_t key = hash_name64(name);
  return ir_random(s->b, IR_OP_rand_normal, key, s->timescale, s->who_a, s->who_b, ir_number(s->b, 0),
                   ir_number(s->b, 1));
}

/* One draw a noise of the component, the same in all of its systems; then one an equation, which
 * only `exact` needs, where fewer noises than equations drive a coupled system. */
const ir_value *lower_draw_noise(scope *s, const char *pop, const solve_system *sys, const model_ode *const *odes) {
  lowering *l = s->l;
  const model_component *c = s->side[SIDE_SELF]->component;
  ir_value *gauss = ARENA_ARRAY(l->arena, ir_value, sys->gauss_count);
  for (uint32_t k = 0; k < sys->noise_count; k++)
    gauss[k] = draw_gauss(s, arena_printf(l->arena, "%s/noise %s", pop, c->noises.data[k].name));
  for (uint32_t k = sys->noise_count; k < sys->gauss_count; k++) {
    const model_ode *ode = odes[k - sys->noise_count];
    const char *state = c->states.data[ode->state].name;
    gauss[k] = draw_gauss(s, arena_printf(l->arena, "%s/noise of d%s", pop, state));
  }
  return gauss;
}
