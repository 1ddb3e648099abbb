/* SPDX-License-Identifier: MIT */
/* measure_shape.h - whether what two runs keep for their measures is the same. */
#ifndef NSA_RUNTIME_MEASURE_SHAPE_H
#define NSA_RUNTIME_MEASURE_SHAPE_H

#include "state/sim.h"

/* Another number where it is not: of all nodes with what they look at, and of the phases. */
uint64_t measure_shape(const sim *s);

#endif
