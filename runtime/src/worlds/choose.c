/* SPDX-License-Identifier: MIT */
#include "worlds/choose.h"

#include "nsa_math.h"
#include "nsa_program.h"

#include <math.h>

uint32_t choose_largest(const double *scores, uint32_t count) {
  uint32_t best = NSA_NONE;
  for (uint32_t i = 0; i < count; i++)
    if (!isnan(scores[i]) && (best == NSA_NONE || scores[i] > scores[best]))
      best = i;
  return best;
}

/* Rounding may leave the sum of all a little below uniform times the sum: the last one that can be chosen is then. */
uint32_t choose_sample(const double *scores, uint32_t count, double uniform) {
  double sum = 0, passed = 0;
  uint32_t chosen = NSA_NONE;
  for (uint32_t i = 0; i < count; i++)
    sum += isnan(scores[i]) ? 0 : scores[i];
  for (uint32_t i = 0; i < count; i++) {
    if (!(scores[i] > 0))
      continue;
    chosen = i;
    passed += scores[i];
    if (uniform * sum < passed)
      break;
  }
  return chosen;
}

/* The largest score has weight 1, so that none overflows. */
uint32_t choose_softmax(double *scores, uint32_t count, double uniform) {
  uint32_t best = choose_largest(scores, count);
  double most = best == NSA_NONE ? 0 : scores[best];
  for (uint32_t i = 0; i < count; i++)
    scores[i] = isnan(scores[i]) ? scores[i] : nsa_exp_1(scores[i] - most);
  return choose_sample(scores, count, uniform);
}
