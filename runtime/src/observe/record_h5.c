/* SPDX-License-Identifier: MIT */
#include "observe/record_h5.h"

#include <errno.h>
#include <fcntl.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  SPIKE_BUFFER = 65536, /* spikes: 1 MiB of times and ids */
  SPIKE_CHUNK = 8192,
  VALUE_BUFFER = 131072, /* values: 1 MiB */
  VALUE_CHUNK = 32768,
  PART_NAME = 300 /* of a population, and a number */
};

struct h5_spikes {
  h5_file *file;
  h5_spikes *next;
  hid_t times, nodes; /* data sets */
  uint64_t written;
  uint32_t buffered;
  double *time_buffer;
  uint64_t *node_buffer;
};

struct h5_report {
  h5_file *file;
  hid_t data, mapping;
  hid_t first_mapping; /* of the first part, whose elements all parts have */
  h5_report_shape shape;
  uint32_t parts;
  uint64_t rows;        /* in the file, whole ones */
  uint64_t buffer_rows; /* room; 0: a row is larger than the buffer and written in pieces */
  uint64_t row_count;   /* whole rows in the buffer */
  uint64_t column;      /* of the unfinished row */
  double *buffer;
  double first_time, end_time;
};

struct h5_file {
  hid_t id;
  char *path, *part;
  h5_spikes *spikes;
  h5_report *report;
  bool has_failed, has_ended;
  char error[H5_ERROR_SIZE];
};

/* ---- failures ---- */

static bool fail(h5_file *file, const char *what) {
  if (!file->has_failed) {
    const char *why = errno ? strerror(errno) : "HDF5 refused";
    snprintf(file->error, sizeof file->error, "cannot %s %s: %s", what, file->part, why);
  }
  file->has_failed = true;
  return false;
}

static bool check(h5_file *file, bool is_good, const char *what) { return is_good || fail(file, what); }

/* HDF5 prints its stack of errors to stderr, and at exit tries once more to write what could not be
 * written: neither is for us. */
static void quiet_library(void) {
  H5dont_atexit();
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  errno = 0;
}

const char *h5_library_version(char version[32]) {
  unsigned major = 0, minor = 0, release = 0;
  quiet_library();
  H5get_libversion(&major, &minor, &release);
  snprintf(version, 32, "%u.%u.%u", major, minor, release);
  return version;
}

void h5_library_close(void) { H5close(); }

/* ---- small things of HDF5 ---- */

static bool put_text(hid_t object, const char *name, const char *text) {
  hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  bool is_good = attribute >= 0 && H5Awrite(attribute, type, &text) >= 0;
  H5Aclose(attribute);
  H5Sclose(space);
  H5Tclose(type);
  return is_good;
}

static bool put_numbers(hid_t object, const char *name, const uint32_t *numbers, hsize_t count) {
  hid_t space = count == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, NULL);
  hid_t attribute = H5Acreate2(object, name, H5T_STD_U32LE, space, H5P_DEFAULT, H5P_DEFAULT);
  bool is_good = attribute >= 0 && H5Awrite(attribute, H5T_NATIVE_UINT32, numbers) >= 0;
  H5Aclose(attribute);
  H5Sclose(space);
  return is_good;
}

/* SONATA's enumeration {none, by_id, by_time}. */
static bool put_sorting(hid_t group) {
  static const char *const names[] = {"none", "by_id", "by_time"};
  hid_t type = H5Tenum_create(H5T_STD_U8LE), space = H5Screate(H5S_SCALAR);
  for (uint8_t value = 0; value < 3; value++)
    H5Tenum_insert(type, names[value], &value);
  uint8_t by_time = 2;
  hid_t attribute = H5Acreate2(group, "sorting", type, space, H5P_DEFAULT, H5P_DEFAULT);
  bool is_good = attribute >= 0 && H5Awrite(attribute, type, &by_time) >= 0;
  H5Aclose(attribute);
  H5Sclose(space);
  H5Tclose(type);
  return is_good;
}

/* A group, or NULL-terminated path of groups that may be there already; names are UTF-8. */
static hid_t open_group(hid_t parent, const char *name) {
  if (H5Lexists(parent, name, H5P_DEFAULT) > 0)
    return H5Gopen2(parent, name, H5P_DEFAULT);
  hid_t links = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_char_encoding(links, H5T_CSET_UTF8);
  hid_t group = H5Gcreate2(parent, name, links, H5P_DEFAULT, H5P_DEFAULT);
  H5Pclose(links);
  return group;
}

/* What a data set is made with: no times of its making, so that the same run leaves the same bytes. */
static hid_t data_set_properties(void) {
  hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_obj_track_times(layout, false);
  return layout;
}

/* An empty data set that grows along its first axis. */
static hid_t create_growing(hid_t group, const char *name, hid_t type, int rank, const hsize_t *size,
                            const hsize_t *chunk) {
  hsize_t most[2] = {H5S_UNLIMITED, rank > 1 ? size[1] : 0};
  hid_t space = H5Screate_simple(rank, size, most), layout = data_set_properties();
  H5Pset_chunk(layout, rank, chunk);
  hid_t set = H5Dcreate2(group, name, type, space, H5P_DEFAULT, layout, H5P_DEFAULT);
  H5Pclose(layout);
  H5Sclose(space);
  return set;
}

static bool write_fixed(hid_t group, const char *name, hid_t file_type, hid_t memory_type, hsize_t count,
                        const void *values) {
  hid_t space = H5Screate_simple(1, &count, NULL), layout = data_set_properties();
  hid_t set = H5Dcreate2(group, name, file_type, space, H5P_DEFAULT, layout, H5P_DEFAULT);
  H5Pclose(layout);
  bool is_good = set >= 0 && H5Dwrite(set, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0;
  H5Dclose(set);
  H5Sclose(space);
  return is_good;
}

/* Grows the set to `size` and writes a block of it. */
static bool write_block(hid_t set, hid_t type, int rank, const hsize_t *size, const hsize_t *start,
                        const hsize_t *count, const void *values) {
  if (H5Dset_extent(set, size) < 0)
    return false;
  hid_t space = H5Dget_space(set), memory = H5Screate_simple(rank, count, NULL);
  bool is_good = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                 H5Dwrite(set, type, memory, space, H5P_DEFAULT, values) >= 0;
  H5Sclose(memory);
  H5Sclose(space);
  return is_good;
}

static bool append(hid_t set, hid_t type, uint64_t at, uint64_t n, const void *values) {
  hsize_t size = at + n, start = at, count = n;
  return write_block(set, type, 1, &size, &start, &count, values);
}

/* ---- the file ---- */

h5_file *h5_create(const char *folder, const char *name, char error[H5_ERROR_SIZE]) {
  quiet_library();
  size_t room = strlen(folder) + strlen(name) + sizeof "/.h5.part";
  h5_file *file = calloc(1, sizeof *file);
  char *path = malloc(room), *part = malloc(room);
  if (!file || !path || !part) {
    snprintf(error, H5_ERROR_SIZE, "out of memory");
    free(file);
    free(path);
    free(part);
    return NULL;
  }
  snprintf(path, room, "%s/%s.h5", folder, name);
  snprintf(part, room, "%s/%s.h5.part", folder, name);
  file->path = path;
  file->part = part;
  file->id = H5Fcreate(part, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  static const uint32_t magic = 0x0A7A, version[2] = {0, 1}; /* as SONATA marks its files */
  bool is_good = check(file, file->id >= 0, "create") &&
                 check(file, put_numbers(file->id, "magic", &magic, 1), "write") &&
                 check(file, put_numbers(file->id, "version", version, 2), "write");
  if (!is_good)
    h5_close(file, error);
  return is_good ? file : NULL;
}

const char *h5_error(const h5_file *file) { return file->has_failed ? file->error : NULL; }

/* ---- spikes ---- */

static void create_spike_sets(h5_spikes *spikes, hid_t group) {
  h5_file *file = spikes->file;
  hsize_t none = 0, chunk = SPIKE_CHUNK;
  spikes->times = create_growing(group, "timestamps", H5T_IEEE_F64LE, 1, &none, &chunk);
  spikes->nodes = create_growing(group, "node_ids", H5T_STD_U64LE, 1, &none, &chunk);
  check(file, spikes->times >= 0 && spikes->nodes >= 0 && put_text(spikes->times, "units", "ms") && put_sorting(group),
        "write");
}

h5_spikes *h5_add_spikes(h5_file *file, const char *population) {
  if (file->has_failed)
    return NULL;
  h5_spikes *spikes = calloc(1, sizeof *spikes);
  if (!spikes) {
    errno = ENOMEM;
    fail(file, "write");
    return NULL;
  }
  *spikes = (h5_spikes){.file = file, .next = file->spikes, .times = -1, .nodes = -1};
  file->spikes = spikes;
  spikes->time_buffer = malloc(SPIKE_BUFFER * sizeof *spikes->time_buffer);
  spikes->node_buffer = malloc(SPIKE_BUFFER * sizeof *spikes->node_buffer);
  if (!check(file, spikes->time_buffer && spikes->node_buffer, "write"))
    return NULL;
  hid_t top = open_group(file->id, "spikes"), group = open_group(top, population);
  create_spike_sets(spikes, group);
  H5Gclose(group);
  H5Gclose(top);
  return file->has_failed ? NULL : spikes;
}

static void flush_spikes(h5_spikes *spikes) {
  h5_file *file = spikes->file;
  if (file->has_failed || spikes->buffered == 0)
    return;
  errno = 0;
  check(file,
        append(spikes->times, H5T_NATIVE_DOUBLE, spikes->written, spikes->buffered, spikes->time_buffer) &&
            append(spikes->nodes, H5T_NATIVE_UINT64, spikes->written, spikes->buffered, spikes->node_buffer),
        "write");
  spikes->written += spikes->buffered;
  spikes->buffered = 0;
}

void h5_put_spike(h5_spikes *spikes, double time_ms, uint64_t node) {
  if (!spikes || spikes->file->has_failed)
    return;
  spikes->time_buffer[spikes->buffered] = time_ms;
  spikes->node_buffer[spikes->buffered] = node;
  if (++spikes->buffered == SPIKE_BUFFER)
    h5_flush(spikes->file);
}

/* ---- reports ---- */

static bool write_mapping(h5_report *report) {
  uint64_t columns = report->shape.columns;
  uint64_t *numbers = malloc((columns + 1) * sizeof *numbers);
  uint32_t *zeros = calloc(columns ? columns : 1, sizeof *zeros);
  bool is_good = numbers && zeros;
  for (uint64_t i = 0; is_good && i < columns; i++)
    numbers[i] = report->shape.first + i;
  is_good = is_good && write_fixed(report->mapping, "node_ids", H5T_STD_U64LE, H5T_NATIVE_UINT64, columns, numbers);
  for (uint64_t i = 0; is_good && i <= columns; i++)
    numbers[i] = i;
  is_good = is_good &&
            write_fixed(report->mapping, "index_pointers", H5T_STD_U64LE, H5T_NATIVE_UINT64, columns + 1, numbers) &&
            write_fixed(report->mapping, "element_ids", H5T_STD_U32LE, H5T_NATIVE_UINT32, columns, zeros);
  free(numbers);
  free(zeros);
  return is_good;
}

/* Chunks of about 256 KiB that are no larger than what will come. */
static void choose_chunk(const h5_report_shape *shape, hsize_t chunk[2]) {
  chunk[1] = shape->columns < VALUE_CHUNK ? shape->columns : VALUE_CHUNK;
  chunk[1] = chunk[1] ? chunk[1] : 1;
  chunk[0] = VALUE_CHUNK / chunk[1];
  if (chunk[0] > shape->expected_rows)
    chunk[0] = shape->expected_rows ? shape->expected_rows : 1;
}

/* Later parts have the elements of the first. */
static bool share_mapping(h5_report *report) {
  static const char *const names[] = {"node_ids", "index_pointers", "element_ids"};
  bool is_good = true;
  for (int i = 0; i < 3; i++)
    is_good = is_good &&
              H5Lcreate_hard(report->first_mapping, names[i], report->mapping, names[i], H5P_DEFAULT, H5P_DEFAULT) >= 0;
  return is_good;
}

static void create_report_sets(h5_report *report, hid_t group) {
  h5_file *file = report->file;
  hsize_t chunk[2], size[2] = {0, report->shape.columns};
  choose_chunk(&report->shape, chunk);
  report->data =
      create_growing(group, "data", report->shape.is_single ? H5T_IEEE_F32LE : H5T_IEEE_F64LE, 2, size, chunk);
  bool is_good = report->data >= 0 &&
                 put_text(report->data, "units", report->shape.units ? report->shape.units : "1") &&
                 (!report->shape.reduced || put_text(group, "reduced", report->shape.reduced));
  report->mapping = open_group(group, "mapping");
  is_good = is_good && report->mapping >= 0 && (report->parts == 1 ? write_mapping(report) : share_mapping(report));
  check(file, is_good, "write");
}

static void open_part(h5_report *report) {
  char name[PART_NAME];
  report->parts++;
  if (report->parts == 1)
    snprintf(name, sizeof name, "%s", report->shape.population);
  else
    snprintf(name, sizeof name, "%s.%u", report->shape.population, report->parts);
  hid_t top = open_group(report->file->id, "report"), group = open_group(top, name);
  create_report_sets(report, group);
  if (report->parts == 1)
    report->first_mapping = report->mapping;
  H5Gclose(group);
  H5Gclose(top);
}

h5_report *h5_add_report(h5_file *file, const h5_report_shape *shape) {
  if (file->has_failed)
    return NULL;
  h5_report *report = calloc(1, sizeof *report);
  if (!report) {
    errno = ENOMEM;
    fail(file, "write");
    return NULL;
  }
  *report = (h5_report){.file = file, .data = -1, .mapping = -1, .first_mapping = -1, .shape = *shape};
  file->report = report;
  report->first_time = report->end_time = shape->start_ms;
  if (shape->columns > 0 && shape->columns <= VALUE_BUFFER) {
    report->buffer_rows = VALUE_BUFFER / shape->columns;
    report->buffer = malloc(report->buffer_rows * shape->columns * sizeof *report->buffer);
  }
  if (!check(file, report->buffer || !report->buffer_rows, "write"))
    return NULL;
  open_part(report);
  return file->has_failed ? NULL : report;
}

static void flush_report(h5_report *report) {
  h5_file *file = report->file;
  if (file->has_failed || report->row_count == 0)
    return;
  errno = 0;
  uint64_t columns = report->shape.columns;
  hsize_t size[2] = {report->rows + report->row_count, columns}, start[2] = {report->rows, 0};
  hsize_t count[2] = {report->row_count, columns};
  check(file, write_block(report->data, H5T_NATIVE_DOUBLE, 2, size, start, count, report->buffer), "write");
  report->rows += report->row_count;
  /* an unfinished row moves to the front */
  memmove(report->buffer, report->buffer + report->row_count * columns, report->column * sizeof(double));
  report->row_count = 0;
}

static void end_row(h5_report *report, h5_row_time time) {
  if (report->rows + report->row_count == 0)
    report->first_time = time.now;
  report->end_time = time.next;
  report->column = 0;
  if (report->buffer_rows == 0) {
    report->rows++;
  } else if (++report->row_count == report->buffer_rows) {
    h5_flush(report->file);
  }
}

/* A piece of a row that is too long for the buffer. */
static void write_piece(h5_report *report, const double *values, uint64_t n) {
  hsize_t size[2] = {report->rows + 1, report->shape.columns};
  hsize_t start[2] = {report->rows, report->column}, count[2] = {1, n};
  errno = 0;
  check(report->file, write_block(report->data, H5T_NATIVE_DOUBLE, 2, size, start, count, values), "write");
}

void h5_put_values(h5_report *report, h5_row_time time, const double *values, uint64_t count) {
  if (!report || report->file->has_failed || count == 0)
    return;
  if (report->buffer_rows == 0)
    write_piece(report, values, count);
  else
    memcpy(report->buffer + report->row_count * report->shape.columns + report->column, values, count * sizeof *values);
  report->column += count;
  if (report->column == report->shape.columns)
    end_row(report, time);
}

/* start, stop, step: stop is one step behind the last row. */
static void write_report_time(h5_report *report) {
  h5_file *file = report->file;
  if (file->has_failed)
    return;
  double times[3] = {report->first_time, report->end_time, report->shape.step_ms};
  bool is_good = write_fixed(report->mapping, "time", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 3, times);
  hid_t set = is_good ? H5Dopen2(report->mapping, "time", H5P_DEFAULT) : -1;
  check(file, is_good && set >= 0 && put_text(set, "units", "ms"), "write");
  H5Dclose(set);
}

void h5_part_report(h5_report *report) {
  h5_file *file = report->file;
  flush_report(report);
  write_report_time(report);
  if (file->has_failed)
    return;
  H5Dclose(report->data);
  if (report->parts > 1)
    H5Gclose(report->mapping);
  report->rows = 0;
  open_part(report);
}

/* ---- flushing and closing ---- */

bool h5_flush(h5_file *file) {
  for (h5_spikes *s = file->spikes; s; s = s->next)
    flush_spikes(s);
  if (file->report)
    flush_report(file->report);
  errno = 0;
  return !file->has_failed && check(file, H5Fflush(file->id, H5F_SCOPE_LOCAL) >= 0, "write");
}

static void close_tables(h5_file *file) {
  for (h5_spikes *s = file->spikes; s;) {
    h5_spikes *next = s->next;
    H5Dclose(s->times);
    H5Dclose(s->nodes);
    free(s->time_buffer);
    free(s->node_buffer);
    free(s);
    s = next;
  }
  h5_report *report = file->report;
  if (report) {
    H5Dclose(report->data);
    H5Gclose(report->mapping);
    if (report->parts > 1)
      H5Gclose(report->first_mapping);
    free(report->buffer);
    free(report);
  }
}

static bool sync_file(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  bool is_good = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0)
    close(fd);
  return is_good;
}

bool h5_end(h5_file *file) {
  if (file->has_ended)
    return !file->has_failed;
  if (!file->has_failed && h5_flush(file) && file->report)
    write_report_time(file->report);
  close_tables(file);
  errno = 0;
  if (file->id >= 0)
    check(file, H5Fclose(file->id) >= 0, "write");
  file->has_ended = true;
  return !file->has_failed && check(file, sync_file(file->part), "write");
}

bool h5_close(h5_file *file, char error[H5_ERROR_SIZE]) {
  bool is_good = h5_end(file) && check(file, rename(file->part, file->path) == 0, "rename");
  if (!is_good) {
    unlink(file->part);
    snprintf(error, H5_ERROR_SIZE, "%s", file->error);
  }
  free(file->path);
  free(file->part);
  free(file);
  return is_good;
}

void h5_discard(h5_file *file) {
  char ignored[H5_ERROR_SIZE];
  file->has_failed = true;
  h5_close(file, ignored);
}
