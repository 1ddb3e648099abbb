/* SPDX-License-Identifier: MIT */
/* h5_prefix PART WHOLE - whether each data set of PART (a file that a run left when it was killed) is the beginning of
 * the one in WHOLE. Prints how many rows PART has. A plain reader: it knows nothing of how files are written. */
#include <hdf5.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  hid_t whole;
  unsigned long long rows;
  unsigned sets;
} comparison;

typedef struct {
  hid_t set;
  hsize_t size[2], most[2];
  char *bytes;
  size_t row; /* bytes */
} table;

static bool read_table(hid_t file, const char *path, table *t) {
  *t = (table){.set = H5Dopen2(file, path, H5P_DEFAULT), .size = {1, 1}};
  if (t->set < 0)
    return false;
  hid_t space = H5Dget_space(t->set), type = H5Dget_type(t->set), native = H5Tget_native_type(type, H5T_DIR_ASCEND);
  bool is_good = H5Sget_simple_extent_ndims(space) <= 2 && H5Sget_simple_extent_dims(space, t->size, t->most) >= 0;
  t->row = H5Tget_size(native) * (size_t)t->size[1];
  t->bytes = calloc((size_t)t->size[0] + 1, t->row ? t->row : 1);
  is_good = is_good && t->bytes && H5Dread(t->set, native, H5S_ALL, H5S_ALL, H5P_DEFAULT, t->bytes) >= 0;
  H5Tclose(native);
  H5Tclose(type);
  H5Sclose(space);
  H5Dclose(t->set);
  return is_good;
}

static bool is_time(const char *path) {
  const char *name = strrchr(path, '/');
  return strcmp(name ? name + 1 : path, "time") == 0;
}

/* Of times only start and step: the end comes with the last row, and so does a start where there is none yet. */
static bool is_prefix(const char *path, const table *part, const table *whole) {
  if (part->size[0] > whole->size[0] || part->size[1] != whole->size[1] || part->row != whole->row)
    return false;
  if (!is_time(path))
    return memcmp(part->bytes, whole->bytes, (size_t)part->size[0] * part->row) == 0;
  const double *a = (const double *)(void *)part->bytes, *b = (const double *)(void *)whole->bytes;
  return a[2] == b[2] && a[1] <= b[1];
}

static herr_t compare(hid_t file, const char *path, const H5O_info_t *info, void *context) {
  comparison *c = context;
  table part, whole = {0};
  if (info->type != H5O_TYPE_DATASET)
    return 0;
  bool is_good = read_table(file, path, &part) && read_table(c->whole, path, &whole) && is_prefix(path, &part, &whole);
  if (!is_good)
    printf("/%s: %llu rows, which are not the first ones of %llu\n", path, (unsigned long long)part.size[0],
           (unsigned long long)whole.size[0]);
  c->rows += part.most[0] == H5S_UNLIMITED ? part.size[0] : 0;
  c->sets++;
  free(part.bytes);
  free(whole.bytes);
  return is_good ? 0 : -1;
}

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  hid_t part = H5Fopen(argv[1], H5F_ACC_RDONLY, H5P_DEFAULT);
  comparison c = {.whole = H5Fopen(argv[2], H5F_ACC_RDONLY, H5P_DEFAULT)};
  if (part < 0 || c.whole < 0) {
    printf("cannot open %s\n", argv[part < 0 ? 1 : 2]);
    return 1;
  }
  bool is_good = H5Ovisit(part, H5_INDEX_NAME, H5_ITER_INC, compare, &c) >= 0 && c.sets > 0;
  printf("%llu rows\n", c.rows);
  H5Fclose(part);
  H5Fclose(c.whole);
  return is_good ? 0 : 1;
}
