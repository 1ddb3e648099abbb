/* SPDX-License-Identifier: MIT */
/* write.c - a checkpoint onto the disk. */
#include "checkpoint/about.h"
#include "checkpoint/head.h"
#include "checkpoint/types.h"

#include "base/library.h"
#include "observe/record_h5.h"
#include "observe/record_h5_driver.h"
#include "observe/results_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH = 4096 + 64, CHUNK_MOST = 64 * NSA_TILE };

typedef struct {
  keeper keeper; /* comes first */
  hid_t file, group;
  char group_name[64];
  h5_disk disk;
  uint64_t bytes;
  const char *path;
} writer;

static bool fail(writer *w, const char *what) {
  int why = w->disk.error ? w->disk.error : errno;
  snprintf(w->keeper.error, SIM_ERROR_SIZE, "cannot %s %.300s: %s", what, w->path,
           why ? strerror(why) : "HDF5 refused; it may have too little memory");
  return false;
}

/* Chunks of whole tiles, counted from the first entry. */
static hid_t layout_of(uint64_t count) {
  hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
  hsize_t chunk = count < NSA_TILE ? count : (count / NSA_TILE) * NSA_TILE;
  chunk = chunk < CHUNK_MOST ? chunk : CHUNK_MOST;
  H5Pset_obj_track_times(layout, false);
  H5Pset_fill_time(layout, H5D_FILL_TIME_NEVER);
  if (count > 0 && (H5Pset_chunk(layout, 1, &chunk) < 0 || H5Pset_fletcher32(layout) < 0))
    H5Pset_layout(layout, H5D_LAYOUT_ERROR);
  return layout;
}

static bool open_group(writer *w, const char *name, size_t len) {
  if (w->group >= 0 && strlen(w->group_name) == len && strncmp(w->group_name, name, len) == 0)
    return true;
  if (w->group >= 0)
    H5Gclose(w->group);
  snprintf(w->group_name, sizeof w->group_name, "%.*s", (int)len, name);
  if (H5Lexists(w->file, w->group_name, H5P_DEFAULT) > 0)
    w->group = H5Gopen2(w->file, w->group_name, H5P_DEFAULT);
  else
    w->group = H5Gcreate2(w->file, w->group_name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  return w->group >= 0;
}

static bool take(keeper *k, const keep_piece *piece) {
  writer *w = (writer *)k;
  const char *slash = strchr(piece->name, '/');
  hsize_t count = piece->count;
  errno = 0;
  if (!open_group(w, piece->name, (size_t)(slash - piece->name)))
    return fail(w, "write");
  hid_t space = H5Screate_simple(1, &count, NULL), layout = layout_of(count);
  hid_t set = H5Dcreate2(w->group, slash + 1, piece_type_on_disk(piece->type), space, H5P_DEFAULT, layout, H5P_DEFAULT);
  bool is_good = set >= 0 && (count == 0 || H5Dwrite(set, piece_type_in_memory(piece->type), H5S_ALL, H5S_ALL,
                                                     H5P_DEFAULT, piece->data) >= 0);
  if (set >= 0)
    is_good = H5Dclose(set) >= 0 && is_good;
  H5Pclose(layout);
  H5Sclose(space);
  return (is_good && w->disk.error == 0) || fail(w, "write");
}

static bool create(writer *w) {
  hid_t creation = H5Pcreate(H5P_FILE_CREATE), access = h5_driver_access(&w->disk);
  errno = 0;
  w->group = w->file = -1;
  if (creation >= 0 && access >= 0 && H5Pset_userblock(creation, HEAD_BYTES) >= 0)
    w->file = H5Fcreate(w->path, H5F_ACC_TRUNC, creation, access);
  H5Pclose(access);
  H5Pclose(creation);
  return w->file >= 0 || fail(w, "create");
}

static bool close_file(writer *w) {
  bool is_good = w->group < 0 || H5Gclose(w->group) >= 0;
  errno = 0;
  is_good = (w->file < 0 || H5Fclose(w->file) >= 0) && is_good;
  return (is_good && w->disk.error == 0) || fail(w, "write");
}

static void take_about(writer *w, sim *s, const char *variant) {
  char *text = about_print(s, variant);
  if (text)
    keep_array(&w->keeper, "about", "run", KEEP_BYTES, strlen(text), text);
  else
    keep_fail(&w->keeper, "out of memory for %.300s", w->path);
  free(text);
}

static bool write_pieces(writer *w, sim *s, const char *variant) {
  bool is_good = h5_library_start() && create(w);
  if (is_good) {
    take_about(w, s, variant);
    checkpoint_keep(s, &w->keeper);
    is_good = !w->keeper.has_failed;
  }
  char kept[SIM_ERROR_SIZE];
  memcpy(kept, w->keeper.error, sizeof kept);
  bool is_closed = w->file < 0 || close_file(w);
  if (!is_good)
    memcpy(w->keeper.error, kept, sizeof kept);
  keep_release(&w->keeper);
  return is_good && is_closed;
}

/* The head comes last. */
static bool finish(writer *w) {
  int fd = open(w->path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
  bool is_good = fd >= 0 && head_write(fd) && fsync(fd) == 0;
  int why = errno;
  if (fd >= 0 && close(fd) != 0 && is_good)
    return fail(w, "write");
  errno = why;
  return is_good || fail(w, "write");
}

static void sync_folder_of(const char *path) {
  char folder[PATH];
  snprintf(folder, sizeof folder, "%s", path);
  char *slash = strrchr(folder, '/');
  if (slash)
    *slash = 0;
  folder_sync(slash ? folder : ".");
}

bool checkpoint_write(sim *s, const char *variant, const char *path, char error[SIM_ERROR_SIZE]) {
  char part[PATH];
  snprintf(part, sizeof part, "%s.part", path);
  writer w = {.keeper = {.take = take}, .path = part, .file = -1, .group = -1};
  w.disk.total = &w.bytes;
  library_begin("HDF5", part);
  bool is_good = write_pieces(&w, s, variant);
  library_end();
  is_good = is_good && finish(&w);
  if (is_good && rename(part, path) != 0)
    is_good = fail(&w, "write");
  if (is_good) {
    sync_folder_of(path);
    return true;
  }
  snprintf(error, SIM_ERROR_SIZE, "%s", w.keeper.error[0] ? w.keeper.error : "out of memory for HDF5");
  unlink(part);
  return false;
}
