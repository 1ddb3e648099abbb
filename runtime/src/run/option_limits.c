/* SPDX-License-Identifier: MIT */
/* option_limits.c - how much a run may take. */
#include "run/options_internal.h"

#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name;
  double bytes;
} sizes[] = {{"", 1},      {"B", 1},      {"kB", 1e3},      {"KB", 1e3},         {"MB", 1e6},    {"GB", 1e9},
             {"TB", 1e12}, {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824}, {"TiB", 0x1p40}};

/* "500 MB", "2 GiB", "100000" */
static bool read_size(parse *p, const char *option, const char *text, uint64_t *bytes) {
  char *end;
  double number = strtod(text, &end), size = -1;
  end += strspn(end, " ");
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
    if (strcmp(end, sizes[i].name) == 0)
      size = number * sizes[i].bytes;
  if (text[0] < '0' || text[0] > '9' || !(size >= 1 && size < 0x1p63))
    return option_refuse(p, "%s wants a size such as \"500 MB\" or \"2 GiB\", not \"%.80s\"", option, text);
  *bytes = (uint64_t)size;
  return true;
}

bool option_take_max_output(parse *p, const char *text) {
  return read_size(p, "--max-output", text, &p->out->max_output);
}

bool option_take_max_memory(parse *p, const char *text) {
  return read_size(p, "--max-memory", text, &p->out->max_memory);
}
