/* SPDX-License-Identifier: MIT */
/* types.h - the types of pieces in HDF5: what is written is what can be read. */
#ifndef NSA_RUNTIME_CHECKPOINT_TYPES_H
#define NSA_RUNTIME_CHECKPOINT_TYPES_H

#include "state/keep.h"

#include <hdf5.h>

/* In the file and in memory. They are the library's: nobody closes them. */
hid_t piece_type_on_disk(keep_type type);
hid_t piece_type_in_memory(keep_type type);

/* Which one a type in a file is. False: none of these. */
bool piece_type_find(hid_t on_disk, keep_type *type);

#endif
