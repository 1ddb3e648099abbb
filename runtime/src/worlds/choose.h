/* SPDX-License-Identifier: MIT */
/* choose.h - one choice of several by their scores. What is left out has a score that is NaN.
 *
 * sample: with probability score/(sum of scores); softmax: e^score/(sum of e^score). */
#ifndef NSA_RUNTIME_WORLDS_CHOOSE_H
#define NSA_RUNTIME_WORLDS_CHOOSE_H

#include <stdint.h>

/* All three: NSA_NONE where nothing can be chosen. uniform: a random number in [0, 1). softmax overwrites the scores.
 */
uint32_t choose_largest(const double *scores, uint32_t count);
uint32_t choose_sample(const double *scores, uint32_t count, double uniform);
uint32_t choose_softmax(double *scores, uint32_t count, double uniform);

#endif
