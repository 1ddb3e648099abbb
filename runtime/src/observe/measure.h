/* SPDX-License-Identifier: MIT */
/* measure.h - the numbers that a run ends with.
 *
 * Takes a sim after sim_connect; its observer counts and samples, measurer_finish
 * evaluates the measures of the program for what has run. Values are in internal units; NaN where
 * there is nothing to measure (no sample, no presentation). */
#ifndef NSA_RUNTIME_MEASURE_H
#define NSA_RUNTIME_MEASURE_H

#include "worlds/worlds.h"

typedef struct measurer measurer;

/* NULL with a sentence in error. */
measurer *measurer_new(const sim *s, char error[SIM_ERROR_SIZE]);
/* values[i] for program->measures[i]; once, after the last tick. False: out of memory, so that not all are known. */
bool measurer_finish(measurer *m, const sim *s, double *values);
/* After that, number i of program->measure_series: valid until measurer_free. first: the number of its first value. */
world_series measurer_series(const measurer *m, const sim *s, uint32_t i, nsa_per *per, uint64_t *first);
void measurer_free(measurer *m);

/* What is registered with the sim (sim_observe). */
sim_observer measurer_observer(measurer *m);

#endif
