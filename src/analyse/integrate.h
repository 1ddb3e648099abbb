/* SPDX-License-Identifier: MIT */
/* integrate.h - x' = F(x, p) step by step, with an error that is estimated and kept small; stiff or not. */
#ifndef NSA_ANALYSE_INTEGRATE_H
#define NSA_ANALYSE_INTEGRATE_H

#include "analyse/analyse_internal.h"

typedef struct {
  analyse_cell *cell;
  double p, tolerance; /* of a step, relative */
  double t, step;      /* ms; the step that is tried next */
  double *x, *rates;   /* at t */
  double t_before;     /* before the last step */
  double *x_before, *rates_before;
  double *k, *at, *matrix, *jacobian; /* of a step */
} integration;

integration integrate_from(arena *a, analyse_cell *c, const double *x, double p, double tolerance);
/* One step; false where none is short enough. */
bool integrate_step(integration *w);
/* The last step ends at t, if it would go beyond. */
void integrate_not_beyond(integration *w, double t);
/* State i within the last step, at t_before + way * (t - t_before), by the cubic that has its ends' values and slopes.
 */
double integrate_between(const integration *w, uint32_t i, double way);

/* Where state i turns within the last step, if its rate changes its sign there: the value, and the share of the step.
 */
double integrate_turn(const integration *w, uint32_t i, double *way);

#endif
