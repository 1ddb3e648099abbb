/* SPDX-License-Identifier: MIT */
/* nsa_output.h - what a process writes is written, or it says so: for every verb, and for executables. */
#ifndef NSA_OUTPUT_H
#define NSA_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/* Before anything is written: a file that reaches its limit of size is an error of its write (EFBIG) from now on, and
 * ends no process. */
void nsa_output_begin(void);

/* At the end: closes stdout. Where it took not all that was written, `who` says so on stderr, and the exit code is 2
 * unless it says something worse already. A reader that has seen enough (| head) is no failure. */
int nsa_output_end(const char *who, int code);

/* All of it; false by errno. */
bool nsa_write_all(int fd, const char *bytes, size_t len);

#endif
