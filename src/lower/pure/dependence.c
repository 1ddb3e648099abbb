/* SPDX-License-Identifier: MIT */
/* dependence.c - what an expression depends on: what decides where it is evaluated. */
#include "lower/pure/pure.h"

static bool is_varied_param(lowering *l, const view *v, uint32_t item) {
  uint32_t field = v->is_connection ? l->connections[v->owner].param[item] : l->populations[v->owner].param[item];
  return field != NO_FIELD && !l->p->fields.data[field].is_uniform;
}

/* Lets are looked through once: the answer is kept with their owner, once its fields are complete.
 */
static let_memo *memo_of(lowering *l, const view *v, uint32_t item) {
  let_memo *list = v->is_connection ? l->connections[v->owner].lets : l->populations[v->owner].lets;
  return list ? &list[item] : NULL;
}

static dependence of_let(lowering *l, view *const side[4], const model_expr *e) {
  view *owner = side[e->ref.side];
  let_memo *memo = memo_of(l, owner, e->ref.item);
  dependence d;
  if (memo && memo->is_known) {
    d = memo->depends;
  } else {
    view *inner[4] = {owner, side[SIDE_PRE], side[SIDE_POST], side[SIDE_ASTRO]};
    d = lower_dependence(l, inner, owner->component->lets.data[e->ref.item].value);
    if (memo)
      *memo = (let_memo){true, d};
  }
  if (e->ref.side == SIDE_SELF)
    return d;
  dependence moved = {{0}};
  /* Even a constant let can only be read where its side is. */
  moved.side[e->ref.side] = d.side[SIDE_SELF] | DEPENDS_PARAM;
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
    *bits = is_varied_param(l, v, e->ref.item) ? DEPENDS_VARIED_PARAM | DEPENDS_PARAM : DEPENDS_PARAM;
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
  case REF_SIGNAL:
    *bits = DEPENDS_HELD_STATE;
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

void lower_sides(lowering *l, bool is_connection, uint32_t owner, view views[4], view *side[4]) {
  views[SIDE_SELF] = (view){.is_connection = is_connection, .owner = owner};
  views[SIDE_SELF].component = is_connection ? component_of_connection(l, owner) : component_of_population(l, owner);
  if (is_connection) {
    const model_connection *mc = &l->m->connections.data[owner];
    views[SIDE_PRE] = (view){.owner = mc->source, .component = component_of_population(l, mc->source)};
    views[SIDE_POST] = (view){.owner = mc->target, .component = component_of_population(l, mc->target)};
    if (mc->has_partner)
      views[SIDE_ASTRO] = (view){.owner = mc->partner, .component = component_of_population(l, mc->partner)};
  }
  for (int s = 0; s < 4; s++)
    side[s] = &views[s];
}

uint32_t lower_self_dependence(lowering *l, bool is_connection, uint32_t owner, const model_expr *e) {
  view views[4] = {{0}}, *side[4];
  lower_sides(l, is_connection, owner, views, side);
  dependence d = lower_dependence(l, side, e);
  return d.side[0] | d.side[1] | d.side[2] | d.side[3];
}
