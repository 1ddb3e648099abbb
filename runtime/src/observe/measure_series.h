/* SPDX-License-Identifier: MIT */
/* measure_series.h - measures of trials and steps of environments: lists of numbers, and what they are reduced to. */
#ifndef NSA_RUNTIME_MEASURE_SERIES_H
#define NSA_RUNTIME_MEASURE_SERIES_H

#include "worlds/worlds.h"

/* Numbers that belong to a node. */
typedef struct {
  double *values;
  uint64_t count, capacity;
} series_list;

/* False: out of memory. */
bool series_push(series_list *list, double value);
bool series_reserve(series_list *list, uint64_t capacity);
world_series series_view(const series_list *list);
/* All of it is state, within a piece. */
void series_keep(series_list *list, keeper *k);

/* The last `most` of them; NaN or less than 0: none. */
world_series series_head(world_series of, double most);
world_series series_tail(world_series of, double most);

/* Number by number; some of the arguments of the plain node may be a number for all. False: out of memory. */
typedef struct {
  world_series series;
  double number;
  bool is_series;
} series_or_number;
bool series_combine(uint32_t kind, const series_or_number *args, series_list *to);

/* Those that are numbers: elements without data are left out. False: out of memory. */
bool series_with_data(world_series of, series_list *to);

/* kind: of a measure node that makes one number of a series; number: which percentile. NaN where the series is empty.
 * False: out of memory. */
bool series_reduce(uint32_t kind, world_series of, double number, double *value);

#endif
