/* SPDX-License-Identifier: MIT */
#include "base/foreign_hdf5.h"

#include <stdio.h>
#include <string.h>

/* Chunks that are in use stay in memory. */
hid_t foreign_open(int file) {
  char name[32];
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  H5PLset_loading_state(0);
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* its stack dump is no help to anybody */
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_cache(access, 0, 521, FOREIGN_MOST_CHUNK, 1);
  hid_t opened = H5Fopen(name, H5F_ACC_RDONLY, access);
  H5Pclose(access);
  return opened;
}

bool foreign_is_hard(hid_t in, const char *name) {
  H5L_info_t info;
  return H5Lget_info(in, name, &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_HARD;
}

/* ---- data sets ---- */

static bool are_filters_known(hid_t plist, uint64_t *ratio) {
  int count = H5Pget_nfilters(plist);
  for (int k = 0; k < count; k++) {
    unsigned flags;
    size_t values = 0;
    H5Z_filter_t filter = H5Pget_filter2(plist, (unsigned)k, &flags, &values, NULL, 0, NULL, NULL);
    if (filter == H5Z_FILTER_DEFLATE)
      *ratio = FOREIGN_DEFLATE_RATIO;
    else if (filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32)
      return false;
  }
  return count >= 0 && count <= 8;
}

static bool is_chunk_small(hid_t plist, int axes, size_t value) {
  hsize_t size[2] = {0, 1};
  if (H5Pget_layout(plist) != H5D_CHUNKED)
    return true;
  return H5Pget_chunk(plist, 2, size) == axes && size[1] > 0 && size[0] <= FOREIGN_MOST_CHUNK / value / size[1];
}

static const char *layout_wrong(hid_t plist, int axes, size_t value, uint64_t *ratio) {
  H5D_layout_t layout = H5Pget_layout(plist);
  *ratio = 1;
  if ((layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED) || H5Pget_external_count(plist) != 0)
    return "its data lie in other files, which are not opened";
  if (!are_filters_known(plist, ratio))
    return "its data use other filters than deflate, shuffle, fletcher32";
  return is_chunk_small(plist, axes, value) ? NULL : "its data are in chunks of more than 64 MiB";
}

const char *foreign_storage(hid_t set, int axes, size_t value, uint64_t *ratio) {
  hid_t plist = H5Dget_create_plist(set);
  if (plist < 0)
    return "its data cannot be read";
  const char *wrong = layout_wrong(plist, axes, value, ratio);
  H5Pclose(plist);
  return wrong;
}

static bool find_size(foreign_set *s, int axes) {
  hid_t space = H5Dget_space(s->set);
  bool is_good = space >= 0 && H5Sget_simple_extent_ndims(space) == axes &&
                 H5Sget_simple_extent_dims(space, s->size, NULL) == axes;
  if (space >= 0)
    H5Sclose(space);
  return is_good;
}

/* The bytes of one; 0: they are no numbers. */
static size_t number_size(foreign_set *s) {
  hid_t type = H5Dget_type(s->set);
  H5T_class_t class = type >= 0 ? H5Tget_class(type) : H5T_NO_CLASS;
  size_t value = class == H5T_INTEGER || class == H5T_FLOAT ? H5Tget_size(type) : 0;
  s->is_real = class == H5T_FLOAT;
  if (type >= 0)
    H5Tclose(type);
  return value <= sizeof(double) ? value : 0;
}

const char *foreign_open_set(hid_t in, const char *name, int axes, uint64_t file_size, foreign_set *out) {
  uint64_t ratio;
  *out = (foreign_set){.set = H5I_INVALID_HID, .size = {0, 1}};
  if (H5Lexists(in, name, H5P_DEFAULT) <= 0)
    return "it lacks a data set";
  if (!foreign_is_hard(in, name))
    return FOREIGN_LINK;
  out->set = H5Dopen2(in, name, H5P_DEFAULT);
  size_t value = out->set >= 0 ? number_size(out) : 0;
  if (value == 0)
    return "its data are no plain numbers";
  const char *wrong = foreign_storage(out->set, axes, value, &ratio);
  if (wrong)
    return wrong;
  hsize_t stored = H5Dget_storage_size(out->set);
  stored = stored < file_size ? stored : file_size;
  if (!find_size(out, axes))
    return "its data have another shape";
  bool is_held = out->size[1] == 0 || out->size[0] / ratio / out->size[1] <= stored / value;
  return is_held ? NULL : "it claims more data than it can hold";
}

void foreign_close_set(const foreign_set *s) {
  if (s->set >= 0)
    H5Dclose(s->set);
}

bool foreign_read(const foreign_set *s, hsize_t first, hsize_t count, hid_t type, void *to) {
  hsize_t start[2] = {first, 0}, counts[2] = {count, s->size[1]};
  hid_t file = H5Dget_space(s->set), memory = H5I_INVALID_HID;
  int axes = file >= 0 ? H5Sget_simple_extent_ndims(file) : 0;
  if (axes == 1 || axes == 2)
    memory = H5Screate_simple(axes, counts, NULL);
  bool is_good = memory >= 0 && H5Sselect_hyperslab(file, H5S_SELECT_SET, start, NULL, counts, NULL) >= 0 &&
                 H5Dread(s->set, type, memory, file, H5P_DEFAULT, to) >= 0;
  if (memory >= 0)
    H5Sclose(memory);
  if (file >= 0)
    H5Sclose(file);
  return is_good;
}

/* ---- attributes ---- */

void foreign_text(hid_t object, const char *name, char text[FOREIGN_TEXT]) {
  text[0] = 0;
  if (H5Aexists(object, name) <= 0)
    return;
  hid_t attribute = H5Aopen(object, name, H5P_DEFAULT), type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  bool is_one = H5Tget_class(type) == H5T_STRING && H5Sget_simple_extent_npoints(space) == 1;
  snprintf(text, FOREIGN_TEXT, "?");
  if (is_one && H5Tis_variable_str(type) > 0) {
    char *value = NULL;
    if (H5Aread(attribute, type, &value) >= 0 && value)
      snprintf(text, FOREIGN_TEXT, "%s", value);
    if (value)
      H5free_memory(value);
  } else if (is_one && H5Tget_size(type) < FOREIGN_TEXT && H5Aread(attribute, type, text) >= 0)
    text[H5Tget_size(type)] = 0;
  H5Sclose(space);
  H5Tclose(type);
  H5Aclose(attribute);
}
