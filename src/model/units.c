/* SPDX-License-Identifier: MIT */
/* units.c - arithmetic of dimensions, and quantities in internal units. */
#include "model/check.h"

#include "nsa_math.h"

#include <math.h>
#include <stdlib.h>

const dim dim_ms = {{4, 0, 0, 0, 0, 0}};
const dim dim_per_ms = {{-4, 0, 0, 0, 0, 0}};
const dim dim_um = {{0, 0, 0, 4, 0, 0}};

dim dim_none(void) { return (dim){{0}}; }

dim dim_unknown(void) { return (dim){{INT8_MIN}}; }

bool dim_is_unknown(dim d) { return d.q[0] == INT8_MIN; }

bool dim_equal(dim a, dim b) { return memcmp(a.q, b.q, sizeof a.q) == 0; }

bool dim_is_none(dim d) { return dim_equal(d, dim_none()); }

static bool try_combine(dim a, dim b, int sign, dim *out) {
  for (int i = 0; i < DIM_COUNT; i++) {
    int q = a.q[i] + sign * b.q[i];
    if (q < -INT8_MAX || q > INT8_MAX)
      return false;
    out->q[i] = (int8_t)q;
  }
  return true;
}

bool dim_try_mul(dim a, dim b, dim *out) { return try_combine(a, b, 1, out); }

bool dim_try_div(dim a, dim b, dim *out) { return try_combine(a, b, -1, out); }

/* Exponents come as decimals (0.5) or quotients (1/3); the result must be in quarters. */
bool dim_try_pow(dim a, double exponent, dim *out) {
  for (int i = 0; i < DIM_COUNT; i++) {
    double q = a.q[i] * exponent;
    if (!(fabs(q) <= INT8_MAX) || fabs(q - round(q)) > 1e-9)
      return false;
    out->q[i] = (int8_t)round(q);
  }
  return true;
}

dim dim_mul(dim a, dim b) {
  dim out = dim_unknown();
  return dim_try_mul(a, b, &out) ? out : dim_unknown();
}

dim dim_div(dim a, dim b) {
  dim out = dim_unknown();
  return dim_try_div(a, b, &out) ? out : dim_unknown();
}

dim dim_pow(dim a, int numerator, int denominator) {
  dim out = dim_unknown();
  return dim_try_pow(a, (double)numerator / denominator, &out) ? out : dim_unknown();
}

/* ---- units by name ---- */

typedef struct {
  const char *name;
  int exponent;
  double multiplier;
  int time, voltage, current, length, amount, temperature;
  bool is_prefixed;
} unit_row;

static const unit_row units[] = {
#define UNIT(name, exponent, multiplier, time, voltage, current, length, amount, temperature, prefixed)                \
  {name, exponent, multiplier, time, voltage, current, length, amount, temperature, prefixed},
#include "syntax/units.def"
};

static const struct {
  const char *spelling;
  int exponent;
} prefixes[] = {
#define PREFIX(spelling, exponent) {spelling, exponent},
#include "syntax/units.def"
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The table is in s, V, A, m, mol, K; inside we count ms, mV, pA, um, uM um^3 (1e-21 mol), K. */
static unit_value unit_of_row(const unit_row *row, int prefix) {
  unit_value u = {.multiplier = row->multiplier};
  const int powers[DIM_COUNT] = {row->time, row->voltage, row->current, row->length, row->amount, row->temperature};
  static const int inside[DIM_COUNT] = {3, 3, 12, 6, 21, 0};
  u.exponent = row->exponent + prefix;
  for (int i = 0; i < DIM_COUNT; i++) {
    u.unit.q[i] = (int8_t)(4 * powers[i]);
    u.exponent += inside[i] * powers[i];
  }
  return u;
}

static bool find_row(const char *name, int prefix, bool needs_prefix, unit_value *out) {
  for (size_t i = 0; i < COUNT(units); i++)
    if (strcmp(units[i].name, name) == 0 && (!needs_prefix || units[i].is_prefixed)) {
      *out = unit_of_row(&units[i], prefix);
      return true;
    }
  return false;
}

bool unit_find(const char *name, unit_value *out) {
  if (find_row(name, 0, false, out))
    return true;
  for (size_t i = 0; i < COUNT(prefixes); i++) {
    size_t n = strlen(prefixes[i].spelling);
    if (strncmp(name, prefixes[i].spelling, n) == 0 && find_row(name + n, prefixes[i].exponent, true, out))
      return true;
  }
  return false;
}

/* strtod rounds once, so that 0.1 ms and 1e-4 s are the same double. The multiplier (60 or 3600,
 * to a power) is 1 for decimal units. units_parse_quantity of the runtime does the same. */
double unit_scale(arena *a, const char *digits, double exponent, double multiplier) {
  if (exponent != floor(exponent))
    return strtod(digits, NULL) * nsa_pow_1(10, exponent) * multiplier;
  size_t mantissa = strcspn(digits, "eE");
  long written = digits[mantissa] == '\0' ? 0 : strtol(digits + mantissa + 1, NULL, 10);
  if (written > 100000)
    written = 100000; /* infinite or zero in any case; keeps the sum below small */
  if (written < -100000)
    written = -100000;
  const char *shifted = arena_printf(a, "%.*se%ld", (int)mantissa, digits, written + lrint(exponent));
  return strtod(shifted, NULL) * multiplier;
}
