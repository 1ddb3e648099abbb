/* SPDX-License-Identifier: MIT */
#include "stimuli/spike_file.h"

#include "base/table.h"
#include "nsa_input.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const char *path;
  spike_taker *take;
  void *context;
  char *error; /* SIM_ERROR_SIZE */
} spike_reader;

static bool fail(const spike_reader *r, const char *what) {
  snprintf(r->error, SIM_ERROR_SIZE, "%.200s: %s", r->path, what);
  return false;
}

static bool line_fail(const spike_reader *r, uint64_t line, const char *what) {
  snprintf(r->error, SIM_ERROR_SIZE, "%.200s:%" PRIu64 ": %s", r->path, line, what);
  return false;
}

static const char *skip_blanks(const char *p) {
  while (*p == ' ' || *p == '\t')
    p++;
  return p;
}

/* A finite number in decimal digits: no nan, inf or 0x1p3. */
static bool read_time(const char *text, double *time, const char **behind) {
  size_t digits = strspn(text, " \t+-.0123456789eE");
  char *end;
  *time = strtod(text, &end);
  *behind = end;
  return end > text && end <= text + digits && isfinite(*time);
}

static bool take_line(void *context, uint64_t number, const char *line) {
  const spike_reader *r = context;
  const char *behind;
  char *end;
  double time;
  if (!read_time(line, &time, &behind))
    return line_fail(r, number, "expected a time in ms and an element: time,element");
  const char *at = skip_blanks(behind);
  if (*at == ',')
    at = skip_blanks(at + 1);
  if (!isdigit((unsigned char)*at))
    return line_fail(r, number, "expected the number of an element behind the time");
  errno = 0;
  uint64_t element = strtoull(at, &end, 10);
  if (errno)
    element = UINT64_MAX;
  if (*skip_blanks(end))
    return line_fail(r, number, "something follows the element");
  return r->take(r->context, number, time, element);
}

static bool read_table(spike_reader *r, FILE *file) {
  uint64_t line;
  const char *problem;
  if (table_read(file, take_line, r, &line, &problem))
    return true;
  if (problem && ferror(file))
    fail(r, problem);
  else if (problem)
    line_fail(r, line, problem);
  return false;
}

bool spike_file_read(const nsa_program *program, const char *path, spike_taker *take, void *context,
                     char error[SIM_ERROR_SIZE]) {
  spike_reader r = {.path = path, .take = take, .context = context, .error = error};
  nsa_input_folders below = nsa_input_folders_of(program);
  const char *why;
  FILE *file = nsa_input_stream(&below, path, &why);
  if (!file)
    return fail(&r, why);
  bool ok = read_table(&r, file);
  fclose(file);
  return ok;
}
