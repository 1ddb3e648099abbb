/* SPDX-License-Identifier: MIT */
/* units.c - arithmetic of dimensions. */
#include "model/units/units.h"

#include <assert.h>
#include <math.h>
#include <string.h>

const dim dim_ms = {{4, 0, 0, 0, 0, 0}, "ms"};
const dim dim_rate = {{-4, 0, 0, 0, 0, 0}, "Hz"};
const dim dim_um = {{0, 0, 0, 4, 0, 0}, "um"};

static_assert((int)DIM_COUNT == (int)NSA_BASE_UNITS, "a dimension is the powers of the base units");

dim dim_none(void) { return (dim){.shown = NULL}; }

dim dim_unknown(void) { return (dim){.q = {INT8_MIN}}; }

bool dim_is_unknown(dim d) { return d.q[0] == INT8_MIN; }

bool dim_equal(dim a, dim b) { return memcmp(a.q, b.q, sizeof a.q) == 0; }

bool dim_is_none(dim d) { return dim_equal(d, dim_none()); }

/* Of a product with a plain number: that of the other factor. */
static const char *shown_of_product(dim a, dim b, int sign) {
  if (dim_is_none(b))
    return a.shown;
  return dim_is_none(a) && sign > 0 ? b.shown : NULL;
}

static bool try_combine(dim a, dim b, int sign, dim *out) {
  out->shown = shown_of_product(a, b, sign);
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
  out->shown = NULL;
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

dim dim_of_unit(const nsa_unit *unit) {
  dim d = dim_none();
  memcpy(d.q, unit->quarters, sizeof d.q);
  return d;
}

bool dim_of_text(const char *text, dim *out) {
  nsa_unit unit;
  if (!nsa_unit_of_text(text, &unit))
    return false;
  *out = dim_shown_as(dim_of_unit(&unit), text[0] != '\0' ? text : NULL);
  return true;
}

dim dim_shown_as(dim d, const char *unit) {
  d.shown = unit;
  return d;
}

dim dim_of_sum(dim a, dim b) { return a.shown != NULL ? a : b; }

const char *dim_shown(arena *a, dim d) { return d.shown != NULL ? d.shown : dim_name(a, d); }
