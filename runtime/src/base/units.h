/* SPDX-License-Identifier: MIT */
/* units.h - quantities as they are typed on the command line, and units of results as people like
 * to read them.
 *
 * A dimension is a word of exponents in quarters, one byte each from the lowest: time, voltage,
 * current, length, amount, temperature (as nsa_settable.dimension). Values are in internal units.
 */
#ifndef NSA_RUNTIME_UNITS_H
#define NSA_RUNTIME_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UNITS_NUMBER = 32 };

/* The fewest digits (six at least) that read back as the same double: an end of a range may be anything that was
 * computed. */
void units_print_exactly(double x, char out[UNITS_NUMBER]);

#define UNITS_TIME UINT64_C(4) /* the dimension of a time */

/* "20 ms", "0.5 uM/s", "5%", "1e-3 /ms", "-3". False with a sentence in error when it is none. */
bool units_parse_quantity(const char *text, double *value, uint64_t *dimension, char *error, size_t error_size);

/* The dimension in base units: "mV", "uM/ms", "1" for none. Cut to size. */
void units_dimension_name(uint64_t dimension, char *name, size_t size);

/* The value of a result in a unit with which its number is pleasant: 2300 "ms" becomes 2.3 "s",
 * 5.4e9 "aJ" becomes 5.4 "nJ", 0.02 "1/ms" becomes 20 "Hz". Others are kept. */
double units_pleasant(double value, const char *unit, char *shown_unit, size_t size);

/* A value in one unit as a value in another of the same dimension; unchanged when there is none. */
double units_convert(double value, const char *from, const char *to);

#endif
