/* SPDX-License-Identifier: MIT */
/* wrong.c - what is wrong, in words. */
#include "model/validate/validate.h"

#include <stdarg.h>
#include <stdio.h>

bool is_wrong(validation *v, const char *format, ...) {
  char words[256];
  va_list args;
  va_start(args, format);
  vsnprintf(words, sizeof words, format, args);
  va_end(args);
  if (v->wrong == NULL)
    v->wrong = arena_printf(v->arena, "%s: %s", v->where, words);
  return false;
}

bool is_index(validation *v, uint32_t index, uint32_t len, const char *what) {
  return index < len || is_wrong(v, "%s is number %u of %u", what, index, len);
}
