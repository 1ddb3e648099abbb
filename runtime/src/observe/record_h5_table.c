/* SPDX-License-Identifier: MIT */
/* record_h5_table.c - tables of numbers: one data set a column. */
#include "observe/record_h5_internal.h"

#include <errno.h>
#include <stdlib.h>

enum { TABLE_ROWS = 4096 };

static bool create_column(h5_table *table, hid_t group, const h5_column *column, uint32_t i) {
  hsize_t none = 0, chunk = TABLE_ROWS;
  table->sets[i] =
      h5_create_growing(group, column->name, column->is_whole ? H5T_STD_U64LE : H5T_IEEE_F64LE, 1, &none, &chunk);
  return table->sets[i] >= 0 && (!column->units[0] || h5_put_text(table->sets[i], "units", column->units));
}

h5_table *h5_add_table(h5_file *file, const char *name, const h5_column *columns, uint32_t count) {
  h5_table *table = file->has_failed ? NULL : calloc(1, sizeof *table);
  if (!table) {
    errno = ENOMEM;
    h5_fail(file, "write");
    return NULL;
  }
  table->file = file;
  table->next = file->tables;
  file->tables = table;
  table->sets = calloc((size_t)count + 1, sizeof *table->sets);
  table->buffer = calloc((size_t)count * TABLE_ROWS + 1, sizeof *table->buffer);
  if (!h5_check(file, table->sets && table->buffer, "write"))
    return NULL;
  hid_t group = h5_open_group(file->id, name, H5_FEW_NAMES);
  for (uint32_t i = 0; i < count && !file->has_failed; table->column_count = ++i)
    h5_check(file, create_column(table, group, &columns[i], i), "write");
  h5_check(file, H5Gclose(group) >= 0, "write");
  return file->has_failed ? NULL : table;
}

void h5_put_row(h5_table *table, const double *values) {
  if (table->file->has_failed)
    return;
  bool is_new = (table->written + table->buffered) % TABLE_ROWS == 0;
  for (uint32_t i = 0; is_new && i < table->column_count; i++)
    h5_check(table->file, h5_reserve(table->sets[i], table->written + table->buffered), "write");
  for (uint32_t i = 0; i < table->column_count; i++)
    table->buffer[(size_t)i * TABLE_ROWS + table->buffered] = values[i];
  if (++table->buffered == TABLE_ROWS)
    h5_flush_table(table);
}

void h5_flush_table(h5_table *table) {
  h5_file *file = table->file;
  if (file->has_failed || table->buffered == 0)
    return;
  errno = 0;
  for (uint32_t i = 0; i < table->column_count; i++)
    h5_check(file,
             h5_append(table->sets[i], H5T_NATIVE_DOUBLE, table->written, table->buffered,
                       table->buffer + (size_t)i * TABLE_ROWS),
             "write");
  table->written += table->buffered;
  table->buffered = 0;
}

bool h5_close_table(h5_table *table) {
  bool is_good = true;
  for (uint32_t i = 0; i < table->column_count; i++)
    is_good = H5Dclose(table->sets[i]) >= 0 && is_good;
  free(table->sets);
  free(table->buffer);
  free(table);
  return is_good;
}
