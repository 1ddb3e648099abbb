/* SPDX-License-Identifier: MIT */
#include "observe/measure_series.h"

#include "state/nodes.h"

#include <math.h>
#include <stdlib.h>

bool series_reserve(series_list *list, uint64_t capacity) {
  if (capacity <= list->capacity)
    return true;
  double *grown = realloc(list->values, capacity * sizeof *grown);
  if (!grown)
    return false;
  list->values = grown;
  list->capacity = capacity;
  return true;
}

bool series_push(series_list *list, double value) {
  if (list->count == list->capacity && !series_reserve(list, list->capacity * 2 + 64))
    return false;
  list->values[list->count++] = value;
  return true;
}

void series_keep(series_list *list, keeper *k) { keep_list(k, &list->values, &list->count, &list->capacity, 1); }

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

bool series_combine(uint32_t kind, const series_or_number *args, series_list *to) {
  uint32_t count = node_args(kind);
  uint64_t length = UINT64_MAX;
  for (uint32_t k = 0; k < count; k++)
    if (args[k].is_series && args[k].series.count < length)
      length = args[k].series.count;
  to->count = 0;
  for (uint64_t i = 0; i < length; i++) {
    double numbers[NODE_ARGS] = {0};
    for (uint32_t k = 0; k < count; k++)
      numbers[k] = number_of(&args[k], i);
    if (!series_push(to, node_combine(kind, numbers)))
      return false;
  }
  return true;
}

bool series_with_data(world_series of, series_list *to) {
  to->count = 0;
  for (uint64_t i = 0; i < of.count; i++)
    if (!isnan(of.values[i * of.stride]) && !series_push(to, of.values[i * of.stride]))
      return false;
  return true;
}

/* ---- one number ---- */

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Where a part of them lies, 0..1: linear between neighbours (Hyndman and Fan 1996, type 7). The middle of an even
 * number is the mean of two. */
static double quantile(const double *sorted, uint64_t count, double part) {
  double place = part * (double)(count - 1), below = floor(place);
  double low = sorted[(uint64_t)below], high = sorted[below < place ? (uint64_t)below + 1 : (uint64_t)below];
  return place - below == 0.5 ? (low + high) / 2 : low + (place - below) * (high - low);
}

static bool find_quantile(world_series of, double part, double *value) {
  double *sorted = malloc(of.count * sizeof *sorted);
  if (!sorted)
    return false;
  bool is_number = true;
  for (uint64_t i = 0; i < of.count; i++) {
    sorted[i] = of.values[i * of.stride];
    is_number = is_number && !isnan(sorted[i]);
  }
  qsort(sorted, of.count, sizeof *sorted, compare);
  *value = is_number ? quantile(sorted, of.count, part) : NAN;
  free(sorted);
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

static double deviation_of(world_series of) {
  double mean = sum_of(of) / (double)of.count, squares = 0;
  for (uint64_t i = 0; i < of.count; i++) {
    double off = of.values[i * of.stride] - mean;
    squares += off * off;
  }
  return sqrt(squares / (double)of.count);
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
  case NSA_MEASURE_SERIES_SD:
    return deviation_of(of);
  default:
    return sum_of(of);
  }
}

bool series_reduce(uint32_t kind, world_series of, double number, double *value) {
  *value = NAN;
  if (kind == NSA_MEASURE_SERIES_COUNT)
    *value = (double)of.count;
  if (of.count == 0 || kind == NSA_MEASURE_SERIES_COUNT)
    return true;
  if (kind == NSA_MEASURE_SERIES_MEDIAN)
    return find_quantile(of, 0.5, value);
  if (kind == NSA_MEASURE_SERIES_PERCENTILE)
    return find_quantile(of, number / 100, value);
  *value = reduced(kind, of);
  return true;
}
