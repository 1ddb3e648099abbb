/* SPDX-License-Identifier: MIT */
/* dependence.c - what an expression depends on: what decides where it is evaluated. */
#include "lower/lower_internal.h"

static bool is_varied_param(lowering *l, const view *v, uint32_t item) {
  uint32_t field = v->is_connection ? l->connections[v->owner].param[item]
                                    : l->populations[v->owner].param[item];
  return field != NO_FIELD && !l->p->fields.data[field].is_uniform;
}

static dependence of_let(lowering *l, view *const side[4], const model_expr *e) {
  view *owner = side[e->ref.side];
  view *inner[4] = {owner, side[SIDE_PRE], side[SIDE_POST], side[SIDE_ASTRO]};
  dependence d = lower_dependence(l, inner, owner->component->lets.data[e->ref.item].value);
  if (e->ref.side == SIDE_SELF)
    return d;
  dependence moved = {{0}};
  moved.side[e->ref.side] = d.side[SIDE_SELF];
  return moved;
}

static dependence of_ref(lowering *l, view *const side[4], const model_expr *e) {
  dependence d = {{0}};
  const view *v = side[e->ref.side];
  uint32_t *bits = &d.side[e->ref.side];
  switch (e->ref.kind) {
  case REF_LET:
    return of_let(l, side, e);
  case REF_PARAM:
    *bits =
        is_varied_param(l, v, e->ref.item) ? DEPENDS_VARIED_PARAM | DEPENDS_PARAM : DEPENDS_PARAM;
    break;
  case REF_STATE:
    *bits = state_has_equation(v->component, e->ref.item) ? DEPENDS_STATE : DEPENDS_HELD_STATE;
    break;
  case REF_INPUT:
    *bits = DEPENDS_INPUT;
    break;
  case REF_NOISE:
    *bits = DEPENDS_RANDOM;
    break;
  case REF_TIMER:
  case REF_REFRACTORY:
    *bits = DEPENDS_TIMER;
    break;
  case REF_LOCAL:
    *bits = DEPENDS_LOCAL;
    break;
  case REF_TIME:
    *bits = DEPENDS_TIME;
    break;
  case REF_DT:
    break;
  case REF_DISTANCE:
    d.side[SIDE_SELF] = DEPENDS_DISTANCE;
    break;
  default:
    *bits = DEPENDS_ELEMENT;
    break;
  }
  return d;
}

dependence lower_dependence(lowering *l, view *const side[4], const model_expr *e) {
  if (e->kind == MX_REF)
    return of_ref(l, side, e);
  dependence d = {{0}};
  if (e->kind == MX_RANDOM)
    d.side[SIDE_SELF] = DEPENDS_RANDOM;
  for (int k = 0; k < 3; k++) {
    if (!e->args[k])
      continue;
    dependence part = lower_dependence(l, side, e->args[k]);
    for (int s = 0; s < 4; s++)
      d.side[s] |= part.side[s];
  }
  return d;
}

uint32_t lower_self_dependence(lowering *l, bool is_connection, uint32_t owner,
                               const model_expr *e) {
  view self = {.is_connection = is_connection, .owner = owner};
  self.component =
      is_connection ? component_of_connection(l, owner) : component_of_population(l, owner);
  view *side[4] = {&self, &self, &self, &self};
  dependence d = lower_dependence(l, side, e);
  return d.side[0] | d.side[1] | d.side[2] | d.side[3];
}
