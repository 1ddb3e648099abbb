/* SPDX-License-Identifier: MIT */
/* places.c - places of elements, and constants. */
#include "model/expr/places.h"
#include "model/expr/make.h"

/* ---- places ---- */

/* A rule of partners is lowered like one of links, from the near element to the partner. */
model_side side_in_result(const expr_env *env, model_side side) {
  if (!env->is_partner_rule)
    return side;
  return side == SIDE_ASTRO ? SIDE_POST : SIDE_PRE;
}

static const struct {
  const char *name;
  model_ref_kind kind;
} places[] = {{"i", REF_INDEX}, {"row", REF_ROW}, {"col", REF_COL}, {"x", REF_X}, {"y", REF_Y}};

#define COUNT(array) (sizeof(array) / sizeof *(array))

bool place_find(const char *name, model_ref_kind *kind) {
  for (size_t i = 0; i < COUNT(places); i++)
    if (strcmp(places[i].name, name) == 0) {
      *kind = places[i].kind;
      return true;
    }
  return false;
}

void place_names(checker *ck, name_list *out) {
  for (size_t i = 0; i < COUNT(places); i++)
    vec_push(ck->arena, out, places[i].name);
}

/* The population whose places stand beside those of a side: the other end's; beside a partner, that of the end it goes
 * with. NULL: none. */
static const model_population *beside(const expr_env *env, model_side side) {
  model_side other = side == SIDE_PRE ? SIDE_POST : side == SIDE_POST ? SIDE_PRE : env->near;
  if (side == SIDE_SELF)
    return NULL;
  if (env->side[other].population != NULL && other != SIDE_SELF)
    return env->side[other].population;
  for (int k = SIDE_PRE; k <= SIDE_ASTRO; k++) /* a rule of partners knows one end */
    if (k != (int)side && env->side[k].population != NULL)
      return env->side[k].population;
  return NULL;
}

/* x or y of an element of a known population: corner + (column + 1/2)*step. Where not both are spaced, both cover one
 * patch, in steps of the grid that has more of them (connect_place.c). */
static model_expr *make_coordinate(expr_env *env, model_side side, model_ref_kind kind, span at) {
  checker *ck = env->ck;
  const model_population *p = env->side[side].population, *other = beside(env, side);
  bool is_x = kind == REF_X, is_length = p->spacing > 0 && (other == NULL || other->spacing > 0);
  double corner = is_x ? p->at_x : p->at_y, step = p->spacing;
  if (!is_length) {
    double own = is_x ? p->cols : p->rows, most = other == NULL ? own : is_x ? other->cols : other->rows;
    corner = 0;
    step = most > own ? most / own : 1;
  }
  dim unit = is_length ? dim_um : dim_none();
  model_expr *cell = expr_ref(ck, is_x ? REF_COL : REF_ROW, side_in_result(env, side), 0, dim_none(), at);
  model_expr *middle = expr_binary(ck, MX_ADD, cell, expr_literal(ck, 0.5, dim_none(), at), at);
  model_expr *from_corner = expr_binary(ck, MX_MUL, middle, expr_literal(ck, step, unit, at), at);
  return corner == 0 ? from_corner : expr_binary(ck, MX_ADD, expr_literal(ck, corner, unit, at), from_corner, at);
}

/* In a component x and y are lengths, and its populations must be spaced. */
model_expr *place_ref(expr_env *env, model_side side, model_ref_kind kind, span at) {
  bool is_coordinate = kind == REF_X || kind == REF_Y;
  const expr_side *s = &env->side[side];
  if (is_coordinate && s->population != NULL)
    return make_coordinate(env, side, kind, at);
  if (is_coordinate && s->usage != NULL)
    s->usage->has_place = true;
  return expr_ref(env->ck, kind, side_in_result(env, side), 0, is_coordinate ? dim_um : dim_none(), at);
}

/* ---- constants ---- */

model_expr *constant_find(checker *ck, const char *name, span at) {
  static const struct {
    const char *name, *digits;
    nsa_unit unit;
  } constants[] = {
      {"pi", "3.14159265358979323846", {0, 1, {0}}},
      {"e", "2.71828182845904523536", {0, 1, {0}}},
      /* CODATA 2018: 96485.33212 C/mol, 8.314462618 J/(mol K) */
      {"faraday", "96485.33212", {-6, 1, {4, 0, 4, 0, -4, 0}}},
      {"gas_constant", "8.314462618", {-3, 1, {4, 4, 4, 0, -4, -4}}},
  };
  for (size_t i = 0; i < COUNT(constants); i++)
    if (strcmp(constants[i].name, name) == 0)
      return expr_literal(ck, nsa_unit_scale(constants[i].digits, &constants[i].unit), dim_of_unit(&constants[i].unit),
                          at);
  if (strcmp(name, "true") == 0 || strcmp(name, "false") == 0) {
    model_expr *e = expr_new(ck, MX_BOOL, dim_none(), at);
    e->is_bool = true;
    e->number = name[0] == 't';
    return e;
  }
  return NULL;
}
