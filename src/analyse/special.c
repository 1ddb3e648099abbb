/* SPDX-License-Identifier: MIT */
/* special.c - where stability changes along a curve: eigenvalues cross the imaginary axis. */
#include "analyse/analyse_internal.h"

#include <math.h>

/* Narrows low .. high until nothing is between them: at low as many eigenvalues are unstable as at the start, at high
 * others. The place of high is left in `at`. */
static bool narrow(curve_walk *w, const curve_place *from, double *low, double *high, uint32_t unstable,
                   curve_place *at) {
  curve_place middle = curve_new_place(w);
  for (uint32_t round = 0; round < 60; round++) {
    double between =
        *low + 0.4871 * (*high - *low); /* no middle: a branch point, where nothing can be reached, is often one */
    if (between == *low || between == *high || !curve_reach(w, from, between, &middle))
      break;
    if (middle.unstable == unstable)
      *low = between;
    else
      *high = between;
  }
  return curve_reach(w, from, *high, at);
}

/* The eigenvalue that is nearest to the imaginary axis. */
static uint32_t critical_of(const analyse_point *point, uint32_t n) {
  uint32_t nearest = 0;
  for (uint32_t i = 1; i < n; i++)
    if (fabs(point->real[i]) < fabs(point->real[nearest]))
      nearest = i;
  return nearest;
}

/* turns: whether p goes back behind it. */
static void add_special(const curve_walk *w, const curve_place *at, bool turns, analyse_branch *branch) {
  analyse_special found = {.lyapunov = NAN};
  if (!curve_point(w, at->z, &found.point))
    return;
  found.omega = fabs(found.point.imaginary[critical_of(&found.point, w->cell->n)]);
  found.kind = found.omega > 0 ? SPECIAL_HOPF : turns ? SPECIAL_FOLD : SPECIAL_BRANCH;
  if (found.kind == SPECIAL_HOPF)
    found.lyapunov = cell_lyapunov(w->cell, found.point.x, found.point.p, found.omega);
  vec_push(w->cell->arena, &branch->specials, found);
}

void curve_find_special(curve_walk *w, const curve_place *from, double length, const curve_place *to,
                        analyse_branch *branch) {
  curve_place at = curve_new_place(w);
  uint32_t unstable = from->unstable, n = w->cell->n;
  double low = 0;
  for (uint32_t k = 0; k < n && unstable != to->unstable; k++) {
    double high = length;
    if (!narrow(w, from, &low, &high, unstable, &at))
      return;
    add_special(w, &at, from->tangent[n] * to->tangent[n] < 0, branch);
    unstable = at.unstable;
    low = high;
  }
}
