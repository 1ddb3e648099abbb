/* SPDX-License-Identifier: MIT */
/* units.c - arithmetic of dimensions. */
#include "model/units/units.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const dim dim_ms = {{4, 0, 0, 0, 0, 0}};
const dim dim_per_ms = {{-4, 0, 0, 0, 0, 0}};
const dim dim_um = {{0, 0, 0, 4, 0, 0}};

static_assert((int)DIM_COUNT == (int)NSA_BASE_UNITS, "a dimension is the powers of the base units");

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

dim dim_of_unit(const nsa_unit *unit) {
  dim d;
  memcpy(d.q, unit->quarters, sizeof d.q);
  return d;
}

bool dim_of_text(const char *text, dim *out) {
  nsa_unit product = {.multiplier = 1}, one;
  double sign = 1;
  while (*text != '\0') {
    size_t len = strcspn(text, "*/^");
    double power = 1;
    bool is_one = len == 1 && *text == '1';
    if (!is_one && !nsa_unit_find(text, len, &one))
      return false;
    text += len;
    if (*text == '^')
      power = strtod(text + 1, (char **)&text);
    if (!is_one && !nsa_unit_multiply(&product, &one, sign * power))
      return false;
    sign = *text == '/' ? -1 : 1;
    text += *text != '\0';
  }
  *out = dim_of_unit(&product);
  return true;
}
