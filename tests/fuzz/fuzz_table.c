/* SPDX-License-Identifier: MIT */
/* Any file is a table of spikes, or has an error; likewise a table of links. */
#include "fuzz/target.h"

#include "links/connect_build.h"
#include "stimuli/spike_file.h"

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

static void read_links(void) {
  nsa_population sides[] = {{.name = "a", .rows = 5, .cols = 1}, {.name = "b", .rows = 70, .cols = 1}};
  nsa_connection connection = {.name = "c", .rule = {.path = "fuzz.csv"}, .target = {1}};
  nsa_program program = {.folders = here, .folders_count = 1, .populations = sides, .populations_count = 2};
  sim s = {.program = &program};
  char error[SIM_ERROR_SIZE] = "";
  link_builder b = {.s = &s, .connection = &connection, .source = &sides[0], .target = &sides[1], .error = error};
  if (!rule_file(&b) && !error[0])
    target_fail("what cannot be read has no error");
  build_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  target_write("fuzz.csv", data, size);
  read_spikes();
  read_links();
  return 0;
}
