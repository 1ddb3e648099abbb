/* SPDX-License-Identifier: MIT */
#include "support/text.h"
#include "support/exhausted.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

text text_new(arena *a) { return (text){.arena = a}; }

/* Room for len more bytes and the NUL. */
static void make_room(text *t, size_t len) {
  if (len > SIZE_MAX / 4 || t->len > SIZE_MAX / 4)
    exhausted();
  size_t need = t->len + len + 1;
  if (need <= t->cap)
    return;
  size_t cap = t->cap < 64 ? 64 : t->cap * 2;
  if (cap < need)
    cap = need;
  char *data = arena_alloc(t->arena, cap);
  if (t->len != 0)
    memcpy(data, t->data, t->len);
  t->data = data;
  t->cap = cap;
}

void text_add(text *t, const char *data, size_t len) {
  make_room(t, len);
  if (len != 0)
    memcpy(t->data + t->len, data, len);
  t->len += len;
  t->data[t->len] = '\0';
}

void text_puts(text *t, const char *s) { text_add(t, s, strlen(s)); }

void text_printf(text *t, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (len >= 0) {
    make_room(t, (size_t)len);
    vsnprintf(t->data + t->len, (size_t)len + 1, format, again);
    t->len += (size_t)len;
  }
  va_end(again);
}

/* With the fewest digits from `least` on that read back as the same double. */
static void add_double(text *t, double value, int least) {
  if (isnan(value)) {
    text_puts(t, "nan");
    return;
  }
  if (isinf(value)) {
    text_puts(t, value > 0 ? "inf" : "-inf");
    return;
  }
  char digits[40];
  for (int precision = least; precision <= 17; precision++) {
    snprintf(digits, sizeof digits, "%.*g", precision, value);
    if (strtod(digits, NULL) == value)
      break;
  }
  text_puts(t, digits);
}

void text_double(text *t, double value) { add_double(t, value, 1); }

void text_number(text *t, double value) { add_double(t, value, 6); }

const char *text_cstr(const text *t) { return t->data == NULL ? "" : t->data; }

/* Names longer than this are only compared for equality: nobody mistypes them by hand. */
enum { MAX_NAME = 128 };

static bool decode(const char *s, uint32_t points[MAX_NAME], uint32_t *count) {
  size_t avail = strlen(s);
  *count = 0;
  while (avail > 0) {
    if (*count == MAX_NAME)
      return false;
    uint32_t len;
    points[(*count)++] = text_utf8_decode(s, avail, &len);
    s += len;
    avail -= len;
  }
  return true;
}

static uint32_t min3(uint32_t a, uint32_t b, uint32_t c) {
  uint32_t ab = a < b ? a : b;
  return ab < c ? ab : c;
}

uint32_t text_distance(const char *a, const char *b, uint32_t limit) {
  if (strcmp(a, b) == 0)
    return 0;
  uint32_t pa[MAX_NAME], pb[MAX_NAME], na, nb;
  if (!decode(a, pa, &na) || !decode(b, pb, &nb))
    return limit;
  if ((na > nb ? na - nb : nb - na) >= limit)
    return limit;

  /* Three rows of the table of optimal string alignment: i - 2, i - 1 and i. */
  uint32_t rows[3][MAX_NAME + 1];
  for (uint32_t j = 0; j <= nb; j++)
    rows[0][j] = j;
  for (uint32_t i = 1; i <= na; i++) {
    uint32_t *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
    uint32_t best = now[0] = i;
    for (uint32_t j = 1; j <= nb; j++) {
      uint32_t differs = pa[i - 1] != pb[j - 1];
      now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + differs);
      bool swapped = i > 1 && j > 1 && pa[i - 1] == pb[j - 2] && pa[i - 2] == pb[j - 1];
      if (swapped && before[j - 2] + 1 < now[j])
        now[j] = before[j - 2] + 1;
      if (now[j] < best)
        best = now[j];
    }
    if (best > limit)
      return limit; /* a swap can take back at most one */
  }
  uint32_t distance = rows[na % 3][nb];
  return distance < limit ? distance : limit;
}
