/* SPDX-License-Identifier: MIT */
#include "observe/measure_series.h"

#include "state/nodes.h"

#include <math.h>
#include <stdlib.h>

bool series_push(series_list *list, double value) {
  if (list->count == list->capacity) {
    uint64_t capacity = list->capacity * 2 + 64;
    double *grown = realloc(list->values, capacity * sizeof *grown);
    if (!grown)
      return false;
    list->values = grown;
    list->capacity = capacity;
  }
  list->values[list->count++] = value;
  return true;
}

world_series series_view(const series_list *list) { return (world_series){list->values, list->count, 1}; }

world_series series_head(world_series of, double most) {
  of.count = !(most >= 1) ? 0 : most < (double)of.count ? (uint64_t)most : of.count;
  return of;
}

world_series series_tail(world_series of, double most) {
  world_series head = series_head(of, most);
  if (of.values)
    head.values += (of.count - head.count) * of.stride;
  return head;
}

static double number_of(const series_or_number *x, uint64_t i) {
  return x->is_series ? x->series.values[i * x->series.stride] : x->number;
}

bool series_combine(uint32_t kind, const series_or_number *a, const series_or_number *b, series_list *to) {
  uint64_t count = UINT64_MAX;
  if (a->is_series)
    count = a->series.count;
  if (b->is_series && b->series.count < count)
    count = b->series.count;
  to->count = 0;
  for (uint64_t i = 0; i < count; i++)
    if (!series_push(to, node_combine(kind, number_of(a, i), number_of(b, i))))
      return false;
  return true;
}

/* ---- one number ---- */

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static bool find_median(world_series of, double *median) {
  double *sorted = malloc(of.count * sizeof *sorted);
  if (!sorted)
    return false;
  bool is_number = true;
  for (uint64_t i = 0; i < of.count; i++) {
    sorted[i] = of.values[i * of.stride];
    is_number = is_number && !isnan(sorted[i]);
  }
  qsort(sorted, of.count, sizeof *sorted, compare);
  double low = sorted[(of.count - 1) / 2], high = sorted[of.count / 2];
  free(sorted);
  *median = !is_number ? NAN : (low + high) / 2;
  return true;
}

static double extreme_of(world_series of, bool is_largest) {
  double best = of.values[0];
  for (uint64_t i = 1; i < of.count; i++) {
    double x = of.values[i * of.stride];
    best = isnan(x) || isnan(best) ? NAN : (is_largest ? x > best : x < best) ? x : best;
  }
  return best;
}

static double sum_of(world_series of) {
  double sum = 0;
  for (uint64_t i = 0; i < of.count; i++)
    sum += of.values[i * of.stride];
  return sum;
}

static double reduced(uint32_t kind, world_series of) {
  switch (kind) {
  case NSA_MEASURE_SERIES_FIRST:
    return of.values[0];
  case NSA_MEASURE_SERIES_LAST:
    return of.values[(of.count - 1) * of.stride];
  case NSA_MEASURE_SERIES_MEAN:
    return sum_of(of) / (double)of.count;
  case NSA_MEASURE_SERIES_MIN:
    return extreme_of(of, false);
  case NSA_MEASURE_SERIES_MAX:
    return extreme_of(of, true);
  default:
    return sum_of(of);
  }
}

bool series_reduce(uint32_t kind, world_series of, double *value) {
  if (kind == NSA_MEASURE_SERIES_MEDIAN && of.count > 0)
    return find_median(of, value);
  *value = of.count > 0 ? reduced(kind, of) : NAN;
  return true;
}
