/* SPDX-License-Identifier: MIT */
/* record_h5_internal.h - what the files of record_h5 share. */
#ifndef NSA_RUNTIME_RECORD_H5_INTERNAL_H
#define NSA_RUNTIME_RECORD_H5_INTERNAL_H

#include "observe/record_h5.h"
#include "observe/record_h5_driver.h"

#include <hdf5.h>

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
  hid_t data, mapping, times;
  hid_t first_mapping; /* of the first part, whose elements all parts have */
  h5_report_shape shape;
  uint32_t parts;
  bool has_ends; /* the first part has the ends of links */
  uint64_t chunk_rows;
  uint64_t rows;        /* in the file, whole ones */
  uint64_t buffer_rows; /* room; 0: a row is larger than the buffer and written as it comes */
  uint64_t row_count;   /* whole rows in the buffer */
  uint64_t column;      /* of the unfinished row */
  double *buffer;
  double first_time, end_time;
};

struct h5_table {
  h5_file *file;
  h5_table *next;
  hid_t *sets; /* one a column */
  uint32_t column_count, buffered;
  uint64_t written;
  double *buffer; /* column by column */
};

struct h5_file {
  hid_t id;
  h5_disk disk;
  char *path;
  h5_spikes *spikes;
  h5_report *report;
  h5_table *tables;
  bool has_failed;
  char error[H5_ERROR_SIZE];
};

/* Keeps the first failure: "cannot WHAT FILE: why", by the file's driver or errno; false. */
bool h5_fail(h5_file *file, const char *what);
/* is_good, and nothing has failed on the disk; or a failure. */
bool h5_check(h5_file *file, bool is_good, const char *what);

/* ---- record_h5_small.c: false, or a negative id, where HDF5 refuses ---- */

/* Attributes. */
bool h5_put_text(hid_t object, const char *name, const char *text);
bool h5_put_numbers(hid_t object, const char *name, const uint32_t *numbers, hsize_t count);
bool h5_put_sorting(hid_t group);

/* A group that may be there already. room: bytes for names; where they take more, HDF5 moves them, and leaves a hole
 * whose bytes depend on flushes. */
enum { H5_FEW_NAMES = 256, H5_MANY_NAMES = 16384 };
hid_t h5_open_group(hid_t parent, const char *name, size_t room);
/* An empty data set that grows along its first axis. It takes the space of a chunk when h5_reserve says so. */
hid_t h5_create_growing(hid_t group, const char *name, hid_t type, int rank, const hsize_t *size, const hsize_t *chunk);
/* Before row `at`, the first one of a chunk, is put into a buffer. Where chunks lie does not depend on flushes then. */
bool h5_reserve(hid_t set, uint64_t at);
/* A data set of one axis, with its values. */
bool h5_write_fixed(hid_t group, const char *name, hid_t file_type, hid_t memory_type, hsize_t count,
                    const void *values);
/* Grows the set to `size` and writes a part of it. */
bool h5_write_part(hid_t set, hid_t type, int rank, const hsize_t *size, const hsize_t *start, const hsize_t *count,
                   const void *values);
/* n values behind the first `at`. */
bool h5_append(hid_t set, hid_t type, uint64_t at, uint64_t n, const void *values);

/* ---- record_h5_table.c ---- */

/* What is buffered goes to the file. */
void h5_flush_table(h5_table *table);
bool h5_close_table(h5_table *table);

/* ---- record_h5_report.c ---- */

/* Whole rows of the buffer go to the file. */
void h5_flush_report(h5_report *report);
/* Writes the times of the rows: start, stop, step. */
void h5_write_times(h5_report *report);
bool h5_close_report(h5_report *report);

#endif
