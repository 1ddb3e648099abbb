/* SPDX-License-Identifier: MIT */
/* verify_rhythm.c - oscillations: the period of each run, and how far they drift apart. */
#include "driver/verify.h"
#include <math.h>

enum { MOST_SAMPLES = 1000000, LEAST_RISES = 3 };

void verify_rhythm_take(arena *a, verify_rhythm *r, double time, const double x[VERIFY_LEGS]) {
  if (r->times.len == MOST_SAMPLES)
    return;
  vec_push(a, &r->times, time);
  for (int leg = 0; leg < VERIFY_LEGS; leg++)
    vec_push(a, &r->values[leg], x[leg]);
}

typedef VEC(double) numbers;

/* Rises through the level, between two samples; again only after it has been well below. */
static void find_rises(arena *a, const verify_rhythm *r, int leg, double level, double margin, numbers *rises) {
  const double *x = r->values[leg].data;
  bool is_armed = false;
  for (uint32_t k = 1; k < r->times.len; k++) {
    is_armed = is_armed || x[k - 1] < level - margin;
    if (!is_armed || !(x[k - 1] < level && x[k] >= level))
      continue;
    double share = (level - x[k - 1]) / (x[k] - x[k - 1]);
    vec_push(a, rises, r->times.data[k - 1] + share * (r->times.data[k] - r->times.data[k - 1]));
    is_armed = false;
  }
}

/* The range of the variable is taken from the second half of the run, when its beginning is forgotten. */
void verify_rhythm_find(arena *a, verify_rhythm *r) {
  double low = INFINITY, high = -INFINITY;
  for (uint32_t k = r->times.len / 2; k < r->times.len; k++) {
    low = fmin(low, r->values[0].data[k]);
    high = fmax(high, r->values[0].data[k]);
  }
  if (!(high - low > 1e-9 * fmax(fabs(high), fabs(low))))
    return;
  numbers rises[VERIFY_LEGS] = {{0}};
  uint32_t least = UINT32_MAX;
  for (int leg = 0; leg < VERIFY_LEGS; leg++) {
    find_rises(a, r, leg, (low + high) / 2, (high - low) / 10, &rises[leg]);
    least = rises[leg].len < least ? rises[leg].len : least;
  }
  if (least < LEAST_RISES)
    return;
  r->periods = least - 1;
  for (int leg = 0; leg < VERIFY_LEGS; leg++)
    r->period[leg] = (rises[leg].data[least - 1] - rises[leg].data[0]) / r->periods;
  for (int pair = 0; pair < VERIFY_LEGS - 1; pair++)
    r->shift[pair] = rises[pair].data[least - 1] - rises[pair + 1].data[least - 1];
}
