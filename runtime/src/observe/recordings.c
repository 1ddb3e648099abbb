/* SPDX-License-Identifier: MIT */
/* recordings.c - see nsa_recordings.h. */
#include "observe/recordings.h"

#include "base/foreign_hdf5.h"
#include "nsa_input.h"
#include "nsa_recordings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_GROUPS = 4096, BLOCK = 1 << 16 };
#define MOST_BYTES ((size_t)2 << 30)

/* What comes before each on its way from the process. Its numbers follow, 8 bytes each: times and elements of events;
 * elements and values of a report. */
typedef struct {
  char owner[NSA_RECORDING_NAME], unit[NSA_RECORDING_WORD], reduced[NSA_RECORDING_WORD];
  uint64_t is_events, rows, columns;
  double start, step;
} head;

/* ---- in the process ---- */

typedef struct {
  uint64_t size; /* of the file */
  confined *to;
  char *error;
} reader;

static bool fail(const reader *r, const char *what, const char *where) {
  snprintf(r->error, CONFINED_ERROR, "%s: %.200s", what, where);
  return false;
}

static bool put_rows(const reader *r, const foreign_set *s, hsize_t rows, hid_t type, const char *name) {
  hsize_t at_once = s->size[1] < BLOCK ? BLOCK / (s->size[1] ? s->size[1] : 1) : 1;
  uint64_t *block = malloc((size_t)(at_once * s->size[1] + 1) * sizeof *block);
  bool is_good = block != NULL;
  for (hsize_t at = 0; is_good && at < rows; at += at_once) {
    hsize_t n = rows - at < at_once ? rows - at : at_once;
    is_good = foreign_read(s, at, n, type, block);
    if (is_good)
      confined_put(r->to, block, (size_t)(n * s->size[1]) * sizeof *block);
  }
  free(block);
  return is_good || fail(r, "its data cannot be read", name);
}

static bool open_set(const reader *r, hid_t group, const char *name, int axes, foreign_set *s) {
  const char *wrong = foreign_open_set(group, name, axes, r->size, s);
  return !wrong || fail(r, wrong, name);
}

/* Of a file that is being written, times and elements may have different lengths. */
static bool put_spikes(const reader *r, hid_t group, head *h) {
  foreign_set times, nodes = {.set = H5I_INVALID_HID};
  bool is_good = open_set(r, group, "timestamps", 1, &times) && open_set(r, group, "node_ids", 1, &nodes);
  if (is_good) {
    h->is_events = 1;
    h->columns = 1;
    h->rows = times.size[0] < nodes.size[0] ? times.size[0] : nodes.size[0];
    confined_put(r->to, h, sizeof *h);
    is_good = put_rows(r, &times, h->rows, H5T_NATIVE_DOUBLE, h->owner) &&
              put_rows(r, &nodes, h->rows, H5T_NATIVE_UINT64, h->owner);
  }
  foreign_close_set(&times);
  foreign_close_set(&nodes);
  return is_good;
}

static bool find_times(const reader *r, const foreign_set *s, head *h) {
  double three[3];
  if (s->size[0] != 3 || !foreign_read(s, 0, 3, H5T_NATIVE_DOUBLE, three) || !isfinite(three[0]) || !(three[2] > 0))
    return fail(r, "its times are no start, stop and step", h->owner);
  h->start = three[0];
  h->step = three[2];
  return true;
}

static bool put_report(const reader *r, hid_t group, head *h) {
  foreign_set data, nodes = {.set = H5I_INVALID_HID}, times = nodes;
  bool is_good = open_set(r, group, "data", 2, &data) && open_set(r, group, "mapping/node_ids", 1, &nodes) &&
                 open_set(r, group, "mapping/time", 1, &times) && find_times(r, &times, h);
  if (is_good && nodes.size[0] != data.size[1])
    is_good = fail(r, "it has not as many elements as columns", h->owner);
  if (is_good && data.size[1] > 0 && data.size[0] > MOST_BYTES / sizeof(double) / data.size[1])
    is_good = fail(r, "it is larger than 2 GiB; record fewer elements, or more rarely", h->owner);
  if (is_good) {
    h->rows = data.size[0];
    h->columns = data.size[1];
    foreign_text(data.set, "units", h->unit);
    foreign_text(group, "reduced", h->reduced);
    confined_put(r->to, h, sizeof *h);
    is_good = put_rows(r, &nodes, h->columns, H5T_NATIVE_UINT64, h->owner) &&
              put_rows(r, &data, h->rows, H5T_NATIVE_DOUBLE, h->owner);
  }
  foreign_close_set(&data);
  foreign_close_set(&nodes);
  foreign_close_set(&times);
  return is_good;
}

static bool put_group(const reader *r, hid_t all, hsize_t i, bool is_events) {
  head h = {.is_events = is_events};
  ssize_t length = H5Lget_name_by_idx(all, ".", H5_INDEX_NAME, H5_ITER_INC, i, h.owner, sizeof h.owner, H5P_DEFAULT);
  if (length <= 0 || (size_t)length >= sizeof h.owner)
    return fail(r, "it has a name that cannot be read", is_events ? "/spikes" : "/report");
  if (!foreign_is_hard(all, h.owner))
    return fail(r, FOREIGN_LINK, h.owner);
  hid_t group = H5Gopen2(all, h.owner, H5P_DEFAULT);
  bool is_good = group < 0   ? fail(r, "it is no group", h.owner)
                 : is_events ? put_spikes(r, group, &h)
                             : put_report(r, group, &h);
  if (group >= 0)
    H5Gclose(group);
  return is_good;
}

/* The groups below /spikes or /report; there need not be one. */
static bool put_groups(const reader *r, hid_t file, const char *name, bool is_events) {
  H5G_info_t info = {.nlinks = 0};
  if (H5Lexists(file, name, H5P_DEFAULT) <= 0)
    return true;
  if (!foreign_is_hard(file, name))
    return fail(r, FOREIGN_LINK, name);
  hid_t all = H5Gopen2(file, name, H5P_DEFAULT);
  bool is_good = all >= 0 && H5Gget_info(all, &info) >= 0 && info.nlinks <= MOST_GROUPS;
  if (!is_good)
    fail(r, "it holds no groups, or too many", name);
  for (hsize_t i = 0; is_good && i < info.nlinks; i++)
    is_good = put_group(r, all, i, is_events);
  if (all >= 0)
    H5Gclose(all);
  return is_good;
}

bool recordings_put(int file, confined *to, char error[CONFINED_ERROR]) {
  struct stat info;
  reader r = {.size = fstat(file, &info) == 0 ? (uint64_t)info.st_size : 0, .to = to, .error = error};
  hid_t opened = foreign_open(file);
  bool is_good = opened >= 0;
  if (is_good)
    is_good = put_groups(&r, opened, "spikes", true) && put_groups(&r, opened, "report", false);
  else
    snprintf(error, CONFINED_ERROR, "this is no HDF5 file, or a damaged one");
  if (opened >= 0)
    H5Fclose(opened);
  return is_good;
}

static bool put_all(void *context, confined *to, char error[CONFINED_ERROR]) {
  return recordings_put(*(const int *)context, to, error);
}

/* ---- here ---- */

static int by_start(const void *a, const void *b) {
  const nsa_recording *x = a, *y = b;
  if (x->is_events != y->is_events)
    return x->is_events ? -1 : 1;
  return x->is_events ? strcmp(x->owner, y->owner) : (x->start > y->start) - (x->start < y->start);
}

/* The one that begins at `at`; gives where the next one does, or 0: the bytes end before. */
static size_t take(nsa_recording *r, const uint8_t *bytes, size_t count, size_t at) {
  head h;
  if (count - at < sizeof h)
    return 0;
  memcpy(&h, bytes + at, sizeof h);
  at += sizeof h;
  uint64_t room = (count - at) / sizeof(double), first = h.is_events ? h.rows : h.columns;
  if (first > room || (h.columns > 0 && h.rows > (room - first) / h.columns))
    return 0;
  uint64_t second = h.rows * h.columns;
  *r = (nsa_recording){
      .is_events = h.is_events != 0, .rows = h.rows, .columns = h.columns, .start = h.start, .step = h.step};
  memcpy(r->owner, h.owner, sizeof r->owner);
  memcpy(r->unit, h.unit, sizeof r->unit);
  memcpy(r->reduced, h.reduced, sizeof r->reduced);
  const void *one = bytes + at, *two = bytes + at + first * sizeof(double);
  r->times = h.is_events ? one : NULL;
  r->elements = h.is_events ? two : one;
  r->values = h.is_events ? NULL : two;
  return at + (size_t)(first + second) * sizeof(double);
}

static bool take_all(nsa_recordings *out, size_t count) {
  const uint8_t *bytes = out->bytes;
  size_t room = 0;
  for (size_t at = 0; at < count;) {
    if (out->count == room) {
      room = room ? 2 * room : 8;
      nsa_recording *list = realloc(out->list, room * sizeof *list);
      if (!list)
        return false;
      out->list = list;
    }
    at = take(&out->list[out->count], bytes, count, at);
    if (at == 0)
      return false;
    out->count++;
  }
  if (out->count > 0)
    qsort(out->list, out->count, sizeof *out->list, by_start);
  return true;
}

bool nsa_recordings_read(const char *path, nsa_recordings *out, char error[NSA_RECORDING_ERROR]) {
  const char *why;
  char wrong[CONFINED_ERROR] = "there is no memory for what it holds";
  struct stat info;
  size_t count = 0;
  *out = (nsa_recordings){0};
  int file = nsa_input_open(NULL, path, &why);
  if (file < 0) {
    snprintf(error, NSA_RECORDING_ERROR, "cannot read %.250s: %.200s", path, why);
    return false;
  }
  unsigned seconds = 20 + (fstat(file, &info) == 0 ? (unsigned)(info.st_size >> 22) : 0);
  confined_limits limits = {.memory = 8 * FOREIGN_MOST_CHUNK, .seconds = seconds, .most = MOST_BYTES};
  out->bytes = confined_run(put_all, &file, &limits, &count, wrong);
  close(file);
  bool is_good = out->bytes && take_all(out, count);
  if (!is_good) {
    snprintf(error, NSA_RECORDING_ERROR, "cannot read %.250s: %.200s", path, wrong);
    nsa_recordings_free(out);
  }
  return is_good;
}

void nsa_recordings_free(nsa_recordings *r) {
  free(r->list);
  free(r->bytes);
  *r = (nsa_recordings){0};
}
