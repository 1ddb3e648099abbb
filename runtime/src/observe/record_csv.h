/* SPDX-License-Identifier: MIT */
/* record_csv.h - the same tables as text. As record_h5.h: bounded memory, sticky failure, whole lines that were flushed
 * stay. */
#ifndef NSA_RUNTIME_RECORD_CSV_H
#define NSA_RUNTIME_RECORD_CSV_H

#include <stdbool.h>
#include <stdint.h>

#define CSV_ERROR_SIZE 512

typedef struct csv_file csv_file;

csv_file *csv_create(const char *folder, const char *name, uint64_t *total, char error[CSV_ERROR_SIZE]);
void csv_put_text(csv_file *file, const char *text);
/* The head of a column: "Ca (uM)"; without a unit the name alone. */
void csv_put_head(csv_file *file, const char *name, const char *unit);
/* The shortest decimal that reads back as the same double. */
void csv_put_number(csv_file *file, double value);
void csv_put_whole(csv_file *file, uint64_t value);
/* Bytes of whole lines that were flushed. */
uint64_t csv_written(const csv_file *file);
/* Begins anew with the first bytes of the file of its name in another folder, what it has already among them. Where
 * `bytes` is 0 nothing happens. */
bool csv_continue(csv_file *file, const char *folder_before, uint64_t bytes);
const char *csv_path(const csv_file *file);
/* Its path from now on: somebody has moved it. False: out of memory. */
bool csv_moved(csv_file *file, const char *path);
bool csv_flush(csv_file *file);
const char *csv_error(const csv_file *file);
bool csv_close(csv_file *file, char error[CSV_ERROR_SIZE]);

#endif
