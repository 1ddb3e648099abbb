/* SPDX-License-Identifier: MIT */
/* verify_error.c - from differences between runs to errors, orders and steps.
 *
 * With d1 = |x(h) - x(h/2)| and d2 = |x(h/2) - x(h/4)| the order shown is p = log2(d1/d2), and Richardson's estimate of
 * the error of x(h) is d1 * 2^p/(2^p - 1) (Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, II.4). */
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

static double factor_for(double error, double order, double tolerance) {
  return fmin(fmax(pow(tolerance / error, 1 / order), VERIFY_LEAST_FACTOR), VERIFY_MOST_FACTOR);
}

verify_error verify_error_of(const verify_sums *s, bool by_mean, double tolerance) {
  verify_error e = {.kind = VERIFY_ERROR_NONE, .order = NAN, .factor = VERIFY_MOST_FACTOR};
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
  e.error = d[0] * richardson;
  e.largest = s->most[0] / scale * richardson;
  e.factor = factor_for(e.error, e.order, tolerance);
  return e;
}

double verify_round_down(double x) {
  if (!(x > 0))
    return 0;
  double unit = pow(10, floor(log10(x)) - 1);
  /* A hair more, so that 0.1 does not become 0.099. Dividing by a whole number keeps decimals tidy. */
  double digits = floor(x / unit * (1 + 1e-9));
  return unit < 1 ? digits / round(1 / unit) : digits * unit;
}
