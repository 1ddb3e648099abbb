/* SPDX-License-Identifier: MIT */
/* dim_name.c - a dimension as an author writes it. What is printed is the internal unit itself (a
 * value of 3 with the name "mV/ms" is 3 mV/ms), so names never need a factor. */
#include "model/units/units.h"
#include "support/text.h"

#include <stdlib.h>

/* Units with factor 1 inside; concentration takes the place of amount. Exponents are in whole
 * powers of ms, mV, pA, um, uM, K. */
typedef struct {
  const char *name;
  int power[DIM_COUNT];
  const char *word;
} named_unit;

static const named_unit named[] = {
    {"", {0, 0, 0, 0, 0, 0}, NULL},
    {"mV", {0, 1, 0, 0, 0, 0}, "a voltage"},
    {"pA", {0, 0, 1, 0, 0, 0}, "a current"},
    {"nS", {0, -1, 1, 0, 0, 0}, "a conductance"},
    {"pF", {1, -1, 1, 0, 0, 0}, "a capacitance"},
    {"GOhm", {0, 1, -1, 0, 0, 0}, "a resistance"},
    {"uM", {0, 0, 0, 0, 1, 0}, "a concentration"},
    {"um", {0, 0, 0, 1, 0, 0}, "a length"},
    {"ms", {1, 0, 0, 0, 0, 0}, "a time"},
    {"fC", {1, 0, 1, 0, 0, 0}, "a charge"},
    {"aJ", {1, 1, 1, 0, 0, 0}, "an energy"},
    {"K", {0, 0, 0, 0, 0, 1}, "a temperature"},
};

static const struct {
  dim unit;
  const char *word;
} words[] = {
    {{.q = {0, 0, 0, 8, 0, 0}}, "an area"},
    {{.q = {0, 0, 0, 12, 0, 0}}, "a volume"},
    {{.q = {0, 0, 0, 0, 4, 0}}, "an amount of substance"},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))
static const int order[DIM_COUNT] = {DIM_TIME, DIM_VOLTAGE, DIM_CURRENT, DIM_AMOUNT, DIM_LENGTH, DIM_TEMPERATURE};
static const char *const bases[DIM_COUNT] = {"ms", "mV", "pA", "um", "uM", "K"};

/* Quarters of ms, mV, pA, um, uM, K. */
static void to_author_base(dim d, int out[DIM_COUNT]) {
  for (int i = 0; i < DIM_COUNT; i++)
    out[i] = d.q[i];
  out[DIM_LENGTH] += 3 * d.q[DIM_AMOUNT];
}

static int leftover(const int q[DIM_COUNT], const named_unit *u) {
  int sum = u->name[0] == '\0' ? 0 : 4;
  for (int i = 0; i < DIM_COUNT; i++)
    sum += abs(q[i] - 4 * u->power[i]);
  return sum;
}

static void add_power(text *out, const char *name, int quarters, const char *separator) {
  text_puts(out, separator);
  text_puts(out, name);
  if (quarters == 4)
    return;
  text_printf(out, "^%g", quarters / 4.0);
}

const char *dim_name(arena *a, dim d) {
  if (dim_is_unknown(d))
    return "?";
  int q[DIM_COUNT];
  to_author_base(d, q);
  const named_unit *best = &named[0];
  for (size_t i = 1; i < COUNT(named); i++)
    if (leftover(q, &named[i]) < leftover(q, best))
      best = &named[i];
  text out = text_new(a);
  text_puts(&out, best->name);
  for (int i = 0; i < DIM_COUNT; i++)
    q[i] -= 4 * best->power[i];
  for (int k = 0; k < DIM_COUNT; k++)
    if (q[order[k]] > 0)
      add_power(&out, bases[order[k]], q[order[k]], out.len > 0 ? "*" : "");
  if (out.len == 0)
    text_puts(&out, "1");
  for (int k = 0; k < DIM_COUNT; k++)
    if (q[order[k]] < 0)
      add_power(&out, bases[order[k]], -q[order[k]], "/");
  return text_cstr(&out);
}

const char *dim_word(dim d) {
  for (size_t i = 0; i < COUNT(words); i++)
    if (dim_equal(d, words[i].unit))
      return words[i].word;
  int q[DIM_COUNT];
  to_author_base(d, q);
  for (size_t i = 1; i < COUNT(named); i++)
    if (leftover(q, &named[i]) == 4)
      return named[i].word;
  return NULL;
}
