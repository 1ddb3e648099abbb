/* SPDX-License-Identifier: MIT */
/* text.c - see nsa_text.h. */
#include "nsa_text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { TAB = 4 };

/* The range of the second byte of a sequence, by its first byte. It excludes overlong forms, surrogates and code points
 * beyond U+10FFFF (table 3-7 of the Unicode standard). */
static const struct {
  unsigned char first_lo, first_hi, second_lo, second_hi;
  uint32_t len;
} utf8_forms[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3},
    {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

uint32_t nsa_utf8_len(const char *s, size_t avail) {
  if (avail == 0)
    return 0;
  const unsigned char *u = (const unsigned char *)s;
  if (u[0] < 0x80)
    return 1;
  for (size_t i = 0; i < sizeof utf8_forms / sizeof utf8_forms[0]; i++) {
    if (u[0] < utf8_forms[i].first_lo || u[0] > utf8_forms[i].first_hi)
      continue;
    uint32_t len = utf8_forms[i].len;
    if (avail < len || u[1] < utf8_forms[i].second_lo || u[1] > utf8_forms[i].second_hi)
      return 0;
    for (uint32_t k = 2; k < len; k++)
      if (u[k] < 0x80 || u[k] > 0xBF)
        return 0;
    return len;
  }
  return 0;
}

uint32_t nsa_utf8_decode(const char *s, size_t avail, uint32_t *len) {
  const unsigned char *u = (const unsigned char *)s;
  *len = nsa_utf8_len(s, avail);
  if (*len == 0) {
    *len = 1;
    return NSA_UTF8_INVALID;
  }
  if (*len == 1)
    return u[0];
  uint32_t point = u[0] & (0x7Fu >> *len);
  for (uint32_t k = 1; k < *len; k++)
    point = point << 6 | (u[k] & 0x3Fu);
  return point;
}

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

static nsa_glyph escaped(const char *format, uint32_t value, uint32_t bytes) {
  nsa_glyph g = {.bytes = bytes};
  g.len = g.columns = (uint32_t)snprintf(g.text, sizeof g.text, format, value);
  return g;
}

nsa_glyph nsa_glyph_of(const char *s, size_t avail, uint32_t column) {
  uint32_t len, point = nsa_utf8_decode(s, avail, &len);
  if (point == NSA_UTF8_INVALID || (point < 0x20 && point != '\t') || point == 0x7F)
    return escaped("\\x%02X", (unsigned char)*s, 1);
  if (IS_IN(point, hidden))
    return escaped("\\u{%X}", point, len);
  nsa_glyph g = {.len = len, .bytes = len, .columns = IS_IN(point, combining) ? 0 : IS_IN(point, wide) ? 2 : 1};
  memcpy(g.text, s, len);
  if (point != '\t')
    return g;
  g.len = g.columns = TAB - column % TAB;
  memset(g.text, ' ', TAB);
  return g;
}

void nsa_put_safe(FILE *to, const char *text, size_t len) {
  for (uint32_t column = 0; len > 0;) {
    nsa_glyph g = nsa_glyph_of(text, len, column);
    fwrite(g.text, 1, g.len, to);
    column += g.columns;
    text += g.bytes;
    len -= g.bytes;
  }
}

__attribute__((format(printf, 2, 0))) static void complain(const char *who, const char *format, va_list arguments) {
  char some[1024];
  va_list again;
  va_copy(again, arguments);
  int len = vsnprintf(some, sizeof some, format, arguments);
  char *all = len >= (int)sizeof some ? malloc((size_t)len + 1) : NULL;
  if (all)
    vsnprintf(all, (size_t)len + 1, format, again);
  va_end(again);
  nsa_put_safe(stderr, who, strlen(who));
  fputs(": ", stderr);
  nsa_put_safe(stderr, all ? all : some, strlen(all ? all : some));
  fputc('\n', stderr);
  free(all);
}

void nsa_complain(const char *who, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  complain(who, format, arguments);
  va_end(arguments);
}
