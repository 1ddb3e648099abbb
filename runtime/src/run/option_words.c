/* SPDX-License-Identifier: MIT */
/* option_words.c - what every option does: refuse, name what is near, split. */
#include "run/options_internal.h"

#include <stdarg.h>
#include <string.h>

bool option_refuse(parse *p, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(p->error, p->error_size, format, arguments);
  va_end(arguments);
  return false;
}

bool option_refuse_name(parse *p, const char *what, uint32_t count, name_fn name_of, const char *name) {
  uint32_t near = name_nearest(p->program, count, name_of, name);
  if (near != NSA_NONE)
    return option_refuse(p, "there is no %s \"%.80s\"; did you mean \"%s\"?", what, name, name_of(p->program, near));
  if (count == 0)
    return option_refuse(p, "there is no %s \"%.80s\"; this model has none", what, name);
  char known[400] = "";
  for (uint32_t i = 0; i < count && strlen(known) + strlen(name_of(p->program, i)) + 8 < sizeof known; i++)
    snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s", i ? ", " : "", name_of(p->program, i));
  return option_refuse(p, "there is no %s \"%.80s\"; there are: %s", what, name, known);
}

bool option_split(parse *p, const char *option, const char *text, char name[NAME_BYTES + 1], const char **value) {
  const char *equals = strchr(text, '=');
  if (!equals || equals == text || equals[1] == 0)
    return option_refuse(p, "%s wants NAME=value, not \"%.80s\"", option, text);
  size_t len = (size_t)(equals - text);
  while (len > 0 && text[len - 1] == ' ')
    len--;
  snprintf(name, NAME_BYTES + 1, "%.*s", (int)(len < NAME_BYTES ? len : NAME_BYTES), text);
  *value = equals + 1;
  return true;
}
