/* SPDX-License-Identifier: MIT */
#include "nsa_ticks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DIGITS = 15, MOST_POWER = 22 }; /* 10^22 is the largest power of ten that is a double */

static double power_of_ten(int n) {
  double x = 1;
  for (int k = 0; k < n; k++)
    x *= 10;
  return x;
}

/* "1.25e-01": 125, 10^-3. */
static nsa_step_length split(double dt, const char *text, int digits) {
  double whole = 0;
  for (const char *c = text; *c && *c != 'e'; c++)
    if (*c >= '0' && *c <= '9')
      whole = 10 * whole + (*c - '0');
  const char *point = strchr(text, 'e');
  int power = point ? atoi(point + 1) - (digits - 1) : 0;
  if (power < -MOST_POWER || power > MOST_POWER - MOST_DIGITS)
    return (nsa_step_length){.dt = dt};
  return (nsa_step_length){.dt = dt,
                           .digits = power > 0 ? whole * power_of_ten(power) : whole,
                           .scale = power < 0 ? power_of_ten(-power) : 1};
}

nsa_step_length nsa_step_of(double dt) {
  for (int digits = 1; digits <= MOST_DIGITS; digits++) {
    char text[40];
    snprintf(text, sizeof text, "%.*e", digits - 1, dt);
    if (strtod(text, NULL) == dt)
      return split(dt, text, digits);
  }
  return (nsa_step_length){.dt = dt};
}
