/* SPDX-License-Identifier: MIT */
/* unit_text.c - products of units as texts, and how values are shown in them; see nsa_units.h. */
#include "base/unit_table.h"
#include "base/units.h"
#include "nsa_math.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_POWER_TEXT = 16 };

/* Not of the language, but the internal unit of energy is the aJ. */
static const unit_prefix atto = {"a", -18};

static bool find_unit(const char *s, size_t len, nsa_unit *unit) {
  return nsa_unit_find(s, len, unit) || unit_find_prefixed(s, len, &atto, unit);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_unit_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '%' || (unsigned char)c >= 0x80;
}

/* digits [. digits]; no exponent, no sign. */
static bool scan_plain_number(const char **at, double *value) {
  char digits[MAX_POWER_TEXT] = "";
  size_t len = strspn(*at, "0123456789.");
  if (!is_digit(**at) || len >= sizeof digits)
    return false;
  memcpy(digits, *at, len);
  *value = strtod(digits, NULL);
  *at += len;
  return true;
}

/* ^2, ^-0.5, ^(1/2); 1 when there is none. False when a ^ is followed by something else. */
static bool scan_power(const char **at, double *power) {
  *power = 1;
  if (**at != '^')
    return true;
  ++*at;
  bool is_open = **at == '(';
  *at += is_open;
  double sign = **at == '-' ? -1 : 1, below = 1;
  *at += **at == '-';
  if (!scan_plain_number(at, power))
    return false;
  if (is_open && **at == '/' && (++*at, !scan_plain_number(at, &below)))
    return false;
  *power *= sign / below;
  bool is_closed = !is_open || **at == ')';
  *at += is_open;
  return is_closed;
}

static bool scan_factor(const char **at, nsa_unit *product, int side) {
  const char *start = *at;
  while (is_unit_char(**at))
    ++*at;
  size_t len = (size_t)(*at - start);
  double power;
  nsa_unit unit;
  return len > 0 && scan_power(at, &power) && find_unit(start, len, &unit) &&
         nsa_unit_multiply(product, &unit, side * power);
}

/* nS/cm^2, /ms/mV, 1/ms, %: factors with slashes between them; units of results may have stars. */
bool nsa_unit_of_text(const char *s, nsa_unit *sum) {
  *sum = (nsa_unit){.multiplier = 1};
  if (s[0] == '1' && (s[1] == 0 || s[1] == '/'))
    s++;
  else if (*s && *s != '/' && !scan_factor(&s, sum, 1))
    return false;
  while (*s == '/' || *s == '*') {
    int side = *s++ == '/' ? -1 : 1;
    if (!scan_factor(&s, sum, side))
      return false;
  }
  return *s == 0;
}

/* ---- values in them ---- */

static bool is_whole(double exponent) { return exponent == floor(exponent); }

/* The double nearest to 10^exponent. */
static double power_of_ten(double exponent) {
  char text[32];
  if (!is_whole(exponent))
    return nsa_pow_1(10, exponent);
  snprintf(text, sizeof text, "1e%.0f", exponent);
  return strtod(text, NULL);
}

/* 1/min is a sixtieth of 1/s, which is no double. */
static double whole_if_near(double x) { return fabs(x - round(x)) < 1e-9 * x ? round(x) : x; }

nsa_unit_shift nsa_unit_shift_of(const char *unit) {
  nsa_unit_shift shift = {1, 1};
  nsa_unit of;
  if (!nsa_unit_of_text(unit, &of))
    return shift;
  if (of.exponent >= 0)
    shift.down = power_of_ten(of.exponent);
  else
    shift.up = power_of_ten(-of.exponent);
  if (of.multiplier >= 1)
    shift.down *= of.multiplier;
  else
    shift.up *= whole_if_near(1 / of.multiplier);
  return shift;
}

double nsa_show_written(double internal, const char *unit) {
  char digits[UNITS_NUMBER];
  nsa_unit of;
  if (!isfinite(internal) || !nsa_unit_of_text(unit, &of) || of.multiplier != 1 || !is_whole(of.exponent))
    return nsa_show(nsa_unit_shift_of(unit), internal);
  units_print_exactly(internal, digits);
  return nsa_unit_scale(digits, &(nsa_unit){.exponent = -of.exponent, .multiplier = 1});
}
