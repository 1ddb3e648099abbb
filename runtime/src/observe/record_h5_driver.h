/* SPDX-License-Identifier: MIT */
/* record_h5_driver.h - how files of HDF5 come onto the disk: whole at every flush.
 *
 * HDF5 overwrites its tables in place, in no order that a reader could rely on. This driver (HDF5's word for what
 * stands between the library and a file) writes values at once, where no table on the disk speaks of them yet, and
 * keeps tables until a flush. Then it writes them so that the file can be read after each single write: what is new
 * first; then the superblock, which says how long the file is; then what leads to the new, from the top down; sizes of
 * data sets last. A process that is killed, or a disk that is full, leaves the file as it was at a flush, or on its way
 * to the next: then some data sets have their new size, others still the old one.
 *
 * A failure is kept, and HDF5 is told that all is well: it can close its file then, and give its memory back. Nothing
 * is written after a failure. Space is taken in the order of the calls, so that bytes do not depend on when somebody
 * flushed. */
#ifndef NSA_RUNTIME_RECORD_H5_DRIVER_H
#define NSA_RUNTIME_RECORD_H5_DRIVER_H

#include <hdf5.h>
#include <stdint.h>

/* What a file's driver tells its owner. */
typedef struct {
  int error;       /* errno of the first failure, or 0 */
  uint64_t *total; /* bytes of this file and others, as they grow */
} h5_disk;

/* Access properties for H5Fcreate, to be closed by the caller; negative where HDF5 refuses. disk outlives the file. */
hid_t h5_driver_access(h5_disk *disk);

#endif
