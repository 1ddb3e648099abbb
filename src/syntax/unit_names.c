/* SPDX-License-Identifier: MIT */
/* unit_names.c - which words are units. The scanner needs to know, because a quantity ends before a word that is no
 * unit. What the units mean is the business of the model. */
#include "syntax/scan.h"
#include "syntax/syntax.h"

#include "nsa_units.h"

#include <string.h>
#include <strings.h>

typedef struct {
  const char *name;
  bool is_prefixed;
} unit_row;

static const unit_row units[] = {
#define UNIT(name, exponent, multiplier, time, voltage, current, length, amount, temperature, prefixed)                \
  {name, (prefixed) != 0},
#include "syntax/units.def"
};

static const char *const prefixes[] = {
#define PREFIX(spelling, exponent) spelling,
#include "syntax/units.def"
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* What people write instead, and what they mean. */
static const struct {
  const char *wrong, *right;
} habits[] = {
    {"sec", "s"},        {"msec", "ms"},        {"usec", "us"},        {"hr", "h"},      {"mins", "min"},
    {"Mohms", "MOhm"},   {"volt", "V"},         {"volts", "V"},        {"ampere", "A"},  {"amp", "A"},
    {"molar", "M"},      {"micron", "um"},      {"microns", "um"},     {"percent", "%"}, {"seconds", "s"},
    {"ohms", "Ohm"},     {"siemens", "S"},      {"hertz", "Hz"},       {"kelvin", "K"},  {"joule", "J"},
    {"\xCE\xA9", "Ohm"}, {"M\xCE\xA9", "MOhm"}, {"k\xCE\xA9", "kOhm"},
};

bool syntax_is_unit_name(const char *s, size_t len) {
  nsa_unit unit;
  return nsa_unit_find(s, len, &unit);
}

/* The unit that is spelled like this but for upper and lower case ("mv", "Mohm"), or NULL. Its first
 * letter, mostly the prefix, is right more often than not. */
static const char *other_case(arena *a, const char *word) {
  const char *found = NULL;
  for (size_t p = 0; p <= COUNT(prefixes); p++)
    for (size_t u = 0; u < COUNT(units); u++) {
      if (p < COUNT(prefixes) && !units[u].is_prefixed)
        continue;
      const char *candidate = arena_printf(a, "%s%s", p < COUNT(prefixes) ? prefixes[p] : "", units[u].name);
      if (strcasecmp(candidate, word) == 0 && (found == NULL || candidate[0] == word[0]))
        found = candidate;
    }
  return found;
}

const char *syntax_suggest_unit(arena *a, const char *word) {
  for (size_t i = 0; i < COUNT(habits); i++)
    if (strcmp(habits[i].wrong, word) == 0)
      return habits[i].right;
  return strlen(word) > 1 ? other_case(a, word) : NULL;
}
