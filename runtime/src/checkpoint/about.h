/* SPDX-License-Identifier: MIT */
/* about.h - what a checkpoint says of the run that it is of, as JSON. */
#ifndef NSA_RUNTIME_CHECKPOINT_ABOUT_H
#define NSA_RUNTIME_CHECKPOINT_ABOUT_H

#include "checkpoint/checkpoint.h"

#include <stdio.h>

/* malloc'd; NULL: out of memory. */
char *about_print(const sim *s, const char *variant);

/* False: it says something else than a checkpoint does. */
bool about_parse(const char *text, size_t length, checkpoint_about *out);

/* Whether a sim is of the run that it is about. False with a sentence in error. */
bool about_fits(const char *text, size_t length, const char *variant, const sim *s, char error[SIM_ERROR_SIZE]);

/* A line for each param of one value that is another one in a restored sim (--set). */
void about_tell_changes(const char *text, size_t length, const sim *s, FILE *to);

#endif
