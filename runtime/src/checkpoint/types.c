/* SPDX-License-Identifier: MIT */
#include "checkpoint/types.h"

hid_t piece_type_on_disk(keep_type type) {
  const hid_t types[KEEP_TYPES] = {[KEEP_BYTES] = H5T_STD_U8LE,
                                   [KEEP_U32] = H5T_STD_U32LE,
                                   [KEEP_U64] = H5T_STD_U64LE,
                                   [KEEP_F32] = H5T_IEEE_F32LE,
                                   [KEEP_F64] = H5T_IEEE_F64LE};
  return types[type];
}

hid_t piece_type_in_memory(keep_type type) {
  const hid_t types[KEEP_TYPES] = {[KEEP_BYTES] = H5T_NATIVE_UINT8,
                                   [KEEP_U32] = H5T_NATIVE_UINT32,
                                   [KEEP_U64] = H5T_NATIVE_UINT64,
                                   [KEEP_F32] = H5T_NATIVE_FLOAT,
                                   [KEEP_F64] = H5T_NATIVE_DOUBLE};
  return types[type];
}

bool piece_type_find(hid_t on_disk, keep_type *type) {
  for (int i = 0; i < KEEP_TYPES; i++)
    if (H5Tequal(on_disk, piece_type_on_disk((keep_type)i)) > 0) {
      *type = (keep_type)i;
      return true;
    }
  return false;
}
