/* SPDX-License-Identifier: MIT */
#include "observe/record_csv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CSV_BUFFER = 1 << 20 };

struct csv_file {
  FILE *file;
  char *path, *part, *buffer;
  bool has_failed;
  char error[CSV_ERROR_SIZE];
};

static bool check(csv_file *file, bool is_good, const char *what) {
  if (!is_good && !file->has_failed) {
    snprintf(file->error, sizeof file->error, "cannot %s %s: %s", what, file->part, strerror(errno));
    file->has_failed = true;
  }
  return is_good;
}

static void csv_free(csv_file *file) {
  free(file->path);
  free(file->part);
  free(file->buffer);
  free(file);
}

csv_file *csv_create(const char *folder, const char *name, char error[CSV_ERROR_SIZE]) {
  size_t room = strlen(folder) + strlen(name) + sizeof "/.csv.part";
  csv_file *file = calloc(1, sizeof *file);
  if (!file || !(file->path = malloc(room)) || !(file->part = malloc(room)) || !(file->buffer = malloc(CSV_BUFFER))) {
    snprintf(error, CSV_ERROR_SIZE, "out of memory");
    if (file)
      csv_free(file);
    return NULL;
  }
  snprintf(file->path, room, "%s/%s.csv", folder, name);
  snprintf(file->part, room, "%s/%s.csv.part", folder, name);
  file->file = fopen(file->part, "w");
  if (!check(file, file->file != NULL, "create")) {
    snprintf(error, CSV_ERROR_SIZE, "%s", file->error);
    csv_free(file);
    return NULL;
  }
  setvbuf(file->file, file->buffer, _IOFBF, CSV_BUFFER);
  return file;
}

const char *csv_error(const csv_file *file) { return file->has_failed ? file->error : NULL; }

void csv_put_text(csv_file *file, const char *text) {
  if (!file->has_failed)
    check(file, fputs(text, file->file) >= 0, "write");
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

bool csv_flush(csv_file *file) { return !file->has_failed && check(file, fflush(file->file) == 0, "write"); }

bool csv_end(csv_file *file) {
  if (!file->file)
    return !file->has_failed;
  if (csv_flush(file))
    check(file, fsync(fileno(file->file)) == 0, "write");
  if (fclose(file->file) != 0)
    check(file, false, "write");
  file->file = NULL;
  return !file->has_failed;
}

bool csv_close(csv_file *file, char error[CSV_ERROR_SIZE]) {
  bool is_good = csv_end(file) && check(file, rename(file->part, file->path) == 0, "rename");
  if (!is_good) {
    unlink(file->part);
    snprintf(error, CSV_ERROR_SIZE, "%s", file->error);
  }
  csv_free(file);
  return is_good;
}

void csv_discard(csv_file *file) {
  char ignored[CSV_ERROR_SIZE];
  file->has_failed = true;
  csv_close(file, ignored);
}
