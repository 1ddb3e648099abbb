/* SPDX-License-Identifier: MIT */
/* nsa_input.h - what nsa reads: the one door for models, tables, images and files of spikes (docs/security.md). */
#ifndef NSA_INPUT_H
#define NSA_INPUT_H

#include <stdio.h>

/* First thing in main: descriptors 0 to 2 that are closed become /dev/null. A file that is opened later would get one
 * of them, and messages would be written into it. */
void nsa_input_guard(void);

/* A descriptor to read from, of a regular file: devices, pipes, terminals and folders may never end, or wait for ever.
 * -1: *error says why, in words that are nobody's to free; errno is 0 where it was opened and is no regular file. */
int nsa_input_open(const char *path, const char **error);

/* The same as a stream, or NULL. */
FILE *nsa_input_stream(const char *path, const char **error);

#endif
