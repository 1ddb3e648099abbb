/* SPDX-License-Identifier: MIT */
/* units.h - units of results as people like to read them. Dimensions are as in nsa_units.h, values in internal
 * units. */
#ifndef NSA_RUNTIME_UNITS_H
#define NSA_RUNTIME_UNITS_H

#include "nsa_units.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UNITS_NUMBER = 32 };

/* The fewest digits (six at least) that read back as the same double: an end of a range may be anything that was
 * computed. */
void units_print_exactly(double x, char out[UNITS_NUMBER]);

/* A unit as it stands behind a number: "" for "1", a plain number. */
const char *units_shown(const char *unit);

#define UNITS_TIME UINT64_C(4) /* the dimension of a time */

/* The dimension in base units: "mV", "uM/ms", "1" for none. Cut to size. */
void units_dimension_name(uint64_t dimension, char *name, size_t size);

/* The value of a result in a unit with which its number is pleasant: 2300 "ms" becomes 2.3 "s",
 * 5.4e9 "aJ" becomes 5.4 "nJ", 0.02 "1/ms" becomes 20 "Hz". Others are kept. */
double units_pleasant(double value, const char *unit, char *shown_unit, size_t size);

#endif
