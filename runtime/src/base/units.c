/* SPDX-License-Identifier: MIT */
#include "base/units.h"
#include "nsa_math.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BASE_COUNT = 6, MAX_LITERAL = 256, MAX_EXPONENT = 1000000, MAX_POWER = 31, MAX_POWER_TEXT = 16 };

typedef struct {
  const char *name;
  bool prefixed;
  int exponent;
  double factor;
  int base[BASE_COUNT];
} unit_row;

typedef struct {
  const char *name;
  int exponent;
} prefix_row;

static const unit_row unit_rows[] = {
#define UNIT(name, exponent, multiplier, t, v, i, l, n, k, prefixed)                                                   \
  {name, prefixed, INTERNAL(exponent, t, v, i, l, n, k), multiplier, {t, v, i, l, n, k}},
/* From s, V, A, m, mol, K to ms, mV, pA, um, uM um^3 (1e-21 mol), K. */
#define INTERNAL(exponent, t, v, i, l, n, k) ((exponent) + 3 * (t) + 3 * (v) + 12 * (i) + 6 * (l) + 21 * (n) + 0 * (k))
#include "nsa_units.def"
};

static const prefix_row prefix_rows[] = {
    {"a", -18}, /* not of the language, but the internal unit of energy is the aJ */
#define PREFIX(spelling, exponent) {spelling, exponent},
#include "nsa_units.def"
};

enum { UNIT_ROWS = sizeof unit_rows / sizeof unit_rows[0], PREFIX_ROWS = sizeof prefix_rows / sizeof prefix_rows[0] };

/* What a sequence of factors amounts to: factor * 10^exponent. */
typedef struct {
  double exponent;
  double factor;
  int quarters[BASE_COUNT];
} unit_sum;

static const unit_row *find_plain(const char *s, size_t len) {
  for (size_t i = 0; i < UNIT_ROWS; i++) {
    if (strlen(unit_rows[i].name) == len && memcmp(unit_rows[i].name, s, len) == 0)
      return &unit_rows[i];
  }
  return NULL;
}

/* Exact names win over prefixed ones: "min" is no milli-in, "m" is the metre. */
static const unit_row *find_unit(const char *s, size_t len, int *prefix) {
  *prefix = 0;
  const unit_row *row = find_plain(s, len);
  for (size_t i = 0; i < PREFIX_ROWS && !row; i++) {
    size_t prefix_len = strlen(prefix_rows[i].name);
    if (len <= prefix_len || memcmp(s, prefix_rows[i].name, prefix_len) != 0)
      continue;
    const unit_row *rest = find_plain(s + prefix_len, len - prefix_len);
    if (rest && rest->prefixed) {
      row = rest;
      *prefix = prefix_rows[i].exponent;
    }
  }
  return row;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_unit_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '%' || (unsigned char)c >= 0x80;
}

/* False where the power is none that a unit can have: quarters up to 31, not 0. */
static bool add_factor(unit_sum *sum, const char *s, size_t len, double power) {
  int prefix;
  const unit_row *row = find_unit(s, len, &prefix);
  if (!row || power == 0 || !(fabs(power) <= MAX_POWER))
    return false;
  sum->exponent += (row->exponent + prefix) * power;
  sum->factor *= nsa_pow_1(row->factor, power);
  for (int k = 0; k < BASE_COUNT; k++) {
    double quarters = sum->quarters[k] + 4 * row->base[k] * power;
    if (fabs(quarters - round(quarters)) > 1e-9 || fabs(quarters) > INT8_MAX)
      return false;
    sum->quarters[k] = (int)round(quarters);
  }
  return true;
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

static bool scan_factor(const char **at, unit_sum *sum, int side) {
  const char *start = *at;
  while (is_unit_char(**at))
    ++*at;
  size_t len = (size_t)(*at - start);
  double power;
  return len > 0 && scan_power(at, &power) && add_factor(sum, start, len, side * power);
}

/* nS/cm^2, /ms/mV, 1/ms, %: factors with slashes between them; units of results may have stars. */
static bool scan_unit(const char *s, unit_sum *sum) {
  *sum = (unit_sum){.factor = 1};
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

static uint64_t pack_dimension(const unit_sum *sum) {
  uint64_t dimension = 0;
  for (int k = 0; k < BASE_COUNT; k++)
    dimension |= (uint64_t)(uint8_t)sum->quarters[k] << (8 * k);
  return dimension;
}

/* [sign] digits [. digits] [e [sign] digits]; the literal without its exponent goes to mantissa. */
static bool scan_number(const char **at, char *mantissa, int *exponent) {
  const char *s = *at;
  size_t len = 0, digits = 0;
  if (*s == '-' || *s == '+')
    mantissa[len++] = *s++;
  for (bool point = false; is_digit(*s) || (*s == '.' && !point); s++) {
    point = point || *s == '.';
    digits += is_digit(*s);
    if (len + 16 > MAX_LITERAL)
      return false;
    mantissa[len++] = *s;
  }
  mantissa[len] = 0;
  *exponent = 0;
  const char *digit = s + 1 + (*s && (s[1] == '-' || s[1] == '+'));
  if ((*s == 'e' || *s == 'E') && is_digit(*digit)) {
    for (; is_digit(*digit); digit++) {
      if (*exponent < MAX_EXPONENT)
        *exponent = 10 * *exponent + (*digit - '0');
    }
    if (s[1] == '-')
      *exponent = -*exponent;
    s = digit;
  }
  *at = s;
  return digits > 0;
}

/* Shifting the exponent of the literal, not multiplying its value: one rounding, not two. Only where units make no
 * whole power of ten is it a product. */
static double literal_value(const char *mantissa, int exponent, double of_unit) {
  char literal[MAX_LITERAL + 16];
  bool is_whole = of_unit == floor(of_unit);
  snprintf(literal, sizeof literal, "%se%d", mantissa, exponent + (is_whole ? (int)of_unit : 0));
  return strtod(literal, NULL) * (is_whole ? 1 : nsa_pow_1(10, of_unit));
}

bool units_parse_quantity(const char *text, double *value, uint64_t *dimension, char *error, size_t error_size) {
  char mantissa[MAX_LITERAL];
  int exponent;
  const char *at = text + strspn(text, " \t");
  if (!scan_number(&at, mantissa, &exponent)) {
    snprintf(error, error_size, "\"%.60s\" is not a number", text);
    return false;
  }
  at += strspn(at, " \t");
  char unit[64] = "";
  size_t len = strlen(at);
  while (len > 0 && (at[len - 1] == ' ' || at[len - 1] == '\t'))
    len--;
  unit_sum sum;
  if (len < sizeof unit)
    memcpy(unit, at, len);
  if (len >= sizeof unit || strchr(unit, '*') || !scan_unit(unit, &sum)) {
    snprintf(error, error_size, "\"%.60s\" is not a unit", at);
    return false;
  }
  *value = literal_value(mantissa, exponent, sum.exponent) * sum.factor;
  *dimension = pack_dimension(&sum);
  if (!isfinite(*value)) {
    snprintf(error, error_size, "\"%.60s\" is too large", text);
    return false;
  }
  return true;
}

/* ---- names ---- */

static const char *const base_names[BASE_COUNT] = {"ms", "mV", "pA", "um", "amount", "K"};

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
    unit_sum sum;
    if (scan_unit(derived_names[i], &sum) && pack_dimension(&sum) == dimension) {
      snprintf(name, size, "%s", derived_names[i]);
      return;
    }
  }
  name[0] = 0;
  for (int k = 0; k < BASE_COUNT; k++) {
    if (quarters_of(dimension, k) > 0) {
      if (name[0])
        snprintf(name + strlen(name), size - strlen(name), "*");
      add_power(name, size, base_names[k], quarters_of(dimension, k));
    }
  }
  if (!name[0])
    snprintf(name, size, "1");
  for (int k = 0; k < BASE_COUNT; k++) {
    if (quarters_of(dimension, k) < 0) {
      snprintf(name + strlen(name), size - strlen(name), "/");
      add_power(name, size, base_names[k], -quarters_of(dimension, k));
    }
  }
}

/* ---- pleasant numbers ---- */

/* For these dimensions a result is shown with the prefix that puts its number between 1 and 1000.
 */
static const char *const pleasant_bases[] = {"s", "V", "A", "S", "F", "Ohm", "M", "J", "W", "Hz", "C"};

/* Prefixes from small to large; "" for none. Seconds and hertz have no k, M, G in common use. */
static const prefix_row pleasant_prefixes[] = {{"f", -15}, {"p", -12}, {"n", -9}, {"u", -6},
                                               {"m", -3},  {"", 0},    {"k", 3},  {"M", 6}};

static const unit_row *pleasant_base(uint64_t dimension) {
  for (size_t i = 0; i < sizeof pleasant_bases / sizeof pleasant_bases[0]; i++) {
    unit_sum sum;
    if (scan_unit(pleasant_bases[i], &sum) && pack_dimension(&sum) == dimension)
      return find_plain(pleasant_bases[i], strlen(pleasant_bases[i]));
  }
  return NULL;
}

/* value / 10^exponent with one rounding, whatever the sign of the exponent. */
static double shift_down(double value, double exponent) {
  return exponent >= 0 ? value / nsa_pow_1(10, exponent) : value * nsa_pow_1(10, -exponent);
}

double units_pleasant(double value, const char *unit, char *shown_unit, size_t size) {
  unit_sum sum;
  const unit_row *base = NULL;
  if (isfinite(value) && scan_unit(unit, &sum) && sum.factor == 1)
    base = pleasant_base(pack_dimension(&sum));
  if (!base || pack_dimension(&sum) == 0) {
    snprintf(shown_unit, size, "%s", strcmp(unit, "1") == 0 ? "" : unit);
    return value;
  }
  bool is_time = strcmp(base->name, "s") == 0, is_rate = strcmp(base->name, "Hz") == 0;
  double shift = base->exponent - sum.exponent; /* decimal places from `unit` to the base */
  if (value == 0 && !is_rate) {
    snprintf(shown_unit, size, "%s", unit);
    return value;
  }
  const prefix_row *best = NULL;
  double shown = value;
  for (size_t i = 0; i < sizeof pleasant_prefixes / sizeof pleasant_prefixes[0]; i++) {
    const prefix_row *prefix = &pleasant_prefixes[i];
    if ((is_time && prefix->exponent > 0) || (is_rate && prefix->exponent < 0))
      continue;
    double number = shift_down(value, shift + prefix->exponent);
    if (!best || fabs(number) >= 1) {
      best = prefix;
      shown = number;
    }
  }
  snprintf(shown_unit, size, "%s%s", best->name, base->name);
  return shown;
}

double units_convert(double value, const char *from, const char *to) {
  unit_sum a, b;
  if (strcmp(from, to) == 0 || !scan_unit(from, &a) || !scan_unit(to, &b) || pack_dimension(&a) != pack_dimension(&b))
    return value;
  return shift_down(value * a.factor / b.factor, b.exponent - a.exponent);
}

void units_print_exactly(double x, char out[UNITS_NUMBER]) {
  for (int digits = 6; digits <= 17; digits++) {
    snprintf(out, UNITS_NUMBER, "%.*g", digits, x);
    if (strtod(out, NULL) == x)
      return;
  }
}
