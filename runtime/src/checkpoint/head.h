/* SPDX-License-Identifier: MIT */
/* head.h - what stands in front of the HDF5 part of a checkpoint: how long that is, and its hash.
 *
 * 512 bytes, which HDF5 calls a user block: three lines of text, and line ends up to its end. It is looked at before a
 * library sees the file, and it is written when all else is. */
#ifndef NSA_RUNTIME_CHECKPOINT_HEAD_H
#define NSA_RUNTIME_CHECKPOINT_HEAD_H

#include <stdbool.h>

enum { HEAD_BYTES = 512, HEAD_VERSION = 2, HEAD_ERROR = 256 };

/* Of the file as it is. False by errno. */
bool head_write(int file);

/* Whether the file is what its head says, to its last byte. False with the end of a sentence whose subject is the file.
 */
bool head_check(int file, char error[HEAD_ERROR]);

#endif
