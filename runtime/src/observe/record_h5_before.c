/* SPDX-License-Identifier: MIT */
#include "observe/record_h5_before.h"

#include "base/confined.h"
#include "base/foreign_hdf5.h"
#include "observe/record_h5_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 4096, PATH = 700, PART_WORDS = 3 };
#define VALUES ((hsize_t)1 << 16)

/* What comes from the process are words of 8 bytes. */
typedef union {
  double real;
  uint64_t whole;
} word;

typedef struct {
  int file;
  const char *group;        /* of the file */
  const char *const *names; /* of data sets beside one another: columns of one table */
  uint32_t column_count;
  uint64_t count, width; /* rows; numbers of a row of a report */
  confined *to;
  char *error;
} question;

/* ---- in the process ---- */

static bool fail(const question *q, const char *what, const char *name) {
  snprintf(q->error, CONFINED_ERROR, "%s %.200s", what, name);
  return false;
}

/* size: of its one or two axes. */
static hid_t open_set(const question *q, hid_t file, const char *path, int rank, hsize_t size[2]) {
  uint64_t ratio;
  hid_t set = H5Dopen2(file, path, H5P_DEFAULT), space = H5I_INVALID_HID;
  if (set >= 0 && !foreign_storage(set, rank, sizeof(word), &ratio))
    space = H5Dget_space(set);
  bool is_good =
      space >= 0 && H5Sget_simple_extent_ndims(space) == rank && H5Sget_simple_extent_dims(space, size, NULL) == rank;
  if (space >= 0)
    H5Sclose(space);
  if (is_good)
    return set;
  fail(q, "there is no", path);
  return -1;
}

static bool read_part(hid_t set, hid_t type, int rank, const hsize_t *start, const hsize_t *count, void *to) {
  hid_t space = H5Dget_space(set), memory = H5Screate_simple(rank, count, NULL);
  bool is_good = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                 H5Dread(set, type, memory, space, H5P_DEFAULT, to) >= 0;
  H5Sclose(memory);
  H5Sclose(space);
  return is_good;
}

static bool is_whole(hid_t set) {
  hid_t type = H5Dget_type(set);
  bool is = H5Tget_class(type) == H5T_INTEGER;
  H5Tclose(type);
  return is;
}

/* Rows [first, first + n) of all columns, column by column in memory, row by row in what is put. */
static bool put_rows(const question *q, const hid_t *sets, hsize_t first, hsize_t n, word *column, word *rows) {
  for (uint32_t c = 0; c < q->column_count; c++) {
    hid_t type = is_whole(sets[c]) ? H5T_NATIVE_UINT64 : H5T_NATIVE_DOUBLE;
    if (!read_part(sets[c], type, 1, &first, &n, column))
      return fail(q, "it cannot be read:", q->names[c]);
    for (hsize_t i = 0; i < n; i++)
      rows[i * q->column_count + c] = column[i];
  }
  confined_put(q->to, rows, n * q->column_count * sizeof *rows);
  return true;
}

static bool put_columns(void *context, confined *to, char error[CONFINED_ERROR]) {
  question *q = context;
  q->to = to;
  q->error = error;
  hid_t file = foreign_open(q->file), *sets = calloc((size_t)q->column_count + 1, sizeof *sets);
  word *column = malloc(ROWS * sizeof *column), *rows = malloc((size_t)ROWS * q->column_count * sizeof *rows);
  if (file < 0 || !sets || !column || !rows)
    return fail(q, "this is no HDF5 file:", q->group);
  for (uint32_t c = 0; c < q->column_count; c++) {
    char path[PATH];
    hsize_t size[2] = {0};
    snprintf(path, sizeof path, "%.400s/%.200s", q->group, q->names[c]);
    sets[c] = open_set(q, file, path, 1, size);
    if (sets[c] < 0 || size[0] < q->count)
      return sets[c] >= 0 && fail(q, "there is less than there was in", path);
  }
  for (hsize_t at = 0; at < q->count; at += ROWS)
    if (!put_rows(q, sets, at, q->count - at < ROWS ? q->count - at : ROWS, column, rows))
      return false;
  return true;
}

/* As many values at once as there is room for: of a row that is longer, parts. */
static bool put_values(const question *q, hid_t data, hsize_t rows, word *values) {
  hsize_t at_once = q->width < VALUES ? VALUES / q->width : 1, step = q->width < VALUES ? q->width : VALUES;
  for (hsize_t row = 0; row < rows; row += at_once)
    for (hsize_t column = 0; column < q->width; column += step) {
      hsize_t start[2] = {row, column}, count[2] = {rows - row < at_once ? rows - row : at_once,
                                                    q->width - column < step ? q->width - column : step};
      if (!read_part(data, H5T_NATIVE_DOUBLE, 2, start, count, values))
        return fail(q, "it cannot be read:", q->group);
      confined_put(q->to, values, count[0] * count[1] * sizeof *values);
    }
  return true;
}

/* Before the rows of a part: how many, when it began, and ended. */
static bool put_report_part(question *q, hid_t file, unsigned part, word *values) {
  char path[PATH], number[16] = "";
  hsize_t size[2], three[2];
  double times[3];
  if (part > 1)
    snprintf(number, sizeof number, ".%u", part);
  snprintf(path, sizeof path, "%.400s%s/data", q->group, number);
  hid_t data = open_set(q, file, path, 2, size);
  snprintf(path, sizeof path, "%.400s%s/mapping/time", q->group, number);
  hid_t time = data < 0 ? -1 : open_set(q, file, path, 1, three);
  if (time < 0 || three[0] != 3 || size[1] != q->width ||
      H5Dread(time, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, times) < 0)
    return time >= 0 && fail(q, "it has another shape:", path);
  hsize_t rows = size[0] < q->count ? size[0] : q->count;
  if (rows == 0)
    return fail(q, "there is less than there was in", path);
  word head[PART_WORDS] = {{.whole = rows}, {.real = times[0]}, {.real = times[1]}};
  confined_put(q->to, head, sizeof head);
  q->count -= rows;
  bool is_good = put_values(q, data, rows, values);
  H5Dclose(data);
  H5Dclose(time);
  return is_good;
}

static bool put_report(void *context, confined *to, char error[CONFINED_ERROR]) {
  question *q = context;
  q->to = to;
  q->error = error;
  hid_t file = foreign_open(q->file);
  word *values = malloc(VALUES * sizeof *values);
  if (file < 0 || !values)
    return fail(q, "this is no HDF5 file:", q->group);
  for (unsigned part = 1; q->count > 0; part++)
    if (!put_report_part(q, file, part, values))
      return false;
  return true;
}

/* ---- here ---- */

/* Whole words of what comes. */
typedef struct {
  bool (*take)(void *context, const word *words, size_t count);
  void *context;
  uint8_t rest[sizeof(word)];
  size_t held;
} word_taker;

static bool take_bytes(void *context, const void *bytes, size_t count, char error[CONFINED_ERROR]) {
  word_taker *t = context;
  const uint8_t *from = bytes;
  word words[512];
  while (count > 0) {
    size_t n = 0;
    while (count > 0 && n < sizeof words / sizeof *words) {
      size_t taken = count < sizeof(word) - t->held ? count : sizeof(word) - t->held;
      memcpy(t->rest + t->held, from, taken);
      t->held += taken;
      from += taken;
      count -= taken;
      if (t->held == sizeof(word)) {
        memcpy(&words[n++], t->rest, sizeof(word));
        t->held = 0;
      }
    }
    if (!t->take(t->context, words, n)) {
      snprintf(error, CONFINED_ERROR, "it does not go on with what was recorded");
      return false;
    }
  }
  return true;
}

static bool ask(question *q, confined_work *work, const char *path, word_taker *taker, char error[H5_ERROR_SIZE]) {
  char why[CONFINED_ERROR] = "";
  confined_limits limits = {.memory = (size_t)1 << 29, .seconds = 3600, .most = SIZE_MAX / 4};
  q->file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  bool is_good = q->file >= 0 && confined_stream(work, q, &limits, take_bytes, taker, why);
  if (!is_good)
    snprintf(error, H5_ERROR_SIZE, "cannot go on with what was recorded in %.200s: %.200s", path,
             q->file >= 0 ? why : strerror(errno));
  if (q->file >= 0)
    close(q->file);
  return is_good;
}

typedef struct {
  h5_spikes *spikes;
  word time;
  bool has_time;
} spike_taker;

static bool take_spikes(void *context, const word *words, size_t count) {
  spike_taker *t = context;
  for (size_t i = 0; i < count; i++) {
    if (t->has_time)
      h5_put_spike(t->spikes, t->time.real, words[i].whole);
    else
      t->time = words[i];
    t->has_time = !t->has_time;
  }
  return !t->spikes->file->has_failed;
}

bool h5_spikes_before(h5_spikes *to, const char *path, const char *population, uint64_t count,
                      char error[H5_ERROR_SIZE]) {
  static const char *const names[] = {"timestamps", "node_ids"};
  char group[PATH];
  spike_taker taker = {.spikes = to};
  word_taker words = {.take = take_spikes, .context = &taker};
  question q = {.group = group, .names = names, .column_count = 2, .count = count};
  snprintf(group, sizeof group, "/spikes/%.400s", population);
  return count == 0 || ask(&q, put_columns, path, &words, error);
}

typedef struct {
  h5_table *table;
  double *row;
  const bool *is_whole;
  uint32_t at;
} row_taker;

static bool take_rows(void *context, const word *words, size_t count) {
  row_taker *t = context;
  for (size_t i = 0; i < count; i++) {
    t->row[t->at] = t->is_whole[t->at] ? (double)words[i].whole : words[i].real;
    if (++t->at < t->table->column_count)
      continue;
    h5_put_row(t->table, t->row);
    t->at = 0;
  }
  return !t->table->file->has_failed;
}

static bool read_table(h5_table *to, const char *path, question *q, row_taker *taker, char error[H5_ERROR_SIZE]) {
  word_taker words = {.take = take_rows, .context = taker};
  q->column_count = to->column_count;
  return ask(q, put_columns, path, &words, error);
}

/* The names of its columns are those of its own data sets. */
bool h5_table_before(h5_table *to, const char *path, const char *name, uint64_t count, char error[H5_ERROR_SIZE]) {
  enum { COLUMN = 300 };
  size_t columns = (size_t)to->column_count + 1;
  char(*texts)[COLUMN] = calloc(columns, COLUMN), group[PATH];
  const char **names = calloc(columns, sizeof *names);
  bool *wholes = calloc(columns, sizeof *wholes);
  row_taker taker = {.table = to, .row = calloc(columns, sizeof(double)), .is_whole = wholes};
  bool is_good = texts && names && wholes && taker.row;
  for (uint32_t c = 0; is_good && c < to->column_count; c++) {
    char full[PATH] = "";
    H5Iget_name(to->sets[c], full, sizeof full);
    const char *slash = strrchr(full, '/');
    snprintf(texts[c], COLUMN, "%.200s", slash ? slash + 1 : full);
    names[c] = texts[c];
    wholes[c] = is_whole(to->sets[c]);
  }
  snprintf(group, sizeof group, "/%.400s", name);
  question q = {.group = group, .names = names, .count = count};
  if (!is_good)
    snprintf(error, H5_ERROR_SIZE, "out of memory");
  is_good = is_good && (count == 0 || read_table(to, path, &q, &taker, error));
  free(texts);
  free(names);
  free(wholes);
  free(taker.row);
  return is_good;
}

typedef struct {
  h5_report *report;
  word head[PART_WORDS];
  uint32_t head_count;
  uint64_t parts, rows, left; /* left: rows that are still to come, of all parts */
  h5_row_time last;
} report_taker;

static void begin_part(report_taker *t) {
  if (t->parts++ > 0)
    h5_part_report(t->report);
  t->rows = t->head[0].whole;
  t->left -= t->rows < t->left ? t->rows : t->left;
}

/* Part of a row, at most as far as its end. */
static size_t take_row(report_taker *t, const word *words, size_t count) {
  uint64_t missing = t->report->shape.columns - t->report->column;
  size_t n = count < missing ? count : (size_t)missing;
  h5_row_time time = {t->head[1].real, t->head[2].real};
  if (t->left == 0) /* of the last part the file may say more than there was */
    time = t->last;
  bool ends = n == missing;
  h5_put_values(t->report, time, &words->real, n);
  if (ends && --t->rows == 0)
    t->head_count = 0;
  return n;
}

static bool take_report(void *context, const word *words, size_t count) {
  report_taker *t = context;
  for (size_t i = 0; i < count && !t->report->file->has_failed;) {
    if (t->head_count < PART_WORDS) {
      t->head[t->head_count++] = words[i++];
      if (t->head_count == PART_WORDS)
        begin_part(t);
    } else
      i += take_row(t, words + i, count - i);
  }
  return !t->report->file->has_failed;
}

bool h5_report_before(h5_report *to, const char *path, uint64_t count, h5_row_time last, char error[H5_ERROR_SIZE]) {
  char group[PATH];
  report_taker taker = {.report = to, .left = count, .last = last};
  word_taker words = {.take = take_report, .context = &taker};
  question q = {.group = group, .count = count, .width = to->shape.columns};
  snprintf(group, sizeof group, "/report/%.400s", to->shape.population);
  return count == 0 || to->shape.columns == 0 || ask(&q, put_report, path, &words, error);
}
