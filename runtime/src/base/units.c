/* SPDX-License-Identifier: MIT */
#include "base/units.h"

#include "base/unit_table.h"
#include "nsa_math.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static uint64_t pack_dimension(const nsa_unit *sum) {
  uint64_t dimension = 0;
  for (int k = 0; k < NSA_BASE_UNITS; k++)
    dimension |= (uint64_t)(uint8_t)sum->quarters[k] << (8 * k);
  return dimension;
}

/* [sign] digits [. digits] [e [sign] digits]: copied into number. */
static bool scan_number(const char **at, char number[NSA_MOST_NUMBER_BYTES + 1]) {
  const char *s = *at + (**at == '-' || **at == '+');
  size_t whole = strspn(s, "0123456789"), part = s[whole] == '.' ? strspn(s + whole + 1, "0123456789") : 0;
  s += whole + (s[whole] == '.') + part;
  const char *digit = s + 1 + (*s && (s[1] == '-' || s[1] == '+'));
  if ((*s == 'e' || *s == 'E') && is_digit(*digit))
    s = digit + strspn(digit, "0123456789");
  size_t len = (size_t)(s - *at);
  if (whole + part == 0 || len > NSA_MOST_NUMBER_BYTES)
    return false;
  memcpy(number, *at, len);
  number[len] = 0;
  *at = s;
  return true;
}

bool nsa_quantity_parse(const char *text, double *value, uint64_t *dimension, char *error, size_t error_size) {
  char number[NSA_MOST_NUMBER_BYTES + 1];
  const char *at = text + strspn(text, " \t");
  if (!scan_number(&at, number)) {
    snprintf(error, error_size, "\"%.60s\" is not a number", text);
    return false;
  }
  at += strspn(at, " \t");
  char unit[64] = "";
  size_t len = strlen(at);
  while (len > 0 && (at[len - 1] == ' ' || at[len - 1] == '\t'))
    len--;
  nsa_unit sum;
  if (len < sizeof unit)
    memcpy(unit, at, len);
  if (len >= sizeof unit || strchr(unit, '*') || !nsa_unit_of_text(unit, &sum)) {
    snprintf(error, error_size, "\"%.60s\" is not a unit", at);
    return false;
  }
  *value = nsa_unit_scale(number, &sum);
  *dimension = pack_dimension(&sum);
  bool is_lost = nsa_number_is_lost(number, *value);
  if (isfinite(*value) && !is_lost)
    return true;
  snprintf(error, error_size, is_lost ? "\"%.60s\" is too small for a double" : "\"%.60s\" is too large", text);
  return false;
}

/* ---- names ---- */

static const char *const base_names[NSA_BASE_UNITS] = {"ms", "mV", "pA", "um", "amount", "K"};

static int quarters_of(uint64_t dimension, int k) { return (int8_t)(dimension >> (8 * k) & 0xff); }

/* Units of the internal system with a name of their own: what people expect to read. */
static const char *const derived_names[] = {"nS", "pF", "GOhm", "uM", "aJ", "uM/ms", "mV/ms", "1/ms", "pA/ms", "nS/ms"};

static void add_power(char *name, size_t size, const char *base, int quarters) {
  size_t len = strlen(name);
  if (quarters % 4 == 0 && quarters == 4)
    snprintf(name + len, size - len, "%s", base);
  else if (quarters % 4 == 0)
    snprintf(name + len, size - len, "%s^%d", base, quarters / 4);
  else
    snprintf(name + len, size - len, "%s^%g", base, quarters / 4.0);
}

void units_dimension_name(uint64_t dimension, char *name, size_t size) {
  for (size_t i = 0; i < sizeof derived_names / sizeof derived_names[0]; i++) {
    nsa_unit sum;
    if (nsa_unit_of_text(derived_names[i], &sum) && pack_dimension(&sum) == dimension) {
      snprintf(name, size, "%s", derived_names[i]);
      return;
    }
  }
  name[0] = 0;
  for (int k = 0; k < NSA_BASE_UNITS; k++) {
    if (quarters_of(dimension, k) > 0) {
      if (name[0])
        snprintf(name + strlen(name), size - strlen(name), "*");
      add_power(name, size, base_names[k], quarters_of(dimension, k));
    }
  }
  if (!name[0])
    snprintf(name, size, "1");
  for (int k = 0; k < NSA_BASE_UNITS; k++) {
    if (quarters_of(dimension, k) < 0) {
      snprintf(name + strlen(name), size - strlen(name), "/");
      add_power(name, size, base_names[k], -quarters_of(dimension, k));
    }
  }
}

const char *units_shown(const char *unit) { return strcmp(unit, "1") == 0 ? "" : unit; }

/* ---- pleasant numbers ---- */

/* For these dimensions a result is shown with the prefix that puts its number between 1 and 1000.
 */
static const char *const pleasant_bases[] = {"s", "V", "A", "S", "F", "Ohm", "M", "J", "W", "Hz", "C"};

/* Prefixes from small to large; "" for none. Seconds and hertz have no k, M, G in common use. */
static const unit_prefix pleasant_prefixes[] = {{"f", -15}, {"p", -12}, {"n", -9}, {"u", -6},
                                                {"m", -3},  {"", 0},    {"k", 3},  {"M", 6}};

/* NULL: for none of these; else its name, and the unit. */
static const char *pleasant_base(uint64_t dimension, nsa_unit *base) {
  for (size_t i = 0; i < sizeof pleasant_bases / sizeof pleasant_bases[0]; i++)
    if (nsa_unit_of_text(pleasant_bases[i], base) && pack_dimension(base) == dimension)
      return pleasant_bases[i];
  return NULL;
}

/* value / 10^exponent with one rounding, whatever the sign of the exponent. */
static double shift_down(double value, double exponent) {
  return exponent >= 0 ? value / nsa_pow_1(10, exponent) : value * nsa_pow_1(10, -exponent);
}

/* The prefix with which the number of units lies between 1 and 1000, as near as prefixes go; *value becomes that
 * number. shift: decimal places from its unit to the one without a prefix. */
static const char *pleasant_prefix(const char *base, double shift, double *value) {
  bool is_time = strcmp(base, "s") == 0, is_rate = strcmp(base, "Hz") == 0;
  const char *best = NULL;
  double shown = *value;
  for (size_t i = 0; i < sizeof pleasant_prefixes / sizeof pleasant_prefixes[0]; i++) {
    const unit_prefix *prefix = &pleasant_prefixes[i];
    if ((is_time && prefix->exponent > 0) || (is_rate && prefix->exponent < 0))
      continue;
    double number = shift_down(*value, shift + prefix->exponent);
    if (best && fabs(number) < 1)
      continue;
    best = prefix->spelling;
    shown = number;
  }
  *value = shown;
  return best;
}

double units_pleasant(double value, const char *unit, char *shown_unit, size_t size) {
  nsa_unit sum, base;
  const char *name = NULL;
  if (isfinite(value) && nsa_unit_of_text(unit, &sum) && sum.multiplier == 1)
    name = pleasant_base(pack_dimension(&sum), &base);
  if (!name || pack_dimension(&sum) == 0)
    snprintf(shown_unit, size, "%s", units_shown(unit));
  else if (value == 0 && strcmp(name, "Hz") != 0)
    snprintf(shown_unit, size, "%s", unit);
  else
    snprintf(shown_unit, size, "%s%s", pleasant_prefix(name, base.exponent - sum.exponent, &value), name);
  return value;
}

void units_print_exactly(double x, char out[UNITS_NUMBER]) {
  for (int digits = 6; digits <= 17; digits++) {
    snprintf(out, UNITS_NUMBER, "%.*g", digits, x);
    if (strtod(out, NULL) == x)
      return;
  }
}
