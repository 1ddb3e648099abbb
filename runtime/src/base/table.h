/* SPDX-License-Identifier: MIT */
/* table.h - text files of one entry a line.
 *
 * A byte-order mark is read over. A first line without digits is a header; empty lines and lines that begin with # are
 * skipped. */
#ifndef NSA_RUNTIME_TABLE_H
#define NSA_RUNTIME_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Takes one entry, without the end of its line. False refuses it, and ends the reading. */
typedef bool table_taker(void *context, uint64_t line, const char *text);

/* All entries of a file. False: the taker refused one and *problem is NULL, or else *problem says what is wrong with
 * line number *line. */
bool table_read(FILE *file, table_taker *take, void *context, uint64_t *line, const char **problem);

#endif
