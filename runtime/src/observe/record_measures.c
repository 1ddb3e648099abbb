/* SPDX-License-Identifier: MIT */
#include "observe/record_measures.h"

#include "base/library.h"
#include "nsa_units.h"
#include "nsa_words.h"
#include "observe/record_csv.h"
#include "observe/record_h5.h"

#include <math.h>
#include <stdio.h>

static void put_csv(csv_file *csv, const nsa_measure *measure, const char *word, world_series of, uint64_t first) {
  nsa_unit_shift shown = nsa_unit_shift_of(measure->unit);
  csv_put_text(csv, word);
  csv_put_text(csv, ",");
  csv_put_head(csv, "value", measure->unit);
  csv_put_text(csv, "\n");
  for (uint64_t k = 0; k < of.count; k++) {
    double value = of.values[k * of.stride];
    csv_put_whole(csv, first + k);
    csv_put_text(csv, ",");
    if (!isnan(value)) /* no data: an empty field */
      csv_put_number(csv, nsa_show(shown, value));
    csv_put_text(csv, "\n");
  }
}

static bool write_csv(const char *folder, const nsa_measure *measure, const char *word, world_series of, uint64_t first,
                      char error[SIM_ERROR_SIZE]) {
  char stem[RECORD_MEASURES_NAME], why[CSV_ERROR_SIZE] = "";
  uint64_t total = 0;
  snprintf(stem, sizeof stem, "measures.%s", measure->name);
  csv_file *csv = csv_create(folder, stem, &total, why);
  if (csv)
    put_csv(csv, measure, word, of, first);
  if (csv && csv_close(csv, why))
    return true;
  snprintf(error, SIM_ERROR_SIZE, "%s", why);
  return false;
}

static void put_h5(h5_file *file, const nsa_measure *measure, const char *word, world_series of, uint64_t first) {
  const h5_column columns[] = {{word, "", true}, {"value", measure->unit, false}};
  nsa_unit_shift shown = nsa_unit_shift_of(measure->unit);
  h5_table *table = h5_add_table(file, measure->name, columns, 2);
  for (uint64_t k = 0; table && k < of.count; k++)
    h5_put_row(table, (double[]){(double)(first + k), nsa_show(shown, of.values[k * of.stride])});
}

static bool write_all(const measurer *m, const sim *s, const char *folder, bool with_csv, char error[SIM_ERROR_SIZE]) {
  char why[H5_ERROR_SIZE] = "";
  uint64_t total = 0, first;
  h5_file *file = h5_create(folder, "measures", &total, why);
  bool is_good = file != NULL;
  for (uint32_t i = 0; is_good && i < s->program->measure_series_count; i++) {
    nsa_per per;
    world_series of = measurer_series(m, s, i, &per, &first);
    put_h5(file, &s->program->measure_series[i], nsa_word_of_per(per), of, first);
    is_good = !with_csv || write_csv(folder, &s->program->measure_series[i], nsa_word_of_per(per), of, first, error);
  }
  bool is_closed = file && h5_close(file, why);
  if (is_good && !is_closed)
    snprintf(error, SIM_ERROR_SIZE, "%s", why);
  else if (!file)
    snprintf(error, SIM_ERROR_SIZE, "%s", why);
  return is_good && is_closed;
}

bool record_measures(const measurer *m, const sim *s, const char *folder, bool with_csv, char error[SIM_ERROR_SIZE]) {
  if (s->program->measure_series_count == 0)
    return true;
  library_begin("HDF5", folder);
  bool is_good = write_all(m, s, folder, with_csv, error);
  library_end();
  return is_good;
}

bool record_measures_file(const nsa_program *program, bool with_csv, uint32_t i, char name[RECORD_MEASURES_NAME]) {
  if (program->measure_series_count == 0 || (i > 0 && (!with_csv || i > program->measure_series_count)))
    return false;
  if (i == 0)
    snprintf(name, RECORD_MEASURES_NAME, "measures.h5");
  else
    snprintf(name, RECORD_MEASURES_NAME, "measures.%s.csv", program->measure_series[i - 1].name);
  return true;
}
