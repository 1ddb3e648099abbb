/* SPDX-License-Identifier: MIT */
#include "observe/record_h5_internal.h"

#include "base/library.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SPIKE_BUFFER = 65536 /* spikes: 1 MiB of times and ids */, SPIKE_CHUNK = 8192 };

/* ---- failures ---- */

bool h5_fail(h5_file *file, const char *what) {
  if (!file->has_failed) {
    const char *why = file->disk.error ? strerror(file->disk.error)
                      : errno          ? strerror(errno)
                                       : "HDF5 refused; it may have too little memory";
    snprintf(file->error, sizeof file->error, "cannot %s %s: %s", what, file->path, why);
  }
  file->has_failed = true;
  return false;
}

bool h5_check(h5_file *file, bool is_good, const char *what) {
  return (is_good && file->disk.error == 0) || h5_fail(file, what);
}

/* HDF5 prints its stack of errors to stderr: they are not for our users. */
bool h5_library_start(void) {
  library_silence(true);
  H5dont_atexit();
  bool is_good = H5open() >= 0 && H5Eset_auto2(H5E_DEFAULT, NULL, NULL) >= 0;
  library_silence(false);
  errno = 0;
  return is_good;
}

const char *h5_library_version(char version[32]) {
  unsigned major = 0, minor = 0, release = 0;
  library_begin("HDF5", "run.json");
  bool is_known = h5_library_start() && H5get_libversion(&major, &minor, &release) >= 0;
  library_end();
  snprintf(version, 32, "%u.%u.%u", major, minor, release);
  return is_known ? version : NULL;
}

void h5_library_close(void) {
  library_begin("HDF5", "the last of the results");
  library_silence(true);
  H5close();
  library_silence(false);
  library_end();
}

/* ---- the file ---- */

static bool create_file(h5_file *file) {
  static const uint32_t magic = 0x0A7A, version[2] = {0, 1}; /* as SONATA marks its files */
  hid_t access = h5_driver_access(&file->disk);
  file->id = access < 0 ? -1 : H5Fcreate(file->path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
  if (access >= 0)
    H5Pclose(access);
  return h5_check(file, file->id >= 0, "create") &&
         h5_check(file, h5_put_numbers(file->id, "magic", &magic, 1), "write") &&
         h5_check(file, h5_put_numbers(file->id, "version", version, 2), "write");
}

h5_file *h5_create(const char *folder, const char *name, uint64_t *total, char error[H5_ERROR_SIZE]) {
  if (!h5_library_start()) {
    snprintf(error, H5_ERROR_SIZE, "out of memory for HDF5, which cannot start");
    return NULL;
  }
  size_t room = strlen(folder) + strlen(name) + sizeof "/.h5";
  h5_file *file = calloc(1, sizeof *file);
  char *path = malloc(room);
  if (!file || !path) {
    snprintf(error, H5_ERROR_SIZE, "out of memory");
    free(file);
    free(path);
    return NULL;
  }
  snprintf(path, room, "%s/%s.h5", folder, name);
  file->path = path;
  file->disk.total = total;
  if (create_file(file))
    return file;
  h5_close(file, error);
  return NULL;
}

const char *h5_error(const h5_file *file) { return file->has_failed ? file->error : NULL; }

const char *h5_path(const h5_file *file) { return file->path; }

bool h5_moved(h5_file *file, const char *path) {
  char *copy = strdup(path);
  if (copy) {
    free(file->path);
    file->path = copy;
  }
  return copy != NULL;
}

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
  hid_t top = h5_open_group(file->id, "spikes", H5_FEW_NAMES), group = h5_open_group(top, population, H5_FEW_NAMES);
  create_spike_sets(spikes, group);
  h5_check(file, (H5Gclose(group) >= 0) & (H5Gclose(top) >= 0), "write");
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
  uint64_t at = spikes->written + spikes->buffered;
  if (at % SPIKE_CHUNK == 0)
    h5_check(spikes->file, h5_reserve(spikes->times, at) && h5_reserve(spikes->nodes, at), "write");
  spikes->time_buffer[spikes->buffered] = time_ms;
  spikes->node_buffer[spikes->buffered] = node;
  if (++spikes->buffered == SPIKE_BUFFER)
    flush_spikes(spikes);
}

/* ---- flushing and closing ---- */

bool h5_flush(h5_file *file) {
  library_begin("HDF5", file->path);
  for (h5_spikes *s = file->spikes; s; s = s->next)
    flush_spikes(s);
  if (file->report) {
    h5_flush_report(file->report);
    h5_write_times(file->report);
  }
  for (h5_table *t = file->tables; t; t = t->next)
    h5_flush_table(t);
  errno = 0;
  bool is_good = !file->has_failed && h5_check(file, H5Fflush(file->id, H5F_SCOPE_LOCAL) >= 0, "write");
  library_end();
  return is_good;
}

static bool close_spikes(h5_spikes *spikes) {
  bool is_good = H5Dclose(spikes->times) >= 0;
  is_good = H5Dclose(spikes->nodes) >= 0 && is_good;
  free(spikes->time_buffer);
  free(spikes->node_buffer);
  free(spikes);
  return is_good;
}

static bool close_tables(h5_file *file) {
  bool is_good = true;
  for (h5_table *t = file->tables; t;) {
    h5_table *next = t->next;
    is_good = h5_close_table(t) && is_good;
    t = next;
  }
  for (h5_spikes *s = file->spikes; s;) {
    h5_spikes *next = s->next;
    is_good = close_spikes(s) && is_good;
    s = next;
  }
  return (!file->report || h5_close_report(file->report)) && is_good;
}

bool h5_close(h5_file *file, char error[H5_ERROR_SIZE]) {
  h5_flush(file);
  bool is_good = close_tables(file);
  errno = 0;
  if (file->id >= 0)
    is_good = H5Fclose(file->id) >= 0 && is_good;
  is_good = h5_check(file, is_good, "write") && !file->has_failed;
  if (!is_good)
    snprintf(error, H5_ERROR_SIZE, "%s", file->error);
  free(file->path);
  free(file);
  return is_good;
}
