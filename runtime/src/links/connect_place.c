/* SPDX-License-Identifier: MIT */
/* connect_place.c - see connect_place.h. */
#include "links/connect_place.h"

#include <math.h>

static double step_beside(uint32_t own, uint32_t other) { return other > own ? (double)other / own : 1; }

place_frame place_frame_of(const nsa_population *p, const nsa_population *beside) {
  if (p->spacing > 0 && beside->spacing > 0)
    return (place_frame){p->at_x, p->at_y, p->spacing, p->spacing};
  return (place_frame){0, 0, step_beside(p->cols, beside->cols), step_beside(p->rows, beside->rows)};
}

static double place_on_axis(double corner, uint32_t number, double step) {
  return corner + ((double)number + 0.5) * step;
}

double place_distance(const nsa_population *a, uint32_t i, const nsa_population *b, uint32_t j) {
  double distance;
  place_distances(a, &i, b, &j, 1, &distance);
  return distance;
}

/* Where an element lies: the next number is the next column, without a division. */
typedef struct {
  uint32_t number, row, col;
} place;

static void move_to(place *at, uint32_t number, uint32_t cols) {
  if (number == at->number)
    return;
  if (number == at->number + 1 && at->col + 1 < cols) {
    at->col++;
  } else {
    at->row = number / cols;
    at->col = number % cols;
  }
  at->number = number;
}

void place_distances(const nsa_population *a, const uint32_t *i, const nsa_population *b, const uint32_t *j,
                     uint32_t count, double *distances) {
  place_frame fa = place_frame_of(a, b), fb = place_frame_of(b, a);
  place from = {0, 0, 0}, to = {0, 0, 0};
  for (uint32_t k = 0; k < count; k++) {
    move_to(&from, i[k], a->cols);
    move_to(&to, j[k], b->cols);
    double dx = place_on_axis(fa.x, from.col, fa.dx) - place_on_axis(fb.x, to.col, fb.dx);
    double dy = place_on_axis(fa.y, from.row, fa.dy) - place_on_axis(fb.y, to.row, fb.dy);
    distances[k] = sqrt(dx * dx + dy * dy);
  }
}

/* Halfway between two cells the lower one is taken, also where rounding has moved it a little. */
static double cell_of(double u) {
  double nearest = floor(u + 0.5);
  return fabs(u - nearest) <= 1e-9 * (1 + fabs(u)) ? nearest - 1 : floor(u);
}

void place_cell(const nsa_population *from, uint32_t i, const nsa_population *to, double *row, double *col) {
  place_frame f = place_frame_of(from, to), t = place_frame_of(to, from);
  *row = cell_of((place_on_axis(f.y, i / from->cols, f.dy) - t.y) / t.dy);
  *col = cell_of((place_on_axis(f.x, i % from->cols, f.dx) - t.x) / t.dx);
}

static uint32_t clamped(double cell, uint32_t count) {
  return cell < 0 ? 0 : cell >= count ? count - 1 : (uint32_t)cell;
}

uint32_t place_nearest(const nsa_population *from, uint32_t i, const nsa_population *to) {
  double row, col;
  place_cell(from, i, to, &row, &col);
  return clamped(row, to->rows) * to->cols + clamped(col, to->cols);
}

uint32_t place_nearest_other(const nsa_population *p, uint32_t i) {
  static const double steps[4][2] = {{-1, 0}, {0, -1}, {0, 1}, {1, 0}};
  for (int k = 0; k < 4; k++) {
    uint32_t other = place_shift(p, i, steps[k][0], steps[k][1]);
    if (other != NSA_NONE)
      return other;
  }
  return NSA_NONE;
}

uint32_t place_at(const nsa_population *p, double row, double col) {
  if (!(row >= 0 && row < p->rows && col >= 0 && col < p->cols))
    return NSA_NONE;
  return (uint32_t)row * p->cols + (uint32_t)col;
}

uint32_t place_shift(const nsa_population *p, uint32_t i, double rows, double cols) {
  return place_at(p, (double)(i / p->cols) + rows, (double)(i % p->cols) + cols);
}

/* The cells of an axis within reach of x, with one more on either side for what rounding moves. */
static void cells_within(double x, double reach, double spacing, uint32_t count, uint32_t *first, uint32_t *end) {
  double low = floor((x - reach) / spacing - 0.5) - 1, high = ceil((x + reach) / spacing - 0.5) + 2;
  *end = high < count ? (high > 0 ? (uint32_t)high : 0) : count;
  *first = low > 0 ? (low < *end ? (uint32_t)low : *end) : 0;
}

place_walk place_walk_begin(const nsa_population *from, uint32_t i, const nsa_population *of, double reach) {
  place_walk walk = {.of = of, .end_row = of->rows, .end_col = of->cols};
  place_frame f = place_frame_of(from, of), o = place_frame_of(of, from);
  if (reach > 0) {
    cells_within(place_on_axis(f.x, i % from->cols, f.dx) - o.x, reach, o.dx, of->cols, &walk.first_col, &walk.end_col);
    cells_within(place_on_axis(f.y, i / from->cols, f.dy) - o.y, reach, o.dy, of->rows, &walk.row, &walk.end_row);
  }
  walk.col = walk.first_col;
  return walk;
}

uint32_t place_walk_next(place_walk *walk, uint32_t most, uint32_t *numbers) {
  uint32_t count = 0;
  while (count < most && walk->row < walk->end_row && walk->first_col < walk->end_col) {
    uint32_t left = walk->end_col - walk->col, some = left < most - count ? left : most - count;
    uint32_t first = walk->row * walk->of->cols + walk->col;
    for (uint32_t k = 0; k < some; k++)
      numbers[count + k] = first + k;
    count += some;
    walk->col += some;
    if (walk->col < walk->end_col)
      continue;
    walk->col = walk->first_col;
    walk->row++;
  }
  return count;
}
