/* SPDX-License-Identifier: MIT */
/* unit_table.c - see nsa_units.h. */
#include "base/unit_table.h"

#include "nsa_math.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const char *name;
  bool is_prefixed;
  nsa_unit unit;
} unit_row;

static const unit_row units[] = {
#define UNIT(name, exponent, multiplier, t, v, i, l, n, k, prefixed)                                                   \
  {name, prefixed, {INTERNAL(exponent, t, v, i, l, n, k), multiplier, {4 * t, 4 * v, 4 * i, 4 * l, 4 * n, 4 * k}}},
/* From s, V, A, m, mol, K to ms, mV, pA, um, uM um^3 (1e-21 mol), K. */
#define INTERNAL(exponent, t, v, i, l, n, k) ((exponent) + 3 * (t) + 3 * (v) + 12 * (i) + 6 * (l) + 21 * (n) + 0 * (k))
#include "nsa_units.def"
};

static const unit_prefix prefixes[] = {
#define PREFIX(spelling, exponent) {spelling, exponent},
#include "nsa_units.def"
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const unit_row *find_row(const char *name, size_t len) {
  for (size_t i = 0; i < COUNT(units); i++)
    if (strlen(units[i].name) == len && memcmp(units[i].name, name, len) == 0)
      return &units[i];
  return NULL;
}

bool unit_find_prefixed(const char *name, size_t len, const unit_prefix *prefix, nsa_unit *unit) {
  size_t prefix_len = strlen(prefix->spelling);
  if (len <= prefix_len || memcmp(name, prefix->spelling, prefix_len) != 0)
    return false;
  const unit_row *row = find_row(name + prefix_len, len - prefix_len);
  if (!row || !row->is_prefixed)
    return false;
  *unit = row->unit;
  unit->exponent += prefix->exponent;
  return true;
}

bool nsa_unit_find(const char *name, size_t len, nsa_unit *unit) {
  const unit_row *row = find_row(name, len);
  if (row) {
    *unit = row->unit;
    return true;
  }
  for (size_t i = 0; i < COUNT(prefixes); i++)
    if (unit_find_prefixed(name, len, &prefixes[i], unit))
      return true;
  return false;
}

bool nsa_unit_multiply(nsa_unit *product, const nsa_unit *unit, double power) {
  nsa_unit result = *product;
  if (power == 0 || !(fabs(power) <= NSA_MOST_UNIT_POWER))
    return false;
  for (int k = 0; k < NSA_BASE_UNITS; k++) {
    double own = unit->quarters[k] * power, quarters = product->quarters[k] + round(own);
    if (fabs(own - round(own)) > 1e-9 || fabs(own) > INT8_MAX || fabs(quarters) > INT8_MAX)
      return false;
    result.quarters[k] = (int8_t)quarters;
  }
  result.exponent += unit->exponent * power;
  result.multiplier *= nsa_pow_1(unit->multiplier, power);
  *product = result;
  return true;
}

double nsa_unit_scale(const char *number, const nsa_unit *unit) {
  enum { BEYOND = 100000 }; /* an exponent that makes any number infinite, or zero */
  if (unit->exponent != floor(unit->exponent))
    return strtod(number, NULL) * nsa_pow_1(10, unit->exponent) * unit->multiplier;
  char shifted[NSA_MOST_NUMBER_BYTES + 16];
  size_t mantissa = strcspn(number, "eE");
  long written = number[mantissa] == '\0' ? 0 : strtol(number + mantissa + 1, NULL, 10);
  written = written > BEYOND ? BEYOND : written < -BEYOND ? -BEYOND : written;
  if (mantissa > NSA_MOST_NUMBER_BYTES)
    return NAN;
  snprintf(shifted, sizeof shifted, "%.*se%ld", (int)mantissa, number, written + lrint(unit->exponent));
  return strtod(shifted, NULL) * unit->multiplier;
}

bool nsa_number_is_lost(const char *number, double value) {
  size_t mantissa = strcspn(number, "eE");
  return value == 0 && strcspn(number, "123456789") < mantissa;
}
