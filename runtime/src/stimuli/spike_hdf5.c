/* SPDX-License-Identifier: MIT */
#include "stimuli/spike_hdf5.h"

#include "base/confined.h"
#include "base/units.h"

#include <hdf5.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
  UNIT_LENGTH = 64,
  MOST_POPULATIONS = 4096, /* of a file */
  SHOWN = 16,              /* of them in a message */
  DEFLATE_RATIO = 1032,    /* the most that deflate can do */
  BLOCK = 4096             /* events at a time */
};
#define MOST_CHUNK ((size_t)64 << 20) /* bytes that the library reads at once */

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

/* Soft and external links lead elsewhere. */
static bool is_hard(hid_t group, const char *name) {
  H5L_info_t info;
  return H5Lget_info(group, name, &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_HARD;
}

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
  if (!is_hard(in, name))
    return fail(r, "it has a link to elsewhere, which is not followed");
  *group = H5Gopen2(in, name, H5P_DEFAULT);
  return *group >= 0 || fail(r, "there is no group /spikes with populations in it");
}

/* ---- what data sets may be ---- */

typedef struct {
  hid_t set;
  hid_t memory;   /* the type in memory, of 8 bytes */
  uint64_t ratio; /* the most values that a stored byte can hold, by its filters, times the size of a value */
} column;

static bool are_filters_known(hid_t plist, uint64_t *ratio) {
  int count = H5Pget_nfilters(plist);
  for (int k = 0; k < count; k++) {
    unsigned flags;
    size_t values = 0;
    H5Z_filter_t filter = H5Pget_filter2(plist, (unsigned)k, &flags, &values, NULL, 0, NULL, NULL);
    if (filter == H5Z_FILTER_DEFLATE)
      *ratio = DEFLATE_RATIO;
    else if (filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32)
      return false;
  }
  return count >= 0 && count <= 8;
}

static bool is_chunk_small(hid_t plist, size_t value) {
  hsize_t length = 0;
  return H5Pget_layout(plist) != H5D_CHUNKED || (H5Pget_chunk(plist, 1, &length) == 1 && length <= MOST_CHUNK / value);
}

/* Before anything is asked of the data: asking for the length of a virtual data set opens other files. */
static bool is_storage_simple(const reader *r, hid_t set, size_t value, uint64_t *ratio) {
  hid_t plist = H5Dget_create_plist(set);
  H5D_layout_t layout = plist >= 0 ? H5Pget_layout(plist) : H5D_LAYOUT_ERROR;
  bool is_own =
      (layout == H5D_COMPACT || layout == H5D_CONTIGUOUS || layout == H5D_CHUNKED) && H5Pget_external_count(plist) == 0;
  *ratio = 1;
  bool ok = is_own || fail(r, "its data lie in other files, which are not opened");
  ok = ok &&
       (are_filters_known(plist, ratio) || fail(r, "its data use other filters than deflate, shuffle, fletcher32"));
  ok = ok && (is_chunk_small(plist, value) || fail(r, "its data are in chunks of more than 64 MiB"));
  if (plist >= 0)
    H5Pclose(plist);
  return ok;
}

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
  if (!is_hard(population, name))
    return fail(r, "it has a link to elsewhere, which is not followed");
  c->set = H5Dopen2(population, name, H5P_DEFAULT);
  hid_t type = c->set >= 0 ? H5Dget_type(c->set) : H5I_INVALID_HID;
  if (type < 0)
    return fail(r, "timestamps or node_ids cannot be read");
  size_t value = H5Tget_size(type);
  c->memory = type_in_memory(type, strcmp(name, "timestamps") == 0);
  H5Tclose(type);
  return (c->memory >= 0 || fail(r, "timestamps and node_ids are no plain numbers")) &&
         is_storage_simple(r, c->set, value, &c->ratio);
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

/* An attribute that is one text, of fixed or variable length. Empty: there is none; "?": it is something else. */
static void read_text(hid_t object, const char *name, char text[UNIT_LENGTH]) {
  text[0] = 0;
  if (H5Aexists(object, name) <= 0)
    return;
  hid_t attribute = H5Aopen(object, name, H5P_DEFAULT), type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  bool is_one = H5Tget_class(type) == H5T_STRING && H5Sget_simple_extent_npoints(space) == 1;
  snprintf(text, UNIT_LENGTH, "?");
  if (is_one && H5Tis_variable_str(type) > 0) {
    char *value = NULL;
    if (H5Aread(attribute, type, &value) >= 0 && value)
      snprintf(text, UNIT_LENGTH, "%s", value);
    if (value)
      H5free_memory(value);
  } else if (is_one && H5Tget_size(type) < UNIT_LENGTH && H5Aread(attribute, type, text) >= 0)
    text[H5Tget_size(type)] = 0;
  H5Sclose(space);
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
  return nsa_quantity_parse(one, factor, &dimension, ignored, sizeof ignored) && dimension == UNITS_TIME;
}

static bool find_unit(const reader *r, hid_t time_set, double *factor) {
  char unit[UNIT_LENGTH];
  read_text(time_set, "units", unit);
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

/* What was opened, and not what its name stands for now. Chunks that are in use stay in memory. */
static hid_t open_file(int file) {
  char name[32];
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_cache(access, 0, 521, MOST_CHUNK, 1);
  hid_t opened = H5Fopen(name, H5F_ACC_RDONLY, access);
  H5Pclose(access);
  return opened;
}

bool spike_hdf5_read(int file, const spike_source *source, spike_block_taker *take, void *context,
                     char error[SIM_ERROR_SIZE]) {
  struct stat info;
  reader r = {.source = source, .take = take, .context = context, .error = error};
  H5E_auto2_t report;
  void *data;
  r.size = fstat(file, &info) == 0 ? (uint64_t)info.st_size : 0;
  H5PLset_loading_state(0);
  H5Eget_auto2(H5E_DEFAULT, &report, &data); /* its stack dump is no help to an author */
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  hid_t opened = open_file(file);
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
  size_t most =
      size < SIZE_MAX / 4 / DEFLATE_RATIO / sizeof(spike) ? size * DEFLATE_RATIO * sizeof(spike) : SIZE_MAX / 4;
  confined_limits limits = {.memory = 8 * MOST_CHUNK, .seconds = 20 + (unsigned)(size >> 22), .most = most};
  loading l = {.file = file, .source = source};
  spike *spikes = confined_run(load, &l, &limits, &bytes, error);
  *count = bytes / sizeof *spikes;
  return spikes;
}
