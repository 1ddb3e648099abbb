/* SPDX-License-Identifier: MIT */
#include "stimuli/spike_hdf5.h"

#include "base/confined.h"
#include "base/foreign_hdf5.h"
#include "base/units.h"

#include <hdf5.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
  MOST_POPULATIONS = 4096, /* of a file */
  SHOWN = 16,              /* of them in a message */
  BLOCK = 4096             /* events at a time */
};

typedef struct {
  const spike_source *source;
  uint64_t size; /* of the file */
  spike_block_taker *take;
  void *context;
  char *error; /* SIM_ERROR_SIZE */
} reader;

static bool fail(const reader *r, const char *what) {
  snprintf(r->error, SIM_ERROR_SIZE, "%s", what);
  return false;
}

/* ---- links ---- */

/* The names of all[0 … count), as many as a reader takes in. */
static void list_populations(hid_t all, hsize_t count, char *names, size_t size) {
  names[0] = 0;
  for (hsize_t k = 0; k < count && k < SHOWN; k++) {
    size_t used = strlen(names);
    char name[80] = "";
    H5Lget_name_by_idx(all, ".", H5_INDEX_NAME, H5_ITER_INC, k, name, sizeof name, H5P_DEFAULT);
    if (used + strlen(name) + 3 < size)
      snprintf(names + used, size - used, "%s%s", used ? ", " : "", name);
  }
}

static bool refuse_population(const reader *r, hid_t all, hsize_t count) {
  const spike_source *s = r->source;
  char names[200];
  list_populations(all, count, names, sizeof names);
  if (count == 0)
    return fail(r, "there are no populations in /spikes");
  if (s->is_named)
    snprintf(r->error, SIM_ERROR_SIZE, "there is no population '%.80s' in it, but: %.150s", s->name, names);
  else
    snprintf(r->error, SIM_ERROR_SIZE,
             "none of its populations is called '%.60s'; name one, file(\"...\", \"NAME\"): %s", s->name, names);
  return false;
}

/* Which population it is: the one that is asked for, or the only one. */
static bool find_population(const reader *r, hid_t all, char *name, size_t size) {
  const spike_source *s = r->source;
  H5G_info_t info;
  if (H5Gget_info(all, &info) < 0)
    return fail(r, "there is no group /spikes in it");
  if (info.nlinks > MOST_POPULATIONS)
    return fail(r, "it has more than 4096 populations");
  if (strchr(s->name, '/') || strcmp(s->name, ".") == 0)
    return refuse_population(r, all, info.nlinks);
  snprintf(name, size, "%s", s->name);
  if (H5Lexists(all, s->name, H5P_DEFAULT) > 0)
    return true;
  if (info.nlinks != 1 || s->is_named)
    return refuse_population(r, all, info.nlinks);
  ssize_t length = H5Lget_name_by_idx(all, ".", H5_INDEX_NAME, H5_ITER_INC, 0, name, size, H5P_DEFAULT);
  return (length > 0 && (size_t)length < size) || fail(r, "the name of its population cannot be read");
}

static bool open_group(const reader *r, hid_t in, const char *name, hid_t *group) {
  *group = H5I_INVALID_HID;
  if (H5Lexists(in, name, H5P_DEFAULT) <= 0)
    return fail(r, "there is no group /spikes in it");
  if (!foreign_is_hard(in, name))
    return fail(r, FOREIGN_LINK);
  *group = H5Gopen2(in, name, H5P_DEFAULT);
  return *group >= 0 || fail(r, "there is no group /spikes with populations in it");
}

/* ---- what data sets may be ---- */

typedef struct {
  hid_t set;
  hid_t memory;   /* the type in memory, of 8 bytes */
  uint64_t ratio; /* the most values that a stored byte can hold, by its filters, times the size of a value */
} column;

/* As what its numbers are read; H5I_INVALID_HID: they are none. Times become doubles. */
static hid_t type_in_memory(hid_t type, bool is_time) {
  H5T_class_t class = H5Tget_class(type);
  size_t size = H5Tget_size(type);
  if ((class != H5T_INTEGER && class != H5T_FLOAT) || size == 0 || size > sizeof(double))
    return H5I_INVALID_HID;
  if (is_time || class == H5T_FLOAT)
    return H5T_NATIVE_DOUBLE;
  return H5Tget_sign(type) == H5T_SGN_NONE ? H5T_NATIVE_UINT64 : H5T_NATIVE_INT64;
}

static bool open_column(const reader *r, hid_t population, const char *name, column *c) {
  if (H5Lexists(population, name, H5P_DEFAULT) <= 0) {
    snprintf(r->error, SIM_ERROR_SIZE, "there is no /spikes/%.80s/timestamps with node_ids", r->source->name);
    return false;
  }
  if (!foreign_is_hard(population, name))
    return fail(r, FOREIGN_LINK);
  c->set = H5Dopen2(population, name, H5P_DEFAULT);
  hid_t type = c->set >= 0 ? H5Dget_type(c->set) : H5I_INVALID_HID;
  if (type < 0)
    return fail(r, "timestamps or node_ids cannot be read");
  size_t value = H5Tget_size(type);
  c->memory = type_in_memory(type, strcmp(name, "timestamps") == 0);
  H5Tclose(type);
  if (c->memory < 0)
    return fail(r, "timestamps and node_ids are no plain numbers");
  const char *wrong = foreign_storage(c->set, 1, value, &c->ratio);
  return !wrong || fail(r, wrong);
}

static void close_column(const column *c) {
  if (c->set >= 0)
    H5Dclose(c->set);
}

/* ---- how many there are ---- */

static bool length_of(const reader *r, const column *c, hsize_t *n) {
  hid_t space = H5Dget_space(c->set), type = H5Dget_type(c->set);
  hssize_t points = space >= 0 && H5Sget_simple_extent_ndims(space) == 1 ? H5Sget_simple_extent_npoints(space) : -1;
  size_t value = type >= 0 ? H5Tget_size(type) : 0;
  hsize_t stored = H5Dget_storage_size(c->set);
  if (space >= 0)
    H5Sclose(space);
  if (type >= 0)
    H5Tclose(type);
  if (points < 0 || value == 0)
    return fail(r, "timestamps and node_ids are not two lists of one length");
  *n = (hsize_t)points;
  stored = stored < r->size ? stored : r->size;
  return *n / c->ratio <= stored / value || fail(r, "it claims more events than it can hold; the file is damaged");
}

/* ---- units ---- */

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
  char one[FOREIGN_TEXT + 4], ignored[160];
  uint64_t dimension;
  snprintf(one, sizeof one, "1 %s", unit);
  return nsa_quantity_parse(one, factor, &dimension, ignored, sizeof ignored) && dimension == UNITS_TIME;
}

static bool find_unit(const reader *r, hid_t time_set, double *factor) {
  char unit[FOREIGN_TEXT];
  foreign_text(time_set, "units", unit);
  *factor = 1;
  if (unit[0] == 0 || milliseconds_of(unit, factor))
    return true;
  snprintf(r->error, SIM_ERROR_SIZE, "its times are in '%.40s', which is no unit of time", unit);
  return false;
}

/* ---- the data ---- */

typedef union {
  double real;
  int64_t whole;
  uint64_t natural;
} number;

static bool read_numbers(const column *c, hsize_t first, hsize_t count, number *out) {
  hid_t file = H5Dget_space(c->set), memory = H5Screate_simple(1, &count, NULL);
  bool ok = file >= 0 && memory >= 0 && H5Sselect_hyperslab(file, H5S_SELECT_SET, &first, NULL, &count, NULL) >= 0 &&
            H5Dread(c->set, c->memory, memory, file, H5P_DEFAULT, out) >= 0;
  if (file >= 0)
    H5Sclose(file);
  if (memory >= 0)
    H5Sclose(memory);
  return ok;
}

/* 2^53: beyond it doubles skip numbers. */
static bool element_of(const column *c, number n, uint64_t *element) {
  bool is_real = H5Tequal(c->memory, H5T_NATIVE_DOUBLE) > 0;
  *element = is_real ? (n.real >= 0 && n.real < 0x1p53 ? (uint64_t)n.real : 0) : n.natural;
  if (is_real)
    return (double)*element == n.real;
  return H5Tequal(c->memory, H5T_NATIVE_UINT64) > 0 || n.whole >= 0;
}

static bool event_fail(const reader *r, hsize_t event, const char *what) {
  snprintf(r->error, SIM_ERROR_SIZE, "event %" PRIu64 " %s", (uint64_t)event, what);
  return false;
}

/* Two data sets, and room for a block of each. */
typedef struct {
  column time, node;
  double factor; /* of times, to ms */
  number times[BLOCK], nodes[BLOCK];
  spike spikes[BLOCK];
} table;

static bool read_block(const reader *r, table *t, hsize_t first, hsize_t count) {
  if (!read_numbers(&t->time, first, count, t->times) || !read_numbers(&t->node, first, count, t->nodes))
    return fail(r, "the data cannot be read");
  for (hsize_t k = 0; k < count; k++) {
    t->spikes[k].time_ms = t->times[k].real * t->factor;
    if (!isfinite(t->spikes[k].time_ms))
      return event_fail(r, first + k + 1, "has a time that is not finite");
    if (!element_of(&t->node, t->nodes[k], &t->spikes[k].element))
      return event_fail(r, first + k + 1, "has no whole number from 0 as its node");
  }
  r->take(r->context, t->spikes, (size_t)count);
  return true;
}

static bool read_table(const reader *r, hid_t population, table *t) {
  hsize_t events, nodes;
  if (!open_column(r, population, "timestamps", &t->time) || !open_column(r, population, "node_ids", &t->node) ||
      !find_unit(r, t->time.set, &t->factor) || !length_of(r, &t->time, &events) || !length_of(r, &t->node, &nodes))
    return false;
  bool ok = events == nodes || fail(r, "timestamps and node_ids are not two lists of one length");
  for (hsize_t k = 0; ok && k < events; k += BLOCK)
    ok = read_block(r, t, k, events - k < BLOCK ? events - k : BLOCK);
  return ok;
}

static bool read_population(const reader *r, hid_t population) {
  table *t = malloc(sizeof *t);
  if (!t)
    return fail(r, "out of memory");
  t->time.set = t->node.set = H5I_INVALID_HID;
  bool ok = read_table(r, population, t);
  close_column(&t->time);
  close_column(&t->node);
  free(t);
  return ok;
}

static bool read_spikes(const reader *r, hid_t file) {
  char name[256];
  hid_t all, one = H5I_INVALID_HID;
  bool ok = open_group(r, file, "spikes", &all) && find_population(r, all, name, sizeof name) &&
            open_group(r, all, name, &one) && read_population(r, one);
  if (one >= 0)
    H5Gclose(one);
  if (all >= 0)
    H5Gclose(all);
  return ok;
}

/* ---- the file ---- */

bool spike_hdf5_read(int file, const spike_source *source, spike_block_taker *take, void *context,
                     char error[SIM_ERROR_SIZE]) {
  struct stat info;
  reader r = {.source = source, .take = take, .context = context, .error = error};
  H5E_auto2_t report;
  void *data;
  r.size = fstat(file, &info) == 0 ? (uint64_t)info.st_size : 0;
  H5Eget_auto2(H5E_DEFAULT, &report, &data);
  hid_t opened = foreign_open(file);
  bool ok = opened >= 0 ? read_spikes(&r, opened) : fail(&r, "this is no HDF5 file");
  if (opened >= 0)
    H5Fclose(opened);
  H5Eset_auto2(H5E_DEFAULT, report, data);
  return ok;
}

/* ---- in a process of its own ---- */

typedef struct {
  int file;
  const spike_source *source;
  confined *to;
} loading;

static void put_block(void *context, const spike *spikes, size_t count) {
  const loading *l = context;
  confined_put(l->to, spikes, count * sizeof *spikes);
}

static bool load(void *context, confined *to, char error[CONFINED_ERROR]) {
  loading *l = context;
  l->to = to;
  return spike_hdf5_read(l->file, l->source, put_block, l, error);
}

spike *spike_hdf5_load(int file, const spike_source *source, size_t *count, char error[SIM_ERROR_SIZE]) {
  struct stat info;
  size_t size = fstat(file, &info) == 0 ? (size_t)info.st_size : 0, bytes;
  size_t most = size < SIZE_MAX / 4 / FOREIGN_DEFLATE_RATIO / sizeof(spike)
                    ? size * FOREIGN_DEFLATE_RATIO * sizeof(spike)
                    : SIZE_MAX / 4;
  confined_limits limits = {.memory = 8 * FOREIGN_MOST_CHUNK, .seconds = 20 + (unsigned)(size >> 22), .most = most};
  loading l = {.file = file, .source = source};
  spike *spikes = confined_run(load, &l, &limits, &bytes, error);
  *count = bytes / sizeof *spikes;
  return spikes;
}
