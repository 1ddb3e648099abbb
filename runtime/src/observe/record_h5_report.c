/* SPDX-License-Identifier: MIT */
/* record_h5_report.c - tables of values, a row a sample. */
#include "observe/record_h5_internal.h"

#include "base/library.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  VALUE_BUFFER = 131072 /* values: 1 MiB */,
  VALUE_CHUNK = 32768,
  PART_NAME = 300 /* of a population, and a number */
};

static const char *const end_names[] = {"source_ids", "target_ids"};

/* Of columns that are links. */
static bool write_ends(const h5_report *report) {
  const h5_report_shape *shape = &report->shape;
  uint64_t *numbers = malloc((shape->columns + 1) * sizeof *numbers);
  bool is_good = numbers != NULL;
  for (uint32_t side = 0; is_good && side < 2; side++) {
    for (uint64_t i = 0; i < shape->columns; i++)
      numbers[i] = shape->ends[2 * i + side];
    is_good =
        h5_write_fixed(report->mapping, end_names[side], H5T_STD_U64LE, H5T_NATIVE_UINT64, shape->columns, numbers);
  }
  free(numbers);
  return is_good;
}

static bool write_mapping(h5_report *report) {
  uint64_t columns = report->shape.columns;
  uint64_t *numbers = malloc((columns + 1) * sizeof *numbers);
  uint32_t *zeros = calloc(columns ? columns : 1, sizeof *zeros);
  bool is_good = numbers && zeros;
  for (uint64_t i = 0; is_good && i < columns; i++)
    numbers[i] = report->shape.first + i;
  is_good = is_good && h5_write_fixed(report->mapping, "node_ids", H5T_STD_U64LE, H5T_NATIVE_UINT64, columns, numbers);
  for (uint64_t i = 0; is_good && i <= columns; i++)
    numbers[i] = i;
  is_good = is_good &&
            h5_write_fixed(report->mapping, "index_pointers", H5T_STD_U64LE, H5T_NATIVE_UINT64, columns + 1, numbers) &&
            h5_write_fixed(report->mapping, "element_ids", H5T_STD_U32LE, H5T_NATIVE_UINT32, columns, zeros);
  free(numbers);
  free(zeros);
  return is_good && (!report->shape.ends || write_ends(report));
}

/* Chunks of about 256 KiB, but no larger than what will come. */
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
  for (int i = 0; is_good && report->has_ends && i < 2; i++)
    is_good = H5Lcreate_hard(report->first_mapping, end_names[i], report->mapping, end_names[i], H5P_DEFAULT,
                             H5P_DEFAULT) >= 0;
  return is_good;
}

/* Within its header: what a flush changes there comes with all the other tables. */
static hid_t create_times(hid_t mapping) {
  hsize_t three = 3;
  hid_t space = H5Screate_simple(1, &three, NULL), layout = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_obj_track_times(layout, false);
  H5Pset_layout(layout, H5D_COMPACT);
  hid_t set = H5Dcreate2(mapping, "time", H5T_IEEE_F64LE, space, H5P_DEFAULT, layout, H5P_DEFAULT);
  H5Pclose(layout);
  H5Sclose(space);
  return set;
}

static void create_report_sets(h5_report *report, hid_t group) {
  h5_file *file = report->file;
  hsize_t chunk[2], size[2] = {0, report->shape.columns};
  choose_chunk(&report->shape, chunk);
  report->chunk_rows = chunk[0];
  report->data =
      h5_create_growing(group, "data", report->shape.is_single ? H5T_IEEE_F32LE : H5T_IEEE_F64LE, 2, size, chunk);
  bool is_good = report->data >= 0 &&
                 h5_put_text(report->data, "units", report->shape.units ? report->shape.units : "1") &&
                 (!report->shape.reduced || h5_put_text(group, "reduced", report->shape.reduced));
  report->mapping = h5_open_group(group, "mapping", H5_FEW_NAMES);
  is_good = is_good && report->mapping >= 0 && (report->parts == 1 ? write_mapping(report) : share_mapping(report));
  report->times = is_good ? create_times(report->mapping) : -1;
  h5_check(file, is_good && report->times >= 0 && h5_put_text(report->times, "units", "ms"), "write");
}

static void open_part(h5_report *report) {
  char name[PART_NAME];
  report->parts++;
  if (report->parts == 1)
    snprintf(name, sizeof name, "%s", report->shape.population);
  else
    snprintf(name, sizeof name, "%s.%u", report->shape.population, report->parts);
  hid_t top = h5_open_group(report->file->id, "report", H5_MANY_NAMES), group = h5_open_group(top, name, H5_FEW_NAMES);
  create_report_sets(report, group);
  if (report->parts == 1)
    report->first_mapping = report->mapping;
  h5_check(report->file, (H5Gclose(group) >= 0) & (H5Gclose(top) >= 0), "write");
}

h5_report *h5_add_report(h5_file *file, const h5_report_shape *shape) {
  if (file->has_failed)
    return NULL;
  h5_report *report = calloc(1, sizeof *report);
  if (!report) {
    errno = ENOMEM;
    h5_fail(file, "write");
    return NULL;
  }
  *report = (h5_report){.file = file, .data = -1, .mapping = -1, .times = -1, .first_mapping = -1, .shape = *shape};
  file->report = report;
  report->first_time = report->end_time = shape->start_ms;
  if (shape->columns > 0 && shape->columns <= VALUE_BUFFER) {
    report->buffer_rows = VALUE_BUFFER / shape->columns;
    report->buffer = malloc(report->buffer_rows * shape->columns * sizeof *report->buffer);
  }
  if (!h5_check(file, report->buffer || !report->buffer_rows, "write"))
    return NULL;
  report->has_ends = shape->ends != NULL;
  open_part(report);
  report->shape.ends = NULL; /* the caller's, and only the first part writes them */
  return file->has_failed ? NULL : report;
}

void h5_flush_report(h5_report *report) {
  h5_file *file = report->file;
  if (file->has_failed || report->row_count == 0)
    return;
  errno = 0;
  uint64_t columns = report->shape.columns;
  hsize_t size[2] = {report->rows + report->row_count, columns}, start[2] = {report->rows, 0};
  hsize_t count[2] = {report->row_count, columns};
  h5_check(file, h5_write_part(report->data, H5T_NATIVE_DOUBLE, 2, size, start, count, report->buffer), "write");
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
    h5_flush_report(report);
  }
}

/* What belongs to a row that is too long for the buffer. */
static void write_directly(h5_report *report, const double *values, uint64_t n) {
  hsize_t size[2] = {report->rows + 1, report->shape.columns};
  hsize_t start[2] = {report->rows, report->column}, count[2] = {1, n};
  errno = 0;
  h5_check(report->file, h5_write_part(report->data, H5T_NATIVE_DOUBLE, 2, size, start, count, values), "write");
}

void h5_put_values(h5_report *report, h5_row_time time, const double *values, uint64_t count) {
  if (!report || report->file->has_failed || count == 0)
    return;
  uint64_t at = report->rows + report->row_count;
  if (report->column == 0 && at % report->chunk_rows == 0)
    h5_check(report->file, h5_reserve(report->data, at), "write");
  if (report->buffer_rows == 0)
    write_directly(report, values, count);
  else
    memcpy(report->buffer + report->row_count * report->shape.columns + report->column, values, count * sizeof *values);
  report->column += count;
  if (report->column == report->shape.columns)
    end_row(report, time);
}

/* start, stop, step: stop is one step behind the last row. */
void h5_write_times(h5_report *report) {
  h5_file *file = report->file;
  if (file->has_failed)
    return;
  double times[3] = {report->first_time, report->end_time, report->shape.step_ms};
  errno = 0;
  h5_check(file, H5Dwrite(report->times, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, times) >= 0, "write");
}

static bool close_part(h5_report *report) {
  bool is_good = H5Dclose(report->data) >= 0;
  is_good = H5Dclose(report->times) >= 0 && is_good;
  return (report->parts == 1 || H5Gclose(report->mapping) >= 0) && is_good;
}

bool h5_close_report(h5_report *report) {
  bool is_good = close_part(report);
  is_good = H5Gclose(report->first_mapping) >= 0 && is_good;
  free(report->buffer);
  free(report);
  return is_good;
}

void h5_part_report(h5_report *report) {
  h5_file *file = report->file;
  library_begin("HDF5", file->path);
  h5_flush_report(report);
  h5_write_times(report);
  if (!file->has_failed && h5_check(file, close_part(report), "write")) {
    report->rows = 0;
    open_part(report);
  }
  library_end();
}

h5_row_time h5_report_times(const h5_report *report) {
  return (h5_row_time){.now = report->first_time, .next = report->end_time};
}
