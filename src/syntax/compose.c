/* SPDX-License-Identifier: MIT */
/* compose.c - names in Unicode's composed form (NFC), so that an e with an accent is one name whether an editor, a
 * keyboard or a file system wrote it as one character or as two. Marks compose with the character before them, as they
 * do in names that are in NFD; Hangul by the arithmetic of the Unicode standard, 3.12. */
#include "support/text.h"
#include "syntax/scan.h"

#include <stdlib.h>

typedef struct {
  uint32_t first, second, composed;
} compose_row;

static const compose_row rows[] = {
#define ROW(first, second, composed) {first, second, composed},
#include "syntax/compose.def"
#undef ROW
};

static int by_pair(const void *left, const void *right) {
  const compose_row *a = left, *b = right;
  if (a->first != b->first)
    return a->first < b->first ? -1 : 1;
  return (a->second > b->second) - (a->second < b->second);
}

/* Syllables: a leading consonant and a vowel, or such a syllable and a trailing consonant; 0 for others. */
static uint32_t hangul(uint32_t a, uint32_t b) {
  enum { S = 0xAC00, L = 0x1100, V = 0x1161, T = 0x11A7, LS = 19, VS = 21, TS = 28 };
  if (a >= L && a < L + LS && b >= V && b < V + VS)
    return S + ((a - L) * VS + (b - V)) * TS;
  bool is_open = a >= S && a < S + LS * VS * TS && (a - S) % TS == 0;
  return is_open && b > T && b < T + TS ? a + (b - T) : 0;
}

/* What the two are together (second 0: what the first is written as); 0 where they stay. */
static uint32_t composed(uint32_t first, uint32_t second) {
  compose_row key = {first, second, 0};
  const compose_row *row = bsearch(&key, rows, sizeof rows / sizeof *rows, sizeof *rows, by_pair);
  return row != NULL ? row->composed : hangul(first, second);
}

static uint32_t encode(uint32_t code, char *out) {
  static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
  uint32_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (uint32_t i = n; i-- > 1; code >>= 6)
    out[i] = (char)(0x80 | (code & 0x3F));
  out[0] = (char)(lead[n] | code);
  return n;
}

const char *scan_compose(arena *a, const char *s, uint32_t *len) {
  uint32_t plain = 0;
  while (plain < *len && (unsigned char)s[plain] < 0x80)
    plain++;
  if (plain == *len)
    return s;
  char *out = arena_alloc(a, *len + 4); /* never longer than what was written, but for the last character's room */
  uint32_t written = 0, last = 0, start = 0;
  for (uint32_t at = 0, n; at < *len; at += n) {
    uint32_t code = text_utf8_decode(s + at, *len - at, &n), alone = composed(code, 0);
    code = alone != 0 ? alone : code;
    uint32_t both = at > 0 ? composed(last, code) : 0;
    last = both != 0 ? both : code;
    start = both != 0 ? start : written;
    written = start + encode(last, out + start);
  }
  *len = written;
  return out;
}
