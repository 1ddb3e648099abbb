/* SPDX-License-Identifier: MIT */
#include "observe/record_csv.h"

#include "nsa_output.h"
#include "observe/results_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CSV_BUFFER = 1 << 20 };

/* Whole lines go to the file, so that it ends with one even where the disk is full. */
struct csv_file {
  int fd;
  char *path, *buffer;
  size_t buffered, whole; /* bytes, and those of whole lines among them */
  off_t written;
  uint64_t *total;
  bool has_failed;
  char error[CSV_ERROR_SIZE];
};

static bool check(csv_file *file, bool is_good, const char *what) {
  if (!is_good && !file->has_failed) {
    snprintf(file->error, sizeof file->error, "cannot %s %s: %s", what, file->path, strerror(errno));
    file->has_failed = true;
  }
  return is_good;
}

static void csv_free(csv_file *file) {
  free(file->path);
  free(file->buffer);
  free(file);
}

csv_file *csv_create(const char *folder, const char *name, uint64_t *total, char error[CSV_ERROR_SIZE]) {
  size_t room = strlen(folder) + strlen(name) + sizeof "/.csv";
  csv_file *file = calloc(1, sizeof *file);
  if (!file || !(file->path = malloc(room)) || !(file->buffer = malloc(CSV_BUFFER))) {
    snprintf(error, CSV_ERROR_SIZE, "out of memory");
    if (file)
      csv_free(file);
    return NULL;
  }
  snprintf(file->path, room, "%s/%s.csv", folder, name);
  file->total = total;
  file->fd = open(file->path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (check(file, file->fd >= 0, "create"))
    return file;
  snprintf(error, CSV_ERROR_SIZE, "%s", file->error);
  csv_free(file);
  return NULL;
}

const char *csv_error(const csv_file *file) { return file->has_failed ? file->error : NULL; }

/* ---- writing ---- */

static void write_out(csv_file *file, size_t len) {
  if (!check(file, nsa_write_all(file->fd, file->buffer, len), "write")) {
    int ignored = ftruncate(file->fd, file->written); /* else a line stays cut */
    (void)ignored;
    return;
  }
  file->written += (off_t)len;
  file->buffered -= len;
  file->whole = 0;
  memmove(file->buffer, file->buffer + len, file->buffered);
}

static void put(csv_file *file, const char *text, size_t len) {
  if (file->has_failed)
    return;
  if (file->buffered + len > CSV_BUFFER)
    write_out(file, file->whole ? file->whole : file->buffered); /* a line may be longer than the buffer */
  if (file->has_failed)
    return;
  memcpy(file->buffer + file->buffered, text, len);
  file->buffered += len;
  *file->total += len;
  if (len > 0 && text[len - 1] == '\n')
    file->whole = file->buffered;
}

void csv_put_text(csv_file *file, const char *text) { put(file, text, strlen(text)); }

void csv_put_head(csv_file *file, const char *name, const char *unit) {
  csv_put_text(file, name);
  if (!unit || !unit[0] || strcmp(unit, "1") == 0)
    return;
  csv_put_text(file, " (");
  csv_put_text(file, unit);
  csv_put_text(file, ")");
}

static void format_number(double value, char text[32]) {
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, 32, "%.*g", digits, value);
    if (strtod(text, NULL) == value)
      return;
  }
}

void csv_put_number(csv_file *file, double value) {
  char text[32];
  format_number(value, text);
  csv_put_text(file, text);
}

void csv_put_whole(csv_file *file, uint64_t value) {
  char text[32];
  snprintf(text, sizeof text, "%" PRIu64, value);
  csv_put_text(file, text);
}

bool csv_flush(csv_file *file) {
  if (!file->has_failed && file->whole > 0)
    write_out(file, file->whole);
  return !file->has_failed;
}

uint64_t csv_written(const csv_file *file) { return (uint64_t)file->written; }

static bool copy_bytes(csv_file *file, int from, uint64_t bytes) {
  while (bytes > 0) {
    ssize_t got = read(from, file->buffer, bytes < CSV_BUFFER ? bytes : CSV_BUFFER);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0 || !nsa_write_all(file->fd, file->buffer, (size_t)got)) {
      errno = got == 0 ? ENODATA : errno;
      return false;
    }
    bytes -= (uint64_t)got;
    file->written += got;
  }
  return true;
}

bool csv_continue(csv_file *file, const char *folder_before, uint64_t bytes) {
  char path[FOLDER_PATH];
  if (bytes == 0)
    return true;
  folder_path(folder_before, file->path, path);
  int from = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  *file->total -= (uint64_t)file->written + file->buffered;
  file->buffered = file->whole = 0;
  file->written = 0;
  bool is_good = from >= 0 && lseek(file->fd, 0, SEEK_SET) == 0 && ftruncate(file->fd, 0) == 0;
  check(file, is_good && copy_bytes(file, from, bytes), "go on with what was written before into");
  *file->total += (uint64_t)file->written;
  if (from >= 0)
    close(from);
  return !file->has_failed;
}

const char *csv_path(const csv_file *file) { return file->path; }

bool csv_moved(csv_file *file, const char *path) {
  char *copy = strdup(path);
  if (copy) {
    free(file->path);
    file->path = copy;
  }
  return copy != NULL;
}

bool csv_close(csv_file *file, char error[CSV_ERROR_SIZE]) {
  if (!file->has_failed)
    write_out(file, file->buffered);
  check(file, file->has_failed || fsync(file->fd) == 0, "write");
  check(file, close(file->fd) == 0, "write");
  bool is_good = !file->has_failed;
  if (!is_good)
    snprintf(error, CSV_ERROR_SIZE, "%s", file->error);
  csv_free(file);
  return is_good;
}
