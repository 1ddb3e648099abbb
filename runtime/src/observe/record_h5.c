/* SPDX-License-Identifier: MIT */
#include "observe/record_h5_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SPIKE_BUFFER = 65536 /* spikes: 1 MiB of times and ids */, SPIKE_CHUNK = 8192 };

/* ---- failures ---- */

bool h5_fail(h5_file *file, const char *what) {
  if (!file->has_failed) {
    const char *why = errno ? strerror(errno) : "HDF5 refused";
    snprintf(file->error, sizeof file->error, "cannot %s %s: %s", what, file->part, why);
  }
  file->has_failed = true;
  return false;
}

bool h5_check(h5_file *file, bool is_good, const char *what) { return is_good || h5_fail(file, what); }

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
  bool is_good = h5_check(file, file->id >= 0, "create") &&
                 h5_check(file, h5_put_numbers(file->id, "magic", &magic, 1), "write") &&
                 h5_check(file, h5_put_numbers(file->id, "version", version, 2), "write");
  if (!is_good)
    h5_close(file, error);
  return is_good ? file : NULL;
}

const char *h5_error(const h5_file *file) { return file->has_failed ? file->error : NULL; }

/* ---- spikes ---- */

static void create_spike_sets(h5_spikes *spikes, hid_t group) {
  h5_file *file = spikes->file;
  hsize_t none = 0, chunk = SPIKE_CHUNK;
  spikes->times = h5_create_growing(group, "timestamps", H5T_IEEE_F64LE, 1, &none, &chunk);
  spikes->nodes = h5_create_growing(group, "node_ids", H5T_STD_U64LE, 1, &none, &chunk);
  h5_check(file,
           spikes->times >= 0 && spikes->nodes >= 0 && h5_put_text(spikes->times, "units", "ms") &&
               h5_put_sorting(group),
           "write");
}

h5_spikes *h5_add_spikes(h5_file *file, const char *population) {
  if (file->has_failed)
    return NULL;
  h5_spikes *spikes = calloc(1, sizeof *spikes);
  if (!spikes) {
    errno = ENOMEM;
    h5_fail(file, "write");
    return NULL;
  }
  *spikes = (h5_spikes){.file = file, .next = file->spikes, .times = -1, .nodes = -1};
  file->spikes = spikes;
  spikes->time_buffer = malloc(SPIKE_BUFFER * sizeof *spikes->time_buffer);
  spikes->node_buffer = malloc(SPIKE_BUFFER * sizeof *spikes->node_buffer);
  if (!h5_check(file, spikes->time_buffer && spikes->node_buffer, "write"))
    return NULL;
  hid_t top = h5_open_group(file->id, "spikes"), group = h5_open_group(top, population);
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
  h5_check(file,
           h5_append(spikes->times, H5T_NATIVE_DOUBLE, spikes->written, spikes->buffered, spikes->time_buffer) &&
               h5_append(spikes->nodes, H5T_NATIVE_UINT64, spikes->written, spikes->buffered, spikes->node_buffer),
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

/* ---- flushing and closing ---- */

bool h5_flush(h5_file *file) {
  for (h5_spikes *s = file->spikes; s; s = s->next)
    flush_spikes(s);
  if (file->report)
    h5_flush_report(file->report);
  for (h5_table *t = file->tables; t; t = t->next)
    h5_flush_table(t);
  errno = 0;
  return !file->has_failed && h5_check(file, H5Fflush(file->id, H5F_SCOPE_LOCAL) >= 0, "write");
}

static void close_tables(h5_file *file) {
  for (h5_table *t = file->tables; t;) {
    h5_table *next = t->next;
    h5_close_table(t);
    t = next;
  }
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
    h5_end_report(file->report);
  close_tables(file);
  errno = 0;
  if (file->id >= 0)
    h5_check(file, H5Fclose(file->id) >= 0, "write");
  file->has_ended = true;
  return !file->has_failed && h5_check(file, sync_file(file->part), "write");
}

bool h5_close(h5_file *file, char error[H5_ERROR_SIZE]) {
  bool is_good = h5_end(file) && h5_check(file, rename(file->part, file->path) == 0, "rename");
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
