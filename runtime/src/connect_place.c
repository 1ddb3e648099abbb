/* SPDX-License-Identifier: MIT */
/* connect_place.c - see connect_place.h. */
#include "connect_place.h"

#include <math.h>

static double spacing_of(const nsa_population *p) { return p->spacing > 0 ? p->spacing : 1; }

double place_distance(const nsa_population *a, uint32_t i, const nsa_population *b, uint32_t j) {
  double sa = spacing_of(a), sb = spacing_of(b);
  double dx = ((double)(i % a->cols) + 0.5) * sa - ((double)(j % b->cols) + 0.5) * sb;
  double dy = ((double)(i / a->cols) + 0.5) * sa - ((double)(j / b->cols) + 0.5) * sb;
  return sqrt(dx * dx + dy * dy);
}

/* Where an element lies: the next number is the next column, without a division. */
typedef struct {
  uint32_t number, row, col;
} place;

static void move_to(place *at, uint32_t number, uint32_t cols) {
  if (number == at->number) return;
  if (number == at->number + 1 && at->col + 1 < cols) {
    at->col++;
  } else {
    at->row = number / cols;
    at->col = number % cols;
  }
  at->number = number;
}

void place_distances(const nsa_population *a, const uint32_t *i, const nsa_population *b, const uint32_t *j, uint32_t count,
                     double *distances) {
  double sa = spacing_of(a), sb = spacing_of(b);
  place from = {0, 0, 0}, to = {0, 0, 0};
  for (uint32_t k = 0; k < count; k++) {
    move_to(&from, i[k], a->cols);
    move_to(&to, j[k], b->cols);
    double dx = ((double)from.col + 0.5) * sa - ((double)to.col + 0.5) * sb;
    double dy = ((double)from.row + 0.5) * sa - ((double)to.row + 0.5) * sb;
    distances[k] = sqrt(dx * dx + dy * dy);
  }
}

/* Halfway between two cells the lower one is taken, also where rounding has moved it a little. */
static uint32_t cell_at(double u, uint32_t count) {
  double cell = floor(u), nearest = floor(u + 0.5);
  if (fabs(u - nearest) <= 1e-9 * (1 + fabs(u))) cell = nearest - 1;
  if (cell < 0) return 0;
  return cell >= count ? count - 1 : (uint32_t)cell;
}

static uint32_t nearest_on_axis(uint32_t i, const nsa_population *from, uint32_t from_count,
                                const nsa_population *to, uint32_t to_count) {
  double x = (double)i + 0.5;
  if (from->spacing > 0 && to->spacing > 0) return cell_at(x * from->spacing / to->spacing, to_count);
  return cell_at(x * (double)to_count / (double)from_count, to_count);
}

uint32_t place_nearest(const nsa_population *from, uint32_t i, const nsa_population *to) {
  uint32_t row = nearest_on_axis(i / from->cols, from, from->rows, to, to->rows);
  uint32_t col = nearest_on_axis(i % from->cols, from, from->cols, to, to->cols);
  return row * to->cols + col;
}

uint32_t place_nearest_other(const nsa_population *p, uint32_t i) {
  static const double steps[4][2] = {{-1, 0}, {0, -1}, {0, 1}, {1, 0}};
  for (int k = 0; k < 4; k++) {
    uint32_t other = place_shift(p, i, steps[k][0], steps[k][1]);
    if (other != NSA_NONE) return other;
  }
  return NSA_NONE;
}

uint32_t place_shift(const nsa_population *p, uint32_t i, double rows, double cols) {
  double row = (double)(i / p->cols) + rows, col = (double)(i % p->cols) + cols;
  if (!(row >= 0 && row < p->rows && col >= 0 && col < p->cols)) return NSA_NONE;
  return (uint32_t)row * p->cols + (uint32_t)col;
}

/* The cells of an axis within reach of x, with one more on either side for what rounding moves. */
static void cells_within(double x, double reach, double spacing, uint32_t count, uint32_t *first, uint32_t *end) {
  double low = floor((x - reach) / spacing - 0.5) - 1, high = ceil((x + reach) / spacing - 0.5) + 2;
  *end = high < count ? (high > 0 ? (uint32_t)high : 0) : count;
  *first = low > 0 ? (low < *end ? (uint32_t)low : *end) : 0;
}

place_walk place_walk_begin(const nsa_population *from, uint32_t i, const nsa_population *of, double reach) {
  place_walk walk = {.of = of, .end_row = of->rows, .end_col = of->cols};
  double spacing = spacing_of(from), x = ((double)(i % from->cols) + 0.5) * spacing, y = ((double)(i / from->cols) + 0.5) * spacing;
  if (reach > 0) {
    cells_within(x, reach, spacing_of(of), of->cols, &walk.first_col, &walk.end_col);
    cells_within(y, reach, spacing_of(of), of->rows, &walk.row, &walk.end_row);
  }
  walk.col = walk.first_col;
  return walk;
}

uint32_t place_walk_next(place_walk *walk, uint32_t most, uint32_t *numbers) {
  uint32_t count = 0;
  while (count < most && walk->row < walk->end_row && walk->first_col < walk->end_col) {
    uint32_t left = walk->end_col - walk->col, some = left < most - count ? left : most - count;
    uint32_t first = walk->row * walk->of->cols + walk->col;
    for (uint32_t k = 0; k < some; k++) numbers[count + k] = first + k;
    count += some;
    walk->col += some;
    if (walk->col < walk->end_col) continue;
    walk->col = walk->first_col;
    walk->row++;
  }
  return count;
}
