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

/* A product of units as it is written: "nS/cm^2", "1/ms", "/ms/mV", "um*mV"; "" and "1" for a plain number. False where
 * it is none. */
bool nsa_unit_of_text(const char *text, nsa_unit *unit);

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

/* How a number in internal units is shown in a unit: times up, by down. Where the unit is a power of ten of the
 * internal one, one of the two is 1 and the other exact (up to 10^22), so that what is shown is rounded once. */
typedef struct {
  double up, down;
} nsa_unit_shift;
nsa_unit_shift nsa_unit_shift_of(const char *unit); /* none where the text is no unit */
static inline double nsa_show(nsa_unit_shift shift, double internal) { return internal * shift.up / shift.down; }
static inline double nsa_show_back(nsa_unit_shift shift, double shown) { return shown * shift.down / shift.up; }
/* Of a number that somebody wrote in that unit: the same digits again. 0.7 nM is 0.0007 uM, and 0.7 here. */
double nsa_show_written(double internal, const char *unit);

#endif
