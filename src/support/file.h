/* SPDX-License-Identifier: MIT */
/* file.h - whole files in and out, paths, and the hash that names cached objects. */
#ifndef NSA_SUPPORT_FILE_H
#define NSA_SUPPORT_FILE_H

#include "nsa_input.h"
#include "support/arena.h"
#include <stdbool.h>
#include <stdint.h>

/* The whole file, NUL-terminated beyond *len. NULL when it cannot be read, is no regular file, or
 * is larger than max_bytes; *error then says why, in the user's words. */
char *file_read(arena *a, const char *path, size_t max_bytes, size_t *len, const char **error);

/* The same of a file that a model names, which must lie below these folders (nsa_input.h); NULL: anywhere. */
char *file_read_below(arena *a, const nsa_input_folders *below, const char *path, size_t max_bytes, size_t *len,
                      const char **error);
/* False with *error. */
bool file_can_be_read(arena *a, const nsa_input_folders *below, const char *path, const char **error);

/* Writes to a temporary file in the same folder, then renames: readers see the old file or the
 * whole new one, whatever other processes do. False with *error on failure. */
bool file_write_atomic(arena *a, const char *path, const void *data, size_t len, const char **error);
/* The same for a file that is there: its mode, its owner and what links to it stay. A file with several names is
 * written in place, with the whole text in a file beside it until that is done. */
bool file_rewrite(arena *a, const char *path, const void *data, size_t len, const char **error);

bool file_exists(const char *path);
bool file_is_folder(const char *path);
/* mkdir -p. */
bool file_make_folder(const char *path);
/* "a/b/c.nsa" -> "a/b" ("." when there is no slash). */
char *file_folder(arena *a, const char *path);
char *file_join(arena *a, const char *folder, const char *name);
/* The folder in which the running executable lies (from /proc/self/exe), NULL if unknown. */
char *file_executable_folder(arena *a);

/* 128 bits of a fast, well mixed, non-cryptographic hash; bytes may be fed in several calls, whose order matters. */
typedef struct {
  uint64_t lo, hi;
} hash128;
hash128 hash_start(void);
hash128 hash_bytes(hash128 h, const void *data, size_t len);
uint64_t hash_name64(const char *name); /* FNV-1a, also used to key random streams */

#endif
