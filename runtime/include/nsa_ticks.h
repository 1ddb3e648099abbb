/* SPDX-License-Identifier: MIT */
/* nsa_ticks.h - from ticks to times and back.
 *
 * A step is written in decimals (0.1 ms), and most such numbers are no doubles. Sometimes n times the step's double is
 * off by a last digit (3*0.1 is 0.30000000000000004). So the time of a tick is the double nearest to the decimal
 * product: the step is kept as digits/scale, both whole, and one division rounds once. */
#ifndef NSA_TICKS_H
#define NSA_TICKS_H

#include <math.h>

typedef struct {
  double dt;            /* ms */
  double digits, scale; /* dt = digits/scale, scale a power of ten; digits 0: dt is no short decimal */
} nsa_step_length;

/* The step as the shortest decimal that reads as this double. A number of at most 15 digits is found as it was written.
 */
nsa_step_length nsa_step_of(double dt);

static inline double nsa_time_of(const nsa_step_length *step, double tick) {
  static const double exact_up_to = 9007199254740992.0; /* 2^53 */
  double product = tick * step->digits;
  return step->digits > 0 && product <= exact_up_to ? product / step->scale : tick * step->dt;
}

/* A time as whole steps: the nearest number; of two that are equally near, the larger. A quotient of doubles may lack
 * up to a millionth to a half. */
#define NSA_TICK_SLACK 1e-6
#define NSA_HALF_TICK (0.5 + NSA_TICK_SLACK)
static inline double nsa_nearest_tick(double time, double dt) { return floor(time / dt + NSA_HALF_TICK); }

#endif
