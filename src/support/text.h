/* SPDX-License-Identifier: MIT */
/* text.h - a growing piece of text, and how far two names are apart. */
#ifndef NSA_SUPPORT_TEXT_H
#define NSA_SUPPORT_TEXT_H

#include "nsa_text.h"
#include "support/arena.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  arena *arena;
  char *data; /* always NUL-terminated once anything was added; NULL before */
  size_t len, cap;
} text;

text text_new(arena *a);
void text_add(text *t, const char *data, size_t len);
void text_puts(text *t, const char *s);
void text_printf(text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The shortest decimal that reads back as the same double ("0.1", "1e-300", "inf", "nan"). */
void text_double(text *t, double value);
/* The same with six digits at least, so that 100 is not 1e+02. */
void text_number(text *t, double value);
const char *text_cstr(const text *t);

/* Damerau-Levenshtein distance in characters of UTF-8, cut off at `limit`. */
uint32_t text_distance(const char *a, const char *b, uint32_t limit);

/* Characters, as nsa_text.h has them. */
#define TEXT_INVALID NSA_UTF8_INVALID
static inline uint32_t text_utf8_len(const char *s, size_t avail) { return nsa_utf8_len(s, avail); }
static inline uint32_t text_utf8_decode(const char *s, size_t avail, uint32_t *len) {
  return nsa_utf8_decode(s, avail, len);
}

#endif
