/* SPDX-License-Identifier: MIT */
/* measure_recognition.h - how well the spikes after a presentation show its image.
 *
 * For each presentation of a phase the spikes of each element are counted in [onset, onset +
 * window). With a threshold, the elements with more spikes than it make an image, which is compared
 * with the one presented (as it is, without flipped pixels): (true-positive rate + true-negative
 * rate) / 2. The measure is the mean over presentations at the threshold, from 1 to the largest
 * count, at which that mean is best. (Gordleeva et al. 2021, doi 10.3389/fncel.2021.631485.) */
#ifndef NSA_RUNTIME_MEASURE_RECOGNITION_H
#define NSA_RUNTIME_MEASURE_RECOGNITION_H

#include "state/keep.h"

typedef struct recognition recognition;

/* node is a NSA_MEASURE_RECOGNITION. NULL when out of memory. */
recognition *recognition_new(const sim *s, const nsa_measure_node *node);
void recognition_after_tick(recognition *r, const sim *s);
/* Once, after the last tick; NaN when nothing was presented. */
double recognition_finish(recognition *r, const sim *s);
void recognition_free(recognition *r);
/* What is state of it, within a piece; NULL: nothing. */
void recognition_keep(recognition *r, keeper *k);

#endif
