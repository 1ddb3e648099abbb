/* SPDX-License-Identifier: MIT */
/* record_h5_small.c - attributes, groups and data sets of HDF5. */
#include "observe/record_h5_internal.h"

bool h5_put_text(hid_t object, const char *name, const char *text) {
  hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  bool is_good = attribute >= 0 && H5Awrite(attribute, type, &text) >= 0;
  is_good = H5Aclose(attribute) >= 0 && is_good;
  H5Sclose(space);
  H5Tclose(type);
  return is_good;
}

bool h5_put_numbers(hid_t object, const char *name, const uint32_t *numbers, hsize_t count) {
  hid_t space = count == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, NULL);
  hid_t attribute = H5Acreate2(object, name, H5T_STD_U32LE, space, H5P_DEFAULT, H5P_DEFAULT);
  bool is_good = attribute >= 0 && H5Awrite(attribute, H5T_NATIVE_UINT32, numbers) >= 0;
  is_good = H5Aclose(attribute) >= 0 && is_good;
  H5Sclose(space);
  return is_good;
}

/* SONATA's enumeration {none, by_id, by_time}. */
bool h5_put_sorting(hid_t group) {
  static const char *const names[] = {"none", "by_id", "by_time"};
  hid_t type = H5Tenum_create(H5T_STD_U8LE), space = H5Screate(H5S_SCALAR);
  for (uint8_t value = 0; value < 3; value++)
    H5Tenum_insert(type, names[value], &value);
  uint8_t by_time = 2;
  hid_t attribute = H5Acreate2(group, "sorting", type, space, H5P_DEFAULT, H5P_DEFAULT);
  bool is_good = attribute >= 0 && H5Awrite(attribute, type, &by_time) >= 0;
  is_good = H5Aclose(attribute) >= 0 && is_good;
  H5Sclose(space);
  H5Tclose(type);
  return is_good;
}

static bool is_ascii(const char *name) {
  for (; *name; name++)
    if ((unsigned char)*name > 127)
      return false;
  return true;
}

/* Names are UTF-8. HDF5 keeps a group in another way where one is said to be, with tables that are not in order while
 * they are flushed (record_h5_driver.h): only where it must. */
hid_t h5_open_group(hid_t parent, const char *name, size_t room) {
  if (H5Lexists(parent, name, H5P_DEFAULT) > 0)
    return H5Gopen2(parent, name, H5P_DEFAULT);
  hid_t links = H5Pcreate(H5P_LINK_CREATE), creation = H5Pcreate(H5P_GROUP_CREATE);
  if (!is_ascii(name))
    H5Pset_char_encoding(links, H5T_CSET_UTF8);
  H5Pset_local_heap_size_hint(creation, room);
  hid_t group = H5Gcreate2(parent, name, links, creation, H5P_DEFAULT);
  H5Pclose(creation);
  H5Pclose(links);
  return group;
}

/* Data sets keep no time of their making, so that the same run leaves the same bytes. */
static hid_t data_set_properties(void) {
  hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_obj_track_times(layout, false);
  return layout;
}

hid_t h5_create_growing(hid_t group, const char *name, hid_t type, int rank, const hsize_t *size,
                        const hsize_t *chunk) {
  hsize_t most[2] = {H5S_UNLIMITED, rank > 1 ? size[1] : 0};
  hid_t space = H5Screate_simple(rank, size, most), layout = data_set_properties();
  H5Pset_chunk(layout, rank, chunk);
  H5Pset_alloc_time(layout, H5D_ALLOC_TIME_EARLY);
  H5Pset_fill_time(layout, H5D_FILL_TIME_NEVER);
  hid_t set = H5Dcreate2(group, name, type, space, H5P_DEFAULT, layout, H5P_DEFAULT);
  H5Pclose(layout);
  H5Sclose(space);
  return set;
}

bool h5_write_fixed(hid_t group, const char *name, hid_t file_type, hid_t memory_type, hsize_t count,
                    const void *values) {
  hid_t space = H5Screate_simple(1, &count, NULL), layout = data_set_properties();
  hid_t set = H5Dcreate2(group, name, file_type, space, H5P_DEFAULT, layout, H5P_DEFAULT);
  H5Pclose(layout);
  bool is_good = set >= 0 && H5Dwrite(set, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0;
  is_good = H5Dclose(set) >= 0 && is_good;
  H5Sclose(space);
  return is_good;
}

bool h5_write_part(hid_t set, hid_t type, int rank, const hsize_t *size, const hsize_t *start, const hsize_t *count,
                   const void *values) {
  if (H5Dset_extent(set, size) < 0)
    return false;
  hid_t space = H5Dget_space(set), memory = H5Screate_simple(rank, count, NULL);
  bool is_good = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                 H5Dwrite(set, type, memory, space, H5P_DEFAULT, values) >= 0;
  H5Sclose(memory);
  H5Sclose(space);
  return is_good;
}

bool h5_reserve(hid_t set, uint64_t at) {
  hid_t space = H5Dget_space(set);
  hsize_t size[2] = {0, 0};
  bool is_good = H5Sget_simple_extent_dims(space, size, NULL) > 0;
  H5Sclose(space);
  size[0] = at + 1;
  return is_good && H5Dset_extent(set, size) >= 0;
}

bool h5_append(hid_t set, hid_t type, uint64_t at, uint64_t n, const void *values) {
  hsize_t size = at + n, start = at, count = n;
  return h5_write_part(set, type, 1, &size, &start, &count, values);
}
