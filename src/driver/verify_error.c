/* SPDX-License-Identifier: MIT */
/* verify_error.c - from differences between runs to errors, orders and steps.
 *
 * With d1 = |x(h) - x(h/2)| and d2 = |x(h/2) - x(h/4)| the order shown is p = log2(d1/d2), and Richardson's estimate of
 * the error of x(h) is d1 * 2^p/(2^p - 1) (Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I,
 * II.4). */
#include "driver/verify.h"
#include <math.h>

/* Differences below this part of the range are of rounding. */
#define ROUNDING 1e-12
/* Orders beyond are chance: no solver has them. */
#define LEAST_ORDER 0.25
#define MOST_ORDER 8.0

void verify_sums_clear(verify_sums *s) { *s = (verify_sums){.low = INFINITY, .high = -INFINITY}; }

void verify_sums_add(verify_sums *to, const verify_sums *from) {
  if (from->most[0] > to->most[0]) {
    to->worst_element = from->worst_element;
    to->worst_time = from->worst_time;
  }
  for (int k = 0; k < 2; k++) {
    to->sum[k] += from->sum[k];
    to->most[k] = fmax(to->most[k], from->most[k]);
  }
  to->count += from->count;
  to->low = fmin(to->low, from->low);
  to->high = fmax(to->high, from->high);
}

static double scale_of(const verify_sums *s) {
  double range = s->high - s->low;
  if (range > 0)
    return range;
  return fmax(fmax(fabs(s->low), fabs(s->high)), 1e-300);
}

/* Of the steps that were run, the longest one with an error that is small enough. */
static void choose_step(verify_error *e, double tolerance) {
  e->factor = 0;
  for (int leg = VERIFY_LEGS - 1; leg >= 0; leg--)
    if (e->of_leg[leg] <= tolerance)
      e->factor = 1.0 / (1 << leg);
}

verify_error verify_error_of(const verify_sums *s, bool by_mean, double tolerance) {
  verify_error e = {.kind = VERIFY_ERROR_NONE, .order = NAN, .factor = 1};
  if (!s->count)
    return e;
  double scale = scale_of(s), d[2];
  for (int k = 0; k < 2; k++)
    d[k] = (by_mean ? s->sum[k] / (double)s->count : s->most[k]) / scale;
  if (s->most[0] / scale < ROUNDING)
    return e;
  double order = log2(d[0] / d[1]);
  bool is_sure = d[1] > ROUNDING / 10 && order >= LEAST_ORDER && order <= MOST_ORDER;
  e.kind = is_sure ? VERIFY_ERROR_MEASURED : VERIFY_ERROR_UNSURE;
  e.order = is_sure ? order : 1;
  double richardson = exp2(e.order) / (exp2(e.order) - 1);
  double half = is_sure ? d[1] : fmax(d[0], d[1]); /* differences that do not shrink promise nothing */
  e.error = e.of_leg[0] = d[0] * richardson;
  e.of_leg[1] = half * richardson;
  e.of_leg[2] = half * (richardson - 1);
  e.largest = s->most[0] / scale * richardson;
  choose_step(&e, tolerance);
  return e;
}
