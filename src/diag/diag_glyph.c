/* SPDX-License-Identifier: MIT */
#include "diag/diag_glyph.h"

#include "nsa_text.h"

#include <string.h>

uint32_t diag_glyph_add(text *out, const char *s, size_t avail, uint32_t *column) {
  nsa_glyph g = nsa_glyph_of(s, avail, *column);
  text_add(out, g.text, g.len);
  *column += g.columns;
  return g.bytes;
}

const char *diag_safe(arena *a, const char *s) {
  text out = text_new(a);
  uint32_t column = 0;
  for (size_t left = strlen(s); left > 0;) {
    uint32_t len = diag_glyph_add(&out, s, left, &column);
    s += len;
    left -= len;
  }
  return text_cstr(&out);
}
