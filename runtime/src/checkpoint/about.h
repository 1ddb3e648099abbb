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

/* Whether a sim is of the run that it is about, or may go on from it. False with a sentence in error. */
bool about_fits(const char *text, size_t length, checkpoint_way *way, const sim *s, char error[SIM_ERROR_SIZE]);

/* Behind restoring: a line of the report for each param of one value that is another one. */
void about_tell_changes(const char *text, size_t length, checkpoint_way *way, const sim *s);

/* A line of the report. */
void about_report(checkpoint_way *way, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Whether what differs is allowed. Then it is a line of the report; else error has it, and what would allow it. */
bool about_allows(checkpoint_way *way, checkpoint_allowed what, const char *differs, char error[SIM_ERROR_SIZE]);

#endif
