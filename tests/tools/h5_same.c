/* SPDX-License-Identifier: MIT */
/* h5_same A B: whether two checkpoints hold the same pieces with the same bytes. What they say of the run (threads)
 * does not count. */
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  hid_t other;
  int different;
} comparison;

static void *read_all(hid_t set, size_t *size) {
  hid_t space = H5Dget_space(set), type = H5Dget_type(set);
  *size = (size_t)H5Sget_simple_extent_npoints(space) * H5Tget_size(type);
  void *bytes = malloc(*size + 1);
  if (bytes && *size && H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) < 0)
    *size = (size_t)-1;
  H5Tclose(type);
  H5Sclose(space);
  return bytes;
}

static herr_t compare(hid_t root, const char *name, const H5O_info_t *info, void *context) {
  comparison *c = context;
  if (info->type != H5O_TYPE_DATASET || strcmp(name, "about/run") == 0)
    return 0;
  hid_t a = H5Dopen2(root, name, H5P_DEFAULT);
  hid_t b = H5Lexists(c->other, name, H5P_DEFAULT) > 0 ? H5Dopen2(c->other, name, H5P_DEFAULT) : -1;
  size_t size = 0, other = 0;
  void *x = read_all(a, &size), *y = b < 0 ? NULL : read_all(b, &other);
  if (!x || !y || size != other || memcmp(x, y, size) != 0) {
    printf("%s differs\n", name);
    c->different++;
  }
  free(x);
  free(y);
  return 0;
}

static herr_t count(hid_t root, const char *name, const H5O_info_t *info, void *context) {
  (void)root, (void)name;
  *(int *)context += info->type == H5O_TYPE_DATASET;
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  hid_t a = H5Fopen(argv[1], H5F_ACC_RDONLY, H5P_DEFAULT), b = H5Fopen(argv[2], H5F_ACC_RDONLY, H5P_DEFAULT);
  if (a < 0 || b < 0) {
    printf("%s is missing\n", argv[a < 0 ? 1 : 2]);
    return 1;
  }
  int pieces = 0, others = 0;
  comparison c = {.other = b};
  H5Ovisit(a, H5_INDEX_NAME, H5_ITER_INC, compare, &c);
  H5Ovisit(a, H5_INDEX_NAME, H5_ITER_INC, count, &pieces);
  H5Ovisit(b, H5_INDEX_NAME, H5_ITER_INC, count, &others);
  return c.different > 0 || pieces != others || pieces < 2;
}
