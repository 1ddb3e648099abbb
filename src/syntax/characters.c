/* SPDX-License-Identifier: MIT */
/* characters.c - which characters beyond ASCII are letters, and what to write instead of those that
 * come from a word processor or a PDF. */
#include "support/text.h"
#include "syntax/scan.h"

#include <string.h>

typedef struct {
  uint32_t first, last;
} code_range;

/* Everything beyond ASCII is a letter, except these: punctuation, mathematical signs, arrows,
 * superscripts, private and unassigned areas, pictures. Subscripts (U+2080..209C) stay letters: v₀. */
static const code_range not_letters[] = {
    {0x0080, 0x00A9}, {0x00AB, 0x00B4}, {0x00B6, 0x00B9},   {0x00BB, 0x00BF},    {0x00D7, 0x00D7}, {0x00F7, 0x00F7},
    {0x02C2, 0x02C5}, {0x02D2, 0x02DF}, {0x2000, 0x207F},   {0x208A, 0x208F},    {0x20A0, 0x20CF}, {0x2190, 0x2BFF},
    {0x2E00, 0x2E7F}, {0x3000, 0x3004}, {0x3008, 0x3020},   {0xD800, 0xF8FF},    {0xFD3E, 0xFD3F}, {0xFE00, 0xFE0F},
    {0xFE10, 0xFE1F}, {0xFE30, 0xFE6F}, {0xFEFF, 0xFEFF},   {0xFF00, 0xFF0F},    {0xFF1A, 0xFF20}, {0xFF3B, 0xFF40},
    {0xFF5B, 0xFF65}, {0xFFE0, 0xFFFF}, {0x1F000, 0x1FAFF}, {0xE0000, 0x10FFFF},
};

static const struct {
  const char *character, *remedy;
} remedies[] = {
    {"\xC2\xA0", "this is a no-break space: write a plain space"},
    {"\xC3\x97", "write `x` in a size (4 x 4), `*` to multiply"},
    {"\xC3\xB7", "write `/`"},
    {"\xC2\xB7", "write `*`"},
    {"\xE2\x8B\x85", "write `*`"},
    {"\xE2\x88\x92", "this is a typographic minus: write `-`"},
    {"\xE2\x80\x93", "this is a dash: write `-`"},
    {"\xE2\x80\x94", "this is a dash: write `-`"},
    {"\xE2\x89\xA4", "write `<=`"},
    {"\xE2\x89\xA5", "write `>=`"},
    {"\xE2\x89\xA0", "write `!=`"},
    {"\xE2\x86\x92", "write `->`"},
    {"\xE2\x87\x8C", "write `<->`"},
    {"\xE2\x86\x94", "write `<->`"},
    {"\xE2\x80\xA6", "write `..`"},
    {"\xE2\x80\x9C", "write the straight quote `\"`"},
    {"\xE2\x80\x9D", "write the straight quote `\"`"},
    {"\xE2\x80\x98", "write the straight quote `\"`"},
    {"\xE2\x80\x99", "write the straight quote `\"`"},
    {"\xC2\xB2", "write `^2`"},
    {"\xC2\xB3", "write `^3`"},
    {"\xC2\xB0", "temperatures are in kelvin: `310 K`"},
    {"'", "a string stands in double quotes"},
    {"`", "a string stands in double quotes"},
    {"&", "write `and`"},
    {"|", "write `or`"},
    {"~", "write `not`"},
    {"\\", "a line goes on by itself after an operator or a comma, and inside ( )"},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

uint32_t scan_character_length(const char *s, uint32_t len) {
  uint32_t n = text_utf8_len(s, len);
  return n == 0 ? 1 : n;
}

static uint32_t decode(const char *s, uint32_t n) {
  static const unsigned char lead_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  uint32_t code = (unsigned char)s[0] & lead_mask[n];
  for (uint32_t i = 1; i < n; i++)
    code = code << 6 | ((unsigned char)s[i] & 0x3F);
  return code;
}

static bool is_letter(uint32_t code) {
  for (size_t i = 0; i < COUNT(not_letters); i++)
    if (code >= not_letters[i].first && code <= not_letters[i].last)
      return false;
  return true;
}

uint32_t scan_word_length(const char *s, uint32_t len) {
  uint32_t at = 0;
  while (at < len) {
    uint32_t n = scan_character_length(s + at, len - at);
    if (n > 1 && !is_letter(decode(s + at, n)))
      return at;
    at += n;
  }
  return at;
}

const char *scan_character_remedy(const char *s, uint32_t len) {
  for (size_t i = 0; i < COUNT(remedies); i++)
    if (strlen(remedies[i].character) == len && memcmp(remedies[i].character, s, len) == 0)
      return remedies[i].remedy;
  return NULL;
}

void scan_comment(struct scan_state *state, uint32_t start, uint32_t end) {
  const char *source = state->text;
  while (end > start && (source[end - 1] == '\r' || source[end - 1] == ' ' || source[end - 1] == '\t'))
    end--;
  uint32_t before = start;
  while (before > 0 && (source[before - 1] == ' ' || source[before - 1] == '\t'))
    before--;
  ast_comment *c = vec_add(state->arena, state->comments);
  c->at = (span){state->file, start, end};
  c->is_doc = end > start + 1 && source[start + 1] == '#';
  bool is_first = before == 0 || (before == 3 && (unsigned char)source[0] == 0xEF); /* a BOM */
  c->stands_alone = is_first || source[before - 1] == '\n';
}
