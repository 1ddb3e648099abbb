/* SPDX-License-Identifier: MIT */
/* nsa_units.h - units by name, and numbers with units in internal units (docs/architecture.md): for the compiler and
 * for the command line of a run. */
#ifndef NSA_UNITS_H
#define NSA_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  NSA_BASE_UNITS = 6,      /* ms, mV, pA, um, uM um^3, K */
  NSA_MOST_UNIT_POWER = 31 /* of one unit; a dimension holds quarters up to this */
};

/* One of this unit is multiplier * 10^exponent times the product of its powers of base units. Powers are counted in
 * quarters. The exponent is a fraction where a power is one: for 0.5 /s^0.5 it is -1.5. */
typedef struct {
  double exponent, multiplier;
  int8_t quarters[NSA_BASE_UNITS];
} nsa_unit;

/* A unit of the language by its name, with or without a prefix. Whole names win over prefixed ones: "min" is no
 * milli-in. False for no unit. */
bool nsa_unit_find(const char *name, size_t len, nsa_unit *unit);

/* *product times unit^power. False, and *product as it was, where the power is 0 or too large, or a power of a base
 * unit is no whole quarter. */
bool nsa_unit_multiply(nsa_unit *product, const nsa_unit *unit, double power);

/* A decimal number ("1.5e-3") times the unit. A whole exponent is added to that of the number before it is converted:
 * it is rounded once, and 0.1 ms and 1e-4 s are the same double. Infinite where it is too large. */
enum { NSA_MOST_NUMBER_BYTES = 255 };
double nsa_unit_scale(const char *number, const nsa_unit *unit);
/* Whether that value is 0 though the number is not: 1e-400. */
bool nsa_number_is_lost(const char *number, double value);

/* "20 ms", "0.5 uM/s", "5%", "1e-3 /ms", "-3": a value as it is typed on a command line. The dimension is a word of
 * exponents in quarters, one byte each from the lowest: time, voltage, current, length, amount, temperature. False with
 * a sentence in error when it is none. */
bool nsa_quantity_parse(const char *text, double *value, uint64_t *dimension, char *error, size_t error_size);

#endif
