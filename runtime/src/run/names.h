/* SPDX-License-Identifier: MIT */
/* names.h - finds a name that somebody typed among those of a program, and the nearest one where it is not there. */
#ifndef NSA_RUNTIME_NAMES_H
#define NSA_RUNTIME_NAMES_H

#include "nsa_program.h"

enum { NAME_BYTES = 200 }; /* longer ones are near to nothing */

typedef const char *(*name_fn)(const nsa_program *program, uint32_t index);

/* Edits (insert, delete, replace, swap neighbours) between two names, in bytes. */
size_t name_distance(const char *a, const char *b);
/* The number of the name nearest to `name`, or NSA_NONE when none is near enough to be meant. */
uint32_t name_nearest(const nsa_program *program, uint32_t count, name_fn name_of, const char *name);
/* The number of the name that is these `len` bytes, or NSA_NONE. */
uint32_t name_find(const nsa_program *program, uint32_t count, name_fn name_of, const char *name, size_t len);

#endif
