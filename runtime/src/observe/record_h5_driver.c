/* SPDX-License-Identifier: MIT */
#include "observe/record_h5_driver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

/* A table, or a part of one, that waits for the next flush. */
typedef struct {
  haddr_t at;
  size_t size;
  uint8_t *bytes;
  uint32_t rank; /* in the order of writing */
  uint32_t number;
} pending;

typedef struct {
  H5FD_t base; /* HDF5's part: comes first */
  h5_disk *disk;
  int fd;
  haddr_t end;   /* of what HDF5 has taken */
  haddr_t size;  /* of the file */
  haddr_t known; /* what lies behind is new to readers: the end at the last flush */
  pending *waiting;
  uint32_t count, room;
} driver_file;

static void fail(driver_file *f, int number) {
  if (f->disk->error == 0)
    f->disk->error = number ? number : EIO;
}

/* ---- the file ---- */

static void write_at(driver_file *f, haddr_t at, const uint8_t *bytes, size_t size) {
  while (size > 0 && f->disk->error == 0) {
    ssize_t done = pwrite(f->fd, bytes, size, (off_t)at);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0) {
      fail(f, done < 0 ? errno : ENOSPC);
      return;
    }
    at += (haddr_t)done;
    bytes += done;
    size -= (size_t)done;
    f->size = at > f->size ? at : f->size;
  }
}

static void resize(driver_file *f, haddr_t size) {
  if (f->disk->error == 0 && ftruncate(f->fd, (off_t)size) != 0)
    fail(f, errno);
  f->size = size;
}

/* What nobody wrote is zero. */
static bool read_at(const driver_file *f, haddr_t at, uint8_t *bytes, size_t size) {
  memset(bytes, 0, size);
  while (size > 0) {
    ssize_t done = pread(f->fd, bytes, size, (off_t)at);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return done == 0;
    at += (haddr_t)done;
    bytes += done;
    size -= (size_t)done;
  }
  return true;
}

/* ---- what waits ---- */

/* Copies the part that both have. */
static void copy_common(uint8_t *to, haddr_t to_at, size_t to_size, const uint8_t *from, haddr_t from_at,
                        size_t from_size) {
  haddr_t begin = to_at > from_at ? to_at : from_at;
  haddr_t to_end = to_at + to_size, from_end = from_at + from_size, end = to_end < from_end ? to_end : from_end;
  if (begin < end)
    memcpy(to + (begin - to_at), from + (begin - from_at), (size_t)(end - begin));
}

/* Nodes of trees begin with "TREE", a byte, and their level above the leaves; lists of names are below the leaves. */
static uint32_t rank_of(H5FD_mem_t type, const uint8_t *bytes, size_t size) {
  enum { SUPERBLOCK = 1, HEAP, TREE, NAMES = TREE + 256, OTHER };
  if (type == H5FD_MEM_SUPER)
    return SUPERBLOCK;
  if (type == H5FD_MEM_LHEAP || type == H5FD_MEM_GHEAP)
    return HEAP;
  if (type == H5FD_MEM_BTREE)
    return size > 5 && memcmp(bytes, "TREE", 4) == 0 ? TREE + 255u - bytes[5] : NAMES;
  return OTHER;
}

/* What is written again is kept once. Parts that overlap agree, so that their order does not matter. */
static bool keep(driver_file *f, H5FD_mem_t type, haddr_t at, size_t size, const uint8_t *bytes) {
  pending *same = NULL;
  for (uint32_t i = 0; i < f->count; i++) {
    pending *p = &f->waiting[i];
    copy_common(p->bytes, p->at, p->size, bytes, at, size);
    same = p->at == at && p->size == size ? p : same;
  }
  if (!same && f->count == f->room) {
    uint32_t room = 2 * f->room + 16;
    pending *grown = realloc(f->waiting, room * sizeof *grown);
    if (!grown)
      return false;
    f->waiting = grown;
    f->room = room;
  }
  uint8_t *copy = same ? same->bytes : malloc(size ? size : 1);
  if (!copy)
    return false;
  memcpy(copy, bytes, size);
  uint32_t number = same ? same->number : f->count;
  if (!same)
    same = &f->waiting[f->count++];
  *same = (pending){.at = at, .size = size, .bytes = copy, .rank = rank_of(type, bytes, size), .number = number};
  return true;
}

static int by_rank(const void *a, const void *b) {
  const pending *x = a, *y = b;
  if (x->rank != y->rank)
    return x->rank < y->rank ? -1 : 1;
  return x->number < y->number ? -1 : 1;
}

static void write_waiting(driver_file *f) {
  for (uint32_t i = 0; i < f->count; i++)
    if (f->waiting[i].at >= f->known && f->waiting[i].rank > 1)
      f->waiting[i].rank = 0;
  if (f->count > 1)
    qsort(f->waiting, f->count, sizeof *f->waiting, by_rank);
  uint32_t next = 0;
  for (; next < f->count && f->waiting[next].rank == 0; next++)
    write_at(f, f->waiting[next].at, f->waiting[next].bytes, f->waiting[next].size);
  if (f->size < f->end)
    resize(f, f->end);
  for (; next < f->count; next++)
    write_at(f, f->waiting[next].at, f->waiting[next].bytes, f->waiting[next].size);
  if (f->size > f->end)
    resize(f, f->end);
  for (uint32_t i = 0; i < f->count; i++)
    free(f->waiting[i].bytes);
  f->count = 0;
  f->known = f->end;
}

/* ---- what HDF5 calls: its parameters, 0 for success ---- */

static H5FD_t *driver_open(const char *name, unsigned flags, hid_t access, haddr_t most) {
  h5_disk *const *disk = H5Pget_driver_info(access);
  (void)flags; /* files are only created */
  (void)most;
  driver_file *f = calloc(1, sizeof *f);
  if (!f)
    return NULL;
  f->disk = *disk;
  f->fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (f->fd >= 0)
    return &f->base;
  fail(f, errno);
  free(f);
  return NULL;
}

static herr_t driver_close(H5FD_t *file) {
  driver_file *f = (driver_file *)file;
  write_waiting(f);
  if (f->disk->error == 0 && fsync(f->fd) != 0)
    fail(f, errno);
  if (close(f->fd) != 0)
    fail(f, errno);
  free(f->waiting);
  free(f);
  return 0;
}

static herr_t driver_flush(H5FD_t *file, hid_t transfer, hbool_t closing) {
  (void)transfer;
  (void)closing;
  write_waiting((driver_file *)file);
  return 0;
}

/* No aggregation: where something lies would depend on flushes. */
static herr_t driver_query(const H5FD_t *file, unsigned long *flags) {
  (void)file;
#ifdef H5FD_FEAT_DEFAULT_VFD_COMPATIBLE
  *flags = H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
#else
  *flags = 0;
#endif
  return 0;
}

static haddr_t driver_get_end(const H5FD_t *file, H5FD_mem_t type) {
  (void)type;
  return ((const driver_file *)file)->end;
}

static herr_t driver_set_end(H5FD_t *file, H5FD_mem_t type, haddr_t end) {
  driver_file *f = (driver_file *)file;
  (void)type;
  *f->disk->total += end - f->end;
  f->end = end;
  return 0;
}

static haddr_t driver_get_size(const H5FD_t *file, H5FD_mem_t type) {
  const driver_file *f = (const driver_file *)file;
  (void)type;
  return f->size > f->end ? f->size : f->end;
}

static herr_t driver_read(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t size, void *bytes) {
  const driver_file *f = (const driver_file *)file;
  (void)type;
  (void)transfer;
  if (!read_at(f, at, bytes, size))
    return -1;
  for (uint32_t i = 0; i < f->count; i++)
    copy_common(bytes, at, size, f->waiting[i].bytes, f->waiting[i].at, f->waiting[i].size);
  return 0;
}

static herr_t driver_write(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t size, const void *bytes) {
  driver_file *f = (driver_file *)file;
  (void)transfer;
  if (type == H5FD_MEM_DRAW)
    write_at(f, at, bytes, size);
  else if (!keep(f, type, at, size, bytes))
    fail(f, ENOMEM);
  return 0;
}

static const H5FD_class_t driver = {
#if H5_VERSION_GE(1, 13, 0)
    .version = H5FD_CLASS_VERSION,
    .value = (H5FD_class_value_t)(H5_VFD_RESERVED + 171),
#endif
    .name = "nsa",
    .maxaddr = INT64_MAX,
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(h5_disk *),
    .open = driver_open,
    .close = driver_close,
    .query = driver_query,
    .get_eoa = driver_get_end,
    .set_eoa = driver_set_end,
    .get_eof = driver_get_size,
    .read = driver_read,
    .write = driver_write,
    .flush = driver_flush,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

hid_t h5_driver_access(h5_disk *disk) {
  hid_t access = H5Pcreate(H5P_FILE_ACCESS), id = H5FDregister(&driver);
  bool is_good = access >= 0 && id >= 0 && H5Pset_driver(access, id, &disk) >= 0;
  if (id >= 0)
    H5FDunregister(id);
  if (is_good)
    return access;
  H5Pclose(access);
  return -1;
}
