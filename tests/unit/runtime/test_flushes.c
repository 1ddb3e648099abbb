/* SPDX-License-Identifier: MIT */
/* Files of HDF5 whose process is killed at each of its writes, and whose disk is full from each of its writes on: a
 * plain reader opens them, and finds what the last flush brought. */
#define _GNU_SOURCE /* syscall */
#include "observe/record_h5.h"

#include <errno.h>
#include <hdf5.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* So many rows, populations and parts that each tree of HDF5 gets a second level. */
enum { ROWS = 120, COLUMNS = 3, PER_FLUSH = 24, FIRST_PART = 80, PER_PART = 4, POPULATIONS = 2, PARTS = 11 };

/* ---- faults: the library and nsa write through these ---- */

typedef enum { NO_FAULT, KILL, FULL } fault;

static fault what;
static long countdown; /* writes that still go well */

static bool strikes(void) {
  if (what == NO_FAULT || countdown-- > 0)
    return false;
  if (what == KILL)
    raise(SIGKILL);
  errno = ENOSPC;
  return true;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  return strikes() ? -1 : (ssize_t)syscall(SYS_pwrite64, fd, bytes, size, at);
}

int ftruncate(int fd, off_t size) { return strikes() ? -1 : (int)syscall(SYS_ftruncate, fd, size); }
int fsync(int fd) { return strikes() ? -1 : (int)syscall(SYS_fsync, fd); }

/* ---- what is written ---- */

static double value(uint64_t row, uint64_t column) { return 10.0 * (double)row + (double)column; }

typedef struct {
  h5_file *file;
  h5_spikes *spikes[POPULATIONS];
  h5_report *report;
  h5_table *table;
} written;

static bool create(written *w, uint64_t *total) {
  char error[H5_ERROR_SIZE], name[16];
  static const h5_column columns[] = {{"a", "", false}, {"b", "ms", false}};
  w->file = h5_create(".", "now", total, error);
  for (int p = 0; w->file && p < POPULATIONS; p++) {
    snprintf(name, sizeof name, "p%d", p);
    w->spikes[p] = h5_add_spikes(w->file, name);
  }
  if (!w->file)
    return false;
  w->report = h5_add_report(
      w->file,
      &(h5_report_shape){.population = "p", .units = "mV", .columns = COLUMNS, .step_ms = 1, .expected_rows = 1});
  w->table = h5_add_table(w->file, "table", columns, 2);
  return h5_flush(w->file);
}

static void put_row(written *w, uint64_t row) {
  double values[COLUMNS];
  for (uint64_t k = 0; k < COLUMNS; k++)
    values[k] = value(row, k);
  if (row >= FIRST_PART && (row - FIRST_PART) % PER_PART == 0)
    h5_part_report(w->report);
  h5_put_values(w->report, (h5_row_time){(double)row, (double)row + 1}, values, COLUMNS);
  h5_put_row(w->table, values);
  for (int p = 0; p < POPULATIONS; p++)
    h5_put_spike(w->spikes[p], (double)row, row);
}

/* The last row that was flushed is told through *flushed. */
static bool write_all(bool flushes, volatile uint64_t *flushed) {
  written w;
  char error[H5_ERROR_SIZE] = "";
  uint64_t total = 0;
  if (!create(&w, &total))
    return w.file && (h5_close(w.file, error) || strstr(error, "now.h5") == NULL);
  for (uint64_t row = 0; row < ROWS; row++) {
    put_row(&w, row);
    if (flushes && row % PER_FLUSH == PER_FLUSH - 1 && h5_flush(w.file))
      *flushed = row + 1;
  }
  return h5_close(w.file, error) || strstr(error, "now.h5: No space left on device") == NULL;
}

/* ---- what a reader finds ---- */

static uint64_t rows_of(hid_t file, const char *path, double *values, uint64_t most) {
  hid_t set = H5Dopen2(file, path, H5P_DEFAULT);
  if (set < 0)
    return 0; /* a part that is still to come */
  hid_t space = H5Dget_space(set);
  hsize_t size[2] = {0, 1};
  assert_true(H5Sget_simple_extent_dims(space, size, NULL) >= 1);
  assert_true(size[0] <= most);
  if (H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)
    fail_msg("cannot read %s", path);
  H5Sclose(space);
  H5Dclose(set);
  return size[0];
}

static void check_column(hid_t file, const char *path, uint64_t column, uint64_t flushed) {
  double values[ROWS];
  uint64_t rows = rows_of(file, path, values, ROWS);
  if (rows < flushed)
    fail_msg("%s has %d rows, and %d were flushed", path, (int)rows, (int)flushed);
  for (uint64_t row = 0; row < rows; row++)
    if (values[row] != value(row, column) && values[row] != (double)row)
      fail_msg("%s[%d] is %g", path, (int)row, values[row]);
}

static void check_parts(hid_t file, uint64_t flushed) {
  uint64_t found = 0;
  for (int part = 1; part <= PARTS; part++) {
    char path[64], mapping[64];
    double values[ROWS * COLUMNS], times[3];
    snprintf(path, sizeof path, part == 1 ? "/report/p/data" : "/report/p.%d/data", part);
    snprintf(mapping, sizeof mapping, part == 1 ? "/report/p/mapping/time" : "/report/p.%d/mapping/time", part);
    uint64_t rows = rows_of(file, path, values, ROWS);
    uint64_t first = part == 1 ? 0 : FIRST_PART + (uint64_t)(part - 2) * PER_PART;
    for (uint64_t i = 0; i < rows * COLUMNS; i++)
      if (values[i] != value(first + i / COLUMNS, i % COLUMNS))
        fail_msg("%s[%d] is %g", path, (int)i, values[i]);
    found += rows;
    if (rows > 0)
      assert_int_equal(rows_of(file, mapping, times, 3), 3);
  }
  if (found < flushed)
    fail_msg("%d rows of values, and %d were flushed", (int)found, (int)flushed);
}

static void check_file(const char *path, uint64_t flushed, bool may_be_missing) {
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file < 0 && may_be_missing)
    return;
  if (file < 0)
    fail_msg("cannot open it; %d rows were flushed", (int)flushed);
  for (int p = 0; p < POPULATIONS; p++) {
    char set[64];
    snprintf(set, sizeof set, "/spikes/p%d/timestamps", p);
    check_column(file, set, 0, flushed);
    snprintf(set, sizeof set, "/spikes/p%d/node_ids", p);
    check_column(file, set, 0, flushed);
  }
  check_column(file, "/table/a", 0, flushed);
  check_column(file, "/table/b", 1, flushed);
  check_parts(file, flushed);
  H5Fclose(file);
}

/* ---- the tests ---- */

/* Once for each write, or some of them: until more go well than there are. FAULTS_ALL=1 takes all. */
static void strike_everywhere(fault f, long stride) {
  volatile uint64_t *flushed = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  assert_ptr_not_equal((void *)(uintptr_t)flushed, MAP_FAILED);
  int status = 1;
  long k = 0;
  stride = getenv("FAULTS_ALL") ? 1 : stride;
  for (bool is_over = false; !is_over; k += stride) {
    unlink("now.h5");
    *flushed = 0;
    pid_t child = fork();
    if (child == 0) {
      what = f;
      countdown = k;
      bool is_good = write_all(true, flushed);
      _exit(countdown >= 0 ? 0 : is_good ? 1 : 2);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    is_over = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 1)
      fail_msg("the failure of write %ld is not told", k + 1);
    check_file("now.h5", is_over ? ROWS : *flushed, *flushed == 0);
  }
  print_message("%ld writes\n", k - stride);
  assert_true(k > 200);
  munmap((void *)(uintptr_t)flushed, 4096);
}

static void a_killed_process_leaves_what_was_flushed(void **state) {
  (void)state;
  strike_everywhere(KILL, 4);
}

static void a_full_disk_leaves_what_was_flushed(void **state) {
  (void)state;
  strike_everywhere(FULL, 11);
}

static void bytes_do_not_depend_on_flushes(void **state) {
  (void)state;
  uint64_t ignored = 0;
  assert_true(write_all(true, &ignored));
  assert_int_equal(rename("now.h5", "flushed.h5"), 0);
  assert_true(write_all(false, &ignored));
  assert_int_equal(system("cmp now.h5 flushed.h5"), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bytes_do_not_depend_on_flushes),
      cmocka_unit_test(a_killed_process_leaves_what_was_flushed),
      cmocka_unit_test(a_full_disk_leaves_what_was_flushed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
