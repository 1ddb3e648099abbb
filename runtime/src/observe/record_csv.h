/* SPDX-License-Identifier: MIT */
/* record_csv.h - the same tables as text. As record_h5.h: written to NAME.csv.part, bounded memory,
 * sticky failure, its name when it is complete. */
#ifndef NSA_RUNTIME_RECORD_CSV_H
#define NSA_RUNTIME_RECORD_CSV_H

#include <stdbool.h>
#include <stdint.h>

#define CSV_ERROR_SIZE 512

typedef struct csv_file csv_file;

csv_file *csv_create(const char *folder, const char *name, char error[CSV_ERROR_SIZE]);
void csv_put_text(csv_file *file, const char *text);
/* The shortest decimal that reads back as the same double. */
void csv_put_number(csv_file *file, double value);
void csv_put_whole(csv_file *file, uint64_t value);
bool csv_flush(csv_file *file);
const char *csv_error(const csv_file *file);
bool csv_end(csv_file *file);
bool csv_close(csv_file *file, char error[CSV_ERROR_SIZE]);
void csv_discard(csv_file *file);

#endif
