/* SPDX-License-Identifier: MIT */
/* record_h5.h - HDF5 files in SONATA's layouts for spikes and reports, and tables, written as a stream.
 *
 * Memory is bounded (about 1 MiB a table); tables go to the file when they are full or when h5_flush asks. What was
 * flushed can be read from then on, by any reader of HDF5, whatever happens to the process or the disk
 * (record_h5_driver.h). After a failure (the disk is full) nothing is written any more. The bytes of a file follow from
 * what is put into it, not from when it is flushed. */
#ifndef NSA_RUNTIME_RECORD_H5_H
#define NSA_RUNTIME_RECORD_H5_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define H5_ERROR_SIZE 512

typedef struct h5_file h5_file;
typedef struct h5_spikes h5_spikes;
typedef struct h5_report h5_report;
typedef struct h5_table h5_table;

/* folder/name.h5; NULL with a sentence in error. What the file grows by is added to *total. */
h5_file *h5_create(const char *folder, const char *name, uint64_t *total, char error[H5_ERROR_SIZE]);
/* Writes out what is buffered. False when the file has failed. */
bool h5_flush(h5_file *file);
/* NULL while all is well. */
const char *h5_error(const h5_file *file);
const char *h5_path(const h5_file *file);
/* Its path from now on: somebody has moved it. False: out of memory. */
bool h5_moved(h5_file *file, const char *path);
/* Flushes, closes and frees. False with a sentence in error; what was flushed before can be read. */
bool h5_close(h5_file *file, char error[H5_ERROR_SIZE]);

/* /spikes/POPULATION/{timestamps, node_ids}, sorted by time. NULL: the file has failed. */
h5_spikes *h5_add_spikes(h5_file *file, const char *population);
void h5_put_spike(h5_spikes *spikes, double time_ms, uint64_t node);

typedef struct {
  const char *population, *units;
  const char *reduced;      /* "mean": the one column is over elements; NULL */
  uint64_t first, columns;  /* node ids are first, first + 1, … */
  const uint32_t *ends;     /* of columns that are links: source, target, source, target, …; NULL */
  double start_ms, step_ms; /* of the rows */
  uint64_t expected_rows;   /* of a part; sizes the chunks */
  bool is_single;           /* values are written as floats */
} h5_report_shape;

/* The time of a row, and of the one that follows it if none is left out. */
typedef struct {
  double now, next; /* ms */
} h5_row_time;

/* /report/POPULATION/{data, mapping}. One report a file. */
h5_report *h5_add_report(h5_file *file, const h5_report_shape *shape);
/* A row comes in one or more calls, from left to right; the last one ends it. */
void h5_put_values(h5_report *report, h5_row_time time, const double *values, uint64_t count);
/* Rows are missing before the next one: it begins a report of its own, /report/POPULATION.2, then .3, … */
void h5_part_report(h5_report *report);

/* When its last part began, and when the row behind the last one would come, ms. */
h5_row_time h5_report_times(const h5_report *report);

/* /NAME/COLUMN, one data set of the same length for each column. */
typedef struct {
  const char *name, *units; /* units: "" has none */
  bool is_whole;            /* written as whole numbers, which are not negative */
} h5_column;
h5_table *h5_add_table(h5_file *file, const char *name, const h5_column *columns, uint32_t count);
/* One number a column. */
void h5_put_row(h5_table *table, const double *values);

/* Before any use of it; false: out of memory. */
bool h5_library_start(void);

/* Gives back what the library holds: once, at the end. */
void h5_library_close(void);

/* "1.10.8"; NULL where the library cannot start. */
const char *h5_library_version(char version[32]);

#endif
