/* SPDX-License-Identifier: MIT */
/* read.c - a checkpoint from the disk: by a process of its own, after its head was checked. */
#include "checkpoint/about.h"
#include "checkpoint/head.h"
#include "checkpoint/pieces.h"
#include "checkpoint/types.h"

#include "base/confined.h"
#include "nsa_checkpoint.h"
#include "nsa_input.h"
#include "nsa_text.h"

#include <errno.h>
#include <hdf5.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_PIECES = 1 << 20, BLOCK = 1 << 16 };
#define MOST_CHUNK ((size_t)64 << 20)

/* What comes before each piece on its way from the process; then its name and its bytes. */
typedef struct {
  uint64_t count;
  uint32_t type, name_bytes;
} piece_head;

/* ---- in the process ---- */

typedef struct {
  int file;
  uint64_t size; /* of the file */
  confined *to;
  char *error;
} reader;

static bool fail(const reader *r, const char *what, const char *name) {
  snprintf(r->error, CONFINED_ERROR, "%s %.200s", what, name);
  return false;
}

static bool find_type(hid_t set, keep_type *type) {
  hid_t is = H5Dget_type(set);
  bool is_known = is >= 0 && piece_type_find(is, type);
  if (is >= 0)
    H5Tclose(is);
  return is_known;
}

/* As we write them: chunks with Fletcher32, or nothing at all. */
static bool is_storage_ours(hid_t set, size_t size) {
  hid_t layout = H5Dget_create_plist(set);
  hsize_t chunk = 0;
  unsigned flags;
  size_t values = 0;
  bool is_ours = layout >= 0 && H5Pget_external_count(layout) == 0;
  if (is_ours && H5Pget_layout(layout) == H5D_CHUNKED)
    is_ours = H5Pget_chunk(layout, 1, &chunk) == 1 && chunk <= MOST_CHUNK / size && H5Pget_nfilters(layout) == 1 &&
              H5Pget_filter2(layout, 0, &flags, &values, NULL, 0, NULL, NULL) == H5Z_FILTER_FLETCHER32;
  else
    is_ours = is_ours && H5Pget_layout(layout) == H5D_CONTIGUOUS && H5Pget_nfilters(layout) == 0;
  if (layout >= 0)
    H5Pclose(layout);
  return is_ours;
}

static bool put_data(const reader *r, hid_t set, keep_type type, hsize_t count, const char *name) {
  size_t size = keep_type_size[type];
  uint8_t *block = malloc(BLOCK * size);
  hid_t space = H5Dget_space(set);
  bool is_good = block != NULL && space >= 0;
  for (hsize_t at = 0; is_good && at < count; at += BLOCK) {
    hsize_t n = count - at < BLOCK ? count - at : BLOCK;
    hid_t room = H5Screate_simple(1, &n, NULL);
    is_good = H5Sselect_hyperslab(space, H5S_SELECT_SET, &at, NULL, &n, NULL) >= 0 &&
              H5Dread(set, piece_type_in_memory(type), room, space, H5P_DEFAULT, block) >= 0;
    H5Sclose(room);
    if (is_good)
      confined_put(r->to, block, n * size);
  }
  H5Sclose(space);
  free(block);
  return is_good || fail(r, "it cannot be read:", name);
}

static bool put_piece(const reader *r, hid_t group, const char *set_name, const char *name) {
  H5L_info_t info;
  keep_type type = KEEP_BYTES;
  hsize_t count = 0;
  if (H5Lget_info(group, set_name, &info, H5P_DEFAULT) < 0 || info.type != H5L_TYPE_HARD)
    return fail(r, "it has a link to elsewhere, which is not followed:", name);
  hid_t set = H5Dopen2(group, set_name, H5P_DEFAULT), space = set < 0 ? -1 : H5Dget_space(set);
  bool is_good = space >= 0 && H5Sget_simple_extent_ndims(space) == 1 && find_type(set, &type) &&
                 is_storage_ours(set, keep_type_size[type]) && H5Sget_simple_extent_dims(space, &count, NULL) == 1 &&
                 count <= r->size / keep_type_size[type];
  if (space >= 0)
    H5Sclose(space);
  if (is_good) {
    piece_head head = {.count = count, .type = type, .name_bytes = (uint32_t)strlen(name)};
    confined_put(r->to, &head, sizeof head);
    confined_put(r->to, name, head.name_bytes);
    is_good = put_data(r, set, type, count, name);
  } else
    fail(r, "this is no piece of a checkpoint:", name);
  if (set >= 0)
    H5Dclose(set);
  return is_good;
}

static hsize_t names_in(hid_t group) {
  H5G_info_t info;
  return group >= 0 && H5Gget_info(group, &info) >= 0 && info.nlinks <= MOST_PIECES ? info.nlinks : 0;
}

static bool name_at(hid_t group, hsize_t i, char name[KEEP_NAME]) {
  ssize_t len = H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, KEEP_NAME, H5P_DEFAULT);
  return len > 0 && len < KEEP_NAME;
}

static bool put_group(const reader *r, hid_t file, const char *name) {
  hid_t group = H5Gopen2(file, name, H5P_DEFAULT);
  bool is_good = group >= 0 || fail(r, "this is no group of a checkpoint:", name);
  for (hsize_t i = 0; is_good && i < names_in(group); i++) {
    char set[KEEP_NAME], full[KEEP_NAME];
    is_good = name_at(group, i, set) && snprintf(full, sizeof full, "%.60s/%s", name, set) < KEEP_NAME &&
              put_piece(r, group, set, full);
  }
  if (group >= 0)
    H5Gclose(group);
  return is_good;
}

static bool put_all(void *context, confined *to, char error[CONFINED_ERROR]) {
  reader *r = context;
  char path[32], name[KEEP_NAME];
  r->to = to;
  r->error = error;
  H5PLset_loading_state(0);
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  snprintf(path, sizeof path, "/proc/self/fd/%d", r->file);
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  bool is_good = file >= 0 || fail(r, "there is no HDF5 behind its head", "");
  for (hsize_t i = 0; is_good && i < names_in(file); i++)
    is_good = name_at(file, i, name) && put_group(r, file, name);
  return is_good;
}

/* ---- here ---- */

struct checkpoint {
  uint8_t *bytes;     /* as they came */
  char *names;        /* with an end each */
  keep_piece *pieces; /* by name */
  uint32_t count;
  checkpoint_about about;
  const keep_piece *told; /* about/run */
};

static int by_name(const void *a, const void *b) {
  return strcmp(((const keep_piece *)a)->name, ((const keep_piece *)b)->name);
}

/* How many pieces there are in the bytes, and what their names take. False: they do not end with one. */
static bool count_pieces(const uint8_t *bytes, size_t size, uint32_t *count, size_t *names) {
  for (size_t at = 0; at < size; ++*count) {
    piece_head head;
    if (size - at < sizeof head || *count == MOST_PIECES)
      return false;
    memcpy(&head, bytes + at, sizeof head);
    at += sizeof head;
    if (head.type >= KEEP_TYPES || size - at < head.name_bytes)
      return false;
    at += head.name_bytes;
    *names += (size_t)head.name_bytes + 1;
    if (head.count > (size - at) / keep_type_size[head.type])
      return false;
    at += (size_t)head.count * keep_type_size[head.type];
  }
  return true;
}

static void list_pieces(checkpoint *c) {
  const uint8_t *at = c->bytes;
  char *name = c->names;
  for (uint32_t i = 0; i < c->count; i++) {
    piece_head head;
    memcpy(&head, at, sizeof head);
    at += sizeof head;
    memcpy(name, at, head.name_bytes);
    name[head.name_bytes] = 0;
    at += head.name_bytes;
    c->pieces[i] = (keep_piece){name, (keep_type)head.type, head.count, at};
    at += head.count * keep_type_size[head.type];
    name += head.name_bytes + 1;
  }
  qsort(c->pieces, c->count, sizeof *c->pieces, by_name);
}

static const keep_piece *piece_named(const checkpoint *c, const char *name) {
  keep_piece key = {.name = name};
  return c->count ? bsearch(&key, c->pieces, c->count, sizeof *c->pieces, by_name) : NULL;
}

/* The bytes become the checkpoint's. */
static checkpoint *make(uint8_t *bytes, size_t size, const char **why) {
  checkpoint *c = calloc(1, sizeof *c);
  size_t names = 1;
  *why = "out of memory";
  if (!c) {
    free(bytes);
    return NULL;
  }
  c->bytes = bytes;
  bool is_good = count_pieces(bytes, size, &c->count, &names);
  c->names = malloc(names);
  c->pieces = calloc((size_t)c->count + 1, sizeof *c->pieces);
  if (is_good && c->names && c->pieces) {
    *why = "it does not say what it is of";
    list_pieces(c);
    c->told = piece_named(c, "about/run");
    if (c->told && c->told->type == KEEP_BYTES && about_parse(c->told->data, c->told->count, &c->about))
      return c;
  }
  checkpoint_free(c);
  return NULL;
}

static checkpoint *read_file(int file, char error[CONFINED_ERROR]) {
  struct stat info;
  size_t size;
  if (!head_check(file, error) || fstat(file, &info) != 0)
    return NULL;
  reader r = {.file = file, .size = (uint64_t)info.st_size};
  confined_limits limits = {
      .memory = 4 * MOST_CHUNK, .seconds = 60 + (unsigned)(info.st_size >> 24), .most = 2 * (size_t)info.st_size};
  char why[CONFINED_ERROR] = "";
  uint8_t *bytes = confined_run(put_all, &r, &limits, &size, why);
  const char *what = why;
  checkpoint *c = bytes ? make(bytes, size, &what) : NULL;
  if (!c)
    snprintf(error, HEAD_ERROR, "cannot be read: %.200s", what);
  return c;
}

checkpoint *checkpoint_read(const char *path, char error[SIM_ERROR_SIZE]) {
  char why[CONFINED_ERROR] = "";
  const char *closed = NULL;
  int file = nsa_input_open(NULL, path, &closed);
  checkpoint *c = file >= 0 ? read_file(file, why) : NULL;
  if (!c)
    snprintf(error, SIM_ERROR_SIZE, "the checkpoint %.250s %.200s", path, file >= 0 ? why : closed);
  if (file >= 0)
    close(file);
  return c;
}

void checkpoint_free(checkpoint *c) {
  if (!c)
    return;
  free(c->bytes);
  free(c->names);
  free(c->pieces);
  free(c);
}

const checkpoint_about *checkpoint_tells(const checkpoint *c) { return &c->about; }

uint32_t checkpoint_piece_count(const checkpoint *c) { return c->count; }
const keep_piece *checkpoint_piece(const checkpoint *c, uint32_t i) { return &c->pieces[i]; }
const keep_piece *checkpoint_piece_named(const checkpoint *c, const char *name) { return piece_named(c, name); }

/* ---- as a table ---- */

static void list(const checkpoint *c) {
  static const char *const types[KEEP_TYPES] = {"bytes", "u32", "u64", "f32", "f64"};
  const checkpoint_about *is = &c->about;
  uint64_t bytes = 0;
  nsa_put_safe(stdout, is->program, strlen(is->program));
  printf("%s", is->variant[0] ? ", variant " : "");
  nsa_put_safe(stdout, is->variant, strlen(is->variant));
  printf(", seed %" PRIu64 ", t = %.9g ms (tick %" PRIu64 " of %.9g ms)\n", is->seed, (double)is->tick * is->base_dt,
         is->tick, is->base_dt);
  for (uint32_t i = 0; i < c->count; i++) {
    printf("  %-5s %12" PRIu64 "  ", types[c->pieces[i].type], c->pieces[i].count);
    nsa_put_safe(stdout, c->pieces[i].name, strlen(c->pieces[i].name));
    printf("\n");
    bytes += c->pieces[i].count * keep_type_size[c->pieces[i].type];
  }
  printf("%" PRIu32 " pieces, %.6g MB\n", c->count, 1e-6 * (double)bytes);
}

int nsa_checkpoint_list(const char *path, const char *who) {
  enum { EXIT_ENVIRONMENT = 2 };
  char error[SIM_ERROR_SIZE] = "";
  checkpoint *c = checkpoint_read(path, error);
  if (!c) {
    nsa_complain(who, "%s", error);
    return EXIT_ENVIRONMENT;
  }
  list(c);
  checkpoint_free(c);
  return 0;
}
