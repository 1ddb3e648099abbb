/* SPDX-License-Identifier: MIT */
/* nsa_input.h - what nsa reads: the one door for models, tables, images and files of spikes (docs/security.md). */
#ifndef NSA_INPUT_H
#define NSA_INPUT_H

#include "nsa_program.h"

#include <stdio.h>

/* First thing in main: descriptors 0 to 2 that are closed become /dev/null. A file that is opened later would get one
 * of them, and messages would be written into it. */
void nsa_input_guard(void);

/* Folders below which files must lie that a model names. Relative ones are those of the current folder. */
typedef struct {
  const nsa_input_folder *list;
  uint32_t count;
} nsa_input_folders;

static inline nsa_input_folders nsa_input_folders_of(const nsa_program *p) {
  return (nsa_input_folders){p->folders, p->folders_count};
}

/* A descriptor to read from, of a regular file: devices, pipes, terminals and folders may never end, or wait for ever.
 * The file itself, wherever links lead, lies below one of the folders; NULL: anywhere, as its name is not the model's.
 * -1: *error says why, in words that are nobody's to free; errno is 0 where they are not those of an errno. */
int nsa_input_open(const nsa_input_folders *below, const char *path, const char **error);

/* The same as a stream, or NULL. */
FILE *nsa_input_stream(const nsa_input_folders *below, const char *path, const char **error);

#endif
