/* SPDX-License-Identifier: MIT */
/* plane.c - nullclines and directions in the plane of two states. */
#include "analyse/integrate.h"

#include <math.h>

enum { CELLS = 160, ROW = CELLS + 1, ARROWS = 18 }; /* ROW: corners of a row of cells */

typedef struct {
  analyse_cell *cell;
  double p;
  analyse_plane *plane;
  double *x, *rates; /* of one place */
} painter;

/* Rates of both states at a place. */
static void look(const painter *w, double x, double y, double rates[2]) {
  w->x[w->plane->across] = x;
  w->x[w->plane->up] = y;
  cell_rates(w->cell, w->x, w->p, w->rates);
  rates[0] = w->rates[w->plane->across];
  rates[1] = w->rates[w->plane->up];
}

/* ---- the range ---- */

static void widen(analyse_plane *plane, const double *x) {
  double at[2] = {x[plane->across], x[plane->up]};
  for (uint32_t k = 0; k < 2; k++) {
    plane->low[k] = fmin(plane->low[k], at[k]);
    plane->high[k] = fmax(plane->high[k], at[k]);
  }
}

static void add_way(const painter *w, const double *x) {
  vec_push(w->cell->arena, &w->plane->way, ((analyse_spot){x[w->plane->across], x[w->plane->up]}));
}

/* From the initial values, until it comes to rest or has gone round many times. */
static void go_way(const painter *w) {
  enum { MOST_STEPS = 3000 };
  arena *scratch = arena_new();
  integration i = integrate_from(scratch, w->cell, w->cell->start, w->p, 1e-6);
  add_way(w, i.x);
  widen(w->plane, i.x);
  for (uint32_t k = 0; k < MOST_STEPS && integrate_step(&i); k++) {
    if (cell_distance(w->cell, i.x, w->cell->start) > 100)
      break;
    add_way(w, i.x);
    widen(w->plane, i.x);
  }
  arena_free(scratch);
}

static void choose_ranges(const painter *w, const bool is_given[2], const analyse_point *points, uint32_t count) {
  analyse_plane *plane = w->plane;
  uint32_t state[2] = {plane->across, plane->up};
  for (uint32_t k = 0; k < count; k++)
    widen(plane, points[k].x);
  for (uint32_t k = 0; k < 2; k++) {
    double margin = fmax(0.2 * (plane->high[k] - plane->low[k]), 1e-3 * w->cell->scale[state[k]]);
    plane->low[k] -= margin;
    plane->high[k] += margin;
    if (w->cell->low[state[k]] == 0) /* a concentration */
      plane->low[k] = fmax(plane->low[k], 0);
    if (is_given[k])
      plane->low[k] = w->cell->low[state[k]], plane->high[k] = w->cell->high[state[k]];
  }
}

/* ---- nullclines ---- */

/* A corner of the grid. Up to four cells share it, and both nullclines look at it. */
typedef struct {
  analyse_spot at;
  double rates[2];
} grid_corner;

/* Where rate `which` is 0 between two corners, if it changes its sign between them. */
static bool cross(const painter *w, uint32_t which, const grid_corner *a, const grid_corner *b, analyse_spot *at) {
  analyse_spot from = a->at, to = b->at;
  double middle[2];
  if (!(a->rates[which] * b->rates[which] < 0))
    return false;
  for (uint32_t round = 0; round < 40; round++) {
    *at = (analyse_spot){(from.x + to.x) / 2, (from.y + to.y) / 2};
    look(w, at->x, at->y, middle);
    if (middle[which] * a->rates[which] > 0)
      from = *at;
    else
      to = *at;
  }
  return true;
}

/* The piece of a nullcline within one cell of the grid: from edge to edge. */
static void add_piece(const painter *w, uint32_t which, const grid_corner *const corner[4]) {
  analyse_spot ends[4];
  uint32_t count = 0;
  for (uint32_t k = 0; k < 4; k++)
    count += cross(w, which, corner[k], corner[(k + 1) % 4], &ends[count]);
  for (uint32_t k = 0; k + 1 < count; k += 2) {
    vec_push(w->cell->arena, &w->plane->nullclines[which], ends[k]);
    vec_push(w->cell->arena, &w->plane->nullclines[which], ends[k + 1]);
  }
}

static analyse_spot place(const analyse_plane *p, double right, double up) {
  return (analyse_spot){p->low[0] + right * (p->high[0] - p->low[0]), p->low[1] + up * (p->high[1] - p->low[1])};
}

/* Off the rational places, where a state is often exactly 0. */
static analyse_spot corner_of(const analyse_plane *p, uint32_t r, uint32_t c) {
  const double nudge = 1.0 / 4096;
  return place(p, (c + nudge) / CELLS, (r + nudge) / CELLS);
}

/* Of the whole grid, row by row. */
static const grid_corner *look_at_corners(const painter *w, arena *a) {
  grid_corner *all = ARENA_ARRAY(a, grid_corner, (size_t)ROW * ROW), *next = all;
  for (uint32_t r = 0; r < ROW; r++)
    for (uint32_t c = 0; c < ROW; c++, next++) {
      next->at = corner_of(w->plane, r, c);
      look(w, next->at.x, next->at.y, next->rates);
    }
  return all;
}

static void find_nullclines(const painter *w) {
  arena *scratch = arena_new();
  const grid_corner *all = look_at_corners(w, scratch);
  for (uint32_t r = 0; r < CELLS; r++)
    for (uint32_t c = 0; c < CELLS; c++) {
      const grid_corner *low = &all[r * ROW + c], *high = low + ROW;
      const grid_corner *corner[4] = {low, low + 1, high + 1, high};
      for (uint32_t which = 0; which < 2; which++)
        add_piece(w, which, corner);
    }
  arena_free(scratch);
}

/* Arrows of nearly one length: how fast it goes is seen from the longer ones only a little. */
static void find_field(const painter *w) {
  const analyse_plane *p = w->plane;
  double width = p->high[0] - p->low[0], height = p->high[1] - p->low[1];
  for (uint32_t r = 0; r < ARROWS; r++)
    for (uint32_t c = 0; c < ARROWS; c++) {
      analyse_spot at = place(p, (c + 0.5) / ARROWS, (r + 0.5) / ARROWS);
      double rates[2];
      look(w, at.x, at.y, rates);
      double length = hypot(rates[0] / width, rates[1] / height) * ARROWS / 0.6;
      if (!(length > 0) || !isfinite(length))
        continue;
      vec_push(w->cell->arena, &w->plane->field, at);
      vec_push(w->cell->arena, &w->plane->field, ((analyse_spot){at.x + rates[0] / length, at.y + rates[1] / length}));
    }
}

analyse_plane analyse_plane_of(analyse_cell *c, double p, uint32_t across, uint32_t up, const bool is_given[2],
                               const analyse_point *points, uint32_t count) {
  analyse_plane plane = {.across = across, .up = up, .low = {INFINITY, INFINITY}, .high = {-INFINITY, -INFINITY}};
  painter w = {c, p, &plane, ARENA_ARRAY(c->arena, double, c->n), ARENA_ARRAY(c->arena, double, c->n)};
  memcpy(w.x, c->start, c->n * sizeof *w.x);
  go_way(&w);
  choose_ranges(&w, is_given, points, count);
  find_nullclines(&w);
  find_field(&w);
  return plane;
}
