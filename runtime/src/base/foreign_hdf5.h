/* SPDX-License-Identifier: MIT */
/* foreign_hdf5.h - what a file of HDF5 may be that nobody vouches for.
 *
 * Links are hard, data lie in the file itself, and no data set claims more than is stored of it. It is used in a
 * process of its own (confined.h). */
#ifndef NSA_RUNTIME_FOREIGN_HDF5_H
#define NSA_RUNTIME_FOREIGN_HDF5_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOREIGN_MOST_CHUNK ((size_t)64 << 20) /* bytes that the library reads at once */
enum {
  FOREIGN_DEFLATE_RATIO = 1032, /* the most that deflate can do */
  FOREIGN_TEXT = 64
};

/* What the descriptor is of, and not what its name stands for now. No plugins are loaded, and nothing is printed. */
hid_t foreign_open(int file);

/* Soft and external links lead elsewhere. */
bool foreign_is_hard(hid_t in, const char *name);
#define FOREIGN_LINK "it has a link to elsewhere, which is not followed"

/* How its data lie: asked before anything is asked of them, as the length of a virtual data set opens other files.
 * value: bytes of one; ratio: how many bytes a stored byte can stand for, by the filters. NULL, or what is wrong. */
const char *foreign_storage(hid_t set, int axes, size_t value, uint64_t *ratio);

/* A data set that may be read, and its sizes; NULL, or what is wrong. file_size: of the whole file. Closed by
 * foreign_close in any case. */
typedef struct {
  hid_t set;
  hsize_t size[2]; /* of its axes; 1 where there is no second one */
  bool is_real;    /* not of whole numbers */
} foreign_set;
const char *foreign_open_set(hid_t in, const char *name, int axes, uint64_t file_size, foreign_set *out);
void foreign_close_set(const foreign_set *s);
/* `count` values of the type in memory from `first` on, along the first axis. */
bool foreign_read(const foreign_set *s, hsize_t first, hsize_t count, hid_t type, void *to);

/* An attribute that is one text, of fixed or variable length. Empty: there is none; "?": it is something else. */
void foreign_text(hid_t object, const char *name, char text[FOREIGN_TEXT]);

#endif
