/* SPDX-License-Identifier: MIT */
/* nsa_text.h - text that may hold anything, made fit to be shown on a terminal.
 *
 * Control characters become \xNN, those that cannot be seen \u{NN}, and so do bytes that are no UTF-8: echoed, they
 * could move the cursor, recolour the terminal or turn the reading direction. */
#ifndef NSA_TEXT_H
#define NSA_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Length in bytes of the valid UTF-8 sequence at s (1..4), 0 when it is not valid. */
uint32_t nsa_utf8_len(const char *s, size_t avail);

/* The code point at s and its length in bytes; NSA_UTF8_INVALID and 1 where it is not valid UTF-8. avail is at least
 * 1. */
#define NSA_UTF8_INVALID UINT32_MAX
uint32_t nsa_utf8_decode(const char *s, size_t avail, uint32_t *len);

/* How the character at s (of `avail` >= 1 bytes) is shown. */
typedef struct {
  char text[12];
  uint32_t len;     /* of the text */
  uint32_t bytes;   /* that it takes of s */
  uint32_t columns; /* on the terminal */
} nsa_glyph;
/* column: where it begins; tabs run to the next stop of 4. */
nsa_glyph nsa_glyph_of(const char *s, size_t avail, uint32_t column);

void nsa_put_safe(FILE *to, const char *text, size_t len);

/* "who: message" and a line end on stderr, both made safe. */
void nsa_complain(const char *who, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
