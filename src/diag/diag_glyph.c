/* SPDX-License-Identifier: MIT */
#include "diag/diag_glyph.h"

#include <stdbool.h>
#include <string.h>

enum { TAB = 4 };

typedef struct {
  uint32_t first, last;
} range;

static bool is_in(uint32_t point, const range *ranges, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (point >= ranges[i].first && point <= ranges[i].last)
      return true;
  return false;
}
#define IS_IN(point, ranges) is_in((point), (ranges), sizeof(ranges) / sizeof(ranges)[0])

/* C1 controls, soft hyphen, zero-width and direction marks, line separators, tags. */
static const range hidden[] = {{0x80, 0x9F},     {0xAD, 0xAD},     {0x200B, 0x200F},  {0x2028, 0x202E},
                               {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xE0000, 0xE0FFF}};
static const range combining[] = {{0x300, 0x36F},   {0x483, 0x489},   {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
                                  {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};
static const range wide[] = {{0x1100, 0x115F},   {0x2E80, 0xA4CF},  {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},
                             {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},  {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F},
                             {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

static void add_escaped(text *out, uint32_t *column, bool is_byte, uint32_t value) {
  size_t before = out->len;
  text_printf(out, is_byte ? "\\x%02X" : "\\u{%X}", value);
  *column += (uint32_t)(out->len - before);
}

uint32_t diag_glyph_add(text *out, const char *s, size_t avail, uint32_t *column) {
  uint32_t len, point = text_utf8_decode(s, avail, &len);
  if (point == '\t') {
    uint32_t spaces = TAB - *column % TAB;
    text_add(out, "    ", spaces);
    *column += spaces;
  } else if (point == TEXT_INVALID || point < 0x20 || point == 0x7F) {
    add_escaped(out, column, true, (unsigned char)*s);
  } else if (IS_IN(point, hidden)) {
    add_escaped(out, column, false, point);
  } else {
    text_add(out, s, len);
    *column += IS_IN(point, combining) ? 0 : IS_IN(point, wide) ? 2 : 1;
  }
  return len;
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
