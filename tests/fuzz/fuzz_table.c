/* SPDX-License-Identifier: MIT */
/* Any file is a table of spikes, or has an error; likewise a table of links. */
#include "fuzz/target.h"

#include "links/connect_columns.h"
#include "stimuli/spike_file.h"

#include <stdlib.h>

static nsa_input_folder here[] = {{"."}};

static bool take(void *context, uint64_t line, double time_ms, uint64_t element) {
  *(double *)context += time_ms * (double)element;
  return line < 1000;
}

static void read_spikes(void) {
  nsa_program program = {.folders = here, .folders_count = 1};
  char error[SIM_ERROR_SIZE] = "";
  double sum = 0;
  spike_file_read(&program, "fuzz.csv", take, &sum, error);
}

static void read_links(uint32_t columns) {
  static nsa_table_column list[] = {{.name = "w", .unit = "nS", .field = {UINT32_MAX}},
                                    {.name = "delay", .unit = "ms", .field = {UINT32_MAX}}};
  nsa_population sides[] = {{.name = "a", .rows = 5, .cols = 1}, {.name = "b", .rows = 70, .cols = 1}};
  sim_population here_of[] = {{.count = 5, .global = 5}, {.count = 70, .global = 70}};
  nsa_connection connection = {
      .name = "c", .rule = {.path = "fuzz.csv"}, .target = {1}, .columns = list, .columns_count = columns};
  nsa_program program = {.folders = here, .folders_count = 1, .populations = sides, .populations_count = 2};
  sim s = {.program = &program, .populations = here_of};
  char error[SIM_ERROR_SIZE] = "";
  link_builder b = {.s = &s,
                    .connection = &connection,
                    .source = &sides[0],
                    .target = &sides[1],
                    .sources = &here_of[0],
                    .targets = &here_of[1],
                    .error = error};
  sim_links links = {0};
  bool is_good = rule_file(&b) && build_by_target(&b);
  if (is_good && columns > 0) {
    links = (sim_links){.count = b.count, .row = b.row, .source = b.others};
    is_good = columns_read(&b, &links);
  }
  if (!is_good && !error[0])
    target_fail("what cannot be read has no error");
  free(links.columns);
  build_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  target_write("fuzz.csv", data, size);
  read_spikes();
  read_links(0);
  read_links(2);
  return 0;
}
