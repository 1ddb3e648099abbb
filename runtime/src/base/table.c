/* SPDX-License-Identifier: MIT */
/* table.c - see table.h. */
#include "base/table.h"

#include <string.h>

enum { LINE_MAX_LENGTH = 1024 };

bool table_read(FILE *file, table_taker *take, void *context, uint64_t *line, const char **problem) {
  char text[LINE_MAX_LENGTH];
  *problem = NULL;
  for (*line = 0; fgets(text, sizeof text, file);) {
    size_t length = strlen(text);
    ++*line;
    if (length && text[length - 1] != '\n' && !feof(file)) {
      *problem = "the line is too long";
      return false;
    }
    const char *entry = *line == 1 && strncmp(text, "\xEF\xBB\xBF", 3) == 0 ? text + 3 : text;
    while (length && (text[length - 1] == '\n' || text[length - 1] == '\r'))
      text[--length] = 0;
    if (!entry[0] || entry[0] == '#' || (*line == 1 && !strpbrk(entry, "0123456789")))
      continue;
    if (!take(context, *line, entry))
      return false;
  }
  if (ferror(file))
    *problem = "it cannot be read further";
  return *problem == NULL;
}
