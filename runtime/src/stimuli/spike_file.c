/* SPDX-License-Identifier: MIT */
#include "stimuli/spike_file.h"

#include "base/table.h"
#include "base/units.h"
#include "nsa_input.h"

#include <ctype.h>
#include <errno.h>
#include <hdf5.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { UNIT_LENGTH = 64 };

typedef struct {
  const char *path;
  const spike_source *source;
  spike_taker *take;
  void *context;
  char *error; /* SIM_ERROR_SIZE */
  char opened[TABLE_PATH];
} spike_reader;

static bool fail(const spike_reader *r, const char *what) {
  snprintf(r->error, SIM_ERROR_SIZE, "%.200s: %s", r->path, what);
  return false;
}

/* ---- tables ---- */

static bool line_fail(const spike_reader *r, uint64_t line, const char *what) {
  snprintf(r->error, SIM_ERROR_SIZE, "%.200s:%" PRIu64 ": %s", r->path, line, what);
  return false;
}

static const char *skip_blanks(const char *p) {
  while (*p == ' ' || *p == '\t')
    p++;
  return p;
}

static bool take_line(void *context, uint64_t number, const char *line) {
  const spike_reader *r = context;
  char *behind;
  double time = strtod(line, &behind);
  if (behind == line)
    return line_fail(r, number, "expected a time in ms and an element: time,element");
  const char *at = skip_blanks(behind);
  if (*at == ',')
    at = skip_blanks(at + 1);
  if (!isdigit((unsigned char)*at))
    return line_fail(r, number, "expected the number of an element behind the time");
  errno = 0;
  uint64_t element = strtoull(at, &behind, 10);
  if (errno)
    element = UINT64_MAX;
  if (*skip_blanks(behind))
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

/* ---- SONATA ---- */

/* "a, b, c", cut to size. */
static void list_populations(hid_t all, hsize_t count, char *names, size_t size) {
  names[0] = 0;
  for (hsize_t k = 0; k < count; k++) {
    size_t used = strlen(names);
    char name[80] = "";
    H5Lget_name_by_idx(all, ".", H5_INDEX_NAME, H5_ITER_INC, k, name, sizeof name, H5P_DEFAULT);
    if (used + strlen(name) + 3 < size)
      snprintf(names + used, size - used, "%s%s", used ? ", " : "", name);
  }
}

static hid_t refuse_population(const spike_reader *r, hid_t all, hsize_t count) {
  char names[200];
  list_populations(all, count, names, sizeof names);
  if (count == 0)
    fail(r, "there are no populations in /spikes");
  else if (r->source->is_named)
    snprintf(r->error, SIM_ERROR_SIZE, "%.200s: there is no population '%.80s' in it, but: %.150s", r->path,
             r->source->name, names);
  else
    snprintf(r->error, SIM_ERROR_SIZE,
             "%.150s: none of its populations is called '%.60s'; name one, file(\"...\", \"NAME\"): %s", r->path,
             r->source->name, names);
  return H5I_INVALID_HID;
}

/* /spikes/NAME. */
static hid_t open_population(const spike_reader *r, hid_t file) {
  hid_t all = H5Gopen2(file, "spikes", H5P_DEFAULT), one = H5I_INVALID_HID;
  H5G_info_t info;
  if (all < 0 || H5Gget_info(all, &info) < 0) {
    fail(r, "there is no group /spikes in it");
    return one;
  }
  if (H5Lexists(all, r->source->name, H5P_DEFAULT) > 0)
    one = H5Gopen2(all, r->source->name, H5P_DEFAULT);
  else if (info.nlinks == 1 && !r->source->is_named)
    one = H5Oopen_by_idx(all, ".", H5_INDEX_NAME, H5_ITER_INC, 0, H5P_DEFAULT);
  else
    one = refuse_population(r, all, info.nlinks);
  H5Gclose(all);
  return one;
}

/* An attribute of text, of fixed or variable length; empty: there is none, or it is no text. */
static void read_text(hid_t object, const char *name, char text[UNIT_LENGTH]) {
  text[0] = 0;
  if (H5Aexists(object, name) <= 0)
    return;
  hid_t attribute = H5Aopen(object, name, H5P_DEFAULT), type = H5Aget_type(attribute);
  if (H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0) {
    char *value = NULL;
    if (H5Aread(attribute, type, &value) >= 0 && value)
      snprintf(text, UNIT_LENGTH, "%s", value);
    if (value)
      H5free_memory(value);
  } else if (H5Tget_class(type) == H5T_STRING && H5Tget_size(type) < UNIT_LENGTH) {
    if (H5Aread(attribute, type, text) >= 0)
      text[H5Tget_size(type)] = 0;
  } else
    snprintf(text, UNIT_LENGTH, "?");
  H5Tclose(type);
  H5Aclose(attribute);
}

/* What one of this unit is in ms: the language's units, and their names in full. False: it is no time. */
static bool milliseconds_of(const char *unit, double *factor) {
  static const struct {
    const char *name, *unit;
  } words[] = {{"second", "s"}, {"sec", "s"},         {"millisecond", "ms"}, {"msec", "ms"},    {"microsecond", "us"},
               {"usec", "us"},  {"nanosecond", "ns"}, {"nsec", "ns"},        {"minute", "min"}, {"hour", "h"}};
  size_t length = strlen(unit), singular = length > 1 && unit[length - 1] == 's' ? length - 1 : length;
  for (size_t k = 0; k < sizeof words / sizeof *words; k++)
    if ((strlen(words[k].name) == length || strlen(words[k].name) == singular) &&
        strncmp(unit, words[k].name, strlen(words[k].name)) == 0)
      unit = words[k].unit;
  char one[UNIT_LENGTH + 4], ignored[160];
  uint64_t dimension;
  snprintf(one, sizeof one, "1 %s", unit);
  return units_parse_quantity(one, factor, &dimension, ignored, sizeof ignored) && dimension == UNITS_TIME;
}

static bool find_unit(const spike_reader *r, hid_t time_set, double *factor) {
  char unit[UNIT_LENGTH];
  read_text(time_set, "units", unit);
  *factor = 1;
  if (unit[0] == 0 || milliseconds_of(unit, factor))
    return true;
  snprintf(r->error, SIM_ERROR_SIZE, "%.200s: its times are in '%.40s', which is no unit of time", r->path, unit);
  return false;
}

static hsize_t length_of(hid_t set) {
  hid_t space = H5Dget_space(set);
  hssize_t n = space >= 0 && H5Sget_simple_extent_ndims(space) == 1 ? H5Sget_simple_extent_npoints(space) : -1;
  if (space >= 0)
    H5Sclose(space);
  return n < 0 ? HSIZE_UNDEF : (hsize_t)n;
}

static bool read_sets(const spike_reader *r, hid_t time_set, hid_t node_set) {
  hsize_t n = length_of(time_set);
  double factor;
  if (!find_unit(r, time_set, &factor))
    return false;
  if (n == HSIZE_UNDEF || n != length_of(node_set))
    return fail(r, "timestamps and node_ids are not two lists of one length");
  double *times = malloc(((size_t)n + 1) * sizeof *times);
  uint64_t *nodes = malloc(((size_t)n + 1) * sizeof *nodes);
  bool ok = times && nodes;
  if (!ok)
    fail(r, "out of memory");
  else if (H5Dread(time_set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, times) < 0 ||
           H5Dread(node_set, H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, nodes) < 0)
    ok = fail(r, "the data cannot be read");
  for (hsize_t k = 0; ok && k < n; k++)
    ok = r->take(r->context, k + 1, times[k] * factor, nodes[k]);
  free(times);
  free(nodes);
  return ok;
}

static bool read_hdf5(const spike_reader *r) {
  hid_t file = H5Fopen(r->opened, H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file < 0)
    return fail(r, "this is no HDF5 file");
  hid_t population = open_population(r, file);
  hid_t times = population >= 0 ? H5Dopen2(population, "timestamps", H5P_DEFAULT) : H5I_INVALID_HID;
  hid_t nodes = population >= 0 ? H5Dopen2(population, "node_ids", H5P_DEFAULT) : H5I_INVALID_HID;
  bool ok = times >= 0 && nodes >= 0;
  if (ok)
    ok = read_sets(r, times, nodes);
  else if (population >= 0)
    snprintf(r->error, SIM_ERROR_SIZE, "%.200s: there is no /spikes/%.80s/timestamps with node_ids", r->path,
             r->source->name);
  if (times >= 0)
    H5Dclose(times);
  if (nodes >= 0)
    H5Dclose(nodes);
  if (population >= 0)
    H5Oclose(population);
  H5Fclose(file);
  return ok;
}

bool spike_file_read(const nsa_program *program, const spike_source *source, spike_taker *take, void *context,
                     char error[SIM_ERROR_SIZE]) {
  const char *path = source->path;
  spike_reader r = {.path = path, .source = source, .take = take, .context = context, .error = error};
  if (!table_find(path, program->folder, r.opened)) {
    snprintf(error, SIM_ERROR_SIZE, "cannot open '%.200s': %s", path, strerror(errno));
    return false;
  }
  const char *why;
  FILE *file = nsa_input_stream(r.opened, &why);
  if (!file)
    return fail(&r, why);
  size_t length = strlen(path);
  if (length > 3 && strcmp(path + length - 3, ".h5") == 0) {
    H5E_auto2_t report;
    void *data;
    H5Eget_auto2(H5E_DEFAULT, &report, &data); /* its stack dump is no help to an author */
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    bool ok = read_hdf5(&r);
    H5Eset_auto2(H5E_DEFAULT, report, data);
    fclose(file);
    return ok;
  }
  bool ok = read_table(&r, file);
  fclose(file);
  return ok;
}
